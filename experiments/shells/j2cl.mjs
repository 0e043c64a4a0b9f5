// The host of programs that J2CL compiled from Java, the counterpart of Hosting/J2clHost.cs.
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

/** Benchmarks compiled from Java by J2CL: an iteration is five of `runFixedCount`, all in one instance. */
export function openJ2cl(bytes, phases, now) {
  const options = { builtins: ['js-string'], importedStringConstants: "'" };
  const begin = now();
  const module = new WebAssembly.Module(bytes, options);
  phases.compileMs = now() - begin;
  const [section] = WebAssembly.Module.customSections(module, 'string.consts');
  let digest = new CallDigest();
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
  const imports = {
    WebAssembly,
    imports: bindAll('imports', (name) => functions[name]),
    env: bindAll('env', () => (...values) => values.at(-1)),
    'string.const': section ? JSON.parse(new TextDecoder().decode(section)) : {},
  };
  const compiled = now();
  const { exports } = new WebAssembly.Instance(module, imports);
  phases.instantiateMs = now() - compiled;
  return {
    iterate() {
      digest = new CallDigest();
      exports.runFixedCount(5);
      return { bytes: new TextEncoder().encode(digest.toString()), errorText: '', exitCode: 0, files: {} };
    },
  };
}
