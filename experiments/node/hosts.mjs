// The hosts of programs on V8, the counterparts of the harness's own. A host loads a program once and then runs iterations of it;
// an iteration gives what the program printed, its exit code, and the time and CPU time of the part that is to be timed, where that is not all of it.
import { closeSync, copyFileSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInThisContext } from 'node:vm';
import { inflateSync } from 'node:zlib';
import { createDartHost } from '../../workloads/dart/host.mjs';
import { sourceMapOf } from '../../workloads/dart/source-map.mjs';
import { openJ2cl } from '../shells/j2cl.mjs';
import { watchWebAssembly } from '../shells/watch.mjs';

// Drivers may give programs another clock.
const now = performance.now.bind(performance);
// Drivers may be kept from it.
const { process } = globalThis;
const compileOptions = { builtins: ['js-string'], importedStringConstants: "'" };

/** CPU time of this process on all threads, in ms. */
export function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Measures how long something takes, for the phases of the report. */
function timed(phases, name, action) {
  const start = now();
  const result = action();
  phases[name] += now() - start;
  return result;
}

/** A module that needs nothing: iterations are calls of its exports. */
function openPlain(program, phases) {
  const bytes = readFileSync(program.module);
  const module = timed(phases, 'compileMs', () => new WebAssembly.Module(bytes, compileOptions));
  const instance = timed(phases, 'instantiateMs', () => new WebAssembly.Instance(module, {}));
  return { exports: instance.exports };
}

/** A module that is compiled and instantiated, and not run: all that it imports are functions that fail when they are called. */
function openStubs(program, phases) {
  const bytes = readFileSync(program.module);
  return {
    iterate() {
      const earlier = phases.compileMs + phases.instantiateMs;
      const module = timed(phases, 'compileMs', () => new WebAssembly.Module(bytes, compileOptions));
      const imports = {};
      for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
        if (kind !== 'function') throw new Error(`the host stubs has functions only, and the module imports the ${kind} '${name}' from '${from}'`);
        (imports[from] ??= {})[name] = () => { throw new Error(`the module calls '${name}' of '${from}', which is a stub`); };
      }
      timed(phases, 'instantiateMs', () => new WebAssembly.Instance(module, imports));
      const text = WebAssembly.Module.exports(module).map(({ kind, name }) => `${kind} ${name}\n`).join('');
      return { bytes: Buffer.from(text), errorText: '', exitCode: 0, timedMs: phases.compileMs + phases.instantiateMs - earlier, files: {} };
    },
  };
}

/**
 * A module that is compiled as a whole and not instantiated; what it gives is its size. V8 keeps the code of modules that live and gives it to others with the same bytes, so that each
 * iteration has a custom section of its own.
 */
function openCompilation(program, phases) {
  const bytes = readFileSync(program.module);
  let count = 0;
  return {
    iterate() {
      const earlier = phases.compileMs;
      count++;
      const unique = Buffer.concat([bytes, Buffer.from([0, 6, 1, 0x6e, count & 255, (count >> 8) & 255, (count >> 16) & 255, 0])]);
      timed(phases, 'compileMs', () => new WebAssembly.Module(unique, compileOptions));
      return { bytes: Buffer.from(`${bytes.length} bytes\n`), errorText: '', exitCode: 0, timedMs: phases.compileMs - earlier, files: {} };
    },
  };
}

/** A module of the Dart compiler: calls of its exports in one instance, or runs of its main in an instance each. */
function openDart(program, phases) {
  const bytes = readFileSync(program.module);
  const module = timed(phases, 'compileMs', () => new WebAssembly.Module(bytes, compileOptions));
  const findMap = sourceMapOf(program.module, module);
  let text = '';
  let errorText = '';
  const open = () => {
    const { imports, attach } = createDartHost((line) => { text += `${line}\n`; }, (line) => { errorText += `${line}\n`; }, findMap, program.arguments);
    const instance = timed(phases, 'instantiateMs', () => new WebAssembly.Instance(module, imports));
    attach(instance);
    return instance;
  };
  if (program.iteration === 'call') return { exports: open().exports };
  return {
    iterate() {
      text = '';
      errorText = '';
      const exitCode = open().exports.main();
      return { bytes: Buffer.from(text), errorText, exitCode, files: {} };
    },
  };
}

/**
 * A WASI command: each iteration has its own instance, a folder of its own with the program's inputs, and its standard input from the beginning. What is timed begins when the folder is there and
 * ends with the program: neither the folder nor the digests of what is left in it are in the time, as on other engines. Sightglass's programs say themselves what is to be timed.
 */
