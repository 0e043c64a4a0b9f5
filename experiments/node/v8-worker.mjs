// One repetition on V8: reads a request (JSON) from standard input, writes a report (JSON) as its last line of output.
// The counterpart of the harness's own worker; the two follow the same rules for warm-up, timing and checking.
import { readFileSync, writeSync } from 'node:fs';

const request = JSON.parse(readFileSync(0, 'utf8'));

/** The JavaScript value of a typed literal such as "i64:-1". */
function parseLiteral(literal) {
  const [type, text] = literal.split(':');
  if (type === 'i64') return BigInt(text);
  const number = { inf: Infinity, '-inf': -Infinity, nan: NaN }[text] ?? Number(text);
  return type === 'f32' ? Math.fround(number) : number;
}

function makeCall(instance, { function: name, arguments: args, expected }) {
  const callee = instance.exports[name];
  if (typeof callee !== 'function') throw new Error(`the module exports no function '${name}'`);
  const values = args.map(parseLiteral);
  const wanted = expected.map(parseLiteral);
  const check = (result) => {
    const results = result === undefined ? [] : Array.isArray(result) ? result : [result];
    if (results.length !== wanted.length || results.some((value, i) => !Object.is(value, wanted[i]))) {
      const failure = new Error(`${name}(${args.join(', ')}) gave ${results.join(', ')} instead of ${expected.join(', ')}`);
      failure.status = 'wrong-result';
      throw failure;
    }
  };
  return () => {
    const start = performance.now();
    const result = callee(...values);
    const elapsed = performance.now() - start;
    check(result);
    return elapsed;
  };
}

/** Whether the slowest and fastest of the last calls differ by little. */
function isSteady(times, { window, tolerance }) {
  const last = times.slice(-window);
  return last.length === window && Math.max(...last) <= Math.min(...last) * (1 + tolerance);
}

function warmUp(call, rule) {
  const start = performance.now();
  const times = [];
  for (;;) {
    times.push(call());
    const elapsed = performance.now() - start;
    const settled = times.length >= rule.minimumCalls && elapsed >= rule.minimumMilliseconds && isSteady(times, rule);
    if (settled || elapsed >= rule.limitMilliseconds) return { warmUpCalls: times.length, warmUpMs: elapsed, settled };
  }
}

function measure() {
  const bytes = readFileSync(request.module);
  const begin = performance.now();
  const module = new WebAssembly.Module(bytes, { builtins: ['js-string'], importedStringConstants: "'" });
  const compiled = performance.now();
  const instance = new WebAssembly.Instance(module, {});
  const instantiated = performance.now();
  const warm = warmUp(makeCall(instance, request.warmUp), request.settle);
  const call = makeCall(instance, request.timed);
  const executeMs = Array.from({ length: request.timedCalls }, call);
  return { status: 'ok', compileMs: compiled - begin, instantiateMs: instantiated - compiled, ...warm, executeMs };
}

function attempt() {
  try {
    return measure();
  } catch (failure) {
    const status = failure.status ?? (failure instanceof WebAssembly.RuntimeError ? 'trap' : 'error');
    return { status, message: failure.message };
  }
}

writeSync(1, `\n${JSON.stringify(attempt())}\n`);
