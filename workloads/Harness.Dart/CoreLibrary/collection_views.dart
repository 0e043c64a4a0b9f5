part of 'collection.dart';

/// A list over another that cannot be changed through it.
class UnmodifiableListView<E> extends ListBase<E> {
  final Iterable<E> _source;
  UnmodifiableListView(Iterable<E> source) : _source = source;
  int get length => _source.length;
  E operator [](int index) => _source.elementAt(index);
  Iterator<E> get iterator => _source.iterator;
  List<R> cast<R>() => UnmodifiableListView<R>(_source.cast<R>());

  Never _refuse() => throw UnsupportedError('Cannot modify an unmodifiable list');
  void operator []=(int index, E value) => _refuse();
  set length(int value) => _refuse();
  set first(E value) => _refuse();
  set last(E value) => _refuse();
  void add(E value) => _refuse();
  void addAll(Iterable<E> iterable) => _refuse();
  void setAll(int index, Iterable<E> iterable) => _refuse();
  void insert(int index, E element) => _refuse();
  void insertAll(int index, Iterable<E> iterable) => _refuse();
  bool remove(Object? element) => _refuse();
  void removeWhere(bool test(E element)) => _refuse();
  void retainWhere(bool test(E element)) => _refuse();
  void sort([int compare(E a, E b)?]) => _refuse();
  void shuffle([Random? random]) => _refuse();
  void clear() => _refuse();
  E removeAt(int index) => _refuse();
  E removeLast() => _refuse();
  void setRange(int start, int end, Iterable<E> iterable, [int skipCount = 0]) => _refuse();
  void removeRange(int start, int end) => _refuse();
  void replaceRange(int start, int end, Iterable<E> newContents) => _refuse();
  void fillRange(int start, int end, [E? fill]) => _refuse();
}

/// A map that is another.
class MapView<K, V> implements Map<K, V> {
  final Map<K, V> _map;
  const MapView(Map<K, V> map) : _map = map;
  Map<RK, RV> cast<RK, RV>() => _map.cast<RK, RV>();
  V? operator [](Object? key) => _map[key];
  void operator []=(K key, V value) { _map[key] = value; }
  void addAll(Map<K, V> other) => _map.addAll(other);
  void clear() => _map.clear();
  V putIfAbsent(K key, V ifAbsent()) => _map.putIfAbsent(key, ifAbsent);
  bool containsKey(Object? key) => _map.containsKey(key);
  bool containsValue(Object? value) => _map.containsValue(value);
  void forEach(void action(K key, V value)) => _map.forEach(action);
  bool get isEmpty => _map.isEmpty;
  bool get isNotEmpty => _map.isNotEmpty;
  int get length => _map.length;
  Iterable<K> get keys => _map.keys;
  V? remove(Object? key) => _map.remove(key);
  Iterable<V> get values => _map.values;
  Iterable<MapEntry<K, V>> get entries => _map.entries;
  void addEntries(Iterable<MapEntry<K, V>> entries) => _map.addEntries(entries);
  Map<K2, V2> map<K2, V2>(MapEntry<K2, V2> transform(K key, V value)) => _map.map<K2, V2>(transform);
  V update(K key, V update(V value), {V ifAbsent()?}) => _map.update(key, update, ifAbsent: ifAbsent);
  void updateAll(V update(K key, V value)) => _map.updateAll(update);
  void removeWhere(bool test(K key, V value)) => _map.removeWhere(test);
  String toString() => _map.toString();
}

Never _refuseMap() => throw UnsupportedError('Cannot modify unmodifiable map');

class UnmodifiableMapView<K, V> extends MapView<K, V> {
  const UnmodifiableMapView(super.map);
  Map<RK, RV> cast<RK, RV>() => UnmodifiableMapView<RK, RV>(_map.cast<RK, RV>());
  void operator []=(K key, V value) => _refuseMap();
  void addAll(Map<K, V> other) => _refuseMap();
  void addEntries(Iterable<MapEntry<K, V>> entries) => _refuseMap();
  void clear() => _refuseMap();
  V? remove(Object? key) => _refuseMap();
  void removeWhere(bool test(K key, V value)) => _refuseMap();
  V putIfAbsent(K key, V ifAbsent()) => _refuseMap();
  V update(K key, V update(V value), {V ifAbsent()?}) => _refuseMap();
  void updateAll(V update(K key, V value)) => _refuseMap();
}

