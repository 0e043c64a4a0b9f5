// What the language checks of values whose type is a parameter, and the errors of lists.
class Box<T> {
  T value;
  Box(this.value);
  void put(T x) { value = x; }
  void fill(List<T> list) { for (var i = 0; i < list.length; i++) list[i] = value; }
}

final class Point {
  final int x;
  const Point(this.x);
}

T same<T>(Object? x) => x as T;

void attempt(void f()) {
  try { f(); print('no error'); } catch (e) { print(e); }
}

void main() {
  final i = Box<int>(1), d = Box<double>(1.5), p = Box<Point>(const Point(1));
  dynamic any = i;
  attempt(() => any.put('x'));
  attempt(() => any.put(2));
  attempt(() => any.value = 1.5);
  attempt(() => any.value = null);
  attempt(() => any.fill(<String>[]));
  Box<Object?> wide = d;
  attempt(() => wide.value = 'x');
  attempt(() => wide.put(1));
  attempt(() => wide.put(2.5));
  attempt(() => wide.fill(<Object?>[1]));
  wide = p;
  attempt(() => wide.put(const Point(2)));
  attempt(() => wide.put(3));
  print('${i.value} ${d.value} ${p.value.x}');
  attempt(() => same<int>('x'));
  attempt(() => print(same<int>(3)));
  attempt(() => print(same<double>(3)));
  attempt(() => print(same<Point>(const Point(4)).x));

  final n = <double>[3, 1.5], k = [5, 3], f = List<double>.filled(2, 0.5), none = <int>[];
  List<num> numbers = n;
  attempt(() => numbers[0] = 1);
  attempt(() => numbers.add(2));
  attempt(() => numbers.insert(0, 2));
  attempt(() => numbers[0] = 2.5);
  attempt(() => n.length = 9);
  attempt(() => n.length = -1);
  attempt(() => f.length = 1);
  attempt(() => f.add(1));
  attempt(() => f.clear());
  attempt(() => n[99]);
  attempt(() => n[-1] = 0);
  attempt(() => k.removeAt(7));
  attempt(() => k.insert(9, 1));
  attempt(() => none.removeLast());
  attempt(() => none.first);
  attempt(() => none.reduce((a, b) => a + b));
  attempt(() { for (final x in k) k.add(x); });
  attempt(() => List<int>.filled(-1, 0));
  attempt(() => n.sublist(3));
  dynamic list = k;
  attempt(() => list[0] = 'x');
  attempt(() => list.add(1.5));
  attempt(() => list.add(4));
  print('$n $k $f $none');
}
