// Calls of every kind whose target a class decides: overridden, inherited, mixed in, through interfaces, torn off, by name, and by noSuchMethod.
abstract class Animal {
  String name;
  Animal(this.name);
  String get sound;
  set nick(String value) => name = 'nick $value';
  String speak([int times = 1, String end = '.']) => '$name: ${List.filled(times, sound).join(' ')}$end';
  bool operator <(Animal other) => name.compareTo(other.name) < 0;
  String self() => 'animal $name';
}

class Dog extends Animal {
  Dog(super.name);
  String get sound => 'wuff';
  String self() => 'dog, ${super.self()}';
}

class Puppy extends Dog {
  Puppy(super.name);
  String get sound => '${super.sound}?';
  String speak([int times = 2, String end = '!']) => super.speak(times, end);
}

class Cat extends Animal {
  Cat(super.name);
  String get sound => 'miau';
  set nick(String value) => name = 'cat $value';
}

mixin Swims on Animal {
  String swim() => '$name swims';
  String self() => 'swimmer, ${super.self()}';
}

mixin Counts {
  int count = 0;
  int next() => ++count;
}

class Otter extends Animal with Swims, Counts implements Comparable<Otter> {
  Otter(super.name);
  String get sound => 'iiih ${next()}';
  int compareTo(Otter other) => name.length - other.name.length;
}

abstract interface class Weighed {
  int get weight;
  int times(int n);
}

class Stone implements Weighed {
  final int weight;
  const Stone(this.weight);
  int times(int n) => weight * n;
}

class Bag<T extends Weighed> implements Weighed {
  final List<T> items;
  Bag(this.items);
  int get weight => items.fold(0, (sum, item) => sum + item.weight);
  int times(int n) => items.map((item) => item.times(n)).fold(1, (a, b) => a + b);
}

enum Size implements Weighed {
  small(1),
  large(10);

  const Size(this.weight);
  final int weight;
  int times(int n) => weight * n + index;
}

class Anything implements Weighed {
  dynamic noSuchMethod(Invocation invocation) => invocation.isGetter ? 7 : (invocation.positionalArguments.first as int) + 1;
}

class Node<T> {
  final T value;
  final Node<T>? next;
  const Node(this.value, [this.next]);
  int get length => 1 + (next?.length ?? 0);
  T last() => next == null ? value : next!.last();
}

class Box<T> {
  T value;
  Box(this.value);
  void put(T other) => value = other;
  R map<R>(R Function(T) f) => f(value);
  bool holds(Object? other) => other is T;
}

class Equal {
  final int x;
  const Equal(this.x);
  bool operator ==(Object other) => other is Equal && other.x == x;
  int get hashCode => x;
  String toString() => 'Equal($x)';
}

int total(List<Weighed> things) {
  int sum = 0;
  for (final thing in things) sum += thing.weight + thing.times(3);
  return sum;
}

int sign(int x) {
  if (x < 0) return -1;
  if (x > 0) return 1;
  return 0;
}

int clamped(int x, {int low = 0, int high = 9}) {
  int result;
  if (x < low) {
    result = low;
  } else {
    result = x;
  }
  while (result > high) result -= 3;
  return result;
}

void main() {
  final animals = <Animal>[Dog('Rex'), Puppy('Bo'), Cat('Tom'), Otter('Ann')];
  for (final a in animals) {
    print(a.speak());
    print('${a.speak(3)} ${a.self()}');
    a.nick = 'x';
    print('${a.name} ${a < animals.first}');
  }
  print(animals.whereType<Swims>().map((s) => s.swim()).toList());
  print((animals.last as Otter).compareTo(Otter('Benjamin')));
  final tears = [for (final a in animals) a.speak];
  print([for (final t in tears) t(1, '')]);
  print(total([Stone(3), Bag<Weighed>([Stone(1), Size.large]), Size.small, Anything(), Bag<Stone>([Stone(5)])]));
  dynamic d = animals[2];
  print('${d.sound} ${d.speak(2)}');
  d.nick = 'dyn';
  print(d.name);
  final f = d.speak;
  print(f(1, '~'));
  try {
    d.bark();
  } on NoSuchMethodError {
    print('no bark');
  }
  final list = Node(1, Node(2, Node(3)));
  print('${list.length} ${list.last()} ${const Node('a').last()}');
  Box<Object> box = Box<Object>(1);
  box.put('two');
  print('${box.value} ${box.holds(3)} ${box.map((v) => '<$v>')} ${Box(1).holds('x')} ${Box<num>(1.5).map((v) => v * 2)}');
  print('${const Equal(1) == Equal(1)} ${Equal(1) == const Equal(2)} ${{Equal(3): 'three'}[Equal(3)]} ${[Equal(4)]}');
  print([for (int i = -2; i <= 2; i++) sign(i)]);
  print([for (int i = -5; i < 25; i += 5) clamped(i, high: 6)]);
  final Object? nothing = null;
  print('${nothing == null} ${nothing.toString()} ${nothing.hashCode == null.hashCode}');
  print([1, 2.5, 'x', true, null, #a, Size.large, (1, b: 2)].map((e) => '$e ${e is num} ${e is Comparable}').toList());
  Iterable<num> numbers = <int>[3, 1, 2];
  print(numbers.map((n) => n + 0.5).toList()..sort());
}
