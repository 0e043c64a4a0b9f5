part of 'core.dart';

abstract interface class Pattern {
  Iterable<Match> allMatches(String string, [int start = 0]);
  Match? matchAsPrefix(String string, [int start = 0]);
}

abstract interface class Match {
  int get start;
  int get end;
  String? group(int group);
  String? operator [](int group);
  List<String?> groups(List<int> groupIndices);
  int get groupCount;
  String get input;
  Pattern get pattern;
}

final class _StringMatch implements Match {
  final int start;
  final String input;
  final String pattern;
  const _StringMatch(this.start, this.input, this.pattern);
  int get end => start + pattern.length;
  int get groupCount => 0;
  String operator [](int g) => group(g);
  List<String?> groups(List<int> groupIndices) => [for (final i in groupIndices) group(i)];
  String group(int g) => g == 0 ? pattern : (throw RangeError.value(g));
}

final class String implements Comparable<String>, Pattern {
  final WasmUnits _units;
  String._(this._units);
  external const factory String.fromEnvironment(String name, {String defaultValue = ''});
  factory String.fromCharCodes(Iterable<int> charCodes, [int start = 0, int? end]) {
    RangeError.checkNotNegative(start, 'start');
    if (end != null && end < start) throw RangeError.range(end, start, null, 'end');
    final buffer = StringBuffer();
    int i = 0;
    for (final c in charCodes) {
      if (i >= start && (end == null || i < end)) buffer.writeCharCode(c);
      i++;
    }
    if (end != null ? i < end : i < start) throw RangeError.range(end ?? start, 0, i, end != null ? 'end' : 'start');
    return buffer.toString();
  }
  factory String.fromCharCode(int c) {
    if (c < 0 || c > 0x10ffff) throw RangeError.range(c, 0, 0x10ffff);
    final units = WasmUnits.forUnit(c, c < 0x10000 ? 1 : 2);
    if (c < 0x10000) {
      units[0] = c;
    } else {
      units[0] = 0xd800 + ((c - 0x10000) >> 10);
      units[1] = 0xdc00 + ((c - 0x10000) & 0x3ff);
    }
    return String._(units);
  }
  int get length => _units.length;
  bool get isEmpty => _units.length == 0;
  bool get isNotEmpty => _units.length != 0;
  int codeUnitAt(int i) {
    if (!_ult(i, _units.length)) throw IndexError.withLength(i, length, indexable: this, name: 'index');
    return _units[i];
  }
  String operator [](int i) {
    if (!_ult(i, _units.length)) throw IndexError.withLength(i, length, indexable: this, name: 'index');
    final u = WasmUnits.like(_units, 1);
    u[0] = _units[i];
    return String._(u);
  }
  int get hashCode {
    int h = 0;
    final n = _units.length;
    for (int i = 0; i < n; i++) h = (h * 31 + _units[i]) & 0x3fffffff;
    return h;
  }
  bool operator ==(Object other) {
    if (other is! String) return false;
    final n = _units.length;
    if (n != other._units.length) return false;
    for (int i = 0; i < n; i++) {
      if (_units[i] != other._units[i]) return false;
    }
    return true;
  }
  int compareTo(String other) {
    final a = _units.length, b = other._units.length;
    final n = a < b ? a : b;
    for (int i = 0; i < n; i++) {
      final d = _units[i] - other._units[i];
      if (d != 0) return d < 0 ? -1 : 1;
    }
    return a < b ? -1 : a > b ? 1 : 0;
  }
  String operator +(String other) => _concat2(this, other);
  String operator *(int times) {
    final b = StringBuffer();
    for (int i = 0; i < times; i++) b.write(this);
    return b.toString();
  }
  String toString() => this;
  String substring(int start, [int? end]) {
    final e = RangeError.checkValidRange(start, end, length);
    return _sub(start, e);
  }
  String _sub(int start, int end) {
    if (start == 0 && end == length) return this;
    final u = WasmUnits.like(_units, end - start);
    u.copy(0, _units, start, end - start);
    return String._(u);
  }
  bool _hasAt(String p, int at) {
    if (at < 0 || at + p.length > length) return false;
    for (int i = 0; i < p.length; i++) {
      if (_units[at + i] != p._units[i]) return false;
    }
    return true;
  }
  int indexOf(Pattern pattern, [int start = 0]) {
    if (start < 0 || start > length) throw RangeError.range(start, 0, length);
    if (pattern is String) {
      for (int i = start; i + pattern.length <= length; i++) {
        if (_hasAt(pattern, i)) return i;
      }
      return -1;
    }
    for (final match in pattern.allMatches(this, start)) return match.start;
    return -1;
  }
  int lastIndexOf(Pattern pattern, [int? start]) {
    int s = start ?? length;
    if (s < 0 || s > length) throw RangeError.range(s, 0, length);
    for (int i = s; i >= 0; i--) {
      if (pattern.matchAsPrefix(this, i) != null) return i;
    }
    return -1;
  }
  bool contains(Pattern other, [int start = 0]) => indexOf(other, start) >= 0;
  bool startsWith(Pattern pattern, [int index = 0]) {
    if (index < 0 || index > length) throw RangeError.range(index, 0, length);
    return pattern.matchAsPrefix(this, index) != null;
  }
  bool endsWith(String other) => _hasAt(other, length - other.length);
  Match? matchAsPrefix(String string, [int start = 0]) {
    if (start < 0 || start > string.length) throw RangeError.range(start, 0, string.length);
    return string._hasAt(this, start) ? _StringMatch(start, string, this) : null;
  }
  Iterable<Match> allMatches(String string, [int start = 0]) {
    if (start < 0 || start > string.length) throw RangeError.range(start, 0, string.length, 'start');
    final result = <Match>[];
    int i = start;
    while (i + length <= string.length) {
      if (string._hasAt(this, i)) {
        result.add(_StringMatch(i, string, this));
        i += length == 0 ? 1 : length;
      } else {
        i++;
      }
    }
    return result;
  }
  List<String> split(Pattern pattern) {
    final result = <String>[];
    if (pattern is String && pattern.isEmpty) {
      for (int i = 0; i < length; i++) result.add(this[i]);
      return result;
    }
    if (isEmpty) return pattern.allMatches(this).isEmpty ? <String>[''] : result;
    int at = 0;
    for (final m in pattern.allMatches(this)) {
      // Nothing lies between an empty match and the end of the one before it.
      if (m.start == m.end && (m.start == at || m.start == length)) continue;
      result.add(_sub(at, m.start));
      at = m.end;
    }
    result.add(_sub(at, length));
    return result;
  }
  String replaceAll(Pattern from, String replace) => replaceAllMapped(from, (m) => replace);
  String replaceAllMapped(Pattern from, String replace(Match match)) {
    final b = StringBuffer();
    int at = 0;
    for (final m in from.allMatches(this)) {
      b.write(_sub(at, m.start));
      b.write(replace(m));
      at = m.end;
    }
    b.write(_sub(at, length));
    return b.toString();
  }
  String replaceFirst(Pattern from, String to, [int startIndex = 0]) => replaceFirstMapped(from, (m) => to, startIndex);
  String replaceFirstMapped(Pattern from, String replace(Match match), [int startIndex = 0]) {
    for (final m in from.allMatches(this, startIndex)) return _sub(0, m.start) + replace(m) + _sub(m.end, length);
    return this;
  }
  String replaceRange(int start, int? end, String replacement) {
    final e = RangeError.checkValidRange(start, end, length);
    return _sub(0, start) + replacement + _sub(e, length);
  }
  String splitMapJoin(Pattern pattern, {String onMatch(Match match)?, String onNonMatch(String nonMatch)?}) {
    final b = StringBuffer();
    int at = 0;
    for (final m in pattern.allMatches(this)) {
      final s = _sub(at, m.start);
      b.write(onNonMatch == null ? s : onNonMatch(s));
      b.write(onMatch == null ? m.group(0) : onMatch(m));
      at = m.end;
    }
    final s = _sub(at, length);
    b.write(onNonMatch == null ? s : onNonMatch(s));
    return b.toString();
  }
  static bool _isSpace(int c) => c == 32 || c >= 9 && c <= 13 || c == 0x85 || c == 0xa0 || c == 0x1680 || c >= 0x2000 && c <= 0x200a || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000 || c == 0xfeff;
  String trim() {
    int a = 0, b = length;
    while (a < b && _isSpace(_units[a])) a++;
    while (b > a && _isSpace(_units[b - 1])) b--;
    return _sub(a, b);
  }
  String trimLeft() {
    int a = 0;
    while (a < length && _isSpace(_units[a])) a++;
    return _sub(a, length);
  }
  String trimRight() {
    int b = length;
    while (b > 0 && _isSpace(_units[b - 1])) b--;
    return _sub(0, b);
  }
  String padLeft(int width, [String padding = ' ']) => length >= width ? this : padding * (width - length) + this;
  String padRight(int width, [String padding = ' ']) => length >= width ? this : this + padding * (width - length);
  String toUpperCase() {
    int i = 0;
    while (i < length && _upperCaseOf(_units[i]) == _units[i] && _units[i] != 0xdf) i++;
    if (i == length) return this;
    final b = StringBuffer(_sub(0, i));
    for (; i < length; i++) {
      final c = _units[i];
      if (c == 0xdf) {
        b.write('SS');
      } else {
        b.writeCharCode(_upperCaseOf(c));
      }
    }
    return b.toString();
  }
  String toLowerCase() {
    int i = 0;
    while (i < length && _lowerCaseOf(_units[i]) == _units[i]) i++;
    if (i == length) return this;
    final u = WasmUnits.like(_units, length);
    u.copy(0, _units, 0, i);
    for (; i < length; i++) u[i] = _lowerCaseOf(_units[i]);
    return String._(u);
  }
  List<int> get codeUnits => [for (int i = 0; i < length; i++) _units[i]];
  Runes get runes => Runes(this);
}

