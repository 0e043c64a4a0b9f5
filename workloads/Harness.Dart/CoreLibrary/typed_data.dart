library dart.typed_data;

import 'dart:_internal';

external int _floatBits(double x);
external double _bitsFloat(int x);
external int _doubleBits(double x);
external double _bitsDouble(int x);
external bool _ult(int a, int b);
external bool _boundsChecked();

abstract interface class TypedData {
  ByteBuffer get buffer;
  int get lengthInBytes;
  int get offsetInBytes;
  int get elementSizeInBytes;
}
abstract interface class ByteBuffer {
  int get lengthInBytes;
  Uint8List asUint8List([int offsetInBytes = 0, int? length]);
  Int32List asInt32List([int offsetInBytes = 0, int? length]);
  Uint32List asUint32List([int offsetInBytes = 0, int? length]);
  Float32List asFloat32List([int offsetInBytes = 0, int? length]);
  Float64List asFloat64List([int offsetInBytes = 0, int? length]);
}
// The bytes of a buffer belong to the list that made it; other views go through them.
abstract class _Buffer implements ByteBuffer {
  int _byte(int at);
  void _setByte(int at, int value);
  Uint8List asUint8List([int offsetInBytes = 0, int? length]) => Uint8List.view(this, offsetInBytes, length);
  Int32List asInt32List([int offsetInBytes = 0, int? length]) => Int32List.view(this, offsetInBytes, length);
  Uint32List asUint32List([int offsetInBytes = 0, int? length]) => Uint32List.view(this, offsetInBytes, length);
  Float32List asFloat32List([int offsetInBytes = 0, int? length]) => Float32List.view(this, offsetInBytes, length);
  Float64List asFloat64List([int offsetInBytes = 0, int? length]) => Float64List.view(this, offsetInBytes, length);
  int _read(int at, int size) {
    int r = 0;
    for (int i = size - 1; i >= 0; i--) r = (r << 8) | _byte(at + i);
    return r;
  }
  void _write(int at, int size, int value) {
    for (int i = 0; i < size; i++) _setByte(at + i, (value >> (8 * i)) & 255);
  }
}
int _viewLength(ByteBuffer b, int offset, int? length, int size) {
  if (offset < 0 || offset > b.lengthInBytes) throw RangeError.range(offset, 0, b.lengthInBytes, 'offsetInBytes');
  if (offset % size != 0) throw RangeError('Offset ($offset) must be a multiple of bytesPerElement ($size)');
  final n = length ?? (b.lengthInBytes - offset) ~/ size;
  if (n < 0 || offset + n * size > b.lengthInBytes) throw RangeError.range(n, 0, (b.lengthInBytes - offset) ~/ size, 'length');
  return n;
}
int _sublistLength(TypedData data, int start, int? end, int size) {
  final n = data.lengthInBytes ~/ data.elementSizeInBytes;
  return (RangeError.checkValidRange(start, end, n) - start) * data.elementSizeInBytes ~/ size;
}

/// A list of one type of number. What reads and writes elements is written in each class, so that it is compiled for that type.
abstract class _TypedList<E> extends ListBase<E> {
  void add(E value) => throw UnsupportedError('Cannot add to a fixed-length list');
  E removeLast() => throw UnsupportedError('Cannot remove from a fixed-length list');
  set length(int n) => throw UnsupportedError('Cannot change the length of a fixed-length list');
  int get elementSizeInBytes;
  int get lengthInBytes => length * elementSizeInBytes;
  int _lengthOf(int start, int? end) => RangeError.checkValidRange(start, end, length) - start;
}

/// A list with an array of its own.
abstract class _OwnedList<E> extends _TypedList<E> {
  _OwnedBuffer? _buffer;
  int get offsetInBytes => 0;
  ByteBuffer get buffer => _buffer ??= _OwnedBuffer(this);
  int _bits(int index);
  void _setBits(int index, int bits);
}
final class _OwnedBuffer extends _Buffer {
  final _OwnedList _owner;
  _OwnedBuffer(this._owner);
  int get lengthInBytes => _owner.lengthInBytes;
  int _byte(int at) {
    final size = _owner.elementSizeInBytes;
    return (_owner._bits(at ~/ size) >> (at % size * 8)) & 255;
  }
  void _setByte(int at, int value) {
    final size = _owner.elementSizeInBytes, index = at ~/ size, shift = at % size * 8;
    _owner._setBits(index, (_owner._bits(index) & ~(255 << shift)) | (value << shift));
  }
}

