part of 'typed_data.dart';

abstract interface class Int8List implements TypedDataList<int> {
  static const int bytesPerElement = 1;
  factory Int8List(int length) => _Int8List._(WasmI8Array(_checkedLength(length)));
  factory Int8List.fromList(List<int> elements) {
    final n = elements.length;
    final r = _Int8List._(WasmI8Array(n));
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Int8List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 1);
    final owner = buffer is _OwnedBuffer ? buffer._owner : null;
    if (offsetInBytes == 0 && owner is _Int8List && n == owner.length) return _Int8List._(owner._data).._buffer = buffer;
    return _Int8ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Int8List.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = _sublistLength(data, start, end, 1);
    return Int8List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, n);
  }
  Int8List sublist(int start, [int? end]);
  Int8List asUnmodifiableView();
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
  Int8List asUnmodifiableView() => _UnmodifiableInt8List(this);
}
final class _Int8ListView extends _ViewList<int> implements Int8List {
  _Int8ListView(super._buffer, super.offsetInBytes, super.length);
  int get elementSizeInBytes => 1;
  int operator [](int index) => _buffer._read(_at(index, 1), 1).toSigned(8);
  void operator []=(int index, int value) => _buffer._write(_at(index, 1), 1, value);
  Int8List sublist(int start, [int? end]) => _copy(start, Int8List(_lengthOf(start, end)));
  Int8List asUnmodifiableView() => _UnmodifiableInt8List(this);
}

abstract interface class Uint8List implements TypedDataList<int> {
  static const int bytesPerElement = 1;
  factory Uint8List(int length) => _Uint8List._(WasmI8Array(_checkedLength(length)));
  factory Uint8List.fromList(List<int> elements) {
    final n = elements.length;
    final r = _Uint8List._(WasmI8Array(n));
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Uint8List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 1);
    final owner = buffer is _OwnedBuffer ? buffer._owner : null;
    if (offsetInBytes == 0 && owner is _Uint8List && n == owner.length) return _Uint8List._(owner._data).._buffer = buffer;
    return _Uint8ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Uint8List.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = _sublistLength(data, start, end, 1);
    return Uint8List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, n);
  }
  Uint8List sublist(int start, [int? end]);
  Uint8List asUnmodifiableView();
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
  Uint8List asUnmodifiableView() => _UnmodifiableUint8List(this);
}
final class _Uint8ListView extends _ViewList<int> implements Uint8List {
  _Uint8ListView(super._buffer, super.offsetInBytes, super.length);
  int get elementSizeInBytes => 1;
  int operator [](int index) => _buffer._read(_at(index, 1), 1);
  void operator []=(int index, int value) => _buffer._write(_at(index, 1), 1, value);
  Uint8List sublist(int start, [int? end]) => _copy(start, Uint8List(_lengthOf(start, end)));
  Uint8List asUnmodifiableView() => _UnmodifiableUint8List(this);
}

abstract interface class Uint8ClampedList implements TypedDataList<int> {
  static const int bytesPerElement = 1;
  factory Uint8ClampedList(int length) => _Uint8ClampedList._(WasmI8Array(_checkedLength(length)));
  factory Uint8ClampedList.fromList(List<int> elements) {
    final n = elements.length;
    final r = _Uint8ClampedList._(WasmI8Array(n));
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Uint8ClampedList.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 1);
    final owner = buffer is _OwnedBuffer ? buffer._owner : null;
    if (offsetInBytes == 0 && owner is _Uint8ClampedList && n == owner.length) return _Uint8ClampedList._(owner._data).._buffer = buffer;
    return _Uint8ClampedListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Uint8ClampedList.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = _sublistLength(data, start, end, 1);
    return Uint8ClampedList.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, n);
  }
  Uint8ClampedList sublist(int start, [int? end]);
  Uint8ClampedList asUnmodifiableView();
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
  Uint8ClampedList asUnmodifiableView() => _UnmodifiableUint8ClampedList(this);
}
final class _Uint8ClampedListView extends _ViewList<int> implements Uint8ClampedList {
  _Uint8ClampedListView(super._buffer, super.offsetInBytes, super.length);
  int get elementSizeInBytes => 1;
  int operator [](int index) => _buffer._read(_at(index, 1), 1);
  void operator []=(int index, int value) => _buffer._write(_at(index, 1), 1, value < 0 ? 0 : value > 255 ? 255 : value);
  Uint8ClampedList sublist(int start, [int? end]) => _copy(start, Uint8ClampedList(_lengthOf(start, end)));
  Uint8ClampedList asUnmodifiableView() => _UnmodifiableUint8ClampedList(this);
}

