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
abstract class _TypedList<E> extends ListBase<E> {
  void add(E value) => throw UnsupportedError('Cannot add to a fixed-length list');
  E removeLast() => throw UnsupportedError('Cannot remove from a fixed-length list');
  set length(int n) => throw UnsupportedError('Cannot change the length of a fixed-length list');
}

abstract interface class Int8List implements List<int>, TypedData {
  static const int bytesPerElement = 1;
  factory Int8List(int length) => _Int8List._(WasmI8Array(length));
  factory Int8List.fromList(List<int> elements) {
    final n = elements.length;
    final data = WasmI8Array(n);
    final r = _Int8List._(data);
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Int8List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 1);
    if (offsetInBytes == 0 && buffer is _Int8ListBuffer && n == buffer._owner.length) return buffer._owner;
    return _Int8ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Int8List.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = data.lengthInBytes ~/ data.elementSizeInBytes;
    final e = RangeError.checkValidRange(start, end, n);
    return Int8List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, (e - start) * data.elementSizeInBytes ~/ 1);
  }
  Int8List sublist(int start, [int? end]);
}
final class _Int8List extends _TypedList<int> implements Int8List {
  final WasmI8Array _data;
  _Int8ListBuffer? _buffer;
  _Int8List._(this._data);
  int get length => _data.length;
  int get lengthInBytes => _data.length * 1;
  int get offsetInBytes => 0;
  int get elementSizeInBytes => 1;
  ByteBuffer get buffer => _buffer ??= _Int8ListBuffer(this);
  int operator [](int index) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    return _data.getSigned(index);
  }
  void operator []=(int index, int value) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    _data[index] = value;
  }
  Int8List sublist(int start, [int? end]) {
    final e = RangeError.checkValidRange(start, end, length);
    final d = WasmI8Array(e - start);
    d.copy(0, _data, start, e - start);
    return _Int8List._(d);
  }
}
final class _Int8ListBuffer extends _Buffer {
  final _Int8List _owner;
  _Int8ListBuffer(this._owner);
  int get lengthInBytes => _owner._data.length * 1;
  int _byte(int at) => (_owner._data[at ~/ 1] >> ((at % 1) * 8)) & 255;
  void _setByte(int at, int value) {
    final s = (at % 1) * 8;
    final v = (_owner._data[at ~/ 1] & ~(255 << s)) | (value << s);
    _owner._data[at ~/ 1] = v;
  }
}
final class _Int8ListView extends _TypedList<int> implements Int8List {
  final _Buffer _buffer;
  final int _offset;
  final int length;
  _Int8ListView(this._buffer, this._offset, this.length);
  int get lengthInBytes => length * 1;
  int get offsetInBytes => _offset;
  int get elementSizeInBytes => 1;
  ByteBuffer get buffer => _buffer;
  int operator [](int index) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this);
    return (_buffer._read(_offset + index * 1, 1)).toSigned(8);
  }
  void operator []=(int index, int value) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this);
    _buffer._write(_offset + index * 1, 1, (value));
  }
  Int8List sublist(int start, [int? end]) {
    final e = RangeError.checkValidRange(start, end, length);
    final r = Int8List(e - start);
    for (int i = start; i < e; i++) r[i - start] = this[i];
    return r;
  }
}

