import 'dart:convert';
import 'dart:js_interop';
import 'dart:typed_data';

// As a benchmark of data transfer uses it: what comes back is what was given.
class Transfer {
  final JSString text;
  final JSUint8Array bytes;
  Transfer(this.text, this.bytes);
  String run() => 'a${text.toDart}';
  Uint8List copy() => Uint8List.fromList(bytes.toDart);
}

void main() {
  final transfer = Transfer('grün'.toJS, utf8.encode('grün').toJS);
  print(transfer.run());
  print(transfer.copy());
  print([true.toJS.toDart, 16.toJS.toDart, 2.5.toJS.toDart]);
  print([Float32List.fromList([0.5]).toJS.toDart, Float64List(2).toJS.toDart.length]);
}