/// A list of bytes that belong to another.
abstract class _ViewList<E> extends _TypedList<E> {
  final _Buffer _buffer;
  final int offsetInBytes;
  final int length;
  _ViewList(this._buffer, this.offsetInBytes, this.length);
  ByteBuffer get buffer => _buffer;
  int _at(int index, int size) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this);
    return offsetInBytes + index * size;
  }
  L _copy<L extends List<E>>(int start, L to) {
    for (int i = 0; i < to.length; i++) to[i] = this[start + i];
    return to;
  }
}

abstract interface class Int8List implements List<int>, TypedData {
  static const int bytesPerElement = 1;
  factory Int8List(int length) => _Int8List._(WasmI8Array(length));
  factory Int8List.fromList(List<int> elements) {
    final n = elements.length;
    final r = _Int8List._(WasmI8Array(n));
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Int8List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 1);
    final owner = buffer is _OwnedBuffer ? buffer._owner : null;
    if (offsetInBytes == 0 && owner is _Int8List && n == owner.length) return owner;
    return _Int8ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Int8List.sublistView(TypedData data, [int start = 0, int? end]) =>
      Int8List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, _sublistLength(data, start, end, 1));
  Int8List sublist(int start, [int? end]);
}
final class _Int8List extends _OwnedList<int> implements Int8List {
  final WasmI8Array _data;
  _Int8List._(this._data);
  int get length => _data.length;
  int get elementSizeInBytes => 1;
  int operator [](int index) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    return _data.getSigned(index);
  }
  void operator []=(int index, int value) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    _data[index] = value;
  }
  int _bits(int index) => _data[index];
  void _setBits(int index, int bits) => _data[index] = bits;
  Int8List sublist(int start, [int? end]) {
    final n = _lengthOf(start, end), d = WasmI8Array(n);
    d.copy(0, _data, start, n);
    return _Int8List._(d);
  }
}
final class _Int8ListView extends _ViewList<int> implements Int8List {
  _Int8ListView(super._buffer, super.offsetInBytes, super.length);
  int get elementSizeInBytes => 1;
  int operator [](int index) => _buffer._read(_at(index, 1), 1).toSigned(8);
  void operator []=(int index, int value) => _buffer._write(_at(index, 1), 1, value);
  Int8List sublist(int start, [int? end]) => _copy(start, Int8List(_lengthOf(start, end)));
}

abstract interface class Uint8List implements List<int>, TypedData {
  static const int bytesPerElement = 1;
  factory Uint8List(int length) => _Uint8List._(WasmI8Array(length));
  factory Uint8List.fromList(List<int> elements) {
    final n = elements.length;
    final r = _Uint8List._(WasmI8Array(n));
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Uint8List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 1);
    final owner = buffer is _OwnedBuffer ? buffer._owner : null;
    if (offsetInBytes == 0 && owner is _Uint8List && n == owner.length) return owner;
    return _Uint8ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Uint8List.sublistView(TypedData data, [int start = 0, int? end]) =>
      Uint8List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, _sublistLength(data, start, end, 1));
  Uint8List sublist(int start, [int? end]);
}
final class _Uint8List extends _OwnedList<int> implements Uint8List {
  final WasmI8Array _data;
  _Uint8List._(this._data);
  int get length => _data.length;
  int get elementSizeInBytes => 1;
  int operator [](int index) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    return _data[index];
  }
  void operator []=(int index, int value) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    _data[index] = value;
  }
  int _bits(int index) => _data[index];
  void _setBits(int index, int bits) => _data[index] = bits;
  Uint8List sublist(int start, [int? end]) {
    final n = _lengthOf(start, end), d = WasmI8Array(n);
    d.copy(0, _data, start, n);
    return _Uint8List._(d);
  }
}
final class _Uint8ListView extends _ViewList<int> implements Uint8List {
  _Uint8ListView(super._buffer, super.offsetInBytes, super.length);
  int get elementSizeInBytes => 1;
  int operator [](int index) => _buffer._read(_at(index, 1), 1);
  void operator []=(int index, int value) => _buffer._write(_at(index, 1), 1, value);
  Uint8List sublist(int start, [int? end]) => _copy(start, Uint8List(_lengthOf(start, end)));
}