abstract interface class Uint8List implements List<int>, TypedData {
  static const int bytesPerElement = 1;
  factory Uint8List(int length) => _Uint8List._(WasmI8Array(length));
  factory Uint8List.fromList(List<int> elements) {
    final n = elements.length;
    final data = WasmI8Array(n);
    final r = _Uint8List._(data);
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Uint8List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 1);
    if (offsetInBytes == 0 && buffer is _Uint8ListBuffer && n == buffer._owner.length) return buffer._owner;
    return _Uint8ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Uint8List.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = data.lengthInBytes ~/ data.elementSizeInBytes;
    final e = RangeError.checkValidRange(start, end, n);
    return Uint8List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, (e - start) * data.elementSizeInBytes ~/ 1);
  }
  Uint8List sublist(int start, [int? end]);
}
final class _Uint8List extends _TypedList<int> implements Uint8List {
  final WasmI8Array _data;
  _Uint8ListBuffer? _buffer;
  _Uint8List._(this._data);
  int get length => _data.length;
  int get lengthInBytes => _data.length * 1;
  int get offsetInBytes => 0;
  int get elementSizeInBytes => 1;
  ByteBuffer get buffer => _buffer ??= _Uint8ListBuffer(this);
  int operator [](int index) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    return _data[index];
  }
  void operator []=(int index, int value) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    _data[index] = value;
  }
  Uint8List sublist(int start, [int? end]) {
    final e = RangeError.checkValidRange(start, end, length);
    final d = WasmI8Array(e - start);
    d.copy(0, _data, start, e - start);
    return _Uint8List._(d);
  }
}
final class _Uint8ListBuffer extends _Buffer {
  final _Uint8List _owner;
  _Uint8ListBuffer(this._owner);
  int get lengthInBytes => _owner._data.length * 1;
  int _byte(int at) => (_owner._data[at ~/ 1] >> ((at % 1) * 8)) & 255;
  void _setByte(int at, int value) {
    final s = (at % 1) * 8;
    final v = (_owner._data[at ~/ 1] & ~(255 << s)) | (value << s);
    _owner._data[at ~/ 1] = v;
  }
}
final class _Uint8ListView extends _TypedList<int> implements Uint8List {
  final _Buffer _buffer;
  final int _offset;
  final int length;
  _Uint8ListView(this._buffer, this._offset, this.length);
  int get lengthInBytes => length * 1;
  int get offsetInBytes => _offset;
  int get elementSizeInBytes => 1;
  ByteBuffer get buffer => _buffer;
  int operator [](int index) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this);
    return _buffer._read(_offset + index * 1, 1);
  }
  void operator []=(int index, int value) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this);
    _buffer._write(_offset + index * 1, 1, (value));
  }
  Uint8List sublist(int start, [int? end]) {
    final e = RangeError.checkValidRange(start, end, length);
    final r = Uint8List(e - start);
    for (int i = start; i < e; i++) r[i - start] = this[i];
    return r;
  }
}

abstract interface class Uint8ClampedList implements List<int>, TypedData {
  static const int bytesPerElement = 1;
  factory Uint8ClampedList(int length) => _Uint8ClampedList._(WasmI8Array(length));
  factory Uint8ClampedList.fromList(List<int> elements) {
    final n = elements.length;
    final data = WasmI8Array(n);
    final r = _Uint8ClampedList._(data);
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Uint8ClampedList.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 1);
    if (offsetInBytes == 0 && buffer is _Uint8ClampedListBuffer && n == buffer._owner.length) return buffer._owner;
    return _Uint8ClampedListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Uint8ClampedList.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = data.lengthInBytes ~/ data.elementSizeInBytes;
    final e = RangeError.checkValidRange(start, end, n);
    return Uint8ClampedList.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, (e - start) * data.elementSizeInBytes ~/ 1);
  }
  Uint8ClampedList sublist(int start, [int? end]);
}
final class _Uint8ClampedList extends _TypedList<int> implements Uint8ClampedList {
  final WasmI8Array _data;
  _Uint8ClampedListBuffer? _buffer;
  _Uint8ClampedList._(this._data);
  int get length => _data.length;
  int get lengthInBytes => _data.length * 1;
  int get offsetInBytes => 0;
  int get elementSizeInBytes => 1;
  ByteBuffer get buffer => _buffer ??= _Uint8ClampedListBuffer(this);
  int operator [](int index) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    return _data[index];
  }
  void operator []=(int index, int value) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    _data[index] = value < 0 ? 0 : value > 255 ? 255 : value;
  }
  Uint8ClampedList sublist(int start, [int? end]) {
    final e = RangeError.checkValidRange(start, end, length);
    final d = WasmI8Array(e - start);
    d.copy(0, _data, start, e - start);
    return _Uint8ClampedList._(d);
  }
}
final class _Uint8ClampedListBuffer extends _Buffer {
  final _Uint8ClampedList _owner;
  _Uint8ClampedListBuffer(this._owner);
  int get lengthInBytes => _owner._data.length * 1;
  int _byte(int at) => (_owner._data[at ~/ 1] >> ((at % 1) * 8)) & 255;
  void _setByte(int at, int value) {
    final s = (at % 1) * 8;
    final v = (_owner._data[at ~/ 1] & ~(255 << s)) | (value << s);
    _owner._data[at ~/ 1] = v;
  }
}
final class _Uint8ClampedListView extends _TypedList<int> implements Uint8ClampedList {
  final _Buffer _buffer;
  final int _offset;
  final int length;
  _Uint8ClampedListView(this._buffer, this._offset, this.length);
  int get lengthInBytes => length * 1;
  int get offsetInBytes => _offset;
  int get elementSizeInBytes => 1;
  ByteBuffer get buffer => _buffer;
  int operator [](int index) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this);
    return _buffer._read(_offset + index * 1, 1);
  }
  void operator []=(int index, int value) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this);
    _buffer._write(_offset + index * 1, 1, (value < 0 ? 0 : value > 255 ? 255 : value));
  }
  Uint8ClampedList sublist(int start, [int? end]) {
    final e = RangeError.checkValidRange(start, end, length);
    final r = Uint8ClampedList(e - start);
    for (int i = start; i < e; i++) r[i - start] = this[i];
    return r;
  }
}

