library dart.collection;
export 'dart:core' show ListBase, MapBase, SetBase;
