/// Painting is recorded: a display list says what a layer looks like, and digests tell frames apart.
library;

import 'foundation.dart';
import 'geometry.dart';

/// Something to be drawn, or what holds for what is drawn after it.
abstract class DisplayItem {
  const DisplayItem();
  void addTo(Digest digest);
}

void _addOffset(Digest digest, Offset offset) {
  digest.addDouble(offset.dx);
  digest.addDouble(offset.dy);
}

void _addRect(Digest digest, Rect rect) {
  digest.addDouble(rect.left);
  digest.addDouble(rect.top);
  digest.addDouble(rect.right);
  digest.addDouble(rect.bottom);
}

class DrawRect extends DisplayItem {
  final Rect rect;
  final Color color;
  final double radius;
  const DrawRect(this.rect, this.color, this.radius);
  void addTo(Digest digest) {
    digest.addInt(1);
    _addRect(digest, rect);
    digest.addInt(color.value);
    digest.addDouble(radius);
  }
}

class DrawLine extends DisplayItem {
  final Offset from, to;
  final Color color;
  final double width;
  const DrawLine(this.from, this.to, this.color, this.width);
  void addTo(Digest digest) {
    digest.addInt(2);
    _addOffset(digest, from);
    _addOffset(digest, to);
    digest.addInt(color.value);
    digest.addDouble(width);
  }
}

class DrawText extends DisplayItem {
  final Offset offset;
  final String text;

  /// The digest of the text, which whoever laid it out knows.
  final int digest;
  final Color color;
  final double size;
  const DrawText(this.offset, this.text, this.digest, this.color, this.size);
  void addTo(Digest digest) {
    digest.addInt(3);
    _addOffset(digest, offset);
    digest.addInt(this.digest);
    digest.addInt(color.value);
    digest.addDouble(size);
  }
}

/// A layer within another: the list of the outer one stays as it is where the inner one is painted anew.
class DrawLayer extends DisplayItem {
  final Layer layer;
  final Offset offset;
  const DrawLayer(this.layer, this.offset);
  void addTo(Digest digest) {
    digest.addInt(4);
    _addOffset(digest, offset);
  }
}

class Save extends DisplayItem {
  const Save();
  void addTo(Digest digest) => digest.addInt(5);
}

class Restore extends DisplayItem {
  const Restore();
  void addTo(Digest digest) => digest.addInt(6);
}

class ClipRect extends DisplayItem {
  final Rect rect;
  const ClipRect(this.rect);
  void addTo(Digest digest) {
    digest.addInt(7);
    _addRect(digest, rect);
  }
}

class Scale extends DisplayItem {
  final double scale;
  final Offset origin;
  const Scale(this.scale, this.origin);
  void addTo(Digest digest) {
    digest.addInt(8);
    digest.addDouble(scale);
    _addOffset(digest, origin);
  }
}

class SetOpacity extends DisplayItem {
  final double opacity;
  const SetOpacity(this.opacity);
  void addTo(Digest digest) {
    digest.addInt(9);
    digest.addDouble(opacity);
  }
}

/// What was recorded last of a part of the page that is painted apart.
class Layer {
  List<DisplayItem> _items = const [];
  final List<DrawLayer> _inner = [];
  int _digest = 0;

  /// Takes what was recorded.
  void update(Canvas canvas) {
    _items = canvas._items;
    _inner.clear();
    final digest = Digest();
    for (final item in _items) {
      item.addTo(digest);
      if (item is DrawLayer) _inner.add(item);
    }
    _digest = digest.value;
  }

  /// Adds what this layer and those within it look like.
  void addTo(Digest digest) {
    digest.addInt(_digest);
    for (final item in _inner) item.layer.addTo(digest);
  }

  /// How many items there are, those of inner layers included.
  int get size {
    int size = _items.length;
    for (final item in _inner) size += item.layer.size;
    return size;
  }
}

class Canvas {
  final List<DisplayItem> _items = [];

  void drawRect(Rect rect, Color color, {double radius = 0.0}) {
    if (color.alpha > 0) _items.add(DrawRect(rect, color, radius));
  }

  void drawLine(Offset from, Offset to, Color color, {double width = 1.0}) => _items.add(DrawLine(from, to, color, width));
  void drawText(Offset offset, String text, int digest, Color color, double size) => _items.add(DrawText(offset, text, digest, color, size));
  void drawLayer(Layer layer, Offset offset) => _items.add(DrawLayer(layer, offset));

  /// Draws with something that holds for these drawings only.
  void within(DisplayItem state, void Function() draw) {
    _items.add(const Save());
    _items.add(state);
    draw();
    _items.add(const Restore());
  }
}