abstract interface class Int16List implements List<int>, TypedData {
  static const int bytesPerElement = 2;
  factory Int16List(int length) => _Int16List._(WasmI16Array(length));
  factory Int16List.fromList(List<int> elements) {
    final n = elements.length;
    final data = WasmI16Array(n);
    final r = _Int16List._(data);
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Int16List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 2);
    if (offsetInBytes == 0 && buffer is _Int16ListBuffer && n == buffer._owner.length) return buffer._owner;
    return _Int16ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Int16List.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = data.lengthInBytes ~/ data.elementSizeInBytes;
    final e = RangeError.checkValidRange(start, end, n);
    return Int16List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, (e - start) * data.elementSizeInBytes ~/ 2);
  }
  Int16List sublist(int start, [int? end]);
}
final class _Int16List extends _TypedList<int> implements Int16List {
  final WasmI16Array _data;
  _Int16ListBuffer? _buffer;
  _Int16List._(this._data);
  int get length => _data.length;
  int get lengthInBytes => _data.length * 2;
  int get offsetInBytes => 0;
  int get elementSizeInBytes => 2;
  ByteBuffer get buffer => _buffer ??= _Int16ListBuffer(this);
  int operator [](int index) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    return _data.getSigned(index);
  }
  void operator []=(int index, int value) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    _data[index] = value;
  }
  Int16List sublist(int start, [int? end]) {
    final e = RangeError.checkValidRange(start, end, length);
    final d = WasmI16Array(e - start);
    d.copy(0, _data, start, e - start);
    return _Int16List._(d);
  }
}
final class _Int16ListBuffer extends _Buffer {
  final _Int16List _owner;
  _Int16ListBuffer(this._owner);
  int get lengthInBytes => _owner._data.length * 2;
  int _byte(int at) => (_owner._data[at ~/ 2] >> ((at % 2) * 8)) & 255;
  void _setByte(int at, int value) {
    final s = (at % 2) * 8;
    final v = (_owner._data[at ~/ 2] & ~(255 << s)) | (value << s);
    _owner._data[at ~/ 2] = v;
  }
}
final class _Int16ListView extends _TypedList<int> implements Int16List {
  final _Buffer _buffer;
  final int _offset;
  final int length;
  _Int16ListView(this._buffer, this._offset, this.length);
  int get lengthInBytes => length * 2;
  int get offsetInBytes => _offset;
  int get elementSizeInBytes => 2;
  ByteBuffer get buffer => _buffer;
  int operator [](int index) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this);
    return (_buffer._read(_offset + index * 2, 2)).toSigned(16);
  }
  void operator []=(int index, int value) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this);
    _buffer._write(_offset + index * 2, 2, (value));
  }
  Int16List sublist(int start, [int? end]) {
    final e = RangeError.checkValidRange(start, end, length);
    final r = Int16List(e - start);
    for (int i = start; i < e; i++) r[i - start] = this[i];
    return r;
  }
}

