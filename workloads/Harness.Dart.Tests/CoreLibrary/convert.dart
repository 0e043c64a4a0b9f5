import 'dart:convert';
class P { Map toJson() => {'p': [1]}; }
class Q { Map toJson() => {'o': Object()}; }
void main() {
  print(jsonEncode({'a': [1, 2.5, null, true, 'q"\n\u0001'], 'b': P()})); print(const JsonEncoder.withIndent('  ').convert({'x': [1, {}], 'y': []})); print(jsonDecode('{"a":[1,-2.5e3,"\\u00e9\\n",{}],"b":null}')); print(jsonDecode('[${'['  * 3000}${']' * 3000}]').length);
  for (final bad in ['[1,]', '01', '{"a"}', '"\n"', 'nul', '1.', '']) { try { jsonDecode(bad); print('accepted $bad'); } on FormatException { print('refused'); } }
  final cyclic = []; cyclic.add(cyclic); try { jsonEncode(cyclic); } on JsonCyclicError { print('cyclic'); } try { jsonEncode({1: 2}); } on JsonUnsupportedObjectError { print('unsupported'); }
  print(utf8.encode('aé€😀')); print(utf8.decode([97, 195, 169, 226, 130, 172, 240, 159, 152, 128])); print(utf8.decode([0xff, 97, 0xe2, 0x82], allowMalformed: true).codeUnits); try { utf8.decode([0xc0, 0x80]); } on FormatException { print('refused'); }
  print(base64.encode([1, 2, 3, 250])); print(base64Url.encode([251, 255])); print(base64.decode('AQID+g==')); try { base64.decode('AQI'); } on FormatException { print('refused'); } print(latin1.decode([233])); print(htmlEscape.convert('<a href="x">&\'')); print(const LineSplitter().convert('a\r\nb\nc\rd')); print(json.fuse(utf8).decode(json.fuse(utf8).encode({'k': 1})));
  print(jsonDecode('{"a":{"b":2}}', reviver: (k, v) => v is int ? v * 10 : v)); print(Encoding.getByName('UTF-8')!.name);
  print(const JsonEncoder.withIndent('  ').convert([P(), {'q': P()}])); try { jsonEncode([Q()]); } on JsonUnsupportedObjectError catch (e) { print('${e.cause is JsonUnsupportedObjectError} $e'); }
}
