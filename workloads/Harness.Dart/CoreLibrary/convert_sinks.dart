part of 'convert.dart';

// Conversion in chunks: sinks for text and bytes, which convert what they get for another sink.

abstract interface class ChunkedConversionSink<T> implements Sink<T> {
  factory ChunkedConversionSink.withCallback(void callback(List<T> accumulated)) = _CollectingSink<T>;
  void add(T chunk);
  void close();
}

final class _CollectingSink<T> implements ChunkedConversionSink<T> {
  final void Function(List<T>) _callback;
  final List<T> _chunks = <T>[];
  _CollectingSink(this._callback);
  void add(T chunk) => _chunks.add(chunk);
  void close() => _callback(_chunks);
}

abstract mixin class ByteConversionSink implements ChunkedConversionSink<List<int>> {
  const ByteConversionSink();
  factory ByteConversionSink.withCallback(void callback(List<int> accumulated)) = _CollectingByteSink;
  factory ByteConversionSink.from(Sink<List<int>> sink) = _ForwardingByteSink;
  void addSlice(List<int> chunk, int start, int end, bool isLast) {
    add(chunk.sublist(start, end));
    if (isLast) close();
  }
}
typedef ByteConversionSinkBase = ByteConversionSink;

final class _CollectingByteSink extends ByteConversionSink {
  final void Function(List<int>) _callback;
  final BytesBuilder _bytes = BytesBuilder();
  _CollectingByteSink(this._callback);
  void add(List<int> chunk) => _bytes.add(chunk);
  void close() => _callback(_bytes.toBytes());
}

final class _ForwardingByteSink extends ByteConversionSink {
  final Sink<List<int>> _sink;
  _ForwardingByteSink(this._sink);
  void add(List<int> chunk) => _sink.add(chunk);
  void close() => _sink.close();
}

abstract mixin class StringConversionSink implements ChunkedConversionSink<String> {
  const StringConversionSink();
  factory StringConversionSink.withCallback(void callback(String accumulated)) = _CollectingStringSink;
  factory StringConversionSink.from(Sink<String> sink) = _ForwardingStringSink;
  factory StringConversionSink.fromStringSink(StringSink sink) = _WritingStringSink;
  void add(String str) => addSlice(str, 0, str.length, false);
  void addSlice(String chunk, int start, int end, bool isLast);
  ByteConversionSink asUtf8Sink(bool allowMalformed) => _Utf8DecodingSink(this, allowMalformed);
  ClosableStringSink asStringSink() => _AddingStringSink(this);
}
typedef StringConversionSinkBase = StringConversionSink;

// What converts whole texts.
abstract class _TextSink extends StringConversionSink {
  const _TextSink();
  void add(String str);
  void addSlice(String chunk, int start, int end, bool isLast) {
    RangeError.checkValidRange(start, end, chunk.length);
    if (start < end) add(chunk.substring(start, end));
    if (isLast) close();
  }
}

final class _CollectingStringSink extends _TextSink {
  final void Function(String) _callback;
  final StringBuffer _text = StringBuffer();
  _CollectingStringSink(this._callback);
  void add(String str) => _text.write(str);
  void close() => _callback(_text.toString());
}

final class _ForwardingStringSink extends _TextSink {
  final Sink<String> _sink;
  _ForwardingStringSink(this._sink);
  void add(String str) => _sink.add(str);
  void close() => _sink.close();
}

final class _WritingStringSink extends _TextSink {
  final StringSink _sink;
  _WritingStringSink(this._sink);
  void add(String str) => _sink.write(str);
  void close() {}
}

abstract interface class ClosableStringSink implements StringSink {
  factory ClosableStringSink.fromStringSink(StringSink sink, void onClose()) = _ClosableSink;
  void close();
}

