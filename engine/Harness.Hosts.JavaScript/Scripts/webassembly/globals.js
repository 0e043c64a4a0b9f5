// WebAssembly.Global.
import { descriptorOf, requireArguments } from 'webassembly/arguments.js';
import { itemState, stateOf } from 'webassembly/items.js';
import { common } from 'webassembly/realms.js';
import { native } from 'webassembly/slots.js';
import { getValue, putValue, typeOf } from 'webassembly/values.js';

export class Global {
  constructor(descriptor, value = undefined) {
    requireArguments(arguments, 1, 'WebAssembly.Global');
    descriptorOf(descriptor, 'WebAssembly.Global');
    const mutable = Boolean(descriptor.mutable);
    const name = String(descriptor.value);
    const type = typeOf(name, 'WebAssembly.Global');
    if (type === 'v' || type === 'x') throw new TypeError('WebAssembly.Global: globals of this type cannot be made here');
    const realm = common();
    const initial = value !== undefined || (arguments.length > 1 && type === 'e') ? value : type === 'l' ? 0n : 'ifd'.includes(type) ? 0 : type === 'e' ? undefined : null;
    putValue(realm, type, 0, initial);
    const id = native.makeGlobal(realm.store, name, mutable);
    if (id < 0) throw new TypeError(native.message());
    itemState.set(this, { realm, kind: 'global', id, type, mutable });
    realm.items.set(id, this);
  }

  get value() {
    const { realm, id, type } = stateOf(this, 'global');
    native.readGlobal(realm.store, id);
    return getValue(realm, type, 0);
  }

  set value(value) {
    const { realm, id, type, mutable } = stateOf(this, 'global');
    if (!mutable) throw new TypeError('set WebAssembly.Global.value: the global is immutable');
    if (type === 'v' || type === 'x') throw new TypeError('set WebAssembly.Global.value: values of this type cannot be set');
    putValue(realm, type, 0, value);
    if (!native.writeGlobal(realm.store, id)) throw new TypeError('set WebAssembly.Global.value: the value is not of the type');
  }

  valueOf() {
    stateOf(this, 'global');
    return this.value;
  }
}