abstract interface class Uint16List implements List<int>, TypedData {
  static const int bytesPerElement = 2;
  factory Uint16List(int length) => _Uint16List._(WasmI16Array(length));
  factory Uint16List.fromList(List<int> elements) {
    final n = elements.length;
    final data = WasmI16Array(n);
    final r = _Uint16List._(data);
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Uint16List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 2);
    if (offsetInBytes == 0 && buffer is _Uint16ListBuffer && n == buffer._owner.length) return buffer._owner;
    return _Uint16ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Uint16List.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = data.lengthInBytes ~/ data.elementSizeInBytes;
    final e = RangeError.checkValidRange(start, end, n);
    return Uint16List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, (e - start) * data.elementSizeInBytes ~/ 2);
  }
  Uint16List sublist(int start, [int? end]);
}
final class _Uint16List extends _TypedList<int> implements Uint16List {
  final WasmI16Array _data;
  _Uint16ListBuffer? _buffer;
  _Uint16List._(this._data);
  int get length => _data.length;
  int get lengthInBytes => _data.length * 2;
  int get offsetInBytes => 0;
  int get elementSizeInBytes => 2;
  ByteBuffer get buffer => _buffer ??= _Uint16ListBuffer(this);
  int operator [](int index) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    return _data[index];
  }
  void operator []=(int index, int value) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    _data[index] = value;
  }
  Uint16List sublist(int start, [int? end]) {
    final e = RangeError.checkValidRange(start, end, length);
    final d = WasmI16Array(e - start);
    d.copy(0, _data, start, e - start);
    return _Uint16List._(d);
  }
}
final class _Uint16ListBuffer extends _Buffer {
  final _Uint16List _owner;
  _Uint16ListBuffer(this._owner);
  int get lengthInBytes => _owner._data.length * 2;
  int _byte(int at) => (_owner._data[at ~/ 2] >> ((at % 2) * 8)) & 255;
  void _setByte(int at, int value) {
    final s = (at % 2) * 8;
    final v = (_owner._data[at ~/ 2] & ~(255 << s)) | (value << s);
    _owner._data[at ~/ 2] = v;
  }
}
final class _Uint16ListView extends _TypedList<int> implements Uint16List {
  final _Buffer _buffer;
  final int _offset;
  final int length;
  _Uint16ListView(this._buffer, this._offset, this.length);
  int get lengthInBytes => length * 2;
  int get offsetInBytes => _offset;
  int get elementSizeInBytes => 2;
  ByteBuffer get buffer => _buffer;
  int operator [](int index) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this);
    return _buffer._read(_offset + index * 2, 2);
  }
  void operator []=(int index, int value) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this);
    _buffer._write(_offset + index * 2, 2, (value));
  }
  Uint16List sublist(int start, [int? end]) {
    final e = RangeError.checkValidRange(start, end, length);
    final r = Uint16List(e - start);
    for (int i = start; i < e; i++) r[i - start] = this[i];
    return r;
  }
}

