/// The widgets of render objects, and those that build others anew where something changes.
library;

import 'animation.dart';
import 'boxes.dart';
import 'canvas.dart';
import 'foundation.dart';
import 'framework.dart';
import 'geometry.dart';
import 'gestures.dart';
import 'many.dart';
import 'rendering.dart';
import 'text.dart';

class SizedBox extends SingleChildRenderWidget {
  final double? width, height;
  const SizedBox({super.key, this.width, this.height, super.child});
  BoxConstraints get _constraints => const BoxConstraints().tighten(width: width, height: height);
  RenderBox createRender(BuildContext context) => RenderConstrained(_constraints);
  void updateRender(BuildContext context, RenderConstrained box) => box.additional = _constraints;
}

class ConstrainedBox extends SingleChildRenderWidget {
  final BoxConstraints constraints;
  const ConstrainedBox({super.key, required this.constraints, super.child});
  RenderBox createRender(BuildContext context) => RenderConstrained(constraints);
  void updateRender(BuildContext context, RenderConstrained box) => box.additional = constraints;
}

class Padding extends SingleChildRenderWidget {
  final EdgeInsets padding;
  const Padding({super.key, required this.padding, super.child});
  RenderBox createRender(BuildContext context) => RenderPadding(padding);
  void updateRender(BuildContext context, RenderPadding box) => box.padding = padding;
}

class Align extends SingleChildRenderWidget {
  final Alignment alignment;
  final double? heightFactor;
  const Align({super.key, this.alignment = Alignment.center, this.heightFactor, super.child});
  RenderBox createRender(BuildContext context) => RenderAlign(alignment, heightFactor);
  void updateRender(BuildContext context, RenderAlign box) => box.update(alignment, heightFactor);
}

class DecoratedBox extends SingleChildRenderWidget {
  final Decoration decoration;
  const DecoratedBox({super.key, required this.decoration, super.child});
  RenderBox createRender(BuildContext context) => RenderDecorated(decoration);
  void updateRender(BuildContext context, RenderDecorated box) => box.decoration = decoration;
}

class Opacity extends SingleChildRenderWidget {
  final double opacity;
  const Opacity({super.key, required this.opacity, super.child});
  RenderBox createRender(BuildContext context) => RenderOpacity(opacity);
  void updateRender(BuildContext context, RenderOpacity box) => box.opacity = opacity;
}

class Scaled extends SingleChildRenderWidget {
  final double scale;
  const Scaled({super.key, required this.scale, super.child});
  RenderBox createRender(BuildContext context) => RenderScale(scale);
  void updateRender(BuildContext context, RenderScale box) => box.scale = scale;
}

class Clip extends SingleChildRenderWidget {
  const Clip({super.key, super.child});
  RenderBox createRender(BuildContext context) => RenderClip();
}

class RepaintBoundary extends SingleChildRenderWidget {
  const RepaintBoundary({super.key, super.child});
  RenderBox createRender(BuildContext context) => RenderRepaintBoundary();
}

class CustomPaint extends SingleChildRenderWidget {
  final void Function(Canvas canvas, Rect rect) painter;
  final Size size;
  const CustomPaint({super.key, required this.painter, required this.size, super.child});
  RenderBox createRender(BuildContext context) => RenderCustomPaint(painter, size);
  void updateRender(BuildContext context, RenderCustomPaint box) => box.painter = painter;
}

class RichText extends LeafRenderWidget {
  final TextSpan span;
  final int? maxLines;
  final TextAlign align;
  const RichText(this.span, {super.key, this.maxLines, this.align = TextAlign.left});
  RenderBox createRender(BuildContext context) => RenderParagraph(span, maxLines, align);
  void updateRender(BuildContext context, RenderParagraph box) => box.update(span, maxLines, align);
}

/// Text in the style that is inherited, or one of its own.
class Text extends StatelessWidget {
  final String text;
  final TextStyle? style;
  final int? maxLines;
  final TextAlign align;
  const Text(this.text, {super.key, this.style, this.maxLines, this.align = TextAlign.left});
  Widget build(BuildContext context) =>
      RichText(TextSpan(text, style: style ?? DefaultTextStyle.of(context)), maxLines: maxLines, align: align);
}

class DefaultTextStyle extends InheritedWidget {
  static const _style = TextStyle();
  final TextStyle style;
  const DefaultTextStyle({super.key, required this.style, required super.child});
  static TextStyle of(BuildContext context) => context.dependOn<DefaultTextStyle>()?.style ?? _style;
  bool updateShouldNotify(DefaultTextStyle old) => style != old.style;
}

/// Room, decoration and size around a child.
class Container extends StatelessWidget {
  final EdgeInsets? padding, margin;
  final Decoration? decoration;
  final double? width, height;
  final Alignment? alignment;
  final Widget? child;
  const Container({super.key, this.padding, this.margin, this.decoration, this.width, this.height, this.alignment, this.child});

  Widget build(BuildContext context) {
    Widget? current = child;
    final alignment = this.alignment, padding = this.padding, decoration = this.decoration, margin = this.margin;
    if (alignment != null) current = Align(alignment: alignment, child: current);
    if (padding != null) current = Padding(padding: padding, child: current);
    if (decoration != null) current = DecoratedBox(decoration: decoration, child: current);
    if (width != null || height != null) current = SizedBox(width: width, height: height, child: current);
    if (margin != null) current = Padding(padding: margin, child: current);
    return current ?? const SizedBox();
  }
}

