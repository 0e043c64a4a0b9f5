part of 'core.dart';

abstract interface class Iterator<E> {
  bool moveNext();
  E get current;
}

abstract mixin class Iterable<E> {
  const Iterable();
  const factory Iterable.empty() = _EmptyIterable<E>;
  factory Iterable.generate(int count, [E generator(int index)?]) {
    if (generator == null && <int>[] is! List<E>) throw ArgumentError('Generator must be supplied if element type allows no integers', 'generator');
    return count <= 0 ? _EmptyIterable<E>() : _GeneratedIterable<E>(count, generator ?? ((i) => i as E));
  }
  factory Iterable.withIterator(Iterator<E> iteratorFactory()) => _FactoryIterable<E>(iteratorFactory);
  static Iterable<T> castFrom<S, T>(Iterable<S> source) => source.cast<T>();
  static String iterableToFullString(Iterable iterable, [String leftDelimiter = '(', String rightDelimiter = ')']) => _iterableToString(iterable, leftDelimiter, rightDelimiter);
  static String iterableToShortString(Iterable iterable, [String leftDelimiter = '(', String rightDelimiter = ')']) => _shortString(iterable, leftDelimiter, rightDelimiter);
  Iterator<E> get iterator;
  Iterable<T> map<T>(T toElement(E e)) => _MappedIterable<E, T>(this, toElement);
  Iterable<E> where(bool test(E element)) => _WhereIterable<E>(this, test);
  Iterable<T> whereType<T>() => _WhereTypeIterable<T>(this);
  Iterable<T> expand<T>(Iterable<T> toElements(E element)) => _ExpandIterable<E, T>(this, toElements);
  Iterable<R> cast<R>() => _CastIterable<E, R>(this);
  bool contains(Object? element) {
    for (final e in this) { if (e == element) return true; }
    return false;
  }
  void forEach(void action(E element)) {
    for (final e in this) action(e);
  }
  E reduce(E combine(E value, E element)) {
    final it = iterator;
    if (!it.moveNext()) throw StateError('No element');
    E value = it.current;
    while (it.moveNext()) value = combine(value, it.current);
    return value;
  }
  T fold<T>(T initialValue, T combine(T previousValue, E element)) {
    T value = initialValue;
    for (final e in this) value = combine(value, e);
    return value;
  }
  bool every(bool test(E element)) {
    for (final e in this) { if (!test(e)) return false; }
    return true;
  }
  bool any(bool test(E element)) {
    for (final e in this) { if (test(e)) return true; }
    return false;
  }
  String join([String separator = ""]) {
    final b = StringBuffer();
    bool first = true;
    for (final e in this) {
      if (!first) b.write(separator);
      first = false;
      b.write(e);
    }
    return b.toString();
  }
  List<E> toList({bool growable = true}) => List<E>.of(this, growable: growable);
  Set<E> toSet() => _LinkedSet<E>()..addAll(this);
  int get length {
    int n = 0;
    final it = iterator;
    while (it.moveNext()) n++;
    return n;
  }
  bool get isEmpty => !iterator.moveNext();
  bool get isNotEmpty => !isEmpty;
  Iterable<E> take(int count) => _TakeIterable<E>(this, count);
  Iterable<E> takeWhile(bool test(E value)) => _TakeWhileIterable<E>(this, test);
  Iterable<E> skip(int count) => _SkipIterable<E>(this, count);
  Iterable<E> skipWhile(bool test(E value)) => _SkipWhileIterable<E>(this, test);
  Iterable<E> followedBy(Iterable<E> other) => _FollowedByIterable<E>(this, other);
  E get first {
    final it = iterator;
    if (!it.moveNext()) throw StateError('No element');
    return it.current;
  }
  E get last {
    final it = iterator;
    if (!it.moveNext()) throw StateError('No element');
    E r = it.current;
    while (it.moveNext()) r = it.current;
    return r;
  }
  E get single {
    final it = iterator;
    if (!it.moveNext()) throw StateError('No element');
    final r = it.current;
    if (it.moveNext()) throw StateError('Too many elements');
    return r;
  }
  E firstWhere(bool test(E element), {E orElse()?}) {
    for (final e in this) { if (test(e)) return e; }
    if (orElse != null) return orElse();
    throw StateError('No element');
  }
  E lastWhere(bool test(E element), {E orElse()?}) {
    E? r;
    bool found = false;
    for (final e in this) { if (test(e)) { r = e; found = true; } }
    if (found) return r as E;
    if (orElse != null) return orElse();
    throw StateError('No element');
  }
  E singleWhere(bool test(E element), {E orElse()?}) {
    E? r;
    bool found = false;
    for (final e in this) {
      if (test(e)) {
        if (found) throw StateError('Too many elements');
        r = e;
        found = true;
      }
    }
    if (found) return r as E;
    if (orElse != null) return orElse();
    throw StateError('No element');
  }
  E elementAt(int index) {
    if (index < 0) throw RangeError.range(index, 0, null, 'index');
    int i = 0;
    for (final e in this) { if (i++ == index) return e; }
    throw IndexError.withLength(index, i, indexable: this, name: 'index');
  }
  String toString() => _shortString(this, '(', ')');
}

