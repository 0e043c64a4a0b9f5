part of 'async.dart';

abstract final class FutureOr<T> {}

Object? _callErrorHandler(Function handler, Object error, StackTrace stack) {
  if (handler is Object? Function(Object, StackTrace)) return handler(error, stack);
  return (handler as Object? Function(Object))(error);
}

void _checkErrorHandler(Function handler) {
  if (handler is! Object? Function(Object, StackTrace) && handler is! Object? Function(Object)) {
    throw ArgumentError.value(handler, 'onError', 'Error handler must accept one Object or one Object and a StackTrace as arguments, and return a value of the returned future\'s type');
  }
}

abstract interface class Future<T> {
  factory Future(FutureOr<T> computation()) {
    final future = _Future<T>();
    Timer.run(() => future._completeBy(computation));
    return future;
  }
  factory Future.microtask(FutureOr<T> computation()) {
    final future = _Future<T>();
    scheduleMicrotask(() => future._completeBy(computation));
    return future;
  }
  factory Future.sync(FutureOr<T> computation()) {
    final future = _Future<T>();
    try {
      final result = computation();
      if (result is Future<T>) return result;
      future._completeNow(result);
    } catch (e, s) {
      future._completeErrorLater(e, s);
    }
    return future;
  }
  factory Future.value([FutureOr<T>? value]) {
    final future = _Future<T>();
    future._completeLater(value ?? (value as T));
    return future;
  }
  factory Future.error(Object error, [StackTrace? stackTrace]) => _Future<T>().._completeErrorLater(error, stackTrace ?? AsyncError.defaultStackTrace(error));
  factory Future.delayed(Duration duration, [FutureOr<T> computation()?]) {
    if (computation == null && null is! T) throw ArgumentError.value(null, 'computation', 'The type parameter is not nullable');
    final future = _Future<T>();
    Timer(duration, () {
      if (computation == null) {
        future._completeNow(null);
      } else {
        future._completeBy(computation);
      }
    });
    return future;
  }

  static Future<List<T>> wait<T>(Iterable<Future<T>> futures, {bool eagerError = false, void cleanUp(T successValue)?}) {
    final result = _Future<List<T>>();
    // The values so far: null once there is an error.
    List<T?>? values = <T?>[];
    int remaining = 0;
    Object? error;
    StackTrace? stack;
    void clean(T value) {
      // An error of the callback is nobody's.
      if (cleanUp != null) Future<void>.sync(() => cleanUp(value));
    }
    void fail(Object e, StackTrace s) {
      final known = values;
      if (known == null) {
        if (remaining == 0 && !eagerError) result._completeErrorNow(error!, stack!);
        return;
      }
      values = null;
      error = e;
      stack = s;
      for (final value in known) {
        if (value != null) clean(value);
      }
      if (remaining == 0 || eagerError) result._completeErrorNow(e, s);
    }
    try {
      for (final future in futures) {
        final index = remaining;
        values!.add(null);
        future.then<void>((value) {
          remaining--;
          final known = values;
          if (known != null) {
            known[index] = value;
            if (remaining == 0) result._completeNow(<T>[for (final v in known) v as T]);
            return;
          }
          if (value != null) clean(value);
          if (remaining == 0 && !eagerError) result._completeErrorNow(error!, stack!);
        }, onError: (Object e, StackTrace s) {
          remaining--;
          fail(e, s);
        });
        remaining++;
      }
      if (remaining == 0) result._completeLater(<T>[]);
    } catch (e, s) {
      // The list of futures is at fault.
      if (remaining == 0 || eagerError) return Future<List<T>>.error(e, s);
      values = null;
      error = e;
      stack = s;
    }
    return result;
  }

  static Future<T> any<T>(Iterable<Future<T>> futures) {
    final result = _Future<T>();
    for (final future in futures) {
      future.then<void>((value) {
        if (result._state == 0) result._completeNow(value);
      }, onError: (Object e, StackTrace s) {
        if (result._state == 0) result._completeErrorNow(e, s);
      });
    }
    return result;
  }

  static Future<void> forEach<T>(Iterable<T> elements, FutureOr action(T element)) {
    final iterator = elements.iterator;
    FutureOr<bool> step() {
      if (!iterator.moveNext()) return false;
      final Object? result = action(iterator.current);
      if (result is Future<Object?>) return result.then<bool>((_) => true);
      return true;
    }
    return doWhile(step);
  }

