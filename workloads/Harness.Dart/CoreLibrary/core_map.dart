part of 'core.dart';

final class MapEntry<K, V> {
  final K key;
  final V value;
  const MapEntry(this.key, this.value);
  String toString() => 'MapEntry($key: $value)';
}

abstract interface class Map<K, V> {
  factory Map() = _LinkedMap<K, V>;
  factory Map.from(Map other) {
    final r = _LinkedMap<K, V>();
    other.forEach((k, v) { r[k as K] = v as V; });
    return r;
  }
  factory Map.of(Map<K, V> other) => _LinkedMap<K, V>()..addAll(other);
  factory Map.unmodifiable(Map other) {
    final keys = WasmArray<Object?>(other.length), values = WasmArray<Object?>(other.length);
    int i = 0;
    other.forEach((k, v) {
      keys[i] = k as K;
      values[i++] = v as V;
    });
    return _ConstMap<K, V>(keys, values);
  }
  factory Map._custom(bool equals(K a, K b)?, int hash(K key)?, bool isValid(dynamic key)?) {
    if (equals == null && hash == null && isValid == null) return _LinkedMap<K, V>();
    if (equals == null && hash != null && identical(hash, identityHashCode)) return _LinkedMap<K, V>.identity();
    return _LinkedMap<K, V>.custom(_equality<K>(equals, isValid), _hashing<K>(hash, isValid));
  }
  factory Map.identity() = _LinkedMap<K, V>.identity;
  factory Map.fromIterable(Iterable iterable, {K key(dynamic element)?, V value(dynamic element)?}) {
    final r = _LinkedMap<K, V>();
    for (final e in iterable) r[key == null ? e as K : key(e)] = value == null ? e as V : value(e);
    return r;
  }
  factory Map.fromIterables(Iterable<K> keys, Iterable<V> values) {
    final r = _LinkedMap<K, V>();
    final v = values.iterator;
    for (final k in keys) {
      if (!v.moveNext()) throw ArgumentError('Iterables do not have same length.');
      r[k] = v.current;
    }
    if (v.moveNext()) throw ArgumentError('Iterables do not have same length.');
    return r;
  }
  factory Map.fromEntries(Iterable<MapEntry<K, V>> entries) => _LinkedMap<K, V>()..addEntries(entries);
  V? operator [](Object? key);
  void operator []=(K key, V value);
  bool containsKey(Object? key);
  bool containsValue(Object? value);
  Iterable<MapEntry<K, V>> get entries;
  Map<K2, V2> map<K2, V2>(MapEntry<K2, V2> convert(K key, V value));
  void addEntries(Iterable<MapEntry<K, V>> newEntries);
  V update(K key, V update(V value), {V ifAbsent()?});
  void updateAll(V update(K key, V value));
  void removeWhere(bool test(K key, V value));
  V putIfAbsent(K key, V ifAbsent());
  void addAll(Map<K, V> other);
  V? remove(Object? key);
  void clear();
  void forEach(void action(K key, V value));
  Iterable<K> get keys;
  Iterable<V> get values;
  int get length;
  bool get isEmpty;
  bool get isNotEmpty;
  Map<RK, RV> cast<RK, RV>();
  static Map<K2, V2> castFrom<K, V, K2, V2>(Map<K, V> source) => _CastMap<K, V, K2, V2>(source);
}

// What a map is asked for may be no key at all: then nothing is equal to it.
bool Function(Object?, Object?) _equality<K>(bool equals(K a, K b)?, bool isValid(dynamic key)?) => (Object? a, Object? b) {
  if (isValid != null ? !isValid(b) : b is! K) return false;
  return equals == null ? a == b : equals(a as K, b as K);
};
int Function(Object?) _hashing<K>(int hash(K key)?, bool isValid(dynamic key)?) => (Object? key) {
  if (isValid != null ? !isValid(key) : key is! K) return 0;
  return hash == null ? _hashCodeOf(key) : hash(key as K);
};

abstract interface class LinkedHashMap<K, V> implements Map<K, V> {
  factory LinkedHashMap({bool equals(K key1, K key2)?, int hashCode(K key)?, bool isValidKey(dynamic potentialKey)?}) => Map<K, V>._custom(equals, hashCode, isValidKey) as LinkedHashMap<K, V>;
  factory LinkedHashMap.identity() = _LinkedMap<K, V>.identity;
  factory LinkedHashMap.from(Map<dynamic, dynamic> other) => Map<K, V>.from(other) as LinkedHashMap<K, V>;
  factory LinkedHashMap.of(Map<K, V> other) => _LinkedMap<K, V>()..addAll(other);
  factory LinkedHashMap.fromIterable(Iterable iterable, {K key(dynamic element)?, V value(dynamic element)?}) => Map<K, V>.fromIterable(iterable, key: key, value: value) as LinkedHashMap<K, V>;
  factory LinkedHashMap.fromIterables(Iterable<K> keys, Iterable<V> values) => Map<K, V>.fromIterables(keys, values) as LinkedHashMap<K, V>;
  factory LinkedHashMap.fromEntries(Iterable<MapEntry<K, V>> entries) => _LinkedMap<K, V>()..addEntries(entries);
}