abstract interface class Int32List implements List<int>, TypedData {
  static const int bytesPerElement = 4;
  factory Int32List(int length) => _Int32List._(WasmI32Array(length));
  factory Int32List.fromList(List<int> elements) {
    final n = elements.length;
    final data = WasmI32Array(n);
    final r = _Int32List._(data);
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Int32List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 4);
    if (offsetInBytes == 0 && buffer is _Int32ListBuffer && n == buffer._owner.length) return buffer._owner;
    return _Int32ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Int32List.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = data.lengthInBytes ~/ data.elementSizeInBytes;
    final e = RangeError.checkValidRange(start, end, n);
    return Int32List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, (e - start) * data.elementSizeInBytes ~/ 4);
  }
  Int32List sublist(int start, [int? end]);
}
final class _Int32List extends _TypedList<int> implements Int32List {
  final WasmI32Array _data;
  _Int32ListBuffer? _buffer;
  _Int32List._(this._data);
  int get length => _data.length;
  int get lengthInBytes => _data.length * 4;
  int get offsetInBytes => 0;
  int get elementSizeInBytes => 4;
  ByteBuffer get buffer => _buffer ??= _Int32ListBuffer(this);
  int operator [](int index) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    return _data.getSigned(index);
  }
  void operator []=(int index, int value) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    _data[index] = value;
  }
  Int32List sublist(int start, [int? end]) {
    final e = RangeError.checkValidRange(start, end, length);
    final d = WasmI32Array(e - start);
    d.copy(0, _data, start, e - start);
    return _Int32List._(d);
  }
}
final class _Int32ListBuffer extends _Buffer {
  final _Int32List _owner;
  _Int32ListBuffer(this._owner);
  int get lengthInBytes => _owner._data.length * 4;
  int _byte(int at) => (_owner._data[at ~/ 4] >> ((at % 4) * 8)) & 255;
  void _setByte(int at, int value) {
    final s = (at % 4) * 8;
    final v = (_owner._data[at ~/ 4] & ~(255 << s)) | (value << s);
    _owner._data[at ~/ 4] = v;
  }
}
final class _Int32ListView extends _TypedList<int> implements Int32List {
  final _Buffer _buffer;
  final int _offset;
  final int length;
  _Int32ListView(this._buffer, this._offset, this.length);
  int get lengthInBytes => length * 4;
  int get offsetInBytes => _offset;
  int get elementSizeInBytes => 4;
  ByteBuffer get buffer => _buffer;
  int operator [](int index) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this);
    return (_buffer._read(_offset + index * 4, 4)).toSigned(32);
  }
  void operator []=(int index, int value) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this);
    _buffer._write(_offset + index * 4, 4, (value));
  }
  Int32List sublist(int start, [int? end]) {
    final e = RangeError.checkValidRange(start, end, length);
    final r = Int32List(e - start);
    for (int i = start; i < e; i++) r[i - start] = this[i];
    return r;
  }
}

abstract interface class Uint32List implements List<int>, TypedData {
  static const int bytesPerElement = 4;
  factory Uint32List(int length) => _Uint32List._(WasmI32Array(length));
  factory Uint32List.fromList(List<int> elements) {
    final n = elements.length;
    final data = WasmI32Array(n);
    final r = _Uint32List._(data);
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Uint32List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 4);
    if (offsetInBytes == 0 && buffer is _Uint32ListBuffer && n == buffer._owner.length) return buffer._owner;
    return _Uint32ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Uint32List.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = data.lengthInBytes ~/ data.elementSizeInBytes;
    final e = RangeError.checkValidRange(start, end, n);
    return Uint32List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, (e - start) * data.elementSizeInBytes ~/ 4);
  }
  Uint32List sublist(int start, [int? end]);
}
final class _Uint32List extends _TypedList<int> implements Uint32List {
  final WasmI32Array _data;
  _Uint32ListBuffer? _buffer;
  _Uint32List._(this._data);
  int get length => _data.length;
  int get lengthInBytes => _data.length * 4;
  int get offsetInBytes => 0;
  int get elementSizeInBytes => 4;
  ByteBuffer get buffer => _buffer ??= _Uint32ListBuffer(this);
  int operator [](int index) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    return _data[index];
  }
  void operator []=(int index, int value) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    _data[index] = value;
  }
  Uint32List sublist(int start, [int? end]) {
    final e = RangeError.checkValidRange(start, end, length);
    final d = WasmI32Array(e - start);
    d.copy(0, _data, start, e - start);
    return _Uint32List._(d);
  }
}
final class _Uint32ListBuffer extends _Buffer {
  final _Uint32List _owner;
  _Uint32ListBuffer(this._owner);
  int get lengthInBytes => _owner._data.length * 4;
  int _byte(int at) => (_owner._data[at ~/ 4] >> ((at % 4) * 8)) & 255;
  void _setByte(int at, int value) {
    final s = (at % 4) * 8;
    final v = (_owner._data[at ~/ 4] & ~(255 << s)) | (value << s);
    _owner._data[at ~/ 4] = v;
  }
}
final class _Uint32ListView extends _TypedList<int> implements Uint32List {
  final _Buffer _buffer;
  final int _offset;
  final int length;
  _Uint32ListView(this._buffer, this._offset, this.length);
  int get lengthInBytes => length * 4;
  int get offsetInBytes => _offset;
  int get elementSizeInBytes => 4;
  ByteBuffer get buffer => _buffer;
  int operator [](int index) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this);
    return _buffer._read(_offset + index * 4, 4);
  }
  void operator []=(int index, int value) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this);
    _buffer._write(_offset + index * 4, 4, (value));
  }
  Uint32List sublist(int start, [int? end]) {
    final e = RangeError.checkValidRange(start, end, length);
    final r = Uint32List(e - start);
    for (int i = start; i < e; i++) r[i - start] = this[i];
    return r;
  }
}

