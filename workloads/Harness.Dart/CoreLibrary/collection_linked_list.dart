part of 'collection.dart';

/// An element that knows its neighbours; it can be in one list at a time.
abstract mixin class LinkedListEntry<E extends LinkedListEntry<E>> {
  LinkedList<E>? _list;
  E? _next;
  E? _previous;

  LinkedList<E>? get list => _list;
  void unlink() => _list!._unlink(this as E);
  E? get next => identical(_list?._first, _next) ? null : _next;
  E? get previous => identical(_list?._first, this) ? null : _previous;
  void insertAfter(E entry) => _list!._insertBefore(_next, entry, false);
  void insertBefore(E entry) => _list!._insertBefore(this as E, entry, true);
}

/// A ring of entries, from the first.
class LinkedList<E extends LinkedListEntry<E>> extends Iterable<E> {
  int _changes = 0;
  int _length = 0;
  E? _first;
  LinkedList();

  int get length => _length;
  bool get isEmpty => _length == 0;
  Iterator<E> get iterator => _LinkedListIterator<E>(this);
  E get first => _first ?? (throw _noElement());
  E get last => _first == null ? throw _noElement() : _first!._previous!;
  E get single => _first == null ? throw _noElement() : _length > 1 ? throw _tooMany() : _first!;
  bool contains(Object? entry) => entry is LinkedListEntry && identical(entry._list, this);
  void addFirst(E entry) => _insertBefore(_first, entry, true);
  void add(E entry) => _insertBefore(_first, entry, false);
  void addAll(Iterable<E> entries) {
    for (final e in entries) add(e);
  }
  bool remove(E entry) {
    if (!identical(entry._list, this)) return false;
    _unlink(entry);
    return true;
  }
  void clear() {
    _changes++;
    E? entry = _first;
    for (int i = 0; i < _length; i++) {
      final next = entry!._next;
      entry._next = entry._previous = null;
      entry._list = null;
      entry = next;
    }
    _first = null;
    _length = 0;
  }
  void forEach(void action(E entry)) {
    final changes = _changes;
    E? entry = _first;
    for (int i = 0, n = _length; i < n; i++) {
      action(entry!);
      if (changes != _changes) throw ConcurrentModificationError(this);
      entry = entry._next;
    }
  }

  // A place of null is that of an empty list.
  void _insertBefore(E? place, E entry, bool becomesFirst) {
    if (entry._list != null) throw StateError('LinkedListEntry is already in a LinkedList');
    _changes++;
    entry._list = this;
    if (place == null || _length == 0) {
      entry._next = entry._previous = entry;
      _first = entry;
      _length = 1;
      return;
    }
    final previous = place._previous!;
    entry._previous = previous;
    entry._next = place;
    previous._next = entry;
    place._previous = entry;
    if (becomesFirst && identical(place, _first)) _first = entry;
    _length++;
  }
  void _unlink(E entry) {
    _changes++;
    final next = entry._next!, previous = entry._previous!;
    next._previous = previous;
    previous._next = next;
    _length--;
    entry._next = entry._previous = null;
    entry._list = null;
    if (_length == 0) {
      _first = null;
    } else if (identical(entry, _first)) {
      _first = next;
    }
  }
}

class _LinkedListIterator<E extends LinkedListEntry<E>> implements Iterator<E> {
  final LinkedList<E> _list;
  final int _changes;
  E? _current;
  E? _next;
  int _left;
  _LinkedListIterator(this._list) : _changes = _list._changes, _next = _list._first, _left = _list._length;
  E get current => _current as E;
  bool moveNext() {
    if (_changes != _list._changes) throw ConcurrentModificationError(_list);
    if (_left == 0) {
      _current = null;
      return false;
    }
    _left--;
    _current = _next;
    _next = _next!._next;
    return true;
  }
}
