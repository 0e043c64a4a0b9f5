// The hosts of programs in shells that have no library of their own: modules that need nothing, and scripts. Files come through the shell:
//   readBytes(path), readText(path), importModule(path), runScript(path)
import { openJ2cl } from './j2cl.mjs';
import { watchWebAssembly } from './watch.mjs';

const compileOptions = { builtins: ['js-string'], importedStringConstants: "'" };

/** An error that says that this engine cannot run the program. */
function unsupported(failure) {
  failure.status = 'unsupported';
  return failure;
}

/** A module that needs nothing: iterations are calls of its exports. */
function openPlain(program, phases, files, now) {
  const bytes = files.readBytes(program.module);
  const start = now();
  const module = new WebAssembly.Module(bytes, compileOptions);
  const compiled = now();
  let instance;
  try {
    instance = new WebAssembly.Instance(module, {});
  } catch (failure) {
    // What the builtins do not provide is missing: this program imports nothing else.
    throw failure instanceof WebAssembly.RuntimeError ? failure : unsupported(failure);
  }
  phases.compileMs += compiled - start;
  phases.instantiateMs += now() - compiled;
  return { exports: instance.exports };
}

/** Scripts, which a driver runs; what they compile and instantiate is timed on the way. */
async function openScripts(request, phases, files, now) {
  const { program } = request;
  let text = '';
  watchWebAssembly(phases, now);
  const host = {
    checks: request.checks,
    arguments: program.arguments,
    fileNames: Object.keys(program.files),
    path: (name) => program.files[name],
    scripts: program.scripts,
    readBytes: (path) => {
      if (path.endsWith('.z')) throw unsupported(new Error(`this shell cannot inflate ${path}`));
      return files.readBytes(path);
    },
    readText: files.readText,
    importModule: files.importModule,
    runScript: files.runScript,
    print: (words) => { text += words; },
  };
  for (const name of ['log', 'info', 'warn', 'error', 'debug']) console[name] = (...values) => host.print(`${values.join(' ')}\n`);
  const driver = await files.importModule(program.driver);
  const loaded = await driver.load(host);
  return {
    async iterate() {
      text = '';
      await loaded.iterate();
      return { bytes: new TextEncoder().encode(text), errorText: '', exitCode: 0, files: {} };
    },
    validate: () => loaded.validate?.(),
  };
}

/** Makes the function that loads the program of a request. */
export const hostOpener = (files, now) => async (request, phases) => {
  const { program } = request;
  switch (program.host) {
    case 'none': return openPlain(program, phases, files, now);
    case 'javascript': return openScripts(request, phases, files, now);
    case 'j2cl': return openJ2cl(files.readBytes(program.module), phases, now);
    default: throw unsupported(new Error(`there is no host '${program.host}' in this shell`));
  }
};
