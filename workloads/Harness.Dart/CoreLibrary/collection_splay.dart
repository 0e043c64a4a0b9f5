part of 'collection.dart';

// Sleator and Tarjan, Self-adjusting binary search trees (1985): what was asked for comes to the root, top down.
class _SplayNode<K, V> {
  final K key;
  V value;
  _SplayNode<K, V>? left;
  _SplayNode<K, V>? right;
  _SplayNode(this.key, this.value);
}

Comparator<K> _orderOf<K>(int compare(K a, K b)?) => compare ?? ((K a, K b) => Comparable.compare(a as Comparable, b as Comparable));

final class _SplayTree<K, V> {
  _SplayNode<K, V>? root;
  int count = 0;
  int changes = 0;
  final Comparator<K> compare;
  final bool Function(Object?) isValid;
  _SplayTree(this.compare, this.isValid);

  // Brings the key, or a neighbour where it is missing, to the root; returns how the root compares with it.
  int splay(K key) {
    final first = root;
    if (first == null) {
      // Also an empty tree finds out what cannot be compared.
      compare(key, key);
      return -1;
    }
    _SplayNode<K, V> at = first;
    _SplayNode<K, V>? lower, lowerLast, upper, upperLast;
    int order;
    while (true) {
      order = compare(at.key, key);
      if (order > 0) {
        _SplayNode<K, V>? left = at.left;
        if (left == null) break;
        order = compare(left.key, key);
        if (order > 0) {
          at.left = left.right;
          left.right = at;
          at = left;
          left = at.left;
          if (left == null) break;
        }
        if (upperLast == null) {
          upper = at;
        } else {
          upperLast.left = at;
        }
        upperLast = at;
        at = left;
      } else if (order < 0) {
        _SplayNode<K, V>? right = at.right;
        if (right == null) break;
        order = compare(right.key, key);
        if (order < 0) {
          at.right = right.left;
          right.left = at;
          at = right;
          right = at.right;
          if (right == null) break;
        }
        if (lowerLast == null) {
          lower = at;
        } else {
          lowerLast.right = at;
        }
        lowerLast = at;
        at = right;
      } else {
        break;
      }
    }
    if (lowerLast != null) {
      lowerLast.right = at.left;
      at.left = lower;
    }
    if (upperLast != null) {
      upperLast.left = at.right;
      at.right = upper;
    }
    root = at;
    return order;
  }

  _SplayNode<K, V>? find(Object? key) {
    if (!isValid(key)) return null;
    return splay(key as K) == 0 ? root : null;
  }

  // The node of a key, a new one with the value where there is none; a root that has another key has just been splayed.
  void addRoot(K key, V value, int order) {
    count++;
    changes++;
    final node = _SplayNode<K, V>(key, value);
    final old = root;
    root = node;
    if (old == null) return;
    if (order < 0) {
      node.left = old;
      node.right = old.right;
      old.right = null;
    } else {
      node.right = old;
      node.left = old.left;
      old.left = null;
    }
  }

  _SplayNode<K, V>? remove(Object? key) {
    if (root == null || find(key) == null) return null;
    final removed = root!;
    count--;
    changes++;
    final left = removed.left, right = removed.right;
    if (left == null) {
      root = right;
    } else {
      root = left;
      final last = lastOf(left);
      splay(last.key);
      root!.right = right;
    }
    return removed;
  }

  _SplayNode<K, V> firstOf(_SplayNode<K, V> node) {
    _SplayNode<K, V> at = node;
    while (true) {
      final next = at.left;
      if (next == null) return at;
      at = next;
    }
  }

  _SplayNode<K, V> lastOf(_SplayNode<K, V> node) {
    _SplayNode<K, V> at = node;
    while (true) {
      final next = at.right;
      if (next == null) return at;
      at = next;
    }
  }

  _SplayNode<K, V>? get first {
    final node = root;
    if (node == null) return null;
    splay(firstOf(node).key);
    return root;
  }

  _SplayNode<K, V>? get last {
    final node = root;
    if (node == null) return null;
    splay(lastOf(node).key);
    return root;
  }

  _SplayNode<K, V>? before(K key) {
    if (root == null) return null;
    if (splay(key) < 0) return root;
    final left = root!.left;
    return left == null ? null : lastOf(left);
  }

