// Texts of numbers, and what is no text of one; integers beside doubles; powers of a modulus.
import 'dart:math';

String error(Object? f()) {
  try { return '${f()}'; } on FormatException catch (e) { return '$e'.replaceAll('\n', '|'); }
}
void main() {
  // Ties are rounded away from zero, by the exact value.
  print([25.0.toStringAsPrecision(1), 125.0.toStringAsPrecision(2), (-2.5).toStringAsExponential(0), 12345.toStringAsExponential(3), 9.5.toStringAsPrecision(1), 8.5.toStringAsPrecision(1), 0.125.toStringAsFixed(2)]);
  print([1e23.toStringAsExponential(3), 1e23.toStringAsPrecision(21), 0.000123456.toStringAsPrecision(2), (-0.0).toStringAsExponential(2), 0.0.toStringAsExponential(), 5e-324.toStringAsExponential(2)]);
  // What is no number says where its digits should be.
  for (final s in ['', ' ', 'abc', ' -x', '-', '0xg', '0x', '12a ']) print(error(() => int.parse(s)));
  print([error(() => int.parse('9', radix: 8)), error(() => num.parse('a')), error(() => double.parse('a'))]);
  print([double.parse('1.'), double.parse('-2.e3'), num.parse('3.'), double.tryParse('.'), double.tryParse('.e1'), double.tryParse('1e')]);

  // An integer and a double are equal as doubles are, and ordered by what they are.
  num odd = 9007199254740993, even = 9007199254740992.0, most = 9223372036854775807, beyond = 9223372036854775808.0;
  print([odd == even, even == odd, 9007199254740993 == 9007199254740992.0, odd.compareTo(even), even.compareTo(odd), most.compareTo(beyond), beyond.compareTo(most)]);
  print([(-0.0).compareTo(0), 0.compareTo(-0.0), double.nan.compareTo(1), 1.compareTo(double.nan), 2.compareTo(2.5), 2.5.compareTo(2), 2.compareTo(2.0)]);
  num least = -9223372036854775808.0;
  print([(-9223372036854775808).hashCode == least.hashCode, <num, String>{9100000000000000000: 'found'}[9.1e18], {least}.contains(-9223372036854775808)]);
  print([max(-0.0, 0), max(0, -0.0), min(0, -0.0), min(-0.0, 0), max(1, double.nan), min(double.nan, 1), max(-0.0, 0.0), min(0.0, -0.0), max(3, 3), min(2, 5)]);
  print([2.modPow(61, 2305843009213693951), 2.modPow(62, 2305843009213693951), 3999999999.modPow(2, 4000000001), (-5).modPow(3, 4000000000), 10.modPow(18, 1000000007)]);
}
