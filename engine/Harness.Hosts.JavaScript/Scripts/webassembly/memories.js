// Memories are V8's own, so that buffers detach as they must, or those of shared ones stay; this engine's pages are mapped below them.
// Scripts have one thread, so that Atomics.wait and memory.atomic.notify never meet; buffers of a shared memory stay, and are longer each time.
import { giving } from 'webassembly/exchange.js';
import { realms } from 'webassembly/realms.js';
import { native } from 'webassembly/slots.js';
import { V8 } from 'webassembly/v8.js';

export const memoryIds = new WeakMap();
const maxima = new WeakMap();
const PAGE_SIZE = 65536;
const MOST_PAGES = 2 ** 32 - 1;
const cannotGrow = () => new RangeError('WebAssembly.Memory.grow: the memory cannot grow by so much');
const growBuffer = V8.Memory.prototype.grow;
const getBuffer = Object.getOwnPropertyDescriptor(V8.Memory.prototype, 'buffer').get;

// Programs may change the property, but pages are mapped below the memory's own buffer alone.
const { apply } = Reflect;
const bufferOf = memory => apply(getBuffer, memory, []);
export const isMemory = value => {
  try {
    bufferOf(value);
    return true;
  } catch {
    return false;
  }
};

export const V8Memory = new Proxy(V8.Memory, {
  construct(target, values, newTarget) {
    const memory = Reflect.construct(target, values, newTarget);
    if (values[0].maximum !== undefined) maxima.set(memory, Number(values[0].maximum));
    return memory;
  },
});

Object.defineProperty(V8.Memory.prototype, 'constructor', { value: V8Memory, writable: true, enumerable: false, configurable: true });
Object.defineProperty(V8.Memory.prototype, 'grow', {
  writable: true, enumerable: true, configurable: true,
  value: { grow(delta) {
    const known = memoryIds.get(this);
    if (known === undefined) return apply(growBuffer, this, arguments);
    // What is no number of pages V8 refuses. It cannot take back what it has added, so that this engine is asked before.
    const pages = typeof delta === 'bigint' ? delta : +delta;
    if (pages >= 0 && pages <= MOST_PAGES && !native.canGrowMemory(known.id, Number(pages))) throw cannotGrow();
    const before = apply(growBuffer, this, [pages]);
    const buffer = bufferOf(this);
    if (!giving(buffer, native.growMemory, known.id, buffer.byteLength / PAGE_SIZE - Number(before))) throw cannotGrow();
    return before;
  } }.grow,
});

export function memoryItem(realm, memory) {
  let known = memoryIds.get(memory);
  if (known === undefined) {
    known = { realm, id: giving(bufferOf(memory), native.adoptMemory, realm.store, maxima.get(memory) ?? -1) };
    memoryIds.set(memory, known);
    realm.items.set(known.id, memory);
  }
  if (known.realm !== realm) native.unsupported('a memory of an unrelated instance');
  return known.id;
}

export function memoryOf(realm, id, type) {
  const { initial, maximum, shared } = type;
  const memory = new V8Memory(maximum == null ? { initial } : { initial, maximum, shared });
  giving(bufferOf(memory), native.shareMemory, realm.store, id);
  memoryIds.set(memory, { realm, id });
  realm.items.set(id, memory);
  return memory;
}

// Called by the host after WebAssembly code has grown a memory.
export function grown(store, id, delta) {
  const memory = realms.get(store).deref().items.get(id);
  apply(growBuffer, memory, [delta]);
  giving(bufferOf(memory), native.mapMemory, id);
}
