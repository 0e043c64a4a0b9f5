// Lists of numbers of one type, vectors, and views of their bytes.
library dart.typed_data;

import 'dart:_internal';
import 'dart:math' show Random;

part 'typed_data_bytes.dart';
part 'typed_data_lists.dart';
part 'typed_data_simd.dart';
part 'typed_data_simd_lists.dart';
part 'typed_data_unmodifiable.dart';

external int _floatBits(double x);
external double _bitsFloat(int x);
external int _doubleBits(double x);
external double _bitsDouble(int x);
external double _fround(double x);
external double _sqrt(double x);
external bool _ult(int a, int b);
external bool _boundsChecked();

abstract interface class TypedData {
  ByteBuffer get buffer;
  int get lengthInBytes;
  int get offsetInBytes;
  int get elementSizeInBytes;
}

abstract interface class TypedDataList<E> implements TypedData, List<E> {}

abstract interface class ByteBuffer {
  int get lengthInBytes;
  Uint8List asUint8List([int offsetInBytes = 0, int? length]);
  Int8List asInt8List([int offsetInBytes = 0, int? length]);
  Uint8ClampedList asUint8ClampedList([int offsetInBytes = 0, int? length]);
  Uint16List asUint16List([int offsetInBytes = 0, int? length]);
  Int16List asInt16List([int offsetInBytes = 0, int? length]);
  Uint32List asUint32List([int offsetInBytes = 0, int? length]);
  Int32List asInt32List([int offsetInBytes = 0, int? length]);
  Uint64List asUint64List([int offsetInBytes = 0, int? length]);
  Int64List asInt64List([int offsetInBytes = 0, int? length]);
  Int32x4List asInt32x4List([int offsetInBytes = 0, int? length]);
  Float32List asFloat32List([int offsetInBytes = 0, int? length]);
  Float64List asFloat64List([int offsetInBytes = 0, int? length]);
  Float32x4List asFloat32x4List([int offsetInBytes = 0, int? length]);
  Float64x2List asFloat64x2List([int offsetInBytes = 0, int? length]);
  ByteData asByteData([int offsetInBytes = 0, int? length]);
}

// The bytes of a buffer belong to the list that made it; other views go through them.
abstract class _Buffer implements ByteBuffer {
  int _byte(int at);
  void _setByte(int at, int value);
  Uint8List asUint8List([int offsetInBytes = 0, int? length]) => Uint8List.view(this, offsetInBytes, length);
  Int8List asInt8List([int offsetInBytes = 0, int? length]) => Int8List.view(this, offsetInBytes, length);
  Uint8ClampedList asUint8ClampedList([int offsetInBytes = 0, int? length]) => Uint8ClampedList.view(this, offsetInBytes, length);
  Uint16List asUint16List([int offsetInBytes = 0, int? length]) => Uint16List.view(this, offsetInBytes, length);
  Int16List asInt16List([int offsetInBytes = 0, int? length]) => Int16List.view(this, offsetInBytes, length);
  Uint32List asUint32List([int offsetInBytes = 0, int? length]) => Uint32List.view(this, offsetInBytes, length);
  Int32List asInt32List([int offsetInBytes = 0, int? length]) => Int32List.view(this, offsetInBytes, length);
  Uint64List asUint64List([int offsetInBytes = 0, int? length]) => Uint64List.view(this, offsetInBytes, length);
  Int64List asInt64List([int offsetInBytes = 0, int? length]) => Int64List.view(this, offsetInBytes, length);
  Int32x4List asInt32x4List([int offsetInBytes = 0, int? length]) => Int32x4List.view(this, offsetInBytes, length);
  Float32List asFloat32List([int offsetInBytes = 0, int? length]) => Float32List.view(this, offsetInBytes, length);
  Float64List asFloat64List([int offsetInBytes = 0, int? length]) => Float64List.view(this, offsetInBytes, length);
  Float32x4List asFloat32x4List([int offsetInBytes = 0, int? length]) => Float32x4List.view(this, offsetInBytes, length);
  Float64x2List asFloat64x2List([int offsetInBytes = 0, int? length]) => Float64x2List.view(this, offsetInBytes, length);
  ByteData asByteData([int offsetInBytes = 0, int? length]) => ByteData.view(this, offsetInBytes, length);
  int _read(int at, int size) {
    int r = 0;
    for (int i = size - 1; i >= 0; i--) r = (r << 8) | _byte(at + i);
    return r;
  }
  void _write(int at, int size, int value) {
    for (int i = 0; i < size; i++) _setByte(at + i, (value >> (8 * i)) & 255);
  }
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

// Arrays of the target have fewer elements than this.
int _checkedLength(int length) {
  if (length < 0 || length > 0x3fffffff) throw RangeError.range(length, 0, 0x3fffffff, 'length');
  return length;
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
  final bytes = (RangeError.checkValidRange(start, end, n) - start) * data.elementSizeInBytes;
  if (bytes % size != 0) throw ArgumentError('The range must be a multiple of $size bytes, but is $bytes bytes');
  return bytes ~/ size;
}

/// A list of one type of number. What reads and writes elements is written in each class, so that it is compiled for that type.
abstract class _TypedList<E> extends ListBase<E> {
  int get elementSizeInBytes;
  int get lengthInBytes => length * elementSizeInBytes;
  int _lengthOf(int start, int? end) => RangeError.checkValidRange(start, end, length) - start;
  L _copy<L extends List<E>>(int start, L to) {
    for (int i = 0; i < to.length; i++) to[i] = this[start + i];
    return to;
  }
  set length(int n) => throw UnsupportedError('Cannot change the length of a fixed-length list');
  void add(E value) => throw UnsupportedError('Cannot add to a fixed-length list');
  void addAll(Iterable<E> iterable) => throw UnsupportedError('Cannot add to a fixed-length list');
  void insert(int index, E element) => throw UnsupportedError('Cannot add to a fixed-length list');
  void insertAll(int index, Iterable<E> iterable) => throw UnsupportedError('Cannot add to a fixed-length list');
  bool remove(Object? element) => throw UnsupportedError('Cannot remove from a fixed-length list');
  E removeAt(int index) => throw UnsupportedError('Cannot remove from a fixed-length list');
  E removeLast() => throw UnsupportedError('Cannot remove from a fixed-length list');
  void removeRange(int start, int end) => throw UnsupportedError('Cannot remove from a fixed-length list');
  void removeWhere(bool test(E element)) => throw UnsupportedError('Cannot remove from a fixed-length list');
  void retainWhere(bool test(E element)) => throw UnsupportedError('Cannot remove from a fixed-length list');
  void replaceRange(int start, int end, Iterable<E> newContents) => throw UnsupportedError('Cannot remove from a fixed-length list');
  void clear() => throw UnsupportedError('Cannot clear a fixed-length list');
}

/// A list with an array of its own, or with that of the list that a buffer belongs to.
abstract class _OwnedList<E> extends _TypedList<E> {
  ByteBuffer? _buffer;
  int get offsetInBytes => 0;
  ByteBuffer get buffer => _buffer ??= _OwnedBuffer(this);
  int _bits(int index);
  void _setBits(int index, int bits);
}

/// A list of bytes that belong to another.
abstract class _ViewList<E> extends _TypedList<E> {
  final _Buffer _buffer;
  final int offsetInBytes;
  final int length;
  _ViewList(this._buffer, this.offsetInBytes, this.length);
  ByteBuffer get buffer => _buffer;
  int _at(int index, int size) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this, name: 'index');
    return offsetInBytes + index * size;
  }
}