// The collections whose text is being made, each of which may be an element of itself.
List<Object> _printing = <Object>[];
bool _isPrinting(Object o) {
  for (int i = 0; i < _printing.length; i++) {
    if (identical(_printing[i], o)) return true;
  }
  return false;
}
String _iterableToString(Iterable it, String open, String close) {
  if (_isPrinting(it)) return '$open...$close';
  _printing.add(it);
  try {
    final b = StringBuffer(open);
    bool isFirst = true;
    for (final e in it) {
      if (!isFirst) b.write(', ');
      isFirst = false;
      b.write(e);
    }
    b.write(close);
    return b.toString();
  } finally {
    _printing.removeLast();
  }
}

// As many elements as fit into 80 characters, at least three, and the last two; a text that may have no end is not looked at beyond 100.
String _shortString(Iterable it, String open, String close) {
  if (_isPrinting(it)) return open == '(' && close == ')' ? '(...)' : '$open...$close';
  _printing.add(it);
  try {
    return open + _shortParts(it.iterator).join(', ') + close;
  } finally {
    _printing.removeLast();
  }
}
List<String> _shortParts(Iterator<dynamic> it) {
  final parts = <String>[];
  int width = 0, seen = 0;
  void dropLast() { width -= parts.removeLast().length + 2; }
  while (width < 80 || seen < 3) {
    if (!it.moveNext()) return parts;
    parts.add('${it.current}');
    width += parts.last.length + 2;
    seen++;
  }
  String beforeLast = '', last = '';
  if (!it.moveNext()) {
    if (seen <= 5) return parts;
    last = parts.removeLast();
    beforeLast = parts.removeLast();
  } else {
    dynamic a = it.current;
    seen++;
    if (!it.moveNext()) {
      if (seen <= 4) {
        parts.add('$a');
        return parts;
      }
      last = '$a';
      beforeLast = parts.removeLast();
      width += last.length + 2;
    } else {
      dynamic b = it.current;
      seen++;
      while (it.moveNext()) {
        a = b;
        b = it.current;
        if (++seen <= 100) continue;
        while (width > 75 && parts.length > 3) dropLast();
        parts.add('...');
        return parts;
      }
      beforeLast = '$a';
      last = '$b';
      width += beforeLast.length + last.length + 4;
    }
  }
  bool hasGap = seen > parts.length + 2;
  if (hasGap) width += 5;
  while (width > 80 && parts.length > 3) {
    dropLast();
    if (!hasGap) {
      hasGap = true;
      width += 5;
    }
  }
  if (hasGap) parts.add('...');
  parts.add(beforeLast);
  parts.add(last);
  return parts;
}

