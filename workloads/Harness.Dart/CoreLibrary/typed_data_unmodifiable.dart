part of 'typed_data.dart';

// Views of lists that refuse to be changed.

Never _refuseChange() => throw UnsupportedError('Cannot modify an unmodifiable list');

/// A list over another that can be read alone.
abstract class _UnmodifiableList<E> extends _TypedList<E> {
  final TypedDataList<E> _list;
  _UnmodifiableList(this._list);
  int get length => _list.length;
  int get elementSizeInBytes => _list.elementSizeInBytes;
  int get offsetInBytes => _list.offsetInBytes;
  ByteBuffer get buffer => _UnmodifiableBuffer(_unsafeCast<_Buffer>(_list.buffer));
  E operator [](int index) => _list[index];
  void operator []=(int index, E value) => _refuseChange();
  set first(E value) => _refuseChange();
  set last(E value) => _refuseChange();
  void setAll(int index, Iterable<E> iterable) => _refuseChange();
  void setRange(int start, int end, Iterable<E> iterable, [int skipCount = 0]) => _refuseChange();
  void fillRange(int start, int end, [E? fill]) => _refuseChange();
  void sort([int compare(E a, E b)?]) => _refuseChange();
  void shuffle([Random? random]) => _refuseChange();
}

final class _UnmodifiableBuffer extends _Buffer {
  final _Buffer _source;
  _UnmodifiableBuffer(_Buffer source) : _source = source is _UnmodifiableBuffer ? source._source : source;
  int get lengthInBytes => _source.lengthInBytes;
  int _byte(int at) => _source._byte(at);
  void _setByte(int at, int value) => _refuseChange();
  void _write(int at, int size, int value) => _refuseChange();
  bool operator ==(Object other) => other is _UnmodifiableBuffer && identical(_source, other._source);
  int get hashCode => _source.hashCode;
}

final class _UnmodifiableInt8List extends _UnmodifiableList<int> implements Int8List {
  _UnmodifiableInt8List(super.list);
  Int8List sublist(int start, [int? end]) => _copy(start, Int8List(_lengthOf(start, end)));
  Int8List asUnmodifiableView() => this;
}

final class _UnmodifiableUint8List extends _UnmodifiableList<int> implements Uint8List {
  _UnmodifiableUint8List(super.list);
  Uint8List sublist(int start, [int? end]) => _copy(start, Uint8List(_lengthOf(start, end)));
  Uint8List asUnmodifiableView() => this;
}

final class _UnmodifiableUint8ClampedList extends _UnmodifiableList<int> implements Uint8ClampedList {
  _UnmodifiableUint8ClampedList(super.list);
  Uint8ClampedList sublist(int start, [int? end]) => _copy(start, Uint8ClampedList(_lengthOf(start, end)));
  Uint8ClampedList asUnmodifiableView() => this;
}

final class _UnmodifiableInt16List extends _UnmodifiableList<int> implements Int16List {
  _UnmodifiableInt16List(super.list);
  Int16List sublist(int start, [int? end]) => _copy(start, Int16List(_lengthOf(start, end)));
  Int16List asUnmodifiableView() => this;
}

final class _UnmodifiableUint16List extends _UnmodifiableList<int> implements Uint16List {
  _UnmodifiableUint16List(super.list);
  Uint16List sublist(int start, [int? end]) => _copy(start, Uint16List(_lengthOf(start, end)));
  Uint16List asUnmodifiableView() => this;
}

final class _UnmodifiableInt32List extends _UnmodifiableList<int> implements Int32List {
  _UnmodifiableInt32List(super.list);
  Int32List sublist(int start, [int? end]) => _copy(start, Int32List(_lengthOf(start, end)));
  Int32List asUnmodifiableView() => this;
}

final class _UnmodifiableUint32List extends _UnmodifiableList<int> implements Uint32List {
  _UnmodifiableUint32List(super.list);
  Uint32List sublist(int start, [int? end]) => _copy(start, Uint32List(_lengthOf(start, end)));
  Uint32List asUnmodifiableView() => this;
}

final class _UnmodifiableInt64List extends _UnmodifiableList<int> implements Int64List {
  _UnmodifiableInt64List(super.list);
  Int64List sublist(int start, [int? end]) => _copy(start, Int64List(_lengthOf(start, end)));
  Int64List asUnmodifiableView() => this;
}

final class _UnmodifiableUint64List extends _UnmodifiableList<int> implements Uint64List {
  _UnmodifiableUint64List(super.list);
  Uint64List sublist(int start, [int? end]) => _copy(start, Uint64List(_lengthOf(start, end)));
  Uint64List asUnmodifiableView() => this;
}

final class _UnmodifiableFloat32List extends _UnmodifiableList<double> implements Float32List {
  _UnmodifiableFloat32List(super.list);
  Float32List sublist(int start, [int? end]) => _copy(start, Float32List(_lengthOf(start, end)));
  Float32List asUnmodifiableView() => this;
}

final class _UnmodifiableFloat64List extends _UnmodifiableList<double> implements Float64List {
  _UnmodifiableFloat64List(super.list);
  Float64List sublist(int start, [int? end]) => _copy(start, Float64List(_lengthOf(start, end)));
  Float64List asUnmodifiableView() => this;
}

final class _UnmodifiableFloat32x4List extends _UnmodifiableList<Float32x4> implements Float32x4List {
  _UnmodifiableFloat32x4List(super.list);
  Float32x4List sublist(int start, [int? end]) => _copy(start, Float32x4List(_lengthOf(start, end)));
  Float32x4List asUnmodifiableView() => this;
}

final class _UnmodifiableInt32x4List extends _UnmodifiableList<Int32x4> implements Int32x4List {
  _UnmodifiableInt32x4List(super.list);
  Int32x4List sublist(int start, [int? end]) => _copy(start, Int32x4List(_lengthOf(start, end)));
  Int32x4List asUnmodifiableView() => this;
}

final class _UnmodifiableFloat64x2List extends _UnmodifiableList<Float64x2> implements Float64x2List {
  _UnmodifiableFloat64x2List(super.list);
  Float64x2List sublist(int start, [int? end]) => _copy(start, Float64x2List(_lengthOf(start, end)));
  Float64x2List asUnmodifiableView() => this;
}

final class _UnmodifiableByteData extends _ByteData {
  _UnmodifiableByteData(super._buffer, super.offsetInBytes, super.lengthInBytes);
  ByteBuffer get buffer => _UnmodifiableBuffer(_buffer);
  void _put(int byteOffset, int size, int value, Endian endian) => _refuseChange();
  ByteData asUnmodifiableView() => this;
}
