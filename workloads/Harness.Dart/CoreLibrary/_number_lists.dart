// Lists of double and int without boxes, which the lowering makes objects of in the place of List's own where generic code is specialised.
library dart._number_lists;

import 'dart:_internal';

external bool _ult(int a, int b);
external bool _boundsChecked();

abstract class _DoubleList extends ListBase<double> {
  WasmF64Array _numbers;
  int _length;
  _DoubleList(this._numbers, this._length);
  factory _DoubleList.filled(int length, double fill, {bool growable = false}) {
    if (length < 0) throw RangeError.range(length, 0, null, 'length');
    final data = WasmF64Array(length);
    data.fill(0, fill, length);
    return _makeDoubleList(data, length, growable);
  }
  factory _DoubleList.empty({bool growable = false}) => _makeDoubleList(WasmF64Array(0), 0, growable);
  factory _DoubleList.generate(int length, double generator(int index), {bool growable = true}) {
    if (length < 0) throw RangeError.range(length, 0, null, 'length');
    final data = WasmF64Array(length);
    for (int i = 0; i < length; i++) data[i] = generator(i);
    return _makeDoubleList(data, length, growable);
  }
  factory _DoubleList.from(Iterable elements, {bool growable = true}) {
    final list = _GrowableDoubleList._(WasmF64Array(8), 0);
    for (final e in elements) list.add(e as double);
    return growable ? list : _FixedDoubleList._(list._numbers, list._length);
  }
  factory _DoubleList.of(Iterable<double> elements, {bool growable = true}) {
    if (elements is _DoubleList) return elements._copy(0, elements._length, growable);
    final list = _GrowableDoubleList._(WasmF64Array(8), 0);
    for (final e in elements) list.add(e);
    return growable ? list : _FixedDoubleList._(list._numbers, list._length);
  }
  _DoubleList _copy(int start, int end, bool growable) {
    final data = WasmF64Array(end - start);
    data.copy(0, _numbers, start, end - start);
    return _makeDoubleList(data, end - start, growable);
  }
  int get length => _length;
  double operator [](int index) {
    if (_boundsChecked() && !_ult(index, _length)) throw IndexError.withLength(index, _length, indexable: this);
    return _numbers[index];
  }
  void operator []=(int index, covariant double value) {
    if (_boundsChecked() && !_ult(index, _length)) throw IndexError.withLength(index, _length, indexable: this);
    _numbers[index] = value;
  }
  Iterator<double> get iterator => _DoubleIterator(this);
  List<double> toList({bool growable = true}) => _copy(0, _length, growable);
  List<double> sublist(int start, [int? end]) => _copy(start, RangeError.checkValidRange(start, end, _length), true);
  void sort([int compare(double a, double b)?]) {
    final n = _length;
    if (n < 2) return;
    final other = WasmF64Array(n);
    if (compare == null) _sortDoubles(_numbers, other, 0, n);
    else {
      // Comparisons may look at the list, which is as it was until all are done.
      final data = WasmF64Array(n);
      data.copy(0, _numbers, 0, n);
      _sortDoublesBy(data, other, 0, n, compare);
      for (int i = 0; i < n; i++) this[i] = data[i];
    }
  }
}

_DoubleList _makeDoubleList(WasmF64Array data, int length, bool growable) => growable ? _GrowableDoubleList._(data, length) : _FixedDoubleList._(data, length);

final class _DoubleIterator implements Iterator<double> {
  final _DoubleList _list;
  final int _length;
  int _index = 0;
  double _current = 0;
  _DoubleIterator(this._list) : _length = _list._length;
  bool moveNext() {
    if (_list._length != _length) throw ConcurrentModificationError(_list);
    if (_index >= _length) return false;
    _current = _list._numbers[_index++];
    return true;
  }
  double get current => _current;
}

final class _GrowableDoubleList extends _DoubleList {
  _GrowableDoubleList._(super._numbers, super._length);
  void add(covariant double value) {
    final n = _length;
    if (n == _numbers.length) _grow(n + 1);
    _numbers[n] = value;
    _length = n + 1;
  }
  void _grow(int needed) {
    int size = _numbers.length * 2;
    if (size < needed) size = needed;
    if (size < 8) size = 8;
    final data = WasmF64Array(size);
    data.copy(0, _numbers, 0, _length);
    _numbers = data;
  }
  set length(int n) {
    if (n < 0) throw RangeError.range(n, 0, null, 'length');
    if (n > _length) throw TypeError._('A list of a non-nullable type can not be extended');
    _length = n;
  }
  double removeLast() {
    if (_length == 0) throw IndexError.withLength(-1, 0, indexable: this);
    return _numbers[--_length];
  }
  double removeAt(int index) {
    final r = this[index];
    _numbers.copy(index, _numbers, index + 1, _length - index - 1);
    _length--;
    return r;
  }
  void insert(int index, covariant double element) {
    if (index < 0 || index > _length) throw RangeError.range(index, 0, length, 'index');
    if (_length == _numbers.length) _grow(_length + 1);
    _numbers.copy(index + 1, _numbers, index, _length - index);
    _numbers[index] = element;
    _length++;
  }
  void clear() {
    _numbers = WasmF64Array(0);
    _length = 0;
  }
}

