part of 'core.dart';

// Regular expressions of ECMAScript (ECMA-262, sections 22.2.1 and B.1.2), from text to trees. Property escapes are not supported.

enum _RxKind { empty, char, any, oneOf, sequence, choice, group, capture, lookahead, lookbehind, backReference, lineStart, lineEnd, wordBoundary, noWordBoundary, repeat }

final class _RxNode {
  final _RxKind kind;
  final List<_RxNode> parts;
  final _RxSet? characters;
  // The character; the group's number; for an assertion 1 where it is negative.
  int value;
  // Of a back reference by name.
  final String? name;
  // Of a repetition, with the groups inside: from the first to before the last.
  final int least, most, firstGroup, lastGroup;
  final bool isGreedy;
  _RxNode(this.kind, {this.parts = const [], this.characters, this.value = 0, this.name, this.least = 0, this.most = 0, this.firstGroup = 0, this.lastGroup = 0, this.isGreedy = true});
}

/// A set of characters as ranges in order, with the first 128 as bits.
final class _RxSet {
  final List<int> _ranges = [];
  int _low = 0, _high = 0;
  bool isNegated = false;
  bool ignoresCase = false;

  void add(int from, int to) {
    _ranges.add(from);
    _ranges.add(to);
    for (int c = from; c <= to && c < 128; c++) {
      if (c < 64) {
        _low |= 1 << c;
      } else {
        _high |= 1 << (c - 64);
      }
    }
  }
  void addSet(_RxSet other) {
    if (!other.isNegated) {
      for (int i = 0; i < other._ranges.length; i += 2) add(other._ranges[i], other._ranges[i + 1]);
      return;
    }
    // Ranges of the sets that escapes stand for are in order.
    int next = 0;
    for (int i = 0; i < other._ranges.length; i += 2) {
      if (other._ranges[i] > next) add(next, other._ranges[i] - 1);
      next = other._ranges[i + 1] + 1;
    }
    if (next <= 0x10ffff) add(next, 0x10ffff);
  }
  bool _has(int c) {
    if (c < 64) return (_low >> c) & 1 == 1;
    if (c < 128) return (_high >> (c - 64)) & 1 == 1;
    for (int i = 0; i < _ranges.length; i += 2) {
      if (c >= _ranges[i] && c <= _ranges[i + 1]) return true;
    }
    return false;
  }
  bool contains(int c) {
    if (_has(c)) return !isNegated;
    if (ignoresCase && (_has(_upperOf(c)) || _has(_lowerOf(c)))) return !isNegated;
    return isNegated;
  }

  static final _RxSet digits = _RxSet()..add(48, 57);
  static final _RxSet words = _RxSet()..add(48, 57)..add(65, 90)..add(95, 95)..add(97, 122);
  static final _RxSet spaces = _RxSet()..add(9, 13)..add(32, 32)..add(160, 160)..add(0x1680, 0x1680)..add(0x2000, 0x200a)
    ..add(0x2028, 0x2029)..add(0x202f, 0x202f)..add(0x205f, 0x205f)..add(0x3000, 0x3000)..add(0xfeff, 0xfeff);
  static _RxSet negated(_RxSet other) {
    final result = _RxSet()..addSet(other);
    result.isNegated = true;
    return result;
  }
}

// Single characters only, of the scripts that have case and whose pairs lie evenly: Latin, Greek, Cyrillic, Armenian.
int _upperOf(int c) {
  if (c < 128) return c >= 97 && c <= 122 ? c - 32 : c;
  if (c < 256) return c >= 0xe0 && c != 0xf7 && c != 0xff ? c - 32 : c == 0xff ? 0x178 : c == 0xb5 ? 0x39c : c;
  if (c < 0x180) return c >= 0x139 && c <= 0x148 || c >= 0x179 && c <= 0x17e ? (c.isEven ? c - 1 : c) : c == 0x131 || c == 0x138 || c == 0x149 || c == 0x178 || c == 0x17f ? c : c.isOdd ? c - 1 : c;
  if (c >= 0x3b1 && c <= 0x3cb) return c == 0x3c2 ? 0x3a3 : c - 32;
  if (c >= 0x430 && c <= 0x44f) return c - 32;
  if (c >= 0x450 && c <= 0x45f) return c - 80;
  if (c >= 0x460 && c <= 0x481 || c >= 0x48a && c <= 0x4bf || c >= 0x4d0 && c <= 0x52f || c >= 0x1e00 && c <= 0x1e95) return c.isOdd ? c - 1 : c;
  if (c >= 0x561 && c <= 0x586) return c - 48;
  return c;
}

