// V8's verdicts on modules: one request (JSON) per line of standard input, an array of verdicts per line of output. The counterpart of
// `harness mutant-worker`; a verdict is `valid`, or `invalid:` and V8's message.
import { createInterface } from 'node:readline';

// V8 validates functions on several threads, and whether one of them sees that a module mixes legacy and new exception handling depends on
// which comes first: such a module is compiled now and then although it was refused before.
const tries = 20;

function verdict(encoded) {
  const bytes = Buffer.from(encoded, 'base64');
  if (WebAssembly.validate(bytes)) return 'valid';
  for (let i = 0; i < tries; i++) {
    try {
      new WebAssembly.Module(bytes);
    } catch (error) {
      return `invalid: ${error.message}`;
    }
  }
  return 'invalid: WebAssembly.validate says so, but the module can be compiled';
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(JSON.parse(line).modules.map(verdict))}\n`);
}
