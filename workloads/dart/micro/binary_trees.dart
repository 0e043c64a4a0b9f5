// Trees that are built, counted and dropped: allocation and a recursive method.
class Tree {
  final Tree? left, right;
  Tree(this.left, this.right);
  factory Tree.ofDepth(int depth) => depth == 0 ? Tree(null, null) : Tree(Tree.ofDepth(depth - 1), Tree.ofDepth(depth - 1));
  int get size => 1 + (left?.size ?? 0) + (right?.size ?? 0);
}

int run(int depth, int rounds) {
  final old = Tree.ofDepth(depth);
  int sum = 0;
  for (int round = 0; round < rounds; round++) {
    sum += Tree.ofDepth(4 + round % (depth - 3)).size;
  }
  return sum * 3 + old.size;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
int runTimes(int times, int depth, int rounds) {
  final int first = run(depth, rounds);
  for (int i = 1; i < times; i++) {
    if (run(depth, rounds) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() => print(run(8, 20));
