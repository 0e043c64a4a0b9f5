// Products of 4 x 4 matrices, written out: 112 accessors in one method, each a call whose callee makes another, more than a budget for inlining allows.
import 'matrix.dart';

double run(int classes, int rounds) {
  final other = classes == 1 ? packed : boxed;
  Matrix4 a = Matrix4.identity(packed), b = Matrix4.identity(other), product = Matrix4(packed(16));
  for (int i = 0; i < 16; i++) {
    a.storage.set(i, a.storage.get(i) + i * 0.001);
    b.storage.set(i, b.storage.get(i) - i * 0.001);
  }
  double sum = 0.0;
  for (int round = 0; round < rounds; round++) {
    product.setProduct(a, b);
    sum += product.trace;
    // The product stays near the identity, so that numbers neither grow nor vanish.
    final scale = 4.0 / product.trace;
    for (int i = 0; i < 16; i++) {
      product.storage.set(i, product.storage.get(i) * scale);
    }
    final last = a;
    a = product;
    product = last;
  }
  return sum + a.determinant3;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
double runTimes(int times, int classes, int rounds) {
  final double first = run(classes, rounds);
  for (int i = 1; i < times; i++) {
    if (run(classes, rounds) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() {
  for (final classes in [1, 2]) print(run(classes, 10));
}
