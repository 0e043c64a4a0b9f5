// Text made piece by piece: a StringBuffer, interpolation and concatenation, numbers and padding.
int hash(String text) {
  int h = 0;
  for (int i = 0; i < text.length; i++) {
    h = (h * 31 + text.codeUnitAt(i)) & 0xffffffff;
  }
  return h;
}

class Cell {
  final String name;
  final int amount;
  Cell(this.name, this.amount);
  String toString() => '$name=$amount';
}

String table(int rows, int first) {
  final buffer = StringBuffer();
  for (int row = 0; row < rows; row++) {
    buffer
      ..write('row '.padLeft(6))
      ..write(row + first)
      ..write(': ')
      ..writeAll([Cell('a', row), Cell('b', row * first)], ', ')
      ..writeCharCode(10);
  }
  return buffer.toString();
}

String joined(int count) {
  String text = '';
  for (int i = 0; i < count; i++) {
    text += i % 3 == 0 ? '-' : '${i & 7}';
  }
  return text;
}

int run(int rows, int rounds) {
  int checksum = 0;
  for (int round = 0; round < rounds; round++) {
    final text = table(rows, round);
    checksum = (checksum + hash(text) + hash(joined(40)) + text.length) & 0xffffffffff;
  }
  return checksum;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
int runTimes(int times, int rows, int rounds) {
  final int first = run(rows, rounds);
  for (int i = 1; i < times; i++) {
    if (run(rows, rounds) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() {
  print(run(20, 10));
  print(table(2, 5));
}