int _lowerOf(int c) {
  if (c < 128) return c >= 65 && c <= 90 ? c + 32 : c;
  if (c < 256) return c >= 0xc0 && c <= 0xde && c != 0xd7 ? c + 32 : c;
  if (c < 0x180) return c >= 0x139 && c <= 0x148 || c >= 0x179 && c <= 0x17e ? (c.isOdd ? c + 1 : c) : c == 0x178 ? 0xff : c == 0x130 || c == 0x138 || c == 0x149 || c == 0x17f ? c : c.isEven ? c + 1 : c;
  if (c >= 0x391 && c <= 0x3ab && c != 0x3a2) return c + 32;
  if (c >= 0x410 && c <= 0x42f) return c + 32;
  if (c >= 0x400 && c <= 0x40f) return c + 80;
  if (c >= 0x460 && c <= 0x481 || c >= 0x48a && c <= 0x4bf || c >= 0x4d0 && c <= 0x52f || c >= 0x1e00 && c <= 0x1e95) return c.isEven ? c + 1 : c;
  if (c >= 0x531 && c <= 0x556) return c + 48;
  return c;
}

final class _RxParser {
  static const int _deepest = 250;
  final String source;
  final bool isUnicode, ignoresCase, dotAll;
  int at = 0;
  int groups = 1;
  int depth = 0;
  final Map<String, int> names = {};
  final List<_RxNode> named = [];
  // What numbers of groups there are must be known before a back reference is read.
  late final int _allGroups = _countGroups();
  bool _hasNames = false;

  _RxParser(this.source, this.isUnicode, this.ignoresCase, this.dotAll);

  Never fail(String message) => throw FormatException('$message at $at', source, at);

  int _countGroups() {
    int n = 1;
    bool inSet = false;
    for (int i = 0; i < source.length; i++) {
      final c = source.codeUnitAt(i);
      if (c == 92) {
        i++;
      } else if (inSet) {
        if (c == 93) inSet = false;
      } else if (c == 91) {
        inSet = true;
      } else if (c == 40) {
        if (i + 1 >= source.length || source.codeUnitAt(i + 1) != 63) {
          n++;
        } else if (source.startsWith('(?<', i) && !source.startsWith('(?<=', i) && !source.startsWith('(?<!', i)) {
          n++;
          _hasNames = true;
        }
      }
    }
    return n;
  }

  _RxNode parse() {
    _allGroups;
    final node = _choice();
    if (at < source.length) fail(source.codeUnitAt(at) == 41 ? 'Unmatched )' : 'Unexpected character');
    for (final reference in named) {
      final number = names[reference.name!];
      if (number == null) fail('Invalid named reference ${reference.name}');
      reference.value = number;
    }
    return node;
  }

  int get _peek => at < source.length ? source.codeUnitAt(at) : -1;
  bool _accept(int c) {
    if (_peek != c) return false;
    at++;
    return true;
  }
  bool _acceptText(String text) {
    if (!source.startsWith(text, at)) return false;
    at += text.length;
    return true;
  }

  _RxNode _choice() {
    if (++depth > _deepest) fail('Regular expression too large');
    final parts = [_sequence()];
    while (_accept(124)) parts.add(_sequence());
    depth--;
    return parts.length == 1 ? parts[0] : _RxNode(_RxKind.choice, parts: parts);
  }

  _RxNode _sequence() {
    final parts = <_RxNode>[];
    while (at < source.length && _peek != 124 && _peek != 41) parts.add(_term());
    return parts.length == 1 ? parts[0] : _RxNode(parts.isEmpty ? _RxKind.empty : _RxKind.sequence, parts: parts);
  }