abstract interface class Int16List implements TypedDataList<int> {
  static const int bytesPerElement = 2;
  factory Int16List(int length) => _Int16List._(WasmI16Array(_checkedLength(length)));
  factory Int16List.fromList(List<int> elements) {
    final n = elements.length;
    final r = _Int16List._(WasmI16Array(n));
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Int16List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 2);
    final owner = buffer is _OwnedBuffer ? buffer._owner : null;
    if (offsetInBytes == 0 && owner is _Int16List && n == owner.length) return _Int16List._(owner._data).._buffer = buffer;
    return _Int16ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Int16List.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = _sublistLength(data, start, end, 2);
    return Int16List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, n);
  }
  Int16List sublist(int start, [int? end]);
  Int16List asUnmodifiableView();
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
  Int16List asUnmodifiableView() => _UnmodifiableInt16List(this);
}
final class _Int16ListView extends _ViewList<int> implements Int16List {
  _Int16ListView(super._buffer, super.offsetInBytes, super.length);
  int get elementSizeInBytes => 2;
  int operator [](int index) => _buffer._read(_at(index, 2), 2).toSigned(16);
  void operator []=(int index, int value) => _buffer._write(_at(index, 2), 2, value);
  Int16List sublist(int start, [int? end]) => _copy(start, Int16List(_lengthOf(start, end)));
  Int16List asUnmodifiableView() => _UnmodifiableInt16List(this);
}

abstract interface class Uint16List implements TypedDataList<int> {
  static const int bytesPerElement = 2;
  factory Uint16List(int length) => _Uint16List._(WasmI16Array(_checkedLength(length)));
  factory Uint16List.fromList(List<int> elements) {
    final n = elements.length;
    final r = _Uint16List._(WasmI16Array(n));
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Uint16List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 2);
    final owner = buffer is _OwnedBuffer ? buffer._owner : null;
    if (offsetInBytes == 0 && owner is _Uint16List && n == owner.length) return _Uint16List._(owner._data).._buffer = buffer;
    return _Uint16ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Uint16List.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = _sublistLength(data, start, end, 2);
    return Uint16List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, n);
  }
  Uint16List sublist(int start, [int? end]);
  Uint16List asUnmodifiableView();
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
  Uint16List asUnmodifiableView() => _UnmodifiableUint16List(this);
}
final class _Uint16ListView extends _ViewList<int> implements Uint16List {
  _Uint16ListView(super._buffer, super.offsetInBytes, super.length);
  int get elementSizeInBytes => 2;
  int operator [](int index) => _buffer._read(_at(index, 2), 2);
  void operator []=(int index, int value) => _buffer._write(_at(index, 2), 2, value);
  Uint16List sublist(int start, [int? end]) => _copy(start, Uint16List(_lengthOf(start, end)));
  Uint16List asUnmodifiableView() => _UnmodifiableUint16List(this);
}

