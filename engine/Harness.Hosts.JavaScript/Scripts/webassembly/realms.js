// What is true of a store belongs to its realm: values of JavaScript that it refers to, wrappers of what it gave away. Nothing but functions and objects of the
// store refers to a realm for longer than a job, so that cycles through both heaps are cycles of this heap, and die.
import { native, staging } from 'webassembly/slots.js';

// The places of undefined, true and false, below FIRST, stay theirs. The others are free, or those of values that the store may refer to, until the host finds out that it does not.
const FIRST = 3;

// The host is asked to find out when as many values have come as it left the last time, but not before so many have.
const LEAST = 4096;

class Realm {
  constructor(store) {
    this.store = store;
    this.values = [undefined, true, false];
    this.ids = new Map([[undefined, 0], [true, 1], [false, 2]]);

    // The first free place, which has the next one as its value, and so on up to 0, which is none of them.
    this.free = 0;

    // How many values may come before the host is asked.
    this.budget = LEAST;
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

// Numbers have none: each has a place for itself whenever it comes.
const hasIdentity = value => typeof value !== 'number' && typeof value !== 'bigint';

export function idOfValue(realm, value) {
  const identity = hasIdentity(value);
  let id = identity ? realm.ids.get(value) : undefined;
  if (id === undefined) {
    if (--realm.budget <= 0) native.sweepValues(realm.store);
    id = realm.free;
    if (id === 0) id = realm.values.length;
    else realm.free = realm.values[id];
    realm.values[id] = value;
    if (identity) realm.ids.set(value, id);
  }
  return id;
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

// Called by the host in a sweep, for block after block, with the last one first: the staging buffer has a bit for each place from one to another, whether the store refers to its value. The host has
// never seen a value of those behind the last block. A script that is ended here leaves places that are neither in use nor free, which the next sweep finds. No code of a program runs meanwhile
// (elements.js): the host has arguments in a form in which a collection of its heap would not find them.
const bits = new Uint8Array(staging);
const { delete: remove } = Map.prototype;

export function releaseValues(store, from, to, isLast, left) {
  const realm = realmOf(store);
  const { values, ids } = realm;
  if (isLast) realm.free = 0;
  let { free } = realm;
  let { length } = values;
  const start = from < FIRST ? FIRST : from;
  for (let id = (isLast || to > length ? length : to) - 1; id >= start; id--) {
    if (id < to && (bits[(id - from) >> 3] >> (id & 7) & 1) !== 0) continue;
    const value = values[id];
    if (hasIdentity(value)) apply(remove, ids, [value]);
    values[id] = free;
    if (id === length - 1) length = id;
    else free = id;
  }
  values.length = length;
  realm.free = free;
  if (from === 0) realm.budget = left > LEAST ? left : LEAST;
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
