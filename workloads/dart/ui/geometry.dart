/// Points, sizes, rectangles, colours, insets, alignments and the constraints of layout: small immutable values.
library;

const double infinity = double.infinity;

double clampDouble(double value, double low, double high) => value < low ? low : value > high ? high : value;

double lerpDouble(double a, double b, double t) => a + (b - a) * t;

class Offset {
  final double dx, dy;
  const Offset(this.dx, this.dy);
  static const zero = Offset(0.0, 0.0);
  Offset operator +(Offset other) => Offset(dx + other.dx, dy + other.dy);
  Offset operator -(Offset other) => Offset(dx - other.dx, dy - other.dy);
  Offset operator *(double scale) => Offset(dx * scale, dy * scale);
  double get distanceSquared => dx * dx + dy * dy;
  bool operator ==(Object other) => other is Offset && dx == other.dx && dy == other.dy;
  int get hashCode => dx.hashCode * 31 + dy.hashCode;
}

class Size {
  final double width, height;
  const Size(this.width, this.height);
  static const zero = Size(0.0, 0.0);
  bool contains(Offset point) => point.dx >= 0.0 && point.dy >= 0.0 && point.dx < width && point.dy < height;
  bool operator ==(Object other) => other is Size && width == other.width && height == other.height;
  int get hashCode => width.hashCode * 31 + height.hashCode;
}

class Rect {
  final double left, top, right, bottom;
  const Rect(this.left, this.top, this.right, this.bottom);
  factory Rect.of(Offset offset, Size size) => Rect(offset.dx, offset.dy, offset.dx + size.width, offset.dy + size.height);
  double get width => right - left;
  double get height => bottom - top;
  Rect shift(Offset by) => Rect(left + by.dx, top + by.dy, right + by.dx, bottom + by.dy);
  Rect deflate(double by) => Rect(left + by, top + by, right - by, bottom - by);
  static Rect lerp(Rect a, Rect b, double t) =>
      Rect(lerpDouble(a.left, b.left, t), lerpDouble(a.top, b.top, t), lerpDouble(a.right, b.right, t), lerpDouble(a.bottom, b.bottom, t));
}

class Color {
  final int value;
  const Color(this.value);
  int get alpha => value >> 24 & 255;
  int get red => value >> 16 & 255;
  int get green => value >> 8 & 255;
  int get blue => value & 255;
  Color withAlpha(int alpha) => Color(value & 0xffffff | alpha << 24);
  static int _mix(int a, int b, double t) => (a + (b - a) * t).toInt();
  static Color lerp(Color a, Color b, double t) =>
      Color(_mix(a.alpha, b.alpha, t) << 24 | _mix(a.red, b.red, t) << 16 | _mix(a.green, b.green, t) << 8 | _mix(a.blue, b.blue, t));
  bool operator ==(Object other) => other is Color && value == other.value;
  int get hashCode => value;
}

class EdgeInsets {
  final double left, top, right, bottom;
  const EdgeInsets(this.left, this.top, this.right, this.bottom);
  const EdgeInsets.all(double value) : left = value, top = value, right = value, bottom = value;
  const EdgeInsets.symmetric({double horizontal = 0.0, double vertical = 0.0}) : left = horizontal, top = vertical, right = horizontal, bottom = vertical;
  static const zero = EdgeInsets.all(0.0);
  double get horizontal => left + right;
  double get vertical => top + bottom;
  static EdgeInsets lerp(EdgeInsets a, EdgeInsets b, double t) =>
      EdgeInsets(lerpDouble(a.left, b.left, t), lerpDouble(a.top, b.top, t), lerpDouble(a.right, b.right, t), lerpDouble(a.bottom, b.bottom, t));
  bool operator ==(Object other) =>
      other is EdgeInsets && left == other.left && top == other.top && right == other.right && bottom == other.bottom;
  int get hashCode => left.hashCode + top.hashCode * 3 + right.hashCode * 5 + bottom.hashCode * 7;
}

/// A place within a rectangle: -1 is left or top, 1 right or bottom.
class Alignment {
  final double x, y;
  const Alignment(this.x, this.y);
  static const topLeft = Alignment(-1.0, -1.0);
  static const center = Alignment(0.0, 0.0);
  static const centerLeft = Alignment(-1.0, 0.0);
  static const bottomRight = Alignment(1.0, 1.0);
  Offset along(double width, double height) => Offset((x + 1.0) * 0.5 * width, (y + 1.0) * 0.5 * height);
  static Alignment lerp(Alignment a, Alignment b, double t) => Alignment(lerpDouble(a.x, b.x, t), lerpDouble(a.y, b.y, t));
  bool operator ==(Object other) => other is Alignment && x == other.x && y == other.y;
  int get hashCode => x.hashCode * 31 + y.hashCode;
}

/// The sizes that a parent allows.
class BoxConstraints {
  final double minWidth, maxWidth, minHeight, maxHeight;
  const BoxConstraints({this.minWidth = 0.0, this.maxWidth = infinity, this.minHeight = 0.0, this.maxHeight = infinity});
  BoxConstraints.tight(Size size) : minWidth = size.width, maxWidth = size.width, minHeight = size.height, maxHeight = size.height;
  BoxConstraints.loose(Size size) : minWidth = 0.0, maxWidth = size.width, minHeight = 0.0, maxHeight = size.height;

  bool get isTight => minWidth >= maxWidth && minHeight >= maxHeight;
  BoxConstraints get loosened => BoxConstraints(maxWidth: maxWidth, maxHeight: maxHeight);
  Size get biggest => Size(maxWidth, maxHeight);

  Size constrain(Size size) => Size(clampDouble(size.width, minWidth, maxWidth), clampDouble(size.height, minHeight, maxHeight));

  BoxConstraints deflate(EdgeInsets insets) {
    final width = insets.horizontal, height = insets.vertical;
    final least = minWidth - width > 0.0 ? minWidth - width : 0.0, low = minHeight - height > 0.0 ? minHeight - height : 0.0;
    return BoxConstraints(
      minWidth: least,
      maxWidth: maxWidth - width > least ? maxWidth - width : least,
      minHeight: low,
      maxHeight: maxHeight - height > low ? maxHeight - height : low,
    );
  }

  /// These constraints within others.
  BoxConstraints enforce(BoxConstraints other) => BoxConstraints(
        minWidth: clampDouble(minWidth, other.minWidth, other.maxWidth),
        maxWidth: clampDouble(maxWidth, other.minWidth, other.maxWidth),
        minHeight: clampDouble(minHeight, other.minHeight, other.maxHeight),
        maxHeight: clampDouble(maxHeight, other.minHeight, other.maxHeight),
      );

  BoxConstraints tighten({double? width, double? height}) => BoxConstraints(
        minWidth: width == null ? minWidth : clampDouble(width, minWidth, maxWidth),
        maxWidth: width == null ? maxWidth : clampDouble(width, minWidth, maxWidth),
        minHeight: height == null ? minHeight : clampDouble(height, minHeight, maxHeight),
        maxHeight: height == null ? maxHeight : clampDouble(height, minHeight, maxHeight),
      );

  bool operator ==(Object other) =>
      other is BoxConstraints && minWidth == other.minWidth && maxWidth == other.maxWidth && minHeight == other.minHeight && maxHeight == other.maxHeight;
  int get hashCode => minWidth.hashCode + maxWidth.hashCode * 3 + minHeight.hashCode * 5 + maxHeight.hashCode * 7;
}