class _EmptyIterable<E> extends Iterable<E> {
  const _EmptyIterable();
  Iterator<E> get iterator => _EmptyIterator<E>();
}
class _EmptyIterator<E> implements Iterator<E> {
  bool moveNext() => false;
  E get current => throw StateError('No element');
}
class _MappedIterable<S, T> extends Iterable<T> {
  final Iterable<S> _source;
  final T Function(S) _f;
  _MappedIterable(this._source, this._f);
  Iterator<T> get iterator => _MappedIterator<S, T>(_source.iterator, _f);
  int get length => _source.length;
  bool get isEmpty => _source.isEmpty;
  T get first => _f(_source.first);
  T get last => _f(_source.last);
  T get single => _f(_source.single);
  T elementAt(int index) => _f(_source.elementAt(index));
  // Whether an element is found without those before it, which are not made then.
  bool get _isIndexed {
    final source = _source;
    return source is List<S> || source is _IndexedIterable<S> || source is _MappedIterable<Object?, S> && source._isIndexed;
  }
  Iterable<T> skip(int count) => _isIndexed ? _MappedIterable<S, T>(_source.skip(count), _f) : super.skip(count);
}
class _MappedIterator<S, T> implements Iterator<T> {
  final Iterator<S> _source;
  final T Function(S) _f;
  T? _current;
  _MappedIterator(this._source, this._f);
  bool moveNext() {
    if (_source.moveNext()) {
      _current = _f(_source.current);
      return true;
    }
    _current = null;
    return false;
  }
  T get current => _current as T;
}
class _WhereIterable<E> extends Iterable<E> {
  final Iterable<E> _source;
  final bool Function(E) _test;
  _WhereIterable(this._source, this._test);
  Iterator<E> get iterator => _WhereIterator<E>(_source.iterator, _test);
}
class _WhereIterator<E> implements Iterator<E> {
  final Iterator<E> _source;
  final bool Function(E) _test;
  _WhereIterator(this._source, this._test);
  bool moveNext() {
    while (_source.moveNext()) { if (_test(_source.current)) return true; }
    return false;
  }
  E get current => _source.current;
}
class _WhereTypeIterable<T> extends Iterable<T> {
  final Iterable<Object?> _source;
  _WhereTypeIterable(this._source);
  Iterator<T> get iterator => _WhereTypeIterator<T>(_source.iterator);
}
class _WhereTypeIterator<T> implements Iterator<T> {
  final Iterator<Object?> _source;
  _WhereTypeIterator(this._source);
  bool moveNext() {
    while (_source.moveNext()) { if (_source.current is T) return true; }
    return false;
  }
  T get current => _source.current as T;
}
class _ExpandIterable<S, T> extends Iterable<T> {
  final Iterable<S> _source;
  final Iterable<T> Function(S) _f;
  _ExpandIterable(this._source, this._f);
  Iterator<T> get iterator => _ExpandIterator<S, T>(_source.iterator, _f);
}
class _ExpandIterator<S, T> implements Iterator<T> {
  final Iterator<S> _source;
  final Iterable<T> Function(S) _f;
  Iterator<T>? _inner;
  _ExpandIterator(this._source, this._f);
  bool moveNext() {
    while (true) {
      final i = _inner;
      if (i != null && i.moveNext()) return true;
      if (!_source.moveNext()) return false;
      _inner = _f(_source.current).iterator;
    }
  }
  T get current => _inner!.current;
}
class _TakeIterable<E> extends Iterable<E> {
  final Iterable<E> _source;
  final int _count;
  _TakeIterable(this._source, this._count) { RangeError.checkNotNegative(_count, 'count'); }
  Iterator<E> get iterator => _TakeIterator<E>(_source.iterator, _count);
}
class _TakeIterator<E> implements Iterator<E> {
  final Iterator<E> _source;
  int _left;
  _TakeIterator(this._source, this._left);
  bool moveNext() => _left-- > 0 && _source.moveNext();
  E get current => _source.current;
}
class _TakeWhileIterable<E> extends Iterable<E> {
  final Iterable<E> _source;
  final bool Function(E) _test;
  _TakeWhileIterable(this._source, this._test);
  Iterator<E> get iterator => _TakeWhileIterator<E>(_source.iterator, _test);
}
class _TakeWhileIterator<E> implements Iterator<E> {
  final Iterator<E> _source;
  final bool Function(E) _test;
  bool _done = false;
  _TakeWhileIterator(this._source, this._test);
  bool moveNext() {
    if (_done) return false;
    if (_source.moveNext() && _test(_source.current)) return true;
    _done = true;
    return false;
  }
  E get current => _source.current;
}
class _SkipIterable<E> extends Iterable<E> {
  final Iterable<E> _source;
  final int _count;
  _SkipIterable(this._source, this._count) { RangeError.checkNotNegative(_count, 'count'); }
  Iterator<E> get iterator {
    final it = _source.iterator;
    for (int i = 0; i < _count; i++) { if (!it.moveNext()) break; }
    return it;
  }
}
class _SkipWhileIterable<E> extends Iterable<E> {
  final Iterable<E> _source;
  final bool Function(E) _test;
  _SkipWhileIterable(this._source, this._test);
  Iterator<E> get iterator => _SkipWhileIterator<E>(_source.iterator, _test);
}
class _SkipWhileIterator<E> implements Iterator<E> {
  final Iterator<E> _source;
  final bool Function(E) _test;
  bool _skipped = false;
  _SkipWhileIterator(this._source, this._test);
  bool moveNext() {
    if (!_skipped) {
      _skipped = true;
      while (_source.moveNext()) { if (!_test(_source.current)) return true; }
      return false;
    }
    return _source.moveNext();
  }
  E get current => _source.current;
}
class _FollowedByIterable<E> extends Iterable<E> {
  final Iterable<E> _a;
  final Iterable<E> _b;
  _FollowedByIterable(this._a, this._b);
  Iterator<E> get iterator => _FollowedByIterator<E>(_a.iterator, _b);
}
class _FollowedByIterator<E> implements Iterator<E> {
  Iterator<E> _it;
  Iterable<E>? _next;
  _FollowedByIterator(this._it, this._next);
  bool moveNext() {
    if (_it.moveNext()) return true;
    final n = _next;
    if (n == null) return false;
    _next = null;
    _it = n.iterator;
    return _it.moveNext();
  }
  E get current => _it.current;
}