  _RxNode _term() {
    final firstGroup = groups;
    final c = _peek;
    _RxNode? atom;
    bool repeats = true;
    switch (c) {
      case 94:
        at++;
        return _RxNode(_RxKind.lineStart);
      case 36:
        at++;
        return _RxNode(_RxKind.lineEnd);
      case 40:
        at++;
        if (_acceptText('?:')) {
          atom = _RxNode(_RxKind.group, parts: [_choice()]);
        } else if (_acceptText('?=')) {
          atom = _RxNode(_RxKind.lookahead, parts: [_choice()]);
          repeats = !isUnicode;
        } else if (_acceptText('?!')) {
          atom = _RxNode(_RxKind.lookahead, parts: [_choice()], value: 1);
          repeats = !isUnicode;
        } else if (_acceptText('?<=')) {
          atom = _RxNode(_RxKind.lookbehind, parts: [_choice()]);
          repeats = false;
        } else if (_acceptText('?<!')) {
          atom = _RxNode(_RxKind.lookbehind, parts: [_choice()], value: 1);
          repeats = false;
        } else {
          final number = groups++;
          if (_acceptText('?<')) {
            final name = _groupName();
            if (names.containsKey(name)) fail('Duplicate capture group name');
            names[name] = number;
          } else if (_peek == 63) {
            fail('Invalid group');
          }
          atom = _RxNode(_RxKind.capture, parts: [_choice()], value: number);
        }
        if (!_accept(41)) fail('Unterminated group');
      case 46:
        at++;
        atom = _RxNode(_RxKind.any);
      case 91:
        at++;
        atom = _RxNode(_RxKind.oneOf, characters: _characterClass());
      case 92:
        at++;
        atom = _escape();
        if (atom.kind == _RxKind.wordBoundary || atom.kind == _RxKind.noWordBoundary) return atom;
      case 42 || 43 || 63:
        fail('Nothing to repeat');
      case 123:
        final start = at;
        if (isUnicode || _braces() != null) {
          at = start;
          fail('Nothing to repeat');
        }
        at = start + 1;
        atom = _char(123);
      case 125 || 93 when isUnicode:
        fail('Lone quantifier brackets');
      default:
        atom = _char(_character());
    }
    return _quantified(atom!, firstGroup, repeats);
  }

  // Leaves the place behind them; null, and the place anywhere, where there are no braces of a quantifier.
  (int, int)? _braces() {
    if (!_accept(123)) return null;
    final least = _number();
    if (least == null) return null;
    int most = least;
    if (_accept(44)) most = _number() ?? _endless;
    return _accept(125) ? (least, most) : null;
  }

  static const int _endless = 0x7fffffff;

  int? _number() {
    if (!_isDigit(_peek)) return null;
    int value = 0;
    while (_isDigit(_peek)) {
      value = value * 10 + _peek - 48;
      if (value > _endless) value = _endless;
      at++;
    }
    return value;
  }

  _RxNode _quantified(_RxNode atom, int firstGroup, bool repeats) {
    int least, most;
    switch (_peek) {
      case 42:
        at++;
        (least, most) = (0, _endless);
      case 43:
        at++;
        (least, most) = (1, _endless);
      case 63:
        at++;
        (least, most) = (0, 1);
      case 123:
        final start = at;
        final range = _braces();
        if (range == null) {
          at = start;
          if (isUnicode) fail('Incomplete quantifier');
          return atom;
        }
        (least, most) = range;
        if (most < least) fail('numbers out of order in {} quantifier');
      default:
        return atom;
    }
    if (!repeats) fail('Nothing to repeat');
    final isGreedy = !_accept(63);
    return _RxNode(_RxKind.repeat, parts: [atom], least: least, most: most, firstGroup: firstGroup, lastGroup: groups, isGreedy: isGreedy);
  }

  _RxNode _char(int c) => _RxNode(_RxKind.char, value: ignoresCase ? _upperOf(c) : c);

  // The next character of the pattern: a code point in unicode mode, else a unit.
  int _character() {
    final c = source.codeUnitAt(at++);
    if (isUnicode && (c & 0xfc00) == 0xd800 && (_peek & 0xfc00) == 0xdc00 && at < source.length) {
      return 0x10000 + ((c & 0x3ff) << 10) + (source.codeUnitAt(at++) & 0x3ff);
    }
    return c;
  }

  String _groupName() {
    final start = at;
    while (_peek != 62) {
      final c = _peek;
      final isLetter = c >= 65 && c <= 90 || c >= 97 && c <= 122 || c == 95 || c == 36 || c >= 128;
      if (!isLetter && !(at > start && _isDigit(c))) fail('Invalid capture group name');
      at++;
    }
    if (at == start) fail('Invalid capture group name');
    return source.substring(start, at++);
  }

  _RxSet? _setOf(int c) => switch (c) {
    100 => _RxSet.digits,
    68 => _RxSet.negated(_RxSet.digits),
    119 => _RxSet.words,
    87 => _RxSet.negated(_RxSet.words),
    115 => _RxSet.spaces,
    83 => _RxSet.negated(_RxSet.spaces),
    _ => null,
  };

