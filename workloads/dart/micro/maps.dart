// Lookups in hash maps whose keys are int, String, or a class with its own == and hashCode: one map's code for all three.
import 'random.dart';

class Place {
  final int x, y;
  const Place(this.x, this.y);
  bool operator ==(Object other) => other is Place && other.x == x && other.y == y;
  int get hashCode => x * 8191 + y;
}

int histogram<K>(List<K> keys, int rounds) {
  int checksum = 0;
  for (int round = 0; round < rounds; round++) {
    final counts = <K, int>{};
    for (final key in keys) {
      counts[key] = (counts[key] ?? 0) + 1;
    }
    int present = 0;
    for (int i = 0; i < keys.length; i += 3) {
      if (counts.containsKey(keys[i])) present += counts[keys[i]]!;
      if (i % 9 == 0) counts.remove(keys[i]);
    }
    counts.forEach((key, count) {
      checksum = (checksum + count * count) & 0xffffffff;
    });
    checksum = mix(checksum, present + counts.length);
  }
  return checksum;
}

int run(int kind, int length, int rounds) {
  final random = Lcg(23);
  switch (kind) {
    case 0:
      return histogram<int>([for (int i = 0; i < length; i++) random.below(length ~/ 2)], rounds);
    case 1:
      return histogram<String>([for (int i = 0; i < length; i++) 'key ${random.below(length ~/ 2)}'], rounds);
    default:
      return histogram<Place>([for (int i = 0; i < length; i++) Place(random.below(25), random.below(length ~/ 50))], rounds);
  }
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
int runTimes(int times, int kind, int length, int rounds) {
  final int first = run(kind, length, rounds);
  for (int i = 1; i < times; i++) {
    if (run(kind, length, rounds) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() {
  for (int kind = 0; kind < 3; kind++) print(run(kind, 1000, 10));
}
