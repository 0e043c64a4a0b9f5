part of 'core.dart';

abstract interface class List<E> implements Iterable<E> {
  factory List.filled(int length, E fill, {bool growable = false}) {
    if (length < 0) throw RangeError.range(length, 0, null, 'length');
    final data = WasmArray<Object?>(length);
    data.fill(0, fill, length);
    return growable ? _GrowableList<E>._(data, length) : _FixedList<E>._(data, length);
  }
  factory List.empty({bool growable = false}) => growable ? _GrowableList<E>._(WasmArray<Object?>(0), 0) : _FixedList<E>._(WasmArray<Object?>(0), 0);
  factory List.generate(int length, E generator(int index), {bool growable = true}) {
    if (length < 0) throw RangeError.range(length, 0, null, 'length');
    final data = WasmArray<Object?>(length);
    for (int i = 0; i < length; i++) data[i] = generator(i);
    return growable ? _GrowableList<E>._(data, length) : _FixedList<E>._(data, length);
  }
  factory List.from(Iterable elements, {bool growable = true}) {
    final list = _GrowableList<E>._(WasmArray<Object?>(8), 0);
    for (final e in elements) list.add(e as E);
    return growable ? list : _FixedList<E>._(list._data, list._length);
  }
  factory List.of(Iterable<E> elements, {bool growable = true}) {
    if (elements is _ArrayList) {
      final source = _unsafeCast<_ArrayList<E>>(elements);
      final n = source._length;
      final data = WasmArray<Object?>(n);
      data.copy(0, source._data, 0, n);
      return growable ? _GrowableList<E>._(data, n) : _FixedList<E>._(data, n);
    }
    final list = _GrowableList<E>._(WasmArray<Object?>(8), 0);
    for (final e in elements) list.add(e);
    return growable ? list : _FixedList<E>._(list._data, list._length);
  }
  factory List.unmodifiable(Iterable elements) {
    final list = List<E>.from(elements) as _GrowableList<E>;
    return _ImmutableList<E>._(list._data, list._length);
  }
  static List<T> castFrom<S, T>(List<S> source) => _CastList<S, T>(source);
  static void copyRange<T>(List<T> target, int at, List<T> source, [int? start, int? end]) {
    final from = start ?? 0, to = RangeError.checkValidRange(from, end, source.length);
    if (at < 0 || at + to - from > target.length) throw ArgumentError.value(at, 'at', 'Not big enough to hold ${to - from} elements at position $at');
    target.setRange(at, at + to - from, source, from);
  }
  static void writeIterable<T>(List<T> target, int at, Iterable<T> source) {
    RangeError.checkValueInInterval(at, 0, target.length, 'at');
    for (final e in source) {
      if (at == target.length) throw IndexError.withLength(target.length, target.length, indexable: target, name: 'index');
      target[at++] = e;
    }
  }
  E operator [](int index);
  void operator []=(int index, E value);
  set length(int newLength);
  set first(E value);
  set last(E value);
  void add(E value);
  void addAll(Iterable<E> iterable);
  Iterable<E> get reversed;
  void sort([int compare(E a, E b)?]);
  void shuffle([Random? random]);
  int indexOf(E element, [int start = 0]);
  int indexWhere(bool test(E element), [int start = 0]);
  int lastIndexWhere(bool test(E element), [int? start]);
  int lastIndexOf(E element, [int? start]);
  void clear();
  void insert(int index, E element);
  void insertAll(int index, Iterable<E> iterable);
  void setAll(int index, Iterable<E> iterable);
  bool remove(Object? value);
  E removeAt(int index);
  E removeLast();
  void removeWhere(bool test(E element));
  void retainWhere(bool test(E element));
  List<E> operator +(List<E> other);
  List<E> sublist(int start, [int? end]);
  Iterable<E> getRange(int start, int end);
  void setRange(int start, int end, Iterable<E> iterable, [int skipCount = 0]);
  void removeRange(int start, int end);
  void fillRange(int start, int end, [E? fillValue]);
  void replaceRange(int start, int end, Iterable<E> replacements);
  Map<int, E> asMap();
  List<R> cast<R>();
}

