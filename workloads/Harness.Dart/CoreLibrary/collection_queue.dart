part of 'collection.dart';

abstract interface class Queue<E> implements Iterable<E> {
  factory Queue() = ListQueue<E>;
  factory Queue.from(Iterable elements) = ListQueue<E>.from;
  factory Queue.of(Iterable<E> elements) = ListQueue<E>.of;
  static Queue<T> castFrom<S, T>(Queue<S> source) => ListQueue<T>.from(source);
  E removeFirst();
  E removeLast();
  void addFirst(E value);
  void addLast(E value);
  void add(E value);
  bool remove(Object? value);
  void addAll(Iterable<E> iterable);
  void removeWhere(bool test(E element));
  void retainWhere(bool test(E element));
  void clear();
  Queue<R> cast<R>();
}

/// A queue in an array that is used in a circle; its length is a power of two.
class ListQueue<E> extends Iterable<E> implements Queue<E> {
  List<E?> _table;
  int _head = 0;
  int _tail = 0;
  int _changes = 0;

  ListQueue([int? initialCapacity]) : _table = List<E?>.filled(_sizeFor(initialCapacity ?? 8), null);
  factory ListQueue.from(Iterable<dynamic> elements) {
    final queue = ListQueue<E>();
    for (final e in elements) queue.addLast(e as E);
    return queue;
  }
  factory ListQueue.of(Iterable<E> elements) => ListQueue<E>()..addAll(elements);

  static int _sizeFor(int count) {
    int size = 8;
    while (size <= count) size = size * 2;
    return size;
  }

  Iterator<E> get iterator => _ListQueueIterator<E>(this);
  bool get isEmpty => _head == _tail;
  int get length => (_tail - _head) & (_table.length - 1);
  E get first {
    if (_head == _tail) throw _noElement();
    return _table[_head] as E;
  }
  E get last {
    if (_head == _tail) throw _noElement();
    return _table[(_tail - 1) & (_table.length - 1)] as E;
  }
  E get single {
    if (_head == _tail) throw _noElement();
    if (length > 1) throw _tooMany();
    return _table[_head] as E;
  }
  E elementAt(int index) {
    IndexError.check(index, length, indexable: this);
    return _table[(_head + index) & (_table.length - 1)] as E;
  }
  void forEach(void action(E element)) {
    final changes = _changes;
    for (int i = _head; i != _tail; i = (i + 1) & (_table.length - 1)) {
      action(_table[i] as E);
      if (changes != _changes) throw ConcurrentModificationError(this);
    }
  }
  void add(E value) => addLast(value);
  void addAll(Iterable<E> elements) {
    for (final e in identical(elements, this) ? elements.toList() : elements) addLast(e);
  }
  void addLast(E value) {
    _table[_tail] = value;
    _tail = (_tail + 1) & (_table.length - 1);
    if (_head == _tail) _grow();
    _changes++;
  }
  void addFirst(E value) {
    _head = (_head - 1) & (_table.length - 1);
    _table[_head] = value;
    if (_head == _tail) _grow();
    _changes++;
  }
  E removeFirst() {
    if (_head == _tail) throw _noElement();
    _changes++;
    final result = _table[_head] as E;
    _table[_head] = null;
    _head = (_head + 1) & (_table.length - 1);
    return result;
  }
  E removeLast() {
    if (_head == _tail) throw _noElement();
    _changes++;
    _tail = (_tail - 1) & (_table.length - 1);
    final result = _table[_tail] as E;
    _table[_tail] = null;
    return result;
  }
  bool remove(Object? value) {
    bool found = false;
    _keep((e) {
      if (found || e != value) return true;
      found = true;
      return false;
    });
    return found;
  }
  void removeWhere(bool test(E element)) => _keep((e) => !test(e));
  void retainWhere(bool test(E element)) => _keep(test);
  void _keep(bool test(E element)) {
    final kept = <E>[];
    final before = length;
    final changes = _changes;
    for (int i = _head; i != _tail; i = (i + 1) & (_table.length - 1)) {
      final e = _table[i] as E;
      if (test(e)) kept.add(e);
      if (changes != _changes) throw ConcurrentModificationError(this);
    }
    if (kept.length == before) return;
    _table = List<E?>.filled(_sizeFor(kept.length), null);
    for (int i = 0; i < kept.length; i++) _table[i] = kept[i];
    _head = 0;
    _tail = kept.length;
    _changes++;
  }
  void clear() {
    if (_head == _tail) return;
    _table = List<E?>.filled(8, null);
    _head = _tail = 0;
    _changes++;
  }
  Queue<R> cast<R>() => ListQueue<R>.from(this);
  String toString() => Iterable.iterableToFullString(this, '{', '}');
  void _grow() {
    final size = _table.length;
    final next = List<E?>.filled(size * 2, null);
    for (int i = 0; i < size; i++) next[i] = _table[(_head + i) & (size - 1)];
    _table = next;
    _head = 0;
    _tail = size;
  }
}