// Its order is not specified: it is that of the other.
abstract interface class HashMap<K, V> implements Map<K, V> {
  factory HashMap({bool equals(K key1, K key2)?, int hashCode(K key)?, bool isValidKey(dynamic potentialKey)?}) => Map<K, V>._custom(equals, hashCode, isValidKey) as HashMap<K, V>;
  factory HashMap.identity() = _LinkedMap<K, V>.identity;
  factory HashMap.from(Map<dynamic, dynamic> other) => Map<K, V>.from(other) as HashMap<K, V>;
  factory HashMap.of(Map<K, V> other) => _LinkedMap<K, V>()..addAll(other);
  factory HashMap.fromIterable(Iterable iterable, {K key(dynamic element)?, V value(dynamic element)?}) => Map<K, V>.fromIterable(iterable, key: key, value: value) as HashMap<K, V>;
  factory HashMap.fromIterables(Iterable<K> keys, Iterable<V> values) => Map<K, V>.fromIterables(keys, values) as HashMap<K, V>;
  factory HashMap.fromEntries(Iterable<MapEntry<K, V>> entries) => _LinkedMap<K, V>()..addEntries(entries);
}

abstract interface class LinkedHashSet<E> implements Set<E> {
  factory LinkedHashSet({bool equals(E e1, E e2)?, int hashCode(E e)?, bool isValidKey(dynamic potentialKey)?}) => Set<E>._custom(equals, hashCode, isValidKey) as LinkedHashSet<E>;
  factory LinkedHashSet.identity() = _LinkedSet<E>.identity;
  factory LinkedHashSet.from(Iterable<dynamic> elements) => Set<E>.from(elements) as LinkedHashSet<E>;
  factory LinkedHashSet.of(Iterable<E> elements) => _LinkedSet<E>()..addAll(elements);
}

abstract interface class HashSet<E> implements Set<E> {
  factory HashSet({bool equals(E e1, E e2)?, int hashCode(E e)?, bool isValidKey(dynamic potentialKey)?}) => Set<E>._custom(equals, hashCode, isValidKey) as HashSet<E>;
  factory HashSet.identity() = _LinkedSet<E>.identity;
  factory HashSet.from(Iterable<dynamic> elements) => Set<E>.from(elements) as HashSet<E>;
  factory HashSet.of(Iterable<E> elements) => _LinkedSet<E>()..addAll(elements);
}

abstract mixin class MapBase<K, V> implements Map<K, V> {
  void forEach(void action(K key, V value)) {
    for (final k in keys) action(k, this[k] as V);
  }
  void addAll(Map<K, V> other) => other.forEach((k, v) { this[k] = v; });
  void _spreadAll(Map<dynamic, dynamic> other) => other.forEach((k, v) { this[k as K] = v as V; });
  bool containsKey(Object? key) {
    for (final k in keys) { if (k == key) return true; }
    return false;
  }
  bool containsValue(Object? value) {
    for (final k in keys) { if (this[k] == value) return true; }
    return false;
  }
  V putIfAbsent(K key, V ifAbsent()) {
    if (containsKey(key)) return this[key] as V;
    final v = ifAbsent();
    this[key] = v;
    return v;
  }
  V update(K key, V update(V value), {V ifAbsent()?}) {
    if (containsKey(key)) return this[key] = update(this[key] as V);
    if (ifAbsent != null) return this[key] = ifAbsent();
    throw ArgumentError.value(key, 'key', 'Key not in map.');
  }
  void updateAll(V update(K key, V value)) {
    for (final k in keys) this[k] = update(k, this[k] as V);
  }
  Iterable<MapEntry<K, V>> get entries => keys.map((K k) => MapEntry<K, V>(k, this[k] as V));
  Iterable<V> get values => keys.map((K k) => this[k] as V);
  Map<K2, V2> map<K2, V2>(MapEntry<K2, V2> convert(K key, V value)) {
    final r = _LinkedMap<K2, V2>();
    forEach((k, v) {
      final e = convert(k, v);
      r[e.key] = e.value;
    });
    return r;
  }
  void addEntries(Iterable<MapEntry<K, V>> newEntries) {
    for (final e in newEntries) this[e.key] = e.value;
  }
  void removeWhere(bool test(K key, V value)) {
    // The test sees the map as it was.
    final removed = <K>[for (final k in keys) if (test(k, this[k] as V)) k];
    for (final k in removed) remove(k);
  }
  void clear() {
    for (final k in keys.toList()) remove(k);
  }
  int get length => keys.length;
  bool get isEmpty => length == 0;
  bool get isNotEmpty => length != 0;
  Map<RK, RV> cast<RK, RV>() => _CastMap<K, V, RK, RV>(this);
  String toString() => _mapToString(this);
  static String mapToString(Map<Object?, Object?> m) => _mapToString(m);
}

