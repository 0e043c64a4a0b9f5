// Blocks of elements cross in the staging buffer. Programs may change properties of typed arrays, so that these are asked by the language's own getters.
import { running } from 'webassembly/realms.js';
import { staging } from 'webassembly/slots.js';

const typedArrays = [['Uint8Array', 'Int8Array'], ['Uint16Array', 'Int16Array'], ['Uint32Array', 'Int32Array'], ['Float32Array'], ['Float64Array']];
const stagingBytes = new Uint8Array(staging);
const setBytes = Uint8Array.prototype.set;
const [kindOf, bufferOf, offsetOf, lengthOf, byteLengthOf] = [Symbol.toStringTag, 'buffer', 'byteOffset', 'length', 'byteLength'].map(name => {
  const { get } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), name);
  return array => Reflect.apply(get, array, []);
});

export function hasElements(id, from, length, element) {
  const array = running.realm.values[id];
  return ArrayBuffer.isView(array) && typedArrays[element].includes(kindOf(array)) && from + length <= lengthOf(array);
}

export function copyElements(id, from, count, isToStaging) {
  const array = running.realm.values[id];
  const size = byteLengthOf(array) / lengthOf(array);
  const bytes = new Uint8Array(bufferOf(array), offsetOf(array) + from * size, count * size);
  if (isToStaging) Reflect.apply(setBytes, stagingBytes, [bytes]);
  else Reflect.apply(setBytes, bytes, [new Uint8Array(staging, 0, count * size)]);
}
