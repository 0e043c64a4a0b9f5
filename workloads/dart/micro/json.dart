// JSON there and back: a document is encoded, decoded, walked and encoded again; maps, lists, strings and both kinds of numbers as dynamic values.
import 'dart:convert';
import 'random.dart';

Map<String, dynamic> document(int orders) {
  final random = Lcg(31);
  return {
    'shop': 'Größe & Söhne "1912"',
    'open': true,
    'note': null,
    'orders': [
      for (int i = 0; i < orders; i++)
        {
          'id': i,
          'price': random.below(10000) / 8,
          'items': [for (int j = 0; j < random.below(5); j++) {'name': 'item ${random.below(100)}', 'count': 1 + random.below(9)}],
          'tags': ['new', if (i.isEven) 'even\n', if (i % 3 == 0) '\u20ac'],
        },
    ],
  };
}

int walk(dynamic value) => switch (value) {
  null => 1,
  bool b => b ? 2 : 3,
  int i => i,
  double d => (d * 8.0).toInt(),
  String s => s.length * 5,
  List<dynamic> list => list.fold<int>(7, (sum, item) => (sum * 3 + walk(item)) & 0xffffffff),
  Map<String, dynamic> map => map.entries.fold<int>(11, (sum, entry) => (sum * 5 + entry.key.length + walk(entry.value)) & 0xffffffff),
  _ => throw StateError('no JSON: $value'),
};

int run(int orders, int rounds) {
  final first = jsonEncode(document(orders));
  int checksum = 0;
  for (int round = 0; round < rounds; round++) {
    final decoded = jsonDecode(first);
    checksum = mix(checksum, walk(decoded));
    final again = jsonEncode(decoded);
    if (again != first) throw StateError('the document changed on its way');
    checksum = mix(checksum, again.length);
  }
  return checksum;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
int runTimes(int times, int orders, int rounds) {
  final int first = run(orders, rounds);
  for (int i = 1; i < times; i++) {
    if (run(orders, rounds) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() => print(run(10, 3));
