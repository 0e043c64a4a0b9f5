/// Render objects with one child or none: room around it, its place, what lies behind it, and text.
library;

import 'canvas.dart';
import 'geometry.dart';
import 'rendering.dart';
import 'text.dart';

class RenderConstrained extends RenderProxy {
  BoxConstraints _additional;
  RenderConstrained(this._additional);
  set additional(BoxConstraints value) {
    if (_additional == value) return;
    _additional = value;
    markNeedsLayout();
  }

  double get preferredWidth => clampDouble(super.preferredWidth, _additional.minWidth, _additional.maxWidth);

  void performLayout() {
    final inner = child, own = _additional.enforce(constraints);
    if (inner == null) {
      size = own.constrain(Size.zero);
      return;
    }
    inner.layout(own, parentUsesSize: true);
    size = inner.size;
  }
}

class RenderPadding extends RenderBox with SingleChild {
  EdgeInsets _padding;
  RenderPadding(this._padding);
  set padding(EdgeInsets value) {
    if (_padding == value) return;
    _padding = value;
    markNeedsLayout();
  }

  double get preferredWidth => super.preferredWidth + _padding.horizontal;

  void performLayout() {
    final inner = child;
    if (inner == null) {
      size = constraints.constrain(Size(_padding.horizontal, _padding.vertical));
      return;
    }
    inner.layout(constraints.deflate(_padding), parentUsesSize: true);
    inner.parentData.offset = Offset(_padding.left, _padding.top);
    size = constraints.constrain(Size(inner.size.width + _padding.horizontal, inner.size.height + _padding.vertical));
  }
}

/// As large as it may be, or as a factor says, with its child at a place within.
class RenderAlign extends RenderBox with SingleChild {
  Alignment _alignment;
  double? _heightFactor;
  RenderAlign(this._alignment, this._heightFactor);
  void update(Alignment alignment, double? heightFactor) {
    if (_alignment == alignment && _heightFactor == heightFactor) return;
    _alignment = alignment;
    _heightFactor = heightFactor;
    markNeedsLayout();
  }

  void performLayout() {
    final inner = child, factor = _heightFactor;
    if (inner == null) {
      size = constraints.constrain(Size.zero);
      return;
    }
    inner.layout(constraints.loosened, parentUsesSize: true);
    size = constraints.constrain(Size(
      constraints.maxWidth == infinity ? inner.size.width : constraints.maxWidth,
      factor != null ? inner.size.height * factor : constraints.maxHeight == infinity ? inner.size.height : constraints.maxHeight,
    ));
    inner.parentData.offset = _alignment.along(size.width - inner.size.width, size.height - inner.size.height);
  }
}

/// How a box is filled, framed and rounded.
class Decoration {
  final Color color;
  final Color? border;
  final double radius;
  const Decoration({this.color = const Color(0), this.border, this.radius = 0.0});
  static Decoration lerp(Decoration a, Decoration b, double t) => Decoration(
        color: Color.lerp(a.color, b.color, t),
        border: t < 0.5 ? a.border : b.border,
        radius: lerpDouble(a.radius, b.radius, t),
      );
  bool operator ==(Object other) =>
      identical(this, other) || other is Decoration && color == other.color && border == other.border && radius == other.radius;
  int get hashCode => color.hashCode * 31 + radius.hashCode;
}

class RenderDecorated extends RenderProxy {
  Decoration _decoration;
  RenderDecorated(this._decoration);
  set decoration(Decoration value) {
    if (_decoration == value) return;
    _decoration = value;
    markNeedsPaint();
  }

  bool hitTestSelf(Offset point) => _decoration.color.alpha > 0;

  void paint(Canvas canvas, Offset offset) {
    final rect = Rect.of(offset, size);
    canvas.drawRect(rect, _decoration.color, radius: _decoration.radius);
    final border = _decoration.border;
    if (border != null) {
      canvas.drawLine(Offset(rect.left, rect.top), Offset(rect.right, rect.top), border);
      canvas.drawLine(Offset(rect.right, rect.top), Offset(rect.right, rect.bottom), border);
      canvas.drawLine(Offset(rect.right, rect.bottom), Offset(rect.left, rect.bottom), border);
      canvas.drawLine(Offset(rect.left, rect.bottom), Offset(rect.left, rect.top), border);
    }
    super.paint(canvas, offset);
  }
}

class RenderOpacity extends RenderProxy {
  double _opacity;
  RenderOpacity(this._opacity);
  set opacity(double value) {
    if (_opacity == value) return;
    _opacity = value;
    markNeedsPaint();
  }

  void paint(Canvas canvas, Offset offset) {
    if (_opacity == 0.0) return;
    if (_opacity == 1.0) {
      super.paint(canvas, offset);
    } else {
      canvas.within(SetOpacity(_opacity), () => super.paint(canvas, offset));
    }
  }
}

/// Its child larger or smaller, about its middle.
class RenderScale extends RenderProxy {
  double _scale;
  RenderScale(this._scale);
  set scale(double value) {
    if (_scale == value) return;
    _scale = value;
    markNeedsPaint();
  }

  Offset get _middle => Offset(size.width * 0.5, size.height * 0.5);

  void paint(Canvas canvas, Offset offset) => canvas.within(Scale(_scale, offset + _middle), () => super.paint(canvas, offset));

  bool hitTestChildren(List<HitEntry> result, Offset point) =>
      _scale > 0.0 && super.hitTestChildren(result, (point - _middle) * (1.0 / _scale) + _middle);
}

class RenderClip extends RenderProxy {
  void paint(Canvas canvas, Offset offset) => canvas.within(ClipRect(Rect.of(offset, size)), () => super.paint(canvas, offset));
}

class RenderParagraph extends RenderBox {
  final TextPainter _painter;
  RenderParagraph(TextSpan span, int? maxLines, TextAlign align) : _painter = TextPainter(span, maxLines, align);

  void update(TextSpan span, int? maxLines, TextAlign align) {
    switch (_painter.update(span, maxLines, align)) {
      case SpanChange.none:
        break;
      case SpanChange.paint:
        markNeedsPaint();
      case SpanChange.layout:
        markNeedsLayout();
    }
  }

  void visitChildren(void Function(RenderBox child) visit) {}
  bool hitTestSelf(Offset point) => true;

  double get preferredWidth {
    _painter.layout(infinity);
    return _painter.width;
  }

  void performLayout() {
    _painter.layout(constraints.maxWidth);
    size = constraints.constrain(Size(_painter.width, _painter.height));
  }

  void paint(Canvas canvas, Offset offset) {
    _painter.paint(size.width, constraints.maxWidth, (fragment, x, y) {
      canvas.drawText(Offset(offset.dx + x, offset.dy + y), fragment.text, fragment.digest, fragment.style.color, fragment.style.size);
    });
  }
}

/// Draws by a function of the program's own.
class RenderCustomPaint extends RenderProxy {
  void Function(Canvas canvas, Rect rect) _painter;
  final Size preferred;
  RenderCustomPaint(this._painter, this.preferred);
  set painter(void Function(Canvas canvas, Rect rect) value) {
    _painter = value;
    markNeedsPaint();
  }

  double get preferredWidth => preferred.width;

  void performLayout() {
    size = constraints.constrain(preferred);
    child?.layout(BoxConstraints.tight(size));
  }

  void paint(Canvas canvas, Offset offset) {
    _painter(canvas, Rect.of(offset, size));
    super.paint(canvas, offset);
  }
}
