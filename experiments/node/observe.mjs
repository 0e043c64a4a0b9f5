// Runs random programs on V8: one request (JSON) per line of standard input, one array of observations per line of output.
// The counterpart of `harness fuzz-worker`; an observation is the decimal result of a call, or `trap:` and its category.
import { createInterface } from 'node:readline';

const trapCategories = [
  [/unreachable/, 'unreachable'],
  [/memory access out of bounds/, 'memory'],
  [/table index is out of bounds|table or.*out of bounds|element segment/, 'table'],
  [/function signature mismatch|null function/, 'indirect-call'],
  [/(divide|remainder) by zero/, 'divide-by-zero'],
  [/unrepresentable/, 'overflow'],
  [/dereferencing a null pointer/, 'null'],
  [/rethrowing null/, 'null'],
  [/illegal cast/, 'cast'],
  [/array element access out of bounds/, 'array'],
  [/requested new array is too large/, 'memory-limit'],
  [/call stack size exceeded/, 'stack'],
];

function category(error) {
  if (error instanceof WebAssembly.Exception) return 'exception';
  return trapCategories.find(([pattern]) => pattern.test(error.message))?.[1] ?? error.message;
}

function observe(request) {
  let instance;
  try {
    instance = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(request.module, 'base64')));
  } catch (error) {
    return [`error:${error.message}`];
  }
  return request.calls.map(({ export: name, argument }) => {
    try {
      return String(instance.exports[name](argument));
    } catch (error) {
      return `trap:${category(error)}`;
    }
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(observe(JSON.parse(line)))}\n`);
}