  // Nothing waits between actions that give no future.
  static Future<void> doWhile(FutureOr<bool> action()) {
    final done = _Future<void>();
    void go(bool goesOn) {
      while (goesOn) {
        FutureOr<bool> result;
        try {
          result = action();
        } catch (e, s) {
          done._completeErrorLater(e, s);
          return;
        }
        if (result is Future<bool>) {
          result.then<void>(go, onError: (Object e, StackTrace s) => done._completeErrorNow(e, s));
          return;
        }
        goesOn = result as bool;
      }
      done._completeNow(null);
    }
    go(true);
    return done;
  }

  Future<R> then<R>(FutureOr<R> onValue(T value), {Function? onError});
  Future<T> catchError(Function onError, {bool test(Object error)?});
  Future<T> whenComplete(FutureOr<void> action());
  Stream<T> asStream();
  Future<T> timeout(Duration timeLimit, {FutureOr<T> onTimeout()?});
}

void unawaited(Future<void>? future) {}

extension FutureExtensions<T> on Future<T> {
  Future<T> onError<E extends Object>(FutureOr<T> handleError(E error, StackTrace stackTrace), {bool test(E error)?}) =>
      catchError((Object e, StackTrace s) => handleError(e as E, s), test: (e) => e is E && (test == null || test(e)));
  void ignore() {
    then<void>((_) {}, onError: (Object _) {});
  }
}

// A function that waits for a future, in its zone.
final class _Listener {
  final Zone zone;
  final void Function(Object? value) onValue;
  final void Function(Object error, StackTrace stack) onError;
  _Listener? next;
  _Listener(this.zone, this.onValue, this.onError);
  void notify(_Future<dynamic> future) {
    final saved = Zone._current;
    Zone._current = zone;
    if (future._state == 2) {
      onValue(future._result);
    } else if (identical(zone, future._zone) || zone.inSameErrorZone(future._zone)) {
      onError(future._result!, future._stack!);
    } else {
      // Errors do not leave their error zone: who waits outside waits forever.
      future._zone.handleUncaughtError(future._result!, future._stack!);
    }
    Zone._current = saved;
  }
}

// Listeners that were notified from listeners: so deep the next completion goes through the queue.
int _notifyDepth = 0;

final class _Future<T> implements Future<T> {
  // 0: nothing; 1: will be completed; 2: a value; 3: an error.
  int _state = 0;
  Object? _result;
  StackTrace? _stack;
  bool _isHandled = false;
  _Listener? _first;
  _Listener? _last;
  final Zone _zone = Zone._current;

  void _listen(void Function(Object?) onValue, void Function(Object, StackTrace) onError) => _listenIn(Zone._current, onValue, onError);

  void _listenIn(Zone zone, void Function(Object?) onValue, void Function(Object, StackTrace) onError) {
    final listener = _Listener(zone, onValue, onError);
    _isHandled = true;
    if (_state >= 2) {
      _schedule(zone, () => listener.notify(this));
      return;
    }
    final last = _last;
    if (last == null) {
      _first = listener;
    } else {
      last.next = listener;
    }
    _last = listener;
  }

  void _completeNow(Object? value) {
    _result = value;
    _state = 2;
    _propagate();
  }

  void _completeErrorNow(Object error, StackTrace stack) {
    _result = error;
    _stack = stack;
    _state = 3;
    _propagate();
  }

  void _propagate() {
    var listener = _first;
    if (listener == null) {
      if (_state == 3 && !_isHandled) _zone.handleUncaughtError(_result!, _stack!);
      return;
    }
    _first = _last = null;
    if (_notifyDepth > 50) {
      _schedule(_zone, () => _notifyAll(listener!));
      return;
    }
    _notifyDepth++;
    _notifyAll(listener);
    _notifyDepth--;
  }

  void _notifyAll(_Listener? listener) {
    while (listener != null) {
      listener.notify(this);
      listener = listener.next;
    }
  }

  // What a callback gave: a value, or a future to wait for.
  void _resolve(Object? value) {
    if (value is Future<T>) {
      _follow(value);
    } else {
      _completeNow(value);
    }
  }

  void _follow(Future<T> source) {
    _state = 1;
    if (source is _Future<T>) {
      if (identical(source, this)) {
        _completeErrorLater(UnsupportedError('Cannot complete a future with itself'), StackTrace.empty);
        return;
      }
      if (source._state == 2) {
        _completeNow(source._result);
      } else if (source._state == 3) {
        source._isHandled = true;
        _completeErrorNow(source._result!, source._stack!);
      } else {
        source._listenIn(_zone, _completeNow, _completeErrorNow);
      }
    } else {
      source.then<void>((value) => _completeNow(value), onError: (Object e, StackTrace s) => _completeErrorNow(e, s));
    }
  }

