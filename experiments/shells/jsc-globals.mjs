// What scripts expect of every shell and jsc does not have. Imported before anything else.

/** The clocks of the shell that nobody sets, in ms, the finest first: what it has for tests of the language, and performance.now, which goes on in steps of 20 µs. None in a shell that has neither. */
export const monotonicClocks = [globalThis.$262?.agent?.monotonicNow, globalThis.performance?.now?.bind(globalThis.performance)].filter(Boolean);

globalThis.performance ??= { now: () => preciseTime() * 1000 };
globalThis.console ??= {};
globalThis.queueMicrotask ??= (callback) => { Promise.resolve().then(callback); };

/** UTF-8 and nothing else. */
globalThis.TextEncoder ??= class TextEncoder {
  encode(text = '') {
    const bytes = [];
    for (const character of String(text)) {
      let code = character.codePointAt(0);
      if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
      if (code < 0x80) bytes.push(code);
      else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
      else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
      else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    }
    return Uint8Array.from(bytes);
  }
};

globalThis.TextDecoder ??= class TextDecoder {
  #fatal;

  constructor(encoding = 'utf-8', { fatal = false } = {}) {
    if (!/^utf-?8$/i.test(encoding)) throw new RangeError(`this shell decodes UTF-8 only, not ${encoding}`);
    this.#fatal = fatal;
  }

  decode(data = new Uint8Array()) {
    const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    let text = '';
    for (let i = 0; i < bytes.length;) {
      const first = bytes[i++];
      const count = first < 0x80 ? 0 : first >= 0xc2 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xf0 && first < 0xf5 ? 3 : -1;
      let code = count === 0 ? first : count < 0 ? -1 : first & (0x3f >> count);
      for (let rest = count; rest > 0 && code >= 0; rest--) code = (bytes[i] & 0xc0) === 0x80 ? (code << 6) | (bytes[i++] & 63) : -1;
      const least = [0, 0x80, 0x800, 0x10000][count];
      if (code < 0 || code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
        if (this.#fatal) throw new TypeError('these bytes are not UTF-8');
        code = 0xfffd;
      }
      text += String.fromCodePoint(code);
    }
    return text;
  }
};
