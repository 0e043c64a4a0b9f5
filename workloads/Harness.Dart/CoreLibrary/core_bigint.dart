part of 'core.dart';

/// An integer of any size: a sign and digits of 32 bits, the lowest first, without zeros at the top.
final class BigInt implements Comparable<BigInt> {
  final bool _negative;
  final int _used;
  final WasmI32Array _digits;

  BigInt._(bool negative, this._used, this._digits) : _negative = negative && _used > 0;

  static final BigInt zero = BigInt._(false, 0, WasmI32Array(0));
  static final BigInt one = BigInt.from(1);
  static final BigInt two = BigInt.from(2);

  factory BigInt.from(num value) {
    if (value is int) return _ofInt(value);
    final d = value as double;
    if (d.isNaN || d.isInfinite) throw UnsupportedError('BigInt from $d');
    final bits = _doubleBits(d.truncateToDouble());
    final exponent = (_ushr(bits, 52) & 0x7ff) - 1075;
    if (exponent < -1074) return zero;
    final whole = _ofInt((bits & 0xfffffffffffff) | 0x10000000000000);
    final result = exponent >= 0 ? whole << exponent : whole >> -exponent;
    return d < 0.0 ? -result : result;
  }

  static BigInt _ofInt(int value) {
    // The least integer has no opposite, and is right as an unsigned number.
    return _trim(value < 0, 2, _twoDigits(value < 0 ? -value : value));
  }

  static WasmI32Array _twoDigits(int value) {
    final digits = WasmI32Array(2);
    digits[0] = value & 0xffffffff;
    digits[1] = _ushr(value, 32);
    return digits;
  }

  static BigInt _trim(bool negative, int used, WasmI32Array digits) {
    while (used > 0 && digits[used - 1] == 0) used--;
    return BigInt._(negative, used, digits);
  }

  static BigInt parse(String source, {int? radix}) {
    final result = tryParse(source, radix: radix);
    if (result == null) throw FormatException('Could not parse BigInt', source);
    return result;
  }

  static BigInt? tryParse(String source, {int? radix}) {
    if (radix != null && (radix < 2 || radix > 36)) throw RangeError.range(radix, 2, 36, 'radix');
    final text = source.trim();
    int i = 0;
    bool negative = false;
    if (text.isNotEmpty && (text.codeUnitAt(0) == 45 || text.codeUnitAt(0) == 43)) {
      negative = text.codeUnitAt(0) == 45;
      i = 1;
    }
    int base = radix ?? 10;
    if (radix == null && i + 2 < text.length && text.codeUnitAt(i) == 48 && (text.codeUnitAt(i + 1) | 32) == 120) {
      base = 16;
      i += 2;
    }
    if (i >= text.length) return null;
    // At most five bits of each character.
    final digits = WasmI32Array((text.length - i) * 6 ~/ 32 + 2);
    int used = 0;
    // As many characters at once as a digit holds.
    int chunk = 0, scale = 1;
    for (; i < text.length; i++) {
      int c = text.codeUnitAt(i);
      int d;
      if (c >= 48 && c <= 57) {
        d = c - 48;
      } else {
        c = c | 32;
        if (c < 97 || c > 122) return null;
        d = c - 87;
      }
      if (d >= base) return null;
      chunk = chunk * base + d;
      scale = scale * base;
      if (scale * base > 0xffffffff) {
        used = _multiplyAdd(digits, used, scale, chunk);
        chunk = 0;
        scale = 1;
      }
    }
    if (scale > 1) used = _multiplyAdd(digits, used, scale, chunk);
    return _trim(negative, used, digits);
  }

  // digits = digits * factor + summand, in place.
  static int _multiplyAdd(WasmI32Array digits, int used, int factor, int summand) {
    int carry = summand;
    for (int i = 0; i < used; i++) {
      final t = digits[i] * factor + carry;
      digits[i] = t & 0xffffffff;
      carry = _ushr(t, 32);
    }
    if (carry != 0) digits[used++] = carry;
    return used;
  }

  static int _compareMagnitudes(BigInt a, BigInt b) {
    if (a._used != b._used) return a._used < b._used ? -1 : 1;
    for (int i = a._used - 1; i >= 0; i--) {
      final d = a._digits[i] - b._digits[i];
      if (d != 0) return d < 0 ? -1 : 1;
    }
    return 0;
  }

  static BigInt _addMagnitudes(BigInt a, BigInt b, bool negative) {
    if (a._used < b._used) return _addMagnitudes(b, a, negative);
    final digits = WasmI32Array(a._used + 1);
    int carry = 0;
    for (int i = 0; i < a._used; i++) {
      carry += a._digits[i] + (i < b._used ? b._digits[i] : 0);
      digits[i] = carry & 0xffffffff;
      carry = carry >> 32;
    }
    digits[a._used] = carry;
    return _trim(negative, a._used + 1, digits);
  }

