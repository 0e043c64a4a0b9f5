// V8's own WebAssembly: its errors and its memories are those of ours.

export const V8 = globalThis.WebAssembly;
export const { CompileError, LinkError, RuntimeError } = V8;
