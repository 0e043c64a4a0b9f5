// Blocks of elements cross in the staging buffer. Programs may change properties of typed arrays, and all else that there is: what is asked here is the language's own, kept from the beginning, so
// that no code of theirs runs while the host holds the address of an array that code could move.
import { realmOf } from 'webassembly/realms.js';
import { staging } from 'webassembly/slots.js';

const typedArrays = [['Uint8Array', 'Int8Array'], ['Uint16Array', 'Int16Array'], ['Uint32Array', 'Int32Array'], ['Float32Array'], ['Float64Array']];
const { apply } = Reflect;
const { isView } = ArrayBuffer;
const Bytes = Uint8Array;
const stagingBytes = new Bytes(staging);
const setBytes = Bytes.prototype.set;
const [kindOf, bufferOf, offsetOf, lengthOf, byteLengthOf] = [Symbol.toStringTag, 'buffer', 'byteOffset', 'length', 'byteLength'].map(name => {
  const { get } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Bytes.prototype), name);
  return array => apply(get, array, []);
});

export function hasElements(store, id, from, length, element) {
  const array = realmOf(store).values[id];
  const kinds = typedArrays[element];
  const kind = kindOf(array);
  return isView(array) && (kind === kinds[0] || (kinds.length > 1 && kind === kinds[1])) && from + length <= lengthOf(array);
}

export function copyElements(store, id, from, count, isToStaging) {
  const array = realmOf(store).values[id];
  const size = byteLengthOf(array) / lengthOf(array);
  const bytes = new Bytes(bufferOf(array), offsetOf(array) + from * size, count * size);
  if (isToStaging) apply(setBytes, stagingBytes, [bytes]);
  else apply(setBytes, bytes, [new Bytes(staging, 0, count * size)]);
}
