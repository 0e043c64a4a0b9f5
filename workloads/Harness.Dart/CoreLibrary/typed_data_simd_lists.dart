part of 'typed_data.dart';

// Lists of vectors: views of lists of their lanes.

abstract interface class Float32x4List implements TypedDataList<Float32x4> {
  static const int bytesPerElement = 16;
  factory Float32x4List(int length) => _Float32x4List(Float32List(_checkedLength(length) * 4));
  factory Float32x4List.fromList(List<Float32x4> elements) {
    final r = Float32x4List(elements.length);
    for (int i = 0; i < elements.length; i++) r[i] = elements[i];
    return r;
  }
  factory Float32x4List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 16);
    return _Float32x4List(Float32List.view(buffer, offsetInBytes, n * 4));
  }
  factory Float32x4List.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = _sublistLength(data, start, end, 16);
    return Float32x4List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, n);
  }
  Float32x4List sublist(int start, [int? end]);
  Float32x4List asUnmodifiableView();
}
final class _Float32x4List extends _TypedList<Float32x4> implements Float32x4List {
  final Float32List _lanes;
  _Float32x4List(this._lanes);
  int get length => _lanes.length ~/ 4;
  int get elementSizeInBytes => 16;
  int get offsetInBytes => _lanes.offsetInBytes;
  ByteBuffer get buffer => _lanes.buffer;
  Float32x4 operator [](int index) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this, name: 'index');
    final at = index * 4;
    return Float32x4(_lanes[at], _lanes[at + 1], _lanes[at + 2], _lanes[at + 3]);
  }
  void operator []=(int index, Float32x4 value) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this, name: 'index');
    final at = index * 4;
    _lanes[at] = value.x;
    _lanes[at + 1] = value.y;
    _lanes[at + 2] = value.z;
    _lanes[at + 3] = value.w;
  }
  Float32x4List sublist(int start, [int? end]) => _copy(start, Float32x4List(_lengthOf(start, end)));
  Float32x4List asUnmodifiableView() => _UnmodifiableFloat32x4List(this);
}

abstract interface class Int32x4List implements TypedDataList<Int32x4> {
  static const int bytesPerElement = 16;
  factory Int32x4List(int length) => _Int32x4List(Int32List(_checkedLength(length) * 4));
  factory Int32x4List.fromList(List<Int32x4> elements) {
    final r = Int32x4List(elements.length);
    for (int i = 0; i < elements.length; i++) r[i] = elements[i];
    return r;
  }
  factory Int32x4List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 16);
    return _Int32x4List(Int32List.view(buffer, offsetInBytes, n * 4));
  }
  factory Int32x4List.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = _sublistLength(data, start, end, 16);
    return Int32x4List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, n);
  }
  Int32x4List sublist(int start, [int? end]);
  Int32x4List asUnmodifiableView();
}
final class _Int32x4List extends _TypedList<Int32x4> implements Int32x4List {
  final Int32List _lanes;
  _Int32x4List(this._lanes);
  int get length => _lanes.length ~/ 4;
  int get elementSizeInBytes => 16;
  int get offsetInBytes => _lanes.offsetInBytes;
  ByteBuffer get buffer => _lanes.buffer;
  Int32x4 operator [](int index) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this, name: 'index');
    final at = index * 4;
    return Int32x4(_lanes[at], _lanes[at + 1], _lanes[at + 2], _lanes[at + 3]);
  }
  void operator []=(int index, Int32x4 value) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this, name: 'index');
    final at = index * 4;
    _lanes[at] = value.x;
    _lanes[at + 1] = value.y;
    _lanes[at + 2] = value.z;
    _lanes[at + 3] = value.w;
  }
  Int32x4List sublist(int start, [int? end]) => _copy(start, Int32x4List(_lengthOf(start, end)));
  Int32x4List asUnmodifiableView() => _UnmodifiableInt32x4List(this);
}

abstract interface class Float64x2List implements TypedDataList<Float64x2> {
  static const int bytesPerElement = 16;
  factory Float64x2List(int length) => _Float64x2List(Float64List(_checkedLength(length) * 2));
  factory Float64x2List.fromList(List<Float64x2> elements) {
    final r = Float64x2List(elements.length);
    for (int i = 0; i < elements.length; i++) r[i] = elements[i];
    return r;
  }
  factory Float64x2List.view(ByteBuffer buffer, [int offsetInBytes = 0, int? length]) {
    final n = _viewLength(buffer, offsetInBytes, length, 16);
    return _Float64x2List(Float64List.view(buffer, offsetInBytes, n * 2));
  }
  factory Float64x2List.sublistView(TypedData data, [int start = 0, int? end]) {
    final n = _sublistLength(data, start, end, 16);
    return Float64x2List.view(data.buffer, data.offsetInBytes + start * data.elementSizeInBytes, n);
  }
  Float64x2List sublist(int start, [int? end]);
  Float64x2List asUnmodifiableView();
}
final class _Float64x2List extends _TypedList<Float64x2> implements Float64x2List {
  final Float64List _lanes;
  _Float64x2List(this._lanes);
  int get length => _lanes.length ~/ 2;
  int get elementSizeInBytes => 16;
  int get offsetInBytes => _lanes.offsetInBytes;
  ByteBuffer get buffer => _lanes.buffer;
  Float64x2 operator [](int index) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this, name: 'index');
    final at = index * 2;
    return Float64x2(_lanes[at], _lanes[at + 1]);
  }
  void operator []=(int index, Float64x2 value) {
    if (!_ult(index, length)) throw IndexError.withLength(index, length, indexable: this, name: 'index');
    final at = index * 2;
    _lanes[at] = value.x;
    _lanes[at + 1] = value.y;
  }
  Float64x2List sublist(int start, [int? end]) => _copy(start, Float64x2List(_lengthOf(start, end)));
  Float64x2List asUnmodifiableView() => _UnmodifiableFloat64x2List(this);
}
