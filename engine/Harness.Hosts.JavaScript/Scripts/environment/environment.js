// What programs expect around them beside the language itself: a console, clocks, timers, text codecs.
import { giving, taking, trading } from 'webassembly/exchange.js';

// The functions of the host.
const native = { ...import.meta };
const text = values => values.map(value => typeof value === 'string' ? value : typeof value === 'symbol' ? value.toString() : String(value)).join(' ');
const define = (name, value) => Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });

const log = (...values) => native.print(text(values) + '\n');
const error = (...values) => native.printError(text(values) + '\n');
define('console', { log, info: log, debug: log, warn: error, error, trace: error, assert(condition, ...values) { if (!condition) error('Assertion failed', ...values); }, time() {}, timeEnd() {}, group() {}, groupEnd() {} });
define('print', log);
define('performance', { now: () => native.now(), timeOrigin: Date.now(), mark() {}, measure() {} });
define('queueMicrotask', callback => { Promise.resolve().then(callback); });

// As elsewhere, what is no number of 32 bits is no delay.
const longestDelay = 2 ** 31 - 1;
const delayOf = value => {
  const delay = Number(value);
  return delay > 0 && delay <= longestDelay ? delay : 0;
};
let nextTimer = 1;
const timers = new Map();
const setTimer = (callback, delay, period, values) => {
  const id = nextTimer++;
  timers.set(id, { callback, values, period });
  native.setTimer(id, delayOf(delay));
  return id;
};
define('setTimeout', (callback, delay = 0, ...values) => setTimer(callback, delay, undefined, values));
define('setInterval', (callback, delay = 0, ...values) => setTimer(callback, delay, Math.max(1, delayOf(delay)), values));
const clearTimer = id => { if (timers.delete(id)) native.clearTimer(id); };
define('clearTimeout', clearTimer);
define('clearInterval', clearTimer);

// Short texts in ASCII, which most are, are converted here, since to ask the host takes longer; undefined for others.
const longestShort = 256;
const { fromCharCode } = String;
const { apply } = Reflect;
const shortText = bytes => {
  if (bytes.length > longestShort) return undefined;
  for (let i = 0; i < bytes.length; i++) if (bytes[i] > 0x7f) return undefined;
  return apply(fromCharCode, undefined, bytes);
};
const shortBytes = source => {
  if (source.length > longestShort) return undefined;
  const bytes = new Uint8Array(source.length);
  for (let i = 0; i < bytes.length; i++) {
    const unit = source.charCodeAt(i);
    if (unit > 0x7f) return undefined;
    bytes[i] = unit;
  }
  return bytes;
};
const isBuffer = source => source instanceof ArrayBuffer || (typeof SharedArrayBuffer === 'function' && source instanceof SharedArrayBuffer);
const encode = source => shortBytes(source) ?? taking(native.encodeText, source);

define('TextDecoder', class TextDecoder {
  constructor(label = 'utf-8', options = {}) {
    this.encoding = String(label).toLowerCase() === 'utf-16le' ? 'utf-16le' : 'utf-8';
    this.fatal = Boolean(options.fatal);
    this.ignoreBOM = Boolean(options.ignoreBOM);
  }
  decode(source = new Uint8Array(0)) {
    const bytes = isBuffer(source) ? new Uint8Array(source) : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
    const short = this.encoding === 'utf-8' ? shortText(bytes) : undefined;
    if (short !== undefined) return short;
    const result = giving(bytes, native.decodeText, this.encoding, this.fatal);
    if (result === null) throw new TypeError('The encoded data was not valid.');
    return !this.ignoreBOM && result.charCodeAt(0) === 0xfeff ? result.slice(1) : result;
  }
});
define('TextEncoder', class TextEncoder {
  get encoding() { return 'utf-8'; }
  encode(source = '') { return encode(String(source)); }
  encodeInto(source, target) {
    const whole = String(source);
    const bytes = encode(whole);
    let written = Math.min(bytes.length, target.length);
    while (written < bytes.length && written > 0 && (bytes[written] & 0xc0) === 0x80) written--;
    target.set(bytes.subarray(0, written));
    return { read: written === bytes.length ? whole.length : giving(bytes.subarray(0, written), native.decodeText, 'utf-8', false).length, written };
  }
});

