// Runs workloads/quickjs/benchmark.js in QuickJS in Node, by the same calls as QuickJsProgram makes on this engine; prints the script's value and that
// of Node's own JavaScript, which must be the same.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import init from './quickjs/node_modules/@jitl/quickjs-wasmfile-release-sync/dist/emscripten-module.mjs';

const script = readFileSync(fileURLToPath(new URL('../../workloads/quickjs/benchmark.js', import.meta.url)), 'utf8');
const module = await init();

function allocate(text) {
  const size = module.lengthBytesUTF8(text) + 1;
  const address = module._malloc(size);
  module.stringToUTF8(text, address, size);
  return address;
}

const runtime = module._QTS_NewRuntime();
const context = module._QTS_NewContext(runtime, 0);
const source = allocate(script);
const name = allocate('benchmark.js');
const value = module._QTS_Eval(context, source, module.lengthBytesUTF8(script), name, 0, 0);
const error = module._QTS_ResolveException(context, value);
const text = module.UTF8ToString(module._QTS_GetString(context, error || value));
if (error) throw new Error(text);
console.log(text);
if (vm.runInThisContext(script) !== text) throw new Error('Node computes something else');
