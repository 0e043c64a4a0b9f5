// Conway's game of life on a torus: a grid of cells that are objects with neighbours, and a set of live places.
class Cell {
  bool alive = false;
  bool next = false;
  final List<Cell> neighbours = [];

  void plan() {
    int living = 0;
    for (final cell in neighbours) {
      if (cell.alive) living++;
    }
    next = living == 3 || alive && living == 2;
  }
}

class Grid {
  final int size;
  final List<Cell> cells;

  Grid(this.size) : cells = [for (int i = 0; i < size * size; i++) Cell()] {
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        for (int dy = -1; dy <= 1; dy++) {
          for (int dx = -1; dx <= 1; dx++) {
            if (dx != 0 || dy != 0) at(x, y).neighbours.add(at(x + dx, y + dy));
          }
        }
      }
    }
  }

  Cell at(int x, int y) => cells[(y % size) * size + x % size];

  void step() {
    for (final cell in cells) cell.plan();
    for (final cell in cells) cell.alive = cell.next;
  }

  int get living => cells.where((cell) => cell.alive).length;
}

/// The same rules on a set of places alone.
Set<int> stepSet(Set<int> living, int size) {
  final counts = <int, int>{};
  for (final place in living) {
    final x = place % size, y = place ~/ size;
    for (int dy = -1; dy <= 1; dy++) {
      for (int dx = -1; dx <= 1; dx++) {
        if (dx == 0 && dy == 0) continue;
        final neighbour = ((y + dy) % size) * size + (x + dx) % size;
        counts[neighbour] = (counts[neighbour] ?? 0) + 1;
      }
    }
  }
  return {for (final MapEntry(:key, :value) in counts.entries) if (value == 3 || value == 2 && living.contains(key)) key};
}

/// The R-pentomino, of five cells, which takes 1103 generations to come to rest on an endless plane.
const pattern = [(1, 0), (2, 0), (0, 1), (1, 1), (1, 2)];

int run(int size, int generations) {
  final grid = Grid(size);
  Set<int> living = {};
  for (final (x, y) in pattern) {
    grid.at(x + size ~/ 2, y + size ~/ 2).alive = true;
    living.add((y + size ~/ 2) * size + x + size ~/ 2);
  }
  int sum = 0;
  for (int i = 0; i < generations; i++) {
    grid.step();
    living = stepSet(living, size);
    if (grid.living != living.length) throw StateError('the two games differ');
    sum = (sum * 3 + living.length) & 0xffffffffff;
  }
  return sum;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
int runTimes(int times, int size, int generations) {
  final int first = run(size, generations);
  for (int i = 1; i < times; i++) {
    if (run(size, generations) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() => print(run(32, 20));
