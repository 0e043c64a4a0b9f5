part of 'async.dart';

// What the compiler calls: runs of asynchronous functions and generators. A body is called with the task for its start, and with what it waited
// for when it goes on.

typedef _Resume = Object? Function(Object? value, Object? error, Object? stack);

abstract class _Task {
  final _Resume _resume;
  final Zone _zone = Zone._current;
  _Task(this._resume);
  // Goes on, and gives the future that is complete then, if any, of which nobody has been told.
  _Future<dynamic>? _step(Object? value, Object? error, Object? stack);
  late final _Future<dynamic>? Function(Object?) _next = (value) => _step(value, null, null);
  late final _Future<dynamic>? Function(Object, StackTrace) _fail = (error, stack) => _step(null, error, stack);
}

void _asyncAwait(_Task task, Object? value) {
  if (value is _Future) {
    value._listenIn(task._zone, task._next, task._fail);
  } else if (value is Future) {
    value.then<void>((result) {
      task._next(result)?._propagate();
    }, onError: (Object error, StackTrace stack) {
      task._fail(error, stack)?._propagate();
    });
  } else {
    _schedule(task._zone, () {
      task._step(value, null, null)?._propagate();
    });
  }
}

final class _AsyncTask<T> extends _Task {
  final _Future<T> _future = _Future<T>();
  bool _isAsynchronous = false;
  _AsyncTask(super._resume);
  _Future<dynamic>? _step(Object? value, Object? error, Object? stack) {
    try {
      _resume(value, error, stack);
    } catch (e, s) {
      if (_isAsynchronous) return _future._setError(e, s);
      _future._completeErrorLater(e, s);
      return null;
    }
    _isAsynchronous = true;
    return _future._state == 2 ? _future : null;
  }
}

Future<T> _runAsync<T>(_Resume resume) {
  final task = _AsyncTask<T>(resume);
  task._step(task, null, null);
  return task._future;
}

// The last that a body calls.
void _asyncReturn(_Task task, Object? value) {
  final t = _unsafeCast<_AsyncTask<dynamic>>(task);
  if (t._isAsynchronous) {
    t._future._setValue(value);
  } else {
    t._future._state = 1;
    _schedule(t._future._zone, () => t._future._completeNow(value));
  }
}

final class _AsyncStarTask<T> extends _Task {
  late final _Controller<T> _controller = _Controller<T>(_onListen, null, _onResume, _onCancel, false);
  StreamSubscription<dynamic>? _inner;
  _Future<void>? _cancelled;
  bool _isWaiting = false;
  bool _isEnded = false;
  _AsyncStarTask(super._resume);

  _Future<dynamic>? _step(Object? value, Object? error, Object? stack) {
    try {
      _resume(value, error, stack);
    } catch (e, s) {
      _isEnded = true;
      final cancelled = _cancelled;
      if (cancelled != null) {
        cancelled._completeErrorNow(e, s);
      } else {
        _controller.addError(e, s);
        _controller.close();
      }
    }
    return null;
  }

  void _onListen() => _schedule(_zone, () => _step(this, null, null));

  void _onResume() {
    if (_isWaiting) _continue();
  }

  FutureOr<void> _onCancel() {
    if (_isEnded) return null;
    final cancelled = _cancelled = _Future<void>();
    if (_isWaiting) _continue();
    return cancelled;
  }

  // Goes on behind a yield: when somebody listens and has not paused, or to end where nobody listens any more.
  void _continue() {
    _isWaiting = false;
    if (_cancelled == null && _controller._isHeld) {
      _isWaiting = true;
      return;
    }
    _schedule(_zone, () {
      if (_cancelled == null && _controller._isHeld) {
        _isWaiting = true;
      } else {
        _step(_cancelled == null ? null : this, null, null);
      }
    });
  }
}

Stream<T> _runAsyncStar<T>(_Resume resume) => _AsyncStarTask<T>(resume)._controller.stream;

void _asyncStarYield(_Task task, Object? value) {
  final t = _unsafeCast<_AsyncStarTask<dynamic>>(task);
  if (t._cancelled == null) t._controller._addValue(value);
  t._continue();
}

