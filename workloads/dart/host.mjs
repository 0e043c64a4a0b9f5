// What modules of the Dart compiler import, in JavaScript alone: any shell can use it. The counterpart of DartHost.cs.
import { captureStack, writeStack } from './trace.mjs';

// A text passes through the memory of the module, which has 64 Ki units.
const longestTrace = 60_000;

// The shortest text that reads back as the same double, as Dart writes it.
function shortest(value) {
  if (Object.is(value, -0)) return '-0.0';
  const digits = String(value);
  return /^-?\d+$/.test(digits) ? digits + '.0' : digits;
}

function format(value, kind, digits) {
  if (kind === 0 || !Number.isFinite(value)) return shortest(value);
  if (kind === 1) return Math.abs(value) >= 1e21 ? shortest(value) : (Object.is(value, -0) ? '-' : '') + value.toFixed(digits);
  if (kind === 2) return (Object.is(value, -0) ? '-' : '') + (digits < 0 ? value.toExponential() : value.toExponential(digits));
  return (Object.is(value, -0) ? '-' : '') + value.toPrecision(digits);
}

/** Puts lines together that come in pieces. */
function linePrinter(text, print) {
  let line = '';
  return (length, isLast) => {
    line += text(length);
    if (isLast) {
      const whole = line;
      line = '';
      print(whole);
    }
  };
}

/**
 * Makes the imports of one instance.
 * @param print is called with each line of output, without its line end.
 * @param printError the same for what is told of exceptions that nobody catches.
 * @param findMap gives what writeStack takes, when a trace is written; undefined where the module has no source map.
 * @param args are the texts that main is given.
 * @returns the imports; attach, which must be called with the instance that was made with them; and describe, which gives an error that ended main as an exception that nobody caught.
 */
export function createDartHost(print, printError = print, findMap = () => undefined, args = []) {
  let memory;
  const started = performance.now();

  function text(length) {
    const units = new Uint16Array(memory.buffer, 0, length);
    let result = '';
    for (let i = 0; i < length; i += 8192) result += String.fromCharCode(...units.subarray(i, Math.min(i + 8192, length)));
    return result;
  }

  function storeText(result) {
    const units = new Uint16Array(memory.buffer, 0, result.length);
    for (let i = 0; i < result.length; i++) units[i] = result.charCodeAt(i);
    return result.length;
  }

  const host = {
    write: linePrinter(text, print),
    writeError: linePrinter(text, printError),
    trace: (skipped) => captureStack(skipped),
    traceText: (trace) => storeText(writeStack(trace, findMap()).slice(0, longestTrace)),
    // As much as fits of an argument from a unit on; how many units there are from there to its end.
    argument(index, start) {
      if (index >= args.length) return -1;
      const rest = args[index].length - start;
      storeText(args[index].slice(start, start + 30000));
      return rest;
    },
    formatDouble: (value, kind, digits) => storeText(format(value, kind, digits)),
    parseDouble: (length) => Number(text(length)),
    clock: () => (performance.now() - started) * 1000,
    time: () => Date.now() * 1000,
    sleep: (milliseconds) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds),
    seed: () => Math.floor(Math.random() * 2147483647),
    sin: Math.sin, cos: Math.cos, tan: Math.tan, asin: Math.asin, acos: Math.acos, atan: Math.atan, exp: Math.exp, log: Math.log,
    atan2: Math.atan2, pow: Math.pow,
  };
  return {
    imports: { host },
    attach: (instance) => { memory = instance.exports.memory; },
    describe: (error) => `Unhandled exception:\n${error.message}\n${writeStack({ error, skipped: 0 }, findMap())}`,
  };
}
