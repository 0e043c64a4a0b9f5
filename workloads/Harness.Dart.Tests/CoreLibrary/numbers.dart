// Texts of numbers, and what is no text of one; integers beside doubles; powers of a modulus.
import 'dart:math';

String error(Object? f()) {
  try { return '${f()}'; } on FormatException catch (e) { return '$e'.replaceAll('\n', '|'); }
}
void main() {
  // Ties are rounded away from zero, by the exact value.
  print([25.0.toStringAsPrecision(1), 125.0.toStringAsPrecision(2), (-2.5).toStringAsExponential(0), 12345.toStringAsExponential(3), 9.5.toStringAsPrecision(1), 8.5.toStringAsPrecision(1), 0.125.toStringAsFixed(2)]);
  print([1e23.toStringAsExponential(3), 1e23.toStringAsPrecision(21), 0.000123456.toStringAsPrecision(2), (-0.0).toStringAsExponential(2), 0.0.toStringAsExponential(), 5e-324.toStringAsExponential(2)]);
}
