// What is true of a store belongs to its realm: values of JavaScript that it refers to, wrappers of what it gave away. Nothing but functions and objects of the
// store refers to a realm for longer than a job, so that cycles through both heaps are cycles of this heap, and die.
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

// The realms whose code has called imports in this job, for the host's calls, which say whose they are: while code of a store runs, what has entered it refers to the realm. To ask a WeakRef takes
// longer than to call an import, and keeps what it gives to the end of the job: so do these, which are asked instead from then on. No code of a program runs meanwhile (elements.js).
const { apply } = Reflect;
const { get, set, clear } = Map.prototype;
const { deref } = WeakRef.prototype;
const none = new Realm(0);
const latest = { realm: none };
const found = new Map();

export function realmOf(store) {
  const { realm } = latest;
  return realm.store === store ? realm : find(store);
}

function find(store) {
  let realm = apply(get, found, [store]);
  if (realm === undefined) {
    realm = apply(deref, apply(get, realms, [store]), []);
    forgetAtEnd();
    apply(set, found, [store, realm]);
  }
  return latest.realm = realm;
}

export function forgetRealms() {
  latest.realm = none;
  apply(clear, found, []);
}

// Asked for with each realm, since a script that is ended may leave nothing of what was to come at the end of its job. The host asks for those of the last one before the next script.
async function forgetAtEnd() {
  await undefined;
  forgetRealms();
}

export function makeRealm() {
  const realm = new Realm(native.makeStore());
  realms.set(realm.store, new WeakRef(realm));
  storeFinalizer.register(realm, realm.store);
  return realm;
}

// One realm for what scripts make themselves.
let commonRealm;
export const common = () => commonRealm ??= makeRealm();
