part of 'core.dart';

abstract final class num implements Comparable<num> {
  num operator +(num other);
  num operator -(num other);
  num operator *(num other);
  num operator %(num other);
  double operator /(num other);
  int operator ~/(num other);
  num operator -();
  num remainder(num other);
  bool operator <(num other);
  bool operator <=(num other);
  bool operator >(num other);
  bool operator >=(num other);
  bool get isNaN;
  bool get isNegative;
  bool get isInfinite;
  bool get isFinite;
  num abs();
  num get sign;
  int round();
  int floor();
  int ceil();
  int truncate();
  double roundToDouble();
  double floorToDouble();
  double ceilToDouble();
  double truncateToDouble();
  num clamp(num lowerLimit, num upperLimit);
  int toInt();
  double toDouble();
  String toStringAsFixed(int fractionDigits);
  String toStringAsExponential([int? fractionDigits]);
  String toStringAsPrecision(int precision);
  int compareTo(num other);
  static num parse(String input, [num onError(String input)?]) {
    final r = tryParse(input);
    if (r != null) return r;
    if (onError != null) return onError(input);
    throw FormatException(input);
  }
  static num? tryParse(String input) {
    final s = input.trim();
    return int.tryParse(s) ?? double.tryParse(s);
  }
}

int _shiftLeft(int a, int b) {
  if (_ult(b, 64)) return _shl(a, b);
  if (b < 0) throw ArgumentError(b);
  return 0;
}

int _shiftRight(int a, int b) {
  if (_ult(b, 64)) return _shr(a, b);
  if (b < 0) throw ArgumentError(b);
  return a < 0 ? -1 : 0;
}

int _shiftRightUnsigned(int a, int b) {
  if (_ult(b, 64)) return _ushr(a, b);
  if (b < 0) throw ArgumentError(b);
  return 0;
}

int _truncatingDivide(int a, int b) {
  if (b == 0) throw IntegerDivisionByZeroException();
  if (b == -1) return -a;
  return _div(a, b);
}

int _modulo(int a, int b) {
  if (b == 0) throw IntegerDivisionByZeroException();
  if (b == -1) return 0;
  final r = _rem(a, b);
  if (r >= 0) return r;
  return b < 0 ? r - b : r + b;
}

double _moduloDouble(double a, double b) {
  final r = _remainderDouble(a, b);
  if (r == 0.0) return 0.0;
  if (r < 0.0) return b < 0.0 ? r - b : r + b;
  return r;
}

double _remainderDouble(double a, double b) {
  if (b.isInfinite && a.isFinite) return a;
  if (a.isNaN || b.isNaN || a.isInfinite || b == 0.0) return double.nan;
  double x = a.abs();
  final y = b.abs();
  if (x < y) return a;
  // Long division of the binary fractions: exact.
  int xb = _doubleBits(x), yb = _doubleBits(y);
  int xe = _ushr(xb, 52), ye = _ushr(yb, 52);
  int xm = xb & 0xfffffffffffff, ym = yb & 0xfffffffffffff;
  if (xe == 0) { xe = 1; } else { xm |= 0x10000000000000; }
  if (ye == 0) { ye = 1; } else { ym |= 0x10000000000000; }
  while (xe > ye) {
    xm = _rem(xm, ym) << 1;
    xe--;
    // A remainder of zero stays zero.
    if (xm == 0) break;
  }
  xm = _rem(xm, ym);
  double r = 0.0;
  if (xm != 0) {
    while ((xm & 0x10000000000000) == 0 && ye > 1) {
      xm <<= 1;
      ye--;
    }
    r = (xm & 0x10000000000000) == 0 ? _bitsDouble(xm) : _bitsDouble((xm & 0xfffffffffffff) | (ye << 52));
  }
  return a < 0.0 || a == 0.0 && a.isNegative ? -r : r;
}

int _doubleToInt(double d) {
  if (d.isNaN || d.isInfinite) throw UnsupportedError(d.isNaN ? 'Infinity or NaN toInt' : 'Infinity or NaN toInt');
  return _truncate(d);
}

String _intToString(int value) {
  if (value >= 0 && value < 10) {
    final units = WasmUnits.narrow(1);
    units[0] = 48 + value;
    return String._(units);
  }
  if (value == -9223372036854775808) return '-9223372036854775808';
  final negative = value < 0;
  int n = negative ? -value : value;
  int count = negative ? 2 : 1;
  int m = n;
  while (m >= 10) {
    m = m ~/ 10;
    count++;
  }
  final units = WasmUnits.narrow(count);
  int i = count - 1;
  while (n >= 10) {
    final q = n ~/ 10;
    units[i--] = 48 + (n - q * 10);
    n = q;
  }
  units[i] = 48 + n;
  if (negative) units[0] = 45;
  return String._(units);
}

