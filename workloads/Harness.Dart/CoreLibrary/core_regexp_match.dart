part of 'core.dart';

// Regular expressions and their matches as programs see them.

abstract interface class RegExp implements Pattern {
  factory RegExp(String source, {bool multiLine = false, bool caseSensitive = true, bool unicode = false, bool dotAll = false}) =>
      _RegExp(source, multiLine, caseSensitive, unicode, dotAll);
  static String escape(String text) {
    final b = StringBuffer();
    for (int i = 0; i < text.length; i++) {
      if (r'\^$.*+?()[]{}|'.contains(text[i])) b.writeCharCode(92);
      b.writeCharCode(text.codeUnitAt(i));
    }
    return b.toString();
  }
  RegExpMatch? firstMatch(String input);
  Iterable<RegExpMatch> allMatches(String input, [int start = 0]);
  bool hasMatch(String input);
  String? stringMatch(String input);
  RegExpMatch? matchAsPrefix(String string, [int start = 0]);
  String get pattern;
  bool get isMultiLine;
  bool get isCaseSensitive;
  bool get isUnicode;
  bool get isDotAll;
}

abstract interface class RegExpMatch implements Match {
  String? namedGroup(String name);
  Iterable<String> get groupNames;
  RegExp get pattern;
}

final class _RegExp implements RegExp {
  final String pattern;
  final bool isMultiLine, isCaseSensitive, isUnicode, isDotAll;
  final Map<String, int> _names;
  final _RxCode _program;

  _RegExp._(this.pattern, this.isMultiLine, this.isCaseSensitive, this.isUnicode, this.isDotAll, this._names, this._program);
  factory _RegExp(String source, bool multiLine, bool caseSensitive, bool unicode, bool dotAll) {
    final parser = _RxParser(source, unicode, !caseSensitive, dotAll);
    final tree = parser.parse();
    final program = _RxCode(parser.groups, unicode, !caseSensitive, dotAll);
    program.add(tree, 0);
    program._emit(_rxMatch);
    if (program.code.length > 0x1fffffff) throw FormatException('Regular expression too large', source);
    return _RegExp._(source, multiLine, caseSensitive, unicode, dotAll, parser.names, program);
  }

  RegExpMatch? _search(String input, int start) {
    final machine = _RxMachine(_program, input, isMultiLine);
    // A pattern that begins with a character is looked for only where there is one.
    final first = _program.code[0] == _rxChar && isCaseSensitive && _program.code[2] < 0xd800 ? _program.code[2] : -1;
    for (int i = start; i <= input.length; i++) {
      if (first >= 0) {
        while (i < input.length && input._units[i] != first) i++;
        if (i == input.length) return null;
      }
      if (machine.matchAt(i)) return _RegExpMatch(this, input, machine.registers);
    }
    return null;
  }

  RegExpMatch? firstMatch(String input) => _search(input, 0);
  bool hasMatch(String input) => _search(input, 0) != null;
  String? stringMatch(String input) => _search(input, 0)?.group(0);
  RegExpMatch? matchAsPrefix(String string, [int start = 0]) {
    if (start < 0 || start > string.length) throw RangeError.range(start, 0, string.length);
    final machine = _RxMachine(_program, string, isMultiLine);
    return machine.matchAt(start) ? _RegExpMatch(this, string, machine.registers) : null;
  }
  Iterable<RegExpMatch> allMatches(String input, [int start = 0]) {
    if (start < 0 || start > input.length) throw RangeError.range(start, 0, input.length);
    return _RegExpMatches(this, input, start);
  }
  bool operator ==(Object other) =>
      other is _RegExp && pattern == other.pattern && isMultiLine == other.isMultiLine && isCaseSensitive == other.isCaseSensitive && isUnicode == other.isUnicode && isDotAll == other.isDotAll;
  int get hashCode => pattern.hashCode;
  String toString() => 'RegExp: pattern=$pattern flags=${isCaseSensitive ? '' : 'i'}${isMultiLine ? 'm' : ''}${isUnicode ? 'u' : ''}${isDotAll ? 's' : ''}';
}

final class _RegExpMatch implements RegExpMatch {
  final _RegExp pattern;
  final String input;
  final WasmI32Array _ends;
  _RegExpMatch(this.pattern, this.input, this._ends);
  int get start => _ends.getSigned(0);
  int get end => _ends.getSigned(1);
  int get groupCount => pattern._program.groups - 1;
  String? group(int group) {
    if (group < 0 || group > groupCount) throw RangeError.value(group);
    final from = _ends.getSigned(group * 2), to = _ends.getSigned(group * 2 + 1);
    return from < 0 || to < 0 ? null : input._sub(from, to);
  }
  String? operator [](int group) => this.group(group);
  List<String?> groups(List<int> groupIndices) => [for (final i in groupIndices) group(i)];
  String? namedGroup(String name) {
    final number = pattern._names[name];
    if (number == null) throw ArgumentError('Not a capture group name: $name');
    return group(number);
  }
  Iterable<String> get groupNames => pattern._names.keys;
}

class _RegExpMatches extends Iterable<RegExpMatch> {
  final _RegExp _pattern;
  final String _input;
  final int _start;
  _RegExpMatches(this._pattern, this._input, this._start);
  Iterator<RegExpMatch> get iterator => _RegExpIterator(_pattern, _input, _start);
}

class _RegExpIterator implements Iterator<RegExpMatch> {
  final _RegExp _pattern;
  final String _input;
  int _at;
  RegExpMatch? _current;
  _RegExpIterator(this._pattern, this._input, this._at);
  RegExpMatch get current => _current as RegExpMatch;
  bool moveNext() {
    if (_at < 0) return false;
    final match = _pattern._search(_input, _at);
    _current = match;
    if (match == null) {
      _at = -1;
      return false;
    }
    _at = match.end;
    if (match.end == match.start) {
      _at++;
      // A pair of units is not divided.
      if (_pattern.isUnicode && _at < _input.length && (_input._units[_at - 1] & 0xfc00) == 0xd800 && (_input._units[_at] & 0xfc00) == 0xdc00) _at++;
      if (_at > _input.length) _at = -1;
    }
    return true;
  }
}
