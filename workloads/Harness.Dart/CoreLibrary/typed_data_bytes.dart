part of 'typed_data.dart';

external T _unsafeCast<T>(Object? o);

/// The order of the bytes of a number.
final class Endian {
  final bool _isLittle;
  const Endian._(this._isLittle);
  static const Endian big = Endian._(false);
  static const Endian little = Endian._(true);
  static final Endian host = little;
}

/// Numbers of any type at any offset.
abstract interface class ByteData implements TypedData {
  factory ByteData(int length) => _ByteData(_unsafeCast<_Buffer>(Uint8List(length).buffer), 0, length);
  factory ByteData.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 1);
    return _ByteData(_unsafeCast<_Buffer>(buffer), offsetInBytes, n);
  }
  factory ByteData.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = _sublistLength(data, start, end, 1);
    return ByteData.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, n);
  }
  int getInt8(int byteOffset);
  void setInt8(int byteOffset, int value);
  int getUint8(int byteOffset);
  void setUint8(int byteOffset, int value);
  int getInt16(int byteOffset, [Endian endian = Endian.big]);
  void setInt16(int byteOffset, int value, [Endian endian = Endian.big]);
  int getUint16(int byteOffset, [Endian endian = Endian.big]);
  void setUint16(int byteOffset, int value, [Endian endian = Endian.big]);
  int getInt32(int byteOffset, [Endian endian = Endian.big]);
  void setInt32(int byteOffset, int value, [Endian endian = Endian.big]);
  int getUint32(int byteOffset, [Endian endian = Endian.big]);
  void setUint32(int byteOffset, int value, [Endian endian = Endian.big]);
  int getInt64(int byteOffset, [Endian endian = Endian.big]);
  void setInt64(int byteOffset, int value, [Endian endian = Endian.big]);
  int getUint64(int byteOffset, [Endian endian = Endian.big]);
  void setUint64(int byteOffset, int value, [Endian endian = Endian.big]);
  double getFloat32(int byteOffset, [Endian endian = Endian.big]);
  void setFloat32(int byteOffset, double value, [Endian endian = Endian.big]);
  double getFloat64(int byteOffset, [Endian endian = Endian.big]);
  void setFloat64(int byteOffset, double value, [Endian endian = Endian.big]);
  ByteData asUnmodifiableView();
}

class _ByteData implements ByteData {
  final _Buffer _buffer;
  final int offsetInBytes;
  final int lengthInBytes;
  _ByteData(this._buffer, this.offsetInBytes, this.lengthInBytes);
  ByteBuffer get buffer => _buffer;
  int get elementSizeInBytes => 1;