abstract mixin class ListBase<E> implements List<E> {
  Iterator<E> get iterator => _ListIterator<E>(this);
  E elementAt(int index) => this[index];
  bool get isEmpty => length == 0;
  bool get isNotEmpty => length != 0;
  E get first => length == 0 ? throw StateError('No element') : this[0];
  set first(E value) { if (length == 0) throw StateError('No element'); this[0] = value; }
  E get last => length == 0 ? throw StateError('No element') : this[length - 1];
  set last(E value) { if (length == 0) throw StateError('No element'); this[length - 1] = value; }
  E get single {
    if (length == 0) throw StateError('No element');
    if (length > 1) throw StateError('Too many elements');
    return this[0];
  }
  void forEach(void action(E element)) {
    final n = length;
    for (int i = 0; i < n; i++) {
      action(this[i]);
      if (n != length) throw ConcurrentModificationError(this);
    }
  }
  bool contains(Object? element) {
    final n = length;
    for (int i = 0; i < n; i++) {
      if (this[i] == element) return true;
      if (n != length) throw ConcurrentModificationError(this);
    }
    return false;
  }
  bool every(bool test(E element)) {
    final n = length;
    for (int i = 0; i < n; i++) {
      if (!test(this[i])) return false;
      if (n != length) throw ConcurrentModificationError(this);
    }
    return true;
  }
  bool any(bool test(E element)) {
    final n = length;
    for (int i = 0; i < n; i++) {
      if (test(this[i])) return true;
      if (n != length) throw ConcurrentModificationError(this);
    }
    return false;
  }
  E firstWhere(bool test(E element), {E orElse()?}) {
    final n = length;
    for (int i = 0; i < n; i++) {
      final e = this[i];
      if (test(e)) return e;
      if (n != length) throw ConcurrentModificationError(this);
    }
    if (orElse != null) return orElse();
    throw StateError('No element');
  }
  E lastWhere(bool test(E element), {E orElse()?}) {
    final n = length;
    for (int i = n - 1; i >= 0; i--) {
      final e = this[i];
      if (test(e)) return e;
      if (n != length) throw ConcurrentModificationError(this);
    }
    if (orElse != null) return orElse();
    throw StateError('No element');
  }
  E singleWhere(bool test(E element), {E orElse()?}) {
    final n = length;
    int found = -1;
    for (int i = 0; i < n; i++) {
      if (test(this[i])) {
        if (found >= 0) throw StateError('Too many elements');
        found = i;
      }
      if (n != length) throw ConcurrentModificationError(this);
    }
    if (found >= 0) return this[found];
    if (orElse != null) return orElse();
    throw StateError('No element');
  }
  String join([String separator = ""]) {
    final b = StringBuffer();
    for (int i = 0; i < length; i++) {
      if (i > 0) b.write(separator);
      b.write(this[i]);
    }
    return b.toString();
  }
  Iterable<E> where(bool test(E element)) => _WhereIterable<E>(this, test);
  Iterable<T> whereType<T>() => _WhereTypeIterable<T>(this);
  Iterable<T> map<T>(T f(E element)) => _MappedIterable<E, T>(this, f);
  Iterable<T> expand<T>(Iterable<T> f(E element)) => _ExpandIterable<E, T>(this, f);
  E reduce(E combine(E previousValue, E element)) {
    if (length == 0) throw StateError('No element');
    E value = this[0];
    final n = length;
    for (int i = 1; i < n; i++) {
      value = combine(value, this[i]);
      if (n != length) throw ConcurrentModificationError(this);
    }
    return value;
  }
  T fold<T>(T initialValue, T combine(T previousValue, E element)) {
    T value = initialValue;
    final n = length;
    for (int i = 0; i < n; i++) {
      value = combine(value, this[i]);
      if (n != length) throw ConcurrentModificationError(this);
    }
    return value;
  }
  Iterable<E> skip(int count) => _SubList<E>(this, RangeError.checkNotNegative(count, 'count'), null);
  Iterable<E> skipWhile(bool test(E element)) => _SkipWhileIterable<E>(this, test);
  Iterable<E> take(int count) => _SubList<E>(this, 0, RangeError.checkNotNegative(count, 'count'));
  Iterable<E> takeWhile(bool test(E element)) => _TakeWhileIterable<E>(this, test);
  Iterable<E> followedBy(Iterable<E> other) => _FollowedByIterable<E>(this, other);
  List<E> toList({bool growable = true}) => List<E>.of(this, growable: growable);
  Set<E> toSet() => _LinkedSet<E>()..addAll(this);
  void add(E element) {
    length = length + 1;
    this[length - 1] = element;
  }
  void addAll(Iterable<E> iterable) {
    for (final e in iterable) add(e);
  }
  void _spreadAll(Iterable<dynamic> elements) {
    for (final e in elements) add(e as E);
  }
  bool remove(Object? element) {
    for (int i = 0; i < length; i++) {
      if (this[i] == element) {
        removeAt(i);
        return true;
      }
    }
    return false;
  }
  void removeWhere(bool test(E element)) => _keep((e) => !test(e));
  void retainWhere(bool test(E element)) => _keep(test);
  void _keep(bool test(E element)) {
    final kept = <E>[for (final e in this) if (test(e)) e];
    if (kept.length == length) return;
    for (int i = 0; i < kept.length; i++) this[i] = kept[i];
    length = kept.length;
  }
  void clear() { length = 0; }
  List<R> cast<R>() => _CastList<E, R>(this);
  E removeLast() {
    if (length == 0) throw RangeError.index(-1, this, 'index', null, 0);
    final r = this[length - 1];
    length = length - 1;
    return r;
  }
  void sort([int compare(E a, E b)?]) {
    final f = compare ?? ((E a, E b) => (a as Comparable).compareTo(b));
    final n = length;
    if (n < 2) return;
    final a = WasmArray<E>(n);
    for (int i = 0; i < n; i++) a[i] = this[i];
    _mergeSort<E>(a, WasmArray<E>(n), 0, n, f);
    for (int i = 0; i < n; i++) this[i] = a[i];
  }
  void shuffle([Random? random]) {
    for (int i = length - 1; i > 0; i--) {
      int j;
      if (random != null) {
        j = random.nextInt(i + 1);
      } else {
        _nextHash = (_nextHash * 1103515245 + 12345) & 0x3fffffff;
        j = (_nextHash >> 8) % (i + 1);
      }
      final t = this[i];
      this[i] = this[j];
      this[j] = t;
    }
  }
  Map<int, E> asMap() => _ListMap<E>(this);
  List<E> operator +(List<E> other) => <E>[...this, ...other];
  List<E> sublist(int start, [int? end]) {
    final e = RangeError.checkValidRange(start, end, length);
    return <E>[for (int i = start; i < e; i++) this[i]];
  }
  Iterable<E> getRange(int start, int end) {
    RangeError.checkValidRange(start, end, length);
    return _SubList<E>(this, start, end);
  }
  void removeRange(int start, int end) {
    RangeError.checkValidRange(start, end, length);
    final n = end - start;
    if (n == 0) return;
    for (int i = end; i < length; i++) this[i - n] = this[i];
    length = length - n;
  }
  void fillRange(int start, int end, [E? fill]) {
    RangeError.checkValidRange(start, end, length);
    if (start == end) return;
    final value = fill as E;
    for (int i = start; i < end; i++) this[i] = value;
  }
  void setRange(int start, int end, Iterable<E> iterable, [int skipCount = 0]) {
    RangeError.checkValidRange(start, end, length);
    if (start == end) return;
    RangeError.checkNotNegative(skipCount, 'skipCount');
    final source = iterable.skip(skipCount).toList();
    if (source.length < end - start) throw StateError('Too few elements');
    for (int i = start; i < end; i++) this[i] = source[i - start];
  }
  void replaceRange(int start, int end, Iterable<E> newContents) {
    RangeError.checkValidRange(start, end, length);
    final list = newContents.toList();
    removeRange(start, end);
    insertAll(start, list);
  }
  int indexOf(Object? element, [int start = 0]) {
    for (int i = start < 0 ? 0 : start; i < length; i++) { if (this[i] == element) return i; }
    return -1;
  }
  int indexWhere(bool test(E element), [int start = 0]) {
    for (int i = start < 0 ? 0 : start; i < length; i++) { if (test(this[i])) return i; }
    return -1;
  }
  int lastIndexOf(Object? element, [int? start]) {
    for (int i = start == null || start >= length ? length - 1 : start; i >= 0; i--) { if (this[i] == element) return i; }
    return -1;
  }
  int lastIndexWhere(bool test(E element), [int? start]) {
    for (int i = start == null || start >= length ? length - 1 : start; i >= 0; i--) { if (test(this[i])) return i; }
    return -1;
  }
  void insert(int index, E element) {
    if (index < 0 || index > length) throw RangeError.range(index, 0, length, 'index');
    add(element);
    for (int i = length - 1; i > index; i--) this[i] = this[i - 1];
    this[index] = element;
  }
  E removeAt(int index) {
    final r = this[index];
    for (int i = index + 1; i < length; i++) this[i - 1] = this[i];
    length = length - 1;
    return r;
  }
  void insertAll(int index, Iterable<E> iterable) {
    if (index < 0 || index > length) throw RangeError.range(index, 0, length, 'index');
    if (index == length) {
      addAll(iterable);
      return;
    }
    final added = iterable.toList();
    final n = added.length;
    if (n == 0) return;
    final before = length;
    for (int i = 0; i < n; i++) add(added[i]);
    for (int i = before - 1; i >= index; i--) this[i + n] = this[i];
    for (int i = 0; i < n; i++) this[index + i] = added[i];
  }
  void setAll(int index, Iterable<E> iterable) {
    if (iterable is List<E>) {
      setRange(index, index + iterable.length, iterable);
    } else {
      for (final e in iterable) this[index++] = e;
    }
  }
  Iterable<E> get reversed => _ReversedList<E>(this);
  String toString() => _iterableToString(this, '[', ']');
  static String listToString(List list) => _iterableToString(list, '[', ']');
}

void _mergeSort<E>(WasmArray<E> a, WasmArray<E> b, int from, int to, int f(E x, E y)) {
  if (to - from < 12) {
    for (int i = from + 1; i < to; i++) {
      final x = a[i];
      int j = i - 1;
      while (j >= from && f(a[j], x) > 0) {
        a[j + 1] = a[j];
        j--;
      }
      a[j + 1] = x;
    }
    return;
  }
  final mid = (from + to) >> 1;
  _mergeSort<E>(a, b, from, mid, f);
  _mergeSort<E>(a, b, mid, to, f);
  int i = from, j = mid, k = from;
  while (i < mid && j < to) b[k++] = f(a[i], a[j]) <= 0 ? a[i++] : a[j++];
  while (i < mid) b[k++] = a[i++];
  while (j < to) b[k++] = a[j++];
  a.copy(from, b, from, to - from);
}
