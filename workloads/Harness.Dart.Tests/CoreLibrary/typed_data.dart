// Lists of numbers, their views, bytes and vectors.
import 'dart:typed_data';

void refuses(String what, void action()) {
  try {
    action();
    print('$what: nothing');
  } on UnsupportedError {
    print('$what: refused');
  } on RangeError {
    print('$what: range');
  } on ArgumentError {
    print('$what: argument');
  }
}

void fixedLength(String name, List<int> list) {
  print('$name ${list.runtimeType} $list');
  refuses('add', () => list.add(1));
  refuses('addAll', () => list.addAll([1]));
  refuses('insert', () => list.insert(0, 1));
  refuses('insertAll', () => list.insertAll(0, [1]));
  refuses('remove', () => list.remove(1));
  refuses('removeAt', () => list.removeAt(0));
  refuses('removeLast', () => list.removeLast());
  refuses('removeRange', () => list.removeRange(0, 1));
  refuses('removeWhere', () => list.removeWhere((e) => false));
  refuses('retainWhere', () => list.retainWhere((e) => true));
  refuses('replaceRange', () => list.replaceRange(0, 1, [1]));
  refuses('clear', () => list.clear());
  refuses('length', () => list.length = 1);
  refuses('index', () => list[100]);
  refuses('negative', () => list[-1]);
}

void main() {
  fixedLength('bytes', Uint8List.fromList([1, 2, 3]));
  fixedLength('view', Int16List.view(Uint8List.fromList([1, 0, 2, 0, 255, 255]).buffer, 2));
  refuses('length of -1', () => Float64List(-1));
  print([Int8List(1)..[0] = 200, Uint8List(1)..[0] = 300, Uint8ClampedList(2)..setAll(0, [-5, 300]), Int16List(1)..[0] = 40000, Uint32List(1)..[0] = -1, Int64List(1)..[0] = -1]);

  // Views of the same bytes, of which two are never the same.
  final words = Uint32List.fromList([0x11223344, 0x55667788]);
  final same = Uint32List.view(words.buffer);
  same[0]++;
  print([words[0].toRadixString(16), identical(same, words), same == words, same.buffer == words.buffer, identical(words.buffer.asUint32List(), same)]);
  final bytes = words.buffer.asUint8List(2, 4);
  print([bytes, bytes.offsetInBytes, bytes.lengthInBytes, bytes.elementSizeInBytes, bytes.buffer.lengthInBytes]);
  bytes[0] = 0;
  print([words[0].toRadixString(16), words.buffer.asInt8List().first, words.buffer.asUint16List(2, 1).single]);
  refuses('offset', () => words.buffer.asUint32List(2));
  refuses('length', () => words.buffer.asUint32List(4, 2));
  print([Uint8List.sublistView(words, 1), Uint16List.sublistView(Uint8List.fromList([1, 2, 3, 4, 5, 6]), 2)]);
  refuses('sublist view of odd bytes', () => Uint16List.sublistView(Uint8List(3)));
  print([words.sublist(1).map((e) => e.toRadixString(16)), Float32List.fromList([1.1, 2]).sublist(0, 1)[0] == 1.1]);
  final unmodifiable = words.asUnmodifiableView();
  refuses('unmodifiable', () => unmodifiable[0] = 1);
  refuses('its bytes', () => unmodifiable.buffer.asUint8List()[0] = 1);
  words[1] = 7;
  print([unmodifiable[1], unmodifiable.length, unmodifiable.sublist(1)]);

  final data = ByteData(12);
  data.setInt16(0, -2);
  data.setUint16(2, 0x1234, Endian.little);
  data.setFloat32(4, 1.5);
  data.setInt32(8, -3, Endian.host);
  print([data.getUint16(0), data.getInt16(0), data.getUint8(2), data.getUint32(4), data.getFloat32(4), data.getInt32(8, Endian.little), data.getInt8(8)]);
  final wide = ByteData(16)
    ..setInt64(0, 0x1122334455667788)
    ..setFloat64(8, -0.5, Endian.little);
  print([wide.getUint64(0).toRadixString(16), wide.getInt64(0, Endian.little).toRadixString(16), wide.getFloat64(8, Endian.little), wide.getUint8(15)]);
  refuses('beyond the end', () => data.getInt32(9));
  refuses('unmodifiable data', () => data.asUnmodifiableView().setInt8(0, 1));
  print([ByteData.view(words.buffer, 4).getUint32(0, Endian.little), ByteData.sublistView(words, 1).lengthInBytes, data.runtimeType]);

  final builder = BytesBuilder();
  for (int i = 0; i < 100; i++) builder.addByte(i);
  builder.add([300, -1]);
  print([builder.length, builder.toBytes().length, builder.toBytes().sublist(98), builder.takeBytes().length, builder.isEmpty]);

  final a = Float32x4(1, -2, 3.5, 0.1), b = Float32x4.splat(2);
  print([a + b, a - b, a * b, a / b, -a, a.abs(), a.min(b), a.max(b), a.scale(2), a.clamp(Float32x4.zero(), b)]);
  print([a.signMask, a.lessThan(b), a.equal(a).flagX, a.shuffle(Float32x4.wzyx), a.shuffleMix(b, Float32x4.xyxy), a.withY(9), b.sqrt().x.toStringAsFixed(4)]);
  final m = Int32x4(1, -1, 0x80000000, 0), n = Int32x4.bool(true, false, true, false);
  print([m, m & n, m | n, m ^ n, m + m, m.signMask, n.flagY, n.withFlagY(true), n.select(a, b), m.x, m.z]);
  print([Float32x4.fromInt32x4Bits(Int32x4.fromFloat32x4Bits(a)), Float64x2(1, 2) * Float64x2.splat(3), Float64x2(-1, 2).signMask, Float64x2.fromFloat32x4(a)]);
  final vectors = Float32x4List(2)..[1] = a;
  print([vectors, vectors.length, vectors.buffer.asFloat32List(16)[1], Float32x4List.view(vectors.buffer, 16).single, Float64x2List.fromList([Float64x2(1, 2)]), Int32x4List.fromList([m])[0].y]);
}