  // The first must not be the smaller one.
  static BigInt _subtractMagnitudes(BigInt a, BigInt b, bool negative) {
    final digits = WasmI32Array(a._used);
    int borrow = 0;
    for (int i = 0; i < a._used; i++) {
      borrow += a._digits[i] - (i < b._used ? b._digits[i] : 0);
      digits[i] = borrow & 0xffffffff;
      borrow = borrow >> 32;
    }
    return _trim(negative, a._used, digits);
  }

  BigInt operator +(BigInt other) {
    if (_negative == other._negative) return _addMagnitudes(this, other, _negative);
    return _compareMagnitudes(this, other) >= 0 ? _subtractMagnitudes(this, other, _negative) : _subtractMagnitudes(other, this, other._negative);
  }
  BigInt operator -(BigInt other) => this + -other;
  BigInt operator -() => _used == 0 ? this : BigInt._(!_negative, _used, _digits);
  BigInt operator *(BigInt other) {
    final n = _used, m = other._used;
    if (n == 0 || m == 0) return zero;
    final digits = WasmI32Array(n + m);
    for (int i = 0; i < n; i++) {
      final d = _digits[i];
      int carry = 0;
      for (int j = 0; j < m; j++) {
        // The largest sum is the largest unsigned number of 64 bits.
        final t = d * other._digits[j] + digits[i + j] + carry;
        digits[i + j] = t & 0xffffffff;
        carry = _ushr(t, 32);
      }
      digits[i + m] = carry;
    }
    return _trim(_negative != other._negative, n + m, digits);
  }

  // Knuth, The Art of Computer Programming, volume 2, algorithm D.
  static (BigInt, BigInt) _divide(BigInt a, BigInt b) {
    if (b._used == 0) throw IntegerDivisionByZeroException();
    if (_compareMagnitudes(a, b) < 0) return (zero, a);
    final negative = a._negative != b._negative;
    final n = b._used, m = a._used - n;
    if (n == 1) {
      final quotient = WasmI32Array(a._used);
      final d = b._digits[0];
      int rest = 0;
      for (int i = a._used - 1; i >= 0; i--) {
        final t = (rest << 32) | a._digits[i];
        final q = _udiv(t, d);
        quotient[i] = q;
        rest = t - q * d;
      }
      return (_trim(negative, a._used, quotient), _trim(a._negative, 2, _twoDigits(rest)));
    }
    final shift = 32 - b._digits[n - 1].bitLength;
    final v = WasmI32Array(n), u = WasmI32Array(a._used + 1);
    int carry = 0;
    for (int i = 0; i < n; i++) {
      final t = (b._digits[i] << shift) | carry;
      v[i] = t & 0xffffffff;
      carry = _ushr(t, 32);
    }
    carry = 0;
    for (int i = 0; i < a._used; i++) {
      final t = (a._digits[i] << shift) | carry;
      u[i] = t & 0xffffffff;
      carry = _ushr(t, 32);
    }
    u[a._used] = carry;
    final quotient = WasmI32Array(m + 1);
    final top = v[n - 1], next = v[n - 2];
    for (int j = m; j >= 0; j--) {
      final head = (u[j + n] << 32) | u[j + n - 1];
      int q = _udiv(head, top);
      int r = head - q * top;
      while (q > 0xffffffff || r <= 0xffffffff && _ult((r << 32) | u[j + n - 2], q * next)) {
        q--;
        r += top;
        if (r > 0xffffffff) break;
      }
      int borrow = 0, product = 0;
      for (int i = 0; i < n; i++) {
        final t = q * v[i] + product;
        product = _ushr(t, 32);
        borrow += u[i + j] - (t & 0xffffffff);
        u[i + j] = borrow & 0xffffffff;
        borrow = borrow >> 32;
      }
      borrow += u[j + n] - product;
      u[j + n] = borrow & 0xffffffff;
      if (borrow < 0) {
        q--;
        int sum = 0;
        for (int i = 0; i < n; i++) {
          sum += u[i + j] + v[i];
          u[i + j] = sum & 0xffffffff;
          sum = sum >> 32;
        }
        u[j + n] = (u[j + n] + sum) & 0xffffffff;
      }
      quotient[j] = q;
    }
    final rest = WasmI32Array(n);
    for (int i = 0; i < n; i++) rest[i] = (_ushr(u[i], shift) | (u[i + 1] << (32 - shift))) & 0xffffffff;
    return (_trim(negative, m + 1, quotient), _trim(a._negative, n, rest));
  }

