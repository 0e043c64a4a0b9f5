// Containers that a program writes itself, instantiated with int, double and a class: where is a number boxed, and who pays for it?
import 'random.dart';

class Stack<T> {
  List<T> _items = <T>[];
  void push(T item) => _items.add(item);
  T pop() => _items.removeLast();
  bool get isEmpty => _items.isEmpty;
}

class Tree<K extends Comparable<K>, V> {
  _TreeNode<K, V>? _root;
  int size = 0;

  void put(K key, V value) {
    final root = _root;
    if (root == null) {
      _root = _TreeNode<K, V>(key, value);
      size++;
      return;
    }
    _TreeNode<K, V> node = root;
    while (true) {
      final order = key.compareTo(node.key);
      if (order == 0) {
        node.value = value;
        return;
      }
      final next = order < 0 ? node.left : node.right;
      if (next == null) {
        final added = _TreeNode<K, V>(key, value);
        if (order < 0) {
          node.left = added;
        } else {
          node.right = added;
        }
        size++;
        return;
      }
      node = next;
    }
  }

  V? get(K key) {
    _TreeNode<K, V>? node = _root;
    while (node != null) {
      final order = key.compareTo(node.key);
      if (order == 0) return node.value;
      node = order < 0 ? node.left : node.right;
    }
    return null;
  }
}

class _TreeNode<K, V> {
  final K key;
  V value;
  _TreeNode<K, V>? left, right;
  _TreeNode(this.key, this.value);
}

class Version implements Comparable<Version> {
  final int major, minor;
  Version(this.major, this.minor);
  int compareTo(Version other) => major != other.major ? major - other.major : minor - other.minor;
}

T fold<T, E>(List<E> items, T first, T Function(T, E) combine) {
  T value = first;
  for (int i = 0; i < items.length; i++) {
    value = combine(value, items[i]);
  }
  return value;
}

int run(int kind, int size, int rounds) {
  int checksum = 0;
  for (int round = 0; round < rounds; round++) {
    final random = Lcg(round & 7);
    checksum = mix(checksum, switch (kind) {
      0 => withInts(random, size),
      1 => withDoubles(random, size),
      _ => withObjects(random, size),
    });
  }
  return checksum;
}

int withInts(Lcg random, int size) {
  final tree = Tree<num, int>();
  final stack = Stack<int>();
  for (int i = 0; i < size; i++) {
    final key = random.below(size * 4);
    tree.put(key, i);
    stack.push(key);
  }
  int sum = 0;
  while (!stack.isEmpty) {
    sum += tree.get(stack.pop())!;
  }
  return sum + fold<int, int>([tree.size, sum], 1, (a, b) => a + b);
}

int withDoubles(Lcg random, int size) {
  final tree = Tree<num, double>();
  final stack = Stack<double>();
  for (int i = 0; i < size; i++) {
    final key = random.unit();
    tree.put(key, i * 0.5);
    stack.push(key);
  }
  double sum = 0.0;
  while (!stack.isEmpty) {
    sum += tree.get(stack.pop())!;
  }
  return fold<double, double>([sum, 2.0], 1.0, (a, b) => a * b).toInt();
}

int withObjects(Lcg random, int size) {
  final tree = Tree<Version, int>();
  final stack = Stack<Version>();
  for (int i = 0; i < size; i++) {
    final key = Version(random.below(32), random.below(64));
    tree.put(key, i);
    stack.push(key);
  }
  int sum = 0;
  while (!stack.isEmpty) {
    sum += tree.get(stack.pop())!;
  }
  return sum + tree.size;
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
int runTimes(int times, int kind, int size, int rounds) {
  final int first = run(kind, size, rounds);
  for (int i = 1; i < times; i++) {
    if (run(kind, size, rounds) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() {
  for (int kind = 0; kind < 3; kind++) print(run(kind, 100, 10));
}
