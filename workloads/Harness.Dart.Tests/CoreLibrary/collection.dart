import 'dart:collection';
final class Item extends LinkedListEntry<Item> { final int n; Item(this.n); String toString() => '$n'; }
void main() {
  final q = Queue<int>.of([1, 2, 3]); q.addFirst(0); q.addLast(4); print(q); print(q.removeFirst() + q.removeLast()); for (int i = 0; i < 20; i++) q.add(i); q.removeWhere((e) => e.isOdd); print(q); print(q.elementAt(2));
  final d = DoubleLinkedQueue<int>.of([1, 2, 3]); d.firstEntry()!.append(9); d.remove(2); print(d);
  final l = LinkedList<Item>()..addAll([Item(1), Item(2), Item(3)]); l.first.insertBefore(Item(0)); l.last.unlink(); print(l); print(l.first.next);
  final t = SplayTreeMap<String, int>(); for (final w in 'the quick brown fox jumps over the lazy dog'.split(' ')) t[w] = (t[w] ?? 0) + 1; print(t); print(t.firstKey()); print(t.firstKeyAfter('fox')); print(t.lastKeyBefore('fox')); t.remove('over'); print(t.keys.toList());
  final s = SplayTreeSet<int>((a, b) => b - a)..addAll([3, 1, 4, 1, 5, 9, 2, 6]); print(s); print(s.intersection({1, 9, 7})); print(s.first);
  final h = HashMap<String, int>(equals: (a, b) => a.toLowerCase() == b.toLowerCase(), hashCode: (k) => k.toLowerCase().hashCode); h['A'] = 1; h['a'] = 2; print(h); print(h[7]); print(LinkedHashMap<int, int>.from({1: 2}) is LinkedHashMap);
  final u = UnmodifiableListView([1, 2]); try { u.add(3); } on UnsupportedError catch (e) { print(e.message); } print(u.map((x) => x * 2)); try { Map.unmodifiable({1: 2})[1] = 3; } on UnsupportedError { print('refused'); } print(UnmodifiableMapView({1: 2})[1]);
  print(HashSet<int>.from([1, 2, 2])); print(Set.unmodifiable([1, 1]).length);
  // What is made of a set tells elements apart as it does.
  final c = LinkedHashSet<String>(equals: (a, b) => a.toLowerCase() == b.toLowerCase(), hashCode: (e) => e.toLowerCase().hashCode)..addAll(['a', 'B']); print([c.union({'A', 'c'}), c.intersection({'a', 'b'}), c.difference({'B'}), c.toSet().contains('A'), UnmodifiableSetView(c).union({'b'}).length]);
  final same = Set<num>.identity()..addAll([1, 1.0]); print([same.length, same.toSet().length, same.union({2}).length, <num>{1}.union({1.0}).length]);
  c.retainAll(['A', 'x']); print(c);
  // What is removed is decided before anything is.
  final m = {1: 1, 2: 2, 3: 3, 4: 4}; m.removeWhere((k, v) => m.length > 2); final kept = {1, 2, 3, 4}; kept.retainWhere((e) => kept.length < 3); print("$m $kept");
  try { final n = {1: 1}; n.updateAll((k, v) { n[k + 1] = 0; return 0; }); print('accepted'); } on ConcurrentModificationError { print('refused'); }
  // Elements of a list's map are not made where they are passed over.
  final made = <int>[]; final mapped = [1, 2, 3, 4].map((e) { made.add(e); return e * 2; }); print([mapped.skip(2).toList(), mapped.map((e) => e + 1).skip(1).skip(2).toList(), made]);
}