abstract class _StringSinkBase implements ClosableStringSink {
  void write(Object? object);
  void writeCharCode(int charCode) => write(String.fromCharCode(charCode));
  void writeln([Object? object = ""]) {
    write(object);
    write('\n');
  }
  void writeAll(Iterable objects, [String separator = ""]) {
    bool isFirst = true;
    for (final o in objects) {
      if (!isFirst) write(separator);
      isFirst = false;
      write(o);
    }
  }
}

final class _ClosableSink extends _StringSinkBase {
  final StringSink _sink;
  final void Function() _onClose;
  _ClosableSink(this._sink, this._onClose);
  void write(Object? object) => _sink.write(object);
  void close() => _onClose();
}

final class _AddingStringSink extends _StringSinkBase {
  final StringConversionSink _sink;
  _AddingStringSink(this._sink);
  void write(Object? object) => _sink.add('$object');
  void close() => _sink.close();
}

// Converters whose chunks do not depend on each other.
final class _ConvertingTextSink<T> extends _TextSink {
  final Converter<String, T> _converter;
  final Sink<T> _sink;
  _ConvertingTextSink(this._converter, this._sink);
  void add(String str) => _sink.add(_converter.convert(str));
  void close() => _sink.close();
}

final class _ConvertingByteSink<T> extends ByteConversionSink {
  final Converter<List<int>, T> _converter;
  final Sink<T> _sink;
  _ConvertingByteSink(this._converter, this._sink);
  void add(List<int> chunk) => _sink.add(_converter.convert(chunk));
  void close() => _sink.close();
}

// A pair of units may be divided between two chunks.
final class _Utf8EncodingSink extends _TextSink {
  final Sink<List<int>> _sink;
  String _held = '';
  _Utf8EncodingSink(this._sink);
  void add(String str) {
    String text = _held.isEmpty ? str : _held + str;
    _held = '';
    if (text.isNotEmpty && (text.codeUnitAt(text.length - 1) & 0xfc00) == 0xd800) {
      _held = text[text.length - 1];
      text = text.substring(0, text.length - 1);
    }
    if (text.isNotEmpty) _sink.add(const Utf8Encoder().convert(text));
  }
  void close() {
    if (_held.isNotEmpty) _sink.add(const Utf8Encoder().convert(_held));
    _held = '';
    _sink.close();
  }
}

// The bytes of a character may come in several chunks.
final class _Utf8DecodingSink extends ByteConversionSink {
  final Sink<String> _sink;
  final Utf8Decoder _decoder;
  List<int> _held = const <int>[];
  bool _isStart = true;
  _Utf8DecodingSink(this._sink, bool allowMalformed) : _decoder = Utf8Decoder(allowMalformed: allowMalformed);

  void add(List<int> chunk) {
    final bytes = _held.isEmpty ? chunk : [..._held, ...chunk];
    final end = _completeEnd(bytes);
    _held = end == bytes.length ? const <int>[] : bytes.sublist(end);
    _decode(bytes, end);
  }

  // Where an encoding begins that is not complete.
  static int _completeEnd(List<int> bytes) {
    final n = bytes.length;
    for (int back = 1; back <= 3 && back <= n; back++) {
      final c = bytes[n - back];
      if (c & 0xc0 == 0x80) continue;
      final length = c >= 0xf0 && c <= 0xf4 ? 4 : c >= 0xe0 && c <= 0xef ? 3 : c >= 0xc2 && c <= 0xdf ? 2 : 1;
      return length > back ? n - back : n;
    }
    return n;
  }

  void _decode(List<int> bytes, int end) {
    if (end == 0) return;
    final text = _decoder._decode(bytes, 0, end, _isStart);
    _isStart = false;
    if (text.isNotEmpty) _sink.add(text);
  }

  void close() {
    final held = _held;
    _held = const <int>[];
    if (held.isNotEmpty) _decode(held, held.length);
    _sink.close();
  }
}

