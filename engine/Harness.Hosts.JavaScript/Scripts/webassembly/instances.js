// Instances: imports are read, linked in one store, and what is exported is wrapped.
import { requireArguments } from 'webassembly/arguments.js';
import { JSTag } from 'webassembly/exceptions.js';
import { giving } from 'webassembly/exchange.js';
import { fail, functionIds, functionOf } from 'webassembly/functions.js';
import { adopt, itemOf, itemState } from 'webassembly/items.js';
import { describe } from 'webassembly/known-functions.js';
import { isMemory, memoryIds, memoryItem } from 'webassembly/memories.js';
import { stateOfModule, wantedOf } from 'webassembly/modules.js';
import { makeRealm } from 'webassembly/realms.js';
import { importMaker } from 'webassembly/signatures.js';
import { native, OK, UNLINKED } from 'webassembly/slots.js';
import { LinkError } from 'webassembly/v8.js';
import { putValue } from 'webassembly/values.js';

const instanceExports = new WeakMap();

export function readImports(state, importObject) {
  const wanted = wantedOf(state);
  if (wanted.length > 0 && (importObject === undefined || (typeof importObject !== 'object' && typeof importObject !== 'function') || importObject === null)) {
    throw new TypeError('WebAssembly: imports must be an object');
  }
  const values = [];
  for (const item of wanted) {
    const module = importObject[item.module];
    if (module === null || (typeof module !== 'object' && typeof module !== 'function')) throw new TypeError(`WebAssembly: the imports have no module ${JSON.stringify(item.module)}`);
    values.push({ item, value: module[item.name] });
  }
  return values;
}

function linkFailure(item, wanted) {
  return new LinkError(`WebAssembly: import ${JSON.stringify(item.module)} ${JSON.stringify(item.name)} must be ${wanted}`);
}

const instantiateSync = (state, importObject) => instantiateWith(state, readImports(state, importObject));

function instantiateWith(state, values) {
  // A store of its own, unless something of another is imported. Functions of a third are called as functions of JavaScript.
  let realm;
  for (const { value } of values) {
    const found = typeof value === 'object' && value !== null && value !== JSTag ? (itemState.get(value) ?? memoryIds.get(value))?.realm : undefined;
    if (found !== undefined && realm !== undefined && realm !== found) native.unsupported('imports from unrelated instances');
    realm ??= found;
  }
  for (const { value } of values) {
    if (typeof value === 'function') realm ??= functionIds.get(value)?.realm;
  }
  realm ??= makeRealm();

  const builder = native.beginInstance(realm.store, state.id);
  try {
    return link(realm, builder, state, values);
  } catch (error) {
    native.abandonInstance(builder);
    throw error;
  }
}

// Hands the host what is imported, lets it make the instance, and wraps what that exports.
function link(realm, builder, state, values) {
  if (state.strings !== undefined) native.defineConstants(builder, state.strings);
  // Modules import texts by the thousand: they cross together.
  const texts = [];
  const places = [];
  for (const { item, value } of values) {
    switch (item.kind) {
      case 'function': {
        if (typeof value !== 'function') throw linkFailure(item, 'a function');
        const own = functionIds.get(value);
        if (own?.realm === realm) {
          native.defineItem(builder, item.index, own.id);
        } else {
          const index = realm.imports.push(importMaker(item.signature)(realm, value)) - 1;
          native.defineFunction(builder, item.index, index, describe(value));
        }
        break;
      }
      case 'global': {
        const own = typeof value === 'object' && value !== null ? itemState.get(value) : undefined;
        if (own?.kind === 'global') {
          native.defineItem(builder, item.index, own.id);
        } else {
          if (item.mutable) throw linkFailure(item, 'a WebAssembly.Global');
          if (item.type === 'l' ? typeof value !== 'bigint' : 'ifd'.includes(item.type) ? typeof value !== 'number' : false) throw linkFailure(item, `a global variable or a value of its type`);
          if (item.type === 'e' && typeof value === 'string') {
            texts.push(value);
            places.push(item.index, value.length);
            break;
          }
          try {
            putValue(realm, item.type, 0, value);
          } catch (error) {
            throw linkFailure(item, `a value of its type (${error.message})`);
          }
          if (!native.defineValue(builder, item.index)) throw linkFailure(item, 'a value of its type');
        }
        break;
      }
      case 'memory': {
        if (!isMemory(value)) throw linkFailure(item, 'a WebAssembly.Memory');
        native.defineItem(builder, item.index, memoryItem(realm, value));
        break;
      }
      default: {
        if (item.kind === 'tag' && value === JSTag && JSTag !== undefined) {
          native.defineItem(builder, item.index, native.scriptTag(realm.store));
          break;
        }
        const own = typeof value === 'object' && value !== null ? itemState.get(value) : undefined;
        if (own?.kind !== item.kind) throw linkFailure(item, item.kind === 'tag' ? 'a WebAssembly.Tag' : 'a WebAssembly.Table');
        native.defineItem(builder, item.index, adopt(realm, value, own));
      }
    }
  }

  const wrong = texts.length > 0 ? giving(new Int32Array(places), native.defineTexts, builder, texts.join('')) : -1;
  if (wrong >= 0) throw linkFailure(values.find(({ item }) => item.index === wrong).item, 'a value of its type');

  const status = native.finishInstance(builder);
  if (status === UNLINKED) throw new LinkError(native.message());
  if (status !== OK) fail(realm, status);
  const exports = Object.create(null);
  for (const [name, kind, id, type] of JSON.parse(native.describeExports(builder))) {
    exports[name] = kind === 'function' ? functionOf(realm, id, type) : itemOf(realm, kind, id, type);
  }
  return Object.freeze(exports);
}

export function makeInstance(state, values) {
  const instance = Object.create(Instance.prototype);
  instanceExports.set(instance, instantiateWith(state, values));
  return instance;
}

export class Instance {
  constructor(module, importObject = undefined) {
    requireArguments(arguments, 1, 'WebAssembly.Instance');
    const state = stateOfModule(module);
    if (importObject !== undefined && (importObject === null || (typeof importObject !== 'object' && typeof importObject !== 'function'))) throw new TypeError('WebAssembly.Instance: imports must be an object');
    instanceExports.set(this, instantiateSync(state, importObject));
  }

  get exports() {
    if (!instanceExports.has(this)) throw new TypeError('WebAssembly.Instance.exports: receiver is not a WebAssembly.Instance');
    return instanceExports.get(this);
  }
}
