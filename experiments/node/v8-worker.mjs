// One repetition on V8: reads a request (JSON) from standard input, writes a report (JSON) as its last line of output.
// The counterpart of the harness's own worker; the two follow the same rules for warm-up, timing and checking.
import { createHash } from 'node:crypto';
import { readFileSync, writeSync } from 'node:fs';
import { attempt } from '../shells/measure.mjs';
import { cpuMs, openHost } from './hosts.mjs';

// Drivers may give programs another clock.
const now = performance.now.bind(performance);
const startMs = now();
const { process } = globalThis;
const request = JSON.parse(readFileSync(0, 'utf8'));

function peakMemoryBytes() {
  return 1024 * Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
}

// What a script leaves unhandled is a failure of the program, not of the worker.
process.on('uncaughtException', (failure) => {
  writeSync(1, `\n${JSON.stringify({ status: 'error', message: String(failure?.message ?? failure).split('\n')[0] })}\n`);
  process.exit(0);
});

const report = await attempt(request, { now, sha256: (bytes) => createHash('sha256').update(bytes).digest('hex'), openHost, cpuMs, compileErrors: 'error' });
const output = `\n${JSON.stringify({ startMs, ...report, cpuMs: cpuMs(), peakMemoryBytes: peakMemoryBytes() })}\n`;
// A pipe takes only so much at once.
for (let rest = Buffer.from(output); rest.length > 0;) {
  try {
    rest = rest.subarray(writeSync(1, rest));
  } catch (error) {
    if (error.code !== 'EAGAIN') throw error;
  }
}
process.exit(0);
