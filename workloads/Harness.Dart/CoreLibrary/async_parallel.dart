part of 'async.dart';

// Futures that are waited for together, each of which may fail.

class ParallelWaitError<V, E> extends Error {
  final V values;
  final E errors;
  final AsyncError? _first;
  final int? _count;
  ParallelWaitError(this.values, this.errors, {int? errorCount, AsyncError? defaultError}) : _count = errorCount, _first = defaultError;
  StackTrace? get stackTrace => _first?.stackTrace ?? super.stackTrace;
  String toString() {
    final count = _count == null || _count! <= 1 ? '' : '($_count errors)';
    return 'ParallelWaitError$count${_first == null ? '' : ': ${_first!.error}'}';
  }
}

class DeferredLoadException implements Exception {
  final String message;
  DeferredLoadException(this.message);
  String toString() => "DeferredLoadException: '$message'";
}

final class _Waited<T> {
  T? value;
  AsyncError? error;
  Future<void> ended(Future<T> future) => future.then<void>((v) { value = v; }, onError: (Object e, StackTrace s) { error = AsyncError(e, s); });
}

extension FutureIterable<T> on Iterable<Future<T>> {
  Future<List<T>> get wait async {
    final all = <_Waited<T>>[], ends = <Future<void>>[];
    for (final future in this) {
      final waited = _Waited<T>();
      all.add(waited);
      ends.add(waited.ended(future));
    }
    for (final end in ends) await end;
    final errors = [for (final w in all) w.error];
    final failed = errors.whereType<AsyncError>();
    if (failed.isEmpty) return [for (final w in all) w.value as T];
    throw ParallelWaitError<List<T?>, List<AsyncError?>>([for (final w in all) w.value], errors, errorCount: failed.length, defaultError: failed.first);
  }
}

extension FutureRecord2<T1, T2> on (Future<T1>, Future<T2>) {
  Future<(T1, T2)> get wait async {
    final w1 = _Waited<T1>(), w2 = _Waited<T2>();
    final ends = [w1.ended(this.$1), w2.ended(this.$2)];
    for (final end in ends) await end;
    final failed = [w1.error, w2.error].whereType<AsyncError>();
    if (failed.isEmpty) return (w1.value as T1, w2.value as T2);
    throw ParallelWaitError((w1.value, w2.value), (w1.error, w2.error), errorCount: failed.length, defaultError: failed.first);
  }
}

extension FutureRecord3<T1, T2, T3> on (Future<T1>, Future<T2>, Future<T3>) {
  Future<(T1, T2, T3)> get wait async {
    final w1 = _Waited<T1>(), w2 = _Waited<T2>(), w3 = _Waited<T3>();
    final ends = [w1.ended(this.$1), w2.ended(this.$2), w3.ended(this.$3)];
    for (final end in ends) await end;
    final failed = [w1.error, w2.error, w3.error].whereType<AsyncError>();
    if (failed.isEmpty) return (w1.value as T1, w2.value as T2, w3.value as T3);
    throw ParallelWaitError((w1.value, w2.value, w3.value), (w1.error, w2.error, w3.error), errorCount: failed.length, defaultError: failed.first);
  }
}

extension FutureRecord4<T1, T2, T3, T4> on (Future<T1>, Future<T2>, Future<T3>, Future<T4>) {
  Future<(T1, T2, T3, T4)> get wait async {
    final w1 = _Waited<T1>(), w2 = _Waited<T2>(), w3 = _Waited<T3>(), w4 = _Waited<T4>();
    final ends = [w1.ended(this.$1), w2.ended(this.$2), w3.ended(this.$3), w4.ended(this.$4)];
    for (final end in ends) await end;
    final failed = [w1.error, w2.error, w3.error, w4.error].whereType<AsyncError>();
    if (failed.isEmpty) return (w1.value as T1, w2.value as T2, w3.value as T3, w4.value as T4);
    throw ParallelWaitError((w1.value, w2.value, w3.value, w4.value), (w1.error, w2.error, w3.error, w4.error), errorCount: failed.length, defaultError: failed.first);
  }
}

extension FutureRecord5<T1, T2, T3, T4, T5> on (Future<T1>, Future<T2>, Future<T3>, Future<T4>, Future<T5>) {
  Future<(T1, T2, T3, T4, T5)> get wait async {
    final w1 = _Waited<T1>(), w2 = _Waited<T2>(), w3 = _Waited<T3>(), w4 = _Waited<T4>(), w5 = _Waited<T5>();
    final ends = [w1.ended(this.$1), w2.ended(this.$2), w3.ended(this.$3), w4.ended(this.$4), w5.ended(this.$5)];
    for (final end in ends) await end;
    final failed = [w1.error, w2.error, w3.error, w4.error, w5.error].whereType<AsyncError>();
    if (failed.isEmpty) return (w1.value as T1, w2.value as T2, w3.value as T3, w4.value as T4, w5.value as T5);
    throw ParallelWaitError((w1.value, w2.value, w3.value, w4.value, w5.value), (w1.error, w2.error, w3.error, w4.error, w5.error), errorCount: failed.length, defaultError: failed.first);
  }
}