async function openWasi(program, phases, hasBench) {
  // Node tells everybody who uses WASI that it is an experiment.
  process.removeAllListeners('warning');
  const { WASI } = await import('node:wasi');
  const bytes = readFileSync(program.module);
  const module = timed(phases, 'compileMs', () => new WebAssembly.Module(bytes, compileOptions));
  return {
    iterate() {
      const scratch = mkdtempSync(join(tmpdir(), 'harness-wasi-'));
      const folder = mkdtempSync(join(scratch, 'folder-'));
      for (const { place, file, link } of program.inputs) {
        const path = join(folder, place);
        if (file !== null) copyFileSync(file, path);
        else if (link !== null) symlinkSync(link, path);
        else mkdirSync(path);
      }
      const [stdout, stderr] = ['stdout', 'stderr'].map((name) => openSync(join(scratch, name), 'w+'));
      const stdin = openSync(program.standardInput ?? '/dev/null', 'r');
      try {
        let benchStart, benchMs, benchCpuMs;
        const bench = {
          start: () => {
            cpuBefore = cpuMs();
            benchStart = now();
          },
          end: () => {
            benchMs = now() - benchStart;
            benchCpuMs = cpuMs() - cpuBefore;
          },
        };
        let cpuBefore = cpuMs();
        const start = now();
        const wasi = new WASI({ version: 'preview1', args: [basename(program.module), ...program.arguments], env: program.environment, preopens: { '.': folder }, stdin, stdout, stderr, returnOnExit: true });
        const instance = timed(phases, 'instantiateMs', () => new WebAssembly.Instance(module, { ...wasi.getImportObject(), ...(hasBench ? { bench } : {}) }));
        const exitCode = wasi.start(instance) ?? 0;
        const timedMs = benchMs ?? now() - start;
        const timedCpuMs = benchCpuMs ?? cpuMs() - cpuBefore;
        const read = (name) => readFileSync(join(scratch, name));
        return { bytes: read('stdout'), errorText: read('stderr').toString(), exitCode, timedMs, timedCpuMs, files: digestFiles(folder, program.inputs) };
      } finally {
        for (const descriptor of [stdin, stdout, stderr]) closeSync(descriptor);
        rmSync(scratch, { recursive: true });
      }
    },
  };
}

/** The files of a folder and those below it; what symbolic links lead to is elsewhere, or listed there. */
function filesIn(folder, path = '') {
  return readdirSync(join(folder, path), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesIn(folder, `${path}${entry.name}/`) : entry.isFile() ? [`${path}${entry.name}`] : []);
}

/** Digests of the files that a program wrote into its folder. */
function digestFiles(folder, inputs) {
  const given = new Set(inputs.filter(({ file }) => file !== null).map(({ place }) => place));
  return Object.fromEntries(filesIn(folder)
    .filter((name) => !given.has(name))
    .map((name) => [name, createHash('sha256').update(readFileSync(join(folder, name))).digest('hex')]));
}

/** Scripts, or a library and its glue, which a driver runs; what they compile and instantiate is timed on the way. */
async function openDriver(program, phases, checks, takesNodeForShell) {
  let text = '';
  watchWebAssembly(phases, now);
  const host = {
    checks,
    arguments: program.arguments,
    fileNames: Object.keys(program.files),
    path: (name) => program.files[name],
    scripts: program.scripts,
    readBytes(path) {
      const bytes = readFileSync(path);
      return new Uint8Array(path.endsWith('.z') ? inflateSync(bytes) : bytes);
    },
    readText: (path) => readFileSync(path, 'utf8'),
    importModule: (path) => import(pathToFileURL(path)),
    runScript: (path) => runInThisContext(readFileSync(path, 'utf8'), { filename: path }),
    print: (words) => { text += words; },
  };
  for (const name of ['log', 'info', 'warn', 'error', 'debug']) console[name] = (...values) => host.print(`${values.join(' ')}\n`);
  if (takesNodeForShell) disguiseAsShell();
  const driver = await import(pathToFileURL(program.driver));
  const loaded = await driver.load(host);
  return {
    async iterate() {
      text = '';
      await loaded.iterate();
      return { bytes: Buffer.from(text), errorText: '', exitCode: 0, files: {} };
    },
    validate: () => loaded.validate?.(),
  };
}

/** The scripts of benchmarks must take Node for a shell, as they take our own host: they would otherwise load modules of Node. */
function disguiseAsShell() {
  for (const name of ['process', 'require', 'module']) Object.defineProperty(globalThis, name, { value: undefined, configurable: true, writable: true });
}

/** Loads the program of a request. */
export async function openHost(request, phases) {
  const { program } = request;
  switch (program.host) {
    case 'none': return openPlain(program, phases);
    case 'dart': return openDart(program, phases);
    case 'stubs': return openStubs(program, phases);
    case 'compile': return openCompilation(program, phases);
    case 'wasi': return openWasi(program, phases, false);
    case 'sightglass': return openWasi(program, phases, true);
    case 'javascript': return openDriver(program, phases, request.checks, true);
    case 'emscripten': return openDriver(program, phases, request.checks, false);
    case 'j2cl': return openJ2cl(readFileSync(program.module), phases, now);
    default: throw new Error(`the host '${program.host}' does not exist on V8`);
  }
}