class Flex extends MultiChildRenderWidget {
  final Axis axis;
  final MainAlignment main;
  final CrossAlignment cross;
  final double spacing;
  const Flex({super.key, required this.axis, this.main = MainAlignment.start, this.cross = CrossAlignment.center, this.spacing = 0.0, super.children});
  RenderBox createRender(BuildContext context) => RenderFlex(axis, main, cross, spacing);
  void updateRender(BuildContext context, RenderFlex box) => box.update(axis, main, cross, spacing);
}

class Row extends Flex {
  const Row({super.key, super.main, super.cross, super.spacing, super.children}) : super(axis: Axis.horizontal);
}

class Column extends Flex {
  const Column({super.key, super.main, super.cross = CrossAlignment.stretch, super.spacing, super.children}) : super(axis: Axis.vertical);
}

/// Takes a share of the room that is left in a row or column.
class Expanded extends ParentDataWidget {
  final int flex;
  const Expanded({super.key, this.flex = 1, required super.child});
  bool applyTo(RenderBox box) {
    final data = box.parentData as FlexData;
    if (data.flex == flex) return false;
    data.flex = flex;
    return true;
  }
}

class Stack extends MultiChildRenderWidget {
  const Stack({super.key, super.children});
  RenderBox createRender(BuildContext context) => RenderStack();
}

/// A place within a stack.
class Positioned extends ParentDataWidget {
  final double? left, top, right, bottom;
  const Positioned({super.key, this.left, this.top, this.right, this.bottom, required super.child});
  bool applyTo(RenderBox box) {
    final data = box.parentData as StackData;
    if (data.left == left && data.top == top && data.right == right && data.bottom == bottom) return false;
    data
      ..left = left
      ..top = top
      ..right = right
      ..bottom = bottom;
    return true;
  }
}

class Table extends MultiChildRenderWidget {
  final List<ColumnWidth> columns;
  final double spacing;
  const Table({super.key, required this.columns, this.spacing = 0.0, super.children});
  RenderBox createRender(BuildContext context) => RenderTable(columns, spacing);
  void updateRender(BuildContext context, RenderTable box) => box.update(columns, spacing);
}

class Wrap extends MultiChildRenderWidget {
  final double spacing;
  const Wrap({super.key, this.spacing = 0.0, super.children});
  RenderBox createRender(BuildContext context) => RenderWrap(spacing);
  void updateRender(BuildContext context, RenderWrap box) => box.spacing = spacing;
}

/// Hears of pointers over its child.
class GestureListener extends SingleChildRenderWidget {
  final List<GestureRecognizer> recognizers;
  const GestureListener({super.key, required this.recognizers, super.child});
  RenderBox createRender(BuildContext context) => RenderListener(recognizers);
  void updateRender(BuildContext context, RenderListener box) => box.recognizers = recognizers;
}

/// Hears of taps; shows whether one has begun.
class Tappable extends StatefulWidget {
  final void Function() onTap;
  final Widget Function(BuildContext context, bool isPressed) builder;
  const Tappable({super.key, required this.onTap, required this.builder});
  State createState() => _TappableState();
}

class _TappableState extends State<Tappable> {
  bool _isPressed = false;
  late final List<GestureRecognizer> _recognizers = [
    TapRecognizer(_tap, onDown: () => setState(() => _isPressed = true), onCancel: _release),
  ];

  void _release() {
    if (isMounted && _isPressed) setState(() => _isPressed = false);
  }

  void _tap() {
    _release();
    widget.onTap();
  }

  Widget build(BuildContext context) => GestureListener(recognizers: _recognizers, child: widget.builder(context, _isPressed));
}

/// Builds anew where something that can be listened to changes.
class ListenableBuilder extends StatefulWidget {
  final Listenable listenable;
  final Widget Function(BuildContext context, Widget? child) builder;

  /// A part that does not depend on it, and is built once.
  final Widget? child;
  const ListenableBuilder({super.key, required this.listenable, required this.builder, this.child});
  State createState() => _ListenableBuilderState();
}

class _ListenableBuilderState extends State<ListenableBuilder> {
  void _changed() => setState(() {});
  void initState() => widget.listenable.addListener(_changed);
  void didUpdateWidget(ListenableBuilder old) {
    if (identical(old.listenable, widget.listenable)) return;
    old.listenable.removeListener(_changed);
    widget.listenable.addListener(_changed);
  }

  void dispose() => widget.listenable.removeListener(_changed);
  Widget build(BuildContext context) => widget.builder(context, widget.child);
}

/// Goes from one value to the next in time.
class Animated<T> extends StatefulWidget {
  final T value;
  final T Function(T a, T b, double t) mix;
  final int duration;
  final Curve curve;
  final Widget Function(BuildContext context, T value) builder;
  const Animated({super.key, required this.value, required this.mix, this.duration = 200000, this.curve = Curves.ease, required this.builder});
  State createState() => _AnimatedState<T>();
}

class _AnimatedState<T> extends State<Animated<T>> {
  late final AnimationController _controller;
  late Tween<T> _tween;
  late Animation<T> _animation;

  void initState() {
    _controller = AnimationController(context.owner.scheduler, duration: widget.duration, value: 1.0)..addListener(() => setState(() {}));
    _begin(widget.value, widget.value);
  }

  void _begin(T from, T to) {
    _tween = Tween<T>(from, to, widget.mix);
    _animation = _tween.animate(CurvedAnimation(_controller, widget.curve));
  }

  void didUpdateWidget(Animated<T> old) {
    if (old.value == widget.value) return;
    _begin(_animation.value, widget.value);
    _controller.forward(from: 0.0);
  }

  void dispose() => _controller.dispose();
  Widget build(BuildContext context) => widget.builder(context, _animation.value);
}
