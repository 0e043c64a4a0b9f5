// What is true of a store belongs to its realm: values of JavaScript that it refers to, wrappers of what it gave away. Nothing but functions and objects of the
// store refers to a realm, so that cycles through both heaps are cycles of this heap, and die.
import { native } from 'webassembly/slots.js';

class Realm {
  constructor(store) {
    this.store = store;
    this.values = [undefined, true, false];
    this.free = [];
    this.ids = new Map([[undefined, 0], [true, 1], [false, 2]]);
    this.objects = new Map();
    this.functions = new Map();
    this.items = new Map();
    this.imports = [];
    this.foreign = new Map();
  }
}

export const realms = new Map();
const storeFinalizer = new FinalizationRegistry(store => {
  realms.delete(store);
  native.disposeStore(store);
});

export function idOfValue(realm, value) {
  const identity = typeof value !== 'number' && typeof value !== 'bigint';
  let id = identity ? realm.ids.get(value) : undefined;
  if (id === undefined) {
    id = realm.free.length > 0 ? realm.free.pop() : realm.values.length;
    realm.values[id] = value;
    if (identity) realm.ids.set(value, id);
  }
  return id;
}

// Called by the host when nothing of the store refers to a value any more.
export function releaseValue(store, id) {
  const realm = realms.get(store)?.deref();
  if (realm === undefined || id < 3) return;
  realm.ids.delete(realm.values[id]);
  realm.values[id] = undefined;
  realm.free.push(id);
}

// The realm of the store whose code runs, for the host's calls. Whoever enters a store leaves what was here as it was.
export const running = { realm: undefined };

export function makeRealm() {
  const realm = new Realm(native.makeStore());
  realms.set(realm.store, new WeakRef(realm));
  storeFinalizer.register(realm, realm.store);
  return realm;
}

// One realm for what scripts make themselves.
let commonRealm;
export const common = () => commonRealm ??= makeRealm();
