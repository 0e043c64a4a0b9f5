part of 'core.dart';

// The lists that there are: growable ones, those of fixed length, and constant ones; and their iterators.

final class _ListIterator<E> implements Iterator<E> {
  final List<E> _list;
  final int _length;
  int _index = 0;
  E? _current;
  _ListIterator(this._list) : _length = _list.length;
  bool moveNext() {
    final n = _list.length;
    if (n != _length) throw ConcurrentModificationError(_list);
    if (_index >= n) {
      _current = null;
      return false;
    }
    _current = _list[_index++];
    return true;
  }
  E get current => _unsafeCast<E>(_current);
}

abstract class _ArrayList<E> extends ListBase<E> {
  WasmArray<Object?> _data;
  int _length;
  _ArrayList(this._data, this._length);
  int get length => _length;
  E operator [](int index) {
    if (_boundsChecked() && !_ult(index, _length)) throw IndexError.withLength(index, _length, indexable: this, name: 'index');
    return _unsafeCast<E>(_data[index]);
  }
  Iterator<E> get iterator => _ArrayIterator<E>(this);
}

final class _ArrayIterator<E> implements Iterator<E> {
  final _ArrayList<E> _list;
  final int _length;
  int _index = 0;
  E? _current;
  _ArrayIterator(this._list) : _length = _list._length;
  bool moveNext() {
    if (_list._length != _length) throw ConcurrentModificationError(_list);
    if (_index >= _length) {
      _current = null;
      return false;
    }
    _current = _unsafeCast<E?>(_list._data[_index++]);
    return true;
  }
  E get current => _unsafeCast<E>(_current);
}

final class _GrowableList<E> extends _ArrayList<E> {
  _GrowableList._(super.data, super.length);
  void operator []=(int index, E value) {
    if (_boundsChecked() && !_ult(index, _length)) throw IndexError.withLength(index, _length, indexable: this, name: 'index');
    _data[index] = value;
  }
  void add(E value) {
    final n = _length;
    if (n == _data.length) _grow(n + 1);
    _data[n] = value;
    _length = n + 1;
  }
  void _grow(int needed) {
    int size = _data.length * 2;
    if (size < needed) size = needed;
    if (size < 8) size = 8;
    final d = WasmArray<Object?>(size);
    d.copy(0, _data, 0, _length);
    _data = d;
  }
  set length(int n) {
    if (n < 0) throw RangeError.range(n, 0, null, 'length');
    if (n > _length) {
      if (null is! E) throw TypeError._('A list of a non-nullable type can not be extended');
      if (n > _data.length) _grow(n);
    }
    for (int i = n; i < _length; i++) _data[i] = null;
    _length = n;
  }
  E removeLast() {
    if (_length == 0) throw IndexError.withLength(-1, 0, indexable: this, name: 'index');
    final r = _data[_length - 1];
    _data[--_length] = null;
    return _unsafeCast<E>(r);
  }
  E removeAt(int index) {
    final r = this[index];
    _data.copy(index, _data, index + 1, _length - index - 1);
    _data[--_length] = null;
    return r;
  }
  void insert(int index, E element) {
    if (index < 0 || index > _length) throw RangeError.range(index, 0, length, 'index');
    if (_length == _data.length) _grow(_length + 1);
    _data.copy(index + 1, _data, index, _length - index);
    _data[index] = element;
    _length++;
  }
  void clear() {
    _data = WasmArray<Object?>(0);
    _length = 0;
  }
}

final class _FixedList<E> extends _ArrayList<E> {
  _FixedList._(super.data, super.length);
  void operator []=(int index, E value) {
    if (_boundsChecked() && !_ult(index, _length)) throw IndexError.withLength(index, _length, indexable: this, name: 'index');
    _data[index] = value;
  }
  set length(int n) => throw UnsupportedError('Cannot change the length of a fixed-length list');
  void add(E value) => throw UnsupportedError('Cannot add to a fixed-length list');
  E removeLast() => throw UnsupportedError('Cannot remove from a fixed-length list');
  E removeAt(int index) => throw UnsupportedError('Cannot remove from a fixed-length list');
  void addAll(Iterable<E> iterable) => throw UnsupportedError('Cannot add to a fixed-length list');
  void insertAll(int index, Iterable<E> iterable) => throw UnsupportedError('Cannot add to a fixed-length list');
  void removeRange(int start, int end) => throw UnsupportedError('Cannot remove from a fixed-length list');
  void removeWhere(bool test(E element)) => throw UnsupportedError('Cannot remove from a fixed-length list');
  void retainWhere(bool test(E element)) => throw UnsupportedError('Cannot remove from a fixed-length list');
  void replaceRange(int start, int end, Iterable<E> newContents) => throw UnsupportedError('Cannot remove from a fixed-length list');
  bool remove(Object? element) => throw UnsupportedError('Cannot remove from a fixed-length list');
  void clear() => throw UnsupportedError('Cannot clear a fixed-length list');
  void insert(int index, E element) => throw UnsupportedError('Cannot add to a fixed-length list');
}

final class _ImmutableList<E> extends _ArrayList<E> {
  _ImmutableList._(super.data, super.length);
  void operator []=(int index, E value) => throw UnsupportedError('Cannot modify an unmodifiable list');
  set length(int n) => throw UnsupportedError('Cannot modify an unmodifiable list');
  void add(E value) => throw UnsupportedError('Cannot add to an unmodifiable list');
  void addAll(Iterable<E> iterable) => throw UnsupportedError('Cannot add to an unmodifiable list');
  E removeLast() => throw UnsupportedError('Cannot remove from an unmodifiable list');
  E removeAt(int index) => throw UnsupportedError('Cannot remove from an unmodifiable list');
  bool remove(Object? element) => throw UnsupportedError('Cannot remove from an unmodifiable list');
  void clear() => throw UnsupportedError('Cannot clear an unmodifiable list');
  void insert(int index, E element) => throw UnsupportedError('Cannot add to an unmodifiable list');
  void sort([int compare(E a, E b)?]) => throw UnsupportedError('Cannot modify an unmodifiable list');
  void shuffle([Random? random]) => throw UnsupportedError('Cannot modify an unmodifiable list');
  set first(E value) => throw UnsupportedError('Cannot modify an unmodifiable list');
  set last(E value) => throw UnsupportedError('Cannot modify an unmodifiable list');
  void insertAll(int index, Iterable<E> iterable) => throw UnsupportedError('Cannot add to an unmodifiable list');
  void setAll(int index, Iterable<E> iterable) => throw UnsupportedError('Cannot modify an unmodifiable list');
  void setRange(int start, int end, Iterable<E> iterable, [int skipCount = 0]) => throw UnsupportedError('Cannot modify an unmodifiable list');
  void fillRange(int start, int end, [E? fill]) => throw UnsupportedError('Cannot modify an unmodifiable list');
  void removeRange(int start, int end) => throw UnsupportedError('Cannot remove from an unmodifiable list');
  void removeWhere(bool test(E element)) => throw UnsupportedError('Cannot remove from an unmodifiable list');
  void retainWhere(bool test(E element)) => throw UnsupportedError('Cannot remove from an unmodifiable list');
  void replaceRange(int start, int end, Iterable<E> newContents) => throw UnsupportedError('Cannot remove from an unmodifiable list');
}
