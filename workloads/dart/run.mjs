// Runs a module that 'harness dart build' made: node run.mjs FILE.wasm
import { readFileSync } from 'node:fs';
import { createDartHost } from './host.mjs';

const { imports, attach } = createDartHost((line) => console.log(line));
const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]), imports);
attach(instance);
process.exitCode = instance.exports.main();
