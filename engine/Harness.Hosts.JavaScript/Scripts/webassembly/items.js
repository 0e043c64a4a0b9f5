// Globals, tables, memories and tags of a store, each with one object. One that a script makes is in a store of its own.
import { Tag } from 'webassembly/exceptions.js';
import { Global } from 'webassembly/globals.js';
import { memoryOf } from 'webassembly/memories.js';
import { native } from 'webassembly/slots.js';
import { Table } from 'webassembly/tables.js';

export const itemState = new WeakMap();

export function itemOf(realm, kind, id, type) {
  let item = realm.items.get(id);
  if (item !== undefined) return item;
  switch (kind) {
    case 'memory': return realm.items.get(id) ?? memoryOf(realm, id, type);
    case 'global': item = Object.create(Global.prototype); break;
    case 'table': item = Object.create(Table.prototype); break;
    case 'tag': item = Object.create(Tag.prototype); break;
  }
  itemState.set(item, { realm, kind, id, ...type });
  realm.items.set(id, item);
  return item;
}

export function stateOf(item, kind) {
  const state = typeof item === 'object' && item !== null ? itemState.get(item) : undefined;
  if (state?.kind !== kind) throw new TypeError(`WebAssembly: the receiver is not a WebAssembly.${kind[0].toUpperCase()}${kind.slice(1)}`);
  return state;
}

export function adopt(realm, item, state) {
  if (state.realm !== realm) native.unsupported(`a ${state.kind} of an unrelated instance`);
  return state.id;
}
