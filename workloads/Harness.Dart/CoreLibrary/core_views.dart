part of 'core.dart';

// Iterables over positions, and views that show elements as another type.

/// What has a length and gives elements by their index.
abstract class _IndexedIterable<E> extends Iterable<E> {
  const _IndexedIterable();
  int get length;
  E elementAt(int index);
  Iterator<E> get iterator => _IndexedIterator<E>(this);
  bool get isEmpty => length == 0;
  E get first => length == 0 ? throw StateError('No element') : elementAt(0);
  E get last => length == 0 ? throw StateError('No element') : elementAt(length - 1);
  E get single => length == 0 ? throw StateError('No element') : length > 1 ? throw StateError('Too many elements') : elementAt(0);
}

final class _IndexedIterator<E> implements Iterator<E> {
  final _IndexedIterable<E> _source;
  final int _length;
  int _index = 0;
  E? _current;
  _IndexedIterator(this._source) : _length = _source.length;
  bool moveNext() {
    if (_source.length != _length) throw ConcurrentModificationError(_source);
    if (_index >= _length) {
      _current = null;
      return false;
    }
    _current = _source.elementAt(_index++);
    return true;
  }
  E get current => _current as E;
}

final class _GeneratedIterable<E> extends _IndexedIterable<E> {
  final int _start;
  final int length;
  final E Function(int) _generator;
  _GeneratedIterable(this.length, this._generator) : _start = 0;
  _GeneratedIterable._(this._start, this.length, this._generator);
  E elementAt(int index) {
    IndexError.check(index, length, indexable: this);
    return _generator(_start + index);
  }
  Iterable<E> skip(int count) {
    RangeError.checkNotNegative(count, 'count');
    if (count == 0) return this;
    return count >= length ? _EmptyIterable<E>() : _GeneratedIterable<E>._(_start + count, length - count, _generator);
  }
  Iterable<E> take(int count) {
    RangeError.checkNotNegative(count, 'count');
    if (count == 0) return _EmptyIterable<E>();
    return count >= length ? this : _GeneratedIterable<E>._(_start, count, _generator);
  }
}

final class _FactoryIterable<E> extends Iterable<E> {
  final Iterator<E> Function() _make;
  _FactoryIterable(this._make);
  Iterator<E> get iterator => _make();
}

/// A part of a list that follows its changes; an end of null is the list's.
final class _SubList<E> extends _IndexedIterable<E> {
  final List<E> _list;
  final int _start;
  final int? _end;
  _SubList(this._list, this._start, this._end);
  int get length {
    final n = _list.length, end = _end;
    final stop = end == null || end > n ? n : end;
    return stop > _start ? stop - _start : 0;
  }
  E elementAt(int index) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this, name: 'index');
    return _list[_start + index];
  }
  Iterable<E> skip(int count) {
    RangeError.checkNotNegative(count, 'count');
    final end = _end;
    return end != null && _start + count >= end ? _EmptyIterable<E>() : _SubList<E>(_list, _start + count, end);
  }
  Iterable<E> take(int count) {
    RangeError.checkNotNegative(count, 'count');
    final end = _end;
    return end != null && _start + count >= end ? this : _SubList<E>(_list, _start, _start + count);
  }
}

final class _ReversedList<E> extends _IndexedIterable<E> {
  final List<E> _list;
  _ReversedList(this._list);
  int get length => _list.length;
  E elementAt(int index) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this, name: 'index');
    return _list[length - 1 - index];
  }
}

/// A list's elements by their index, which cannot be changed through it.
final class _ListMap<E> extends MapBase<int, E> {
  final List<E> _list;
  _ListMap(this._list);
  E? operator [](Object? key) => containsKey(key) ? _list[key as int] : null;
  int get length => _list.length;
  Iterable<int> get keys => Iterable<int>.generate(_list.length);
  Iterable<E> get values => _SubList<E>(_list, 0, null);
  bool get isEmpty => _list.isEmpty;
  bool get isNotEmpty => _list.isNotEmpty;
  bool containsKey(Object? key) => key is int && key >= 0 && key < _list.length;
  bool containsValue(Object? value) => _list.contains(value);
  void forEach(void action(int key, E value)) {
    final n = _list.length;
    for (int i = 0; i < n; i++) {
      action(i, _list[i]);
      if (n != _list.length) throw ConcurrentModificationError(_list);
    }
  }
  Never _refuse() => throw UnsupportedError('Cannot modify unmodifiable map');
  void operator []=(int key, E value) => _refuse();
  E? remove(Object? key) => _refuse();
  void clear() => _refuse();
  E putIfAbsent(int key, E ifAbsent()) => _refuse();
  E update(int key, E update(E value), {E ifAbsent()?}) => _refuse();
  void updateAll(E update(int key, E value)) => _refuse();
  void removeWhere(bool test(int key, E value)) => _refuse();
  void addAll(Map<int, E> other) => _refuse();
  void addEntries(Iterable<MapEntry<int, E>> entries) => _refuse();
}

