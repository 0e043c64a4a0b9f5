/// Random trees of boxes, each built, laid out and painted once: layout alone, without anything that changes. The digests are computed a second time in C#.
library;

import 'application.dart';
import 'basic.dart';
import 'boxes.dart';
import 'framework.dart';
import 'geometry.dart';
import 'many.dart';
import 'text.dart';

class _Random {
  int _seed;
  _Random(this._seed);
  int next(int limit) {
    _seed = (_seed * 1664525 + 1013904223) & 0xffffffff;
    return (_seed >> 8) % limit;
  }
}

const _words = ['a', 'box', 'within', 'boxes', 'asks', 'its', 'parent:', 'constraints'];

class _Scene {
  final _Random _random;
  _Scene(int seed) : _random = _Random(seed);

  double _number(int limit) => _random.next(limit).toDouble();
  Color _color() => Color(0xff000000 + _random.next(4096) * 4000);

  Widget build(int depth) => switch (depth == 0 ? _random.next(2) : _random.next(10)) {
        0 => _text(),
        1 => _rectangle(),
        2 => _decorated(depth),
        3 => _padded(depth),
        4 => _aligned(depth),
        5 => _flex(depth, Axis.horizontal),
        6 => _flex(depth, Axis.vertical),
        7 => _stack(depth),
        8 => _wrap(depth),
        _ => _table(depth),
      };

  Widget _text() {
    final count = 1 + _random.next(12);
    final text = [for (int i = 0; i < count; i++) _words[_random.next(_words.length)]].join(' ');
    final size = 10.0 + _number(4) * 2.5, isBold = _random.next(2) == 1, lines = _random.next(4), align = TextAlign.values[_random.next(3)];
    return RichText(TextSpan(text, style: TextStyle(size: size, color: _color(), bold: isBold)), maxLines: lines == 0 ? null : lines, align: align);
  }

  Widget _rectangle() {
    final width = 8.0 + _number(60), height = 4.0 + _number(40);
    return DecoratedBox(decoration: Decoration(color: _color(), radius: _number(5)), child: SizedBox(width: width, height: height));
  }

  Widget _decorated(int depth) {
    final color = _color(), border = _color();
    return DecoratedBox(decoration: Decoration(color: color, border: border), child: build(depth - 1));
  }

  Widget _padded(int depth) {
    final left = _number(9), top = _number(9), right = _number(9), bottom = _number(9);
    return Padding(padding: EdgeInsets(left, top, right, bottom), child: build(depth - 1));
  }

  Widget _aligned(int depth) {
    final x = _number(5) * 0.5 - 1.0, y = _number(5) * 0.5 - 1.0;
    return Align(alignment: Alignment(x, y), child: build(depth - 1));
  }

  List<Widget> _children(int depth) {
    final count = 1 + _random.next(4);
    return [for (int i = 0; i < count; i++) build(depth - 1)];
  }

  Widget _flex(int depth, Axis axis) {
    final main = MainAlignment.values[_random.next(4)], cross = CrossAlignment.values[_random.next(3)], spacing = _number(3) * 4.0;
    final children = <Widget>[];
    for (final child in _children(depth)) {
      final flex = _random.next(3);
      children.add(flex == 0 ? child : Expanded(flex: flex, child: child));
    }
    return Flex(axis: axis, main: main, cross: cross, spacing: spacing, children: children);
  }

  Widget _stack(int depth) {
    final children = _children(depth);
    for (int i = 1; i < children.length; i++) {
      final edges = _random.next(16), inset = _number(12);
      double? edge(int bit) => edges & bit != 0 ? inset : null;
      if (edges != 0) children[i] = Positioned(left: edge(1), top: edge(2), right: edge(4), bottom: edge(8), child: children[i]);
    }
    return Stack(children: children);
  }

  Widget _wrap(int depth) {
    final spacing = _number(6);
    return Wrap(spacing: spacing, children: _children(depth));
  }

  Widget _table(int depth) {
    final count = 1 + _random.next(3), spacing = _number(6), width = 120.0 + _number(200);
    final columns = <ColumnWidth>[];
    for (int i = 0; i < count; i++) {
      final share = _random.next(3);
      columns.add(share == 0 ? const ColumnWidth.content() : ColumnWidth.share(share));
    }
    return SizedBox(width: width, child: Table(columns: columns, spacing: spacing, children: [..._children(depth), ..._children(depth)]));
  }
}

/// What the first frame of a scene looks like.
int scene(int seed) => Application(Align(alignment: Alignment.topLeft, child: _Scene(seed).build(5)), const Size(480.0, 640.0)).frame();

int run(int scenes) {
  int sum = 0;
  for (int i = 0; i < scenes; i++) sum = (sum * 31 + scene(i)) & 0xffffffffffff;
  return sum;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
int runTimes(int times, int scenes) {
  final first = run(scenes);
  for (int i = 1; i < times; i++) {
    if (run(scenes) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() => print(run(20));