abstract interface class Uint8ClampedList implements List<int>, TypedData {
  static const int bytesPerElement = 1;
  factory Uint8ClampedList(int length) => _Uint8ClampedList._(WasmI8Array(length));
  factory Uint8ClampedList.fromList(List<int> elements) {
    final n = elements.length;
    final r = _Uint8ClampedList._(WasmI8Array(n));
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Uint8ClampedList.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 1);
    final owner = buffer is _OwnedBuffer ? buffer._owner : null;
    if (offsetInBytes == 0 && owner is _Uint8ClampedList && n == owner.length) return owner;
    return _Uint8ClampedListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Uint8ClampedList.sublistView(TypedData data, [int start = 0, int? end]) =>
      Uint8ClampedList.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, _sublistLength(data, start, end, 1));
  Uint8ClampedList sublist(int start, [int? end]);
}
final class _Uint8ClampedList extends _OwnedList<int> implements Uint8ClampedList {
  final WasmI8Array _data;
  _Uint8ClampedList._(this._data);
  int get length => _data.length;
  int get elementSizeInBytes => 1;
  int operator [](int index) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    return _data[index];
  }
  void operator []=(int index, int value) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    _data[index] = value < 0 ? 0 : value > 255 ? 255 : value;
  }
  int _bits(int index) => _data[index];
  void _setBits(int index, int bits) => _data[index] = bits;
  Uint8ClampedList sublist(int start, [int? end]) {
    final n = _lengthOf(start, end), d = WasmI8Array(n);
    d.copy(0, _data, start, n);
    return _Uint8ClampedList._(d);
  }
}
final class _Uint8ClampedListView extends _ViewList<int> implements Uint8ClampedList {
  _Uint8ClampedListView(super._buffer, super.offsetInBytes, super.length);
  int get elementSizeInBytes => 1;
  int operator [](int index) => _buffer._read(_at(index, 1), 1);
  void operator []=(int index, int value) => _buffer._write(_at(index, 1), 1, value < 0 ? 0 : value > 255 ? 255 : value);
  Uint8ClampedList sublist(int start, [int? end]) => _copy(start, Uint8ClampedList(_lengthOf(start, end)));
}

abstract interface class Int16List implements List<int>, TypedData {
  static const int bytesPerElement = 2;
  factory Int16List(int length) => _Int16List._(WasmI16Array(length));
  factory Int16List.fromList(List<int> elements) {
    final n = elements.length;
    final r = _Int16List._(WasmI16Array(n));
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Int16List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 2);
    final owner = buffer is _OwnedBuffer ? buffer._owner : null;
    if (offsetInBytes == 0 && owner is _Int16List && n == owner.length) return owner;
    return _Int16ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Int16List.sublistView(TypedData data, [int start = 0, int? end]) =>
      Int16List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, _sublistLength(data, start, end, 2));
  Int16List sublist(int start, [int? end]);
}
final class _Int16List extends _OwnedList<int> implements Int16List {
  final WasmI16Array _data;
  _Int16List._(this._data);
  int get length => _data.length;
  int get elementSizeInBytes => 2;
  int operator [](int index) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    return _data.getSigned(index);
  }
  void operator []=(int index, int value) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    _data[index] = value;
  }
  int _bits(int index) => _data[index];
  void _setBits(int index, int bits) => _data[index] = bits;
  Int16List sublist(int start, [int? end]) {
    final n = _lengthOf(start, end), d = WasmI16Array(n);
    d.copy(0, _data, start, n);
    return _Int16List._(d);
  }
}
final class _Int16ListView extends _ViewList<int> implements Int16List {
  _Int16ListView(super._buffer, super.offsetInBytes, super.length);
  int get elementSizeInBytes => 2;
  int operator [](int index) => _buffer._read(_at(index, 2), 2).toSigned(16);
  void operator []=(int index, int value) => _buffer._write(_at(index, 2), 2, value);
  Int16List sublist(int start, [int? end]) => _copy(start, Int16List(_lengthOf(start, end)));
}

