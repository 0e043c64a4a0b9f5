// Calls through an interface that classes implement which have nothing else in common: its methods have no row of their own in a class's table.
import 'random.dart';

abstract interface class Measured {
  int get size;
  int weight(int scale);
}

abstract class Shape {
  int get edges;
}

class Box extends Shape implements Measured {
  final int width, height;
  Box(this.width, this.height);
  int get edges => 4;
  int get size => width * height;
  int weight(int scale) => width * scale + height;
}

class Disc extends Shape implements Measured {
  final int radius;
  Disc(this.radius);
  int get edges => 0;
  int get size => 3 * radius * radius;
  int weight(int scale) => radius * scale;
}

class Word implements Measured, Comparable<Word> {
  final String text;
  Word(this.text);
  int get size => text.length;
  int weight(int scale) => text.length + scale;
  int compareTo(Word other) => text.length - other.text.length;
}

class Pair<T extends Measured> implements Measured {
  final T first, second;
  Pair(this.first, this.second);
  int get size => first.size + second.size;
  int weight(int scale) => first.weight(scale) - second.weight(scale);
}

Measured make(int kind, Lcg random) => switch (kind) {
  0 => Box(random.below(50), random.below(50)),
  1 => Disc(random.below(50)),
  2 => Word('x' * (1 + random.below(9))),
  _ => Pair<Disc>(Disc(random.below(20)), Disc(random.below(20))),
};

int run(int classes, int rounds) {
  final random = Lcg(11);
  final items = <Measured>[for (int i = 0; i < 1000; i++) make(random.below(classes), random)];
  int sum = 0;
  for (int round = 0; round < rounds; round++) {
    for (final item in items) {
      sum += item.size + item.weight(round & 7);
    }
    sum &= 0xffffffffff;
  }
  return sum;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
int runTimes(int times, int classes, int rounds) {
  final int first = run(classes, rounds);
  for (int i = 1; i < times; i++) {
    if (run(classes, rounds) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() {
  for (final classes in [1, 2, 4]) print(run(classes, 10));
  print(Box(1, 1).edges + Disc(1).edges + Word('a').compareTo(Word('bc')));
}