final class _CastIterable<S, T> extends Iterable<T> {
  final Iterable<S> _source;
  _CastIterable(this._source);
  Iterator<T> get iterator => _CastIterator<S, T>(_source.iterator);
  int get length => _source.length;
  bool get isEmpty => _source.isEmpty;
  T elementAt(int index) => _source.elementAt(index) as T;
  T get first => _source.first as T;
  T get last => _source.last as T;
  T get single => _source.single as T;
  bool contains(Object? other) => _source.contains(other);
  Iterable<R> cast<R>() => _CastIterable<S, R>(_source);
}

final class _CastIterator<S, T> implements Iterator<T> {
  final Iterator<S> _source;
  _CastIterator(this._source);
  bool moveNext() => _source.moveNext();
  T get current => _source.current as T;
}

/// A list with each element of another type, through which the other is changed.
final class _CastList<S, T> extends ListBase<T> {
  final List<S> _source;
  _CastList(this._source);
  int get length => _source.length;
  set length(int value) { _source.length = value; }
  Iterator<T> get iterator => _CastIterator<S, T>(_source.iterator);
  T operator [](int index) => _source[index] as T;
  void operator []=(int index, T value) { _source[index] = value as S; }
  void add(T value) => _source.add(value as S);
  void addAll(Iterable<T> iterable) => _source.addAll(_CastIterable<T, S>(iterable));
  void insert(int index, T element) => _source.insert(index, element as S);
  void insertAll(int index, Iterable<T> iterable) => _source.insertAll(index, _CastIterable<T, S>(iterable));
  void setAll(int index, Iterable<T> iterable) => _source.setAll(index, _CastIterable<T, S>(iterable));
  bool remove(Object? value) => _source.remove(value);
  T removeAt(int index) => _source.removeAt(index) as T;
  T removeLast() => _source.removeLast() as T;
  void removeWhere(bool test(T element)) => _source.removeWhere((S e) => test(e as T));
  void retainWhere(bool test(T element)) => _source.retainWhere((S e) => test(e as T));
  void removeRange(int start, int end) => _source.removeRange(start, end);
  void setRange(int start, int end, Iterable<T> iterable, [int skipCount = 0]) => _source.setRange(start, end, _CastIterable<T, S>(iterable), skipCount);
  void fillRange(int start, int end, [T? fill]) => _source.fillRange(start, end, fill as S);
  void clear() => _source.clear();
  List<R> cast<R>() => _CastList<S, R>(_source);
}

final class _CastSet<S, T> extends SetBase<T> {
  final Set<S> _source;
  _CastSet(this._source);
  Iterator<T> get iterator => _CastIterator<S, T>(_source.iterator);
  int get length => _source.length;
  bool contains(Object? element) => _source.contains(element);
  T? lookup(Object? element) => _source.lookup(element) as T?;
  bool add(T value) => _source.add(value as S);
  bool remove(Object? value) => _source.remove(value);
  void clear() => _source.clear();
  Set<R> cast<R>() => _CastSet<S, R>(_source);
  Set<T> toSet() => <T>{for (final e in _source) e as T};
}

final class _CastMap<SK, SV, K, V> extends MapBase<K, V> {
  final Map<SK, SV> _source;
  _CastMap(this._source);
  V? operator [](Object? key) => _source[key] as V?;
  void operator []=(K key, V value) { _source[key as SK] = value as SV; }
  bool containsKey(Object? key) => _source.containsKey(key);
  bool containsValue(Object? value) => _source.containsValue(value);
  V? remove(Object? key) => _source.remove(key) as V?;
  void clear() => _source.clear();
  int get length => _source.length;
  bool get isEmpty => _source.isEmpty;
  bool get isNotEmpty => _source.isNotEmpty;
  Iterable<K> get keys => _CastIterable<SK, K>(_source.keys);
  Iterable<V> get values => _CastIterable<SV, V>(_source.values);
  V putIfAbsent(K key, V ifAbsent()) => _source.putIfAbsent(key as SK, () => ifAbsent() as SV) as V;
  void forEach(void action(K key, V value)) => _source.forEach((SK key, SV value) => action(key as K, value as V));
  void removeWhere(bool test(K key, V value)) => _source.removeWhere((SK key, SV value) => test(key as K, value as V));
  Map<RK, RV> cast<RK, RV>() => _CastMap<SK, SV, RK, RV>(_source);
}

extension IterableExtensions<T> on Iterable<T> {
  Iterable<(int, T)> get indexed => _FactoryIterable<(int, T)>(() => _IndexedPairs<T>(iterator));
  T? get firstOrNull {
    final it = iterator;
    return it.moveNext() ? it.current : null;
  }
  T? get lastOrNull => isEmpty ? null : last;
  T? get singleOrNull {
    final it = iterator;
    if (!it.moveNext()) return null;
    final result = it.current;
    return it.moveNext() ? null : result;
  }
  T? elementAtOrNull(int index) {
    RangeError.checkNotNegative(index, 'index');
    for (final e in this) {
      if (index-- == 0) return e;
    }
    return null;
  }
}

final class _IndexedPairs<T> implements Iterator<(int, T)> {
  final Iterator<T> _source;
  int _index = -1;
  _IndexedPairs(this._source);
  bool moveNext() {
    _index++;
    return _source.moveNext();
  }
  (int, T) get current => (_index, _source.current);
}

extension NullableIterableExtensions<T extends Object> on Iterable<T?> {
  Iterable<T> get nonNulls => whereType<T>();
}
