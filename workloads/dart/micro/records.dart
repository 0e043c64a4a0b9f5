// Functions that return records: quotient and remainder, a division of a list, positions as keys of a map.
import 'random.dart';

(int, int) divide(int a, int b) => (a ~/ b, a % b);

({int smallest, int largest, double mean}) summary(List<int> numbers) {
  int smallest = numbers[0], largest = numbers[0], sum = 0;
  for (final x in numbers) {
    if (x < smallest) smallest = x;
    if (x > largest) largest = x;
    sum += x;
  }
  return (smallest: smallest, largest: largest, mean: sum / numbers.length);
}

int run(int rounds) {
  final random = Lcg(41);
  final numbers = [for (int i = 0; i < 100; i++) random.below(1000)];
  final visits = <(int, int), int>{};
  int x = 3, y = 5, checksum = 0;
  for (int round = 0; round < rounds; round++) {
    for (int i = 0; i < 50; i++) {
      final (quotient, remainder) = divide(numbers[i] + round, 7 + (i & 3));
      (x, y) = (y + quotient & 15, x + remainder & 15);
      visits[(x, y)] = (visits[(x, y)] ?? 0) + 1;
    }
    final (:smallest, :largest, :mean) = summary(numbers);
    checksum = mix(checksum, smallest + largest + (mean * 100.0).toInt() + visits.length);
    numbers[round % 100] = x * 60 + y;
  }
  visits.forEach((place, count) {
    checksum = mix(checksum, place.$1 * count + place.$2);
  });
  return checksum;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
int runTimes(int times, int rounds) {
  final int first = run(rounds);
  for (int i = 1; i < times; i++) {
    if (run(rounds) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() => print(run(20));