String _doubleToString(double value) {
  return _readHostText(_hostFormat(value, 0, 0));
}

final class int extends num {
  external const factory int.fromEnvironment(String name, {int defaultValue = 0});
  num operator +(num other) => other is int ? this + other : toDouble() + (other as double);
  num operator -(num other) => other is int ? this - other : toDouble() - (other as double);
  num operator *(num other) => other is int ? this * other : toDouble() * (other as double);
  num operator %(num other) => other is int ? _modulo(this, other) : _moduloDouble(toDouble(), other as double);
  double operator /(num other) => toDouble() / other.toDouble();
  int operator ~/(num other) => other is int ? _truncatingDivide(this, other) : (toDouble() / (other as double)).toInt();
  int operator -() => -this;
  int operator ~() => ~this;
  int operator &(int other) => this & other;
  int operator |(int other) => this | other;
  int operator ^(int other) => this ^ other;
  int operator <<(int other) => _shiftLeft(this, other);
  int operator >>(int other) => _shiftRight(this, other);
  int operator >>>(int other) => _shiftRightUnsigned(this, other);
  num remainder(num other) {
    if (other is int) {
      if (other == 0) throw IntegerDivisionByZeroException();
      return other == -1 ? 0 : _rem(this, other);
    }
    return _remainderDouble(toDouble(), other as double);
  }
  bool operator <(num other) => other is int ? this < other : toDouble() < (other as double);
  bool operator <=(num other) => other is int ? this <= other : toDouble() <= (other as double);
  bool operator >(num other) => other is int ? this > other : toDouble() > (other as double);
  bool operator >=(num other) => other is int ? this >= other : toDouble() >= (other as double);
  bool operator ==(Object other) => other is int ? this == other : other is double && toDouble() == other;
  int get hashCode => this & 0x3fffffff;
  bool get isNaN => false;
  bool get isNegative => this < 0;
  bool get isInfinite => false;
  bool get isFinite => true;
  bool get isEven => (this & 1) == 0;
  bool get isOdd => (this & 1) == 1;
  int get sign => this > 0 ? 1 : this < 0 ? -1 : 0;
  int abs() => this < 0 ? -this : this;
  int round() => this;
  int floor() => this;
  int ceil() => this;
  int truncate() => this;
  double roundToDouble() => toDouble();
  double floorToDouble() => toDouble();
  double ceilToDouble() => toDouble();
  double truncateToDouble() => toDouble();
  int toInt() => this;
  external double toDouble();
  external int _clz();
  int get bitLength => this < 0 ? 64 - (~this)._clz() : 64 - _clz();
  num clamp(num lowerLimit, num upperLimit) {
    if (lowerLimit.compareTo(upperLimit) > 0) throw ArgumentError('$lowerLimit > $upperLimit');
    if (lowerLimit.isNaN) return lowerLimit;
    if (compareTo(lowerLimit) < 0) return lowerLimit;
    if (compareTo(upperLimit) > 0) return upperLimit;
    return this;
  }
  int compareTo(num other) {
    if (other is int) return this < other ? -1 : this > other ? 1 : 0;
    final order = toDouble().compareTo(other);
    if (order != 0 || this >= -9007199254740992 && this <= 9007199254740992) return order;
    // The nearest double is the other, which is an integer then, maybe one that no int can be.
    if (other >= 9223372036854775808.0) return -1;
    final whole = other.toInt();
    return this < whole ? -1 : this > whole ? 1 : 0;
  }
  int gcd(int other) {
    int a = abs(), b = other.abs();
    while (b != 0) {
      final t = a % b;
      a = b;
      b = t;
    }
    return a;
  }
  int modPow(int exponent, int modulus) {
    if (exponent < 0) throw RangeError.range(exponent, 0, null, 'exponent');
    if (modulus <= 0) throw RangeError.range(modulus, 1, null, 'modulus');
    if (modulus == 1) return 0;
    // Products of larger remainders need more than 64 bits.
    if (modulus > 3037000499) return BigInt.from(this).modPow(BigInt.from(exponent), BigInt.from(modulus)).toInt();
    int b = this % modulus, r = 1;
    while (exponent > 0) {
      if (exponent.isOdd) r = (r * b) % modulus;
      exponent = exponent >> 1;
      b = (b * b) % modulus;
    }
    return r;
  }
  int modInverse(int modulus) {
    if (modulus <= 0) throw RangeError.range(modulus, 1, null, 'modulus');
    if (modulus == 1) return 0;
    int a = this % modulus, m = modulus, x0 = 0, x1 = 1;
    if (a == 0) throw Exception('Not coprime');
    while (a > 1) {
      if (m == 0) throw Exception('Not coprime');
      final q = a ~/ m;
      int t = m;
      m = a % m;
      a = t;
      t = x0;
      x0 = x1 - q * x0;
      x1 = t;
    }
    if (a != 1) throw Exception('Not coprime');
    return x1 % modulus;
  }
  int toUnsigned(int width) => this & ((1 << width) - 1);
  int toSigned(int width) {
    final mask = 1 << (width - 1);
    return (this & (mask - 1)) - (this & mask);
  }
  String toString() => _intToString(this);
  String toRadixString(int radix) {
    if (radix < 2 || radix > 36) throw RangeError.range(radix, 2, 36, 'radix');
    if (this == 0) return '0';
    final units = WasmUnits.narrow(65);
    int i = 65;
    int n = this;
    final negative = n < 0;
    // Digits of a negative number come from negative remainders, so that the least one works.
    while (n != 0) {
      int d = n.remainder(radix) as int;
      if (d < 0) d = -d;
      units[--i] = d < 10 ? 48 + d : 87 + d;
      n = n ~/ radix;
    }
    if (negative) units[--i] = 45;
    final result = WasmUnits.narrow(65 - i);
    result.copy(0, units, i, 65 - i);
    return String._(result);
  }
  String toStringAsFixed(int fractionDigits) => toDouble().toStringAsFixed(fractionDigits);
  String toStringAsExponential([int? fractionDigits]) => toDouble().toStringAsExponential(fractionDigits);
  String toStringAsPrecision(int precision) => toDouble().toStringAsPrecision(precision);
  static int parse(String source, {int? radix, int onError(String source)?}) {
    final r = tryParse(source, radix: radix);
    if (r != null) return r;
    if (onError != null) return onError(source);
    // Where the digits should be.
    int at = 0, end = source.length;
    while (at < end && String._isSpace(source.codeUnitAt(at))) at++;
    while (end > at && String._isSpace(source.codeUnitAt(end - 1))) end--;
    if (at < end && (source.codeUnitAt(at) == 45 || source.codeUnitAt(at) == 43)) at++;
    if (radix == null && at + 1 < end && source.codeUnitAt(at) == 48 && (source.codeUnitAt(at + 1) | 32) == 120) {
      at += 2;
      if (at < end) radix = 16;
    }
    throw FormatException(at == end && radix == null ? 'Invalid number' : 'Invalid radix-${radix ?? 10} number', source, at);
  }
  static int? tryParse(String source, {int? radix}) {
    final s = source.trim();
    int i = 0;
    final length = s.length;
    if (length == 0) return null;
    bool negative = false;
    int c = s.codeUnitAt(0);
    if (c == 45 || c == 43) {
      negative = c == 45;
      i++;
    }
    bool hex = false;
    if (radix == null) {
      radix = 10;
      if (i + 2 < length && s.codeUnitAt(i) == 48 && (s.codeUnitAt(i + 1) | 32) == 120) {
        radix = 16;
        hex = true;
        i += 2;
      }
    } else if (radix < 2 || radix > 36) {
      throw RangeError.range(radix, 2, 36, 'radix');
    }
    if (i >= length) return null;
    int value = 0;
    final limit = (9223372036854775807 ~/ radix) + 1;
    for (; i < length; i++) {
      c = s.codeUnitAt(i);
      int d;
      if (c >= 48 && c <= 57) {
        d = c - 48;
      } else {
        c = c | 32;
        if (c < 97 || c > 122) return null;
        d = c - 87;
      }
      if (d >= radix) return null;
      if (hex) {
        if (_ushr(value, 60) != 0) return null;
        value = (value << 4) | d;
      } else {
        if (value < -limit) return null;
        final next = value * radix - d;
        if (next > value && value != 0 || next > 0) return null;
        value = next;
      }
    }
    if (hex) return negative ? -value : value;
    if (negative) return value;
    return value == -9223372036854775808 ? null : -value;
  }
}

