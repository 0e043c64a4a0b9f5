// What methods ask of their arguments.

export function requireArguments(list, count, name) {
  if (list.length < count) throw new TypeError(`${name}: ${count} argument${count === 1 ? '' : 's'} required, but only ${list.length} present`);
}

export function descriptorOf(descriptor, name) {
  if (descriptor === null || (typeof descriptor !== 'object' && typeof descriptor !== 'function')) throw new TypeError(`${name}: the descriptor must be an object`);
  return descriptor;
}

export function indexOf(value, is64, name) {
  if (is64) {
    if (typeof value === 'number') throw new TypeError(`${name}: the number must be a BigInt`);
    const exact = BigInt(value);
    if (exact < 0n || exact > 0xffffffffffffffffn) throw new TypeError(`${name}: the number must be in 0..2^64-1`);
    return Number(exact);
  }
  const number = Number(value);
  if (!Number.isFinite(number) || Math.trunc(number) < 0 || Math.trunc(number) > 0xffffffff) throw new TypeError(`${name}: the number must be in 0..4294967295`);
  return Math.trunc(number);
}