abstract interface class Int64List implements List<int>, TypedData {
  static const int bytesPerElement = 8;
  factory Int64List(int length) => _Int64List._(WasmI64Array(length));
  factory Int64List.fromList(List<int> elements) {
    final n = elements.length;
    final data = WasmI64Array(n);
    final r = _Int64List._(data);
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Int64List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 8);
    if (offsetInBytes == 0 && buffer is _Int64ListBuffer && n == buffer._owner.length) return buffer._owner;
    return _Int64ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Int64List.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = data.lengthInBytes ~/ data.elementSizeInBytes;
    final e = RangeError.checkValidRange(start, end, n);
    return Int64List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, (e - start) * data.elementSizeInBytes ~/ 8);
  }
  Int64List sublist(int start, [int? end]);
}
final class _Int64List extends _TypedList<int> implements Int64List {
  final WasmI64Array _data;
  _Int64ListBuffer? _buffer;
  _Int64List._(this._data);
  int get length => _data.length;
  int get lengthInBytes => _data.length * 8;
  int get offsetInBytes => 0;
  int get elementSizeInBytes => 8;
  ByteBuffer get buffer => _buffer ??= _Int64ListBuffer(this);
  int operator [](int index) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    return _data[index];
  }
  void operator []=(int index, int value) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    _data[index] = value;
  }
  Int64List sublist(int start, [int? end]) {
    final e = RangeError.checkValidRange(start, end, length);
    final d = WasmI64Array(e - start);
    d.copy(0, _data, start, e - start);
    return _Int64List._(d);
  }
}
final class _Int64ListBuffer extends _Buffer {
  final _Int64List _owner;
  _Int64ListBuffer(this._owner);
  int get lengthInBytes => _owner._data.length * 8;
  int _byte(int at) => (_owner._data[at ~/ 8] >> ((at % 8) * 8)) & 255;
  void _setByte(int at, int value) {
    final s = (at % 8) * 8;
    final v = (_owner._data[at ~/ 8] & ~(255 << s)) | (value << s);
    _owner._data[at ~/ 8] = v;
  }
}
final class _Int64ListView extends _TypedList<int> implements Int64List {
  final _Buffer _buffer;
  final int _offset;
  final int length;
  _Int64ListView(this._buffer, this._offset, this.length);
  int get lengthInBytes => length * 8;
  int get offsetInBytes => _offset;
  int get elementSizeInBytes => 8;
  ByteBuffer get buffer => _buffer;
  int operator [](int index) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this);
    return _buffer._read(_offset + index * 8, 8);
  }
  void operator []=(int index, int value) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this);
    _buffer._write(_offset + index * 8, 8, (value));
  }
  Int64List sublist(int start, [int? end]) {
    final e = RangeError.checkValidRange(start, end, length);
    final r = Int64List(e - start);
    for (int i = start; i < e; i++) r[i - start] = this[i];
    return r;
  }
}

