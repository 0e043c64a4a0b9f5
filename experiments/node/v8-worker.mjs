// One repetition on V8: reads a request (JSON) from standard input, writes a report (JSON) as its last line of output.
// The counterpart of the harness's own worker; the two follow the same rules for warm-up, timing and checking.
import { createHash } from 'node:crypto';
import { readFileSync, writeSync } from 'node:fs';
import { openHost } from './hosts.mjs';

// Drivers may give programs another clock.
const now = performance.now.bind(performance);
const startMs = now();
const { process } = globalThis;
const request = JSON.parse(readFileSync(0, 'utf8'));

/** The JavaScript value of a typed literal such as "i64:-1". */
function parseLiteral(literal) {
  const [type, text] = literal.split(':');
  if (type === 'i64') return BigInt(text);
  const number = { inf: Infinity, '-inf': -Infinity, nan: NaN }[text] ?? Number(text);
  return type === 'f32' ? Math.fround(number) : number;
}

function makeCall(host, { function: name, arguments: args, expected }) {
  const callee = host.exports[name];
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
    const start = now();
    const result = callee(...values);
    const elapsed = now() - start;
    check(result);
    return elapsed;
  };
}

/** Whether the slowest and fastest of the last calls differ by little. */
function isSteady(times, { window, tolerance }) {
  const last = times.slice(-window);
  return last.length === window && Math.max(...last) <= Math.min(...last) * (1 + tolerance);
}

async function warmUp(call, rule, times) {
  const start = now();
  for (;;) {
    times.push(await call());
    const elapsed = now() - start;
    const settled = times.length >= rule.minimumCalls && elapsed >= rule.minimumMilliseconds && isSteady(times, rule);
    if (settled || elapsed >= rule.limitMilliseconds) return { warmUpCalls: times.length, warmUpMs: elapsed, settled };
  }
}

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** What the iterations printed and so on: each different outcome once. */
class Outputs {
  #outcomes = new Map();

  add({ bytes, errorText, exitCode, files }) {
    let length = bytes.length;
    while (length > 0 && ' \t\r\n'.includes(String.fromCharCode(bytes[length - 1]))) length--;
    const sha256 = createHash('sha256').update(bytes.subarray(0, length)).digest('hex');
    const key = JSON.stringify([sha256, exitCode, files]);
    const known = this.#outcomes.get(key);
    if (known) known.count++;
    else if (this.#outcomes.size < 100) this.#outcomes.set(key, { text: bytes.toString().slice(0, 1 << 14), sha256, errorText: errorText.slice(0, 4096), exitCode, files, count: 1 });
  }

  get all() {
    return [...this.#outcomes.values()];
  }
}

/** A program's iterations as functions that take their time: one to warm up with, one to be timed. */
function makeIterations(host, program, outputs) {
  if (program.iteration === 'call') return [program.warmUp, program.timed].map((call) => makeCall(host, call));
  const iterate = async () => {
    const start = now();
    const output = await host.iterate();
    const elapsed = now() - start;
    outputs.add(output);
    return output.timedMs ?? elapsed;
  };
  return [iterate, iterate];
}

async function measure(report) {
  const { program } = request;
  const phases = { compileMs: 0, instantiateMs: 0 };
  const outputs = new Outputs();
  const host = await openHost(request, phases);
  const [warmUpIteration, timedIteration] = makeIterations(host, program, outputs);
  const iterationMs = [];
  let warm = { warmUpCalls: 0, warmUpMs: 0, settled: true };
  let count = program.iterations;
  if (request.checks) {
    if (program.iteration === 'call') await warmUpIteration();
    count = request.timedCalls;
  } else if (count === 0) {
    warm = await warmUp(warmUpIteration, request.settle, iterationMs);
    count = request.timedCalls;
  }
  const executeMs = [];
  const cpuBefore = cpuMs();
  for (let i = 0; i < count; i++) executeMs.push(await timedIteration());
  const executeCpuMs = count > 0 ? (cpuMs() - cpuBefore) / count : 0;
  try {
    if (executeMs.length > 0) await host.validate?.();
  } catch (failure) {
    failure.status = 'wrong-result';
    throw failure;
  }
  Object.assign(report, { status: 'ok', ...phases, ...warm, executeMs, executeCpuMs, iterationMs: [...iterationMs, ...executeMs], outputs: outputs.all });
}

function peakMemoryBytes() {
  return 1024 * Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
}

async function attempt() {
  const report = { startMs };
  try {
    await measure(report);
  } catch (failure) {
    const status = failure?.status ?? (failure instanceof WebAssembly.RuntimeError ? 'trap' : 'error');
    const words = failure instanceof WebAssembly.Exception ? 'an uncaught exception of WebAssembly' : failure?.message ?? String(failure);
    Object.assign(report, { status, message: words.split('\n')[0] });
  }
  return Object.assign(report, { cpuMs: cpuMs(), peakMemoryBytes: peakMemoryBytes() });
}

// What a script leaves unhandled is a failure of the program, not of the worker.
process.on('uncaughtException', (failure) => {
  writeSync(1, `\n${JSON.stringify({ status: 'error', message: String(failure?.message ?? failure).split('\n')[0] })}\n`);
  process.exit(0);
});

const output = `\n${JSON.stringify(await attempt())}\n`;
// A pipe takes only so much at once.
for (let rest = Buffer.from(output); rest.length > 0;) {
  try {
    rest = rest.subarray(writeSync(1, rest));
  } catch (error) {
    if (error.code !== 'EAGAIN') throw error;
  }
}
process.exit(0);