final class _FixedDoubleList extends _DoubleList {
  _FixedDoubleList._(super._numbers, super._length);
  set length(int n) => throw UnsupportedError('Cannot change the length of a fixed-length list');
  void add(covariant double value) => throw UnsupportedError('Cannot add to a fixed-length list');
  double removeLast() => throw UnsupportedError('Cannot remove from a fixed-length list');
  double removeAt(int index) => throw UnsupportedError('Cannot remove from a fixed-length list');
  bool remove(Object? element) => throw UnsupportedError('Cannot remove from a fixed-length list');
  void clear() => throw UnsupportedError('Cannot clear a fixed-length list');
  void insert(int index, covariant double element) => throw UnsupportedError('Cannot add to a fixed-length list');
  void addAll(Iterable<double> iterable) => throw UnsupportedError('Cannot add to a fixed-length list');
  void insertAll(int index, Iterable<double> iterable) => throw UnsupportedError('Cannot add to a fixed-length list');
  void removeRange(int start, int end) => throw UnsupportedError('Cannot remove from a fixed-length list');
  void removeWhere(bool test(double element)) => throw UnsupportedError('Cannot remove from a fixed-length list');
  void retainWhere(bool test(double element)) => throw UnsupportedError('Cannot remove from a fixed-length list');
  void replaceRange(int start, int end, Iterable<double> newContents) => throw UnsupportedError('Cannot remove from a fixed-length list');
}

// Merge sorts, as lists of other types are sorted by.
void _sortDoubles(WasmF64Array a, WasmF64Array b, int from, int to) {
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
  _sortDoubles(a, b, from, mid);
  _sortDoubles(a, b, mid, to);
  int i = from, j = mid, k = from;
  while (i < mid && j < to) b[k++] = a[i].compareTo(a[j]) <= 0 ? a[i++] : a[j++];
  while (i < mid) b[k++] = a[i++];
  while (j < to) b[k++] = a[j++];
  a.copy(from, b, from, to - from);
}

void _sortDoublesBy(WasmF64Array a, WasmF64Array b, int from, int to, int f(double x, double y)) {
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
  _sortDoublesBy(a, b, from, mid, f);
  _sortDoublesBy(a, b, mid, to, f);
  int i = from, j = mid, k = from;
  while (i < mid && j < to) b[k++] = f(a[i], a[j]) <= 0 ? a[i++] : a[j++];
  while (i < mid) b[k++] = a[i++];
  while (j < to) b[k++] = a[j++];
  a.copy(from, b, from, to - from);
}

abstract class _IntList extends ListBase<int> {
  WasmI64Array _numbers;
  int _length;
  _IntList(this._numbers, this._length);
  factory _IntList.filled(int length, int fill, {bool growable = false}) {
    if (length < 0) throw RangeError.range(length, 0, null, 'length');
    final data = WasmI64Array(length);
    data.fill(0, fill, length);
    return _makeIntList(data, length, growable);
  }
  factory _IntList.empty({bool growable = false}) => _makeIntList(WasmI64Array(0), 0, growable);
  factory _IntList.generate(int length, int generator(int index), {bool growable = true}) {
    if (length < 0) throw RangeError.range(length, 0, null, 'length');
    final data = WasmI64Array(length);
    for (int i = 0; i < length; i++) data[i] = generator(i);
    return _makeIntList(data, length, growable);
  }
  factory _IntList.from(Iterable elements, {bool growable = true}) {
    final list = _GrowableIntList._(WasmI64Array(8), 0);
    for (final e in elements) list.add(e as int);
    return growable ? list : _FixedIntList._(list._numbers, list._length);
  }
  factory _IntList.of(Iterable<int> elements, {bool growable = true}) {
    if (elements is _IntList) return elements._copy(0, elements._length, growable);
    final list = _GrowableIntList._(WasmI64Array(8), 0);
    for (final e in elements) list.add(e);
    return growable ? list : _FixedIntList._(list._numbers, list._length);
  }
  _IntList _copy(int start, int end, bool growable) {
    final data = WasmI64Array(end - start);
    data.copy(0, _numbers, start, end - start);
    return _makeIntList(data, end - start, growable);
  }
  int get length => _length;
  int operator [](int index) {
    if (_boundsChecked() && !_ult(index, _length)) throw IndexError.withLength(index, _length, indexable: this);
    return _numbers[index];
  }
  void operator []=(int index, covariant int value) {
    if (_boundsChecked() && !_ult(index, _length)) throw IndexError.withLength(index, _length, indexable: this);
    _numbers[index] = value;
  }
  Iterator<int> get iterator => _IntIterator(this);
  List<int> toList({bool growable = true}) => _copy(0, _length, growable);
  List<int> sublist(int start, [int? end]) => _copy(start, RangeError.checkValidRange(start, end, _length), true);
  void sort([int compare(int a, int b)?]) {
    final n = _length;
    if (n < 2) return;
    final other = WasmI64Array(n);
    if (compare == null) _sortInts(_numbers, other, 0, n);
    else {
      // Comparisons may look at the list, which is as it was until all are done.
      final data = WasmI64Array(n);
      data.copy(0, _numbers, 0, n);
      _sortIntsBy(data, other, 0, n, compare);
      for (int i = 0; i < n; i++) this[i] = data[i];
    }
  }
}

