// Runs a module that 'harness dart build' made: node run.mjs FILE.wasm ARGS…
import { readFileSync } from 'node:fs';
import { createDartHost } from './host.mjs';
import { sourceMapOf } from './source-map.mjs';

const [path, ...args] = process.argv.slice(2);
const module = await WebAssembly.compile(readFileSync(path));
const { imports, attach, describe } = createDartHost((line) => console.log(line), (line) => console.error(line), sourceMapOf(path, module), args);
const instance = await WebAssembly.instantiate(module, imports);
attach(instance);
// As many functions as traces tell of.
Error.stackTraceLimit = 101;
try {
  process.exitCode = instance.exports.main();
} catch (error) {
  // What traps ends as an exception does that nobody catches.
  if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) throw error;
  process.stderr.write(describe(error));
  process.exitCode = 255;
}