void _asyncStarYieldEach(_Task task, Object? stream) {
  final t = _unsafeCast<_AsyncStarTask<dynamic>>(task);
  if (t._cancelled != null) {
    t._continue();
    return;
  }
  t._controller._addAll(stream as Stream<dynamic>, () => t._continue());
}

void _asyncStarReturn(_Task task) {
  final t = _unsafeCast<_AsyncStarTask<dynamic>>(task);
  t._isEnded = true;
  final cancelled = t._cancelled;
  if (cancelled != null) {
    cancelled._completeNow(null);
  } else {
    t._controller.close();
  }
}

final class _SyncStarIterable<T> extends Iterable<T> {
  final _Resume _body;
  _SyncStarIterable(this._body);
  // With an error instead of the first value, the body gives a copy of itself.
  Iterator<T> get iterator => _SyncStarIterator<T>(_unsafeCast<_Resume>(_body(null, true, null)));
}

final class _SyncStarIterator<T> implements Iterator<T> {
  _Resume? _body;
  Object? _value;
  _SyncStarIterator(this._body);
  T get current => _value as T;
  bool moveNext() {
    final body = _body;
    if (body == null) return false;
    bool goesOn = false;
    try {
      goesOn = body(this, null, null) != null;
    } finally {
      if (!goesOn) {
        _body = null;
        _value = null;
      }
    }
    return goesOn;
  }
}

Iterable<T> _runSyncStar<T>(_Resume resume) => _SyncStarIterable<T>(resume);

void _syncStarYield(_SyncStarIterator<dynamic> iterator, Object? value) {
  iterator._value = value;
}

// await for: a subscription that is paused where the loop's body waits for something else.

final class _LoopIterator {
  StreamSubscription<dynamic>? _subscription;
  _Future<bool>? _waiting = _Future<bool>();
  _Future<bool>? _first;
  Object? _value;
  bool _isPaused = false;
  bool _isDone = false;

  void _onValue(Object? value) {
    _value = value;
    _take()._completeNow(true);
    _pauseUnlessAwaited();
  }

  void _onError(Object error, StackTrace stack) {
    _take()._completeErrorNow(error, stack);
    _pauseUnlessAwaited();
  }

  void _onDone() {
    _end();
  }

  // There is nothing more, for who waits or comes to wait.
  void _end() {
    _isDone = true;
    _value = null;
    if (_waiting != null) _take()._completeNow(false);
  }

  void _pauseUnlessAwaited() {
    if (_waiting != null || _isDone) return;
    _isPaused = true;
    _subscription?.pause();
  }

  _Future<bool> _take() {
    final waiting = _waiting!;
    _waiting = null;
    return waiting;
  }
}

// The subscription begins with the first wait, so that somebody waits for each event.
_LoopIterator _listenInLoop(Stream<dynamic> stream) {
  final it = _LoopIterator();
  it._first = it._waiting;
  final subscription = it._subscription = stream.listen(it._onValue, onError: it._onError, onDone: it._onDone);
  if (it._isPaused) subscription.pause();
  return it;
}

Object _moveNextInLoop(_LoopIterator it) {
  final first = it._first;
  if (first != null) {
    it._first = null;
    return first;
  }
  if (it._isDone) return false;
  it._value = null;
  final future = it._waiting = _Future<bool>();
  if (it._isPaused) {
    it._isPaused = false;
    it._subscription!.resume();
  }
  return future;
}

Object? _currentInLoop(_LoopIterator it) => it._value;

// Ends the subscription of a loop that was left before its stream's end; null where there is nothing to wait for.
Object? _cancelLoop(_LoopIterator it) => it._isDone ? null : it._subscription!.cancel();

// Deferred libraries are there from the start, but may be used only by imports by which they were asked for.
final _loadedImports = <int>{};
Future<void> _loadLibrary(int import) => Future<void>.microtask(() {
  _loadedImports.add(import);
});
Future<void> Function() _loaderOf(int import) => () => _loadLibrary(import);
void _checkLoaded(int import) {
  if (!_loadedImports.contains(import)) throw DeferredLoadException('The library is not loaded.');
}
