// Numbers and references in fields, lists, records and patterns, and what is checked about them.
import 'dart:typed_data';

sealed class Shape {}

class Circle extends Shape {
  final double radius;
  Circle(this.radius);
}

class Square extends Shape {
  final double side;
  late final double area = side * side;
  Square(this.side);
}

class Path extends Shape {
  final List<(double, double)> points;
  late String label;
  Path(this.points);
}

double area(Shape shape) => switch (shape) {
  Circle(:final radius) when radius > 10 => -1,
  Circle(radius: var r) => 3 * r * r,
  Square s => s.area,
  Path(points: [(var x, var y), ...]) => x + y,
  Path() => 0,
};

class Matrix {
  final Float64List _storage = Float64List(4);
  static int made = 0;
  static final Matrix unit = Matrix()..setDiagonal(1);
  Matrix() {
    made++;
  }
  double operator [](int i) => _storage[i];
  void operator []=(int i, double v) {
    _storage[i] = v;
  }

  void setDiagonal(double v) {
    this[0] = v;
    this[3] = v;
  }

  Matrix operator *(Matrix o) {
    final m = Matrix();
    for (int r = 0; r < 2; r++) {
      for (int c = 0; c < 2; c++) m[r * 2 + c] = this[r * 2] * o[c] + this[r * 2 + 1] * o[2 + c];
    }
    return m;
  }
}

int fib(int n) => n < 2 ? n : fib(n - 1) + fib(n - 2);
T pick<T>(bool first, T a, T b) => first ? a : b;
num add(num a, num b) => a + b;
int? parse(String s) => int.tryParse(s);

String describe(Object? value) => switch (value) {
  null => 'null',
  int n when n > 100 => 'large',
  int() || double() => 'number $value',
  String(length: 0) => 'empty',
  [int a, int b] => 'two ${a + b}',
  {'k': var v} => 'map $v',
  (int x, name: String y) => 'record $x $y',
  Enum e => 'enum ${e.name}',
  _ => 'other ${value.runtimeType}',
};

enum Day { mon, tue }

void main() {
  final path = Path([(1.5, 2.0), (3.0, 4.0)]);
  print([Circle(1), Circle(20), Square(3), path, Path([])].map(area).toList());
  path.label = 'p';
  print(path.label);
  try {
    print(Path([]).label);
  } catch (e) {
    print('late: ${e is Error}');
  }

  final m = Matrix()..setDiagonal(2);
  m[1] = 0.5;
  final p = m * Matrix.unit * m;
  print('${p[0]} ${p[1]} ${p[2]} ${p[3]} ${Matrix.made}');
  print('${fib(15)} ${pick(true, 1, 2)} ${pick(false, 'a', 'b')} ${add(1, 2.5)} ${add(1, 2)} ${parse('12')} ${parse('x')}');
  print([null, 5, 500, 2.5, '', [1, 2], {'k': 3}, (4, name: 'n'), Day.tue].map(describe).toList());
  final ints = Int32List.fromList([1, -2, 3]);
  final bytes = Uint8List.view(ints.buffer);
  print('${ints.fold<int>(0, (a, b) => a + b)} ${bytes[4]} ${bytes.length}');
  final map = <String, List<int>>{};
  for (final word in 'one two three four five six'.split(' ')) (map['${word.length}'] ??= []).add(word.codeUnitAt(0));
  print(map);
  print({3, 1, 2}.union({5}).toList()..sort((a, b) => b - a));
  final closures = <int Function(int)>[];
  for (int i = 0; i < 3; i++) closures.add((x) => x * i);
  print(closures.map((c) => c(7)).toList());
  int x = 0;
  void bump([int by = 1]) => x += by;
  bump();
  bump(5);
  print('$x ${x.isEven} ${x.toDouble()} ${x ~/ 4} ${x % 4} ${-x >> 1} ${x.compareTo(3)} ${(x / 4).round()}');
  final sb = StringBuffer();
  for (final c in 'abc'.runes) sb.write(String.fromCharCode(c + 1));
  print(sb);
  try {
    throw FormatException('f', 'src', 1);
  } on FormatException catch (e, s) {
    print('${e.message} ${e.offset} ${s.toString().isEmpty || true}');
  } finally {
    print('end');
  }
}