  int _at(int byteOffset, int size) {
    if (byteOffset < 0 || byteOffset + size > lengthInBytes) throw RangeError.range(byteOffset, 0, lengthInBytes - size, 'byteOffset');
    return offsetInBytes + byteOffset;
  }
  int _get(int byteOffset, int size, Endian endian) {
    final at = _at(byteOffset, size);
    if (endian._isLittle) return _buffer._read(at, size);
    int r = 0;
    for (int i = 0; i < size; i++) r = r << 8 | _buffer._byte(at + i);
    return r;
  }
  void _put(int byteOffset, int size, int value, Endian endian) {
    final at = _at(byteOffset, size);
    if (endian._isLittle) {
      _buffer._write(at, size, value);
    } else {
      for (int i = 0; i < size; i++) _buffer._setByte(at + size - 1 - i, value >> (8 * i) & 255);
    }
  }
  int getInt8(int byteOffset) => _get(byteOffset, 1, Endian.little).toSigned(8);
  void setInt8(int byteOffset, int value) => _put(byteOffset, 1, value, Endian.little);
  int getUint8(int byteOffset) => _get(byteOffset, 1, Endian.little);
  void setUint8(int byteOffset, int value) => _put(byteOffset, 1, value, Endian.little);
  int getInt16(int byteOffset, [Endian endian = Endian.big]) => _get(byteOffset, 2, endian).toSigned(16);
  void setInt16(int byteOffset, int value, [Endian endian = Endian.big]) => _put(byteOffset, 2, value, endian);
  int getUint16(int byteOffset, [Endian endian = Endian.big]) => _get(byteOffset, 2, endian);
  void setUint16(int byteOffset, int value, [Endian endian = Endian.big]) => _put(byteOffset, 2, value, endian);
  int getInt32(int byteOffset, [Endian endian = Endian.big]) => _get(byteOffset, 4, endian).toSigned(32);
  void setInt32(int byteOffset, int value, [Endian endian = Endian.big]) => _put(byteOffset, 4, value, endian);
  int getUint32(int byteOffset, [Endian endian = Endian.big]) => _get(byteOffset, 4, endian);
  void setUint32(int byteOffset, int value, [Endian endian = Endian.big]) => _put(byteOffset, 4, value, endian);
  int getInt64(int byteOffset, [Endian endian = Endian.big]) => _get(byteOffset, 8, endian);
  void setInt64(int byteOffset, int value, [Endian endian = Endian.big]) => _put(byteOffset, 8, value, endian);
  int getUint64(int byteOffset, [Endian endian = Endian.big]) => _get(byteOffset, 8, endian);
  void setUint64(int byteOffset, int value, [Endian endian = Endian.big]) => _put(byteOffset, 8, value, endian);
  double getFloat32(int byteOffset, [Endian endian = Endian.big]) => _bitsFloat(_get(byteOffset, 4, endian));
  void setFloat32(int byteOffset, double value, [Endian endian = Endian.big]) => _put(byteOffset, 4, _floatBits(value), endian);
  double getFloat64(int byteOffset, [Endian endian = Endian.big]) => _bitsDouble(_get(byteOffset, 8, endian));
  void setFloat64(int byteOffset, double value, [Endian endian = Endian.big]) => _put(byteOffset, 8, _doubleBits(value), endian);
  ByteData asUnmodifiableView() => _UnmodifiableByteData(_buffer, offsetInBytes, lengthInBytes);
}

/// Bytes that are put one behind the other.
abstract interface class BytesBuilder {
  factory BytesBuilder({bool copy = true}) => _BytesBuilder(copy);
  void add(List<int> bytes);
  void addByte(int byte);
  Uint8List takeBytes();
  Uint8List toBytes();
  int get length;
  bool get isEmpty;
  bool get isNotEmpty;
  void clear();
}

final class _BytesBuilder implements BytesBuilder {
  final bool _copies;
  final List<Uint8List> _chunks = [];
  Uint8List? _open;
  int _used = 0;
  int length = 0;
  _BytesBuilder(this._copies);
  bool get isEmpty => length == 0;
  bool get isNotEmpty => length != 0;

  void _close() {
    final open = _open;
    if (open != null && _used > 0) _chunks.add(Uint8List.sublistView(open, 0, _used));
    _open = null;
    _used = 0;
  }
  void add(List<int> bytes) {
    if (bytes.isEmpty) return;
    if (!_copies && bytes is Uint8List) {
      _close();
      _chunks.add(bytes);
      length += bytes.length;
      return;
    }
    for (int i = 0; i < bytes.length; i++) addByte(bytes[i]);
  }
  void addByte(int byte) {
    final open = _open;
    if (open == null || _used == open.length) {
      _close();
      _open = Uint8List(length < 64 ? 64 : length > 65536 ? 65536 : length);
    }
    _open![_used++] = byte;
    length++;
  }
  Uint8List toBytes() {
    final result = Uint8List(length);
    int at = 0;
    for (final chunk in _chunks) {
      for (int i = 0; i < chunk.length; i++) result[at++] = chunk[i];
    }
    for (int i = 0; i < _used; i++) result[at++] = _open![i];
    return result;
  }
  Uint8List takeBytes() {
    final result = !_copies && _used == 0 && _chunks.length == 1 ? _chunks[0] : toBytes();
    clear();
    return result;
  }
  void clear() {
    _chunks.clear();
    _open = null;
    _used = 0;
    length = 0;
  }
}
