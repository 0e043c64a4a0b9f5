// What the host provides, and the buffer in which values cross: slot k is at 8 * (HEADER + k); a number is there as it is (a vector takes two slots), a reference as a pair of an id and one of the
// kinds below. Strings cross as arguments and results. Before the slots are words of 32 bits, by index: what kind of trap happened (0), the import that the host calls, by its store (STORE) and its
// number there (IMPORT), how a call of one side by the other has ended (STATUS), and the tag of what an import threw (TAG).

import { found } from 'webassembly/exchange.js';

// The functions of the host.
export const native = { ...import.meta };

const buffer = found('harness:slots');

// A second buffer, for blocks of elements.
export const staging = found('harness:staging');

// What is called most does not go through ClearScript: call(id) calls a function, and sets the status.
export const call = (() => {
  const name = 'harness:call';
  native.defineCall(name);
  return found(name);
})();

// The other way round, for the function of ours that calls imports.
export function connectDispatch(dispatch) {
  const name = 'harness:dispatch';
  Object.defineProperty(globalThis, name, { value: dispatch, configurable: true });
  native.takeDispatch(name);
  delete globalThis[name];
}

export const HEADER = 8, STORE = 2, IMPORT = 3, STATUS = 5, TAG = 6;
export const I32 = new Int32Array(buffer);
export const F32 = new Float32Array(buffer);
export const F64 = new Float64Array(buffer);
export const I64 = new BigInt64Array(buffer);

export const NULL = 0, VALUE = 1, OBJECT = 2, FUNCTION = 3, I31 = 4, STRING = 5;
export const OK = 0, THROWN = 1, RAISED = 3, UNLINKED = 4, REFUSED = 5, ESCAPED = 6;

// The tag of an error that a trap has become.
export const TRAP = -3;

export function put(slot, id, kind) {
  I32[2 * (HEADER + slot)] = id;
  I32[2 * (HEADER + slot) + 1] = kind;
}

export function toBigIntOnly(value) {
  if (typeof value === 'bigint') return value;
  I64[0] = value;
  return I64[0];
}
