library dart.convert;

String jsonEncode(Object? object, {Object? toEncodable(Object? nonEncodable)?}) => _encode(object, toEncodable);
dynamic jsonDecode(String source, {Object? reviver(Object? key, Object? value)?}) => _Parser(source, reviver).parse();

const JsonCodec json = JsonCodec();

class JsonCodec {
  const JsonCodec();
  String encode(Object? value, {Object? toEncodable(dynamic object)?}) => _encode(value, toEncodable);
  dynamic decode(String source, {Object? reviver(Object? key, Object? value)?}) => _Parser(source, reviver).parse();
}

class JsonUnsupportedObjectError extends Error {
  final Object? unsupportedObject;
  JsonUnsupportedObjectError(this.unsupportedObject);
  String toString() => 'Converting object to an encodable object failed: $unsupportedObject';
}

String _encode(Object? value, Object? toEncodable(dynamic object)?) {
  final b = StringBuffer();
  _write(b, value, toEncodable, 0);
  return b.toString();
}

void _write(StringBuffer b, Object? v, Object? toEncodable(dynamic object)?, int depth) {
  if (depth > 2000) throw JsonUnsupportedObjectError(v);
  if (v == null || v is bool || v is int) {
    b.write(v);
  } else if (v is double) {
    if (!v.isFinite) throw JsonUnsupportedObjectError(v);
    b.write(v);
  } else if (v is String) {
    _writeString(b, v);
  } else if (v is List) {
    b.write('[');
    for (int i = 0; i < v.length; i++) {
      if (i > 0) b.write(',');
      _write(b, v[i], toEncodable, depth + 1);
    }
    b.write(']');
  } else if (v is Map) {
    b.write('{');
    bool first = true;
    v.forEach((k, x) {
      if (k is! String) throw JsonUnsupportedObjectError(v);
      if (!first) b.write(',');
      first = false;
      _writeString(b, k);
      b.write(':');
      _write(b, x, toEncodable, depth + 1);
    });
    b.write('}');
  } else if (toEncodable != null) {
    _write(b, toEncodable(v), null, depth + 1);
  } else {
    final dynamic d = v;
    _write(b, d.toJson(), null, depth + 1);
  }
}

void _writeString(StringBuffer b, String s) {
  b.writeCharCode(34);
  for (int i = 0; i < s.length; i++) {
    final c = s.codeUnitAt(i);
    switch (c) {
      case 34: b.write('\\"');
      case 92: b.write('\\\\');
      case 10: b.write('\\n');
      case 13: b.write('\\r');
      case 9: b.write('\\t');
      case 8: b.write('\\b');
      case 12: b.write('\\f');
      default:
        if (c < 32) {
          b.write('\\u${c.toRadixString(16).padLeft(4, '0')}');
        } else {
          b.writeCharCode(c);
        }
    }
  }
  b.writeCharCode(34);
}

class _Parser {
  final String s;
  final Object? Function(Object? key, Object? value)? reviver;
  int i = 0;
  _Parser(this.s, this.reviver);
  Never fail() => throw FormatException(i >= s.length ? 'Unexpected end of input' : 'Unexpected character', s, i);
  dynamic parse() {
    final v = value(0);
    space();
    if (i < s.length) fail();
    return reviver == null ? v : reviver!(null, v);
  }
  void space() {
    while (i < s.length) {
      final c = s.codeUnitAt(i);
      if (c != 32 && c != 10 && c != 13 && c != 9) return;
      i++;
    }
  }
  dynamic value(int depth) {
    if (depth > 2000) fail();
    space();
    if (i >= s.length) fail();
    final c = s.codeUnitAt(i);
    if (c == 123) {
      i++;
      final m = <String, dynamic>{};
      space();
      if (i < s.length && s.codeUnitAt(i) == 125) {
        i++;
        return m;
      }
      while (true) {
        space();
        if (i >= s.length || s.codeUnitAt(i) != 34) fail();
        final k = string();
        space();
        if (i >= s.length || s.codeUnitAt(i) != 58) fail();
        i++;
        final v = value(depth + 1);
        m[k] = reviver == null ? v : reviver!(k, v);
        space();
        if (i >= s.length) fail();
        final d = s.codeUnitAt(i++);
        if (d == 125) return m;
        if (d != 44) { i--; fail(); }
      }
    }
    if (c == 91) {
      i++;
      final l = <dynamic>[];
      space();
      if (i < s.length && s.codeUnitAt(i) == 93) {
        i++;
        return l;
      }
      while (true) {
        final v = value(depth + 1);
        l.add(reviver == null ? v : reviver!(l.length, v));
        space();
        if (i >= s.length) fail();
        final d = s.codeUnitAt(i++);
        if (d == 93) return l;
        if (d != 44) { i--; fail(); }
      }
    }
    if (c == 34) return string();
    if (s.startsWith('true', i)) { i += 4; return true; }
    if (s.startsWith('false', i)) { i += 5; return false; }
    if (s.startsWith('null', i)) { i += 4; return null; }
    return number();
  }
  num number() {
    final start = i;
    bool isDouble = false;
    if (i < s.length && s.codeUnitAt(i) == 45) i++;
    int digits = 0;
    while (i < s.length) {
      final c = s.codeUnitAt(i);
      if (c >= 48 && c <= 57) {
        digits++;
      } else if (c == 46 || c == 101 || c == 69 || (c == 43 || c == 45) && isDouble) {
        isDouble = true;
      } else {
        break;
      }
      i++;
    }
    if (digits == 0) fail();
    final t = s.substring(start, i);
    final r = isDouble ? double.tryParse(t) : int.tryParse(t) ?? double.tryParse(t);
    if (r == null) { i = start; fail(); }
    return r;
  }
  String string() {
    i++;
    final b = StringBuffer();
    while (true) {
      if (i >= s.length) fail();
      final c = s.codeUnitAt(i++);
      if (c == 34) return b.toString();
      if (c < 32) { i--; fail(); }
      if (c != 92) {
        b.writeCharCode(c);
        continue;
      }
      if (i >= s.length) fail();
      final e = s.codeUnitAt(i++);
      switch (e) {
        case 110: b.writeCharCode(10);
        case 114: b.writeCharCode(13);
        case 116: b.writeCharCode(9);
        case 98: b.writeCharCode(8);
        case 102: b.writeCharCode(12);
        case 117:
          if (i + 4 > s.length) fail();
          final h = int.tryParse(s.substring(i, i + 4), radix: 16);
          if (h == null) fail();
          b.writeCharCode(h);
          i += 4;
        case 34 || 92 || 47: b.writeCharCode(e);
        default: i--; fail();
      }
    }
  }
}
