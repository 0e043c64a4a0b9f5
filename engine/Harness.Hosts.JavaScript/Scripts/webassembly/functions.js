// Functions of WebAssembly as functions of JavaScript, and the other way round: made once each, so that they come back as the same ones.
import { makeException, unwrap } from 'webassembly/exceptions.js';
import { realmOf } from 'webassembly/realms.js';
import { get, putExtern } from 'webassembly/references.js';
import { exportMaker, importMaker } from 'webassembly/signatures.js';
import { ESCAPED, HEADER, I32, IMPORT, native, OK, RAISED, REFUSED, STATUS, STORE, TAG, THROWN, TRAP } from 'webassembly/slots.js';
import { CompileError, RuntimeError } from 'webassembly/v8.js';

export const functionIds = new WeakMap();

// The errors that traps have become. Code that they come to again does not catch them, while it catches what a script makes itself, be it of the same class.
const traps = new WeakSet();

// The description is asked for where there is none yet.
export function functionOf(realm, id, description = undefined) {
  let made = realm.functions.get(id);
  if (made === undefined) {
    const { name, signature } = description ?? JSON.parse(native.describeItem(id));
    made = exportMaker(signature)(realm, id);
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

// Called by the host for an import, whose store and number are in the header.
export function dispatch() {
  const realm = realmOf(I32[STORE]);
  let status = OK;
  try {
    realm.imports[I32[IMPORT]]();
  } catch (error) {
    let thrown = error;
    try {
      I32[TAG] = traps.has(error) ? TRAP : unwrap(realm, error);
    } catch (wrong) {
      // A payload that is not of its tag's type.
      thrown = wrong;
      I32[TAG] = -1;
    }
    if (I32[TAG] < 0) {
      const text = putExtern(realm, 0, thrown);
      if (text !== undefined) native.setText(0, text);
    }
    status = THROWN;
  }
  I32[STATUS] = status;
}

// Called by the host when what an import of a store returned is not of its type: makes the error that the import throws, in slot 0.
export function refuseResult(store, message) { putExtern(realmOf(store), 0, new TypeError(message)); }

// What a call that did not return normally threw.
export function fail(realm, status) {
  switch (status) {
    case THROWN: throw get(realm, 0);
    case RAISED: throw makeException(realm, I32[2 * HEADER], I32[2 * HEADER + 2]);
    case REFUSED: throw new TypeError(native.message());
    case ESCAPED: return native.throwEscaped();
    default: {
      const kind = I32[0];
      const message = native.message();
      const error = kind === 1 ? new RangeError('Maximum call stack size exceeded') : kind === 2 ? new CompileError(message) : new RuntimeError(message);
      traps.add(error);
      throw error;
    }
  }
}