String _mapToString(Map<Object?, Object?> m) {
  if (_isPrinting(m)) return '{...}';
  _printing.add(m);
  try {
    final b = StringBuffer('{');
    bool first = true;
    m.forEach((k, v) {
      if (!first) b.write(', ');
      first = false;
      b.write(k);
      b.write(': ');
      b.write(v);
    });
    b.write('}');
    return b.toString();
  } finally {
    _printing.removeLast();
  }
}

// Entries in the order of insertion, found by open addressing.
final class _HashBase {
  WasmI32Array _index = WasmI32Array(16);
  WasmArray<Object?> _keys = WasmArray<Object?>(8);
  WasmArray<Object?> _values = WasmArray<Object?>(8);
  WasmI32Array _hashes = WasmI32Array(8);
  int _used = 0;
  int _count = 0;
  int _changes = 0;
  final bool _isIdentity;
  final bool Function(Object?, Object?)? _equals;
  final int Function(Object?)? _hash;
  _HashBase(this._isIdentity, [this._equals, this._hash]);
  int _hashOf(Object? key) {
    final h = _isIdentity ? _identityHashCode(key) : _hash != null ? _hash!(key) : _hashCodeOf(key);
    return (h ^ _shr(h, 16)) * 0x9e3779b1 & 0x3fffffff;
  }
  bool _same(Object? a, Object? b) => _isIdentity ? identical(a, b) : _equals != null ? _equals!(a, b) : a == b;
  int find(Object? key) {
    if (_count == 0) return -1;
    final h = _hashOf(key);
    final mask = _index.length - 1;
    int i = _shr(h, 3) & mask;
    while (true) {
      final e = _index[i];
      if (e == 0) return -1;
      if (_hashes[e - 1] == h && _same(_keys[e - 1], key)) return e - 1;
      i = (i + 1) & mask;
    }
  }
  // The entry of a key, a new one where there is none.
  int put(Object? key) {
    final h = _hashOf(key);
    int mask = _index.length - 1;
    int i = _shr(h, 3) & mask;
    while (true) {
      final e = _index[i];
      if (e == 0) break;
      if (_hashes[e - 1] == h && _same(_keys[e - 1], key)) return e - 1;
      i = (i + 1) & mask;
    }
    if (_used == _keys.length) {
      _rehash();
      mask = _index.length - 1;
      i = _shr(h, 3) & mask;
      while (_index[i] != 0) i = (i + 1) & mask;
    }
    final n = _used++;
    _index[i] = n + 1;
    _keys[n] = key;
    _hashes[n] = h;
    _count++;
    _changes++;
    return n;
  }
  void _rehash() {
    final size = _count * 2 < 8 ? 8 : _count * 2;
    final keys = WasmArray<Object?>(size), values = WasmArray<Object?>(size);
    final hashes = WasmI32Array(size);
    int slots = 16;
    while (slots < size * 2) slots = slots * 2;
    final index = WasmI32Array(slots);
    int n = 0;
    for (int k = 0; k < _used; k++) {
      if (identical(_keys[k], _absent)) continue;
      keys[n] = _keys[k];
      values[n] = _values[k];
      final h = _hashes[k];
      hashes[n] = h;
      int i = _shr(h, 3) & (slots - 1);
      while (index[i] != 0) i = (i + 1) & (slots - 1);
      index[i] = ++n;
    }
    _keys = keys;
    _values = values;
    _hashes = hashes;
    _index = index;
    _used = n;
  }
  bool remove(Object? key) {
    final e = find(key);
    if (e < 0) return false;
    _keys[e] = _absent;
    _values[e] = null;
    _hashes[e] = -1;
    _count--;
    _changes++;
    if (_count == 0) clear();
    return true;
  }
  void clear() {
    _index = WasmI32Array(16);
    _keys = WasmArray<Object?>(8);
    _values = WasmArray<Object?>(8);
    _hashes = WasmI32Array(8);
    _used = 0;
    _count = 0;
    _changes++;
  }
}

