// Closures that are called where they are not made: handed to a function that all callers share, and composed.
import 'random.dart';

typedef Operation = int Function(int x);

Operation adder(int n) => (x) => x + n;
Operation multiplier(int n) => (x) => (x * n) & 0xffffffff;
Operation limiter(int limit) => (x) => x < limit ? x : x - limit;
Operation twice(Operation f) => (x) => f(f(x));
Operation compose(Operation f, Operation g) => (x) => g(f(x));

int repeat(int times, int x, Operation f) {
  for (int i = 0; i < times; i++) {
    x = f(x);
  }
  return x;
}

int run(int kinds, int rounds) {
  final random = Lcg(5);
  final operations = <Operation>[];
  for (int i = 0; i < 64; i++) {
    operations.add(switch (random.below(kinds)) {
      0 => adder(random.below(100)),
      1 => multiplier(random.below(100) | 1),
      2 => twice(adder(random.below(10))),
      _ => compose(multiplier(3), limiter(1 << 30)),
    });
  }
  int x = 1;
  for (int round = 0; round < rounds; round++) {
    for (int i = 0; i < operations.length; i++) {
      x = repeat(16, x, operations[i]) & 0xffffffff;
    }
  }
  return x;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
int runTimes(int times, int kinds, int rounds) {
  final int first = run(kinds, rounds);
  for (int i = 1; i < times; i++) {
    if (run(kinds, rounds) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() {
  for (final kinds in [1, 2, 4]) print(run(kinds, 10));
}