  void _completeLater(Object? value) {
    _state = 1;
    if (value is Future<T>) {
      if (value is _Future<T>) {
        value._listenIn(_zone, _completeNow, _completeErrorNow);
      } else {
        _schedule(_zone, () => _follow(value));
      }
    } else {
      _schedule(_zone, () => _completeNow(value));
    }
  }

  void _completeErrorLater(Object error, StackTrace stack) {
    _state = 1;
    _schedule(_zone, () => _completeErrorNow(error, stack));
  }

  void _completeBy(FutureOr<T> Function() computation) {
    FutureOr<T> result;
    try {
      result = computation();
    } catch (e, s) {
      _completeErrorNow(e, s);
      return;
    }
    _resolve(result);
  }

  Future<R> then<R>(FutureOr<R> onValue(T value), {Function? onError}) {
    if (onError != null) _checkErrorHandler(onError);
    final result = _Future<R>();
    _listen((value) {
      Object? next;
      try {
        next = onValue(_unsafeCast<T>(value));
      } catch (e, s) {
        result._completeErrorNow(e, s);
        return;
      }
      result._resolve(next);
    }, (error, stack) {
      if (onError == null) {
        result._completeErrorNow(error, stack);
      } else {
        result._recover(onError, error, stack);
      }
    });
    return result;
  }

  void _recover(Function onError, Object error, StackTrace stack) {
    Object? next;
    try {
      next = _callErrorHandler(onError, error, stack) as FutureOr<T>;
    } catch (e, s) {
      _completeErrorNow(e, s);
      return;
    }
    _resolve(next);
  }

  Future<T> catchError(Function onError, {bool test(Object error)?}) {
    _checkErrorHandler(onError);
    final result = _Future<T>();
    _listen(result._completeNow, (error, stack) {
      bool matches = true;
      if (test != null) {
        try {
          matches = test(error);
        } catch (e, s) {
          result._completeErrorNow(e, s);
          return;
        }
      }
      if (matches) {
        result._recover(onError, error, stack);
      } else {
        result._completeErrorNow(error, stack);
      }
    });
    return result;
  }

  Future<T> whenComplete(FutureOr<void> action()) {
    final result = _Future<T>();
    void finish(void Function() complete) {
      Object? wait;
      try {
        wait = (action as Object? Function())();
      } catch (e, s) {
        result._completeErrorNow(e, s);
        return;
      }
      if (wait is Future) {
        wait.then<void>((_) => complete(), onError: (Object e, StackTrace s) => result._completeErrorNow(e, s));
      } else {
        complete();
      }
    }
    _listen((value) => finish(() => result._completeNow(value)), (error, stack) => finish(() => result._completeErrorNow(error, stack)));
    return result;
  }

  Stream<T> asStream() => Stream<T>.fromFuture(this);

  Future<T> timeout(Duration timeLimit, {FutureOr<T> onTimeout()?}) {
    final result = _Future<T>();
    final timer = Timer(timeLimit, () {
      if (result._state != 0) return;
      if (onTimeout != null) {
        result._completeBy(onTimeout);
      } else {
        result._completeErrorNow(TimeoutException('Future not completed', timeLimit), StackTrace.empty);
      }
    });
    _listen((value) {
      if (!timer.isActive) return;
      timer.cancel();
      result._completeNow(value);
    }, (error, stack) {
      if (!timer.isActive) return;
      timer.cancel();
      result._completeErrorNow(error, stack);
    });
    return result;
  }
}

abstract interface class Completer<T> {
  factory Completer() => _Completer<T>(false);
  factory Completer.sync() => _Completer<T>(true);
  Future<T> get future;
  void complete([FutureOr<T>? value]);
  void completeError(Object error, [StackTrace? stackTrace]);
  bool get isCompleted;
}

final class _Completer<T> implements Completer<T> {
  final _Future<T> _future = _Future<T>();
  final bool _isSync;
  _Completer(this._isSync);
  Future<T> get future => _future;
  bool get isCompleted => _future._state != 0;
  void complete([FutureOr<T>? value]) {
    if (isCompleted) throw StateError('Future already completed');
    final result = value is Future<T> ? value : value as FutureOr<T>;
    if (_isSync) {
      _future._resolve(result);
    } else {
      _future._completeLater(result);
    }
  }
  void completeError(Object error, [StackTrace? stackTrace]) {
    if (isCompleted) throw StateError('Future already completed');
    final stack = stackTrace ?? AsyncError.defaultStackTrace(error);
    if (_isSync) {
      _future._completeErrorNow(error, stack);
    } else {
      _future._completeErrorLater(error, stack);
    }
  }
}
