// The same list code on boxed doubles: a smoothing filter over List<double> and over a list that the program itself implements.
import 'dart:collection';
import 'random.dart';

/// A window of another list, as programs write it.
class Slice extends ListBase<double> {
  final List<double> _source;
  final int _start;
  final int length;
  Slice(this._source, this._start, this.length);
  double operator [](int index) => _source[_start + index];
  void operator []=(int index, double value) => _source[_start + index] = value;
  set length(int _) => throw UnsupportedError('A slice has a fixed length');
}

void smooth(List<double> from, List<double> to) {
  final last = from.length - 1;
  to[0] = from[0];
  to[last] = from[last];
  for (int i = 1; i < last; i++) {
    to[i] = (from[i - 1] + 2.0 * from[i] + from[i + 1]) * 0.25;
  }
}

double total(List<double> values) {
  double sum = 0.0;
  for (final value in values) sum += value;
  return sum;
}

double run(int length, int rounds) {
  final random = Lcg(17);
  List<double> a = [for (int i = 0; i < length; i++) random.unit()];
  List<double> b = List<double>.filled(length, 0.0);
  double checksum = 0.0;
  for (int round = 0; round < rounds; round++) {
    smooth(a, b);
    smooth(Slice(b, 1, length - 2), Slice(a, 1, length - 2));
    checksum += total(a);
  }
  return checksum;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
double runTimes(int times, int length, int rounds) {
  final double first = run(length, rounds);
  for (int i = 1; i < times; i++) {
    if (run(length, rounds) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() => print(run(1000, 10));
