/// Render objects: layout goes down with constraints and comes up with sizes; painting records layers, which are kept until something in them changes.
library;

import 'canvas.dart';
import 'geometry.dart';

/// Keeps what must be laid out or painted anew.
class Pipeline {
  List<RenderBox> _layouts = [], _paints = [];

  /// How many boxes were laid out and painted.
  int layouts = 0, paints = 0;

  /// Lays out what has changed, from above to below.
  void flushLayout() {
    while (_layouts.isNotEmpty) {
      final dirty = _layouts;
      _layouts = [];
      dirty.sort((a, b) => a.depth - b.depth);
      for (final box in dirty) {
        if (box._needsLayout && identical(box.pipeline, this)) box._performLayout();
      }
    }
  }

  /// Records the layers that have changed, from below to above.
  void flushPaint() {
    final dirty = _paints;
    _paints = [];
    dirty.sort((a, b) => b.depth - a.depth);
    for (final box in dirty) {
      if (box._needsPaint && identical(box.pipeline, this)) box._updateLayer();
    }
  }
}

/// What a parent keeps in a child: its place and more.
class ParentData {
  Offset offset = Offset.zero;
}

/// A box that lies at a point, and where in it the point is.
class HitEntry {
  final RenderBox target;
  final Offset position;
  HitEntry(this.target, this.position);
}

abstract class RenderBox {
  RenderBox? parent;
  Pipeline? pipeline;
  int depth = 0;
  ParentData parentData = ParentData();
  BoxConstraints? _constraints;
  Size size = Size.zero;
  bool _needsLayout = true, _needsPaint = true;
  RenderBox? _layoutBoundary;
  Layer? _layer;

  BoxConstraints get constraints => _constraints!;

  /// Whether this is painted in a layer of its own.
  bool get isRepaintBoundary => false;

  void visitChildren(void Function(RenderBox child) visit);
  void performLayout();
  void paint(Canvas canvas, Offset offset) => visitChildren((child) => paintChild(canvas, child, offset));

  /// The width that this takes if it is not limited.
  double get preferredWidth => 0.0;

  /// Gives a child the kind of data that this keeps in it.
  void setupParentData(RenderBox child) {}

  void adopt(RenderBox child) {
    setupParentData(child);
    child.parent = this;
    child._setDepth(depth + 1);
    final owner = pipeline;
    if (owner != null) child.attach(owner);
    markNeedsLayout();
  }

  void drop(RenderBox child) {
    child.parent = null;
    child._layoutBoundary = null;
    if (child.pipeline != null) child.detach();
    markNeedsLayout();
  }

  void _setDepth(int least) {
    if (depth >= least) return;
    depth = least;
    visitChildren((child) => child._setDepth(depth + 1));
  }

  void attach(Pipeline owner) {
    pipeline = owner;
    visitChildren((child) => child.attach(owner));
  }

  void detach() {
    pipeline = null;
    visitChildren((child) => child.detach());
  }

  void markNeedsLayout() {
    if (_needsLayout) return;
    _needsLayout = true;
    if (identical(_layoutBoundary, this)) {
      pipeline?._layouts.add(this);
    } else {
      parent?.markNeedsLayout();
    }
  }

  void markNeedsPaint() {
    if (_needsPaint) return;
    _needsPaint = true;
    if (isRepaintBoundary) {
      pipeline?._paints.add(this);
    } else {
      parent?.markNeedsPaint();
    }
  }

  void layout(BoxConstraints constraints, {bool parentUsesSize = false}) {
    final above = parent?._layoutBoundary;
    final boundary = !parentUsesSize || constraints.isTight || above == null ? this : above;
    if (!_needsLayout && identical(boundary, _layoutBoundary) && constraints == _constraints) return;
    _constraints = constraints;
    _layoutBoundary = boundary;
    _performLayout();
  }

  void _performLayout() {
    _needsLayout = true;
    pipeline?.layouts++;
    performLayout();
    _needsLayout = false;
    markNeedsPaint();
  }