  BigInt operator ~/(BigInt other) => _divide(this, other).$1;
  BigInt remainder(BigInt other) => _divide(this, other).$2;
  BigInt operator %(BigInt other) {
    final rest = _divide(this, other).$2;
    return rest._negative ? (other._negative ? rest - other : rest + other) : rest;
  }
  double operator /(BigInt other) => toDouble() / other.toDouble();

  BigInt operator <<(int shift) {
    if (shift < 0) throw RangeError.range(shift, 0, null, 'shiftAmount');
    if (_used == 0 || shift == 0) return this;
    final words = shift >> 5, bits = shift & 31;
    final digits = WasmI32Array(_used + words + 1);
    int carry = 0;
    for (int i = 0; i < _used; i++) {
      final t = (_digits[i] << bits) | carry;
      digits[i + words] = t & 0xffffffff;
      carry = _ushr(t, 32);
    }
    digits[_used + words] = carry;
    return _trim(_negative, _used + words + 1, digits);
  }
  BigInt operator >>(int shift) {
    if (shift < 0) throw RangeError.range(shift, 0, null, 'shiftAmount');
    if (_used == 0 || shift == 0) return this;
    // A negative number rounds down: -((-x - 1) >> n) - 1.
    if (_negative) return ~(~this >> shift);
    final words = shift >> 5, bits = shift & 31;
    if (words >= _used) return zero;
    final digits = WasmI32Array(_used - words);
    for (int i = words; i < _used; i++) {
      final high = i + 1 < _used ? _digits[i + 1] : 0;
      digits[i - words] = (((high << 32) | _digits[i]) >>> bits) & 0xffffffff;
    }
    return _trim(false, _used - words, digits);
  }
  BigInt operator ~() => -this - one;

  // The digit of the number in two's complement, of which sign is the digit above all.
  int _complement(int i, int borrow) => i < _used ? (_negative ? (~(_digits[i] - borrow)) & 0xffffffff : _digits[i]) : (_negative ? 0xffffffff : 0);

  BigInt _bitwise(BigInt other, int Function(int, int) f) {
    final n = (_used > other._used ? _used : other._used) + 1;
    final digits = WasmI32Array(n);
    int borrowA = 1, borrowB = 1;
    for (int i = 0; i < n; i++) {
      final a = _complement(i, borrowA), b = other._complement(i, borrowB);
      // The borrow of x - 1 goes on over digits of zero.
      if (borrowA == 1 && i < _used && _digits[i] != 0) borrowA = 0;
      if (borrowB == 1 && i < other._used && other._digits[i] != 0) borrowB = 0;
      digits[i] = f(a, b) & 0xffffffff;
    }
    if (digits[n - 1] < 0x80000000) return _trim(false, n, digits);
    int carry = 1;
    for (int i = 0; i < n; i++) {
      final t = ((~digits[i]) & 0xffffffff) + carry;
      digits[i] = t & 0xffffffff;
      carry = t >> 32;
    }
    return _trim(true, n, digits);
  }
  BigInt operator &(BigInt other) => _bitwise(other, (a, b) => a & b);
  BigInt operator |(BigInt other) => _bitwise(other, (a, b) => a | b);
  BigInt operator ^(BigInt other) => _bitwise(other, (a, b) => a ^ b);

  bool operator <(BigInt other) => compareTo(other) < 0;
  bool operator <=(BigInt other) => compareTo(other) <= 0;
  bool operator >(BigInt other) => compareTo(other) > 0;
  bool operator >=(BigInt other) => compareTo(other) >= 0;
  int compareTo(BigInt other) {
    if (_negative != other._negative) return _negative ? -1 : 1;
    final order = _compareMagnitudes(this, other);
    return _negative ? -order : order;
  }
  bool operator ==(Object other) => other is BigInt && compareTo(other) == 0;
  int get hashCode {
    int h = _negative ? 7 : 3;
    for (int i = 0; i < _used; i++) h = (h * 31 + _digits[i]) & 0x3fffffff;
    return h;
  }

