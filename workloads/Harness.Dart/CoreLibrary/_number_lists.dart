// Lists of double and int without boxes, which the lowering makes objects of in the place of List's own where generic code is specialised.
library dart._number_lists;

import 'dart:_internal';

external bool _ult(int a, int b);
external bool _boundsChecked();

// The text is read once for each row, with its words in the place of the names.
//: $Kind  | $E     | $Array
//: Double | double | WasmF64Array
//: Int    | int    | WasmI64Array
abstract class _$KindList extends ListBase<$E> {
  $Array _numbers;
  int _length;
  _$KindList(this._numbers, this._length);
  factory _$KindList.filled(int length, $E fill, {bool growable = false}) {
    if (length < 0) throw RangeError.range(length, 0, null, 'length');
    final data = $Array(length);
    data.fill(0, fill, length);
    return _make$KindList(data, length, growable);
  }
  factory _$KindList.empty({bool growable = false}) => _make$KindList($Array(0), 0, growable);
  factory _$KindList.generate(int length, $E generator(int index), {bool growable = true}) {
    if (length < 0) throw RangeError.range(length, 0, null, 'length');
    final data = $Array(length);
    for (int i = 0; i < length; i++) data[i] = generator(i);
    return _make$KindList(data, length, growable);
  }
  factory _$KindList.from(Iterable elements, {bool growable = true}) {
    final list = _Growable$KindList._($Array(8), 0);
    for (final e in elements) list.add(e as $E);
    return growable ? list : _Fixed$KindList._(list._numbers, list._length);
  }
  factory _$KindList.of(Iterable<$E> elements, {bool growable = true}) {
    if (elements is _$KindList) return elements._copy(0, elements._length, growable);
    final list = _Growable$KindList._($Array(8), 0);
    for (final e in elements) list.add(e);
    return growable ? list : _Fixed$KindList._(list._numbers, list._length);
  }
  _$KindList _copy(int start, int end, bool growable) {
    final data = $Array(end - start);
    data.copy(0, _numbers, start, end - start);
    return _make$KindList(data, end - start, growable);
  }
  int get length => _length;
  $E operator [](int index) {
    if (_boundsChecked() && !_ult(index, _length)) throw IndexError.withLength(index, _length, indexable: this, name: 'index');
    return _numbers[index];
  }
  void operator []=(int index, covariant $E value) {
    if (_boundsChecked() && !_ult(index, _length)) throw IndexError.withLength(index, _length, indexable: this, name: 'index');
    _numbers[index] = value;
  }
  Iterator<$E> get iterator => _$KindIterator(this);
  List<$E> toList({bool growable = true}) => _copy(0, _length, growable);
  List<$E> sublist(int start, [int? end]) => _copy(start, RangeError.checkValidRange(start, end, _length), true);
  void sort([int compare($E a, $E b)?]) {
    final n = _length;
    if (n < 2) return;
    final other = $Array(n);
    if (compare == null) _sort$Kinds(_numbers, other, 0, n);
    else {
      // Comparisons may look at the list, which is as it was until all are done.
      final data = $Array(n);
      data.copy(0, _numbers, 0, n);
      _sort$KindsBy(data, other, 0, n, compare);
      for (int i = 0; i < n; i++) this[i] = data[i];
    }
  }
}

_$KindList _make$KindList($Array data, int length, bool growable) => growable ? _Growable$KindList._(data, length) : _Fixed$KindList._(data, length);

final class _$KindIterator implements Iterator<$E> {
  final _$KindList _list;
  final int _length;
  int _index = 0;
  $E _current = 0;
  _$KindIterator(this._list) : _length = _list._length;
  bool moveNext() {
    if (_list._length != _length) throw ConcurrentModificationError(_list);
    if (_index >= _length) return false;
    _current = _list._numbers[_index++];
    return true;
  }
  $E get current => _current;
}

