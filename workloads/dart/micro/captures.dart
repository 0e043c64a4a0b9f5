// Closures over variables that they change: counters, accumulators and a generator made of functions.
int Function() counter(int step) {
  int value = 0;
  return () => value += step;
}

(int Function(), void Function(int)) cell(int first) {
  int value = first;
  return (() => value, (int next) => value = next);
}

/// Calls [use] with each node of a tree of the given depth.
void walk(int depth, int label, void Function(int) use) {
  use(label);
  if (depth == 0) return;
  walk(depth - 1, label * 2, use);
  walk(depth - 1, label * 2 + 1, use);
}

int run(int rounds) {
  final one = counter(1), three = counter(3);
  final (get, set) = cell(7);
  int sum = 0;
  for (int round = 0; round < rounds; round++) {
    int largest = 0;
    walk(7, 1, (label) {
      sum = (sum + label * one()) & 0xffffffffff;
      if (label > largest) largest = label;
    });
    set((get() * 5 + largest + three()) & 0xffff);
    sum ^= get();
  }
  return sum;
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

void main() => print(run(10));
