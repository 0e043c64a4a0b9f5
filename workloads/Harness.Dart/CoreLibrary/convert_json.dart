part of 'convert.dart';

// JSON (RFC 8259).

String jsonEncode(Object? object, {Object? toEncodable(Object? nonEncodable)?}) => _encode(object, toEncodable, null);
dynamic jsonDecode(String source, {Object? reviver(Object? key, Object? value)?}) => _JsonParser(source, reviver).parse();

const JsonCodec json = JsonCodec();

final class JsonCodec extends Codec<Object?, String> {
  final Object? Function(Object? key, Object? value)? _reviver;
  final Object? Function(dynamic)? _toEncodable;
  const JsonCodec({Object? reviver(Object? key, Object? value)?, Object? toEncodable(dynamic object)?}) : _reviver = reviver, _toEncodable = toEncodable;
  JsonCodec.withReviver(dynamic reviver(Object? key, Object? value)) : this(reviver: reviver);
  String encode(Object? value, {Object? toEncodable(dynamic object)?}) => _encode(value, toEncodable ?? _toEncodable, null);
  dynamic decode(String source, {Object? reviver(Object? key, Object? value)?}) => _JsonParser(source, reviver ?? _reviver).parse();
  JsonEncoder get encoder => JsonEncoder(_toEncodable);
  JsonDecoder get decoder => JsonDecoder(_reviver);
}

final class JsonEncoder extends Converter<Object?, String> {
  final String? indent;
  final Object? Function(dynamic)? _toEncodable;
  const JsonEncoder([Object? toEncodable(dynamic object)?]) : indent = null, _toEncodable = toEncodable;
  const JsonEncoder.withIndent(this.indent, [Object? toEncodable(dynamic object)?]) : _toEncodable = toEncodable;
  String convert(Object? object) => _encode(object, _toEncodable, indent);
  ChunkedConversionSink<Object?> startChunkedConversion(Sink<String> sink) => _JsonEncodingSink((object) => sink.add(convert(object)), sink.close);
}

final class JsonDecoder extends Converter<String, Object?> {
  final Object? Function(Object? key, Object? value)? _reviver;
  const JsonDecoder([Object? reviver(Object? key, Object? value)?]) : _reviver = reviver;
  dynamic convert(String input) => _JsonParser(input, _reviver).parse();
  StringConversionSink startChunkedConversion(Sink<Object?> sink) => _JsonDecodingSink(this, sink);
}

final class JsonUtf8Encoder extends Converter<Object?, List<int>> {
  final String? _indent;
  final Object? Function(dynamic)? _toEncodable;
  final int _chunkSize;
  JsonUtf8Encoder([String? indent, dynamic toEncodable(dynamic object)?, int? bufferSize]) : _indent = indent, _toEncodable = toEncodable, _chunkSize = bufferSize ?? 256;
  ChunkedConversionSink<Object?> startChunkedConversion(Sink<List<int>> sink) => _JsonEncodingSink((object) {
        final bytes = convert(object);
        for (int i = 0; i < bytes.length; i += _chunkSize) sink.add(bytes.sublist(i, i + _chunkSize < bytes.length ? i + _chunkSize : bytes.length));
      }, sink.close);
  List<int> convert(Object? object) => utf8.encode(_encode(object, _toEncodable, _indent));
}

class JsonUnsupportedObjectError extends Error {
  final Object? unsupportedObject;
  final Object? cause;
  final String? partialResult;
  JsonUnsupportedObjectError(this.unsupportedObject, {this.cause, this.partialResult});
  String toString() => '${cause != null ? 'Converting object to an encodable object failed' : 'Converting object did not return an encodable object'}: ${Error.safeToString(unsupportedObject)}';
}

class JsonCyclicError extends JsonUnsupportedObjectError {
  JsonCyclicError(Object? object) : super(object);
  String toString() => 'Cyclic error in JSON stringify';
}

String _encode(Object? value, Object? toEncodable(dynamic object)?, String? indent) {
  final writer = _JsonWriter(toEncodable, indent);
  writer.write(value);
  return writer._buffer.toString();
}

final class _JsonWriter {
  final StringBuffer _buffer = StringBuffer();
  final Object? Function(dynamic)? _toEncodable;
  final String? _indent;
  // What the value at work lies in.
  final List<Object> _parents = [];
  // How many of these are lists and maps.
  int _depth = 0;
  _JsonWriter(this._toEncodable, this._indent);

