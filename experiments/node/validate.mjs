// V8's verdicts on modules: one request (JSON) per line of standard input, an array of verdicts per line of output. The counterpart of
// `harness mutant-worker`; a verdict is `valid`, or `invalid:` and V8's message.
import { createInterface } from 'node:readline';

function verdict(encoded) {
  const bytes = Buffer.from(encoded, 'base64');
  if (WebAssembly.validate(bytes)) return 'valid';
  try {
    new WebAssembly.Module(bytes);
  } catch (error) {
    return `invalid: ${error.message}`;
  }
  return 'invalid: WebAssembly.validate says so, but the module can be compiled';
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(JSON.parse(line).modules.map(verdict))}\n`);
}
