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

// A function that waits for a future, in its zone. It may give a future that it has completed as the last thing that it does: whoever notified it tells those that wait for
// that, so that chains of any length need no stack.
final class _Listener {
  final Zone zone;
  final _Future<dynamic>? Function(Object? value) onValue;
  final _Future<dynamic>? Function(Object error, StackTrace stack) onError;
  _Listener? next;
  _Listener(this.zone, this.onValue, this.onError);
  _Future<dynamic>? notify(_Future<dynamic> future) {
    final saved = Zone._current;
    Zone._current = zone;
    _Future<dynamic>? completed;
    if (future._state == 2) {
      completed = onValue(future._result);
    } else if (identical(zone, future._zone) || zone.inSameErrorZone(future._zone)) {
      completed = onError(future._result!, future._stack!);
    } else {
      // Errors do not leave their error zone: who waits outside waits forever.
      future._zone.handleUncaughtError(future._result!, future._stack!);
    }
    Zone._current = saved;
    return completed;
  }
}

// Listeners of a future that are told when those of another have been, and what comes behind them.
final class _Waiting {
  final _Listener listener;
  final _Future<dynamic> future;
  final _Waiting? rest;
  _Waiting(this.listener, this.future, this.rest);
}

// Completions in the midst of what listeners do: so deep the next goes through the queue.
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

  void _listen(_Future<dynamic>? Function(Object?) onValue, _Future<dynamic>? Function(Object, StackTrace) onError) => _listenIn(Zone._current, onValue, onError);

  void _listenIn(Zone zone, _Future<dynamic>? Function(Object?) onValue, _Future<dynamic>? Function(Object, StackTrace) onError) {
    final listener = _Listener(zone, onValue, onError);
    _isHandled = true;
    if (_state >= 2) {
      _schedule(zone, () {
        listener.notify(this)?._propagate();
      });
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

  // Complete it without telling those that wait, which is left to whoever gets the future.
  _Future<T> _setValue(Object? value) {
    _result = value;
    _state = 2;
    return this;
  }

  _Future<T> _setError(Object error, StackTrace stack) {
    _result = error;
    _stack = stack;
    _state = 3;
    return this;
  }

  void _completeNow(Object? value) {
    _setValue(value)._propagate();
  }

  void _completeErrorNow(Object error, StackTrace stack) {
    _setError(error, stack)._propagate();
  }

  void _propagate() {
    final first = _takeListeners();
    if (first == null) return;
    if (_notifyDepth > 50) {
      _schedule(_zone, () => _notifyAll(first));
      return;
    }
    _notifyDepth++;
    _notifyAll(first);
    _notifyDepth--;
  }

  // Those that wait, who are told once. An error that nobody waits for is nobody's.
  _Listener? _takeListeners() {
    final first = _first;
    if (first == null && _state == 3 && !_isHandled) _zone.handleUncaughtError(_result!, _stack!);
    _first = _last = null;
    return first;
  }

  // Those that wait for what a listener has completed are told before the listeners behind it.
  void _notifyAll(_Listener first) {
    _Listener? listener = first;
    _Future<dynamic> future = this;
    _Waiting? waiting;
    while (listener != null) {
      final completed = listener.notify(future);
      final next = listener.next;
      listener = completed == null ? null : completed._takeListeners();
      if (listener != null) {
        if (next != null) waiting = _Waiting(next, future, waiting);
        future = completed!;
      } else if (next != null) {
        listener = next;
      } else if (waiting != null) {
        listener = waiting.listener;
        future = waiting.future;
        waiting = waiting.rest;
      }
    }
  }

  // What a callback gave: a value, or a future to wait for. Gives this future where it is complete now, and those that wait are still to be told.
  _Future<T>? _settle(Object? value) {
    if (value is Future<T>) return _follow(value);
    return _setValue(value);
  }

  void _resolve(Object? value) {
    _settle(value)?._propagate();
  }

  _Future<T>? _follow(Future<T> source) {
    _state = 1;
    if (source is _Future<T>) {
      if (identical(source, this)) {
        _completeErrorLater(UnsupportedError('Cannot complete a future with itself'), StackTrace.empty);
        return null;
      }
      if (source._state == 2) return _setValue(source._result);
      if (source._state == 3) {
        source._isHandled = true;
        return _setError(source._result!, source._stack!);
      }
      source._listenIn(_zone, _setValue, _setError);
    } else {
      source.then<void>((value) => _completeNow(value), onError: (Object e, StackTrace s) => _completeErrorNow(e, s));
    }
    return null;
  }

  void _completeLater(Object? value) {
    _state = 1;
    if (value is Future<T>) {
      if (value is _Future<T>) {
        value._listenIn(_zone, _setValue, _setError);
      } else {
        _schedule(_zone, () {
          _follow(value)?._propagate();
        });
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
        return result._setError(e, s);
      }
      return result._settle(next);
    }, (error, stack) {
      if (onError == null) return result._setError(error, stack);
      return result._recover(onError, error, stack);
    });
    return result;
  }

  _Future<T>? _recover(Function onError, Object error, StackTrace stack) {
    Object? next;
    try {
      next = _callErrorHandler(onError, error, stack) as FutureOr<T>;
    } catch (e, s) {
      return _setError(e, s);
    }
    return _settle(next);
  }

  Future<T> catchError(Function onError, {bool test(Object error)?}) {
    _checkErrorHandler(onError);
    final result = _Future<T>();
    _listen(result._setValue, (error, stack) {
      bool matches = true;
      if (test != null) {
        try {
          matches = test(error);
        } catch (e, s) {
          return result._setError(e, s);
        }
      }
      if (matches) return result._recover(onError, error, stack);
      return result._setError(error, stack);
    });
    return result;
  }

  Future<T> whenComplete(FutureOr<void> action()) {
    final result = _Future<T>();
    _Future<T>? finish(_Future<T> Function() complete) {
      Object? wait;
      try {
        wait = (action as Object? Function())();
      } catch (e, s) {
        return result._setError(e, s);
      }
      if (wait is Future) {
        wait.then<void>((_) => complete()._propagate(), onError: (Object e, StackTrace s) => result._completeErrorNow(e, s));
        return null;
      }
      return complete();
    }
    _listen((value) => finish(() => result._setValue(value)), (error, stack) => finish(() => result._setError(error, stack)));
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
      if (!timer.isActive) return null;
      timer.cancel();
      return result._setValue(value);
    }, (error, stack) {
      if (!timer.isActive) return null;
      timer.cancel();
      return result._setError(error, stack);
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
