part of 'async.dart';

// Controllers of streams and their subscriptions.

final class _Event {
  // 0: a value; 1: an error; 2: the end.
  final int kind;
  final Object? value;
  final StackTrace? stack;
  _Event? next;
  _Event(this.kind, this.value, this.stack);
}

final class _Subscription<T> implements StreamSubscription<T> {
  void Function(T)? _onData;
  Function? _onError;
  void Function()? _onDone;
  final bool _cancelsOnError;
  final _BaseController<T> _controller;
  final Zone _zone = Zone._current;
  _Event? _first;
  _Event? _last;
  int _pauses = 0;
  // Whether the controller should hold its events: from the first pause until nothing is kept any more; and what it was told last.
  bool _isInputPaused = false;
  bool _isToldPaused = false;
  bool _isScheduled = false;
  bool _isEnded = false;
  bool _isFiring = false;
  Future<void>? _cancelled;
  _Subscription(this._controller, this._onData, this._onError, this._onDone, this._cancelsOnError);

  void _add(int kind, Object? value, StackTrace? stack, bool isSync) {
    if (_isEnded) return;
    if (isSync && _pauses == 0 && _first == null && !_isFiring && !_isScheduled) {
      _fire(kind, value, stack);
      return;
    }
    final event = _Event(kind, value, stack);
    final last = _last;
    if (last == null) {
      _first = event;
    } else {
      last.next = event;
    }
    _last = event;
    _schedulePending();
  }

  void _schedulePending() {
    if (_isScheduled || _first == null || _pauses > 0 || _isEnded) return;
    _isScheduled = true;
    _schedule(Zone.root, _deliver);
  }

  void _deliver() {
    _isScheduled = false;
    final event = _first;
    if (_isEnded || _pauses > 0 || event == null) return;
    _first = event.next;
    if (_first == null) _last = null;
    _fire(event.kind, event.value, event.stack);
    _schedulePending();
  }

  void _fire(int kind, Object? value, StackTrace? stack) {
    final saved = Zone._current;
    Zone._current = _zone;
    _isFiring = true;
    try {
      if (kind == 0) {
        _onData?.call(_unsafeCast<T>(value));
      } else if (kind == 1) {
        final handler = _onError;
        if (_cancelsOnError) cancel();
        if (handler == null) {
          _zone.handleUncaughtError(value!, stack!);
        } else {
          _callErrorHandler(handler, value!, stack!);
        }
      } else {
        _isEnded = true;
        final wait = _controller._end(this);
        if (wait is Future<void> && !identical(wait, _nothing)) {
          wait.whenComplete(() => _onDone?.call());
        } else {
          _onDone?.call();
        }
      }
    } catch (e, s) {
      _zone.handleUncaughtError(e, s);
    }
    _isFiring = false;
    Zone._current = saved;
    _tellInput();
  }

  // Tells the controller, not within a callback of the listener, whether it should hold its events.
  void _tellInput() {
    if (_isFiring) return;
    if (_isInputPaused && _pauses == 0 && _first == null) _isInputPaused = false;
    while (!_isEnded && _isToldPaused != _isInputPaused) {
      _isToldPaused = _isInputPaused;
      _isFiring = true;
      try {
        if (_isToldPaused) {
          _controller._paused(this);
        } else {
          _controller._resumed(this);
        }
      } catch (e, s) {
        _zone.handleUncaughtError(e, s);
      }
      _isFiring = false;
    }
    if (!_isEnded) _schedulePending();
  }

  bool get isPaused => _pauses > 0;

  void pause([Future<void>? resumeSignal]) {
    if (_isEnded) return;
    _pauses++;
    _isInputPaused = true;
    resumeSignal?.whenComplete(resume);
    _tellInput();
  }

  void resume() {
    if (_isEnded || _pauses == 0) return;
    if (--_pauses > 0) return;
    if (_first == null) _isInputPaused = false;
    _schedulePending();
    _tellInput();
  }

  Future<void> cancel() {
    final known = _cancelled;
    if (known != null) return known;
    if (_isEnded) return _cancelled = _nothing;
    _isEnded = true;
    _first = _last = null;
    final wait = _controller._end(this);
    return _cancelled = wait is Future<void> ? wait : _nothing;
  }

  void onData(void handleData(T data)?) {
    _onData = handleData;
  }
  void onError(Function? handleError) {
    if (handleError != null) _checkErrorHandler(handleError);
    _onError = handleError;
  }
  void onDone(void handleDone()?) {
    _onDone = handleDone;
  }

  Future<E> asFuture<E>([E? futureValue]) {
    final result = _Future<E>();
    _onDone = () => result._completeNow(futureValue);
    _onError = (Object error, StackTrace stack) {
      cancel().whenComplete(() => result._completeErrorNow(error, stack));
    };
    return result;
  }
}

final Future<void> _nothing = Future<void>.value();

