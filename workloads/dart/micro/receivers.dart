// One virtual call whose receiver is of one of up to eight classes, in random order: what is left of inlining as the number of targets grows?
import 'random.dart';

abstract class Step {
  final int constant;
  Step(this.constant);
  int apply(int x);
}

class Add extends Step {
  Add(super.constant);
  int apply(int x) => x + constant;
}

class Subtract extends Step {
  Subtract(super.constant);
  int apply(int x) => x - constant;
}

class Xor extends Step {
  Xor(super.constant);
  int apply(int x) => x ^ constant;
}

class Multiply extends Step {
  Multiply(super.constant);
  int apply(int x) => x * (constant | 1);
}

class Shift extends Step {
  Shift(super.constant);
  int apply(int x) => x + (x >> 3) + constant;
}

class Mask extends Step {
  Mask(super.constant);
  int apply(int x) => (x & 0xffffff) + constant;
}

class Negate extends Step {
  Negate(super.constant);
  int apply(int x) => constant - x;
}

class Square extends Step {
  Square(super.constant);
  int apply(int x) => (x & 0xffff) * (x & 0xffff) + constant;
}

Step make(int kind, int constant) => switch (kind) {
  0 => Add(constant),
  1 => Subtract(constant),
  2 => Xor(constant),
  3 => Multiply(constant),
  4 => Shift(constant),
  5 => Mask(constant),
  6 => Negate(constant),
  _ => Square(constant),
};

int applyAll(List<Step> steps, int x) {
  for (int i = 0; i < steps.length; i++) {
    x = steps[i].apply(x);
  }
  return x;
}

int run(int classes, int rounds) {
  final random = Lcg(7);
  final steps = [for (int i = 0; i < 1000; i++) make(random.below(classes), random.below(1000))];
  int x = 1;
  for (int i = 0; i < rounds; i++) {
    x = applyAll(steps, x) & 0xffffffffff;
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
  // All classes are used somewhere, so that no compiler knows the receivers of the call.
  for (final classes in [1, 2, 3, 4, 8]) print(run(classes, 10));
}
