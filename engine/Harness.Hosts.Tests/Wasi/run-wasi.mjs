// Runs a WASI program in Node: the module, the folder that it knows as /d, and its arguments.
import { readFileSync } from 'node:fs';
import { WASI } from 'node:wasi';

const [module, folder, ...args] = process.argv.slice(2);
const wasi = new WASI({ version: 'preview1', args, env: { FIRST: 'one', SECOND: 'two words' }, preopens: { '/d': folder }, returnOnExit: true });
const { instance } = await WebAssembly.instantiate(readFileSync(module), wasi.getImportObject());
process.exitCode = wasi.start(instance);