  void write(Object? value) {
    if (_writeValue(value)) return;
    _enter(value!);
    // What fails within is the cause of that this fails.
    try {
      Object? made;
      final f = _toEncodable;
      if (f != null) {
        made = f(value);
      } else {
        final dynamic d = value;
        made = d.toJson();
      }
      if (!_writeValue(made)) throw JsonUnsupportedObjectError(value, partialResult: _buffer.toString());
    } catch (e) {
      throw JsonUnsupportedObjectError(value, cause: e, partialResult: _buffer.toString());
    }
    _parents.removeLast();
  }

  void _enter(Object value) {
    for (int i = _parents.length - 1; i >= 0; i--) {
      if (identical(_parents[i], value)) throw JsonCyclicError(value);
    }
    _parents.add(value);
  }

  void _newLine() {
    final indent = _indent;
    if (indent == null) return;
    _buffer.writeCharCode(10);
    for (int i = 0; i < _depth; i++) _buffer.write(indent);
  }

  bool _writeValue(Object? v) {
    if (v is String) {
      _writeString(v);
    } else if (v is int) {
      _buffer.write(v);
    } else if (v is double) {
      if (!v.isFinite) return false;
      _buffer.write(v);
    } else if (v == null || v is bool) {
      _buffer.write(v);
    } else if (v is List) {
      _enter(v);
      _depth++;
      _buffer.writeCharCode(91);
      for (int i = 0; i < v.length; i++) {
        if (i > 0) _buffer.writeCharCode(44);
        _newLine();
        write(v[i]);
      }
      _parents.removeLast();
      _depth--;
      if (v.isNotEmpty) _newLine();
      _buffer.writeCharCode(93);
    } else if (v is Map) {
      return _writeMap(v);
    } else {
      return false;
    }
    return true;
  }

  bool _writeMap(Map<dynamic, dynamic> map) {
    bool isRight = true;
    map.forEach((k, x) {
      if (k is! String) isRight = false;
    });
    if (!isRight) return false;
    _enter(map);
    _depth++;
    _buffer.writeCharCode(123);
    bool first = true;
    map.forEach((k, x) {
      if (!first) _buffer.writeCharCode(44);
      first = false;
      _newLine();
      _writeString(k as String);
      _buffer.writeCharCode(58);
      if (_indent != null) _buffer.writeCharCode(32);
      write(x);
    });
    _parents.removeLast();
    _depth--;
    if (!first) _newLine();
    _buffer.writeCharCode(125);
    return true;
  }

  void _writeString(String s) {
    _buffer.writeCharCode(34);
    int written = 0;
    for (int i = 0; i < s.length; i++) {
      final c = s.codeUnitAt(i);
      final isAlone = (c & 0xf800) == 0xd800 && !_isPaired(s, i, c);
      if (c >= 32 && c != 34 && c != 92 && !isAlone) continue;
      if (written < i) _buffer.write(s.substring(written, i));
      written = i + 1;
      _buffer.writeCharCode(92);
      switch (c) {
        case 34 || 92: _buffer.writeCharCode(c);
        case 10: _buffer.writeCharCode(110);
        case 13: _buffer.writeCharCode(114);
        case 9: _buffer.writeCharCode(116);
        case 8: _buffer.writeCharCode(98);
        case 12: _buffer.writeCharCode(102);
        default: _buffer.write('u${c.toRadixString(16).padLeft(4, '0')}');
      }
    }
    _buffer.write(written == 0 ? s : s.substring(written));
    _buffer.writeCharCode(34);
  }

  static bool _isPaired(String s, int i, int c) => (c & 0xfc00) == 0xd800
      ? i + 1 < s.length && (s.codeUnitAt(i + 1) & 0xfc00) == 0xdc00
      : i > 0 && (s.codeUnitAt(i - 1) & 0xfc00) == 0xd800;
}

// Lists and maps that are not complete lie on a stack of its own: texts may nest as deep as they like.
final class _JsonParser {
  final String s;
  final Object? Function(Object? key, Object? value)? reviver;
  int i = 0;
  _JsonParser(this.s, this.reviver);
  Never fail([String? message]) => throw FormatException(message ?? (i >= s.length ? 'Unexpected end of input' : 'Unexpected character'), s, i);

