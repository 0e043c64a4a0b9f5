// List.sort with comparators: one order, or three by turns, in one sort that all callers share.
import 'random.dart';

class Person {
  final String name;
  final int age;
  final double height;
  Person(this.name, this.age, this.height);
}

int byAge(Person a, Person b) => a.age - b.age;
int byHeight(Person a, Person b) => a.height.compareTo(b.height);
int byName(Person a, Person b) {
  final order = a.name.compareTo(b.name);
  return order != 0 ? order : byAge(a, b);
}

int run(int orders, int length, int rounds) {
  final random = Lcg(29);
  final people = [
    for (int i = 0; i < length; i++) Person('p${random.below(100000)}', random.below(90), random.unit() + 1.0),
  ];
  int checksum = 0;
  for (int round = 0; round < rounds; round++) {
    final list = [...people];
    list.sort(switch (round % orders) { 0 => byAge, 1 => byHeight, _ => byName });
    for (int i = 0; i < length; i += 7) {
      checksum = mix(checksum, list[i].age);
    }
  }
  return checksum;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
int runTimes(int times, int orders, int length, int rounds) {
  final int first = run(orders, length, rounds);
  for (int i = 1; i < times; i++) {
    if (run(orders, length, rounds) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() {
  for (final orders in [1, 3]) print(run(orders, 100, 9));
}
