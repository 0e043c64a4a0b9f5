// Bytes cross as buffers, which go from one side to the other as a property of an object that both have.

const { apply } = Reflect;
const Bytes = Uint8Array;

// What the host has left in the global object for us before programs run, which are not to find it there.
export function found(name) {
  const { [name]: value } = globalThis;
  delete globalThis[name];
  return value;
}

// The property is the object's own from the beginning, so that nothing that programs add to its prototype comes between.
const exchange = found('harness:exchange');
exchange.bytes = undefined;

function exchanged(bytes, f, values) {
  exchange.bytes = bytes;
  try {
    const result = apply(f, undefined, values);
    return { result, left: exchange.bytes };
  } finally {
    exchange.bytes = undefined;
  }
}

// Calls a function of the host that takes bytes, those of a buffer or of a view of one, and gives what that gives.
export const giving = (bytes, f, ...values) => exchanged(bytes, f, values).result;

// The same for one that leaves bytes, and gives those.
export const taking = (f, ...values) => new Bytes(exchanged(undefined, f, values).left);

// The same for one that does both.
export const trading = (bytes, f, ...values) => new Bytes(exchanged(bytes, f, values).left);
