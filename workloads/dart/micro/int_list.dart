// A growable list of int behind the language's List interface: every element is a box, every access a call and a cast.
import 'random.dart';

int sum(List<int> numbers) {
  int result = 0;
  for (int i = 0; i < numbers.length; i++) {
    result += numbers[i];
  }
  return result;
}

void accumulate(List<int> numbers) {
  for (int i = 1; i < numbers.length; i++) {
    numbers[i] = (numbers[i] + numbers[i - 1]) & 0xffff;
  }
}

void reverse(List<int> numbers) {
  for (int i = 0, j = numbers.length - 1; i < j; i++, j--) {
    final first = numbers[i];
    numbers[i] = numbers[j];
    numbers[j] = first;
  }
}

int run(int length, int rounds) {
  final random = Lcg(13);
  final growable = <int>[for (int i = 0; i < length; i++) random.below(1000)];
  final fixed = List<int>.filled(length, 0);
  int checksum = 0;
  for (int round = 0; round < rounds; round++) {
    accumulate(growable);
    reverse(growable);
    for (int i = 0; i < length; i++) {
      fixed[i] = growable[length - 1 - i] - i;
    }
    checksum = mix(checksum, sum(growable) + sum(fixed));
  }
  return checksum;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
int runTimes(int times, int length, int rounds) {
  final int first = run(length, rounds);
  for (int i = 1; i < times; i++) {
    if (run(length, rounds) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() => print(run(1000, 10));
