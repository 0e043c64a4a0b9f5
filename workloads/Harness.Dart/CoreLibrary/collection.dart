// Collections beyond those that literals make.
library dart.collection;

import 'dart:math' show Random;
export 'dart:core' show ListBase, MapBase, SetBase, HashMap, LinkedHashMap, HashSet, LinkedHashSet;

part 'collection_linked_list.dart';
part 'collection_queue.dart';
part 'collection_splay.dart';
part 'collection_views.dart';

typedef IterableBase<E> = Iterable<E>;
typedef IterableMixin<E> = Iterable<E>;
typedef ListMixin<E> = ListBase<E>;
typedef MapMixin<K, V> = MapBase<K, V>;

StateError _noElement() => StateError('No element');
StateError _tooMany() => StateError('Too many elements');
