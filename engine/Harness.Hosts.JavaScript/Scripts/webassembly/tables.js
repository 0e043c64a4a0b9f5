// WebAssembly.Table.
import { descriptorOf, indexOf, requireArguments } from 'webassembly/arguments.js';
import { itemState, stateOf } from 'webassembly/items.js';
import { common } from 'webassembly/realms.js';
import { native } from 'webassembly/slots.js';
import { getValue, isReference, putValue, typeOf } from 'webassembly/values.js';

export class Table {
  constructor(descriptor, value = undefined) {
    requireArguments(arguments, 1, 'WebAssembly.Table');
    descriptorOf(descriptor, 'WebAssembly.Table');
    const element = String(descriptor.element);
    const type = typeOf(element, 'WebAssembly.Table');
    if (!isReference(type)) throw new TypeError('WebAssembly.Table: elements must be references');
    const addressType = descriptor.address;
    const address = addressType === undefined ? 'i32' : String(addressType);
    if (address !== 'i32' && address !== 'i64') throw new TypeError(`WebAssembly.Table: there is no address type ${address}`);
    const is64 = address === 'i64';
    const wanted = descriptor.initial;
    if (wanted === undefined) throw new TypeError("WebAssembly.Table: 'initial' is required");
    const initial = indexOf(wanted, is64, 'WebAssembly.Table');
    const most = descriptor.maximum;
    const maximum = most === undefined ? -1 : indexOf(most, is64, 'WebAssembly.Table');
    if (maximum >= 0 && maximum < initial) throw new RangeError('WebAssembly.Table: the maximum is below the initial length');
    const realm = common();
    putValue(realm, type, 0, value === undefined ? (type === 'e' ? undefined : null) : value);
    const id = native.makeTable(realm.store, element === 'anyfunc' ? 'funcref' : element, initial, maximum, is64);
    if (id < 0) throw new RangeError(native.message());
    itemState.set(this, { realm, kind: 'table', id, type, is64 });
    realm.items.set(id, this);
  }

  get length() {
    const { realm, id, is64 } = stateOf(this, 'table');
    const length = native.tableLength(realm.store, id);
    return is64 ? BigInt(length) : length;
  }

  get(index) {
    requireArguments(arguments, 1, 'WebAssembly.Table.get');
    const { realm, id, type, is64 } = stateOf(this, 'table');
    if (!native.readTable(realm.store, id, indexOf(index, is64, 'WebAssembly.Table.get'))) throw new RangeError('WebAssembly.Table.get: the index is out of bounds');
    return getValue(realm, type, 0);
  }

  set(index, value = undefined) {
    requireArguments(arguments, 1, 'WebAssembly.Table.set');
    const { realm, id, type, is64 } = stateOf(this, 'table');
    const at = indexOf(index, is64, 'WebAssembly.Table.set');
    putValue(realm, type, 0, arguments.length < 2 ? (type === 'e' ? undefined : null) : value);
    const status = native.writeTable(realm.store, id, at);
    if (status === 1) throw new RangeError('WebAssembly.Table.set: the index is out of bounds');
    if (status === 2) throw new TypeError('WebAssembly.Table.set: the value is not of the element type');
  }

  grow(delta, value = undefined) {
    requireArguments(arguments, 1, 'WebAssembly.Table.grow');
    const { realm, id, type, is64 } = stateOf(this, 'table');
    const by = indexOf(delta, is64, 'WebAssembly.Table.grow');
    putValue(realm, type, 0, arguments.length < 2 ? (type === 'e' ? undefined : null) : value);
    const before = native.growTable(realm.store, id, by);
    if (before === -2) throw new TypeError('WebAssembly.Table.grow: the value is not of the element type');
    if (before < 0) throw new RangeError('WebAssembly.Table.grow: the table cannot grow by so much');
    return is64 ? BigInt(before) : before;
  }
}