abstract class UnmodifiableMapBase<K, V> extends MapBase<K, V> {
  void operator []=(K key, V value) => _refuseMap();
  void addAll(Map<K, V> other) => _refuseMap();
  void addEntries(Iterable<MapEntry<K, V>> entries) => _refuseMap();
  void clear() => _refuseMap();
  V? remove(Object? key) => _refuseMap();
  void removeWhere(bool test(K key, V value)) => _refuseMap();
  V putIfAbsent(K key, V ifAbsent()) => _refuseMap();
  V update(K key, V update(V value), {V ifAbsent()?}) => _refuseMap();
  void updateAll(V update(K key, V value)) => _refuseMap();
}

/// A set that is another and cannot be changed through it.
class UnmodifiableSetView<E> extends SetBase<E> {
  final Set<E> _source;
  UnmodifiableSetView(Set<E> source) : _source = source;
  bool contains(Object? element) => _source.contains(element);
  E? lookup(Object? element) => _source.lookup(element);
  int get length => _source.length;
  Iterator<E> get iterator => _source.iterator;
  Set<E> toSet() => _source.toSet();
  Never _refuse() => throw UnsupportedError('Cannot change an unmodifiable set');
  bool add(E value) => _refuse();
  void addAll(Iterable<E> elements) => _refuse();
  void clear() => _refuse();
  bool remove(Object? value) => _refuse();
  void removeAll(Iterable<Object?> elements) => _refuse();
  void retainAll(Iterable<Object?> elements) => _refuse();
  void removeWhere(bool test(E element)) => _refuse();
  void retainWhere(bool test(E element)) => _refuse();
}

/// The members of a set that follow from its iterator and a few others.
mixin SetMixin<E> implements Set<E> {
  Iterable<E> get _all => _Elements<E>(this);
  bool get isEmpty => length == 0;
  bool get isNotEmpty => length != 0;
  Set<R> cast<R>() => Set<R>.from(this);
  Iterable<E> followedBy(Iterable<E> other) => _all.followedBy(other);
  Iterable<T> whereType<T>() => _all.whereType<T>();
  void clear() => removeAll(toList());
  void addAll(Iterable<E> elements) {
    for (final e in elements) add(e);
  }
  void removeAll(Iterable<Object?> elements) {
    for (final e in elements) remove(e);
  }
  void retainAll(Iterable<Object?> elements) {
    final removed = toSet();
    for (final e in elements) removed.remove(e);
    removeAll(removed);
  }
  void removeWhere(bool test(E element)) => removeAll([for (final e in this) if (test(e)) e]);
  void retainWhere(bool test(E element)) => removeAll([for (final e in this) if (!test(e)) e]);
  bool containsAll(Iterable<Object?> other) => other.every((e) => contains(e));
  Set<E> union(Set<E> other) => toSet()..addAll(other);
  Set<E> intersection(Set<Object?> other) {
    final result = toSet();
    for (final e in this) if (!other.contains(e)) result.remove(e);
    return result;
  }
  Set<E> difference(Set<Object?> other) {
    final result = toSet();
    for (final e in this) if (other.contains(e)) result.remove(e);
    return result;
  }
  List<E> toList({bool growable = true}) => _all.toList(growable: growable);
  Iterable<T> map<T>(T f(E element)) => _all.map<T>(f);
  E get single => _all.single;
  String toString() => Iterable.iterableToFullString(this, '{', '}');
  Iterable<E> where(bool f(E element)) => _all.where(f);
  Iterable<T> expand<T>(Iterable<T> f(E element)) => _all.expand<T>(f);
  void forEach(void f(E element)) => _all.forEach(f);
  E reduce(E combine(E value, E element)) => _all.reduce(combine);
  T fold<T>(T initialValue, T combine(T previousValue, E element)) => _all.fold<T>(initialValue, combine);
  bool every(bool f(E element)) => _all.every(f);
  String join([String separator = ""]) => _all.join(separator);
  bool any(bool test(E element)) => _all.any(test);
  Iterable<E> take(int n) => _all.take(n);
  Iterable<E> takeWhile(bool test(E value)) => _all.takeWhile(test);
  Iterable<E> skip(int n) => _all.skip(n);
  Iterable<E> skipWhile(bool test(E value)) => _all.skipWhile(test);
  E get first => _all.first;
  E get last => _all.last;
  E firstWhere(bool test(E value), {E orElse()?}) => _all.firstWhere(test, orElse: orElse);
  E lastWhere(bool test(E value), {E orElse()?}) => _all.lastWhere(test, orElse: orElse);
  E singleWhere(bool test(E value), {E orElse()?}) => _all.singleWhere(test, orElse: orElse);
  E elementAt(int index) => _all.elementAt(index);
}

class _Elements<E> extends Iterable<E> {
  final Set<E> _set;
  _Elements(this._set);
  Iterator<E> get iterator => _set.iterator;
}
