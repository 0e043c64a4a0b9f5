// What the host provides, and the buffer in which values cross: slot k is at 8 * (HEADER + k); a number is there as it is, a reference as a pair of an id and one of the
// kinds below. Strings cross as arguments and results.

const { host, buffer } = import.meta;

// A second buffer, for blocks of elements, and what is called with the functions that the host calls.
export const { staging, connect } = import.meta;

// The functions as properties of an object of this heap: to ask the host for one of them takes longer than to call it.
export const native = Object.fromEntries(Object.keys(host).map(name => [name, host[name]]));

export const HEADER = 8;
export const I32 = new Int32Array(buffer);
export const F32 = new Float32Array(buffer);
export const F64 = new Float64Array(buffer);
export const I64 = new BigInt64Array(buffer);

export const NULL = 0, VALUE = 1, OBJECT = 2, FUNCTION = 3, I31 = 4, STRING = 5;
export const OK = 0, THROWN = 1, RAISED = 3, REFUSED = 5;

export function put(slot, id, kind) {
  I32[2 * (HEADER + slot)] = id;
  I32[2 * (HEADER + slot) + 1] = kind;
}

export function toBigIntOnly(value) {
  if (typeof value === 'bigint') return value;
  I64[0] = value;
  return I64[0];
}