  bool get isEven => _used == 0 || (_digits[0] & 1) == 0;
  bool get isOdd => !isEven;
  bool get isNegative => _negative;
  int get sign => _used == 0 ? 0 : _negative ? -1 : 1;
  BigInt abs() => _negative ? -this : this;
  int get bitLength {
    if (_used == 0) return 0;
    if (_negative) return (~this).bitLength;
    return 32 * (_used - 1) + _digits[_used - 1].bitLength;
  }
  BigInt pow(int exponent) {
    if (exponent < 0) throw ArgumentError('Exponent must not be negative: $exponent');
    BigInt result = one, base = this;
    int n = exponent;
    while (n > 0) {
      if ((n & 1) == 1) result = result * base;
      n = n >> 1;
      if (n > 0) base = base * base;
    }
    return result;
  }
  BigInt modPow(BigInt exponent, BigInt modulus) {
    if (exponent._negative) throw ArgumentError('exponent must be positive: $exponent');
    if (modulus.sign <= 0) throw ArgumentError('modulus must be strictly positive: $modulus');
    BigInt result = one % modulus, base = this % modulus;
    for (int i = 0, n = exponent.bitLength; i < n; i++) {
      if ((exponent._digits[i >> 5] >> (i & 31)) & 1 == 1) result = (result * base) % modulus;
      base = (base * base) % modulus;
    }
    return result;
  }
  BigInt modInverse(BigInt modulus) {
    if (modulus.sign <= 0) throw ArgumentError('Modulus must be strictly positive: $modulus');
    if (modulus == one) return zero;
    BigInt a = this % modulus, m = modulus, x = one, y = zero;
    while (a > one) {
      if (m == zero) throw Exception('Not coprime');
      final (q, r) = _divide(a, m);
      a = m;
      m = r;
      final t = x - q * y;
      x = y;
      y = t;
    }
    if (a != one) throw Exception('Not coprime');
    return x % modulus;
  }
  BigInt gcd(BigInt other) {
    BigInt a = abs(), b = other.abs();
    while (b._used > 0) {
      final t = a.remainder(b);
      a = b;
      b = t;
    }
    return a;
  }
  BigInt toUnsigned(int width) => this & ((one << width) - one);
  BigInt toSigned(int width) {
    final mask = one << (width - 1);
    return (this & (mask - one)) - (this & mask);
  }
  bool get isValidInt => _used < 2 || _used == 2 && (_digits[1] < 0x80000000 || _negative && _digits[1] == 0x80000000 && _digits[0] == 0);
  int toInt() {
    if (!isValidInt) return _negative ? -9223372036854775808 : 9223372036854775807;
    int value = 0;
    for (int i = _used - 1; i >= 0; i--) value = (value << 32) | _digits[i];
    return _negative ? -value : value;
  }
  double toDouble() {
    if (_used == 0) return 0.0;
    final length = abs().bitLength;
    if (length > 1024) return _negative ? double.negativeInfinity : double.infinity;
    // 55 bits, of which the lowest says whether anything is below: what is left to do is one rounding to the nearest.
    final shift = length - 55;
    final magnitude = abs();
    int bits = shift <= 0 ? (magnitude << -shift).toInt() : (magnitude >> shift).toInt();
    if (shift > 0 && (magnitude >> shift) << shift != magnitude) bits |= 1;
    final low = bits & 3;
    int mantissa = bits >> 2;
    if (low == 3 || low == 2 && (mantissa & 1) == 1) mantissa++;
    double result = mantissa.toDouble();
    int exponent = shift + 2;
    while (exponent > 512) {
      result *= 1.3407807929942597e154;
      exponent -= 512;
    }
    while (exponent < 0) {
      result *= 0.5;
      exponent++;
    }
    result *= _bitsDouble((exponent + 1023) << 52);
    return _negative ? -result : result;
  }

  String toString() => toRadixString(10);
  String toRadixString(int radix) {
    if (radix < 2 || radix > 36) throw RangeError.range(radix, 2, 36, 'radix');
    if (_used == 0) return '0';
    int scale = radix, perChunk = 1;
    while (scale * radix <= 0xffffffff) {
      scale *= radix;
      perChunk++;
    }
    final digits = WasmI32Array(_used);
    digits.copy(0, _digits, 0, _used);
    int used = _used;
    // Characters from the last; a digit makes at most 32.
    final units = WasmUnits.narrow(used * 32 + 33);
    int at = units.length;
    while (used > 0) {
      int rest = 0;
      for (int i = used - 1; i >= 0; i--) {
        final t = (rest << 32) | digits[i];
        final q = _udiv(t, scale);
        digits[i] = q;
        rest = t - q * scale;
      }
      while (used > 0 && digits[used - 1] == 0) used--;
      for (int k = 0; k < perChunk && (used > 0 || rest > 0); k++) {
        final d = rest % radix;
        rest = rest ~/ radix;
        units[--at] = d < 10 ? 48 + d : 87 + d;
      }
    }
    if (_negative) units[--at] = 45;
    final result = WasmUnits.narrow(units.length - at);
    result.copy(0, units, at, units.length - at);
    return String._(result);
  }
}
