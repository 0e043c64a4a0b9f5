// Iterables that a program implements: a range, the nodes of a tree, and two of them in step, all read by for-in.
class Range extends Iterable<int> {
  final int start, end;
  const Range(this.start, this.end);
  Iterator<int> get iterator => _RangeIterator(start, end);
}

class _RangeIterator implements Iterator<int> {
  int _at;
  final int _end;
  _RangeIterator(int start, this._end) : _at = start - 1;
  bool moveNext() => ++_at < _end;
  int get current => _at;
}

class Tree extends Iterable<int> {
  final Tree? left, right;
  final int label;
  Tree(this.left, this.label, this.right);

  factory Tree.ofDepth(int depth, int label) => depth == 0
      ? Tree(null, label, null)
      : Tree(Tree.ofDepth(depth - 1, label * 2), label, Tree.ofDepth(depth - 1, label * 2 + 1));

  Iterator<int> get iterator => _TreeIterator(this);
}

class _TreeIterator implements Iterator<int> {
  final List<Tree> _path = [];
  int current = 0;

  _TreeIterator(Tree root) {
    _descend(root);
  }

  void _descend(Tree? node) {
    while (node != null) {
      _path.add(node);
      node = node.left;
    }
  }

  bool moveNext() {
    if (_path.isEmpty) return false;
    final node = _path.removeLast();
    current = node.label;
    _descend(node.right);
    return true;
  }
}

class Zipped<A, B> extends Iterable<(A, B)> {
  final Iterable<A> _left;
  final Iterable<B> _right;
  Zipped(this._left, this._right);
  Iterator<(A, B)> get iterator => _ZippedIterator<A, B>(_left.iterator, _right.iterator);
}

class _ZippedIterator<A, B> implements Iterator<(A, B)> {
  final Iterator<A> _first;
  final Iterator<B> _second;
  _ZippedIterator(this._first, this._second);
  bool moveNext() => _first.moveNext() && _second.moveNext();
  (A, B) get current => (_first.current, _second.current);
}

int total(Iterable<int> numbers) {
  int sum = 0;
  for (final x in numbers) sum += x;
  return sum;
}

int run(int depth, int rounds) {
  final tree = Tree.ofDepth(depth, 1);
  int checksum = 0;
  for (int round = 0; round < rounds; round++) {
    checksum += total(tree) + total(Range(round, round + 1000));
    for (final (a, b) in Zipped(tree, Range(0, 500))) {
      checksum += a * b & 0xff;
    }
    checksum &= 0xffffffffff;
  }
  return checksum;
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

void main() => print(run(6, 10));
