// Views of collections follow their changes; fixed and unmodifiable ones refuse what changes them. Points and rectangles.
import 'dart:collection';
import 'dart:math';

void tries(String what, Object? action()) {
  try {
    print('$what: ${action()}');
  } on ConcurrentModificationError {
    print('$what: changed');
  } on UnsupportedError {
    print('$what: refused');
  } on RangeError {
    print('$what: range');
  } on StateError catch (e) {
    print('$what: ${e.message}');
  } on TypeError {
    print('$what: type');
  } on ArgumentError {
    print('$what: argument');
  }
}

class Own extends ListBase<int> {
  final List<int> _items = [];
  int get length => _items.length;
  set length(int n) => _items.length = n;
  int operator [](int i) => _items[i];
  void operator []=(int i, int v) => _items[i] = v;
  void add(int v) => _items.add(v);
}

void main() {
  final list = [1, 2, 3, 4];
  final reversed = list.reversed, tail = list.skip(2), head = list.take(3), range = list.getRange(1, 3), map = list.asMap();
  list[2] = 30;
  list.add(5);
  print([reversed, tail, head, range, map, tail.length, head.last, reversed.elementAt(1), range.skip(1), tail.take(2), map[9], map.containsKey(4)]);
  tries('asMap', () => map[0] = 1);
  tries('beyond', () => range.elementAt(2));
  tries('negative', () => list.take(-1));
  tries('any', () => list.any((e) { list.add(e); return false; }));
  tries('fold', () => list.fold<int>(0, (a, e) { list.removeLast(); return a + e; }));

  final texts = <Object>['a', 'b'];
  final cast = texts.cast<String>();
  cast.add('c');
  texts.add(1);
  print([texts, cast.first, cast.length, cast is List<String>, List.castFrom<Object, String>(texts).sublist(0, 2), {1: 'x'}.cast<num, String>()[1], <num>{1}.cast<int>().contains(1)]);
  tries('cast', () => cast[3]);

  final fixed = List<int>.filled(2, 7);
  for (final (name, action) in <(String, Object? Function())>[
    ('addAll', () { fixed.addAll([1]); }), ('insertAll', () { fixed.insertAll(0, [1]); }), ('removeWhere', () { fixed.removeWhere((e) => false); }),
    ('retainWhere', () { fixed.retainWhere((e) => true); }), ('removeRange', () { fixed.removeRange(0, 1); }), ('replaceRange', () { fixed.replaceRange(0, 1, [1]); }),
  ]) tries(name, action);
  tries('const', () { const [2, 1].sort(); });
  tries('const', () { const [2, 1].setAll(0, [1]); });
  tries('unmodifiable', () { List.unmodifiable([1]).fillRange(0, 1, 2); });

  final own = Own()..addAll([1, 2, 3]);
  own.insertAll(1, [8, 9]);
  own.removeRange(0, 1);
  own.setAll(0, [5]);
  own.replaceRange(1, 2, [6, 6]);
  print([own, own.reversed, own.indexWhere((e) => e == 6), own.lastIndexOf(6), own + [1]]);
  tries('insertAll', () { own.insertAll(9, []); });
  tries('setRange', () { own.setRange(0, 3, [1, 2]); });

  print([Iterable.generate(3), Iterable.generate(4, (i) => i * i).skip(1).take(2), Iterable<int>.generate(0).isEmpty, [3, 4].indexed.toList(), <int>[].firstOrNull, [1, null, 2].nonNulls, [1, 2].elementAtOrNull(2), [1].singleOrNull]);
  tries('generator', () => Iterable<String>.generate(2));
  List.copyRange(list, 0, [7, 8, 9], 1);
  List.writeIterable(list, 2, {0});
  print(list);
  final shuffled = [1, 2, 3, 4, 5, 6]..shuffle(Random(3));
  print([shuffled.toSet().length, SetBase.setToString({1, 2}), '${[1, 2, 3].map((e) => e)}'.length]);

  final expando = Expando<int>('e'), key = Object();
  expando[key] = 4;
  print([expando[key], expando[Object()], expando, WeakReference(key).target == key]);
  tries('expando', () => expando['text']);
  print([#_private == Symbol('_private'), #_private, #name == Symbol('name'), Symbol.unaryMinus, const Deprecated('x'), FormatException('bad', 'ab\ncd', 4)]);

  final a = Rectangle(0, 0, 10, 5), b = Rectangle.fromPoints(Point(8, 3), Point(20, -2));
  print([b, a.intersection(b), a.boundingBox(b), a.intersects(b), a.containsPoint(Point(10, 5)), a.containsRectangle(b), a.bottomRight, a == MutableRectangle(0, 0, 10, 5), Rectangle(1, 1, -4, 2.5).width]);
  print([Point(3, 4).magnitude, Point(1, 2) + Point(2, 2) * 3, Point(1, 1).distanceTo(Point(4, 5)), Point(1, 1).squaredDistanceTo(Point(4, 5)), MutableRectangle(1, 2, 3, 4)..width = -1]);
  tries('point', () => Point<int>(1, 2) * 1.5);
  print([pow(1, double.nan), pow(-1.0, double.infinity), pow(2, -1)]);
}
