// Runs random programs on V8: one request (JSON) per line of standard input, one array of observations per line of output.
// The counterpart of `harness fuzz-worker`; an observation is the decimal result of a call, or `trap:` and its category.
import { createInterface } from 'node:readline';
import { createDartHost } from '../../workloads/dart/host.mjs';

const trapCategories = [
  [/unreachable/, 'unreachable'],
  [/memory access out of bounds|unaligned access/, 'memory'],
  [/table index is out of bounds|table or.*out of bounds|element segment/, 'table'],
  [/data segment/, 'memory'],
  [/function signature mismatch|null function/, 'indirect-call'],
  [/(divide|remainder) by zero/, 'divide-by-zero'],
  [/unrepresentable/, 'overflow'],
  [/dereferencing a null pointer/, 'null'],
  [/rethrowing null/, 'null'],
  [/illegal cast/, 'cast'],
  [/array element access out of bounds/, 'array'],
  [/string offset out of bounds/, 'string'],
  [/requested new array is too large/, 'memory-limit'],
  [/call stack size exceeded/, 'stack'],
  [/invalid code point/i, 'code-point'],
];

function category(error) {
  if (error instanceof WebAssembly.Exception) return 'exception';
  return trapCategories.find(([pattern]) => pattern.test(error.message))?.[1] ?? error.message;
}

const bits = new DataView(new ArrayBuffer(8));

/** A value in the words that `harness fuzz-worker` uses as well. */
function describe(value) {
  if (value === null) return 'null';
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'number') return typeof value === 'function' ? 'function' : 'object';
  if (Number.isNaN(value)) return 'nan';
  bits.setFloat64(0, value);
  return `#${bits.getBigUint64(0).toString(16)}`;
}

const describeResult = (result) => (result === undefined ? [] : Array.isArray(result) ? result : [result]).map(describe).join(',');

/** What Binaryen's programs import: functions that write to a log, which is observed, and that throw. */
function makeImports(module, log, globalValue) {
  const tags = { wasmtag: new WebAssembly.Tag({ parameters: ['i32'] }), jstag: new WebAssembly.Tag({ parameters: ['externref'] }) };
  const makeFunction = (name) => (...values) => {
    if (name === 'throw') throw values[0] === 0 ? new WebAssembly.Exception(tags.jstag, [null]) : new WebAssembly.Exception(tags.wasmtag, [values[0]]);
    log.push(`${name}(${values.map(describe).join(',')})`);
    return name === 'sleep' ? values[1] : name === 'table-get' ? null : 0;
  };
  const imports = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] = kind === 'function' ? makeFunction(name) : kind === 'tag' ? tags[name] : globalValue;
  }
  return imports;
}

/** Imported globals are objects where their type allows one, else null. */
function instantiate(module, log) {
  try {
    return new WebAssembly.Instance(module, makeImports(module, log, {}));
  } catch (error) {
    if (!(error instanceof WebAssembly.LinkError)) throw error;
    return new WebAssembly.Instance(module, makeImports(module, log, null));
  }
}

function observe(request) {
  const log = [];
  let instance;
  try {
    const module = new WebAssembly.Module(Buffer.from(request.module, 'base64'), { builtins: ['js-string'] });
    instance = instantiate(module, log);
  } catch (error) {
    const isTrap = error instanceof WebAssembly.RuntimeError || error instanceof WebAssembly.Exception;
    return [isTrap ? `start trap:${category(error)}` : `error:${error.message}`];
  }
  const call = ({ export: name, argument }) => {
    try {
      return describeResult(argument === null ? instance.exports[name]() : instance.exports[name](argument));
    } catch (error) {
      return `trap:${category(error)}`;
    }
  };
  return request.calls.map((one) => call(one) + log.splice(0).map((line) => ` ${line}`).join(''));
}

/** What a module of the Dart compiler prints, line by line, without the functions of stack traces, and how it ends. */
function observeDart(request) {
  let text = '';
  const { imports, attach } = createDartHost((line) => { text += `${line}\n`; });
  let end;
  try {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(request.module, 'base64')), imports);
    attach(instance);
    end = `exit ${instance.exports.main()}`;
  } catch (error) {
    if (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError) return [`error:${error.message}`];
    end = `trap:${category(error)}`;
  }
  return [...text.split('\n').slice(0, -1).filter((line) => !/^#\d+ {2}/.test(line)), end];
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(request.isDart ? observeDart(request) : observe(request))}\n`);
}
