part of 'core.dart';

// The code points of a string.

final class Runes extends Iterable<int> {
  final String string;
  Runes(this.string);
  RuneIterator get iterator => RuneIterator(string);
  int get last {
    if (string.isEmpty) throw StateError('No element');
    final it = RuneIterator.at(string, string.length);
    it.movePrevious();
    return it.current;
  }
}

final class RuneIterator implements Iterator<int> {
  final String string;
  int _at;
  int _next;
  int _current = -1;
  RuneIterator(this.string) : _at = 0, _next = 0;
  RuneIterator.at(this.string, int index) : _at = index, _next = index {
    RangeError.checkValueInInterval(index, 0, string.length);
    _checkBetweenPairs(index);
  }

  static bool _isHigh(int unit) => (unit & 0xfc00) == 0xd800;
  static bool _isLow(int unit) => (unit & 0xfc00) == 0xdc00;

  void _checkBetweenPairs(int index) {
    if (index > 0 && index < string.length && _isHigh(string._units[index - 1]) && _isLow(string._units[index])) {
      throw ArgumentError('Index inside surrogate pair: $index');
    }
  }

  int get rawIndex => _at == _next ? -1 : _at;
  set rawIndex(int index) {
    RangeError.checkValidIndex(index, string, 'rawIndex', string.length);
    reset(index);
    moveNext();
  }
  void reset([int rawIndex = 0]) {
    RangeError.checkValueInInterval(rawIndex, 0, string.length, 'rawIndex');
    _checkBetweenPairs(rawIndex);
    _at = _next = rawIndex;
    _current = -1;
  }
  int get current => _current;
  int get currentSize => _next - _at;
  String get currentAsString => _at == _next ? '' : string._sub(_at, _next);
  bool moveNext() {
    _at = _next;
    if (_at == string.length) {
      _current = -1;
      return false;
    }
    final unit = string._units[_at];
    final after = _at + 1;
    if (_isHigh(unit) && after < string.length && _isLow(string._units[after])) {
      _next = after + 1;
      _current = 0x10000 + ((unit & 0x3ff) << 10) + (string._units[after] & 0x3ff);
    } else {
      _next = after;
      _current = unit;
    }
    return true;
  }
  bool movePrevious() {
    _next = _at;
    if (_at == 0) {
      _current = -1;
      return false;
    }
    final before = _at - 1;
    final unit = string._units[before];
    if (_isLow(unit) && before > 0 && _isHigh(string._units[before - 1])) {
      _at = before - 1;
      _current = 0x10000 + ((string._units[before - 1] & 0x3ff) << 10) + (unit & 0x3ff);
    } else {
      _at = before;
      _current = unit;
    }
    return true;
  }
}
