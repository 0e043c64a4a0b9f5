// Generic classes and functions with numbers, final classes and others for their parameters, however values are held.
import 'dart:math' as math;

class Box<T> {
  T value;
  final List<T> log = [];
  Box(this.value);
  Box.twice(T v) : this(v);
  factory Box.logged(T v) {
    final box = Box<T>(v);
    box.log.add(v);
    return box;
  }
  T swap(T next) {
    final old = value;
    value = next;
    log.add(old);
    return old;
  }
  bool holds(Object? o) => value == o;
  T Function(T) get swapper => swap;
  Box<R> map<R>(R f(T x)) => Box<R>(f(value));
  String toString() => 'Box<$T>($value)';
}

class Pair<A, B> {
  final A first;
  final B second;
  late A cached = first;
  Pair(this.first, this.second);
  Pair<B, A> get flipped => Pair<B, A>(second, first);
  String toString() => '($first, $second)';
}

// Inherits from an instance, and from a class of its own parameter.
class Counter extends Box<int> {
  Counter(super.value);
  int swap(int next) => super.swap(next + 1);
}

class Named<T> extends Box<T> {
  final String name;
  T extra;
  Named(this.name, super.value, this.extra);
  T swap(T next) {
    extra = super.swap(next);
    return extra;
  }
  T get value => super.value;
}

abstract class Stack<T> {
  factory Stack() = ArrayStack<T>;
  void push(T x);
  T pop();
  int get size;
}

class ArrayStack<T> implements Stack<T> {
  final List<T> _items = <T>[];
  void push(T x) => _items.add(x);
  T pop() => _items.removeLast();
  int get size => _items.length;
}

class Ordered<T extends num> {
  T low, high;
  Ordered(this.low, this.high);
  T get least => low < high ? low : high;
  num get sum => low + high;
  double get ratio => low / high;
  bool between(T x) => low <= x && x <= high;
}

final class Point {
  final int x, y;
  const Point(this.x, this.y);
  Point operator +(Point o) => Point(x + o.x, y + o.y);
  String toString() => '<$x $y>';
}

class Cell<T> {
  Cell<T>? next;
  T item;
  Cell(this.item, this.next);
}

T pick<T>(bool first, T a, T b) => first ? a : b;
T last<T>(List<T> list) { late T r; for (final x in list) r = x; return r; }
T? maybe<T>(bool b, T x) => b ? x : null;
S fold<S, T>(Cell<T>? list, S start, S f(S s, T x)) {
  var s = start;
  for (var c = list; c != null; c = c.next) s = f(s, c.item);
  return s;
}
bool isWhole<T>(T x) => x is int;
String describe<T>(T x) { if (x is String) return 'text of ${x.length}'; if (x is num) return 'number ${x.round()}'; return '$x'; }
Box<T> boxOf<T>(T x) => Box<T>(x);
Iterable<T> repeat<T>(T x, int n) sync* { for (var i = 0; i < n; i++) yield x; }

void boxes() {
  final i = Box<int>(1), d = Box<double>(1.5), s = Box<String>('a'), n = Box<num>(2);
  print('$i $d $s $n');
  print('${i.swap(5)} ${d.swap(2)} ${s.swap('b')} ${n.swap(2.5)} ${i.value + d.value} ${i.log} ${d.log}');
  i.value += 37;
  d.value *= 2;
  print('${i.value} ${d.value} ${i.holds(42)} ${i.holds('42')} ${d.holds(4)}');
  final swap = i.swapper;
  print('${swap(7)} ${i.value} ${i.map((x) => x * 0.5)} ${d.map((x) => 'v$x')} ${Box<int>.twice(3)} ${Box.logged(2.5).log}');
  dynamic any = i;
  print('${any.value} ${any.swap(9)} ${any.value}');
  Box<Object?> wide = d;
  print('${wide.value} ${wide.swap(8.5)} ${d.value}');
  print('${i is Box<int>} ${i is Box<num>} ${i is Box<String>} ${wide is Box<double>} ${i.runtimeType} ${i.runtimeType == Box<int>} ${i.runtimeType == Box<int>(0).runtimeType} ${i.runtimeType == d.runtimeType}');
}

