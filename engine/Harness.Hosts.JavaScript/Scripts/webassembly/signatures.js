// Functions for each signature, made of text, so that a call converts its values without asking for their types. A signature is a string of types: parameters, '>', results.
import { fail } from 'webassembly/functions.js';
import { get } from 'webassembly/references.js';
import { call, F32, F64, HEADER, I32, I64, native, OK, STATUS, toBigIntOnly } from 'webassembly/slots.js';
import { isReference, putters } from 'webassembly/values.js';

function convertCode(type, name) {
  switch (type) {
    case 'i': return `${name} = ${name} | 0;`;
    case 'l': return `${name} = BigInt.asIntN(64, toBigInt(${name}));`;
    case 'f': return `${name} = fround(${name});`;
    case 'd': return `${name} = +${name};`;
    default: return '';
  }
}

function putCode(type, slot, name) {
  switch (type) {
    case 'i': return `I32[${2 * (HEADER + slot)}] = ${name};`;
    case 'l': return `I64[${HEADER + slot}] = ${name};`;
    case 'f': return `F32[${2 * (HEADER + slot)}] = ${name};`;
    case 'd': return `F64[${HEADER + slot}] = ${name};`;
    default: return `{ const text = putters.${type}(realm, ${slot}, ${name}); if (text !== undefined) texts[${slot}] = text; }`;
  }
}

function getCode(type, slot) {
  switch (type) {
    case 'i': return `I32[${2 * (HEADER + slot)}]`;
    case 'l': return `I64[${HEADER + slot}]`;
    case 'f': return `F32[${2 * (HEADER + slot)}]`;
    case 'd': return `F64[${HEADER + slot}]`;
    default: return `get(realm, ${slot})`;
  }
}

// What may refuse a value goes first: no other value is then given an id for a call that is not made.
function putAllCode(types, names) {
  const codes = [...types].map((type, slot) => putCode(type, slot, names[slot]));
  const mayRefuse = (_, slot) => 'Fx'.includes(types[slot]);
  return [...codes.filter(mayRefuse), ...codes.filter((code, slot) => !mayRefuse(code, slot))].join('\n');
}

// A call with vectors among parameters or results throws before anything else happens.
const refuseVectors = signature => signature.includes('v') ? "throw new TypeError('WebAssembly: v128 cannot be passed');" : '';

// What the text refers to.
const tools = () => ({ I32, F32, F64, I64, putters, get, native, fround: Math.fround, toBigInt: value => BigInt.asIntN(64, toBigIntOnly(value)), fail, listOf, call });

function listOf(value, count) {
  const method = value === null || (typeof value !== 'object' && typeof value !== 'function') ? undefined : value[Symbol.iterator];
  if (typeof method !== 'function') throw new TypeError('WebAssembly: several results come as an iterable object');
  const list = [...{ [Symbol.iterator]: () => Reflect.apply(method, value, []) }];
  if (list.length !== count) throw new TypeError(`WebAssembly: ${count} results were expected, not ${list.length}`);
  return list;
}

const exportMakers = new Map();
const importMakers = new Map();

// Makes a maker of exported functions of a signature: (realm, id) => function.
export function exportMaker(signature) {
  let maker = exportMakers.get(signature);
  if (maker !== undefined) return maker;
  const [parameters, results] = signature.split('>');
  const names = [...parameters].map((_, i) => `a${i}`);
  const hasTexts = [...parameters].some(isReference);
  const code = `
    const { I32, F32, F64, I64, putters, get, native, fround, toBigInt, fail, call } = tools;
    return (realm, id) => ({ f(${names}) {
      ${refuseVectors(signature)}
      ${[...parameters].map((type, i) => convertCode(type, names[i])).join(' ')}
      ${hasTexts ? 'let texts = {};' : ''}
      ${putAllCode(parameters, names)}
      ${hasTexts ? 'for (const slot in texts) native.setText(+slot, texts[slot]);' : ''}
      call(id);
      const status = I32[${STATUS}];
      if (status !== ${OK}) fail(realm, status);
      ${results.length === 0 ? '' : results.length === 1 ? `return ${getCode(results, 0)};` : `return [${[...results].map((type, i) => getCode(type, i))}];`}
    } }).f;`;
  maker = new Function('tools', code)(tools());
  exportMakers.set(signature, maker);
  return maker;
}

// Makes a maker of what calls a function of JavaScript for an import of a signature: (realm, f) => function without parameters and result, whose values are in the slots.
export function importMaker(signature) {
  let maker = importMakers.get(signature);
  if (maker !== undefined) return maker;
  const [parameters, results] = signature.split('>');
  const names = [...results].map((_, i) => `r${i}`);
  const hasTexts = [...results].some(isReference);
  const code = `
    const { I32, F32, F64, I64, putters, get, native, fround, toBigInt, listOf } = tools;
    return (realm, f) => () => {
      ${refuseVectors(signature)}
      ${results.length === 0 ? '' : results.length === 1 ? 'let r0 =' : 'const list ='} f(${[...parameters].map((type, i) => getCode(type, i))});
      ${results.length < 2 ? '' : `let [${names}] = listOf(list, ${results.length});`}
      ${[...results].map((type, i) => convertCode(type, names[i])).join(' ')}
      ${hasTexts ? 'let texts = {};' : ''}
      ${putAllCode(results, names)}
      ${hasTexts ? 'for (const slot in texts) native.setText(+slot, texts[slot]);' : ''}
    };`;
  maker = new Function('tools', code)(tools());
  importMakers.set(signature, maker);
  return maker;
}
