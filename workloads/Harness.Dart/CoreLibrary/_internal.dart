// What the target offers, and what compiled code calls.
library dart._internal;

// What prints where a zone does it its own way.
void Function(String line)? zonePrint;

// An object of the host, of which nothing but the host knows what it is.
final class WasmExtern {}

// Arrays of the target. Their elements are not initialized beyond zero and null.
final class WasmArray<T> {
  external factory WasmArray(int length);
  external T operator [](int i);
  external void operator []=(int i, T value);
  external int get length;
  external void copy(int to, WasmArray<T> source, int from, int count);
  external void fill(int from, T value, int count);
}

final class WasmI8Array {
  external factory WasmI8Array(int length);
  external int operator [](int i);
  external int getSigned(int i);
  external void operator []=(int i, int value);
  external int get length;
  external void copy(int to, WasmI8Array source, int from, int count);
  external void fill(int from, int value, int count);
}

final class WasmI16Array {
  external factory WasmI16Array(int length);
  external int operator [](int i);
  external int getSigned(int i);
  external void operator []=(int i, int value);
  external int get length;
  external void copy(int to, WasmI16Array source, int from, int count);
  external void fill(int from, int value, int count);
}

// The units of a string. The compiler decides what array holds them (dart.strings); where there is a narrow form, it is for units below 256.
final class WasmUnits {
  external factory WasmUnits.narrow(int length);
  external factory WasmUnits.wide(int length);
  // For a unit, or for units of others.
  external factory WasmUnits.forUnit(int unit, int length);
  external factory WasmUnits.like(WasmUnits other, int length);
  external factory WasmUnits.both(WasmUnits a, WasmUnits b, int length);
  external factory WasmUnits.ofAll(WasmArray<Object?> strings, int length);
  external int operator [](int i);
  external void operator []=(int i, int value);
  external int get length;
  external bool get isNarrow;
  external void copy(int to, WasmUnits source, int from, int count);
  // Those that a narrow or wide array is.
  external WasmI8Array get bytes;
  external WasmI16Array get words;
}

final class WasmI32Array {
  external factory WasmI32Array(int length);
  external int operator [](int i);
  external int getSigned(int i);
  external void operator []=(int i, int value);
  external int get length;
  external void copy(int to, WasmI32Array source, int from, int count);
  external void fill(int from, int value, int count);
}

final class WasmI64Array {
  external factory WasmI64Array(int length);
  external int operator [](int i);
  external void operator []=(int i, int value);
  external int get length;
  external void copy(int to, WasmI64Array source, int from, int count);
  external void fill(int from, int value, int count);
}

final class WasmF32Array {
  external factory WasmF32Array(int length);
  external double operator [](int i);
  external void operator []=(int i, double value);
  external int get length;
  external void copy(int to, WasmF32Array source, int from, int count);
  external void fill(int from, double value, int count);
}

final class WasmF64Array {
  external factory WasmF64Array(int length);
  external double operator [](int i);
  external void operator []=(int i, double value);
  external int get length;
  external void copy(int to, WasmF64Array source, int from, int count);
  external void fill(int from, double value, int count);
}