abstract interface class Int32List implements TypedDataList<int> {
  static const int bytesPerElement = 4;
  factory Int32List(int length) => _Int32List._(WasmI32Array(_checkedLength(length)));
  factory Int32List.fromList(List<int> elements) {
    final n = elements.length;
    final r = _Int32List._(WasmI32Array(n));
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Int32List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 4);
    final owner = buffer is _OwnedBuffer ? buffer._owner : null;
    if (offsetInBytes == 0 && owner is _Int32List && n == owner.length) return _Int32List._(owner._data).._buffer = buffer;
    return _Int32ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Int32List.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = _sublistLength(data, start, end, 4);
    return Int32List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, n);
  }
  Int32List sublist(int start, [int? end]);
  Int32List asUnmodifiableView();
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
  Int32List asUnmodifiableView() => _UnmodifiableInt32List(this);
}
final class _Int32ListView extends _ViewList<int> implements Int32List {
  _Int32ListView(super._buffer, super.offsetInBytes, super.length);
  int get elementSizeInBytes => 4;
  int operator [](int index) => _buffer._read(_at(index, 4), 4).toSigned(32);
  void operator []=(int index, int value) => _buffer._write(_at(index, 4), 4, value);
  Int32List sublist(int start, [int? end]) => _copy(start, Int32List(_lengthOf(start, end)));
  Int32List asUnmodifiableView() => _UnmodifiableInt32List(this);
}

abstract interface class Uint32List implements TypedDataList<int> {
  static const int bytesPerElement = 4;
  factory Uint32List(int length) => _Uint32List._(WasmI32Array(_checkedLength(length)));
  factory Uint32List.fromList(List<int> elements) {
    final n = elements.length;
    final r = _Uint32List._(WasmI32Array(n));
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Uint32List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 4);
    final owner = buffer is _OwnedBuffer ? buffer._owner : null;
    if (offsetInBytes == 0 && owner is _Uint32List && n == owner.length) return _Uint32List._(owner._data).._buffer = buffer;
    return _Uint32ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Uint32List.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = _sublistLength(data, start, end, 4);
    return Uint32List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, n);
  }
  Uint32List sublist(int start, [int? end]);
  Uint32List asUnmodifiableView();
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
  Uint32List asUnmodifiableView() => _UnmodifiableUint32List(this);
}
final class _Uint32ListView extends _ViewList<int> implements Uint32List {
  _Uint32ListView(super._buffer, super.offsetInBytes, super.length);
  int get elementSizeInBytes => 4;
  int operator [](int index) => _buffer._read(_at(index, 4), 4);
  void operator []=(int index, int value) => _buffer._write(_at(index, 4), 4, value);
  Uint32List sublist(int start, [int? end]) => _copy(start, Uint32List(_lengthOf(start, end)));
  Uint32List asUnmodifiableView() => _UnmodifiableUint32List(this);
}

abstract interface class Int64List implements TypedDataList<int> {
  static const int bytesPerElement = 8;
  factory Int64List(int length) => _Int64List._(WasmI64Array(_checkedLength(length)));
  factory Int64List.fromList(List<int> elements) {
    final n = elements.length;
    final r = _Int64List._(WasmI64Array(n));
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Int64List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 8);
    final owner = buffer is _OwnedBuffer ? buffer._owner : null;
    if (offsetInBytes == 0 && owner is _Int64List && n == owner.length) return _Int64List._(owner._data).._buffer = buffer;
    return _Int64ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Int64List.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = _sublistLength(data, start, end, 8);
    return Int64List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, n);
  }
  Int64List sublist(int start, [int? end]);
  Int64List asUnmodifiableView();
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
  Int64List asUnmodifiableView() => _UnmodifiableInt64List(this);
}
final class _Int64ListView extends _ViewList<int> implements Int64List {
  _Int64ListView(super._buffer, super.offsetInBytes, super.length);
  int get elementSizeInBytes => 8;
  int operator [](int index) => _buffer._read(_at(index, 8), 8);
  void operator []=(int index, int value) => _buffer._write(_at(index, 8), 8, value);
  Int64List sublist(int start, [int? end]) => _copy(start, Int64List(_lengthOf(start, end)));
  Int64List asUnmodifiableView() => _UnmodifiableInt64List(this);
}