void subclasses() {
  Box<int> c = Counter(1);
  print('${c.swap(4)} ${c.value} $c ${c.runtimeType}');
  final n = Named<double>('n', 0.5, 0.25);
  Box<double> b = n;
  print('${b.swap(1.5)} ${n.extra} ${n.value} ${n.name} ${n.log} $b');
  final p = Pair(1, 'one');
  final q = Pair<int, double>(3, 0.5);
  print('$p ${p.flipped} ${p.flipped.flipped.first + 1} $q ${q.flipped} ${p.cached}');
  final stack = Stack<double>()..push(1)..push(2.5);
  print('${stack.pop()} ${stack.size} ${stack.runtimeType}');
}

void bounds() {
  final a = Ordered<int>(3, 9007199254740993), b = Ordered<double>(0.5, 0.25), c = Ordered<num>(1, 2.5);
  print('${a.least} ${b.least} ${c.least} ${a.sum} ${b.sum} ${c.sum} ${b.ratio} ${a.between(4)} ${b.between(0.3)}');
  print('${Box<int>(9007199254740993).value == Box<int>(9007199254740992).value} ${math.max(3, 4)} ${math.min(0.5, 0.25)} ${math.max<num>(1, 1.5)}');
}

void functions() {
  print('${pick(true, 1, 2)} ${pick(false, 0.5, 1.5)} ${pick(true, 'a', 'b')} ${pick<num>(false, 1, 2.5)} ${pick(true, const Point(1, 2), const Point(3, 4)) + const Point(1, 1)}');
  print('${last([1, 2, 3])} ${last([0.5])} ${maybe(true, 1)} ${maybe(false, 1)} ${maybe(false, 0.5)}');
  print('${fold<double, int>(Cell(1, Cell(2, null)), 0.5, (s, x) => s + x)} ${fold(Cell('a', Cell('b', null)), '', (String s, String x) => s + x)}');
  print('${isWhole(1)} ${isWhole(1.0)} ${isWhole<num>(1)} ${describe(3)} ${describe(2.6)} ${describe('abc')} ${describe(const Point(0, 1))}');
  print('${boxOf(1).runtimeType} ${boxOf(0.5)} ${repeat(1.5, 2).toList()} ${repeat(7, 3).fold<int>(0, (a, b) => a + b)}');
  int Function(bool, int, int) f = pick;
  final g = Box<double>.new;
  print('${f(false, 4, 5)} ${g(2.5)} ${g(2.5).runtimeType}');
  final points = Box(const Point(1, 2));
  print('${points.swap(const Point(3, 4))} ${points.value.x} ${points.value}');
}

void lists() {
  final d = <double>[3, 1.5, 2], i = [5, 3, 4], f = List<double>.filled(2, 0.5), g = List.generate(4, (k) => k * k), e = List<int>.empty(growable: true);
  d.add(0.25);
  d[0] = d[1] + 1;
  i.insert(1, 9);
  e.addAll(i);
  print('$d $i $f $g $e ${d.length} ${i.removeLast()} ${i.removeAt(0)} $i');
  d.sort();
  i.sort((a, b) => b - a);
  print('$d $i ${d.sublist(1)} ${d.reversed.toList()} ${d.indexOf(1.5)} ${i.contains(9)} ${d.first} ${d.last} ${i + [1]}');
  print('${d.map((x) => x * 2).toList()} ${d.where((x) => x > 1).length} ${d.reduce((a, b) => a + b)} ${g.fold(0.5, (double s, int x) => s + x)}');
  var sum = 0.0;
  for (final x in d) sum += x;
  for (var k = 0; k < g.length; k++) sum += g[k];
  print('$sum ${[for (final x in g) if (x.isEven) x / 2]} ${[...g, ...i]} ${List<double>.of(d)..clear()} ${List<int>.from(<num>[1, 2], growable: false)}');
  print('${d.runtimeType} ${i.runtimeType} ${d is List<double>} ${d is List<num>} ${d is List<int>} ${d.runtimeType == <double>[].runtimeType} ${f.runtimeType}');
  List<num> wide = d;
  wide[0] = 4.5;
  print('${wide[0]} $wide');
  dynamic any = i;
  any[0] = 8;
  print('${any[0]} ${any.length} ${(any as List)[0]}');
  final rows = [<double>[1, 2], <double>[3, 4]];
  rows[1][0] += rows[0][1];
  print('$rows ${rows.expand((r) => r).toList()} ${rows[1][0]++} ${rows[1]}');
}

void main() {
  boxes();
  subclasses();
  bounds();
  functions();
  lists();
}
