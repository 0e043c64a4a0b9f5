// The WebAssembly JavaScript API (https://webassembly.github.io/spec/js-api/) over another engine: puts its namespace into the global scope, and gives the host the functions that
// it calls.
import { requireArguments } from 'webassembly/arguments.js';
import { copyElements, hasElements } from 'webassembly/elements.js';
import { Exception, scriptTag, Tag } from 'webassembly/exceptions.js';
import { giving } from 'webassembly/exchange.js';
import { dispatch, refuseResult } from 'webassembly/functions.js';
import { Global } from 'webassembly/globals.js';
import { Instance, makeInstance, readImports } from 'webassembly/instances.js';
import { grown, V8Memory } from 'webassembly/memories.js';
import { bytesOf, compileSync, makeModule, Module, moduleState, optionsOf } from 'webassembly/modules.js';
import { forgetRealms, releaseValues } from 'webassembly/realms.js';
import { connectDispatch, native } from 'webassembly/slots.js';
import { Table } from 'webassembly/tables.js';
import { CompileError, LinkError, RuntimeError } from 'webassembly/v8.js';

function validate(source, options = undefined) {
  requireArguments(arguments, 1, 'WebAssembly.validate');
  const bytes = bytesOf(source);
  const read = optionsOf(options);
  if (!giving(bytes, native.validate, read.builtins)) return false;
  if (read.strings === undefined) return true;
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
Object.defineProperty(API, 'JSTag', { enumerable: true, configurable: true, get: scriptTag });
Object.defineProperty(globalThis, 'WebAssembly', { value: API, writable: true, enumerable: false, configurable: true });

connectDispatch(dispatch);
native.connect({ dispatch, forgetRealms, releaseValues, grown, refuseResult, hasElements, copyElements });
