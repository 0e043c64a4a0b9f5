// Chains of map, where, takeWhile and fold: three iterators deep, a closure at each.
import 'random.dart';

int chain(List<int> numbers, int limit) => numbers
    .map((x) => x * 3 + 1)
    .where((x) => x % 2 == 0)
    .map((x) => x ~/ 2)
    .takeWhile((x) => x < limit)
    .fold<int>(0, (sum, x) => (sum + x) & 0xffffffff);

int nested(List<int> numbers) =>
    numbers.skip(3).expand((x) => [x, x + 1]).where((x) => x % 3 != 0).fold<int>(1, (product, x) => (product * (x | 1)) & 0xffffff);

int largest(Iterable<int> numbers) {
  int result = 0;
  for (final x in numbers) {
    if (x > result) result = x;
  }
  return result;
}

int run(int length, int rounds) {
  final random = Lcg(19);
  final numbers = [for (int i = 0; i < length; i++) random.below(10000)];
  int checksum = 0;
  for (int round = 0; round < rounds; round++) {
    checksum = mix(checksum, chain(numbers, 20000) + nested(numbers) + largest(numbers.map((x) => x ^ round)));
    numbers[round % length] = round & 0x1fff;
  }
  return checksum;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
int runTimes(int times, int length, int rounds) {
  final int first = run(length, rounds);
  for (int i = 1; i < times; i++) {
    if (run(length, rounds) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() => print(run(100, 10));