  _SplayNode<K, V>? after(K key) {
    if (root == null) return null;
    if (splay(key) > 0) return root;
    final right = root!.right;
    return right == null ? null : firstOf(right);
  }

  void clear() {
    root = null;
    count = 0;
    changes++;
  }
}

abstract class _SplayIterator<K, V, T> implements Iterator<T> {
  final _SplayTree<K, V> _tree;
  final Object _owner;
  final int _changes;
  _SplayNode<K, V>? _node;
  bool _started = false;
  _SplayIterator(this._tree, this._owner) : _changes = _tree.changes;
  T read(_SplayNode<K, V> node);
  T get current => _node == null ? null as T : read(_node!);
  bool moveNext() {
    if (_changes != _tree.changes) throw ConcurrentModificationError(_owner);
    if (!_started) {
      _started = true;
      _node = _tree.first;
    } else if (_node != null) {
      _node = _tree.after(_node!.key);
    }
    return _node != null;
  }
}

class _SplayKeyIterator<K, V> extends _SplayIterator<K, V, K> {
  _SplayKeyIterator(super.tree, super.owner);
  K read(_SplayNode<K, V> node) => node.key;
}

class _SplayValueIterator<K, V> extends _SplayIterator<K, V, V> {
  _SplayValueIterator(super.tree, super.owner);
  V read(_SplayNode<K, V> node) => node.value;
}

class _SplayEntryIterator<K, V> extends _SplayIterator<K, V, MapEntry<K, V>> {
  _SplayEntryIterator(super.tree, super.owner);
  MapEntry<K, V> read(_SplayNode<K, V> node) => MapEntry<K, V>(node.key, node.value);
}

class _SplayKeys<K, V> extends Iterable<K> {
  final SplayTreeMap<K, V> _map;
  _SplayKeys(this._map);
  int get length => _map.length;
  bool get isEmpty => _map.isEmpty;
  bool contains(Object? key) => _map.containsKey(key);
  Iterator<K> get iterator => _SplayKeyIterator<K, V>(_map._tree, _map);
}

class _SplayValues<K, V> extends Iterable<V> {
  final SplayTreeMap<K, V> _map;
  _SplayValues(this._map);
  int get length => _map.length;
  bool get isEmpty => _map.isEmpty;
  Iterator<V> get iterator => _SplayValueIterator<K, V>(_map._tree, _map);
}

class _SplayEntries<K, V> extends Iterable<MapEntry<K, V>> {
  final SplayTreeMap<K, V> _map;
  _SplayEntries(this._map);
  int get length => _map.length;
  bool get isEmpty => _map.isEmpty;
  Iterator<MapEntry<K, V>> get iterator => _SplayEntryIterator<K, V>(_map._tree, _map);
}

final class SplayTreeMap<K, V> extends MapBase<K, V> {
  final _SplayTree<K, V> _tree;
  SplayTreeMap([int compare(K key1, K key2)?, bool isValidKey(dynamic potentialKey)?])
      : _tree = _SplayTree<K, V>(_orderOf<K>(compare), isValidKey ?? ((key) => key is K));
  factory SplayTreeMap.from(Map<dynamic, dynamic> other, [int compare(K key1, K key2)?, bool isValidKey(dynamic potentialKey)?]) {
    final result = SplayTreeMap<K, V>(compare, isValidKey);
    other.forEach((k, v) { result[k as K] = v as V; });
    return result;
  }
  factory SplayTreeMap.of(Map<K, V> other, [int compare(K key1, K key2)?, bool isValidKey(dynamic potentialKey)?]) =>
      SplayTreeMap<K, V>(compare, isValidKey)..addAll(other);
  factory SplayTreeMap.fromIterable(Iterable iterable, {K key(dynamic element)?, V value(dynamic element)?, int compare(K key1, K key2)?, bool isValidKey(dynamic potentialKey)?}) {
    final result = SplayTreeMap<K, V>(compare, isValidKey);
    for (final e in iterable) result[key == null ? e as K : key(e)] = value == null ? e as V : value(e);
    return result;
  }
  factory SplayTreeMap.fromIterables(Iterable<K> keys, Iterable<V> values, [int compare(K key1, K key2)?, bool isValidKey(dynamic potentialKey)?]) {
    final result = SplayTreeMap<K, V>(compare, isValidKey);
    final v = values.iterator;
    for (final k in keys) {
      if (!v.moveNext()) throw ArgumentError('Iterables do not have same length.');
      result[k] = v.current;
    }
    if (v.moveNext()) throw ArgumentError('Iterables do not have same length.');
    return result;
  }

