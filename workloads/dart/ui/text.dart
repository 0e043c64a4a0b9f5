/// Text layout by a table of widths: words are measured, broken into lines, and cut off with an ellipsis where no line is left.
library;

import 'foundation.dart';
import 'geometry.dart';

class TextStyle {
  final double size;
  final Color color;
  final bool bold;
  const TextStyle({this.size = 14.0, this.color = const Color(0xff202020), this.bold = false});

  TextStyle copyWith({double? size, Color? color, bool? bold}) => TextStyle(size: size ?? this.size, color: color ?? this.color, bold: bold ?? this.bold);

  static TextStyle lerp(TextStyle a, TextStyle b, double t) =>
      TextStyle(size: lerpDouble(a.size, b.size, t), color: Color.lerp(a.color, b.color, t), bold: t < 0.5 ? a.bold : b.bold);

  /// Whether text of either style is as wide and as high as of the other.
  bool hasMetricsOf(TextStyle other) => size == other.size && bold == other.bold;

  double get lineHeight => size * 1.25;
  Font get font => bold ? Font.bold : Font.regular;
  double widthOf(int units) => units * size / 100.0;

  bool operator ==(Object other) => identical(this, other) || other is TextStyle && size == other.size && color == other.color && bold == other.bold;
  int get hashCode => size.hashCode * 31 + color.hashCode;
}

/// Widths of the characters from space to tilde, in hundredths of the size.
const _widths = [
  28, 28, 36, 56, 56, 89, 67, 19, 33, 33, 39, 58, 28, 33, 28, 28, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 28, 28, 58, 58, 58, 56, //
  100, 67, 67, 72, 72, 67, 61, 78, 72, 28, 50, 67, 56, 83, 72, 78, 67, 78, 72, 67, 61, 72, 67, 94, 67, 67, 61, 28, 28, 28, 47, 56, //
  33, 56, 56, 50, 56, 56, 28, 56, 56, 22, 22, 50, 22, 83, 56, 56, 56, 56, 33, 50, 28, 56, 50, 72, 50, 50, 50, 33, 26, 33, 58,
];

/// Widths in hundredths of the size, of words that occur again and again.
class Font {
  static const _mostWords = 4096;
  static final regular = Font._(0), bold = Font._(3);

  final int _extra;
  final Map<String, int> _words = {};
  Font._(this._extra);

  int unitsOf(int unit) => (unit >= 32 && unit < 127 ? _widths[unit - 32] : 60) + _extra;

  int measure(String word) {
    final known = _words[word];
    if (known != null) return known;
    int sum = 0;
    for (int i = 0; i < word.length; i++) sum += unitsOf(word.codeUnitAt(i));
    if (_words.length == _mostWords) _words.clear();
    return _words[word] = sum;
  }
}

/// A piece of text with a style, and pieces that follow it with styles of their own.
class TextSpan {
  final String text;
  final TextStyle? style;
  final List<TextSpan> children;
  const TextSpan(this.text, {this.style, this.children = const []});

  void visit(TextStyle inherited, void Function(String text, TextStyle style) visit) {
    final own = style ?? inherited;
    if (text.isNotEmpty) visit(text, own);
    for (final child in children) child.visit(own, visit);
  }

  /// Whether the other differs in nothing, in colours alone, or in what is to be laid out.
  SpanChange compareTo(TextSpan other) {
    if (identical(this, other)) return SpanChange.none;
    if (text != other.text || children.length != other.children.length) return SpanChange.layout;
    SpanChange change = SpanChange.none;
    final a = style, b = other.style;
    if (a == null || b == null) {
      if (a != null || b != null) return SpanChange.layout;
    } else if (a != b) {
      if (!a.hasMetricsOf(b)) return SpanChange.layout;
      change = SpanChange.paint;
    }
    for (int i = 0; i < children.length; i++) {
      final inner = children[i].compareTo(other.children[i]);
      if (inner == SpanChange.layout) return inner;
      if (inner == SpanChange.paint) change = inner;
    }
    return change;
  }
}

enum SpanChange { none, paint, layout }

enum TextAlign { left, center, right }

/// Text of one style within a line.
class TextFragment {
  String text;
  final TextStyle style;
  final double x;
  double width;
  late final int digest = Digest.ofText(text);
  TextFragment(this.text, this.style, this.x, this.width);
}

class TextLine {
  final List<TextFragment> fragments = [];
  double width = 0.0, height = 0.0;