abstract interface class Uint16List implements List<int>, TypedData {
  static const int bytesPerElement = 2;
  factory Uint16List(int length) => _Uint16List._(WasmI16Array(length));
  factory Uint16List.fromList(List<int> elements) {
    final n = elements.length;
    final r = _Uint16List._(WasmI16Array(n));
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Uint16List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 2);
    final owner = buffer is _OwnedBuffer ? buffer._owner : null;
    if (offsetInBytes == 0 && owner is _Uint16List && n == owner.length) return owner;
    return _Uint16ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Uint16List.sublistView(TypedData data, [int start = 0, int? end]) =>
      Uint16List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, _sublistLength(data, start, end, 2));
  Uint16List sublist(int start, [int? end]);
}
final class _Uint16List extends _OwnedList<int> implements Uint16List {
  final WasmI16Array _data;
  _Uint16List._(this._data);
  int get length => _data.length;
  int get elementSizeInBytes => 2;
  int operator [](int index) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    return _data[index];
  }
  void operator []=(int index, int value) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    _data[index] = value;
  }
  int _bits(int index) => _data[index];
  void _setBits(int index, int bits) => _data[index] = bits;
  Uint16List sublist(int start, [int? end]) {
    final n = _lengthOf(start, end), d = WasmI16Array(n);
    d.copy(0, _data, start, n);
    return _Uint16List._(d);
  }
}
final class _Uint16ListView extends _ViewList<int> implements Uint16List {
  _Uint16ListView(super._buffer, super.offsetInBytes, super.length);
  int get elementSizeInBytes => 2;
  int operator [](int index) => _buffer._read(_at(index, 2), 2);
  void operator []=(int index, int value) => _buffer._write(_at(index, 2), 2, value);
  Uint16List sublist(int start, [int? end]) => _copy(start, Uint16List(_lengthOf(start, end)));
}

abstract interface class Int32List implements List<int>, TypedData {
  static const int bytesPerElement = 4;
  factory Int32List(int length) => _Int32List._(WasmI32Array(length));
  factory Int32List.fromList(List<int> elements) {
    final n = elements.length;
    final r = _Int32List._(WasmI32Array(n));
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Int32List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 4);
    final owner = buffer is _OwnedBuffer ? buffer._owner : null;
    if (offsetInBytes == 0 && owner is _Int32List && n == owner.length) return owner;
    return _Int32ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Int32List.sublistView(TypedData data, [int start = 0, int? end]) =>
      Int32List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, _sublistLength(data, start, end, 4));
  Int32List sublist(int start, [int? end]);
}
final class _Int32List extends _OwnedList<int> implements Int32List {
  final WasmI32Array _data;
  _Int32List._(this._data);
  int get length => _data.length;
  int get elementSizeInBytes => 4;
  int operator [](int index) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    return _data.getSigned(index);
  }
  void operator []=(int index, int value) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    _data[index] = value;
  }
  int _bits(int index) => _data[index];
  void _setBits(int index, int bits) => _data[index] = bits;
  Int32List sublist(int start, [int? end]) {
    final n = _lengthOf(start, end), d = WasmI32Array(n);
    d.copy(0, _data, start, n);
    return _Int32List._(d);
  }
}
final class _Int32ListView extends _ViewList<int> implements Int32List {
  _Int32ListView(super._buffer, super.offsetInBytes, super.length);
  int get elementSizeInBytes => 4;
  int operator [](int index) => _buffer._read(_at(index, 4), 4).toSigned(32);
  void operator []=(int index, int value) => _buffer._write(_at(index, 4), 4, value);
  Int32List sublist(int start, [int? end]) => _copy(start, Int32List(_lengthOf(start, end)));
}

