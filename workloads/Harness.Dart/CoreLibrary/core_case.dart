part of 'core.dart';

// Letters in their other case: those of Latin, Greek, Cyrillic, Armenian and full width, whose pairs lie in ranges.

bool _isIn(int c, int from, int to) => c >= from && c <= to;

int _lowerCaseOf(int c) {
  if (c < 0xc0) return _isIn(c, 65, 90) ? c + 32 : c;
  if (c < 0x100) return c <= 0xde && c != 0xd7 ? c + 32 : c;
  if (c < 0x180) {
    if (c == 0x178) return 0xff;
    if (_isIn(c, 0x139, 0x148) || c > 0x178) return c.isOdd && c != 0x149 && c != 0x17f ? c + 1 : c;
    return c.isEven && c != 0x130 && c != 0x138 ? c + 1 : c;
  }
  if (c < 0x400) {
    if (c == 0x386) return 0x3ac;
    if (_isIn(c, 0x388, 0x38a)) return c + 37;
    if (c == 0x38c) return 0x3cc;
    if (c == 0x38e || c == 0x38f) return c + 63;
    return _isIn(c, 0x391, 0x3ab) && c != 0x3a2 ? c + 32 : c;
  }
  if (c < 0x410) return c + 80;
  if (c < 0x430) return c + 32;
  if (c < 0x530) {
    if (c == 0x4c0) return 0x4cf;
    if (_isIn(c, 0x4c1, 0x4ce)) return c.isOdd ? c + 1 : c;
    return c.isEven && (_isIn(c, 0x460, 0x481) || _isIn(c, 0x48a, 0x4bf) || c >= 0x4d0) ? c + 1 : c;
  }
  if (_isIn(c, 0x531, 0x556)) return c + 48;
  if (_isIn(c, 0x1e00, 0x1e95) || _isIn(c, 0x1ea0, 0x1eff)) return c.isEven ? c + 1 : c;
  if (_isIn(c, 0x2160, 0x216f)) return c + 16;
  if (_isIn(c, 0x24b6, 0x24cf)) return c + 26;
  return _isIn(c, 0xff21, 0xff3a) ? c + 32 : c;
}

// The sharp s, which has two letters in upper case, is not among them.
int _upperCaseOf(int c) {
  if (c < 0xe0) return _isIn(c, 97, 122) ? c - 32 : c == 0xb5 ? 0x39c : c;
  if (c < 0x100) return c == 0xff ? 0x178 : c == 0xf7 ? c : c - 32;
  if (c < 0x180) {
    if (c == 0x131) return 73;
    if (c == 0x17f) return 83;
    if (_isIn(c, 0x139, 0x148) || c > 0x178) return c.isEven && c > 0x139 ? c - 1 : c;
    return c.isOdd && c != 0x149 ? c - 1 : c;
  }
  if (c < 0x400) {
    if (c == 0x3ac) return 0x386;
    if (_isIn(c, 0x3ad, 0x3af)) return c - 37;
    if (c == 0x3c2) return 0x3a3;
    if (c == 0x3cc) return 0x38c;
    if (c == 0x3cd || c == 0x3ce) return c - 63;
    return _isIn(c, 0x3b1, 0x3cb) ? c - 32 : c;
  }
  if (c < 0x430) return c;
  if (c < 0x450) return c - 32;
  if (c < 0x460) return c - 80;
  if (c < 0x530) {
    if (c == 0x4cf) return 0x4c0;
    if (_isIn(c, 0x4c1, 0x4ce)) return c.isEven ? c - 1 : c;
    return c.isOdd && (_isIn(c, 0x460, 0x481) || _isIn(c, 0x48a, 0x4bf) || c >= 0x4d0) ? c - 1 : c;
  }
  if (_isIn(c, 0x561, 0x586)) return c - 48;
  if (_isIn(c, 0x1e00, 0x1e95) || _isIn(c, 0x1ea0, 0x1eff)) return c.isOdd ? c - 1 : c;
  if (_isIn(c, 0x2170, 0x217f)) return c - 16;
  if (_isIn(c, 0x24d0, 0x24e9)) return c - 26;
  return _isIn(c, 0xff41, 0xff5a) ? c - 32 : c;
}
