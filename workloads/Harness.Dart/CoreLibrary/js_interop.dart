// As far as the published benchmarks use it: there is no JavaScript, typed arrays are the language's own.
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
extension type JSFloat32Array._(Float32List _value) implements JSObject {
  Float32List get toDart => _value;
}
extension type JSFloat64Array._(Float64List _value) implements JSObject {
  Float64List get toDart => _value;
}
extension NumToJS on num {
  JSNumber get toJS => JSNumber._(this);
}

// Arrays of the host are views here, which are of another class than lists that the program makes.
Object _jsConstruct(String name, List<Object?> args) {
  final n = args.isEmpty ? 0 : (args[0] as num).toInt();
  if (name == 'Float32Array') return Float32List.view(Uint8List(n * 4).buffer);
  if (name == 'Float64Array') return Float64List.view(Uint8List(n * 8).buffer);
  throw UnsupportedError('The JavaScript class $name');
}