// Of URLs, what resolves paths against where a script lies: scheme, host, path, query and fragment.
define('URL', class URL {
  #parts;
  constructor(url, base = undefined) {
    this.#parts = URL.#parse(String(url)) ?? URL.#resolve(String(url), base === undefined ? undefined : URL.#parse(String(base)));
    if (this.#parts === undefined) throw new TypeError(`Invalid URL: ${url}`);
  }
  static #parse(text) {
    const match = /^([A-Za-z][A-Za-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(\?[^#]*)?(#.*)?$/.exec(text);
    if (match === null) return undefined;
    const [, scheme, host, path, search = '', hash = ''] = match;
    return { scheme: scheme.toLowerCase(), host, path: host === undefined ? path : URL.#normal(path || '/'), search, hash };
  }
  static #resolve(text, base) {
    if (base === undefined || base.host === undefined) return undefined;
    const [, path, search, hash = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/.exec(text);
    if (path.startsWith('//')) return URL.#parse(`${base.scheme}:${text}`);
    const full = path === '' ? base.path : path.startsWith('/') ? path : base.path.slice(0, base.path.lastIndexOf('/') + 1) + path;
    return { ...base, path: URL.#normal(full), search: search ?? (path === '' ? base.search : ''), hash };
  }
  static #normal(path) {
    const parts = [];
    const names = path.split('/').slice(1);
    names.forEach((name, i) => {
      if (name === '..') parts.pop();
      if (name !== '..' && name !== '.') parts.push(name);
      else if (i === names.length - 1) parts.push('');
    });
    return `/${parts.join('/')}`;
  }
  get protocol() { return `${this.#parts.scheme}:`; }
  get host() { return this.#parts.host ?? ''; }
  get hostname() { return this.host.replace(/:\d+$/, ''); }
  get origin() { return this.#parts.host ? `${this.protocol}//${this.host}` : 'null'; }
  get pathname() { return this.#parts.path; }
  get search() { return this.#parts.search; }
  get hash() { return this.#parts.hash; }
  get searchParams() { return new Map(this.search.slice(1).split('&').filter(part => part).map(part => part.split('=').map(decodeURIComponent))); }
  get href() { return `${this.protocol}${this.#parts.host === undefined ? '' : `//${this.host}`}${this.pathname}${this.search}${this.hash}`; }
  toString() { return this.href; }
  toJSON() { return this.href; }
});

define('crypto', {
  getRandomValues(array) {
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(taking(native.randomBytes, array.byteLength));
    return array;
  },
});

// What drivers of programs need; paths start from the host's folder. ClearScript has no import(): importModule takes its place.
define('harness', {
  readBytes: path => taking(native.readBytes, String(path)),
  readText: path => native.readText(String(path)),
  importModule: async path => native.importModule(String(path)),
  runScript: path => native.runScript(String(path)),
  inflate: bytes => trading(bytes, native.inflate),
  print: words => native.print(String(words)),
  now: globalThis.performance.now,
  loaded: undefined,
});

const { then } = Promise.prototype;
const outcomes = new Map();

native.connect({
  // Called by the host for a promise that it waits for, and once that has settled.
  watch(promise, id) {
    const settle = outcome => {
      outcomes.set(id, outcome);
      native.settle(id);
    };
    apply(then, promise, [value => settle({ value }), error => settle({ error })]);
  },
  take(id) {
    const outcome = outcomes.get(id);
    outcomes.delete(id);
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  },
  // Called by the host when a timer is due.
  fire(id) {
    const timer = timers.get(id);
    if (timer === undefined) return;
    if (timer.period === undefined) timers.delete(id);
    else native.setTimer(id, timer.period);
    timer.callback(...timer.values);
  },
  // Whether there is a function for the host to call, in the global object.
  defines: name => typeof globalThis[name] === 'function',
  // The module that was loaded last for importModule.
  loaded: () => globalThis.harness.loaded,
});
