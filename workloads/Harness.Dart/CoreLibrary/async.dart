// Types that signatures name; asynchronous functions are not supported yet.
library dart.async;

export 'dart:core' show Future, FutureOr, Stream;
