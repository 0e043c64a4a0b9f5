// Functions of WebAssembly as functions of JavaScript, and the other way round: made once each, so that they come back as the same ones.
import { makeException } from 'webassembly/exceptions.js';
import { active } from 'webassembly/realms.js';
import { get, putExtern } from 'webassembly/references.js';
import { exportMaker, importMaker } from 'webassembly/signatures.js';
import { HEADER, I32, native, RAISED, REFUSED, THROWN } from 'webassembly/slots.js';
import { RuntimeError } from 'webassembly/v8.js';

export const functionIds = new WeakMap();

export function functionOf(realm, id) {
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

// A function of another store is called as a function of JavaScript, and comes back as the same one.
export function foreignFunction(realm, value, entry) {
  let id = realm.foreign.get(value);
  if (id === undefined) {
    const number = realm.imports.push(importMaker(entry.signature)(realm, value)) - 1;
    id = native.bindForeign(realm.store, entry.id, number);
    realm.foreign.set(value, id);
    realm.functions.set(id, value);
  }
  return id;
}

// Called by the host for an import: the store and the number of the import are in the header.
export function dispatch() {
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
export function refuseResult(store, message) { putExtern(active.get(store), 0, new TypeError(message)); }

// What a call that did not return normally threw.
export function fail(realm, status) {
  switch (status) {
    case THROWN: throw get(realm, 0);
    case RAISED: throw makeException(realm, I32[2 * HEADER], I32[2 * HEADER + 2]);
    case REFUSED: throw new TypeError(native.message());
    default: {
      const kind = I32[0];
      const message = native.message();
      if (kind === 1) throw new RangeError('Maximum call stack size exceeded');
      throw new RuntimeError(message);
    }
  }
}
