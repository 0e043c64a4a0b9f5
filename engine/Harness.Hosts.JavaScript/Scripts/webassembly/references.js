// References on their way: ToWebAssemblyValue puts a pair into a slot and returns undefined, or returns a string; ToJSValue takes what is in a slot.
import { foreignFunction, functionIds, functionOf } from 'webassembly/functions.js';
import { objectOf, realmOfObject } from 'webassembly/objects.js';
import { idOfValue } from 'webassembly/realms.js';
import { FUNCTION, HEADER, I31, I32, native, NULL, OBJECT, put, STRING, VALUE } from 'webassembly/slots.js';

function isI31(value) {
  return typeof value === 'number' && value === (value << 1 >> 1) && !(value === 0 && 1 / value < 0);
}

export function putExtern(realm, slot, value) {
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

export function putFunction(realm, slot, value) {
  if (value === null) return put(slot, 0, NULL);
  const entry = functionIds.get(value);
  if (entry === undefined) throw new TypeError('WebAssembly: only functions that WebAssembly exports can be function references');
  return put(slot, entry.realm === realm ? entry.id : foreignFunction(realm, value, entry), FUNCTION);
}

export function putOther(realm, slot, value) {
  if (value === null) return put(slot, 0, NULL);
  throw new TypeError('WebAssembly: exception references cannot be passed');
}

// ToJSValue for references.
export function get(realm, slot) {
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