final class _LinkedMap<K, V> extends MapBase<K, V> implements LinkedHashMap<K, V>, HashMap<K, V> {
  final _HashBase _h;
  _LinkedMap() : _h = _HashBase(false);
  _LinkedMap.identity() : _h = _HashBase(true);
  _LinkedMap.custom(bool equals(Object? a, Object? b)?, int hash(Object? a)?) : _h = _HashBase(false, equals, hash);
  V? operator [](Object? key) {
    final e = _h.find(key);
    return e < 0 ? null : _unsafeCast<V?>(_h._values[e]);
  }
  void operator []=(K key, V value) {
    final e = _h.put(key);
    _h._values[e] = value;
  }
  bool containsKey(Object? key) => _h.find(key) >= 0;
  bool containsValue(Object? value) {
    for (final v in values) { if (v == value) return true; }
    return false;
  }
  V? remove(Object? key) {
    final e = _h.find(key);
    if (e < 0) return null;
    final v = _h._values[e];
    _h.remove(key);
    return _unsafeCast<V?>(v);
  }
  void clear() => _h.clear();
  int get length => _h._count;
  void forEach(void action(K key, V value)) {
    final c = _h._changes;
    for (int i = 0; i < _h._used; i++) {
      if (identical(_h._keys[i], _absent)) continue;
      action(_unsafeCast<K>(_h._keys[i]), _unsafeCast<V>(_h._values[i]));
      if (_h._changes != c) throw ConcurrentModificationError(this);
    }
  }
  Iterable<K> get keys => _HashKeys<K>(_h, this);
  Iterable<V> get values => _HashValues<V>(_h, this);
}

class _HashKeys<K> extends Iterable<K> {
  final _HashBase _h;
  final Object _owner;
  _HashKeys(this._h, this._owner);
  Iterator<K> get iterator => _HashIterator<K>(_h, true, _owner);
  int get length => _h._count;
  bool get isEmpty => _h._count == 0;
  bool contains(Object? e) => _h.find(e) >= 0;
}
class _HashValues<V> extends Iterable<V> {
  final _HashBase _h;
  final Object _owner;
  _HashValues(this._h, this._owner);
  Iterator<V> get iterator => _HashIterator<V>(_h, false, _owner);
  int get length => _h._count;
  bool get isEmpty => _h._count == 0;
}
final class _HashIterator<E> implements Iterator<E> {
  final _HashBase _h;
  final bool _isKeys;
  final Object _owner;
  final int _expected;
  int _i = 0;
  Object? _current;
  _HashIterator(this._h, this._isKeys, this._owner) : _expected = _h._changes;
  bool moveNext() {
    if (_h._changes != _expected) throw ConcurrentModificationError(_owner);
    while (_i < _h._used) {
      final k = _h._keys[_i];
      if (!identical(k, _absent)) {
        _current = _isKeys ? k : _h._values[_i];
        _i++;
        return true;
      }
      _i++;
    }
    _current = null;
    return false;
  }
  E get current => _unsafeCast<E>(_current);
}

final class _ConstMap<K, V> extends MapBase<K, V> {
  final WasmArray<Object?> _keys;
  final WasmArray<Object?> _values;
  _HashBase? _h;
  _ConstMap(this._keys, this._values);
  _HashBase get _table {
    final t = _h;
    if (t != null) return t;
    final n = _HashBase(false);
    for (int i = 0; i < _keys.length; i++) {
      // A new entry may move all values elsewhere.
      final e = n.put(_keys[i]);
      n._values[e] = _values[i];
    }
    _h = n;
    return n;
  }
  V? operator [](Object? key) {
    final t = _table;
    final e = t.find(key);
    return e < 0 ? null : _unsafeCast<V?>(t._values[e]);
  }
  bool containsKey(Object? key) => _table.find(key) >= 0;
  int get length => _keys.length;
  Iterable<K> get keys => _HashKeys<K>(_table, this);
  Iterable<V> get values => _HashValues<V>(_table, this);
  void operator []=(K key, V value) => throw UnsupportedError('Cannot modify unmodifiable map');
  V? remove(Object? key) => throw UnsupportedError('Cannot modify unmodifiable map');
  void clear() => throw UnsupportedError('Cannot modify unmodifiable map');
  V putIfAbsent(K key, V ifAbsent()) => throw UnsupportedError('Cannot modify unmodifiable map');
  V update(K key, V update(V value), {V ifAbsent()?}) => throw UnsupportedError('Cannot modify unmodifiable map');
  void updateAll(V update(K key, V value)) => throw UnsupportedError('Cannot modify unmodifiable map');
  void removeWhere(bool test(K key, V value)) => throw UnsupportedError('Cannot modify unmodifiable map');
  void addAll(Map<K, V> other) => throw UnsupportedError('Cannot modify unmodifiable map');
  void addEntries(Iterable<MapEntry<K, V>> entries) => throw UnsupportedError('Cannot modify unmodifiable map');
}