final class _Growable$KindList extends _$KindList {
  _Growable$KindList._(super._numbers, super._length);
  void add(covariant $E value) {
    final n = _length;
    if (n == _numbers.length) _grow(n + 1);
    _numbers[n] = value;
    _length = n + 1;
  }
  void _grow(int needed) {
    int size = _numbers.length * 2;
    if (size < needed) size = needed;
    if (size < 8) size = 8;
    final data = $Array(size);
    data.copy(0, _numbers, 0, _length);
    _numbers = data;
  }
  set length(int n) {
    if (n < 0) throw RangeError.range(n, 0, null, 'length');
    if (n > _length) throw TypeError._('A list of a non-nullable type can not be extended');
    _length = n;
  }
  $E removeLast() {
    if (_length == 0) throw IndexError.withLength(-1, 0, indexable: this, name: 'index');
    return _numbers[--_length];
  }
  $E removeAt(int index) {
    final r = this[index];
    _numbers.copy(index, _numbers, index + 1, _length - index - 1);
    _length--;
    return r;
  }
  void insert(int index, covariant $E element) {
    if (index < 0 || index > _length) throw RangeError.range(index, 0, length, 'index');
    if (_length == _numbers.length) _grow(_length + 1);
    _numbers.copy(index + 1, _numbers, index, _length - index);
    _numbers[index] = element;
    _length++;
  }
  void clear() {
    _numbers = $Array(0);
    _length = 0;
  }
}

final class _Fixed$KindList extends _$KindList {
  _Fixed$KindList._(super._numbers, super._length);
  set length(int n) => throw UnsupportedError('Cannot change the length of a fixed-length list');
  void add(covariant $E value) => throw UnsupportedError('Cannot add to a fixed-length list');
  $E removeLast() => throw UnsupportedError('Cannot remove from a fixed-length list');
  $E removeAt(int index) => throw UnsupportedError('Cannot remove from a fixed-length list');
  bool remove(Object? element) => throw UnsupportedError('Cannot remove from a fixed-length list');
  void clear() => throw UnsupportedError('Cannot clear a fixed-length list');
  void insert(int index, covariant $E element) => throw UnsupportedError('Cannot add to a fixed-length list');
  void addAll(Iterable<$E> iterable) => throw UnsupportedError('Cannot add to a fixed-length list');
  void insertAll(int index, Iterable<$E> iterable) => throw UnsupportedError('Cannot add to a fixed-length list');
  void removeRange(int start, int end) => throw UnsupportedError('Cannot remove from a fixed-length list');
  void removeWhere(bool test($E element)) => throw UnsupportedError('Cannot remove from a fixed-length list');
  void retainWhere(bool test($E element)) => throw UnsupportedError('Cannot remove from a fixed-length list');
  void replaceRange(int start, int end, Iterable<$E> newContents) => throw UnsupportedError('Cannot remove from a fixed-length list');
}

// Merge sorts, as lists of other types are sorted by.
void _sort$Kinds($Array a, $Array b, int from, int to) {
  if (to - from < 12) {
    for (int i = from + 1; i < to; i++) {
      final x = a[i];
      int j = i - 1;
      while (j >= from && a[j].compareTo(x) > 0) {
        a[j + 1] = a[j];
        j--;
      }
      a[j + 1] = x;
    }
    return;
  }
  final mid = (from + to) >> 1;
  _sort$Kinds(a, b, from, mid);
  _sort$Kinds(a, b, mid, to);
  int i = from, j = mid, k = from;
  while (i < mid && j < to) b[k++] = a[i].compareTo(a[j]) <= 0 ? a[i++] : a[j++];
  while (i < mid) b[k++] = a[i++];
  while (j < to) b[k++] = a[j++];
  a.copy(from, b, from, to - from);
}

void _sort$KindsBy($Array a, $Array b, int from, int to, int f($E x, $E y)) {
  if (to - from < 12) {
    for (int i = from + 1; i < to; i++) {
      final x = a[i];
      int j = i - 1;
      while (j >= from && f(a[j], x) > 0) {
        a[j + 1] = a[j];
        j--;
      }
      a[j + 1] = x;
    }
    return;
  }
  final mid = (from + to) >> 1;
  _sort$KindsBy(a, b, from, mid, f);
  _sort$KindsBy(a, b, mid, to, f);
  int i = from, j = mid, k = from;
  while (i < mid && j < to) b[k++] = f(a[i], a[j]) <= 0 ? a[i++] : a[j++];
  while (i < mid) b[k++] = a[i++];
  while (j < to) b[k++] = a[j++];
  a.copy(from, b, from, to - from);
}
//: end