  void add(String word, TextStyle style, int spaces) {
    final gap = fragments.isEmpty ? 0.0 : style.widthOf(spaces * style.font.unitsOf(32));
    final length = style.widthOf(style.font.measure(word));
    if (style.lineHeight > height) height = style.lineHeight;
    if (fragments.isNotEmpty && identical(fragments.last.style, style)) {
      final last = fragments.last;
      last.text = last.text + ' ' * spaces + word;
      last.width += gap + length;
    } else {
      fragments.add(TextFragment(word, style, width + gap, length));
    }
    width += gap + length;
  }

  /// Takes away what is beyond a width, and three points' room, and adds the points.
  void cut(double maxWidth) {
    const points = '...';
    for (int i = 0; i < fragments.length; i++) {
      final fragment = fragments[i], style = fragment.style, font = style.font;
      final room = maxWidth - style.widthOf(font.measure(points)) - fragment.x;
      if (fragment.width <= room && i < fragments.length - 1) continue;
      int units = 0, end = 0;
      while (end < fragment.text.length) {
        final next = units + font.unitsOf(fragment.text.codeUnitAt(end));
        if (style.widthOf(next) > room) break;
        units = next;
        end++;
      }
      fragment.text = fragment.text.substring(0, end) + points;
      fragment.width = style.widthOf(units + font.measure(points));
      width = fragment.x + fragment.width;
      fragments.length = i + 1;
    }
  }
}

class _LineBreaker {
  final double maxWidth;
  final List<TextLine> lines = [];
  TextLine _line = TextLine();
  int _spaces = 0;
  _LineBreaker(this.maxWidth);

  void add(String text, TextStyle style) {
    int start = 0;
    for (int i = 0; i <= text.length; i++) {
      final unit = i < text.length ? text.codeUnitAt(i) : -1;
      if (unit != 32 && unit != 10 && unit != -1) continue;
      if (i > start) _addWord(text.substring(start, i), style);
      if (unit == 32) _spaces++;
      if (unit == 10) finishLine(style);
      start = i + 1;
    }
  }

  void _addWord(String word, TextStyle style) {
    final font = style.font;
    if (_spaces > 0 && _line.fragments.isNotEmpty && _line.width + style.widthOf(_spaces * font.unitsOf(32) + font.measure(word)) > maxWidth) {
      finishLine(style);
    }
    _line.add(word, style, _spaces);
    _spaces = 0;
  }

  void finishLine(TextStyle style) {
    if (_line.fragments.isEmpty) _line.height = style.lineHeight;
    lines.add(_line);
    _line = TextLine();
    _spaces = 0;
  }
}

class TextPainter {
  static const _style = TextStyle();

  TextSpan _span;
  int? _maxLines;
  TextAlign align;
  List<TextLine> _lines = const [];
  double width = 0.0, height = 0.0;
  double _laidOutFor = -1.0;

  TextPainter(this._span, this._maxLines, this.align);

  /// Takes another text; says what has to be done again.
  SpanChange update(TextSpan span, int? maxLines, TextAlign align) {
    SpanChange change = _span.compareTo(span);
    if (this.align != align && change == SpanChange.none) change = SpanChange.paint;
    if (_maxLines != maxLines) change = SpanChange.layout;
    _span = span;
    _maxLines = maxLines;
    this.align = align;
    if (change != SpanChange.none) _laidOutFor = -1.0;
    return change;
  }

  void layout(double maxWidth) {
    if (_laidOutFor == maxWidth) return;
    _laidOutFor = maxWidth;
    final breaker = _LineBreaker(maxWidth);
    _span.visit(_style, breaker.add);
    breaker.finishLine(_span.style ?? _style);
    final limit = _maxLines, lines = breaker.lines;
    if (limit != null && lines.length > limit) {
      lines.length = limit;
      lines.last.cut(maxWidth);
    }
    _lines = lines;
    width = 0.0;
    height = 0.0;
    for (final line in lines) {
      if (line.width > width) width = line.width;
      height += line.height;
    }
  }

  /// Hands out every fragment with its place in a box of a width.
  void paint(double boxWidth, double maxWidth, void Function(TextFragment fragment, double x, double y) draw) {
    layout(maxWidth);
    double y = 0.0;
    for (final line in _lines) {
      final left = switch (align) { TextAlign.left => 0.0, TextAlign.center => (boxWidth - line.width) / 2.0, TextAlign.right => boxWidth - line.width };
      for (final fragment in line.fragments) draw(fragment, left + fragment.x, y);
      y += line.height;
    }
  }
}
