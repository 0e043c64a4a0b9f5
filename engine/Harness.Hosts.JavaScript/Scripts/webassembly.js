// The WebAssembly JavaScript API (https://webassembly.github.io/spec/js-api/) over another engine. Evaluates to a function that is called once with what
// the host provides, and returns what the host calls. Values cross in a buffer that both sides see: slot k is at 8 * (HEADER + k); a number is there as it is,
// a reference as a pair of an id and one of the kinds below. Strings cross as arguments and results.
(function (host, buffer, staging) {
  'use strict';

  // The functions as properties of an object of this heap: to ask the host for one of them takes longer than to call it.
  const native = Object.fromEntries(Object.keys(host).map(name => [name, host[name]]));

  const HEADER = 8;
  const I32 = new Int32Array(buffer);
  const F32 = new Float32Array(buffer);
  const F64 = new Float64Array(buffer);
  const I64 = new BigInt64Array(buffer);

  const NULL = 0, VALUE = 1, OBJECT = 2, FUNCTION = 3, I31 = 4, STRING = 5;
  const OK = 0, THROWN = 1, RAISED = 3, REFUSED = 5;

  const V8 = globalThis.WebAssembly;
  const { CompileError, LinkError, RuntimeError } = V8;

  // What is true of a store belongs to its realm: values of JavaScript that it refers to, wrappers of what it gave away. Nothing but functions and objects of the
  // store refers to a realm, so that cycles through both heaps are cycles of this heap, and die.
  class Realm {
    constructor(store) {
      this.store = store;
      this.values = [undefined, true, false];
      this.free = [];
      this.ids = new Map([[undefined, 0], [true, 1], [false, 2]]);
      this.objects = new Map();
      this.functions = new Map();
      this.items = new Map();
      this.imports = [];
      this.foreign = new Map();
      this.depth = 0;
    }
  }

  const realms = new Map();
  const storeFinalizer = new FinalizationRegistry(store => native.disposeStore(store));
  const objectFinalizer = new FinalizationRegistry(([store, id]) => native.releaseObject(store, id));
  const realmOfObject = new WeakMap();
  const functionIds = new WeakMap();

  function idOfValue(realm, value) {
    const identity = typeof value !== 'number' && typeof value !== 'bigint';
    let id = identity ? realm.ids.get(value) : undefined;
    if (id === undefined) {
      id = realm.free.length > 0 ? realm.free.pop() : realm.values.length;
      realm.values[id] = value;
      if (identity) realm.ids.set(value, id);
    }
    return id;
  }

  // Called by the host when nothing of the store refers to a value any more.
  function releaseValue(store, id) {
    const realm = realms.get(store)?.deref();
    if (realm === undefined || id < 3) return;
    realm.ids.delete(realm.values[id]);
    realm.values[id] = undefined;
    realm.free.push(id);
  }

  // ToWebAssemblyValue for references. Puts a pair into a slot and returns undefined, or returns a string.
  function put(slot, id, kind) {
    I32[2 * (HEADER + slot)] = id;
    I32[2 * (HEADER + slot) + 1] = kind;
  }

  function isI31(value) {
    return typeof value === 'number' && value === (value << 1 >> 1) && !(value === 0 && 1 / value < 0);
  }

  function putExtern(realm, slot, value) {
    if (value === null) return put(slot, 0, NULL);
    if (typeof value === 'string') {
      put(slot, 0, STRING);
      return value;
    }
    if (isI31(value)) return put(slot, value, I31);
    const object = typeof value === 'object' ? realmOfObject.get(value) : undefined;
    if (object !== undefined && object.realm === realm) return put(slot, object.id, OBJECT);
    return put(slot, idOfValue(realm, value), VALUE);
  }

  function putFunction(realm, slot, value) {
    if (value === null) return put(slot, 0, NULL);
    const entry = functionIds.get(value);
    if (entry === undefined) throw new TypeError('WebAssembly: only functions that WebAssembly exports can be function references');
    return put(slot, entry.realm === realm ? entry.id : foreignFunction(realm, value, entry), FUNCTION);
  }

  // A function of another store is called as a function of JavaScript, and comes back as the same one.
  function foreignFunction(realm, value, entry) {
    let id = realm.foreign.get(value);
    if (id === undefined) {
      const number = realm.imports.push(importMaker(entry.signature)(realm, value)) - 1;
      id = native.bindForeign(realm.store, entry.id, number);
      realm.foreign.set(value, id);
      realm.functions.set(id, value);
    }
    return id;
  }

  function putOther(realm, slot, value) {
    if (value === null) return put(slot, 0, NULL);
    throw new TypeError('WebAssembly: exception references cannot be passed');
  }

  // ToJSValue for references.
  function get(realm, slot) {
    const id = I32[2 * (HEADER + slot)];
    switch (I32[2 * (HEADER + slot) + 1]) {
      case NULL: return null;
      case VALUE: return realm.values[id];
      case OBJECT: return objectOf(realm, id);
      case FUNCTION: return functionOf(realm, id);
      case I31: return id;
      default: return native.textAt(slot);
    }
  }

  // Objects of the WebAssembly heap have no properties, and refuse whatever would change them.
  const opaque = Object.freeze(Object.create(null));
  const refuse = () => { throw new TypeError('WebAssembly objects are opaque'); };
  const opaqueHandler = Object.freeze({ set: refuse, defineProperty: refuse, deleteProperty: refuse, preventExtensions: refuse });

  function objectOf(realm, id) {
    const known = realm.objects.get(id)?.deref();
    if (known !== undefined) {
      native.releaseObject(realm.store, id);
      return known;
    }
    const object = new Proxy(opaque, opaqueHandler);
    realm.objects.set(id, new WeakRef(object));
    realmOfObject.set(object, { realm, id });
    objectFinalizer.register(object, [realm.store, id]);
    return object;
  }

  // A signature is a string: parameters, '>', results; i, l, f, d are numbers, e, a, F, x references below extern, any, func and exn.
  const putters = { e: putExtern, a: putExtern, F: putFunction, x: putOther, v: () => { throw new TypeError('WebAssembly: v128 cannot be passed'); } };

  function convertCode(type, name) {
    switch (type) {
      case 'i': return `${name} = ${name} | 0;`;
      case 'l': return `${name} = BigInt.asIntN(64, toBigInt(${name}));`;
      case 'f': return `${name} = fround(${name});`;
      case 'd': return `${name} = +${name};`;
      default: return '';
    }
  }

  function putCode(type, slot, name) {
    switch (type) {
      case 'i': return `I32[${2 * (HEADER + slot)}] = ${name};`;
      case 'l': return `I64[${HEADER + slot}] = ${name};`;
      case 'f': return `F32[${2 * (HEADER + slot)}] = ${name};`;
      case 'd': return `F64[${HEADER + slot}] = ${name};`;
      default: return `{ const text = putters.${type}(realm, ${slot}, ${name}); if (text !== undefined) texts[${slot}] = text; }`;
    }
  }

  function getCode(type, slot) {
    switch (type) {
      case 'i': return `I32[${2 * (HEADER + slot)}]`;
      case 'l': return `I64[${HEADER + slot}]`;
      case 'f': return `F32[${2 * (HEADER + slot)}]`;
      case 'd': return `F64[${HEADER + slot}]`;
      default: return `get(realm, ${slot})`;
    }
  }

  const isReference = type => 'eaFx'.includes(type);

  // A call with vectors among parameters or results throws before anything else happens.
  const refuseVectors = signature => signature.includes('v') ? "throw new TypeError('WebAssembly: v128 cannot be passed');" : '';

  const tools = { I32, F32, F64, I64, putters, get, native, fround: Math.fround, toBigInt: value => BigInt.asIntN(64, toBigIntOnly(value)), fail, listOf };

  function toBigIntOnly(value) {
    if (typeof value === 'bigint') return value;
    I64[0] = value;
    return I64[0];
  }

  function listOf(value, count) {
    const method = value === null || (typeof value !== 'object' && typeof value !== 'function') ? undefined : value[Symbol.iterator];
    if (typeof method !== 'function') throw new TypeError('WebAssembly: several results come as an iterable object');
    const list = [...{ [Symbol.iterator]: () => Reflect.apply(method, value, []) }];
    if (list.length !== count) throw new TypeError(`WebAssembly: ${count} results were expected, not ${list.length}`);
    return list;
  }

  const exportMakers = new Map();
  const importMakers = new Map();

  // Makes a maker of exported functions of a signature: (realm, id, enter) => function.
  function exportMaker(signature) {
    let maker = exportMakers.get(signature);
    if (maker !== undefined) return maker;
    const [parameters, results] = signature.split('>');
    const names = [...parameters].map((_, i) => `a${i}`);
    const hasTexts = [...parameters].some(isReference);
    const code = `
      const { I32, F32, F64, I64, putters, get, native, fround, toBigInt, fail } = tools;
      return (realm, id, call) => ({ f(${names}) {
        ${refuseVectors(signature)}
        ${[...parameters].map((type, i) => convertCode(type, names[i])).join(' ')}
        ${hasTexts ? 'let texts = {};' : ''}
        ${[...parameters].map((type, i) => putCode(type, i, names[i])).join('\n')}
        ${hasTexts ? 'for (const slot in texts) native.setText(+slot, texts[slot]);' : ''}
        realm.depth++ === 0 && enter(realm);
        const status = call(id);
        --realm.depth === 0 && leave(realm);
        if (status !== 0) fail(realm, status);
        ${results.length === 0 ? '' : results.length === 1 ? `return ${getCode(results, 0)};` : `return [${[...results].map((type, i) => getCode(type, i))}];`}
      } }).f;`;
    maker = new Function('tools', 'enter', 'leave', code)(tools, enter, leave);
    exportMakers.set(signature, maker);
    return maker;
  }

  // Makes a maker of what calls a function of JavaScript for an import of a signature: (realm, f) => function without parameters, which returns a status or a string.
  function importMaker(signature) {
    let maker = importMakers.get(signature);
    if (maker !== undefined) return maker;
    const [parameters, results] = signature.split('>');
    const names = [...results].map((_, i) => `r${i}`);
    const hasTexts = [...results].some(isReference);
    const code = `
      const { I32, F32, F64, I64, putters, get, native, fround, toBigInt, listOf } = tools;
      return (realm, f) => () => {
        ${refuseVectors(signature)}
        ${results.length === 0 ? '' : results.length === 1 ? 'let r0 =' : 'const list ='} f(${[...parameters].map((type, i) => getCode(type, i))});
        ${results.length < 2 ? '' : `let [${names}] = listOf(list, ${results.length});`}
        ${[...results].map((type, i) => convertCode(type, names[i])).join(' ')}
        ${hasTexts ? 'let texts = {};' : ''}
        ${[...results].map((type, i) => putCode(type, i, names[i])).join('\n')}
        ${hasTexts ? 'for (const slot in texts) native.setText(+slot, texts[slot]);' : ''}
      };`;
    maker = new Function('tools', code)(tools);
    importMakers.set(signature, maker);
    return maker;
  }

  // While code of a store runs, its realm is reachable for the host's calls.
  const active = new Map();
  const enter = realm => active.set(realm.store, realm);
  const leave = realm => active.delete(realm.store);

  // Called by the host for an import: the store and the number of the import are in the header.
  function dispatch() {
    const realm = active.get(I32[2]);
    try {
      realm.imports[I32[3]]();
      return 0;
    } catch (error) {
      const text = putExtern(realm, 0, error);
      if (text !== undefined) native.setText(0, text);
      return 1;
    }
  }

  // Called by the host when what an import returned is not of its type: makes the error that the import throws, in slot 0.
  function refuseResult(store, message) { putExtern(active.get(store), 0, new TypeError(message)); }

  // What a call that did not return normally threw.
  function fail(realm, status) {
    switch (status) {
      case THROWN: throw get(realm, 0);
      case RAISED: throw Exception[MAKE](realm, I32[2 * HEADER], I32[2 * HEADER + 2]);
      case REFUSED: throw new TypeError(native.message());
      default: {
        const kind = I32[0];
        const message = native.message();
        if (kind === 1) throw new RangeError('Maximum call stack size exceeded');
        throw new RuntimeError(message);
      }
    }
  }

  function functionOf(realm, id) {
    let made = realm.functions.get(id);
    if (made === undefined) {
      const { name, signature } = JSON.parse(native.describeFunction(realm.store, id));
      made = exportMaker(signature)(realm, id, native.call);
      Object.defineProperty(made, 'name', { value: name, configurable: true });
      realm.functions.set(id, made);
      functionIds.set(made, { realm, id, signature });
    }
    return made;
  }

  // Modules

  const SECRET = Symbol('secret');
  const MAKE = Symbol('make');
  const moduleState = new WeakMap();

  function bytesOf(source) {
    if (source instanceof ArrayBuffer || (typeof SharedArrayBuffer === 'function' && source instanceof SharedArrayBuffer)) return new Uint8Array(source).slice();
    if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice();
    throw new TypeError('WebAssembly: the first argument must be an ArrayBuffer or a view of one');
  }

  function optionsOf(options) {
    if (options === undefined || options === null) return { builtins: '', strings: undefined };
    if (typeof options !== 'object') throw new TypeError('WebAssembly: compile options must be an object');
    const builtins = options.builtins === undefined ? [] : [...options.builtins].map(String);
    const strings = options.importedStringConstants;
    return { builtins: builtins.includes('js-string') ? 'js-string' : '', strings: strings === undefined || strings === null ? undefined : String(strings) };
  }

  function compileSync(bytes, options) {
    const result = native.compile(bytes, options.builtins);
    if (typeof result === 'string') throw new CompileError(result);
    const state = { id: result, strings: options.strings, bytes, info: undefined };
    const wrong = options.strings === undefined ? undefined : infoOf(state).imports.find(item => item.module === options.strings && item.kind === 'global' && (item.mutable || item.type !== 'e'));
    if (wrong === undefined) return state;
    native.releaseModule(result);
    throw new CompileError(`WebAssembly.Module(): the imported string constant ${JSON.stringify(wrong.name)} must be an immutable global of type externref`);
  }

  function infoOf(state) {
    return state.info ??= JSON.parse(native.describeModule(state.id));
  }

  const moduleFinalizer = new FinalizationRegistry(id => native.releaseModule(id));

  function makeModule(state, prototype = Module.prototype) {
    const module = Object.create(prototype);
    moduleState.set(module, state);
    moduleFinalizer.register(module, state.id);
    return module;
  }

  function stateOfModule(module) {
    const state = typeof module === 'object' && module !== null ? moduleState.get(module) : undefined;
    if (state === undefined) throw new TypeError('WebAssembly: the first argument must be a WebAssembly.Module');
    return state;
  }

  class Module {
    constructor(source, options = undefined) {
      if (arguments.length === 0) throw new TypeError('WebAssembly.Module: 1 argument required, but only 0 present');
      const bytes = bytesOf(source);
      return makeModule(compileSync(bytes, optionsOf(options)), new.target.prototype);
    }

    static imports(module) {
      requireArguments(arguments, 1, 'WebAssembly.Module.imports');
      const state = stateOfModule(module);
      return infoOf(state).imports.filter(item => item.builtin === undefined && !(item.module === state.strings && item.kind === 'global')).map(item => ({ module: item.module, name: item.name, kind: item.kind }));
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

  function requireArguments(list, count, name) {
    if (list.length < count) throw new TypeError(`${name}: ${count} argument${count === 1 ? '' : 's'} required, but only ${list.length} present`);
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
        const name = native.utf8(bytes.slice(at, at + length));
        at += length;
        if (name === wanted) sections.push(bytes.slice(at, end).buffer);
      }
      at = end;
    }
    return sections;
  }

  // Instances

  const itemState = new WeakMap();
  const instanceExports = new WeakMap();
  const boundCalls = new WeakMap();

  function describe(f) {
    const bound = boundCalls.get(f);
    if (bound !== undefined) return 'call:' + bound;
    const known = knownFunctions.get(f);
    if (known !== undefined) return known;
    const source = Function.prototype.toString.call(f).replace(/\s+/g, ' ');
    // Where a script has put another clock in the place of ours, functions that ask it are not known.
    const asksOtherClock = (source.includes('performance.now') && globalThis.performance?.now !== globalThis.harness?.now) || (source.includes('Date.now') && Date.now !== ownDateNow);
    return asksOtherClock ? 'other clock' : 'source:' + source;
  }

  const ownDateNow = Date.now;

  // Functions whose meaning the host may know. Call bound to one of them is what dart2wasm's glue makes of methods.
  const knownFunctions = new Map();
  for (const [owner, name] of [[Math, 'Math'], [Number.prototype, 'Number.prototype'], [String.prototype, 'String.prototype'], [String, 'String'], [BigInt.prototype, 'BigInt.prototype'], [DataView.prototype, 'DataView.prototype'], [Date, 'Date'], [Object, 'Object'], [JSON, 'JSON']]) {
    for (const key of Object.getOwnPropertyNames(owner)) {
      const property = Object.getOwnPropertyDescriptor(owner, key);
      if (typeof property.value === 'function') knownFunctions.set(property.value, `${name}.${key}`);
      if (typeof property.get === 'function') knownFunctions.set(property.get, `get ${name}.${key}`);
    }
  }

  const { bind, call } = Function.prototype;
  Object.defineProperty(Function.prototype, 'bind', {
    configurable: true, enumerable: false, writable: true,
    value: { bind(...args) {
      const result = Reflect.apply(bind, this, args);
      if (this === call && args.length === 1 && knownFunctions.has(args[0])) boundCalls.set(result, knownFunctions.get(args[0]));
      return result;
    } }.bind,
  });

  function readImports(state, importObject) {
    const info = infoOf(state);
    const wanted = info.imports.filter(item => item.builtin === undefined);
    if (wanted.some(item => item.module !== state.strings || item.kind !== 'global') && (importObject === undefined || (typeof importObject !== 'object' && typeof importObject !== 'function') || importObject === null)) {
      throw new TypeError('WebAssembly: imports must be an object');
    }
    const values = [];
    for (const item of wanted) {
      if (item.kind === 'global' && item.module === state.strings) {
        values.push({ item, constant: true });
        continue;
      }
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
    for (const { item, value, constant } of values) {
      if (constant) {
        native.defineConstant(builder, item.index, item.name);
        continue;
      }
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

    realm.depth++ === 0 && enter(realm);
    const status = native.finishInstance(builder);
    --realm.depth === 0 && leave(realm);
    if (status === 4) throw new LinkError(native.message());
    if (status !== OK) fail(realm, status);
    const exports = Object.create(null);
    for (const [name, kind, id, type] of JSON.parse(native.describeExports(builder))) {
      exports[name] = kind === 'function' ? functionOf(realm, id) : itemOf(realm, kind, id, type);
    }
    return Object.freeze(exports);
  }

  function makeRealm() {
    const realm = new Realm(native.makeStore());
    realms.set(realm.store, new WeakRef(realm));
    storeFinalizer.register(realm, realm.store);
    return realm;
  }

  class Instance {
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

  // Globals, tables, memories, tags. One that was made without a store moves into that of the first instance that imports it.

  function itemOf(realm, kind, id, type) {
    let item = realm.items.get(id);
    if (item !== undefined) return item;
    switch (kind) {
      case 'memory': return realm.items.get(id) ?? memoryOf(realm, id, type);
      case 'global': item = Object.create(Global.prototype); break;
      case 'table': item = Object.create(Table.prototype); break;
      case 'tag': item = Object.create(Tag.prototype); break;
    }
    itemState.set(item, { realm, kind, id, ...type });
    realm.items.set(id, item);
    return item;
  }

  function putValue(realm, type, slot, value) {
    switch (type) {
      case 'i': I32[2 * (HEADER + slot)] = value; break;
      case 'l': I64[HEADER + slot] = toBigIntOnly(value); break;
      case 'f': F32[2 * (HEADER + slot)] = value; break;
      case 'd': F64[HEADER + slot] = value; break;
      default: {
        const text = putters[type](realm, slot, value);
        if (text !== undefined) native.setText(slot, text);
      }
    }
  }

  function getValue(realm, type, slot) {
    switch (type) {
      case 'i': return I32[2 * (HEADER + slot)];
      case 'l': return I64[HEADER + slot];
      case 'f': return F32[2 * (HEADER + slot)];
      case 'd': return F64[HEADER + slot];
      case 'v': throw new TypeError('WebAssembly: v128 cannot be read');
      case 'x': throw new TypeError('WebAssembly: exception references cannot be read');
      default: return get(realm, slot);
    }
  }

  const valueTypes = { i32: 'i', i64: 'l', f32: 'f', f64: 'd', v128: 'v', externref: 'e', anyfunc: 'F', funcref: 'F', anyref: 'a', eqref: 'a', i31ref: 'a', structref: 'a', arrayref: 'a', exnref: 'x' };

  function stateOf(item, kind) {
    const state = typeof item === 'object' && item !== null ? itemState.get(item) : undefined;
    if (state?.kind !== kind) throw new TypeError(`WebAssembly: the receiver is not a WebAssembly.${kind[0].toUpperCase()}${kind.slice(1)}`);
    return state;
  }

  // One realm for what scripts make themselves.
  let commonRealm;
  const common = () => commonRealm ??= makeRealm();

  function adopt(realm, item, state) {
    if (state.realm !== realm) native.unsupported(`a ${state.kind} of an unrelated instance`);
    return state.id;
  }

  function descriptorOf(descriptor, name) {
    if (descriptor === null || (typeof descriptor !== 'object' && typeof descriptor !== 'function')) throw new TypeError(`${name}: the descriptor must be an object`);
    return descriptor;
  }

  function typeOf(text, name) {
    const type = valueTypes[String(text)];
    if (type === undefined) throw new TypeError(`${name}: there is no value type ${String(text)}`);
    return type;
  }

  class Global {
    constructor(descriptor, value = undefined) {
      requireArguments(arguments, 1, 'WebAssembly.Global');
      descriptorOf(descriptor, 'WebAssembly.Global');
      const mutable = Boolean(descriptor.mutable);
      const name = String(descriptor.value);
      const type = typeOf(name, 'WebAssembly.Global');
      if (type === 'v' || type === 'x') throw new TypeError('WebAssembly.Global: globals of this type cannot be made here');
      const realm = common();
      const initial = value !== undefined || (arguments.length > 1 && type === 'e') ? value : type === 'l' ? 0n : 'ifd'.includes(type) ? 0 : type === 'e' ? undefined : null;
      putValue(realm, type, 0, initial);
      const id = native.makeGlobal(realm.store, name, mutable);
      if (id < 0) throw new TypeError(native.message());
      itemState.set(this, { realm, kind: 'global', id, type, mutable });
      realm.items.set(id, this);
    }

    get value() {
      const { realm, id, type } = stateOf(this, 'global');
      native.readGlobal(realm.store, id);
      return getValue(realm, type, 0);
    }

    set value(value) {
      const { realm, id, type, mutable } = stateOf(this, 'global');
      if (!mutable) throw new TypeError('set WebAssembly.Global.value: the global is immutable');
      if (type === 'v' || type === 'x') throw new TypeError('set WebAssembly.Global.value: values of this type cannot be set');
      putValue(realm, type, 0, value);
      if (!native.writeGlobal(realm.store, id)) throw new TypeError('set WebAssembly.Global.value: the value is not of the type');
    }

    valueOf() {
      stateOf(this, 'global');
      return this.value;
    }
  }

  function indexOf(value, is64, name) {
    if (is64) {
      if (typeof value === 'number') throw new TypeError(`${name}: the number must be a BigInt`);
      const exact = BigInt(value);
      if (exact < 0n || exact > 0xffffffffffffffffn) throw new TypeError(`${name}: the number must be in 0..2^64-1`);
      return Number(exact);
    }
    const number = Number(value);
    if (!Number.isFinite(number) || Math.trunc(number) < 0 || Math.trunc(number) > 0xffffffff) throw new TypeError(`${name}: the number must be in 0..4294967295`);
    return Math.trunc(number);
  }

  class Table {
    constructor(descriptor, value = undefined) {
      requireArguments(arguments, 1, 'WebAssembly.Table');
      descriptorOf(descriptor, 'WebAssembly.Table');
      const element = String(descriptor.element);
      const type = typeOf(element, 'WebAssembly.Table');
      if (!isReference(type)) throw new TypeError('WebAssembly.Table: elements must be references');
      const addressType = descriptor.address;
      const address = addressType === undefined ? 'i32' : String(addressType);
      if (address !== 'i32' && address !== 'i64') throw new TypeError(`WebAssembly.Table: there is no address type ${address}`);
      const is64 = address === 'i64';
      const wanted = descriptor.initial;
      if (wanted === undefined) throw new TypeError("WebAssembly.Table: 'initial' is required");
      const initial = indexOf(wanted, is64, 'WebAssembly.Table');
      const most = descriptor.maximum;
      const maximum = most === undefined ? -1 : indexOf(most, is64, 'WebAssembly.Table');
      if (maximum >= 0 && maximum < initial) throw new RangeError('WebAssembly.Table: the maximum is below the initial length');
      const realm = common();
      putValue(realm, type, 0, value === undefined ? (type === 'e' ? undefined : null) : value);
      const id = native.makeTable(realm.store, element === 'anyfunc' ? 'funcref' : element, initial, maximum, is64);
      if (id < 0) throw new RangeError(native.message());
      itemState.set(this, { realm, kind: 'table', id, type, is64 });
      realm.items.set(id, this);
    }

    get length() {
      const { realm, id, is64 } = stateOf(this, 'table');
      const length = native.tableLength(realm.store, id);
      return is64 ? BigInt(length) : length;
    }

    get(index) {
      requireArguments(arguments, 1, 'WebAssembly.Table.get');
      const { realm, id, type, is64 } = stateOf(this, 'table');
      if (!native.readTable(realm.store, id, indexOf(index, is64, 'WebAssembly.Table.get'))) throw new RangeError('WebAssembly.Table.get: the index is out of bounds');
      return getValue(realm, type, 0);
    }

    set(index, value = undefined) {
      requireArguments(arguments, 1, 'WebAssembly.Table.set');
      const { realm, id, type, is64 } = stateOf(this, 'table');
      const at = indexOf(index, is64, 'WebAssembly.Table.set');
      putValue(realm, type, 0, arguments.length < 2 ? (type === 'e' ? undefined : null) : value);
      const status = native.writeTable(realm.store, id, at);
      if (status === 1) throw new RangeError('WebAssembly.Table.set: the index is out of bounds');
      if (status === 2) throw new TypeError('WebAssembly.Table.set: the value is not of the element type');
    }

    grow(delta, value = undefined) {
      requireArguments(arguments, 1, 'WebAssembly.Table.grow');
      const { realm, id, type, is64 } = stateOf(this, 'table');
      const by = indexOf(delta, is64, 'WebAssembly.Table.grow');
      putValue(realm, type, 0, arguments.length < 2 ? (type === 'e' ? undefined : null) : value);
      const before = native.growTable(realm.store, id, by);
      if (before === -2) throw new TypeError('WebAssembly.Table.grow: the value is not of the element type');
      if (before < 0) throw new RangeError('WebAssembly.Table.grow: the table cannot grow by so much');
      return is64 ? BigInt(before) : before;
    }
  }

  // Memories are V8's own, so that buffers detach as they must; this engine's pages are mapped below them.

  const memoryIds = new WeakMap();
  const maxima = new WeakMap();
  const growBuffer = V8.Memory.prototype.grow;
  const getBuffer = Object.getOwnPropertyDescriptor(V8.Memory.prototype, 'buffer').get;
  const isMemory = value => {
    try {
      Reflect.apply(getBuffer, value, []);
      return true;
    } catch {
      return false;
    }
  };
  const V8Memory = new Proxy(V8.Memory, {
    construct(target, values, newTarget) {
      const memory = Reflect.construct(target, values, newTarget);
      if (values[0].maximum !== undefined) maxima.set(memory, Number(values[0].maximum));
      return memory;
    },
  });
  Object.defineProperty(V8.Memory.prototype, 'constructor', { value: V8Memory, writable: true, enumerable: false, configurable: true });
  Object.defineProperty(V8.Memory.prototype, 'grow', {
    writable: true, enumerable: true, configurable: true,
    value: { grow(delta) {
      const before = Reflect.apply(growBuffer, this, arguments);
      const known = memoryIds.get(this);
      if (known !== undefined && !native.growMemory(known.id, this.buffer, Number(delta))) throw new RangeError('WebAssembly.Memory.grow: the memory cannot grow by so much');
      return before;
    } }.grow,
  });

  function memoryItem(realm, memory) {
    let known = memoryIds.get(memory);
    if (known === undefined) {
      known = { realm, id: native.adoptMemory(realm.store, memory.buffer, maxima.get(memory) ?? -1) };
      memoryIds.set(memory, known);
      realm.items.set(known.id, memory);
    }
    if (known.realm !== realm) native.unsupported('a memory of an unrelated instance');
    return known.id;
  }

  function memoryOf(realm, id, type) {
    const memory = new V8Memory(type.maximum == null ? { initial: type.initial } : { initial: type.initial, maximum: type.maximum });
    native.shareMemory(realm.store, id, memory.buffer);
    memoryIds.set(memory, { realm, id });
    realm.items.set(id, memory);
    return memory;
  }

  // Called by the host after WebAssembly code has grown a memory.
  function grown(store, id, delta) {
    const realm = active.get(store) ?? realms.get(store)?.deref();
    const memory = realm.items.get(id);
    Reflect.apply(growBuffer, memory, [delta]);
    return memory.buffer;
  }

  // Blocks of elements cross in the staging buffer. Programs may change properties of typed arrays, so that these are asked by the language's own getters.
  const typedArrays = [['Uint8Array', 'Int8Array'], ['Uint16Array', 'Int16Array'], ['Uint32Array', 'Int32Array'], ['Float32Array'], ['Float64Array']];
  const stagingBytes = new Uint8Array(staging);
  const setBytes = Uint8Array.prototype.set;
  const [kindOf, bufferOf, offsetOf, lengthOf, byteLengthOf] = [Symbol.toStringTag, 'buffer', 'byteOffset', 'length', 'byteLength'].map(name => {
    const { get } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), name);
    return array => Reflect.apply(get, array, []);
  });

  function hasElements(store, id, from, length, element) {
    const array = active.get(store).values[id];
    return ArrayBuffer.isView(array) && typedArrays[element].includes(kindOf(array)) && from + length <= lengthOf(array);
  }

  function copyElements(store, id, from, count, isToStaging) {
    const array = active.get(store).values[id];
    const size = byteLengthOf(array) / lengthOf(array);
    const bytes = new Uint8Array(bufferOf(array), offsetOf(array) + from * size, count * size);
    if (isToStaging) Reflect.apply(setBytes, stagingBytes, [bytes]);
    else Reflect.apply(setBytes, bytes, [new Uint8Array(staging, 0, count * size)]);
  }

  class Tag {
    constructor(descriptor) {
      requireArguments(arguments, 1, 'WebAssembly.Tag');
      descriptorOf(descriptor, 'WebAssembly.Tag');
      if (descriptor.parameters === undefined) throw new TypeError("WebAssembly.Tag: 'parameters' is required");
      const parameters = [...descriptor.parameters].map(String);
      const types = parameters.map(text => typeOf(text, 'WebAssembly.Tag'));
      const realm = common();
      const id = native.makeTag(realm.store, parameters.map(text => text === 'anyfunc' ? 'funcref' : text).join(' '));
      itemState.set(this, { realm, kind: 'tag', id, types: types.join('') });
      realm.items.set(id, this);
    }
  }

  const exceptionState = new WeakMap();

  class Exception extends Error {
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
      return exception.values[at];
    }

    static [MAKE](realm, tagId, count) {
      const tag = itemOf(realm, 'tag', tagId, JSON.parse(native.describeTag(realm.store, tagId)));
      const { types } = itemState.get(tag);
      const values = [];
      for (let i = 0; i < count; i++) values.push(getValue(realm, types[i], i + 2));
      const exception = Object.create(Exception.prototype);
      exceptionState.set(exception, { tag, state: itemState.get(tag), values });
      return exception;
    }
  }

  function convertValue(type, value) {
    switch (type) {
      case 'i': return value | 0;
      case 'l': return toBigIntOnly(value);
      case 'f': return Math.fround(value);
      case 'd': return +value;
      default: return value;
    }
  }

  function exceptionOf(exception) {
    const state = typeof exception === 'object' && exception !== null ? exceptionState.get(exception) : undefined;
    if (state === undefined) throw new TypeError('WebAssembly.Exception: the receiver is not a WebAssembly.Exception');
    return state;
  }

  // Called by the host with what an import threw, in slot 0: if it is an exception with a tag of the store, puts its tag and values
  // into slots; else returns -1, or -2 if it is an exception with another tag, which no code of the store can catch by it.
  function unwrap(store) {
    const realm = active.get(store);
    const thrown = get(realm, 0);
    const state = typeof thrown === 'object' && thrown !== null ? exceptionState.get(thrown) : undefined;
    if (state === undefined) return -1;
    if (state.state.realm !== realm) return -2;
    state.values.forEach((value, i) => putValue(realm, state.state.types[i], i, value));
    return state.state.id;
  }

  // A tag that every realm has, for values that JavaScript throws.
  let JSTag;

  function validate(source, options = undefined) {
    requireArguments(arguments, 1, 'WebAssembly.validate');
    const bytes = bytesOf(source);
    const read = optionsOf(options);
    if (read.strings === undefined) return native.validate(bytes, read.builtins);
    try {
      native.releaseModule(compileSync(bytes, read).id);
      return true;
    } catch (error) {
      if (error instanceof CompileError) return false;
      throw error;
    }
  }

  async function compile(source, options = undefined) {
    requireArguments(arguments, 1, 'WebAssembly.compile');
    const bytes = bytesOf(source);
    const read = optionsOf(options);
    await undefined;
    return makeModule(compileSync(bytes, read));
  }

  async function instantiate(source, importObject = undefined, options = undefined) {
    requireArguments(arguments, 1, 'WebAssembly.instantiate');
    if (importObject !== undefined && (importObject === null || (typeof importObject !== 'object' && typeof importObject !== 'function'))) throw new TypeError('WebAssembly.instantiate: imports must be an object');
    if (typeof source === 'object' && source !== null && moduleState.has(source)) {
      const state = moduleState.get(source);
      const values = readImports(state, importObject);
      await undefined;
      return makeInstance(state, values);
    }
    const bytes = bytesOf(source);
    const read = optionsOf(options);
    await undefined;
    const module = makeModule(compileSync(bytes, read));
    const state = moduleState.get(module);
    return { module, instance: makeInstance(state, readImports(state, importObject)) };
  }

  function makeInstance(state, values) {
    const instance = Object.create(Instance.prototype);
    instanceExports.set(instance, instantiateWith(state, values));
    return instance;
  }

  async function bytesOfResponse(source) {
    const response = await source;
    if (typeof response !== 'object' || response === null || typeof response.arrayBuffer !== 'function') throw new TypeError('WebAssembly: a Response is required');
    return await response.arrayBuffer();
  }

  async function compileStreaming(source, options = undefined) { return await compile(await bytesOfResponse(source), options); }

  async function instantiateStreaming(source, importObject = undefined, options = undefined) { return await instantiate(await bytesOfResponse(source), importObject, options); }

  function install(target, entries) {
    for (const [name, value] of Object.entries(entries)) Object.defineProperty(target, name, { value, writable: true, enumerable: false, configurable: true });
  }

  function finish(constructor, name) {
    Object.defineProperty(constructor.prototype, Symbol.toStringTag, { value: `WebAssembly.${name}`, configurable: true });
    for (const key of Object.getOwnPropertyNames(constructor.prototype)) {
      if (key === 'constructor') continue;
      const property = Object.getOwnPropertyDescriptor(constructor.prototype, key);
      Object.defineProperty(constructor.prototype, key, { ...property, enumerable: true });
    }
    for (const key of ['imports', 'exports', 'customSections']) {
      const property = Object.getOwnPropertyDescriptor(constructor, key);
      if (property !== undefined) Object.defineProperty(constructor, key, { ...property, enumerable: true });
    }
  }

  const API = {};
  Object.defineProperty(API, Symbol.toStringTag, { value: 'WebAssembly', configurable: true });
  for (const [name, constructor] of Object.entries({ Module, Instance, Table, Global, Tag, Exception })) {
    finish(constructor, name);
    install(API, { [name]: constructor });
  }
  install(API, { Memory: V8Memory, CompileError, LinkError, RuntimeError });
  for (const [name, value] of Object.entries({ validate, compile, instantiate, compileStreaming, instantiateStreaming })) {
    Object.defineProperty(API, name, { value, writable: true, enumerable: true, configurable: true });
  }
  Object.defineProperty(API, 'JSTag', { enumerable: true, configurable: true, get: () => JSTag ??= new Tag({ parameters: ['externref'] }) });
  Object.defineProperty(globalThis, 'WebAssembly', { value: API, writable: true, enumerable: false, configurable: true });

  return { dispatch, releaseValue, grown, unwrap, refuseResult, hasElements, copyElements };
})
