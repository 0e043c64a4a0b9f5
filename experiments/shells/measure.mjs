// The course of a repetition in an engine's own shell, whichever that is: load the program, warm up, time, check. The counterpart of
// Engines/WorkerLoop.cs; the two follow the same rules. What differs between shells comes as a platform:
//   now()                        the time in ms
//   sha256(bytes)                a digest in hexadecimal
//   openHost(request, phases)    loads the program, and adds to the times of phases
//   cpuMs()                      CPU time of the process; left out where the shell cannot tell
//   mark(name)                   tells whoever watches the process that a phase begins, and waits until it has looked; left out where the shell can tell the CPU time itself. What a mark takes itself is
//                                told by some between which nothing happens
//   compileErrors                status of a module that the engine refuses
import { clockStep } from './clock.mjs';

/** Marks behind the timed part, between which nothing happens. */
const emptyMarks = 3;

/** The JavaScript value of a typed literal such as "i64:-1". */
function parseLiteral(literal) {
  const [type, text] = literal.split(':');
  if (type === 'i64') return BigInt(text);
  const number = { inf: Infinity, '-inf': -Infinity, nan: NaN }[text] ?? Number(text);
  return type === 'f32' ? Math.fround(number) : number;
}

function makeCall(host, { function: name, arguments: args, expected }, now) {
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

/**
 * Watches the times of calls that warm up, and tells when they have settled, by times alone: engines say nothing of their tiers. The class of this name in Engines/WarmUpWatch.cs is its
 * counterpart.
 */
export class WarmUpWatch {
  #rule;
  #times = [];
  #best = Infinity;
  #callsAtGain = 0;
  #elapsedAtGain = 0;

  constructor(rule) {
    this.#rule = rule;
  }

  /** Takes what a call took and what has passed since warm-up began, in ms, and gives whether times have settled with it. */
  add(time, elapsed) {
    const { minimumCalls, minimumMilliseconds, gain } = this.#rule;
    const count = this.#times.push(time);
    if (time < this.#best * (1 - gain)) [this.#best, this.#callsAtGain, this.#elapsedAtGain] = [time, count, elapsed];
    return count >= minimumCalls && elapsed >= minimumMilliseconds && this.#isSteady() && this.#hasStoppedGaining(elapsed);
  }

  /** Whether the slowest and fastest of the last calls differ by little. */
  #isSteady() {
    const { window, tolerance } = this.#rule;
    const last = this.#times.slice(-window);
    return last.length === window && Math.max(...last) <= Math.min(...last) * (1 + tolerance);
  }

  /** Whether no call has been clearly faster than all before it for a while: some time and some calls, or, where calls are long, twice that time. */
  #hasStoppedGaining(elapsed) {
    const { gainCalls, gainMilliseconds } = this.#rule;
    const time = elapsed - this.#elapsedAtGain;
    return time >= gainMilliseconds && (this.#times.length - this.#callsAtGain >= gainCalls || time >= 2 * gainMilliseconds);
  }
}

async function warmUp(call, rule, times, now) {
  const watch = new WarmUpWatch(rule);
  const start = now();
  for (;;) {
    times.push(await call());
    const elapsed = now() - start;
    const settled = watch.add(times.at(-1), elapsed);
    if (settled || elapsed >= rule.limitMilliseconds) return { warmUpCalls: times.length, warmUpMs: elapsed, settled };
  }
}

/** What the iterations printed and so on: each different outcome once, the first hundred, and in the end that of the last iteration. Its counterpart is Engines/OutputRecorder.cs. */
class Outputs {
  #outcomes = new Map();
  #last;
  #sha256;

  constructor(sha256) {
    this.#sha256 = sha256;
  }

  /** A digest of bytes without the white space at their end. */
  #digest(bytes) {
    let length = bytes.length;
    while (length > 0 && ' \t\r\n'.includes(String.fromCharCode(bytes[length - 1]))) length--;
    return this.#sha256(bytes.subarray(0, length));
  }

  add({ bytes, errorText, exitCode, files }) {
    const sha256 = this.#digest(bytes);
    const errorSha256 = this.#digest(new TextEncoder().encode(errorText));
    const key = JSON.stringify([sha256, errorSha256, exitCode, files]);
    const known = this.#outcomes.get(key);
    if (known) {
      known.count++;
      this.#last = known;
      return;
    }
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).slice(0, 1 << 14);
    this.#last = { text, sha256, errorText: errorText.slice(0, 4096), errorSha256, exitCode, files, count: 1 };
    if (this.#outcomes.size < 100) this.#outcomes.set(key, this.#last);
  }

  get all() {
    const others = [...this.#outcomes.values()].filter((outcome) => outcome !== this.#last);
    return this.#last ? [...others, this.#last] : others;
  }
}

/**
 * A program's iterations as functions that take their time: one to warm up with, one to be timed. What an iteration's host says of the CPU time of the timed part goes into `cpu`;
 * what the phases took up to the end of the first iteration into `first`, since later ones may make as many further modules and instances as there happen to be iterations.
 */
function makeIterations(host, program, outputs, cpu, phases, first, now) {
  if (program.iteration === 'call') return [program.warmUp, program.timed].map((call) => makeCall(host, call, now));
  const iterate = async () => {
    const start = now();
    const output = await host.iterate();
    const elapsed = now() - start;
    if (Object.keys(first).length === 0) Object.assign(first, phases);
    outputs.add(output);
    if (output.timedCpuMs !== undefined) cpu.push(output.timedCpuMs);
    return output.timedMs ?? elapsed;
  };
  return [iterate, iterate];
}

async function measure(request, platform, report) {
  const { now } = platform;
  const { program } = request;
  const phases = { compileMs: 0, instantiateMs: 0 };
  const outputs = new Outputs(platform.sha256);
  const host = await platform.openHost(request, phases);
  const cpu = [];
  const first = {};
  const [warmUpIteration, timedIteration] = makeIterations(host, program, outputs, cpu, phases, first, now);
  const iterationMs = [];
  let warm = { warmUpCalls: 0, warmUpMs: 0, settled: true };
  let count = program.iterations;
  if (request.checks) {
    if (program.iteration === 'call') await warmUpIteration();
    count = request.timedCalls;
  } else if (count === 0) {
    warm = await warmUp(warmUpIteration, request.settle, iterationMs, now);
    count = request.timedCalls;
  }
  const executeMs = [];
  cpu.length = 0;
  platform.mark?.('timed-begin');
  const cpuBefore = platform.cpuMs?.();
  for (let i = 0; i < count; i++) executeMs.push(await timedIteration());
  const cpuAround = platform.cpuMs ? platform.cpuMs() - cpuBefore : 0;
  const executeCpuMs = count > 0 ? (cpu.length === count ? cpu.reduce((sum, ms) => sum + ms, 0) : cpuAround) / count : 0;
  platform.mark?.('timed-end');
  for (let i = 0; i < emptyMarks; i++) platform.mark?.('again');
  try {
    if (executeMs.length > 0) await host.validate?.();
  } catch (failure) {
    failure.status = 'wrong-result';
    throw failure;
  }
  Object.assign(report, { status: 'ok', ...phases, ...first, ...warm, executeMs, executeCpuMs, iterationMs: [...iterationMs, ...executeMs], outputs: outputs.all, clockStepMs: clockStep(now) });
}

function statusOf(failure, platform) {
  if (failure?.status) return failure.status;
  if (failure instanceof WebAssembly.RuntimeError) return 'trap';
  return failure instanceof WebAssembly.CompileError ? platform.compileErrors : 'error';
}

/** Runs a request to its end, and gives the report. */
export async function attempt(request, platform) {
  const report = {};
  try {
    await measure(request, platform, report);
  } catch (failure) {
    const isException = typeof WebAssembly.Exception === 'function' && failure instanceof WebAssembly.Exception;
    const words = isException ? 'an uncaught exception of WebAssembly' : String(failure?.message ?? failure);
    Object.assign(report, { status: statusOf(failure, platform), message: words.split('\n')[0] });
  }
  return report;
}
