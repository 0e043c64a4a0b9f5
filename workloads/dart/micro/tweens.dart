// Animations of a user interface: tweens of numbers, colours and rectangles, through curves, chained and reversed; all generic and virtual.
abstract class Curve {
  const Curve();
  double transform(double t);
}

class Linear extends Curve {
  const Linear();
  double transform(double t) => t;
}

class EaseIn extends Curve {
  const EaseIn();
  double transform(double t) => t * t * t;
}

class Reversed extends Curve {
  final Curve curve;
  const Reversed(this.curve);
  double transform(double t) => 1.0 - curve.transform(1.0 - t);
}

class Interval extends Curve {
  final double begin, end;
  final Curve curve;
  const Interval(this.begin, this.end, this.curve);
  double transform(double t) {
    final inner = (t - begin) / (end - begin);
    return curve.transform(inner < 0.0 ? 0.0 : inner > 1.0 ? 1.0 : inner);
  }
}

/// A cubic Bézier curve from (0, 0) to (1, 1), whose parameter is found by bisection.
class Cubic extends Curve {
  final double a, b, c, d;
  const Cubic(this.a, this.b, this.c, this.d);
  static double _evaluate(double p, double q, double m) => 3.0 * p * (1.0 - m) * (1.0 - m) * m + 3.0 * q * (1.0 - m) * m * m + m * m * m;
  double transform(double t) {
    double start = 0.0, end = 1.0;
    while (true) {
      final middle = (start + end) / 2.0;
      final estimate = _evaluate(a, c, middle);
      if ((t - estimate).abs() < 0.001) return _evaluate(b, d, middle);
      if (estimate < t) {
        start = middle;
      } else {
        end = middle;
      }
    }
  }
}

class Color {
  final int red, green, blue;
  const Color(this.red, this.green, this.blue);
}

class Rectangle {
  final double left, top, width, height;
  const Rectangle(this.left, this.top, this.width, this.height);
}

abstract class Animatable<T> {
  T at(double t);
  Animatable<T> through(Curve curve) => CurvedAnimatable<T>(this, curve);
}

abstract class Tween<T> extends Animatable<T> {
  final T begin, end;
  Tween(this.begin, this.end);
  T lerp(double t);
  T at(double t) => t == 0.0 ? begin : t == 1.0 ? end : lerp(t);
}

class DoubleTween extends Tween<double> {
  DoubleTween(super.begin, super.end);
  double lerp(double t) => begin + (end - begin) * t;
}

class IntTween extends Tween<int> {
  IntTween(super.begin, super.end);
  int lerp(double t) => (begin + (end - begin) * t).round();
}

class ColorTween extends Tween<Color> {
  ColorTween(super.begin, super.end);
  static int _mix(int a, int b, double t) => (a + (b - a) * t).toInt();
  Color lerp(double t) => Color(_mix(begin.red, end.red, t), _mix(begin.green, end.green, t), _mix(begin.blue, end.blue, t));
}

class RectangleTween extends Tween<Rectangle> {
  RectangleTween(super.begin, super.end);
  static double _mix(double a, double b, double t) => a + (b - a) * t;
  Rectangle lerp(double t) => Rectangle(
      _mix(begin.left, end.left, t), _mix(begin.top, end.top, t), _mix(begin.width, end.width, t), _mix(begin.height, end.height, t));
}

class CurvedAnimatable<T> extends Animatable<T> {
  final Animatable<T> inner;
  final Curve curve;
  CurvedAnimatable(this.inner, this.curve);
  T at(double t) => inner.at(curve.transform(t));
}

class Sequence<T> extends Animatable<T> {
  final List<Animatable<T>> parts;
  Sequence(this.parts);
  T at(double t) {
    final place = t * parts.length;
    final index = place >= parts.length ? parts.length - 1 : place.toInt();
    return parts[index].at(place - index);
  }
}

double run(int frames) {
  const ease = Cubic(0.25, 0.1, 0.25, 1.0);
  final opacity = DoubleTween(0.0, 1.0).through(ease);
  final place = RectangleTween(const Rectangle(0.0, 0.0, 10.0, 10.0), const Rectangle(100.0, 50.0, 300.0, 200.0)).through(const Reversed(EaseIn()));
  final color = Sequence<Color>([
    ColorTween(const Color(255, 0, 0), const Color(0, 255, 0)),
    ColorTween(const Color(0, 255, 0), const Color(0, 0, 255)).through(const EaseIn()),
    ColorTween(const Color(0, 0, 255), const Color(255, 255, 255)).through(const Interval(0.25, 0.75, Linear())),
  ]);
  final count = IntTween(0, 1000).through(const Linear());
  double sum = 0.0;
  for (int frame = 0; frame < frames; frame++) {
    final t = (frame % 120) / 119.0;
    final rectangle = place.at(t), shade = color.at(t);
    sum += opacity.at(t) + rectangle.left + rectangle.width * rectangle.height + (shade.red + shade.green * 2 + shade.blue * 3) + count.at(t);
  }
  return sum;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
double runTimes(int times, int frames) {
  final double first = run(frames);
  for (int i = 1; i < times; i++) {
    if (run(frames) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() => print(run(240));
