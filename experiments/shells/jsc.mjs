// One repetition in JavaScriptCore's shell: reads a request (JSON, one line) from standard input, writes a report (JSON, one line), and waits until its
// input ends, so that whoever watches the process can look at it once more. At the marks before and after what is timed it waits for a line, for the same reason.
import './jsc-globals.mjs';
import { watchClock } from './clock.mjs';
import { hostOpener } from './hosts.mjs';
import { attempt } from './measure.mjs';
import { sha256 } from './sha256.mjs';

// Drivers may give programs another clock, and another way to print. The shell's performance.now goes on in steps of 20 µs, its preciseTime in less than one.
const { preciseTime, print, readline, readFile, load, quit } = globalThis;
const now = () => preciseTime() * 1000;
// The time of day may be set meanwhile; what the shell has for tests of the language follows a clock that nobody sets, but not in steps as small in every version.
const monotonic = globalThis.$262?.agent?.monotonicNow ?? performance.now.bind(performance);

const files = {
  readBytes: (path) => readFile(path, 'binary'),
  readText: (path) => readFile(path),
  importModule: (path) => import(path),
  runScript: (path) => load(path),
};

print('{"mark":"ready"}');
const request = JSON.parse(readline());
const step = watchClock(now, monotonic);
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
const set = step();
print(JSON.stringify(report.status !== 'ok' || set === 0 ? report : { status: 'error', message: `the time of day, by which this shell times, was set by ${set.toFixed(1)} ms while it ran; measure again` }));
readline();
quit(0);