extension FutureRecord6<T1, T2, T3, T4, T5, T6> on (Future<T1>, Future<T2>, Future<T3>, Future<T4>, Future<T5>, Future<T6>) {
  Future<(T1, T2, T3, T4, T5, T6)> get wait async {
    final w1 = _Waited<T1>(), w2 = _Waited<T2>(), w3 = _Waited<T3>(), w4 = _Waited<T4>(), w5 = _Waited<T5>(), w6 = _Waited<T6>();
    final ends = [w1.ended(this.$1), w2.ended(this.$2), w3.ended(this.$3), w4.ended(this.$4), w5.ended(this.$5), w6.ended(this.$6)];
    for (final end in ends) await end;
    final failed = [w1.error, w2.error, w3.error, w4.error, w5.error, w6.error].whereType<AsyncError>();
    if (failed.isEmpty) return (w1.value as T1, w2.value as T2, w3.value as T3, w4.value as T4, w5.value as T5, w6.value as T6);
    throw ParallelWaitError((w1.value, w2.value, w3.value, w4.value, w5.value, w6.value), (w1.error, w2.error, w3.error, w4.error, w5.error, w6.error), errorCount: failed.length, defaultError: failed.first);
  }
}

extension FutureRecord7<T1, T2, T3, T4, T5, T6, T7> on (Future<T1>, Future<T2>, Future<T3>, Future<T4>, Future<T5>, Future<T6>, Future<T7>) {
  Future<(T1, T2, T3, T4, T5, T6, T7)> get wait async {
    final w1 = _Waited<T1>(), w2 = _Waited<T2>(), w3 = _Waited<T3>(), w4 = _Waited<T4>(), w5 = _Waited<T5>(), w6 = _Waited<T6>(), w7 = _Waited<T7>();
    final ends = [w1.ended(this.$1), w2.ended(this.$2), w3.ended(this.$3), w4.ended(this.$4), w5.ended(this.$5), w6.ended(this.$6), w7.ended(this.$7)];
    for (final end in ends) await end;
    final failed = [w1.error, w2.error, w3.error, w4.error, w5.error, w6.error, w7.error].whereType<AsyncError>();
    if (failed.isEmpty) return (w1.value as T1, w2.value as T2, w3.value as T3, w4.value as T4, w5.value as T5, w6.value as T6, w7.value as T7);
    throw ParallelWaitError((w1.value, w2.value, w3.value, w4.value, w5.value, w6.value, w7.value), (w1.error, w2.error, w3.error, w4.error, w5.error, w6.error, w7.error), errorCount: failed.length, defaultError: failed.first);
  }
}

extension FutureRecord8<T1, T2, T3, T4, T5, T6, T7, T8> on (Future<T1>, Future<T2>, Future<T3>, Future<T4>, Future<T5>, Future<T6>, Future<T7>, Future<T8>) {
  Future<(T1, T2, T3, T4, T5, T6, T7, T8)> get wait async {
    final w1 = _Waited<T1>(), w2 = _Waited<T2>(), w3 = _Waited<T3>(), w4 = _Waited<T4>(), w5 = _Waited<T5>(), w6 = _Waited<T6>(), w7 = _Waited<T7>(), w8 = _Waited<T8>();
    final ends = [w1.ended(this.$1), w2.ended(this.$2), w3.ended(this.$3), w4.ended(this.$4), w5.ended(this.$5), w6.ended(this.$6), w7.ended(this.$7), w8.ended(this.$8)];
    for (final end in ends) await end;
    final failed = [w1.error, w2.error, w3.error, w4.error, w5.error, w6.error, w7.error, w8.error].whereType<AsyncError>();
    if (failed.isEmpty) return (w1.value as T1, w2.value as T2, w3.value as T3, w4.value as T4, w5.value as T5, w6.value as T6, w7.value as T7, w8.value as T8);
    throw ParallelWaitError((w1.value, w2.value, w3.value, w4.value, w5.value, w6.value, w7.value, w8.value), (w1.error, w2.error, w3.error, w4.error, w5.error, w6.error, w7.error, w8.error), errorCount: failed.length, defaultError: failed.first);
  }
}

extension FutureRecord9<T1, T2, T3, T4, T5, T6, T7, T8, T9> on (Future<T1>, Future<T2>, Future<T3>, Future<T4>, Future<T5>, Future<T6>, Future<T7>, Future<T8>, Future<T9>) {
  Future<(T1, T2, T3, T4, T5, T6, T7, T8, T9)> get wait async {
    final w1 = _Waited<T1>(), w2 = _Waited<T2>(), w3 = _Waited<T3>(), w4 = _Waited<T4>(), w5 = _Waited<T5>(), w6 = _Waited<T6>(), w7 = _Waited<T7>(), w8 = _Waited<T8>(), w9 = _Waited<T9>();
    final ends = [w1.ended(this.$1), w2.ended(this.$2), w3.ended(this.$3), w4.ended(this.$4), w5.ended(this.$5), w6.ended(this.$6), w7.ended(this.$7), w8.ended(this.$8), w9.ended(this.$9)];
    for (final end in ends) await end;
    final failed = [w1.error, w2.error, w3.error, w4.error, w5.error, w6.error, w7.error, w8.error, w9.error].whereType<AsyncError>();
    if (failed.isEmpty) return (w1.value as T1, w2.value as T2, w3.value as T3, w4.value as T4, w5.value as T5, w6.value as T6, w7.value as T7, w8.value as T8, w9.value as T9);
    throw ParallelWaitError((w1.value, w2.value, w3.value, w4.value, w5.value, w6.value, w7.value, w8.value, w9.value), (w1.error, w2.error, w3.error, w4.error, w5.error, w6.error, w7.error, w8.error, w9.error), errorCount: failed.length, defaultError: failed.first);
  }
}