  void paintChild(Canvas canvas, RenderBox child, Offset offset) {
    pipeline?.paints++;
    final place = offset + child.parentData.offset;
    if (child.isRepaintBoundary) {
      canvas.drawLayer(child._updateLayer(), place);
    } else {
      child._needsPaint = false;
      child.paint(canvas, place);
    }
  }

  Layer _updateLayer() {
    final layer = _layer ??= Layer();
    if (!_needsPaint) return layer;
    _needsPaint = false;
    final canvas = Canvas();
    paint(canvas, Offset.zero);
    layer.update(canvas);
    return layer;
  }

  /// Adds what lies at a point, innermost first; returns whether anything does.
  bool hitTest(List<HitEntry> result, Offset point) {
    if (!size.contains(point)) return false;
    if (hitTestChildren(result, point) || hitTestSelf(point)) {
      result.add(HitEntry(this, point));
      return true;
    }
    return false;
  }

  bool hitTestSelf(Offset point) => false;
  bool hitTestChildren(List<HitEntry> result, Offset point) => false;

  /// The place of this in the window.
  Offset get globalOffset {
    Offset offset = Offset.zero;
    for (RenderBox? box = this; box != null; box = box.parent) offset += box.parentData.offset;
    return offset;
  }
}

/// A box with children.
abstract interface class RenderChildren {
  /// Takes other children; those that were there before keep what they are.
  void setChildren(List<RenderBox> next);
}

mixin SingleChild on RenderBox implements RenderChildren {
  RenderBox? _child;
  RenderBox? get child => _child;
  set child(RenderBox? value) {
    final old = _child;
    if (identical(old, value)) return;
    if (old != null) drop(old);
    _child = value;
    if (value != null) adopt(value);
  }

  void setChildren(List<RenderBox> next) => child = next.isEmpty ? null : next.first;

  void visitChildren(void Function(RenderBox child) visit) {
    final child = _child;
    if (child != null) visit(child);
  }

  double get preferredWidth => _child?.preferredWidth ?? 0.0;

  bool hitTestChildren(List<HitEntry> result, Offset point) {
    final child = _child;
    return child != null && child.hitTest(result, point - child.parentData.offset);
  }
}

mixin ManyChildren on RenderBox implements RenderChildren {
  List<RenderBox> _children = const [];
  List<RenderBox> get children => _children;

  void setChildren(List<RenderBox> next) {
    bool same = next.length == _children.length;
    for (int i = 0; same && i < next.length; i++) same = identical(next[i], _children[i]);
    if (same) return;
    final kept = Set<RenderBox>.identity()..addAll(next);
    for (final child in _children) {
      if (!kept.contains(child)) drop(child);
    }
    _children = next;
    for (final child in next) {
      if (!identical(child.parent, this)) adopt(child);
    }
    markNeedsLayout();
  }

  void visitChildren(void Function(RenderBox child) visit) {
    for (final child in _children) visit(child);
  }

  /// What is painted last lies on top.
  bool hitTestChildren(List<HitEntry> result, Offset point) {
    for (int i = _children.length - 1; i >= 0; i--) {
      final child = _children[i];
      if (child.hitTest(result, point - child.parentData.offset)) return true;
    }
    return false;
  }
}

/// A box that is as large as its child.
abstract class RenderProxy extends RenderBox with SingleChild {
  void performLayout() {
    final inner = child;
    if (inner == null) {
      size = constraints.constrain(Size.zero);
      return;
    }
    inner.layout(constraints, parentUsesSize: true);
    size = inner.size;
  }
}

class RenderRepaintBoundary extends RenderProxy {
  bool get isRepaintBoundary => true;
}

/// The root, as large as the window.
class RenderRoot extends RenderRepaintBoundary {
  final Size window;
  RenderRoot(this.window, Pipeline owner) {
    pipeline = owner;
    _layoutBoundary = this;
    _constraints = BoxConstraints.tight(window);
    owner._layouts.add(this);
    owner._paints.add(this);
  }

  Layer get layer => _updateLayer();

  void performLayout() {
    size = window;
    child?.layout(constraints);
  }
}
