// Runs a program of another benchmark suite on V8: `node host.mjs SUITE MODULE COUNT`; prints times and result as JSON.
// The counterpart of the harness's own hosts (Hosting/*.cs).
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const [suite, path, count] = process.argv.slice(2);
const folder = dirname(path);
const bytes = readFileSync(path);

/** WASI commands that tell by bench.start and bench.end what is to be timed; each run has its own instance. */
function runSightglass() {
  const module = new WebAssembly.Module(bytes);
  const expected = readdirSync(folder).filter((name) => name.endsWith('.stdout.expected'))[0];
  let memory, started, elapsed, output, files;
  const view = () => new DataView(memory.buffer);
  const bufferAt = (vector, index) => {
    const [address, length] = [0, 4].map((offset) => view().getUint32(vector + 8 * index + offset, true));
    return new Uint8Array(memory.buffer, address, length);
  };
  const transfer = (vector, buffers, result, one) => {
    let total = 0;
    for (let i = 0; i < buffers; i++) total += one(bufferAt(vector, i));
    view().setUint32(result, total, true);
    return 0;
  };
  const imports = {
    bench: {
      start: () => { started = performance.now(); },
      end: () => { elapsed = performance.now() - started; },
    },
    wasi_snapshot_preview1: {
      path_open(_directory, _lookup, address, length, _flags, _rights, _inherited, _options, result) {
        const file = join(folder, basename(new TextDecoder().decode(new Uint8Array(memory.buffer, address, length))));
        if (!existsSync(file)) return 44;
        view().setUint32(result, 4 + files.length, true);
        files.push({ bytes: readFileSync(file), position: 0 });
        return 0;
      },
      fd_read: (descriptor, vector, buffers, result) => transfer(vector, buffers, result, (buffer) => {
        const file = files[descriptor - 4];
        const part = file.bytes.subarray(file.position, file.position + buffer.length);
        buffer.set(part);
        file.position += part.length;
        return part.length;
      }),
      fd_write: (_descriptor, vector, buffers, result) => transfer(vector, buffers, result, (buffer) => {
        output += new TextDecoder().decode(buffer);
        return buffer.length;
      }),
      fd_close: () => 0,
    },
  };
  const run = () => {
    [output, files] = ['', []];
    const { exports } = new WebAssembly.Instance(module, imports);
    memory = exports.memory;
    exports._start();
    const wanted = expected && readFileSync(join(folder, expected), 'utf8').trim();
    if (wanted !== undefined && output.trim() !== wanted) throw new Error(`printed '${output}' instead of '${wanted}'`);
    return elapsed;
  };
  return { milliseconds: Array.from({ length: count }, run), result: output.trim() };
}

/** A digest of all that a program hands to its host; that of Hosting/CallDigest.cs is the same. */
class CallDigest {
  #low = 0;
  #high = 0;
  #calls = 0;
  #number = new Float64Array(1);
  #words = new Uint32Array(this.#number.buffer);

  /** A number for the name of a function. */
  static identify(name) {
    const digest = new CallDigest();
    digest.#addValue(name);
    return digest.#high;
  }

  add(identity, values) {
    this.#calls++;
    this.#addWord(identity);
    for (let i = 0; i < values.length; i++) this.#addValue(values[i]);
  }

  toString() {
    const hex = (word) => (word >>> 0).toString(16).padStart(8, '0');
    return `${this.#calls} calls of the host, digest ${hex(this.#high)}${hex(this.#low)}`;
  }

  #addValue(value) {
    if (typeof value === 'number') {
      this.#number[0] = value;
      const isNaN = value !== value;
      this.#addWord(isNaN ? 0 : this.#words[0]);
      this.#addWord(isNaN ? 0x7ff80000 : this.#words[1]);
    } else if (typeof value === 'bigint') {
      this.#addWord(Number(BigInt.asIntN(32, value)));
      this.#addWord(Number(BigInt.asIntN(32, value >> 32n)));
    } else if (typeof value === 'string') {
      this.#addWord(value.length);
      for (let i = 0; i < value.length; i++) this.#addWord(value.charCodeAt(i));
    } else {
      this.#addWord(value === null || value === undefined ? 0 : 1);
    }
  }

  #addWord(word) {
    this.#low = Math.imul(this.#low ^ word, 0x9e3779b1);
    this.#low ^= this.#low >>> 15;
    this.#high = Math.imul(((this.#high << 13) | (this.#high >>> 19)) + this.#low, 0x85ebca6b);
  }
}

/** Benchmarks compiled from Java by J2CL: a run is five iterations in one instance. */
function runJ2cl() {
  const options = { builtins: ['js-string'], importedStringConstants: "'" };
  const module = new WebAssembly.Module(bytes, options);
  const [section] = WebAssembly.Module.customSections(module, 'string.consts');
  const digest = new CallDigest();
  let time = 0;
  let classNames = 1000;
  const functions = {
    'performance.now': () => ++time,
    gc: () => {},
    'Math.sin': Math.sin,
    Error,
    'RegExp.constructor$2': (pattern, flags) => new RegExp(pattern, flags),
    'string.indexOf$2': (text, part, start) => text.indexOf(part, start),
    'string.lastIndexOf$2': (text, part, start) => text.lastIndexOf(part, start),
    'string.replace$2': (text, pattern, replacement) => text.replace(pattern, replacement),
    'Number.prototype.toString.call$1': (value) => value.toString(),
    'Number.prototype.toString.call$2': (value, radix) => value.toString(radix),
    'j2wasm.StringUtils.generateClassName': () => `Class$obf_${++classNames}`,
    'j2wasm.ExceptionUtils.setJavaThrowable': () => {},
    'set goog.global.__benchmarking_result': () => {},
  };
  const bind = (name, call) => {
    const identity = CallDigest.identify(name);
    return (...values) => {
      digest.add(identity, values);
      return call(...values);
    };
  };
  const bindAll = (from, find) => Object.fromEntries(WebAssembly.Module.imports(module)
    .filter((wanted) => wanted.module === from && wanted.kind === 'function')
    .map(({ name }) => [name, bind(name, find(name))]));
  const { exports } = new WebAssembly.Instance(module, {
    WebAssembly,
    imports: bindAll('imports', (name) => functions[name]),
    env: bindAll('env', () => (...values) => values.at(-1)),
    'string.const': section ? JSON.parse(new TextDecoder().decode(section)) : {},
  });
  const run = () => {
    const start = performance.now();
    exports.runFixedCount(5);
    return performance.now() - start;
  };
  return { milliseconds: Array.from({ length: count }, run), result: digest.toString() };
}

process.stdout.write(JSON.stringify({ sightglass: runSightglass, j2cl: runJ2cl }[suite]()));
