/// Render objects that place many children: rows and columns, stacks, tables, wrapped lines, and windows on long contents.
library;

import 'canvas.dart';
import 'foundation.dart';
import 'geometry.dart';
import 'rendering.dart';

enum Axis { horizontal, vertical }

enum MainAlignment { start, center, end, spaceBetween }

enum CrossAlignment { start, center, stretch }

class FlexData extends ParentData {
  int flex = 0;
}

/// A row or a column: children without flex first, then the room that is left by shares.
class RenderFlex extends RenderBox with ManyChildren {
  Axis _axis;
  MainAlignment _main;
  CrossAlignment _cross;
  double _spacing;
  RenderFlex(this._axis, this._main, this._cross, this._spacing);

  void update(Axis axis, MainAlignment main, CrossAlignment cross, double spacing) {
    if (_axis == axis && _main == main && _cross == cross && _spacing == spacing) return;
    _axis = axis;
    _main = main;
    _cross = cross;
    _spacing = spacing;
    markNeedsLayout();
  }

  void setupParentData(RenderBox child) {
    if (child.parentData is! FlexData) child.parentData = FlexData();
  }

  double get preferredWidth {
    double sum = children.isEmpty ? 0.0 : _spacing * (children.length - 1), most = 0.0;
    for (final child in children) {
      final width = child.preferredWidth;
      sum += width;
      if (width > most) most = width;
    }
    return _axis == Axis.horizontal ? sum : most;
  }

  double _mainOf(Size size) => _axis == Axis.horizontal ? size.width : size.height;
  double _crossOf(Size size) => _axis == Axis.horizontal ? size.height : size.width;

  BoxConstraints _childConstraints(double least, double most) {
    final stretch = _cross == CrossAlignment.stretch;
    if (_axis == Axis.horizontal) {
      final high = constraints.maxHeight;
      return BoxConstraints(minWidth: least, maxWidth: most, minHeight: stretch && high < infinity ? high : 0.0, maxHeight: high);
    }
    final wide = constraints.maxWidth;
    return BoxConstraints(minHeight: least, maxHeight: most, minWidth: stretch && wide < infinity ? wide : 0.0, maxWidth: wide);
  }

  void performLayout() {
    final room = _axis == Axis.horizontal ? constraints.maxWidth : constraints.maxHeight;
    double used = children.isEmpty ? 0.0 : _spacing * (children.length - 1), cross = 0.0;
    int shares = 0;
    for (final child in children) {
      final flex = (child.parentData as FlexData).flex;
      if (flex > 0 && room < infinity) {
        shares += flex;
        continue;
      }
      child.layout(_childConstraints(0.0, infinity), parentUsesSize: true);
      used += _mainOf(child.size);
      if (_crossOf(child.size) > cross) cross = _crossOf(child.size);
    }
    if (shares > 0) {
      final share = (room - used > 0.0 ? room - used : 0.0) / shares;
      for (final child in children) {
        final flex = (child.parentData as FlexData).flex;
        if (flex == 0) continue;
        child.layout(_childConstraints(share * flex, share * flex), parentUsesSize: true);
        used += _mainOf(child.size);
        if (_crossOf(child.size) > cross) cross = _crossOf(child.size);
      }
    }
    final fills = room < infinity && (shares > 0 || _main != MainAlignment.start);
    final length = fills ? room : used;
    size = constraints.constrain(_axis == Axis.horizontal ? Size(length, cross) : Size(cross, length));
    _place(_mainOf(size) - used);
  }

  void _place(double left) {
    double at = switch (_main) { MainAlignment.start || MainAlignment.spaceBetween => 0.0, MainAlignment.center => left / 2.0, MainAlignment.end => left };
    final between = _main == MainAlignment.spaceBetween && children.length > 1 && left > 0.0 ? left / (children.length - 1) : 0.0;
    for (final child in children) {
      final aside = _cross == CrossAlignment.center ? (_crossOf(size) - _crossOf(child.size)) / 2.0 : 0.0;
      child.parentData.offset = _axis == Axis.horizontal ? Offset(at, aside) : Offset(aside, at);
      at += _mainOf(child.size) + _spacing + between;
    }
  }
}

