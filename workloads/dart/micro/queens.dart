// All ways to place queens on a board: recursion over three bit sets, and again over lists of bool with a callback for each solution.
int count(int all, int columns, int left, int right) {
  if (columns == all) return 1;
  int solutions = 0;
  int free = all & ~(columns | left | right);
  while (free != 0) {
    final place = free & -free;
    free ^= place;
    solutions += count(all, columns | place, (left | place) << 1, (right | place) >> 1);
  }
  return solutions;
}

class Board {
  final int size;
  final List<bool> _columns, _up, _down;
  final List<int> _rows;
  final void Function(List<int> rows) found;

  Board(this.size, this.found)
      : _columns = List<bool>.filled(size, false),
        _up = List<bool>.filled(size * 2, false),
        _down = List<bool>.filled(size * 2, false),
        _rows = List<int>.filled(size, 0);

  void place(int row) {
    if (row == size) {
      found(_rows);
      return;
    }
    for (int column = 0; column < size; column++) {
      final up = row + column, down = row - column + size;
      if (_columns[column] || _up[up] || _down[down]) continue;
      _columns[column] = _up[up] = _down[down] = true;
      _rows[row] = column;
      place(row + 1);
      _columns[column] = _up[up] = _down[down] = false;
    }
  }
}

int run(int size, int rounds) {
  int result = 0;
  for (int round = 0; round < rounds; round++) {
    int solutions = 0, corners = 0;
    Board(size, (rows) {
      solutions++;
      if (rows[0] == 0 || rows[size - 1] == 0) corners++;
    }).place(0);
    if (count((1 << size) - 1, 0, 0, 0) != solutions) throw StateError('the two searches differ');
    result = solutions * 1000 + corners;
  }
  return result;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
int runTimes(int times, int size, int rounds) {
  final int first = run(size, rounds);
  for (int i = 1; i < times; i++) {
    if (run(size, rounds) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() => print(run(6, 1));
