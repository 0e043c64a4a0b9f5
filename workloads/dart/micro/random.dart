/// Numbers that look random and are the same in every run.
class Lcg {
  int _state;

  Lcg(this._state);

  /// The next number, of 31 bits; the lowest bits of the generator repeat soon and are left out.
  int next() {
    _state = (_state * 1664525 + 1013904223) & 0xffffffff;
    return _state >> 1;
  }

  /// A number below [limit].
  int below(int limit) => (next() * limit) >> 31;

  /// A number from 0 to 1, without 1.
  double unit() => next() / 2147483648.0;
}

/// Adds a number to a checksum.
int mix(int sum, int value) => (sum * 31 + value) & 0xffffffffff;
