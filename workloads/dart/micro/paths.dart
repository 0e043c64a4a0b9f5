// Shortest paths on a grid: a heap with a comparator from outside, and costs behind a function.
import 'random.dart';

class Heap<T> {
  final List<T> _items = [];
  final int Function(T, T) compare;
  Heap(this.compare);

  bool get isEmpty => _items.isEmpty;

  void add(T item) {
    _items.add(item);
    int at = _items.length - 1;
    while (at > 0) {
      final parent = (at - 1) >> 1;
      if (compare(_items[parent], item) <= 0) break;
      _items[at] = _items[parent];
      at = parent;
    }
    _items[at] = item;
  }

  T removeFirst() {
    final first = _items[0];
    final last = _items.removeLast();
    final length = _items.length;
    if (length == 0) return first;
    int at = 0;
    while (true) {
      int child = at * 2 + 1;
      if (child >= length) break;
      if (child + 1 < length && compare(_items[child + 1], _items[child]) < 0) child++;
      if (compare(last, _items[child]) <= 0) break;
      _items[at] = _items[child];
      at = child;
    }
    _items[at] = last;
    return first;
  }
}

class Step {
  final int place, cost;
  Step(this.place, this.cost);
}

int shortest(int size, int Function(int place) costOf) {
  final best = List<int>.filled(size * size, 1 << 40);
  final heap = Heap<Step>((a, b) => a.cost != b.cost ? a.cost - b.cost : a.place - b.place);
  best[0] = 0;
  heap.add(Step(0, 0));
  while (!heap.isEmpty) {
    final step = heap.removeFirst();
    if (step.cost > best[step.place]) continue;
    final x = step.place % size, y = step.place ~/ size;
    void visit(int place) {
      final cost = step.cost + costOf(place);
      if (cost >= best[place]) return;
      best[place] = cost;
      heap.add(Step(place, cost));
    }

    if (x > 0) visit(step.place - 1);
    if (x + 1 < size) visit(step.place + 1);
    if (y > 0) visit(step.place - size);
    if (y + 1 < size) visit(step.place + size);
  }
  return best[size * size - 1];
}

int run(int size, int rounds) {
  final random = Lcg(67);
  final heights = [for (int i = 0; i < size * size; i++) 1 + random.below(9)];
  int sum = 0;
  for (int round = 0; round < rounds; round++) {
    sum = mix(sum, shortest(size, (place) => heights[place]) + shortest(size, (place) => 1 + (heights[place] * round) % 7));
  }
  return sum;
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

void main() => print(run(16, 3));