abstract interface class Uint64List implements List<int>, TypedData {
  static const int bytesPerElement = 8;
  factory Uint64List(int length) => _Uint64List._(WasmI64Array(length));
  factory Uint64List.fromList(List<int> elements) {
    final n = elements.length;
    final data = WasmI64Array(n);
    final r = _Uint64List._(data);
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Uint64List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 8);
    if (offsetInBytes == 0 && buffer is _Uint64ListBuffer && n == buffer._owner.length) return buffer._owner;
    return _Uint64ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Uint64List.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = data.lengthInBytes ~/ data.elementSizeInBytes;
    final e = RangeError.checkValidRange(start, end, n);
    return Uint64List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, (e - start) * data.elementSizeInBytes ~/ 8);
  }
  Uint64List sublist(int start, [int? end]);
}
final class _Uint64List extends _TypedList<int> implements Uint64List {
  final WasmI64Array _data;
  _Uint64ListBuffer? _buffer;
  _Uint64List._(this._data);
  int get length => _data.length;
  int get lengthInBytes => _data.length * 8;
  int get offsetInBytes => 0;
  int get elementSizeInBytes => 8;
  ByteBuffer get buffer => _buffer ??= _Uint64ListBuffer(this);
  int operator [](int index) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    return _data[index];
  }
  void operator []=(int index, int value) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    _data[index] = value;
  }
  Uint64List sublist(int start, [int? end]) {
    final e = RangeError.checkValidRange(start, end, length);
    final d = WasmI64Array(e - start);
    d.copy(0, _data, start, e - start);
    return _Uint64List._(d);
  }
}
final class _Uint64ListBuffer extends _Buffer {
  final _Uint64List _owner;
  _Uint64ListBuffer(this._owner);
  int get lengthInBytes => _owner._data.length * 8;
  int _byte(int at) => (_owner._data[at ~/ 8] >> ((at % 8) * 8)) & 255;
  void _setByte(int at, int value) {
    final s = (at % 8) * 8;
    final v = (_owner._data[at ~/ 8] & ~(255 << s)) | (value << s);
    _owner._data[at ~/ 8] = v;
  }
}
final class _Uint64ListView extends _TypedList<int> implements Uint64List {
  final _Buffer _buffer;
  final int _offset;
  final int length;
  _Uint64ListView(this._buffer, this._offset, this.length);
  int get lengthInBytes => length * 8;
  int get offsetInBytes => _offset;
  int get elementSizeInBytes => 8;
  ByteBuffer get buffer => _buffer;
  int operator [](int index) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this);
    return _buffer._read(_offset + index * 8, 8);
  }
  void operator []=(int index, int value) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this);
    _buffer._write(_offset + index * 8, 8, (value));
  }
  Uint64List sublist(int start, [int? end]) {
    final e = RangeError.checkValidRange(start, end, length);
    final r = Uint64List(e - start);
    for (int i = start; i < e; i++) r[i - start] = this[i];
    return r;
  }
}

abstract interface class Float32List implements List<double>, TypedData {
  static const int bytesPerElement = 4;
  factory Float32List(int length) => _Float32List._(WasmF32Array(length));
  factory Float32List.fromList(List<double> elements) {
    final n = elements.length;
    final data = WasmF32Array(n);
    final r = _Float32List._(data);
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Float32List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 4);
    if (offsetInBytes == 0 && buffer is _Float32ListBuffer && n == buffer._owner.length) return buffer._owner;
    return _Float32ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Float32List.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = data.lengthInBytes ~/ data.elementSizeInBytes;
    final e = RangeError.checkValidRange(start, end, n);
    return Float32List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, (e - start) * data.elementSizeInBytes ~/ 4);
  }
  Float32List sublist(int start, [int? end]);
}
final class _Float32List extends _TypedList<double> implements Float32List {
  final WasmF32Array _data;
  _Float32ListBuffer? _buffer;
  _Float32List._(this._data);
  int get length => _data.length;
  int get lengthInBytes => _data.length * 4;
  int get offsetInBytes => 0;
  int get elementSizeInBytes => 4;
  ByteBuffer get buffer => _buffer ??= _Float32ListBuffer(this);
  double operator [](int index) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    return _data[index];
  }
  void operator []=(int index, double value) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    _data[index] = value;
  }
  Float32List sublist(int start, [int? end]) {
    final e = RangeError.checkValidRange(start, end, length);
    final d = WasmF32Array(e - start);
    d.copy(0, _data, start, e - start);
    return _Float32List._(d);
  }
}
final class _Float32ListBuffer extends _Buffer {
  final _Float32List _owner;
  _Float32ListBuffer(this._owner);
  int get lengthInBytes => _owner._data.length * 4;
  int _byte(int at) => (_floatBits(_owner._data[at ~/ 4])  >> ((at % 4) * 8)) & 255;
  void _setByte(int at, int value) {
    final s = (at % 4) * 8;
    final v = (_floatBits(_owner._data[at ~/ 4])  & ~(255 << s)) | (value << s);
    _owner._data[at ~/ 4] = _bitsFloat(v);
  }
}
final class _Float32ListView extends _TypedList<double> implements Float32List {
  final _Buffer _buffer;
  final int _offset;
  final int length;
  _Float32ListView(this._buffer, this._offset, this.length);
  int get lengthInBytes => length * 4;
  int get offsetInBytes => _offset;
  int get elementSizeInBytes => 4;
  ByteBuffer get buffer => _buffer;
  double operator [](int index) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this);
    return _bitsFloat(_buffer._read(_offset + index * 4, 4));
  }
  void operator []=(int index, double value) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this);
    _buffer._write(_offset + index * 4, 4, _floatBits((value)) );
  }
  Float32List sublist(int start, [int? end]) {
    final e = RangeError.checkValidRange(start, end, length);
    final r = Float32List(e - start);
    for (int i = start; i < e; i++) r[i - start] = this[i];
    return r;
  }
}

