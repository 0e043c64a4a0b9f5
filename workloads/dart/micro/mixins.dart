// Methods that classes get from mixins: each application has a copy, and the calls within a mixin find what the class overrides.
import 'random.dart';

mixin Counting {
  int count = 0;
  int get step;
  int tick(int x) {
    count += step;
    return x + count;
  }
}

mixin Scaled {
  int get scale;
  int scaled(int x) => (x * scale) & 0xffffff;
}

abstract class Node {
  int visit(int x);
}

class Even extends Node with Counting, Scaled {
  int get step => 2;
  int get scale => 3;
  int visit(int x) => scaled(tick(x));
}

class Odd extends Node with Counting, Scaled {
  int get step => 1;
  int get scale => 5;
  int visit(int x) => tick(scaled(x)) & 0xffffff;
}

class Slow extends Node with Scaled {
  int get scale => 7;
  int visit(int x) => scaled(x + 1);
}

class Quick extends Slow with Counting {
  int get step => 3;
  int get scale => super.scale + 4;
  int visit(int x) => tick(super.visit(x)) & 0xffffff;
}

Node make(int kind) => switch (kind) { 0 => Even(), 1 => Odd(), 2 => Slow(), _ => Quick() };

int run(int classes, int rounds) {
  final random = Lcg(3);
  final nodes = [for (int i = 0; i < 256; i++) make(random.below(classes))];
  int x = 1;
  for (int round = 0; round < rounds; round++) {
    for (int i = 0; i < nodes.length; i++) {
      x = nodes[i].visit(x);
    }
  }
  return x;
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
}