class StackData extends ParentData {
  double? left, top, right, bottom;
  bool get isPositioned => left != null || top != null || right != null || bottom != null;
}

/// Children above each other, some of them at places that they name.
class RenderStack extends RenderBox with ManyChildren {
  void setupParentData(RenderBox child) {
    if (child.parentData is! StackData) child.parentData = StackData();
  }

  void performLayout() {
    double width = constraints.minWidth, height = constraints.minHeight;
    bool sized = false;
    for (final child in children) {
      if ((child.parentData as StackData).isPositioned) continue;
      sized = true;
      child.layout(constraints.loosened, parentUsesSize: true);
      if (child.size.width > width) width = child.size.width;
      if (child.size.height > height) height = child.size.height;
    }
    size = constraints.constrain(sized ? Size(width, height) : constraints.biggest);
    for (final child in children) {
      final data = child.parentData as StackData;
      if (data.isPositioned) {
        _position(child, data);
      } else {
        data.offset = Offset.zero;
      }
    }
  }

  void _position(RenderBox child, StackData data) {
    final left = data.left, right = data.right, top = data.top, bottom = data.bottom;
    final width = left != null && right != null ? size.width - left - right : null;
    final height = top != null && bottom != null ? size.height - top - bottom : null;
    child.layout(const BoxConstraints().tighten(width: width, height: height), parentUsesSize: true);
    data.offset = Offset(
      left ?? (right != null ? size.width - right - child.size.width : 0.0),
      top ?? (bottom != null ? size.height - bottom - child.size.height : 0.0),
    );
  }
}

/// How wide a column of a table is: as its widest cell, or a share of what is left.
class ColumnWidth {
  final int share;
  const ColumnWidth.share(this.share);
  const ColumnWidth.content() : share = 0;
  bool get isContent => share == 0;
}

/// Rows of cells in columns.
class RenderTable extends RenderBox with ManyChildren {
  List<ColumnWidth> _columns;
  double _spacing;
  RenderTable(this._columns, this._spacing);

  void update(List<ColumnWidth> columns, double spacing) {
    if (identical(_columns, columns) && _spacing == spacing) return;
    _columns = columns;
    _spacing = spacing;
    markNeedsLayout();
  }

  List<double> _columnWidths() {
    final count = _columns.length, widths = List<double>.filled(count, 0.0);
    double room = constraints.maxWidth - _spacing * (count - 1);
    int shares = 0;
    for (int column = 0; column < count; column++) {
      final kind = _columns[column];
      shares += kind.share;
      if (!kind.isContent) continue;
      for (int i = column; i < children.length; i += count) {
        final width = children[i].preferredWidth;
        if (width > widths[column]) widths[column] = width;
      }
      room -= widths[column];
    }
    if (room < 0.0) room = 0.0;
    for (int column = 0; column < count; column++) {
      if (!_columns[column].isContent) widths[column] = room * _columns[column].share / shares;
    }
    return widths;
  }

  void performLayout() {
    final widths = _columnWidths(), count = widths.length;
    double y = 0.0;
    for (int row = 0; row < children.length; row += count) {
      double x = 0.0, height = 0.0;
      for (int column = 0; column < count && row + column < children.length; column++) {
        final cell = children[row + column], width = widths[column];
        cell.layout(BoxConstraints(minWidth: width, maxWidth: width), parentUsesSize: true);
        cell.parentData.offset = Offset(x, y);
        x += width + _spacing;
        if (cell.size.height > height) height = cell.size.height;
      }
      y += height + _spacing;
    }
    size = constraints.constrain(Size(constraints.maxWidth, y > 0.0 ? y - _spacing : 0.0));
  }
}

/// Children one after another, in lines.
class RenderWrap extends RenderBox with ManyChildren {
  double _spacing;
  RenderWrap(this._spacing);
  set spacing(double value) {
    if (_spacing == value) return;
    _spacing = value;
    markNeedsLayout();
  }