abstract class _BaseController<T> implements StreamController<T>, SynchronousStreamController<T>, MultiStreamController<T> {
  void Function()? onListen;
  void Function()? onPause;
  void Function()? onResume;
  FutureOr<void> Function()? onCancel;
  final bool _isSync;
  bool _isClosed = false;
  StreamSubscription<T>? _source;
  void Function()? _sourceEnded;
  final _Future<dynamic> _done = _Future<dynamic>();
  late final Stream<T> _stream = _ControllerStream<T>(this);
  late final StreamSink<T> _sink = _ControllerSink<T>(this);
  _BaseController(this.onListen, this.onPause, this.onResume, this.onCancel, this._isSync);

  Stream<T> get stream => _stream;
  StreamSink<T> get sink => _sink;
  bool get isClosed => _isClosed;
  Future get done => _done;

  bool get _isBroadcast;
  // Whether whoever fills the controller was asked to wait.
  bool get _isHeld;
  StreamSubscription<T> _listen(void onData(T event)?, Function? onError, void onDone()?, bool cancelOnError);
  void _send(int kind, Object? value, StackTrace? stack, bool isSync);
  void _paused(_Subscription<T> subscription);
  void _resumed(_Subscription<T> subscription);
  FutureOr<void> _end(_Subscription<T> subscription);

  void _check() {
    if (_isClosed) throw StateError('Cannot add event after closing');
    if (_source != null) throw StateError('Cannot add event while adding a stream');
    _checkIdle();
  }

  // One event of a synchronous controller with several listeners is over before the next begins.
  void _checkIdle() {}

  void add(T event) {
    _check();
    _send(0, event, null, _isSync);
  }

  void _addValue(Object? event) {
    if (!_isClosed) _send(0, event, null, _isSync);
  }

  void addError(Object error, [StackTrace? stackTrace]) {
    _check();
    _send(1, error, stackTrace ?? AsyncError.defaultStackTrace(error), _isSync);
  }

  void _addFailure(Object error, StackTrace stack) {
    if (!_isClosed) _send(1, error, stack, _isSync);
  }

  void addSync(T value) {
    _check();
    _send(0, value, null, true);
  }
  void addErrorSync(Object error, [StackTrace? stackTrace]) {
    _check();
    _send(1, error, stackTrace ?? AsyncError.defaultStackTrace(error), true);
  }
  void closeSync() {
    if (_isClosed) return;
    if (_source != null) throw StateError('Cannot close while adding a stream');
    _isClosed = true;
    _send(2, null, null, true);
  }

  Future close() {
    if (_isClosed) return _done;
    if (_source != null) throw StateError('Cannot close while adding a stream');
    _checkIdle();
    _isClosed = true;
    _send(2, null, null, _isSync);
    return _done;
  }

  // Sends a stream's events, and calls a function at its end.
  void _addAll(Stream<dynamic> source, void Function() ended) {
    _sourceEnded = ended;
    final subscription = source.listen((value) => _send(0, value, null, true), onError: (Object e, StackTrace s) => _send(1, e, s, true), onDone: () => _endSource());
    _source = _unsafeCast<StreamSubscription<T>>(subscription);
    if (_isHeld) subscription.pause();
  }

  void _endSource() {
    final ended = _sourceEnded;
    _source = null;
    _sourceEnded = null;
    ended?.call();
  }

  Future addStream(Stream<T> source, {bool? cancelOnError}) {
    _check();
    final result = _Future<dynamic>();
    _addAll(source, () => result._completeNow(null));
    if (cancelOnError ?? false) {
      _source?.onError((Object e, StackTrace s) {
        _source?.cancel();
        _send(1, e, s, true);
        _endSource();
      });
    }
    return result;
  }

  void _finish() {
    if (_done._state == 0) _done._completeLater(null);
  }
}

final class _Controller<T> extends _BaseController<T> {
  _Subscription<T>? _subscription;
  bool _wasListened = false;
  _Event? _first;
  _Event? _last;
  _Controller(super.onListen, super.onPause, super.onResume, super.onCancel, super._isSync);

  bool get _isBroadcast => false;
  bool get hasListener => _subscription != null;
  bool get isPaused {
    final subscription = _subscription;
    return subscription == null ? !_wasListened : subscription._isInputPaused;
  }

  bool get _isHeld {
    final subscription = _subscription;
    return subscription == null ? !_wasListened : subscription._isToldPaused;
  }

  StreamSubscription<T> _listen(void onData(T event)?, Function? onError, void onDone()?, bool cancelOnError) {
    if (_wasListened) throw StateError('Stream has already been listened to.');
    _wasListened = true;
    final subscription = _subscription = _Subscription<T>(this, onData, onError, onDone, cancelOnError);
    for (var event = _first; event != null; event = event.next) subscription._add(event.kind, event.value, event.stack, false);
    _first = _last = null;
    subscription._isFiring = true;
    try {
      onListen?.call();
    } catch (e, s) {
      Zone._current.handleUncaughtError(e, s);
    }
    subscription._isFiring = false;
    _source?.resume();
    subscription._tellInput();
    return subscription;
  }