  V? operator [](Object? key) => _tree.find(key)?.value;
  void operator []=(K key, V value) {
    final order = _tree.splay(key);
    if (order == 0 && _tree.root != null) {
      _tree.root!.value = value;
    } else {
      _tree.addRoot(key, value, order);
    }
  }
  V putIfAbsent(K key, V ifAbsent()) {
    int order = _tree.splay(key);
    if (order == 0 && _tree.root != null) return _tree.root!.value;
    final changes = _tree.changes;
    final value = ifAbsent();
    if (changes != _tree.changes) throw ConcurrentModificationError(key);
    order = _tree.splay(key);
    _tree.addRoot(key, value, order);
    return value;
  }
  V? remove(Object? key) => _tree.remove(key)?.value;
  bool containsKey(Object? key) => _tree.find(key) != null;
  bool containsValue(Object? value) => values.contains(value);
  void clear() => _tree.clear();
  int get length => _tree.count;
  bool get isEmpty => _tree.count == 0;
  bool get isNotEmpty => _tree.count != 0;
  void forEach(void f(K key, V value)) {
    for (final entry in entries) f(entry.key, entry.value);
  }
  Iterable<K> get keys => _SplayKeys<K, V>(this);
  Iterable<V> get values => _SplayValues<K, V>(this);
  Iterable<MapEntry<K, V>> get entries => _SplayEntries<K, V>(this);
  K? firstKey() => _tree.first?.key;
  K? lastKey() => _tree.last?.key;
  K? lastKeyBefore(K key) => _tree.before(key)?.key;
  K? firstKeyAfter(K key) => _tree.after(key)?.key;
}

final class SplayTreeSet<E> extends SetBase<E> {
  final _SplayTree<E, bool> _tree;
  final int Function(E, E)? _compare;
  final bool Function(dynamic)? _isValidKey;
  SplayTreeSet([int compare(E key1, E key2)?, bool isValidKey(dynamic potentialKey)?])
      : _compare = compare, _isValidKey = isValidKey,
        _tree = _SplayTree<E, bool>(_orderOf<E>(compare), isValidKey ?? ((key) => key is E));
  factory SplayTreeSet.from(Iterable elements, [int compare(E key1, E key2)?, bool isValidKey(dynamic potentialKey)?]) {
    final result = SplayTreeSet<E>(compare, isValidKey);
    for (final e in elements) result.add(e as E);
    return result;
  }
  factory SplayTreeSet.of(Iterable<E> elements, [int compare(E key1, E key2)?, bool isValidKey(dynamic potentialKey)?]) =>
      SplayTreeSet<E>(compare, isValidKey)..addAll(elements);

  Iterator<E> get iterator => _SplayKeyIterator<E, bool>(_tree, this);
  int get length => _tree.count;
  bool get isEmpty => _tree.count == 0;
  E get first => _tree.count == 0 ? throw _noElement() : _tree.first!.key;
  E get last => _tree.count == 0 ? throw _noElement() : _tree.last!.key;
  E get single => _tree.count == 0 ? throw _noElement() : _tree.count > 1 ? throw _tooMany() : _tree.root!.key;
  bool contains(Object? element) => _tree.find(element) != null;
  E? lookup(Object? object) => _tree.find(object)?.key;
  bool add(E element) {
    final order = _tree.splay(element);
    if (order == 0 && _tree.root != null) return false;
    _tree.addRoot(element, true, order);
    return true;
  }
  bool remove(Object? object) => _tree.remove(object) != null;
  void clear() => _tree.clear();
  SplayTreeSet<E> _copy() => SplayTreeSet<E>(_compare, _isValidKey)..addAll(this);
  Set<E> toSet() => _copy();
  Set<E> union(Set<E> other) => _copy()..addAll(other);
  Set<E> intersection(Set<Object?> other) => SplayTreeSet<E>(_compare, _isValidKey)..addAll(where((e) => other.contains(e)));
  Set<E> difference(Set<Object?> other) => SplayTreeSet<E>(_compare, _isValidKey)..addAll(where((e) => !other.contains(e)));
  E? lastBefore(E element) => _tree.before(element)?.key;
  E? firstAfter(E element) => _tree.after(element)?.key;
}