final class double extends num {
  static const double nan = 0.0 / 0.0;
  static const double infinity = 1.0 / 0.0;
  static const double negativeInfinity = -1.0 / 0.0;
  static const double minPositive = 5e-324;
  static const double maxFinite = 1.7976931348623157e+308;
  double operator +(num other) => this + other.toDouble();
  double operator -(num other) => this - other.toDouble();
  double operator *(num other) => this * other.toDouble();
  double operator %(num other) => _moduloDouble(this, other.toDouble());
  double operator /(num other) => this / other.toDouble();
  int operator ~/(num other) => (this / other.toDouble()).toInt();
  double operator -() => -this;
  double remainder(num other) => _remainderDouble(this, other.toDouble());
  bool operator <(num other) => this < other.toDouble();
  bool operator <=(num other) => this <= other.toDouble();
  bool operator >(num other) => this > other.toDouble();
  bool operator >=(num other) => this >= other.toDouble();
  bool operator ==(Object other) => other is double ? this == other : other is int && this == other.toDouble();
  int get hashCode {
    if (isFinite && this == truncateToDouble() && abs() <= 9223372036854775808.0) return _truncate(this) & 0x3fffffff;
    final b = _doubleBits(this);
    return (b ^ _ushr(b, 32)) & 0x3fffffff;
  }
  bool get isNaN => this != this;
  bool get isNegative => _doubleBits(this) < 0 && !isNaN;
  bool get isInfinite => this == infinity || this == negativeInfinity;
  bool get isFinite => this - this == 0.0;
  double get sign => this > 0.0 ? 1.0 : this < 0.0 ? -1.0 : this;
  external double abs();
  int round() => _doubleToInt(roundToDouble());
  int floor() => _doubleToInt(floorToDouble());
  int ceil() => _doubleToInt(ceilToDouble());
  external int truncate();
  external int toInt();
  double roundToDouble() {
    final t = truncateToDouble();
    final d = (this - t).abs();
    if (d < 0.5) return t == 0.0 ? (isNegative ? -0.0 : 0.0) : t;
    return this < 0.0 ? t - 1.0 : t + 1.0;
  }
  external double floorToDouble();
  external double ceilToDouble();
  external double truncateToDouble();
  double toDouble() => this;
  num clamp(num lowerLimit, num upperLimit) {
    if (lowerLimit.compareTo(upperLimit) > 0) throw ArgumentError('$lowerLimit > $upperLimit');
    if (lowerLimit.isNaN) return lowerLimit;
    if (compareTo(lowerLimit) < 0) return lowerLimit;
    if (compareTo(upperLimit) > 0) return upperLimit;
    return this;
  }
  int compareTo(num other) {
    if (other is int) return -other.compareTo(this);
    final o = other.toDouble();
    if (this < o) return -1;
    if (this > o) return 1;
    if (this == o) {
      if (this == 0.0) {
        if (isNegative == o.isNegative) return 0;
        return isNegative ? -1 : 1;
      }
      return 0;
    }
    if (isNaN) return o.isNaN ? 0 : 1;
    return -1;
  }
  String toString() => _doubleToString(this);
  String toStringAsFixed(int fractionDigits) {
    if (fractionDigits < 0 || fractionDigits > 20) throw RangeError.range(fractionDigits, 0, 20, 'fractionDigits');
    return _readHostText(_hostFormat(this, 1, fractionDigits));
  }
  String toStringAsExponential([int? fractionDigits]) {
    if (fractionDigits != null && (fractionDigits < 0 || fractionDigits > 20)) throw RangeError.range(fractionDigits, 0, 20, 'fractionDigits');
    return _readHostText(_hostFormat(this, 2, fractionDigits ?? -1));
  }
  String toStringAsPrecision(int precision) {
    if (precision < 1 || precision > 21) throw RangeError.range(precision, 1, 21, 'precision');
    return _readHostText(_hostFormat(this, 3, precision));
  }
  static double parse(String source, [double onError(String source)?]) {
    final r = tryParse(source);
    if (r != null) return r;
    if (onError != null) return onError(source);
    throw FormatException('Invalid double', source);
  }
  static double? tryParse(String source) {
    final s = source.trim();
    final n = s.length;
    int i = 0;
    if (n == 0) return null;
    bool negative = false;
    if (s.codeUnitAt(0) == 45 || s.codeUnitAt(0) == 43) {
      negative = s.codeUnitAt(0) == 45;
      i = 1;
    }
    final rest = i == 0 ? s : s.substring(i);
    if (rest == 'NaN') return nan;
    if (rest == 'Infinity') return negative ? negativeInfinity : infinity;
    int digits = 0;
    while (i < n && _isDigit(s.codeUnitAt(i))) { i++; digits++; }
    if (i < n && s.codeUnitAt(i) == 46) {
      i++;
      while (i < n && _isDigit(s.codeUnitAt(i))) { i++; digits++; }
    }
    if (digits == 0) return null;
    if (i < n && (s.codeUnitAt(i) | 32) == 101) {
      i++;
      if (i < n && (s.codeUnitAt(i) == 45 || s.codeUnitAt(i) == 43)) i++;
      int exponent = 0;
      while (i < n && _isDigit(s.codeUnitAt(i))) { i++; exponent++; }
      if (exponent == 0) return null;
    }
    if (i != n || n > 10000) return null;
    for (int k = 0; k < n; k++) _storeUnit(k * 2, s.codeUnitAt(k));
    return _hostParse(n);
  }
}

bool _isDigit(int c) => c >= 48 && c <= 57;
