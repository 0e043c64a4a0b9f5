library dart.math;

import 'dart:_internal';

part 'math_shapes.dart';

const double e = 2.718281828459045;
const double ln10 = 2.302585092994046;
const double ln2 = 0.6931471805599453;
const double log2e = 1.4426950408889634;
const double log10e = 0.4342944819032518;
const double pi = 3.1415926535897932;
const double sqrt1_2 = 0.7071067811865476;
const double sqrt2 = 1.4142135623730951;

external double _mathSin(double x);
external double _mathCos(double x);
external double _mathTan(double x);
external double _mathAsin(double x);
external double _mathAcos(double x);
external double _mathAtan(double x);
external double _mathAtan2(double y, double x);
external double _mathExp(double x);
external double _mathLog(double x);
external double _mathPow(double x, double y);
external double _sqrt(double x);
external double _hostSeed();

double sin(num x) => _mathSin(x.toDouble());
double cos(num x) => _mathCos(x.toDouble());
double tan(num x) => _mathTan(x.toDouble());
double asin(num x) => _mathAsin(x.toDouble());
double acos(num x) => _mathAcos(x.toDouble());
double atan(num x) => _mathAtan(x.toDouble());
double atan2(num a, num b) => _mathAtan2(a.toDouble(), b.toDouble());
double exp(num x) => _mathExp(x.toDouble());
double log(num x) => _mathLog(x.toDouble());
double sqrt(num x) => _sqrt(x.toDouble());
num pow(num x, num exponent) {
  if (x is int && exponent is int && exponent >= 0) {
    int r = 1, b = x, n = exponent;
    while (n != 0) {
      if ((n & 1) == 1) r = r * b;
      n = n >> 1;
      b = b * b;
    }
    return r;
  }
  final a = x.toDouble(), b = exponent.toDouble();
  // Hosts do not agree on these.
  if (a == 1.0 || a == -1.0 && b.isInfinite) return 1.0;
  return _mathPow(a, b);
}
T min<T extends num>(T a, T b) {
  if (a > b) return b;
  if (a < b) return a;
  if (b.isNaN) return b;
  if (a == 0 && b.isNegative) return b;
  return a;
}
T max<T extends num>(T a, T b) {
  if (a > b) return a;
  if (a < b) return b;
  if (b.isNaN) return b;
  if (a == 0 && a.isNegative) return b;
  return a;
}

abstract interface class Random {
  factory Random([int? seed]) => _Random(seed ?? _hostSeed().toInt());
  factory Random.secure() => _Random(_hostSeed().toInt());
  int nextInt(int max);
  double nextDouble();
  bool nextBool();
}
final class _Random implements Random {
  int _state;
  _Random(int seed) : _state = seed * 0x5851f42d4c957f2d + 0x14057b7ef767814f;
  int _next() {
    _state = _state * 0x5851f42d4c957f2d + 0x14057b7ef767814f;
    return (_state >>> 32) & 0xffffffff;
  }
  int nextInt(int max) {
    if (max <= 0 || max > 4294967296) throw RangeError.range(max, 1, 4294967296, 'max');
    return (_next() * max) >>> 32;
  }
  double nextDouble() => ((_next() & 0x3ffffff) * 134217728.0 + (_next() & 0x7ffffff)) / 9007199254740992.0;
  bool nextBool() => (_next() & 1) == 1;
}
