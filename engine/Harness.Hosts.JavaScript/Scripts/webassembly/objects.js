// Objects of the WebAssembly heap have no properties, and refuse whatever would change them.
import { native } from 'webassembly/slots.js';

const objectFinalizer = new FinalizationRegistry(([store, id]) => native.releaseObject(store, id));
export const realmOfObject = new WeakMap();

const opaque = Object.freeze(Object.create(null));
const refuse = () => { throw new TypeError('WebAssembly objects are opaque'); };
const opaqueHandler = Object.freeze({ set: refuse, defineProperty: refuse, deleteProperty: refuse, preventExtensions: refuse });

export function objectOf(realm, id) {
  const known = realm.objects.get(id)?.deref();
  if (known !== undefined) {
    native.releaseObject(realm.store, id);
    return known;
  }
  const object = new Proxy(opaque, opaqueHandler);
  realm.objects.set(id, new WeakRef(object));
  realmOfObject.set(object, { realm, id });
  objectFinalizer.register(object, [realm.store, id]);
  return object;
}