class _ListQueueIterator<E> implements Iterator<E> {
  final ListQueue<E> _queue;
  final int _end;
  final int _changes;
  int _at;
  E? _current;
  _ListQueueIterator(this._queue) : _end = _queue._tail, _changes = _queue._changes, _at = _queue._head;
  bool moveNext() {
    if (_changes != _queue._changes) throw ConcurrentModificationError(_queue);
    if (_at == _end) {
      _current = null;
      return false;
    }
    _current = _queue._table[_at];
    _at = (_at + 1) & (_queue._table.length - 1);
    return true;
  }
  E get current => _current as E;
}

abstract interface class DoubleLinkedQueueEntry<E> {
  factory DoubleLinkedQueueEntry(E element) = _QueueEntry<E>;
  E get element;
  set element(E value);
  void append(E e);
  void prepend(E e);
  E remove();
  DoubleLinkedQueueEntry<E>? previousEntry();
  DoubleLinkedQueueEntry<E>? nextEntry();
}

// An entry of a ring, of which one entry, the queue's own, has no element.
class _QueueEntry<E> implements DoubleLinkedQueueEntry<E> {
  E? _element;
  DoubleLinkedQueue<E>? _queue;
  _QueueEntry<E>? _previous;
  _QueueEntry<E>? _next;
  _QueueEntry(this._element);
  E get element => _element as E;
  set element(E value) { _element = value; }
  void _link(_QueueEntry<E>? previous, _QueueEntry<E>? next) {
    _previous = previous;
    _next = next;
    previous?._next = this;
    next?._previous = this;
  }
  void append(E e) {
    final entry = _QueueEntry<E>(e);
    entry._queue = _queue;
    entry._link(this, _next);
    _queue?._length++;
  }
  void prepend(E e) {
    final entry = _QueueEntry<E>(e);
    entry._queue = _queue;
    entry._link(_previous, this);
    _queue?._length++;
  }
  E remove() {
    _previous?._next = _next;
    _next?._previous = _previous;
    _queue?._length--;
    _previous = _next = null;
    _queue = null;
    return _element as E;
  }
  DoubleLinkedQueueEntry<E>? previousEntry() => identical(_previous, _queue?._ring) ? null : _previous;
  DoubleLinkedQueueEntry<E>? nextEntry() => identical(_next, _queue?._ring) ? null : _next;
}

class DoubleLinkedQueue<E> extends Iterable<E> implements Queue<E> {
  final _QueueEntry<E> _ring = _QueueEntry<E>(null);
  int _length = 0;

  DoubleLinkedQueue() {
    _ring._queue = this;
    _ring._link(_ring, _ring);
  }
  factory DoubleLinkedQueue.from(Iterable<dynamic> elements) {
    final queue = DoubleLinkedQueue<E>();
    for (final e in elements) queue.addLast(e as E);
    return queue;
  }
  factory DoubleLinkedQueue.of(Iterable<E> elements) => DoubleLinkedQueue<E>()..addAll(elements);