abstract interface class Uint32List implements List<int>, TypedData {
  static const int bytesPerElement = 4;
  factory Uint32List(int length) => _Uint32List._(WasmI32Array(length));
  factory Uint32List.fromList(List<int> elements) {
    final n = elements.length;
    final r = _Uint32List._(WasmI32Array(n));
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Uint32List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 4);
    final owner = buffer is _OwnedBuffer ? buffer._owner : null;
    if (offsetInBytes == 0 && owner is _Uint32List && n == owner.length) return owner;
    return _Uint32ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Uint32List.sublistView(TypedData data, [int start = 0, int? end]) =>
      Uint32List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, _sublistLength(data, start, end, 4));
  Uint32List sublist(int start, [int? end]);
}
final class _Uint32List extends _OwnedList<int> implements Uint32List {
  final WasmI32Array _data;
  _Uint32List._(this._data);
  int get length => _data.length;
  int get elementSizeInBytes => 4;
  int operator [](int index) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    return _data[index];
  }
  void operator []=(int index, int value) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    _data[index] = value;
  }
  int _bits(int index) => _data[index];
  void _setBits(int index, int bits) => _data[index] = bits;
  Uint32List sublist(int start, [int? end]) {
    final n = _lengthOf(start, end), d = WasmI32Array(n);
    d.copy(0, _data, start, n);
    return _Uint32List._(d);
  }
}
final class _Uint32ListView extends _ViewList<int> implements Uint32List {
  _Uint32ListView(super._buffer, super.offsetInBytes, super.length);
  int get elementSizeInBytes => 4;
  int operator [](int index) => _buffer._read(_at(index, 4), 4);
  void operator []=(int index, int value) => _buffer._write(_at(index, 4), 4, value);
  Uint32List sublist(int start, [int? end]) => _copy(start, Uint32List(_lengthOf(start, end)));
}

abstract interface class Int64List implements List<int>, TypedData {
  static const int bytesPerElement = 8;
  factory Int64List(int length) => _Int64List._(WasmI64Array(length));
  factory Int64List.fromList(List<int> elements) {
    final n = elements.length;
    final r = _Int64List._(WasmI64Array(n));
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Int64List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 8);
    final owner = buffer is _OwnedBuffer ? buffer._owner : null;
    if (offsetInBytes == 0 && owner is _Int64List && n == owner.length) return owner;
    return _Int64ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Int64List.sublistView(TypedData data, [int start = 0, int? end]) =>
      Int64List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, _sublistLength(data, start, end, 8));
  Int64List sublist(int start, [int? end]);
}
final class _Int64List extends _OwnedList<int> implements Int64List {
  final WasmI64Array _data;
  _Int64List._(this._data);
  int get length => _data.length;
  int get elementSizeInBytes => 8;
  int operator [](int index) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    return _data[index];
  }
  void operator []=(int index, int value) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    _data[index] = value;
  }
  int _bits(int index) => _data[index];
  void _setBits(int index, int bits) => _data[index] = bits;
  Int64List sublist(int start, [int? end]) {
    final n = _lengthOf(start, end), d = WasmI64Array(n);
    d.copy(0, _data, start, n);
    return _Int64List._(d);
  }
}
final class _Int64ListView extends _ViewList<int> implements Int64List {
  _Int64ListView(super._buffer, super.offsetInBytes, super.length);
  int get elementSizeInBytes => 8;
  int operator [](int index) => _buffer._read(_at(index, 8), 8);
  void operator []=(int index, int value) => _buffer._write(_at(index, 8), 8, value);
  Int64List sublist(int start, [int? end]) => _copy(start, Int64List(_lengthOf(start, end)));
}

abstract interface class Uint64List implements List<int>, TypedData {
  static const int bytesPerElement = 8;
  factory Uint64List(int length) => _Uint64List._(WasmI64Array(length));
  factory Uint64List.fromList(List<int> elements) {
    final n = elements.length;
    final r = _Uint64List._(WasmI64Array(n));
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Uint64List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 8);
    final owner = buffer is _OwnedBuffer ? buffer._owner : null;
    if (offsetInBytes == 0 && owner is _Uint64List && n == owner.length) return owner;
    return _Uint64ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Uint64List.sublistView(TypedData data, [int start = 0, int? end]) =>
      Uint64List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, _sublistLength(data, start, end, 8));
  Uint64List sublist(int start, [int? end]);
}
final class _Uint64List extends _OwnedList<int> implements Uint64List {
  final WasmI64Array _data;
  _Uint64List._(this._data);
  int get length => _data.length;
  int get elementSizeInBytes => 8;
  int operator [](int index) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    return _data[index];
  }
  void operator []=(int index, int value) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    _data[index] = value;
  }
  int _bits(int index) => _data[index];
  void _setBits(int index, int bits) => _data[index] = bits;
  Uint64List sublist(int start, [int? end]) {
    final n = _lengthOf(start, end), d = WasmI64Array(n);
    d.copy(0, _data, start, n);
    return _Uint64List._(d);
  }
}
final class _Uint64ListView extends _ViewList<int> implements Uint64List {
  _Uint64ListView(super._buffer, super.offsetInBytes, super.length);
  int get elementSizeInBytes => 8;
  int operator [](int index) => _buffer._read(_at(index, 8), 8);
  void operator []=(int index, int value) => _buffer._write(_at(index, 8), 8, value);
  Uint64List sublist(int start, [int? end]) => _copy(start, Uint64List(_lengthOf(start, end)));
}

