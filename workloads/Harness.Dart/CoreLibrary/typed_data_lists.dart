part of 'typed_data.dart';

// Lists of each kind of number: the text is read once for each row, with its words in the place of the names.
//: $Kind        | $E     | $Array       | $load                  | $store                                    | $bits                     | $fromBits         | $read                                                  | $written                                  | $bytes
//: Int8         | int    | WasmI8Array  | _data.getSigned(index) | value                                     | _data[index]              | bits              | _buffer._read(_at(index, $bytes), $bytes).toSigned(8)  | value                                     | 1
//: Uint8        | int    | WasmI8Array  | _data[index]           | value                                     | _data[index]              | bits              | _buffer._read(_at(index, $bytes), $bytes)              | value                                     | 1
//: Uint8Clamped | int    | WasmI8Array  | _data[index]           | value < 0 ? 0 : value > 255 ? 255 : value | _data[index]              | bits              | _buffer._read(_at(index, $bytes), $bytes)              | value < 0 ? 0 : value > 255 ? 255 : value | 1
//: Int16        | int    | WasmI16Array | _data.getSigned(index) | value                                     | _data[index]              | bits              | _buffer._read(_at(index, $bytes), $bytes).toSigned(16) | value                                     | 2
//: Uint16       | int    | WasmI16Array | _data[index]           | value                                     | _data[index]              | bits              | _buffer._read(_at(index, $bytes), $bytes)              | value                                     | 2
//: Int32        | int    | WasmI32Array | _data.getSigned(index) | value                                     | _data[index]              | bits              | _buffer._read(_at(index, $bytes), $bytes).toSigned(32) | value                                     | 4
//: Uint32       | int    | WasmI32Array | _data[index]           | value                                     | _data[index]              | bits              | _buffer._read(_at(index, $bytes), $bytes)              | value                                     | 4
//: Int64        | int    | WasmI64Array | _data[index]           | value                                     | _data[index]              | bits              | _buffer._read(_at(index, $bytes), $bytes)              | value                                     | 8
//: Uint64       | int    | WasmI64Array | _data[index]           | value                                     | _data[index]              | bits              | _buffer._read(_at(index, $bytes), $bytes)              | value                                     | 8
//: Float32      | double | WasmF32Array | _data[index]           | value                                     | _floatBits(_data[index])  | _bitsFloat(bits)  | _bitsFloat(_buffer._read(_at(index, $bytes), $bytes))  | _floatBits(value)                         | 4
//: Float64      | double | WasmF64Array | _data[index]           | value                                     | _doubleBits(_data[index]) | _bitsDouble(bits) | _bitsDouble(_buffer._read(_at(index, $bytes), $bytes)) | _doubleBits(value)                        | 8
abstract interface class $KindList implements TypedDataList<$E> {
  static const int bytesPerElement = $bytes;
  factory $KindList(int length) => _$KindList._($Array(_checkedLength(length)));
  factory $KindList.fromList(List<$E> elements) {
    final n = elements.length;
    final r = _$KindList._($Array(n));
    for (int i = 0; i < n; i++) r[i] = elements[i];
    return r;
  }
  factory $KindList.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, $bytes);
    final owner = buffer is _OwnedBuffer ? buffer._owner : null;
    if (offsetInBytes == 0 && owner is _$KindList && n == owner.length) return _$KindList._(owner._data).._buffer = buffer;
    return _$KindListView(buffer as _Buffer, offsetInBytes, n);
  }
  factory $KindList.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = _sublistLength(data, start, end, $bytes);
    return $KindList.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, n);
  }
  $KindList sublist(int start, [int? end]);
  $KindList asUnmodifiableView();
}
final class _$KindList extends _OwnedList<$E> implements $KindList {
  final $Array _data;
  _$KindList._(this._data);
  int get length => _data.length;
  int get elementSizeInBytes => $bytes;
  $E operator [](int index) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this, name: 'index');
    return $load;
  }
  void operator []=(int index, $E value) {
    if (_boundsChecked() && !_ult(index, _data.length)) throw IndexError.withLength(index, length, indexable: this, name: 'index');
    _data[index] = $store;
  }
  int _bits(int index) => $bits;
  void _setBits(int index, int bits) => _data[index] = $fromBits;
  $KindList sublist(int start, [int? end]) {
    final n = _lengthOf(start, end), d = $Array(n);
    d.copy(0, _data, start, n);
    return _$KindList._(d);
  }
  $KindList asUnmodifiableView() => _Unmodifiable$KindList(this);
}
final class _$KindListView extends _ViewList<$E> implements $KindList {
  _$KindListView(super._buffer, super.offsetInBytes, super.length);
  int get elementSizeInBytes => $bytes;
  $E operator [](int index) => $read;
  void operator []=(int index, $E value) => _buffer._write(_at(index, $bytes), $bytes, $written);
  $KindList sublist(int start, [int? end]) => _copy(start, $KindList(_lengthOf(start, end)));
  $KindList asUnmodifiableView() => _Unmodifiable$KindList(this);
}
//: end
