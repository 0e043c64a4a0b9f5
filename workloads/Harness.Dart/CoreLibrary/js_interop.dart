// As far as the published benchmarks of lists and of data transfer use it: there is no JavaScript, texts and typed arrays are the language's own.
library dart.js_interop;

import 'dart:typed_data';

class JS {
  final String? name;
  const JS([this.name]);
}
extension type JSAny._(Object _value) implements Object {}
extension type JSObject._(Object _value) implements JSAny {}
extension type JSNumber._(num _value) implements JSAny {
  num get toDart => _value;
}
extension type JSBoolean._(bool _value) implements JSAny {
  bool get toDart => _value;
}
extension type JSString._(String _value) implements JSAny {
  String get toDart => _value;
}
extension type JSUint8Array._(Uint8List _value) implements JSObject {
  Uint8List get toDart => _value;
}
extension type JSFloat32Array._(Float32List _value) implements JSObject {
  Float32List get toDart => _value;
}
extension type JSFloat64Array._(Float64List _value) implements JSObject {
  Float64List get toDart => _value;
}
extension NumToJS on num {
  JSNumber get toJS => JSNumber._(this);
}
extension BoolToJSBoolean on bool {
  JSBoolean get toJS => JSBoolean._(this);
}
extension StringToJSString on String {
  JSString get toJS => JSString._(this);
}
extension Uint8ListToJSUint8Array on Uint8List {
  JSUint8Array get toJS => JSUint8Array._(this);
}
extension Float32ListToJSFloat32Array on Float32List {
  JSFloat32Array get toJS => JSFloat32Array._(this);
}
extension Float64ListToJSFloat64Array on Float64List {
  JSFloat64Array get toJS => JSFloat64Array._(this);
}

// Arrays of the host are views here, which are of another class than lists that the program makes.
Object _jsConstruct(String name, List<Object?> args) {
  final n = args.isEmpty ? 0 : (args[0] as num).toInt();
  if (name == 'Float32Array') return Float32List.view(Uint8List(n * 4).buffer);
  if (name == 'Float64Array') return Float64List.view(Uint8List(n * 8).buffer);
  throw UnsupportedError('The JavaScript class $name');
}