  _RxNode _escape() {
    final c = _peek;
    if (c < 0) fail(r'\ at end of pattern');
    if (c == 98 || c == 66) {
      at++;
      return _RxNode(c == 98 ? _RxKind.wordBoundary : _RxKind.noWordBoundary);
    }
    final escaped = _setOf(c);
    if (escaped != null) {
      at++;
      return _RxNode(_RxKind.oneOf, characters: escaped);
    }
    if ((c == 112 || c == 80) && isUnicode) fail('Unicode property escapes are not supported');
    if (c >= 49 && c <= 57) {
      final start = at;
      final number = _number()!;
      if (number < _allGroups) return _RxNode(_RxKind.backReference, value: number);
      if (isUnicode) fail('Invalid escape');
      at = start;
    }
    if (c == 107 && (isUnicode || _hasNames)) {
      at++;
      if (!_accept(60)) fail('Invalid named reference');
      final node = _RxNode(_RxKind.backReference, name: _groupName());
      named.add(node);
      return node;
    }
    return _char(_characterEscape(false));
  }

  int? _hex(int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      final c = at + i < source.length ? source.codeUnitAt(at + i) : 0;
      final d = _isDigit(c) ? c - 48 : (c | 32) >= 97 && (c | 32) <= 102 ? (c | 32) - 87 : -1;
      if (d < 0) return null;
      value = value * 16 + d;
    }
    at += digits;
    return value;
  }

  // What an escape stands for, behind the backslash.
  int _characterEscape(bool inSet) {
    final c = _character();
    switch (c) {
      case 110: return 10;
      case 114: return 13;
      case 116: return 9;
      case 118: return 11;
      case 102: return 12;
      case 48 when !_isDigit(_peek): return 0;
      case 99:
        final letter = _peek;
        if (letter >= 65 && letter <= 90 || letter >= 97 && letter <= 122 || inSet && !isUnicode && (_isDigit(letter) || letter == 95)) {
          at++;
          return letter & 31;
        }
        if (isUnicode) fail('Invalid unicode escape');
        // The backslash itself.
        at--;
        return 92;
      case 120:
        final value = _hex(2);
        if (value == null && isUnicode) fail('Invalid escape');
        return value ?? c;
      case 117:
        return _unicodeEscape();
      case >= 48 && <= 55 when !isUnicode:
        int value = c - 48;
        while (_peek >= 48 && _peek <= 55 && value * 8 + _peek - 48 <= 255) {
          value = value * 8 + _peek - 48;
          at++;
        }
        return value;
    }
    if (isUnicode && !(c == 45 && inSet) && !r'^$\.*+?()[]{}|/'.codeUnits.contains(c)) fail('Invalid escape');
    return c;
  }

  int _unicodeEscape() {
    if (isUnicode && _accept(123)) {
      int value = 0, n = 0;
      while (_peek != 125) {
        final digit = _hex(1);
        if (digit == null) fail('Invalid Unicode escape');
        value = value * 16 + digit;
        n++;
        if (value > 0x10ffff) fail('Invalid Unicode escape');
      }
      if (n == 0) fail('Invalid Unicode escape');
      at++;
      return value;
    }
    final unit = _hex(4);
    if (unit == null) {
      if (isUnicode) fail('Invalid Unicode escape');
      return 117;
    }
    if (isUnicode && (unit & 0xfc00) == 0xd800 && source.startsWith(r'\u', at)) {
      final start = at;
      at += 2;
      final low = _hex(4);
      if (low != null && (low & 0xfc00) == 0xdc00) return 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff);
      at = start;
    }
    return unit;
  }

  _RxSet _characterClass() {
    final result = _RxSet();
    result.ignoresCase = ignoresCase;
    result.isNegated = _accept(94);
    while (true) {
      if (at >= source.length) fail('Unterminated character class');
      if (_accept(93)) return result;
      final (first, firstSet) = _setAtom();
      if (_peek != 45 || at + 1 >= source.length || source.codeUnitAt(at + 1) == 93) {
        if (firstSet != null) {
          result.addSet(firstSet);
        } else {
          result.add(first, first);
        }
        continue;
      }
      at++;
      final (last, lastSet) = _setAtom();
      if (firstSet != null || lastSet != null) {
        if (isUnicode) fail('Invalid character class');
        result.add(45, 45);
        if (firstSet != null) {
          result.addSet(firstSet);
        } else {
          result.add(first, first);
        }
        if (lastSet != null) {
          result.addSet(lastSet);
        } else {
          result.add(last, last);
        }
        continue;
      }
      if (last < first) fail('Range out of order in character class');
      result.add(first, last);
    }
  }

  (int, _RxSet?) _setAtom() {
    if (_peek != 92) return (_character(), null);
    at++;
    if (_peek < 0) fail(r'\ at end of pattern');
    final escaped = _setOf(_peek);
    if (escaped != null) {
      at++;
      return (0, escaped);
    }
    if (_accept(98)) return (8, null);
    if ((_peek == 112 || _peek == 80) && isUnicode) fail('Unicode property escapes are not supported');
    return (_characterEscape(true), null);
  }
}
