// Runs a module that 'harness dart build' made: node run.mjs FILE.wasm
import { readFileSync } from 'node:fs';

let memory;
let line = '';
const started = performance.now();

function text(length) {
  const units = new Uint16Array(memory.buffer, 0, length);
  let result = '';
  for (let i = 0; i < length; i += 8192) result += String.fromCharCode(...units.subarray(i, i + 8192));
  return result;
}

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

const host = {
  write(length, isLast) {
    line += text(length);
    if (isLast) {
      console.log(line);
      line = '';
    }
  },
  formatDouble(value, kind, digits) {
    const result = format(value, kind, digits);
    const units = new Uint16Array(memory.buffer, 0, result.length);
    for (let i = 0; i < result.length; i++) units[i] = result.charCodeAt(i);
    return result.length;
  },
  parseDouble: length => Number(text(length)),
  clock: () => (performance.now() - started) * 1000,
  time: () => Date.now() * 1000,
  sleep: milliseconds => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds),
  seed: () => Math.floor(Math.random() * 2147483647),
  sin: Math.sin, cos: Math.cos, tan: Math.tan, asin: Math.asin, acos: Math.acos, atan: Math.atan, exp: Math.exp, log: Math.log,
  atan2: Math.atan2, pow: Math.pow,
};

const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]), { host });
memory = instance.exports.memory;
process.exitCode = instance.exports.main();