  void _send(int kind, Object? value, StackTrace? stack, bool isSync) {
    final subscription = _subscription;
    if (subscription != null) {
      subscription._add(kind, value, stack, isSync);
    } else if (!_wasListened) {
      final event = _Event(kind, value, stack);
      final last = _last;
      if (last == null) {
        _first = event;
      } else {
        last.next = event;
      }
      _last = event;
    }
  }

  void _paused(_Subscription<T> subscription) {
    _source?.pause();
    onPause?.call();
  }

  void _resumed(_Subscription<T> subscription) {
    _source?.resume();
    onResume?.call();
  }

  FutureOr<void> _end(_Subscription<T> subscription) {
    _subscription = null;
    final source = _source;
    Object? result;
    if (source != null) {
      _source = null;
      result = source.cancel();
      final ended = _sourceEnded;
      _sourceEnded = null;
      if (ended != null) ended();
    }
    final action = onCancel as Object? Function()?;
    if (action != null) {
      try {
        result = action();
      } catch (e, s) {
        final failed = _Future<void>();
        failed._completeErrorLater(e, s);
        result = failed;
      }
    }
    if (result is Future) {
      final wait = result.then<void>((_) {});
      wait.whenComplete(_finish).ignore();
      return wait;
    }
    _finish();
    return null;
  }
}

/// What a stream gives a new listener to fill.
final class _MultiController<T> extends _Controller<T> {
  _MultiController() : super(null, null, null, null, false);
  Stream<T> get stream => throw UnsupportedError('Not available');
}

final class _BroadcastController<T> extends _BaseController<T> {
  List<_Subscription<T>> _subscriptions = <_Subscription<T>>[];
  bool _isFiring = false;
  _BroadcastController(void onListen()?, FutureOr<void> onCancel()?, bool sync) : super(onListen, null, null, onCancel, sync);

  bool get _isBroadcast => true;
  bool get hasListener => _subscriptions.isNotEmpty;
  bool get isPaused => false;
  bool get _isHeld => false;

  StreamSubscription<T> _listen(void onData(T event)?, Function? onError, void onDone()?, bool cancelOnError) {
    final subscription = _Subscription<T>(this, onData, onError, onDone, cancelOnError);
    if (_isClosed) {
      subscription._add(2, null, null, false);
      return subscription;
    }
    _subscriptions = [..._subscriptions, subscription];
    if (_subscriptions.length == 1) onListen?.call();
    return subscription;
  }

  void _checkIdle() {
    if (_isFiring) throw StateError('Cannot fire new event. Controller is already firing an event');
  }

  void _send(int kind, Object? value, StackTrace? stack, bool isSync) {
    final all = _subscriptions;
    if (kind == 2 && all.isEmpty) _finish();
    if (!isSync || _isFiring) {
      for (final subscription in all) subscription._add(kind, value, stack, isSync);
      return;
    }
    _isFiring = true;
    for (final subscription in all) subscription._add(kind, value, stack, true);
    _isFiring = false;
    // Who left meanwhile was among those who were told to the end.
    if (all.isNotEmpty && _subscriptions.isEmpty) _left();
  }

  void _paused(_Subscription<T> subscription) {}
  void _resumed(_Subscription<T> subscription) {}

  FutureOr<void> _end(_Subscription<T> subscription) {
    if (!_subscriptions.contains(subscription)) return null;
    _subscriptions = [for (final s in _subscriptions) if (!identical(s, subscription)) s];
    return _subscriptions.isNotEmpty || _isFiring ? null : _left();
  }

  // Nobody listens any more.
  FutureOr<void> _left() {
    if (_isClosed) _finish();
    final action = onCancel as Object? Function()?;
    Object? result;
    try {
      result = action?.call();
    } catch (e, s) {
      Zone._current.handleUncaughtError(e, s);
    }
    return result is Future ? result.then<void>((_) {}) : null;
  }
}

final class _ControllerStream<T> extends Stream<T> {
  final _BaseController<T> _controller;
  _ControllerStream(this._controller);
  bool get isBroadcast => _controller._isBroadcast;
  StreamSubscription<T> listen(void onData(T event)?, {Function? onError, void onDone()?, bool? cancelOnError}) {
    if (onError != null) _checkErrorHandler(onError);
    return _controller._listen(onData, onError, onDone, cancelOnError ?? false);
  }
  bool operator ==(Object other) => other is _ControllerStream && identical(_controller, other._controller);
  int get hashCode => _controller.hashCode;
}

final class _ControllerSink<T> implements StreamSink<T> {
  final _BaseController<T> _controller;
  _ControllerSink(this._controller);
  void add(T event) => _controller.add(event);
  void addError(Object error, [StackTrace? stackTrace]) => _controller.addError(error, stackTrace);
  Future close() => _controller.close();
  Future addStream(Stream<T> source) => _controller.addStream(source);
  Future get done => _controller.done;
}
