// Typed lists through one function each: bytes, 32-bit integers and doubles, as List<int> and List<double>, so that accesses are virtual calls.
import 'dart:typed_data';
import 'random.dart';

int sieve(List<int> marks) {
  marks.fillRange(0, marks.length, 1);
  int count = 0;
  for (int i = 2; i < marks.length; i++) {
    if (marks[i] == 0) continue;
    count++;
    for (int j = i * 2; j < marks.length; j += i) marks[j] = 0;
  }
  return count;
}

void convolve(List<double> input, List<double> output, List<double> kernel) {
  for (int i = 0; i + kernel.length <= input.length; i++) {
    double sum = 0.0;
    for (int j = 0; j < kernel.length; j++) sum += input[i + j] * kernel[j];
    output[i] = sum;
  }
}

double run(int classes, int length, int rounds) {
  final random = Lcg(61);
  final List<List<int>> marks = [Uint8List(length), if (classes > 1) Int32List(length), if (classes > 1) List<int>.filled(length, 0)];
  final List<double> input = Float64List(length), output = classes > 1 ? Float32List(length) : Float64List(length);
  final kernel = Float64List.fromList([0.25, 0.5, 0.25]);
  for (int i = 0; i < length; i++) input[i] = random.unit();
  double sum = 0.0;
  for (int round = 0; round < rounds; round++) {
    sum += sieve(marks[round % marks.length]);
    convolve(input, output, kernel);
    sum += output[round % (length - 2)];
  }
  return sum;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
double runTimes(int times, int classes, int length, int rounds) {
  final double first = run(classes, length, rounds);
  for (int i = 1; i < times; i++) {
    if (run(classes, length, rounds) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() {
  for (final classes in [1, 2]) print(run(classes, 1000, 6));
}