abstract interface class Float64List implements List<double>, TypedData {
  static const int bytesPerElement = 8;
  factory Float64List(int length) => _Float64List._(WasmF64Array(length));
  factory Float64List.fromList(List<double> elements) {
    final n = elements.length;
    final data = WasmF64Array(n);
    final r = _Float64List._(data);
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Float64List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 8);
    if (offsetInBytes == 0 && buffer is _Float64ListBuffer && n == buffer._owner.length) return buffer._owner;
    return _Float64ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Float64List.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = data.lengthInBytes ~/ data.elementSizeInBytes;
    final e = RangeError.checkValidRange(start, end, n);
    return Float64List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, (e - start) * data.elementSizeInBytes ~/ 8);
  }
  Float64List sublist(int start, [int? end]);
}
final class _Float64List extends _TypedList<double> implements Float64List {
  final WasmF64Array _data;
  _Float64ListBuffer? _buffer;
  _Float64List._(this._data);
  int get length => _data.length;
  int get lengthInBytes => _data.length * 8;
  int get offsetInBytes => 0;
  int get elementSizeInBytes => 8;
  ByteBuffer get buffer => _buffer ??= _Float64ListBuffer(this);
  double operator [](int index) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    return _data[index];
  }
  void operator []=(int index, double value) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this);
    _data[index] = value;
  }
  Float64List sublist(int start, [int? end]) {
    final e = RangeError.checkValidRange(start, end, length);
    final d = WasmF64Array(e - start);
    d.copy(0, _data, start, e - start);
    return _Float64List._(d);
  }
}
final class _Float64ListBuffer extends _Buffer {
  final _Float64List _owner;
  _Float64ListBuffer(this._owner);
  int get lengthInBytes => _owner._data.length * 8;
  int _byte(int at) => (_doubleBits(_owner._data[at ~/ 8]) >> ((at % 8) * 8)) & 255;
  void _setByte(int at, int value) {
    final s = (at % 8) * 8;
    final v = (_doubleBits(_owner._data[at ~/ 8]) & ~(255 << s)) | (value << s);
    _owner._data[at ~/ 8] = _bitsDouble(v);
  }
}
final class _Float64ListView extends _TypedList<double> implements Float64List {
  final _Buffer _buffer;
  final int _offset;
  final int length;
  _Float64ListView(this._buffer, this._offset, this.length);
  int get lengthInBytes => length * 8;
  int get offsetInBytes => _offset;
  int get elementSizeInBytes => 8;
  ByteBuffer get buffer => _buffer;
  double operator [](int index) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this);
    return _bitsDouble(_buffer._read(_offset + index * 8, 8));
  }
  void operator []=(int index, double value) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this);
    _buffer._write(_offset + index * 8, 8, _doubleBits((value)));
  }
  Float64List sublist(int start, [int? end]) {
    final e = RangeError.checkValidRange(start, end, length);
    final r = Float64List(e - start);
    for (int i = start; i < e; i++) r[i - start] = this[i];
    return r;
  }
}
