// What the target offers, and what compiled code calls.
library dart._internal;


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
