// Modules: compiled from bytes, described by the host on first need.
import { requireArguments } from 'webassembly/arguments.js';
import { giving } from 'webassembly/exchange.js';
import { native } from 'webassembly/slots.js';
import { CompileError } from 'webassembly/v8.js';

export const moduleState = new WeakMap();

export function bytesOf(source) {
  if (source instanceof ArrayBuffer || (typeof SharedArrayBuffer === 'function' && source instanceof SharedArrayBuffer)) return new Uint8Array(source).slice();
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice();
  throw new TypeError('WebAssembly: the first argument must be an ArrayBuffer or a view of one');
}

export function optionsOf(options) {
  if (options === undefined || options === null) return { builtins: '', strings: undefined };
  if (typeof options !== 'object') throw new TypeError('WebAssembly: compile options must be an object');
  const builtins = options.builtins === undefined ? [] : [...options.builtins].map(String);
  const strings = options.importedStringConstants;
  return { builtins: builtins.includes('js-string') ? 'js-string' : '', strings: strings === undefined || strings === null ? undefined : String(strings) };
}

export function compileSync(bytes, options) {
  const result = giving(bytes, native.compile, options.builtins);
  if (typeof result === 'string') throw new CompileError(result);
  const state = { id: result, strings: options.strings, bytes, info: undefined, wanted: undefined };
  const wrong = options.strings === undefined ? undefined : infoOf(state).imports.find(item => item.module === options.strings && item.kind === 'global' && (item.mutable || item.type !== 'e'));
  if (wrong === undefined) return state;
  native.releaseModule(result);
  throw new CompileError(`WebAssembly.Module(): the imported string constant ${JSON.stringify(wrong.name)} must be an immutable global of type externref`);
}

export function infoOf(state) {
  return state.info ??= JSON.parse(native.describeModule(state.id));
}

// What an importObject has to provide.
export function wantedOf(state) {
  return state.wanted ??= infoOf(state).imports.filter(item => item.builtin === undefined && !(item.module === state.strings && item.kind === 'global'));
}

const moduleFinalizer = new FinalizationRegistry(id => native.releaseModule(id));

export function makeModule(state, prototype = Module.prototype) {
  const module = Object.create(prototype);
  moduleState.set(module, state);
  moduleFinalizer.register(module, state.id);
  return module;
}

export function stateOfModule(module) {
  const state = typeof module === 'object' && module !== null ? moduleState.get(module) : undefined;
  if (state === undefined) throw new TypeError('WebAssembly: the first argument must be a WebAssembly.Module');
  return state;
}

export class Module {
  constructor(source, options = undefined) {
    if (arguments.length === 0) throw new TypeError('WebAssembly.Module: 1 argument required, but only 0 present');
    const bytes = bytesOf(source);
    return makeModule(compileSync(bytes, optionsOf(options)), new.target.prototype);
  }

  static imports(module) {
    requireArguments(arguments, 1, 'WebAssembly.Module.imports');
    const state = stateOfModule(module);
    return wantedOf(state).map(item => ({ module: item.module, name: item.name, kind: item.kind }));
  }

  static exports(module) {
    requireArguments(arguments, 1, 'WebAssembly.Module.exports');
    return infoOf(stateOfModule(module)).exports.map(item => ({ name: item.name, kind: item.kind }));
  }

  static customSections(module, name) {
    requireArguments(arguments, 2, 'WebAssembly.Module.customSections');
    const state = stateOfModule(module);
    return customSections(state.bytes, String(name));
  }
}

function customSections(bytes, wanted) {
  const sections = [];
  let at = 8;
  const unsigned = () => {
    let result = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      result += (byte & 127) * factor;
      if (byte < 128) return result;
    }
  };
  while (at < bytes.length) {
    const id = bytes[at++];
    const size = unsigned();
    const end = at + size;
    if (id === 0) {
      const length = unsigned();
      const name = giving(bytes.subarray(at, at + length), native.utf8);
      at += length;
      if (name === wanted) sections.push(bytes.slice(at, end).buffer);
    }
    at = end;
  }
  return sections;
}
