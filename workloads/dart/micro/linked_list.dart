// A doubly linked list of the program's own, with a type parameter: nodes move to the front when they are used, as in a cache.
import 'random.dart';

class Entry<T> {
  final T value;
  Entry<T>? previous, next;
  int uses = 0;
  Entry(this.value);
}

class Chain<T> {
  Entry<T>? first, last;
  int length = 0;

  void addFirst(Entry<T> entry) {
    entry.previous = null;
    entry.next = first;
    first?.previous = entry;
    first = entry;
    last ??= entry;
    length++;
  }

  void remove(Entry<T> entry) {
    final previous = entry.previous, next = entry.next;
    if (previous == null) {
      first = next;
    } else {
      previous.next = next;
    }
    if (next == null) {
      last = previous;
    } else {
      next.previous = previous;
    }
    length--;
  }

  Entry<T>? find(bool Function(T) test) {
    for (Entry<T>? entry = first; entry != null; entry = entry.next) {
      if (test(entry.value)) return entry;
    }
    return null;
  }
}

class Cache {
  final int capacity;
  final Chain<int> _chain = Chain<int>();
  int hits = 0;
  Cache(this.capacity);

  void use(int key) {
    final found = _chain.find((value) => value == key);
    if (found != null) {
      hits++;
      found.uses++;
      _chain.remove(found);
      _chain.addFirst(found);
      return;
    }
    if (_chain.length == capacity) _chain.remove(_chain.last!);
    _chain.addFirst(Entry<int>(key));
  }
}

int run(int capacity, int requests) {
  final random = Lcg(53);
  final cache = Cache(capacity);
  for (int i = 0; i < requests; i++) {
    // Small keys are asked for more often.
    cache.use(random.below(1 + random.below(capacity * 3)));
  }
  int sum = cache.hits;
  for (Entry<int>? entry = cache._chain.first; entry != null; entry = entry.next) {
    sum = mix(sum, entry.value * 8 + entry.uses);
  }
  return sum;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
int runTimes(int times, int capacity, int requests) {
  final int first = run(capacity, requests);
  for (int i = 1; i < times; i++) {
    if (run(capacity, requests) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() => print(run(32, 1000));
