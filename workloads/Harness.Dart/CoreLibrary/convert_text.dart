part of 'convert.dart';

const HtmlEscape htmlEscape = HtmlEscape();

final class HtmlEscapeMode {
  final String _name;
  final bool escapeLtGt;
  final bool escapeQuot;
  final bool escapeApos;
  final bool escapeSlash;
  static const HtmlEscapeMode unknown = HtmlEscapeMode._('unknown', true, true, true, true);
  static const HtmlEscapeMode attribute = HtmlEscapeMode._('attribute', true, true, false, false);
  static const HtmlEscapeMode sqAttribute = HtmlEscapeMode._('attribute', true, false, true, false);
  static const HtmlEscapeMode element = HtmlEscapeMode._('element', true, false, false, false);
  const HtmlEscapeMode._(this._name, this.escapeLtGt, this.escapeQuot, this.escapeApos, this.escapeSlash);
  const HtmlEscapeMode({String name = 'custom', this.escapeLtGt = false, this.escapeQuot = false, this.escapeApos = false, this.escapeSlash = false}) : _name = name;
  String toString() => _name;
}

final class HtmlEscape extends Converter<String, String> {
  final HtmlEscapeMode mode;
  const HtmlEscape([this.mode = HtmlEscapeMode.unknown]);
  StringConversionSink startChunkedConversion(Sink<String> sink) => _ConvertingTextSink<String>(this, sink);
  String convert(String text) {
    final b = StringBuffer();
    for (int i = 0; i < text.length; i++) {
      final c = text.codeUnitAt(i);
      final escape = switch (c) {
        38 => '&amp;',
        60 when mode.escapeLtGt => '&lt;',
        62 when mode.escapeLtGt => '&gt;',
        34 when mode.escapeQuot => '&quot;',
        39 when mode.escapeApos => '&#39;',
        47 when mode.escapeSlash => '&#47;',
        _ => null,
      };
      if (escape == null) {
        b.writeCharCode(c);
      } else {
        b.write(escape);
      }
    }
    return b.toString();
  }
}

final class LineSplitter extends StreamTransformerBase<String, String> {
  const LineSplitter();
  StringConversionSink startChunkedConversion(Sink<String> sink) => _LineSplittingSink(sink);
  Stream<String> bind(Stream<String> stream) => Stream<String>.eventTransformed(stream, (EventSink<String> sink) => _SplittingEventSink(sink));
  static Iterable<String> split(String lines, [int start = 0, int? end]) {
    final stop = RangeError.checkValidRange(start, end, lines.length);
    return const LineSplitter().convert(lines.substring(start, stop));
  }
  List<String> convert(String data) {
    final result = <String>[];
    int from = 0;
    for (int i = 0; i < data.length; i++) {
      final c = data.codeUnitAt(i);
      if (c != 10 && c != 13) continue;
      result.add(data.substring(from, i));
      if (c == 13 && i + 1 < data.length && data.codeUnitAt(i + 1) == 10) i++;
      from = i + 1;
    }
    if (from < data.length) result.add(data.substring(from));
    return result;
  }
}