  void performLayout() {
    final inner = BoxConstraints(maxWidth: constraints.maxWidth);
    double x = 0.0, y = 0.0, line = 0.0, width = 0.0;
    for (final child in children) {
      child.layout(inner, parentUsesSize: true);
      if (x > 0.0 && x + child.size.width > constraints.maxWidth) {
        y += line + _spacing;
        x = 0.0;
        line = 0.0;
      }
      child.parentData.offset = Offset(x, y);
      x += child.size.width + _spacing;
      if (x - _spacing > width) width = x - _spacing;
      if (child.size.height > line) line = child.size.height;
    }
    size = constraints.constrain(Size(width, y + line));
  }
}

/// How far the contents of a window have been moved, and may be.
abstract interface class ScrollPosition implements Listenable {
  double get pixels;

  /// Takes how far contents and window allow to go.
  void applyExtent(double extent);
}

/// A box that follows a position.
mixin Scrolled on RenderBox {
  ScrollPosition? _position;
  ScrollPosition get position => _position!;
  set position(ScrollPosition value) {
    final old = _position;
    if (identical(old, value)) return;
    if (pipeline != null) {
      old?.removeListener(scrolled);
      value.addListener(scrolled);
    }
    _position = value;
    markNeedsLayout();
  }

  /// The position has changed.
  void scrolled();

  void attach(Pipeline owner) {
    super.attach(owner);
    position.addListener(scrolled);
  }

  void detach() {
    position.removeListener(scrolled);
    super.detach();
  }
}

/// A child that may be longer than its window.
class RenderViewport extends RenderProxy with Scrolled {
  RenderViewport(ScrollPosition position) {
    _position = position;
  }

  void scrolled() => markNeedsPaint();

  void performLayout() {
    size = constraints.constrain(constraints.biggest);
    final inner = child;
    if (inner == null) return;
    inner.layout(BoxConstraints(minWidth: size.width, maxWidth: size.width), parentUsesSize: true);
    position.applyExtent(inner.size.height > size.height ? inner.size.height - size.height : 0.0);
  }

  Offset get _moved => Offset(0.0, -position.pixels);

  void paint(Canvas canvas, Offset offset) {
    final inner = child;
    if (inner == null) return;
    inner.parentData.offset = _moved;
    canvas.within(ClipRect(Rect.of(offset, size)), () => paintChild(canvas, inner, offset));
  }

  bool hitTestChildren(List<HitEntry> result, Offset point) {
    child?.parentData.offset = _moved;
    return super.hitTestChildren(result, point);
  }
}

/// Makes the children of a list that are in sight.
abstract interface class LazyChildren {
  int get count;
  void show(int first, int end);
}

class LazyData extends ParentData {
  int index = 0;
}

/// A list of any length, of which only that has render objects which is in sight.
class RenderLazyList extends RenderBox with ManyChildren, Scrolled {
  final LazyChildren _source;
  double _itemExtent;
  RenderLazyList(this._source, ScrollPosition position, this._itemExtent) {
    _position = position;
  }

  /// Takes another height of its items; there may also be more or fewer of them.
  void update(double itemExtent) {
    _itemExtent = itemExtent;
    markNeedsLayout();
  }

  void scrolled() => markNeedsLayout();

  void setupParentData(RenderBox child) {
    if (child.parentData is! LazyData) child.parentData = LazyData();
  }

  void performLayout() {
    size = constraints.constrain(constraints.biggest);
    final whole = _source.count * _itemExtent;
    position.applyExtent(whole > size.height ? whole - size.height : 0.0);
    final pixels = position.pixels;
    int first = (pixels / _itemExtent).floor(), end = ((pixels + size.height) / _itemExtent).ceil();
    if (end > _source.count) end = _source.count;
    if (first > end) first = end;
    _source.show(first, end);
    final inner = BoxConstraints.tight(Size(size.width, _itemExtent));
    for (final child in children) {
      child.layout(inner);
      final data = child.parentData as LazyData;
      data.offset = Offset(0.0, data.index * _itemExtent - pixels);
    }
  }

  void paint(Canvas canvas, Offset offset) => canvas.within(ClipRect(Rect.of(offset, size)), () => super.paint(canvas, offset));
}