abstract interface class Float32List implements List<double>, TypedData {
  static const int bytesPerElement = 4;
  factory Float32List(int length) => _Float32List._(WasmF32Array(length));
  factory Float32List.fromList(List<double> elements) {
    final n = elements.length;
    final r = _Float32List._(WasmF32Array(n));
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Float32List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 4);
    final owner = buffer is _OwnedBuffer ? buffer._owner : null;
    if (offsetInBytes == 0 && owner is _Float32List && n == owner.length) return owner;
    return _Float32ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Float32List.sublistView(TypedData data, [int start = 0, int? end]) =>
      Float32List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, _sublistLength(data, start, end, 4));
  Float32List sublist(int start, [int? end]);
}
final class _Float32List extends _OwnedList<double> implements Float32List {
  final WasmF32Array _data;
  _Float32List._(this._data);
  int get length => _data.length;
  int get elementSizeInBytes => 4;
  double operator [](int index) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    return _data[index];
  }
  void operator []=(int index, double value) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    _data[index] = value;
  }
  int _bits(int index) => _floatBits(_data[index]);
  void _setBits(int index, int bits) => _data[index] = _bitsFloat(bits);
  Float32List sublist(int start, [int? end]) {
    final n = _lengthOf(start, end), d = WasmF32Array(n);
    d.copy(0, _data, start, n);
    return _Float32List._(d);
  }
}
final class _Float32ListView extends _ViewList<double> implements Float32List {
  _Float32ListView(super._buffer, super.offsetInBytes, super.length);
  int get elementSizeInBytes => 4;
  double operator [](int index) => _bitsFloat(_buffer._read(_at(index, 4), 4));
  void operator []=(int index, double value) => _buffer._write(_at(index, 4), 4, _floatBits(value));
  Float32List sublist(int start, [int? end]) => _copy(start, Float32List(_lengthOf(start, end)));
}

abstract interface class Float64List implements List<double>, TypedData {
  static const int bytesPerElement = 8;
  factory Float64List(int length) => _Float64List._(WasmF64Array(length));
  factory Float64List.fromList(List<double> elements) {
    final n = elements.length;
    final r = _Float64List._(WasmF64Array(n));
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Float64List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 8);
    final owner = buffer is _OwnedBuffer ? buffer._owner : null;
    if (offsetInBytes == 0 && owner is _Float64List && n == owner.length) return owner;
    return _Float64ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Float64List.sublistView(TypedData data, [int start = 0, int? end]) =>
      Float64List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, _sublistLength(data, start, end, 8));
  Float64List sublist(int start, [int? end]);
}
final class _Float64List extends _OwnedList<double> implements Float64List {
  final WasmF64Array _data;
  _Float64List._(this._data);
  int get length => _data.length;
  int get elementSizeInBytes => 8;
  double operator [](int index) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    return _data[index];
  }
  void operator []=(int index, double value) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    _data[index] = value;
  }
  int _bits(int index) => _doubleBits(_data[index]);
  void _setBits(int index, int bits) => _data[index] = _bitsDouble(bits);
  Float64List sublist(int start, [int? end]) {
    final n = _lengthOf(start, end), d = WasmF64Array(n);
    d.copy(0, _data, start, n);
    return _Float64List._(d);
  }
}
final class _Float64ListView extends _ViewList<double> implements Float64List {
  _Float64ListView(super._buffer, super.offsetInBytes, super.length);
  int get elementSizeInBytes => 8;
  double operator [](int index) => _bitsDouble(_buffer._read(_at(index, 8), 8));
  void operator []=(int index, double value) => _buffer._write(_at(index, 8), 8, _doubleBits(value));
  Float64List sublist(int start, [int? end]) => _copy(start, Float64List(_lengthOf(start, end)));
}
