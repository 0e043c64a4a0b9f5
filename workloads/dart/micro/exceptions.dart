// Calls that may throw, caught two frames above with a type and a finally on the way: one in a thousand, or one in ten.
import 'random.dart';

class Refused implements Exception {
  final int code;
  Refused(this.code);
}

abstract class Rule {
  int check(int x);
}

class Limit extends Rule {
  final int limit;
  Limit(this.limit);
  int check(int x) => x < limit ? x : throw Refused(x - limit);
}

class Even extends Rule {
  int check(int x) => x & ~1;
}

int entered = 0;

int guarded(Rule rule, int x) {
  entered++;
  try {
    return rule.check(x);
  } finally {
    entered--;
  }
}

int attempt(Rule rule, int x) {
  try {
    return guarded(rule, x);
  } on Refused catch (refusal) {
    return refusal.code;
  } on StateError {
    return -1;
  }
}

int run(int oneIn, int rounds) {
  final random = Lcg(43);
  final rules = [Limit(1000 - 1000 ~/ oneIn), Even(), Limit(2000)];
  int sum = 0;
  for (int round = 0; round < rounds; round++) {
    for (int i = 0; i < rules.length; i++) {
      sum = (sum + attempt(rules[i], random.below(1000))) & 0xffffffff;
    }
  }
  return sum * 2 + entered;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
int runTimes(int times, int oneIn, int rounds) {
  final int first = run(oneIn, rounds);
  for (int i = 1; i < times; i++) {
    if (run(oneIn, rounds) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() {
  for (final oneIn in [1000, 10]) print(run(oneIn, 1000));
}
