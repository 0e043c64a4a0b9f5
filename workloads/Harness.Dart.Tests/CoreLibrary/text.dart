// Strings whose units fit into a byte and others, runes, letters in both cases, and conversion in chunks.
import 'dart:async';
import 'dart:convert';
import 'dart:typed_data';

void main() async {
  // Wide and narrow strings are the same to programs.
  final wide = 'ab\u0100'.substring(0, 2), narrow = 'a' + 'b';
  print([wide == narrow, wide.hashCode == narrow.hashCode, wide.compareTo(narrow), {wide: 1}[narrow], narrow + '\u0100' == 'ab\u0100', '${wide}x$narrow', identical('é', 'é')]);
  final buffer = StringBuffer('é');
  for (int i = 0; i < 30; i++) buffer.writeCharCode(0xe9);
  print([buffer.length, buffer.toString() == 'é' * 31]);
  buffer.write('\u{1F600}');
  buffer.writeCharCode(0x1F601);
  buffer.writeCharCode(65);
  print([buffer, buffer.length, buffer.toString().substring(31).runes.toList()]);
  print(['x'.padLeft(3, '\u4e2d'), '中文'.split(''), 'a中b'.replaceAll('中', '-'), String.fromCharCodes([97, 0x4e2d, 0x1F600]), 'a中'.codeUnits, '\u00ff'.codeUnitAt(0)]);
  print(['straße ÿ ñ αςω яѐ ա ḁ ⅳ ａ'.toUpperCase(), 'ÀÉ ΣΑ Я Ÿ Ā Ź'.toLowerCase(), identical('abc', 'abc'.toLowerCase())]);

  final it = '\u{10000}b'.runes.iterator;
  print([it.current, it.moveNext(), it.current, it.currentSize, it.currentAsString, it.moveNext(), it.current, it.movePrevious(), it.rawIndex, it.moveNext(), it.moveNext(), it.current]);
  print([Runes('a\u{10000}').last, RuneIterator.at('abc', 2).movePrevious(), 'aé'.runes.map((r) => r.toRadixString(16))]);
  try {
    RuneIterator.at('\u{10000}', 1);
  } on ArgumentError {
    print('inside a pair');
  }

  // Iterables that are long, or have themselves as an element.
  final list = <Object>[1];
  list.add(list);
  final map = <String, Object>{};
  map['m'] = map;
  print([list, map, Iterable.generate(50), Iterable.generate(3, (i) => 'x' * 30), [1, 2].map((e) => list)]);

  // Bytes of a character, a pair of units, digits of base64 and line ends may be divided between chunks.
  String? text;
  final decoder = utf8.decoder.startChunkedConversion(StringConversionSink.withCallback((s) => text = s));
  for (final b in utf8.encode('a\u00e9\u4e2d\u{1F600}')) decoder.add([b]);
  decoder.close();
  print(text);
  List<int>? bytes;
  final encoder = utf8.encoder.startChunkedConversion(ByteConversionSink.withCallback((b) => bytes = b));
  for (int i = 0; i < text!.length; i++) encoder.addSlice(text!, i, i + 1, i == text!.length - 1);
  print([bytes, utf8.decode(bytes!) == text]);
  final chunks = <Object>[];
  final base = base64.encoder.startChunkedConversion(ChunkedConversionSink<String>.withCallback((c) => chunks.addAll(c)));
  for (final b in [1, 2, 3, 4]) base.add([b]);
  base.close();
  final back = base64.decoder.startChunkedConversion(ChunkedConversionSink<List<int>>.withCallback((c) => chunks.addAll(c)));
  for (final c in ['AQ', 'IDB', 'A==']) back.add(c);
  back.close();
  final lines = const LineSplitter().startChunkedConversion(ChunkedConversionSink<String>.withCallback((c) => chunks.addAll(c)));
  for (final c in ['a\r', '\nb', 'c\n\n', 'd']) lines.add(c);
  lines.close();
  final json = JsonUtf8Encoder(null, null, 4).startChunkedConversion(ChunkedConversionSink<List<int>>.withCallback((c) => chunks.addAll(c.map((b) => String.fromCharCodes(b)))));
  json.add([1, 'é']);
  json.close();
  print(chunks);
  print(await Stream.fromIterable([[0xe4, 0xb8], [0xad, 10, 65]]).transform(utf8.decoder).transform(const LineSplitter()).toList());
  print(await Stream.value('{"a":[1,null]}').transform(const JsonDecoder()).single);
  try {
    utf8.decoder.startChunkedConversion(StringConversionSink.withCallback((s) {}))..add([0xe4])..close();
  } on FormatException catch (e) {
    print(e.message);
  }

  // Zones.
  final log = <String>[];
  final zone = Zone.current.fork(
      specification: ZoneSpecification(
          print: (self, parent, zone, line) => log.add('print $line'),
          scheduleMicrotask: (self, parent, zone, f) {
            log.add('schedule');
            parent.scheduleMicrotask(zone, f);
          },
          run: <R>(Zone self, ZoneDelegate parent, Zone zone, R Function() f) {
            log.add('run');
            return parent.run<R>(zone, f);
          },
          registerUnaryCallback: <R, T>(Zone self, ZoneDelegate parent, Zone zone, R Function(T) f) => (T x) {
                log.add('unary');
                return f(x);
              }),
      zoneValues: {#key: 7});
  zone.run(() {
    print(Zone.current[#key]);
    scheduleMicrotask(() => print('task'));
  });
  await null;
  log.add('${zone.bindUnaryCallback<int, int>((x) => x + 1)(1)}');
  print(log);

  // Futures together, streams shared by listeners.
  final (a, b) = await (Future.value(1), Future.value('x')).wait;
  print([a, b, await [Future.value(1), Future.value(2)].wait]);
  try {
    await (Future.value(1), Future<int>.error('e')).wait;
  } on ParallelWaitError<(int?, int?), (AsyncError?, AsyncError?)> catch (e) {
    print([e.values, e.errors.$1, e.errors.$2, e]);
  }
  int starts = 0;
  final shared = Stream<int>.multi((c) {
    starts++;
    c.add(1);
    c.add(1);
    c.add(2);
    c.close();
  }).asBroadcastStream(onListen: (s) {
    try {
      s.onData(null);
    } on UnsupportedError {
      print('refused');
    }
  });
  final distinct = shared.distinct().map((e) => e * 10);
  print([await Future.wait([shared.toList(), distinct.toList(), distinct.take(1).toList()]), starts, shared.isBroadcast, distinct.isBroadcast]);
  print([await Stream.fromIterable([1, 2, 3]).skipWhile((e) => e < 2).toList(), await Stream.fromIterable([1, 2]).takeWhile((e) => e > 1 ? throw 'end' : true).toList().catchError((e) => <int>[-1])]);
}