_IntList _makeIntList(WasmI64Array data, int length, bool growable) => growable ? _GrowableIntList._(data, length) : _FixedIntList._(data, length);

final class _IntIterator implements Iterator<int> {
  final _IntList _list;
  final int _length;
  int _index = 0;
  int _current = 0;
  _IntIterator(this._list) : _length = _list._length;
  bool moveNext() {
    if (_list._length != _length) throw ConcurrentModificationError(_list);
    if (_index >= _length) return false;
    _current = _list._numbers[_index++];
    return true;
  }
  int get current => _current;
}

final class _GrowableIntList extends _IntList {
  _GrowableIntList._(super._numbers, super._length);
  void add(covariant int value) {
    final n = _length;
    if (n == _numbers.length) _grow(n + 1);
    _numbers[n] = value;
    _length = n + 1;
  }
  void _grow(int needed) {
    int size = _numbers.length * 2;
    if (size < needed) size = needed;
    if (size < 8) size = 8;
    final data = WasmI64Array(size);
    data.copy(0, _numbers, 0, _length);
    _numbers = data;
  }
  set length(int n) {
    if (n < 0) throw RangeError.range(n, 0, null, 'length');
    if (n > _length) throw TypeError._('A list of a non-nullable type can not be extended');
    _length = n;
  }
  int removeLast() {
    if (_length == 0) throw IndexError.withLength(-1, 0, indexable: this);
    return _numbers[--_length];
  }
  int removeAt(int index) {
    final r = this[index];
    _numbers.copy(index, _numbers, index + 1, _length - index - 1);
    _length--;
    return r;
  }
  void insert(int index, covariant int element) {
    if (index < 0 || index > _length) throw RangeError.range(index, 0, length, 'index');
    if (_length == _numbers.length) _grow(_length + 1);
    _numbers.copy(index + 1, _numbers, index, _length - index);
    _numbers[index] = element;
    _length++;
  }
  void clear() {
    _numbers = WasmI64Array(0);
    _length = 0;
  }
}

final class _FixedIntList extends _IntList {
  _FixedIntList._(super._numbers, super._length);
  set length(int n) => throw UnsupportedError('Cannot change the length of a fixed-length list');
  void add(covariant int value) => throw UnsupportedError('Cannot add to a fixed-length list');
  int removeLast() => throw UnsupportedError('Cannot remove from a fixed-length list');
  int removeAt(int index) => throw UnsupportedError('Cannot remove from a fixed-length list');
  bool remove(Object? element) => throw UnsupportedError('Cannot remove from a fixed-length list');
  void clear() => throw UnsupportedError('Cannot clear a fixed-length list');
  void insert(int index, covariant int element) => throw UnsupportedError('Cannot add to a fixed-length list');
  void addAll(Iterable<int> iterable) => throw UnsupportedError('Cannot add to a fixed-length list');
  void insertAll(int index, Iterable<int> iterable) => throw UnsupportedError('Cannot add to a fixed-length list');
  void removeRange(int start, int end) => throw UnsupportedError('Cannot remove from a fixed-length list');
  void removeWhere(bool test(int element)) => throw UnsupportedError('Cannot remove from a fixed-length list');
  void retainWhere(bool test(int element)) => throw UnsupportedError('Cannot remove from a fixed-length list');
  void replaceRange(int start, int end, Iterable<int> newContents) => throw UnsupportedError('Cannot remove from a fixed-length list');
}

// Merge sorts, as lists of other types are sorted by.
void _sortInts(WasmI64Array a, WasmI64Array b, int from, int to) {
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
  _sortInts(a, b, from, mid);
  _sortInts(a, b, mid, to);
  int i = from, j = mid, k = from;
  while (i < mid && j < to) b[k++] = a[i].compareTo(a[j]) <= 0 ? a[i++] : a[j++];
  while (i < mid) b[k++] = a[i++];
  while (j < to) b[k++] = a[j++];
  a.copy(from, b, from, to - from);
}

void _sortIntsBy(WasmI64Array a, WasmI64Array b, int from, int to, int f(int x, int y)) {
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
  _sortIntsBy(a, b, from, mid, f);
  _sortIntsBy(a, b, mid, to, f);
  int i = from, j = mid, k = from;
  while (i < mid && j < to) b[k++] = f(a[i], a[j]) <= 0 ? a[i++] : a[j++];
  while (i < mid) b[k++] = a[i++];
  while (j < to) b[k++] = a[j++];
  a.copy(from, b, from, to - from);
}