final class _Base64EncodingSink extends ByteConversionSink {
  final Base64Encoder _encoder;
  final Sink<String> _sink;
  List<int> _held = const <int>[];
  _Base64EncodingSink(this._encoder, this._sink);
  void add(List<int> chunk) {
    final bytes = _held.isEmpty ? chunk : [..._held, ...chunk];
    final end = bytes.length - bytes.length % 3;
    _held = bytes.sublist(end);
    if (end > 0) _sink.add(_encoder.convert(bytes.sublist(0, end)));
  }
  void close() {
    if (_held.isNotEmpty) _sink.add(_encoder.convert(_held));
    _held = const <int>[];
    _sink.close();
  }
}

final class _Base64DecodingSink extends _TextSink {
  final Sink<List<int>> _sink;
  String _held = '';
  _Base64DecodingSink(this._sink);
  void add(String str) {
    final text = (_held + str).replaceAll('%3D', '=').replaceAll('%3d', '=');
    // An escape may be divided.
    final escape = text.indexOf('%');
    final n = escape < 0 ? text.length : escape;
    final end = n - n % 4;
    _held = text.substring(end);
    if (end > 0) _sink.add(const Base64Decoder().convert(text.substring(0, end)));
  }
  void close() {
    final held = _held;
    _held = '';
    if (held.isNotEmpty) _sink.add(const Base64Decoder().convert(held));
    _sink.close();
  }
}

final class _LineSplittingSink extends _TextSink {
  final Sink<String> _sink;
  final StringBuffer _held = StringBuffer();
  bool _skipsLineFeed = false;
  _LineSplittingSink(this._sink);
  void add(String str) {
    int from = 0;
    for (int i = 0; i < str.length; i++) {
      final c = str.codeUnitAt(i);
      if (c == 10 && _skipsLineFeed) {
        _skipsLineFeed = false;
        from = i + 1;
        continue;
      }
      _skipsLineFeed = c == 13;
      if (c != 10 && c != 13) continue;
      _held.write(str.substring(from, i));
      _sink.add(_held.toString());
      _held.clear();
      from = i + 1;
    }
    _held.write(str.substring(from));
  }
  void close() {
    if (_held.isNotEmpty) _sink.add(_held.toString());
    _held.clear();
    _sink.close();
  }
}

final class _JsonEncodingSink implements ChunkedConversionSink<Object?> {
  final void Function(Object?) _convert;
  final void Function() _close;
  bool _isDone = false;
  _JsonEncodingSink(this._convert, this._close);
  void add(Object? object) {
    if (_isDone) throw StateError('Only one call to add allowed');
    _isDone = true;
    _convert(object);
  }
  void close() => _close();
}

final class _JsonDecodingSink extends _TextSink {
  final JsonDecoder _decoder;
  final Sink<Object?> _sink;
  final StringBuffer _text = StringBuffer();
  _JsonDecodingSink(this._decoder, this._sink);
  void add(String str) => _text.write(str);
  void close() {
    final value = _decoder.convert(_text.toString());
    _text.clear();
    _sink.add(value);
    _sink.close();
  }
}

// A converter between the events of two streams.
final class _ConvertingEventSink<S, T> implements EventSink<S> {
  final EventSink<T> _out;
  final Sink<S> _in;
  _ConvertingEventSink(Converter<S, T> converter, EventSink<T> out) : _out = out, _in = converter.startChunkedConversion(out);
  void add(S event) => _in.add(event);
  void addError(Object error, [StackTrace? stackTrace]) => _out.addError(error, stackTrace);
  void close() => _in.close();
}

final class _SplittingEventSink implements EventSink<String> {
  final EventSink<String> _out;
  final _LineSplittingSink _in;
  _SplittingEventSink(EventSink<String> out) : _out = out, _in = _LineSplittingSink(out);
  void add(String event) => _in.add(event);
  void addError(Object error, [StackTrace? stackTrace]) => _out.addError(error, stackTrace);
  void close() => _in.close();
}