abstract interface class Uint64List implements TypedDataList<int> {
  static const int bytesPerElement = 8;
  factory Uint64List(int length) => _Uint64List._(WasmI64Array(_checkedLength(length)));
  factory Uint64List.fromList(List<int> elements) {
    final n = elements.length;
    final r = _Uint64List._(WasmI64Array(n));
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Uint64List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 8);
    final owner = buffer is _OwnedBuffer ? buffer._owner : null;
    if (offsetInBytes == 0 && owner is _Uint64List && n == owner.length) return _Uint64List._(owner._data).._buffer = buffer;
    return _Uint64ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Uint64List.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = _sublistLength(data, start, end, 8);
    return Uint64List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, n);
  }
  Uint64List sublist(int start, [int? end]);
  Uint64List asUnmodifiableView();
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
  Uint64List asUnmodifiableView() => _UnmodifiableUint64List(this);
}
final class _Uint64ListView extends _ViewList<int> implements Uint64List {
  _Uint64ListView(super._buffer, super.offsetInBytes, super.length);
  int get elementSizeInBytes => 8;
  int operator [](int index) => _buffer._read(_at(index, 8), 8);
  void operator []=(int index, int value) => _buffer._write(_at(index, 8), 8, value);
  Uint64List sublist(int start, [int? end]) => _copy(start, Uint64List(_lengthOf(start, end)));
  Uint64List asUnmodifiableView() => _UnmodifiableUint64List(this);
}

abstract interface class Float32List implements TypedDataList<double> {
  static const int bytesPerElement = 4;
  factory Float32List(int length) => _Float32List._(WasmF32Array(_checkedLength(length)));
  factory Float32List.fromList(List<double> elements) {
    final n = elements.length;
    final r = _Float32List._(WasmF32Array(n));
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Float32List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 4);
    final owner = buffer is _OwnedBuffer ? buffer._owner : null;
    if (offsetInBytes == 0 && owner is _Float32List && n == owner.length) return _Float32List._(owner._data).._buffer = buffer;
    return _Float32ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Float32List.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = _sublistLength(data, start, end, 4);
    return Float32List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, n);
  }
  Float32List sublist(int start, [int? end]);
  Float32List asUnmodifiableView();
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
  Float32List asUnmodifiableView() => _UnmodifiableFloat32List(this);
}
final class _Float32ListView extends _ViewList<double> implements Float32List {
  _Float32ListView(super._buffer, super.offsetInBytes, super.length);
  int get elementSizeInBytes => 4;
  double operator [](int index) => _bitsFloat(_buffer._read(_at(index, 4), 4));
  void operator []=(int index, double value) => _buffer._write(_at(index, 4), 4, _floatBits(value));
  Float32List sublist(int start, [int? end]) => _copy(start, Float32List(_lengthOf(start, end)));
  Float32List asUnmodifiableView() => _UnmodifiableFloat32List(this);
}

abstract interface class Float64List implements TypedDataList<double> {
  static const int bytesPerElement = 8;
  factory Float64List(int length) => _Float64List._(WasmF64Array(_checkedLength(length)));
  factory Float64List.fromList(List<double> elements) {
    final n = elements.length;
    final r = _Float64List._(WasmF64Array(n));
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory Float64List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 8);
    final owner = buffer is _OwnedBuffer ? buffer._owner : null;
    if (offsetInBytes == 0 && owner is _Float64List && n == owner.length) return _Float64List._(owner._data).._buffer = buffer;
    return _Float64ListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory Float64List.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = _sublistLength(data, start, end, 8);
    return Float64List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, n);
  }
  Float64List sublist(int start, [int? end]);
  Float64List asUnmodifiableView();
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
  Float64List asUnmodifiableView() => _UnmodifiableFloat64List(this);
}
final class _Float64ListView extends _ViewList<double> implements Float64List {
  _Float64ListView(super._buffer, super.offsetInBytes, super.length);
  int get elementSizeInBytes => 8;
  double operator [](int index) => _bitsDouble(_buffer._read(_at(index, 8), 8));
  void operator []=(int index, double value) => _buffer._write(_at(index, 8), 8, _doubleBits(value));
  Float64List sublist(int start, [int? end]) => _copy(start, Float64List(_lengthOf(start, end)));
  Float64List asUnmodifiableView() => _UnmodifiableFloat64List(this);
}
