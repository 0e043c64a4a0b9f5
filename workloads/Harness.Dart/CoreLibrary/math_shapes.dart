part of 'math.dart';

// Points and rectangles of the plane.

class Point<T extends num> {
  final T x;
  final T y;
  const Point(this.x, this.y);
  String toString() => 'Point($x, $y)';
  bool operator ==(Object other) => other is Point && x == other.x && y == other.y;
  int get hashCode => x.hashCode * 31 + y.hashCode;
  Point<T> operator +(Point<T> other) => Point<T>((x + other.x) as T, (y + other.y) as T);
  Point<T> operator -(Point<T> other) => Point<T>((x - other.x) as T, (y - other.y) as T);
  Point<T> operator *(num factor) => Point<T>((x * factor) as T, (y * factor) as T);
  double get magnitude => sqrt(x * x + y * y);
  double distanceTo(Point<T> other) => sqrt(squaredDistanceTo(other));
  T squaredDistanceTo(Point<T> other) {
    final dx = x - other.x, dy = y - other.y;
    return (dx * dx + dy * dy) as T;
  }
}

// Nothing is less than zero wide or high.
T _extent<T extends num>(T value) => value < 0 ? (value is int ? 0 : 0.0) as T : value;

abstract class _RectangleBase<T extends num> {
  const _RectangleBase();
  T get left;
  T get top;
  T get width;
  T get height;
  T get right => (left + width) as T;
  T get bottom => (top + height) as T;
  String toString() => 'Rectangle ($left, $top) $width x $height';
  bool operator ==(Object other) => other is Rectangle && left == other.left && top == other.top && right == other.right && bottom == other.bottom;
  int get hashCode => Object.hash(left.hashCode, top.hashCode, right.hashCode, bottom.hashCode);
  Rectangle<T>? intersection(Rectangle<T> other) {
    final x0 = max(left, other.left), x1 = min(left + width, other.left + other.width);
    if (x0 > x1) return null;
    final y0 = max(top, other.top), y1 = min(top + height, other.top + other.height);
    if (y0 > y1) return null;
    return Rectangle<T>(x0, y0, (x1 - x0) as T, (y1 - y0) as T);
  }
  bool intersects(Rectangle<num> other) =>
      left <= other.left + other.width && other.left <= left + width && top <= other.top + other.height && other.top <= top + height;
  Rectangle<T> boundingBox(Rectangle<T> other) {
    final right = max(this.left + this.width, other.left + other.width);
    final bottom = max(this.top + this.height, other.top + other.height);
    final left = min(this.left, other.left), top = min(this.top, other.top);
    return Rectangle<T>(left, top, (right - left) as T, (bottom - top) as T);
  }
  bool containsRectangle(Rectangle<num> another) =>
      left <= another.left && left + width >= another.left + another.width && top <= another.top && top + height >= another.top + another.height;
  bool containsPoint(Point<num> another) => another.x >= left && another.x <= left + width && another.y >= top && another.y <= top + height;
  Point<T> get topLeft => Point<T>(left, top);
  Point<T> get topRight => Point<T>(right, top);
  Point<T> get bottomRight => Point<T>(right, bottom);
  Point<T> get bottomLeft => Point<T>(left, bottom);
}

class Rectangle<T extends num> extends _RectangleBase<T> {
  final T left;
  final T top;
  final T width;
  final T height;
  const Rectangle(this.left, this.top, T width, T height)
      : width = (width < 0 ? (width == double.negativeInfinity ? 0.0 : -width * 0) : width) as T,
        height = (height < 0 ? (height == double.negativeInfinity ? 0.0 : -height * 0) : height) as T;
  factory Rectangle.fromPoints(Point<T> a, Point<T> b) {
    final left = min(a.x, b.x), top = min(a.y, b.y);
    return Rectangle<T>(left, top, (max(a.x, b.x) - left) as T, (max(a.y, b.y) - top) as T);
  }
}

class MutableRectangle<T extends num> extends _RectangleBase<T> implements Rectangle<T> {
  T left;
  T top;
  T _width;
  T _height;
  MutableRectangle(this.left, this.top, T width, T height) : _width = _extent<T>(width), _height = _extent<T>(height);
  factory MutableRectangle.fromPoints(Point<T> a, Point<T> b) {
    final left = min(a.x, b.x), top = min(a.y, b.y);
    return MutableRectangle<T>(left, top, (max(a.x, b.x) - left) as T, (max(a.y, b.y) - top) as T);
  }
  T get width => _width;
  set width(T value) { _width = _extent<T>(value); }
  T get height => _height;
  set height(T value) { _height = _extent<T>(value); }
}
