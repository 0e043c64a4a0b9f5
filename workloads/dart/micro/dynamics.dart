// Calls without a static type: methods, getters and operators of receivers that are dynamic, and a class that answers by noSuchMethod.
import 'random.dart';

class Duck {
  final int weight;
  Duck(this.weight);
  int speak(int times) => weight * times;
}

class Robot {
  final int weight = 100;
  int speak(int times, {int pitch = 3}) => times * pitch;
}

class Echo {
  dynamic noSuchMethod(Invocation invocation) => invocation.isGetter ? 7 : invocation.positionalArguments[0];
}

int greet(dynamic being, int times) => (being.speak(times) as int) + (being.weight as int);

dynamic add(dynamic a, dynamic b) => a + b;

int run(int rounds) {
  final random = Lcg(47);
  final beings = <dynamic>[
    for (int i = 0; i < 100; i++)
      switch (random.below(8)) { < 4 => Duck(random.below(10)), < 7 => Robot(), _ => Echo() },
  ];
  final operands = <dynamic>[1, 2.5, 'text', 40, 0.25];
  int sum = 0;
  for (int round = 0; round < rounds; round++) {
    for (int i = 0; i < beings.length; i++) {
      sum = (sum + greet(beings[i], round & 15)) & 0xffffffff;
    }
    final number = add(operands[0], operands[3]), fraction = add(operands[1], operands[4]), text = add(operands[2], 's');
    sum += (number as int) + ((fraction as double) * 4.0).toInt() + (text as String).length;
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