  int get length => _length;
  bool get isEmpty => _length == 0;
  Iterator<E> get iterator => _DoubleLinkedIterator<E>(this);
  void addLast(E value) {
    _ring.prepend(value);
  }
  void addFirst(E value) {
    _ring.append(value);
  }
  void add(E value) => addLast(value);
  void addAll(Iterable<E> iterable) {
    for (final e in iterable) addLast(e);
  }
  E removeLast() => _length == 0 ? throw _noElement() : _ring._previous!.remove();
  E removeFirst() => _length == 0 ? throw _noElement() : _ring._next!.remove();
  E get first => _length == 0 ? throw _noElement() : _ring._next!.element;
  E get last => _length == 0 ? throw _noElement() : _ring._previous!.element;
  E get single => _length == 0 ? throw _noElement() : _length > 1 ? throw _tooMany() : _ring._next!.element;
  bool remove(Object? value) {
    for (_QueueEntry<E> entry = _ring._next!; !identical(entry, _ring); entry = entry._next!) {
      final found = entry._element == value;
      if (!identical(entry._queue, this)) throw ConcurrentModificationError(this);
      if (found) {
        entry.remove();
        return true;
      }
    }
    return false;
  }
  void removeWhere(bool test(E element)) => _filter(test, true);
  void retainWhere(bool test(E element)) => _filter(test, false);
  void _filter(bool test(E element), bool removed) {
    _QueueEntry<E> entry = _ring._next!;
    while (!identical(entry, _ring)) {
      final matches = test(entry.element);
      if (!identical(entry._queue, this)) throw ConcurrentModificationError(this);
      final next = entry._next!;
      if (matches == removed) entry.remove();
      entry = next;
    }
  }
  DoubleLinkedQueueEntry<E>? firstEntry() => _ring.nextEntry();
  DoubleLinkedQueueEntry<E>? lastEntry() => _ring.previousEntry();
  void forEachEntry(void action(DoubleLinkedQueueEntry<E> element)) {
    _QueueEntry<E> entry = _ring._next!;
    while (!identical(entry, _ring)) {
      final next = entry._next!;
      action(entry);
      // What the action removed is skipped, and what it put behind the entry is seen.
      entry = identical(entry._queue, this) ? entry._next! : next;
    }
  }
  void clear() {
    for (_QueueEntry<E> entry = _ring._next!; !identical(entry, _ring);) {
      final next = entry._next!;
      entry.remove();
      entry = next;
    }
  }
  Queue<R> cast<R>() => ListQueue<R>.from(this);
  String toString() => Iterable.iterableToFullString(this, '{', '}');
}

class _DoubleLinkedIterator<E> implements Iterator<E> {
  final DoubleLinkedQueue<E> _queue;
  _QueueEntry<E>? _next;
  E? _current;
  _DoubleLinkedIterator(this._queue) : _next = _queue._ring._next;
  bool moveNext() {
    final entry = _next;
    if (entry == null || identical(entry, _queue._ring)) {
      _current = null;
      _next = null;
      return false;
    }
    if (!identical(entry._queue, _queue)) throw ConcurrentModificationError(_queue);
    _current = entry._element;
    _next = entry._next;
    return true;
  }
  E get current => _current as E;
}

class HasNextIterator<E> {
  final Iterator<E> _iterator;
  bool _isAhead = false;
  bool _hasNext = false;
  HasNextIterator(this._iterator);
  bool get hasNext {
    if (!_isAhead) {
      _hasNext = _iterator.moveNext();
      _isAhead = true;
    }
    return _hasNext;
  }
  E next() {
    if (!hasNext) throw _noElement();
    _isAhead = false;
    return _iterator.current;
  }
}
