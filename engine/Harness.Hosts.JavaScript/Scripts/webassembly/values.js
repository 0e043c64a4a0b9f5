// Values of any type on their way, one at a time. A type is a letter: i, l, f, d are numbers, e, a, F, x references below extern, any, func and exn, v is a vector.
import { get, putExtern, putFunction, putOther } from 'webassembly/references.js';
import { F32, F64, HEADER, I32, I64, native, toBigIntOnly } from 'webassembly/slots.js';

const valueTypes = { i32: 'i', i64: 'l', f32: 'f', f64: 'd', v128: 'v', externref: 'e', anyfunc: 'F', funcref: 'F', anyref: 'a', eqref: 'a', i31ref: 'a', structref: 'a', arrayref: 'a', exnref: 'x' };

export function typeOf(text, name) {
  const type = valueTypes[String(text)];
  if (type === undefined) throw new TypeError(`${name}: there is no value type ${String(text)}`);
  return type;
}

export const putters = { e: putExtern, a: putExtern, F: putFunction, x: putOther, v: () => { throw new TypeError('WebAssembly: v128 cannot be passed'); } };

export const isReference = type => 'eaFx'.includes(type);

export function putValue(realm, type, slot, value) {
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

export function getValue(realm, type, slot) {
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

export function convertValue(type, value) {
  switch (type) {
    case 'i': return value | 0;
    case 'l': return BigInt.asIntN(64, toBigIntOnly(value));
    case 'f': return Math.fround(value);
    case 'd': return +value;
    default: return value;
  }
}
