// One repetition in JavaScriptCore's shell: reads a request (JSON, one line) from standard input, writes a report (JSON, one line), and waits until its
// input ends, so that whoever watches the process can look at it once more. At the marks before and after what is timed it waits for a line, for the same reason.
import { monotonicClocks } from './jsc-globals.mjs';
import { chooseClock } from './clock.mjs';
import { hostOpener } from './hosts.mjs';
import { attempt } from './measure.mjs';
import { sha256 } from './sha256.mjs';

// Drivers may give programs another clock, and another way to print. The shell's preciseTime is fine in every version, and follows the time of day, which may be set meanwhile.
const { preciseTime, print, readline, readFile, load, quit } = globalThis;

const files = {
  readBytes: (path) => readFile(path, 'binary'),
  readText: (path) => readFile(path),
  importModule: (path) => import(path),
  runScript: (path) => load(path),
};

print('{"mark":"ready"}');
const request = JSON.parse(readline());
const { now, wasSetBy } = chooseClock(monotonicClocks, () => preciseTime() * 1000);
const report = await attempt(request, {
  now,
  sha256,
  openHost: hostOpener(files, now),
  mark(name) {
    print(`{"mark":"${name}"}`);
    readline();
  },
  compileErrors: 'unsupported',
});
const set = wasSetBy();
print(JSON.stringify(report.status !== 'ok' || set === 0 ? report : { status: 'error', message: `the time of day, by which this shell times, was set by ${set.toFixed(1)} ms while it ran; measure again` }));
readline();
quit(0);
