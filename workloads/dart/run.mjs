// Runs a module that 'harness dart build' made: node run.mjs FILE.wasm ARGS…
import { readFileSync } from 'node:fs';
import { createDartHost } from './host.mjs';

const [module, ...args] = process.argv.slice(2);
const { imports, attach } = createDartHost((line) => console.log(line), args);
const { instance } = await WebAssembly.instantiate(readFileSync(module), imports);
attach(instance);
process.exitCode = instance.exports.main();