String _concat2(String a, String b) {
  final n = a._units.length, m = b._units.length;
  if (n == 0) return b;
  if (m == 0) return a;
  final u = WasmUnits.both(a._units, b._units, n + m);
  u.copy(0, a._units, 0, n);
  u.copy(n, b._units, 0, m);
  return String._(u);
}

String _concatAll(WasmArray<Object?> parts) {
  int n = 0;
  for (int i = 0; i < parts.length; i++) n += _unsafeCast<String>(parts[i])._units.length;
  final u = WasmUnits.ofAll(parts, n);
  int at = 0;
  for (int i = 0; i < parts.length; i++) {
    final s = _unsafeCast<String>(parts[i])._units;
    u.copy(at, s, 0, s.length);
    at += s.length;
  }
  return String._(u);
}

abstract interface class StringSink {
  void write(Object? object);
  void writeAll(Iterable objects, [String separator = ""]);
  void writeln([Object? object = ""]);
  void writeCharCode(int charCode);
}

class StringBuffer implements StringSink {
  WasmUnits _data = WasmUnits.narrow(16);
  int _length = 0;
  StringBuffer([Object content = ""]) { write(content); }
  int get length => _length;
  bool get isEmpty => _length == 0;
  bool get isNotEmpty => _length != 0;
  void _reserve(int n) {
    if (_length + n <= _data.length) return;
    int size = _data.length * 2;
    if (size < _length + n) size = _length + n;
    final d = WasmUnits.like(_data, size);
    d.copy(0, _data, 0, _length);
    _data = d;
  }
  void write(Object? object) {
    final s = _toStringOf(object);
    final n = s._units.length;
    _admitUnits(this, s._units);
    _reserve(n);
    _data.copy(_length, s._units, 0, n);
    _length += n;
  }
  void writeCharCode(int c) {
    if (_ult(c, 0x10000)) {
      _admitUnit(this, c);
      _reserve(1);
      _data[_length++] = c;
    } else {
      write(String.fromCharCode(c));
    }
  }
  void writeAll(Iterable objects, [String separator = ""]) {
    bool first = true;
    for (final o in objects) {
      if (!first) write(separator);
      first = false;
      write(o);
    }
  }
  void writeln([Object? object = ""]) {
    write(object);
    writeCharCode(10);
  }
  void clear() { _length = 0; }
  String toString() {
    final u = WasmUnits.like(_data, _length);
    u.copy(0, _data, 0, _length);
    return String._(u);
  }
}