  dynamic parse() {
    final containers = <Object>[];
    final keys = <String?>[];
    while (true) {
      space();
      Object? value;
      final c = i < s.length ? s.codeUnitAt(i) : -1;
      if (c == 123) {
        i++;
        space();
        if (i < s.length && s.codeUnitAt(i) == 125) {
          i++;
          value = <String, dynamic>{};
        } else {
          containers.add(<String, dynamic>{});
          keys.add(key());
          continue;
        }
      } else if (c == 91) {
        i++;
        space();
        if (i < s.length && s.codeUnitAt(i) == 93) {
          i++;
          value = <dynamic>[];
        } else {
          containers.add(<dynamic>[]);
          keys.add(null);
          continue;
        }
      } else {
        value = simple(c);
      }
      // The value goes where it belongs, and what it completes, too.
      while (true) {
        if (containers.isEmpty) {
          space();
          if (i < s.length) fail();
          return reviver == null ? value : reviver!(null, value);
        }
        final container = containers.last;
        final name = keys.last;
        if (name != null) {
          (container as Map<String, dynamic>)[name] = reviver == null ? value : reviver!(name, value);
        } else {
          final list = container as List<dynamic>;
          list.add(reviver == null ? value : reviver!(list.length, value));
        }
        space();
        final d = i < s.length ? s.codeUnitAt(i) : -1;
        if (d == 44) {
          i++;
          if (name != null) {
            space();
            keys[keys.length - 1] = key();
          }
          break;
        }
        if (d != (name != null ? 125 : 93)) fail();
        i++;
        value = container;
        containers.removeLast();
        keys.removeLast();
      }
    }
  }

  void space() {
    while (i < s.length) {
      final c = s.codeUnitAt(i);
      if (c != 32 && c != 10 && c != 13 && c != 9) return;
      i++;
    }
  }

  String key() {
    if (i >= s.length || s.codeUnitAt(i) != 34) fail();
    final result = string();
    space();
    if (i >= s.length || s.codeUnitAt(i) != 58) fail();
    i++;
    return result;
  }

  Object? simple(int c) {
    switch (c) {
      case 34: return string();
      case 116 when s.startsWith('true', i):
        i += 4;
        return true;
      case 102 when s.startsWith('false', i):
        i += 5;
        return false;
      case 110 when s.startsWith('null', i):
        i += 4;
        return null;
      default: return number();
    }
  }

  bool isDigit() => i < s.length && s.codeUnitAt(i) >= 48 && s.codeUnitAt(i) <= 57;

  num number() {
    final start = i;
    final isNegative = i < s.length && s.codeUnitAt(i) == 45;
    if (isNegative) i++;
    if (!isDigit()) fail();
    int value = 0;
    if (s.codeUnitAt(i) == 48) {
      i++;
    } else {
      while (isDigit()) {
        value = value * 10 + s.codeUnitAt(i) - 48;
        i++;
      }
    }
    final digits = i - start;
    bool isDouble = false;
    if (i < s.length && s.codeUnitAt(i) == 46) {
      isDouble = true;
      i++;
      if (!isDigit()) fail();
      while (isDigit()) i++;
    }
    if (i < s.length && (s.codeUnitAt(i) | 32) == 101) {
      isDouble = true;
      i++;
      if (i < s.length && (s.codeUnitAt(i) == 43 || s.codeUnitAt(i) == 45)) i++;
      if (!isDigit()) fail();
      while (isDigit()) i++;
    }
    if (!isDouble && digits <= 18) {
      if (!isNegative) return value;
      return value == 0 ? -0.0 : -value;
    }
    final text = s.substring(start, i);
    return isDouble ? double.parse(text) : int.tryParse(text) ?? double.parse(text);
  }

  String string() {
    final start = ++i;
    // Most strings have no escapes.
    while (true) {
      if (i >= s.length) fail('Unterminated string');
      final c = s.codeUnitAt(i);
      if (c == 34) return s.substring(start, i++);
      if (c < 32) fail('Control character in string');
      if (c == 92) break;
      i++;
    }
    final b = StringBuffer(s.substring(start, i));
    while (true) {
      if (i >= s.length) fail('Unterminated string');
      final c = s.codeUnitAt(i);
      if (c < 32) fail('Control character in string');
      i++;
      if (c == 34) return b.toString();
      if (c != 92) {
        b.writeCharCode(c);
        continue;
      }
      if (i >= s.length) fail('Unterminated string');
      final e = s.codeUnitAt(i++);
      switch (e) {
        case 110: b.writeCharCode(10);
        case 114: b.writeCharCode(13);
        case 116: b.writeCharCode(9);
        case 98: b.writeCharCode(8);
        case 102: b.writeCharCode(12);
        case 117: b.writeCharCode(unicode());
        case 34 || 92 || 47: b.writeCharCode(e);
        default:
          i--;
          fail('Unrecognized string escape');
      }
    }
  }

  int unicode() {
    int value = 0;
    for (int k = 0; k < 4; k++) {
      final c = i < s.length ? s.codeUnitAt(i) : 0;
      final d = c >= 48 && c <= 57 ? c - 48 : (c | 32) >= 97 && (c | 32) <= 102 ? (c | 32) - 87 : -1;
      if (d < 0) fail('Invalid unicode escape');
      value = value * 16 + d;
      i++;
    }
    return value;
  }
}
