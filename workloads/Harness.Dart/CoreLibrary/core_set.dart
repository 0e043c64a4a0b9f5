part of 'core.dart';

abstract interface class Set<E> implements Iterable<E> {
  factory Set() = _LinkedSet<E>;
  factory Set.identity() = _LinkedSet<E>.identity;
  factory Set.from(Iterable elements) {
    final r = _LinkedSet<E>();
    for (final e in elements) r.add(e as E);
    return r;
  }
  factory Set.of(Iterable<E> elements) => _LinkedSet<E>()..addAll(elements);
  factory Set.unmodifiable(Iterable<E> elements) {
    final unique = Set<E>.of(elements);
    final items = WasmArray<Object?>(unique.length);
    int i = 0;
    for (final e in unique) items[i++] = e;
    return _ConstSet<E>(items);
  }
  factory Set._custom(bool equals(E a, E b)?, int hash(E key)?, bool isValid(dynamic key)?) {
    if (equals == null && hash == null && isValid == null) return _LinkedSet<E>();
    if (equals == null && hash != null && identical(hash, identityHashCode)) return _LinkedSet<E>.identity();
    return _LinkedSet<E>.custom(_equality<E>(equals, isValid), _hashing<E>(hash, isValid));
  }
  static Set<T> castFrom<S, T>(Set<S> source, {Set<R> Function<R>()? newSet}) => _CastSet<S, T>(source);
  bool add(E value);
  void addAll(Iterable<E> elements);
  bool remove(Object? value);
  E? lookup(Object? object);
  void removeAll(Iterable<Object?> elements);
  void retainAll(Iterable<Object?> elements);
  void removeWhere(bool test(E element));
  void retainWhere(bool test(E element));
  bool containsAll(Iterable<Object?> other);
  Set<E> intersection(Set<Object?> other);
  Set<E> union(Set<E> other);
  Set<E> difference(Set<Object?> other);
  void clear();
  Set<R> cast<R>();
}

abstract class SetBase<E> extends Iterable<E> implements Set<E> {
  void addAll(Iterable<E> elements) { for (final e in elements) add(e); }
  void _spreadAll(Iterable<dynamic> elements) { for (final e in elements) add(e as E); }
  void removeAll(Iterable<Object?> elements) { for (final e in elements.toList()) remove(e); }
  void retainAll(Iterable<Object?> elements) {
    // This set tells elements apart, not the others.
    final removed = toSet();
    for (final e in elements) removed.remove(e);
    removeAll(removed);
  }
  void removeWhere(bool test(E element)) => removeAll(<E>[for (final e in this) if (test(e)) e]);
  void retainWhere(bool test(E element)) => removeAll(<E>[for (final e in this) if (!test(e)) e]);
  bool containsAll(Iterable<Object?> other) => other.every((e) => contains(e));
  Set<E> intersection(Set<Object?> other) => toSet()..removeWhere((e) => !other.contains(e));
  Set<E> union(Set<E> other) => toSet()..addAll(other);
  Set<E> difference(Set<Object?> other) => toSet()..removeWhere((e) => other.contains(e));
  void clear() { for (final e in toList()) remove(e); }
  Set<R> cast<R>() => _CastSet<E, R>(this);
  Set<E> toSet() => _LinkedSet<E>()..addAll(this);
  String toString() => _iterableToString(this, '{', '}');
  static String setToString(Set set) => _iterableToString(set, '{', '}');
}

final class _LinkedSet<E> extends SetBase<E> implements LinkedHashSet<E>, HashSet<E> {
  final _HashBase _h;
  _LinkedSet() : _h = _HashBase(false);
  _LinkedSet.identity() : _h = _HashBase(true);
  _LinkedSet.custom(bool equals(Object? a, Object? b)?, int hash(Object? a)?) : _h = _HashBase(false, equals, hash);
  // Elements of others are told apart as those of the other set are.
  _LinkedSet._like(_HashBase other) : _h = _HashBase(other._isIdentity, other._equals, other._hash);
  Set<E> toSet() => _LinkedSet<E>._like(_h)..addAll(this);
  bool add(E value) {
    final n = _h._count;
    _h.put(value);
    return _h._count != n;
  }
  bool contains(Object? value) => _h.find(value) >= 0;
  E? lookup(Object? value) {
    final e = _h.find(value);
    return e < 0 ? null : _unsafeCast<E?>(_h._keys[e]);
  }
  bool remove(Object? value) => _h.remove(value);
  void clear() => _h.clear();
  int get length => _h._count;
  bool get isEmpty => _h._count == 0;
  Iterator<E> get iterator => _HashIterator<E>(_h, true, this);
}

final class _ConstSet<E> extends SetBase<E> {
  final WasmArray<Object?> _items;
  _HashBase? _h;
  _ConstSet(this._items);
  _HashBase get _table {
    final t = _h;
    if (t != null) return t;
    final n = _HashBase(false);
    for (int i = 0; i < _items.length; i++) n.put(_items[i]);
    _h = n;
    return n;
  }
  bool contains(Object? value) => _table.find(value) >= 0;
  E? lookup(Object? value) {
    final e = _table.find(value);
    return e < 0 ? null : _unsafeCast<E?>(_items[e]);
  }
  int get length => _items.length;
  Iterator<E> get iterator => _HashIterator<E>(_table, true, this);
  bool add(E value) => throw UnsupportedError('Cannot change an unmodifiable set');
  bool remove(Object? value) => throw UnsupportedError('Cannot change an unmodifiable set');
  void addAll(Iterable<E> elements) => throw UnsupportedError('Cannot change an unmodifiable set');
  void removeAll(Iterable<Object?> elements) => throw UnsupportedError('Cannot change an unmodifiable set');
  void retainAll(Iterable<Object?> elements) => throw UnsupportedError('Cannot change an unmodifiable set');
  void removeWhere(bool test(E element)) => throw UnsupportedError('Cannot change an unmodifiable set');
  void retainWhere(bool test(E element)) => throw UnsupportedError('Cannot change an unmodifiable set');
  void clear() => throw UnsupportedError('Cannot change an unmodifiable set');
}
