// Functions whose meaning the host may know, described for it: by where they are in the language, or by their text. Call bound to one of the former is what dart2wasm's glue makes
// of methods.

const boundCalls = new WeakMap();

export function describe(f) {
  const bound = boundCalls.get(f);
  if (bound !== undefined) return 'call:' + bound;
  const known = knownFunctions.get(f);
  if (known !== undefined) return known;
  const source = Function.prototype.toString.call(f).replace(/\s+/g, ' ');
  return asksOthers(source) ? 'other' : 'source:' + source;
}

// Where a script has put another clock, or another way to read numbers, in the place of ours, functions that ask it are not known.
const ownDateNow = Date.now;
const ownParseFloat = parseFloat;
const { test, exec } = RegExp.prototype;

function asksOthers(source) {
  return (source.includes('performance.now') && globalThis.performance?.now !== globalThis.harness?.now) ||
    (source.includes('Date.now') && Date.now !== ownDateNow) ||
    (source.includes('parseFloat') && (globalThis.parseFloat !== ownParseFloat || RegExp.prototype.test !== test || RegExp.prototype.exec !== exec));
}

const knownFunctions = new Map([[parseFloat, 'parseFloat']]);
for (const [owner, name] of [[Math, 'Math'], [Number.prototype, 'Number.prototype'], [String.prototype, 'String.prototype'], [String, 'String'], [BigInt.prototype, 'BigInt.prototype'], [DataView.prototype, 'DataView.prototype'], [Date, 'Date'], [Object, 'Object'], [JSON, 'JSON']]) {
  for (const key of Object.getOwnPropertyNames(owner)) {
    const property = Object.getOwnPropertyDescriptor(owner, key);
    if (typeof property.value === 'function') knownFunctions.set(property.value, `${name}.${key}`);
    if (typeof property.get === 'function') knownFunctions.set(property.get, `get ${name}.${key}`);
  }
}

const { bind, call } = Function.prototype;
Object.defineProperty(Function.prototype, 'bind', {
  configurable: true, enumerable: false, writable: true,
  value: { bind(...args) {
    const result = Reflect.apply(bind, this, args);
    if (this === call && args.length === 1 && knownFunctions.has(args[0])) boundCalls.set(result, knownFunctions.get(args[0]));
    return result;
  } }.bind,
});
