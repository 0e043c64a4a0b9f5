// WebAssembly.Tag and WebAssembly.Exception, and the tag of what JavaScript throws.
import { descriptorOf, indexOf, requireArguments } from 'webassembly/arguments.js';
import { itemOf, itemState, stateOf } from 'webassembly/items.js';
import { common } from 'webassembly/realms.js';
import { get, putExtern } from 'webassembly/references.js';
import { HEADER, I64, native } from 'webassembly/slots.js';
import { convertValue, getValue, putValue, typeOf } from 'webassembly/values.js';

export class Tag {
  constructor(descriptor) {
    requireArguments(arguments, 1, 'WebAssembly.Tag');
    descriptorOf(descriptor, 'WebAssembly.Tag');
    if (descriptor.parameters === undefined) throw new TypeError("WebAssembly.Tag: 'parameters' is required");
    const parameters = [...descriptor.parameters].map(String);
    const types = parameters.map(text => typeOf(text, 'WebAssembly.Tag'));
    const realm = common();
    const id = native.makeTag(realm.store, parameters.map(text => text === 'anyfunc' ? 'funcref' : text).join(' '));
    if (id < 0) throw new TypeError(native.message());
    itemState.set(this, { realm, kind: 'tag', id, types: types.join('') });
    realm.items.set(id, this);
  }
}

const exceptionState = new WeakMap();

// A value of an exception that JavaScript passes on but cannot have: the two words of a vector, or a reference to an exception.
class Hidden {
  constructor(content) { this.content = content; }
}

export class Exception extends Error {
  constructor(tag, payload, options = undefined) {
    requireArguments(arguments, 2, 'WebAssembly.Exception');
    super('wasm exception');
    const state = stateOf(tag, 'tag');
    if (tag === JSTag) throw new TypeError('WebAssembly.Exception: values of JavaScript are thrown as they are, not with JSTag');
    const values = [...payload];
    if (values.length !== state.types.length) throw new TypeError(`WebAssembly.Exception: the tag takes ${state.types.length} values, not ${values.length}`);
    exceptionState.set(this, { tag, state, values: values.map((value, i) => convertValue(state.types[i], value)) });
    if (!options?.traceStack) Object.defineProperty(this, 'stack', { value: undefined, configurable: true, writable: true });
  }

  is(tag) {
    requireArguments(arguments, 1, 'WebAssembly.Exception.is');
    stateOf(tag, 'tag');
    return exceptionOf(this).tag === tag;
  }

  getArg(tag, index) {
    requireArguments(arguments, 2, 'WebAssembly.Exception.getArg');
    stateOf(tag, 'tag');
    const exception = exceptionOf(this);
    if (exception.tag !== tag) throw new TypeError('WebAssembly.Exception.getArg: the exception has another tag');
    const at = indexOf(index, false, 'WebAssembly.Exception.getArg');
    if (at >= exception.values.length) throw new RangeError('WebAssembly.Exception.getArg: the index is out of bounds');
    if ('vx'.includes(exception.state.types[at])) throw new TypeError('WebAssembly.Exception.getArg: values of this type cannot be read');
    return exception.values[at];
  }
}

// An exception that code of a realm has thrown, whose values are in the slots.
export function makeException(realm, tagId, count) {
  const tag = itemOf(realm, 'tag', tagId, JSON.parse(native.describeItem(tagId)));
  const { types } = itemState.get(tag);
  const values = [];
  for (let i = 0, slot = 2; i < count; slot += slotsOf(types[i++])) values.push(takeValue(realm, types[i], slot));
  const exception = Object.create(Exception.prototype);
  exceptionState.set(exception, { tag, state: itemState.get(tag), values });
  return exception;
}

const slotsOf = type => type === 'v' ? 2 : 1;

function takeValue(realm, type, slot) {
  switch (type) {
    case 'v': return new Hidden([I64[HEADER + slot], I64[HEADER + slot + 1]]);
    case 'x': return new Hidden(get(realm, slot));
    default: return getValue(realm, type, slot);
  }
}

function giveValue(realm, type, slot, value) {
  if (type === 'v' && value instanceof Hidden) [I64[HEADER + slot], I64[HEADER + slot + 1]] = value.content;
  else if (type === 'x' && value instanceof Hidden) putExtern(realm, slot, value.content);
  else putValue(realm, type, slot, value);
}

function exceptionOf(exception) {
  const state = typeof exception === 'object' && exception !== null ? exceptionState.get(exception) : undefined;
  if (state === undefined) throw new TypeError('WebAssembly.Exception: the receiver is not a WebAssembly.Exception');
  return state;
}

// What an import threw: if it is an exception with a tag of the store, puts its values into slots and gives the number of the tag; else -1, or -2 if it is an exception with another tag, which no
// code of the store can catch by it.
export function unwrap(realm, thrown) {
  const state = typeof thrown === 'object' && thrown !== null ? exceptionState.get(thrown) : undefined;
  if (state === undefined) return -1;
  if (state.state.realm !== realm) return -2;
  const { id, types } = state.state;
  let slot = 0;
  state.values.forEach((value, i) => {
    giveValue(realm, types[i], slot, value);
    slot += slotsOf(types[i]);
  });
  return id;
}

// A tag that every realm has, for values that JavaScript throws; made on first need.
export let JSTag;
export const scriptTag = () => JSTag ??= new Tag({ parameters: ['externref'] });
