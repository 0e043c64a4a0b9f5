/// Windows on contents that are longer: dragged by pointers, they go on by themselves and come to rest.
library;

import 'animation.dart';
import 'basic.dart';
import 'foundation.dart';
import 'framework.dart';
import 'geometry.dart';
import 'gestures.dart';
import 'many.dart';
import 'rendering.dart';

class ScrollController extends ChangeNotifier implements ScrollPosition {
  double _pixels = 0.0, extent = 0.0;
  double get pixels => _pixels;

  void applyExtent(double extent) {
    this.extent = extent;
    if (_pixels > extent) _pixels = extent;
  }

  /// Goes to a place; returns whether it is another.
  bool moveTo(double pixels) {
    final next = clampDouble(pixels, 0.0, extent);
    if (next == _pixels) return false;
    _pixels = next;
    notifyListeners();
    return true;
  }
}

/// What was let go at a speed, and is braked evenly.
class Braking {
  static const double deceleration = 2500.0;
  final double start, velocity;
  const Braking(this.start, this.velocity);
  double get duration => velocity.abs() / deceleration;
  double place(double seconds) {
    final t = seconds < duration ? seconds : duration;
    return start + velocity * t - (velocity < 0.0 ? -deceleration : deceleration) * t * t * 0.5;
  }

  bool isDone(double seconds) => seconds >= duration;
}

class Scrollable extends StatefulWidget {
  final ScrollController? controller;
  final Widget Function(ScrollPosition position) viewport;
  const Scrollable({super.key, this.controller, required this.viewport});
  State createState() => _ScrollableState();
}

class _ScrollableState extends State<Scrollable> {
  late final ScrollController _position = widget.controller ?? ScrollController();
  late final Ticker _ticker = Ticker(context.owner.scheduler, _tick);
  Braking? _braking;
  late final List<GestureRecognizer> _recognizers = [
    DragRecognizer(onStart: _ticker.stop, onUpdate: (delta) => _position.moveTo(_position.pixels - delta), onEnd: _release),
  ];

  void _release(double velocity) {
    if (velocity.abs() < 50.0) return;
    _braking = Braking(_position.pixels, -velocity);
    _ticker.start();
  }

  void _tick(int elapsed) {
    final seconds = elapsed / 1000000.0, braking = _braking!;
    if (elapsed > 0 && !_position.moveTo(braking.place(seconds)) || braking.isDone(seconds)) _ticker.stop();
  }

  void dispose() => _ticker.stop();

  Widget build(BuildContext context) => GestureListener(recognizers: _recognizers, child: widget.viewport(_position));
}

class _Viewport extends SingleChildRenderWidget {
  final ScrollPosition position;
  const _Viewport({required this.position, super.child});
  RenderBox createRender(BuildContext context) => RenderViewport(position);
  void updateRender(BuildContext context, RenderViewport box) => box.position = position;
}

/// A child that is scrolled.
class ScrollView extends StatelessWidget {
  final ScrollController? controller;
  final Widget child;
  const ScrollView({super.key, this.controller, required this.child});
  Widget build(BuildContext context) =>
      Scrollable(controller: controller, viewport: (position) => RepaintBoundary(child: _Viewport(position: position, child: child)));
}

/// A list of items of one height, of which those are built that are in sight.
class ListView extends StatelessWidget {
  final ScrollController? controller;
  final int count;
  final double itemExtent;
  final Widget Function(BuildContext context, int index) builder;
  const ListView({super.key, this.controller, required this.count, required this.itemExtent, required this.builder});
  Widget build(BuildContext context) => Scrollable(
        controller: controller,
        viewport: (position) => RepaintBoundary(child: _LazyList(position: position, count: count, itemExtent: itemExtent, builder: builder)),
      );
}

class _LazyList extends RenderWidget {
  final ScrollPosition position;
  final int count;
  final double itemExtent;
  final Widget Function(BuildContext context, int index) builder;
  const _LazyList({required this.position, required this.count, required this.itemExtent, required this.builder});
  Element createElement() => _LazyListElement(this);
  RenderBox createRender(BuildContext context) => RenderLazyList(context as _LazyListElement, position, itemExtent);
  void updateRender(BuildContext context, RenderLazyList box) {
    box.position = position;
    box.update(itemExtent);
  }
}

class _LazyListElement extends RenderElement implements LazyChildren {
  int _first = 0;
  List<Element> _children = const [];
  _LazyListElement(_LazyList super.widget);

  _LazyList get _list => widget as _LazyList;
  int get count => _list.count;

  List<Widget> _build(int first, int end) => [for (int i = first; i < end; i++) _list.builder(this, i)];

  void performRebuild() {
    int end = _first + _children.length;
    if (end > count) end = count;
    if (_first > end) _first = end;
    _children = updateChildren(_children, _build(_first, end));
  }

  void show(int first, int end) {
    final shown = _first + _children.length;
    if (first == _first && end == shown) return;
    final next = <Element>[];
    for (int i = first; i < end; i++) {
      next.add(i >= _first && i < shown ? _children[i - _first] : inflate(_list.builder(this, i)));
    }
    for (int i = _first; i < shown; i++) {
      if (i < first || i >= end) removeChild(_children[i - _first]);
    }
    _children = next;
    _first = first;
    childrenChanged();
    owner.linkRenders();
  }

  void linkChildren() {
    super.linkChildren();
    for (int i = 0; i < _children.length; i++) (_children[i].render!.parentData as LazyData).index = _first + i;
  }

  void visitChildren(void Function(Element child) visit) {
    for (final child in _children) visit(child);
  }
}
