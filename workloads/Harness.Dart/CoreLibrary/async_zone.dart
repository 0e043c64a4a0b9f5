part of 'async.dart';

// The queue, timers and zones.

final class _QueuedTask {
  final Zone zone;
  final void Function() callback;
  _QueuedTask? next;
  _QueuedTask(this.zone, this.callback);
}

_QueuedTask? _firstTask;
_QueuedTask? _lastTask;

void _schedule(Zone zone, void Function() callback) {
  final task = _QueuedTask(zone, callback);
  final last = _lastTask;
  if (last == null) {
    _firstTask = task;
  } else {
    last.next = task;
  }
  _lastTask = task;
}

// The last of the tasks that the running one put before all others.
_QueuedTask? _lastUrgent;

void _scheduleFirst(Zone zone, void Function() callback) {
  final task = _QueuedTask(zone, callback);
  final before = _lastUrgent;
  if (before == null) {
    task.next = _firstTask;
    _firstTask = task;
  } else {
    task.next = before.next;
    before.next = task;
  }
  if (task.next == null) _lastTask = task;
  _lastUrgent = task;
}

void scheduleMicrotask(void Function() callback) {
  final zone = Zone._current;
  zone._scheduleIn(zone, callback);
}

// What main does at its end: all tasks, then the next timer, until there is none.
void _runMicrotasks() {
  while (true) {
    while (true) {
      final task = _firstTask;
      if (task == null) break;
      _firstTask = task.next;
      if (_firstTask == null) _lastTask = null;
      _lastUrgent = null;
      task.zone.runGuarded(task.callback);
    }
    if (_timers == null || _timers!.isEmpty) return;
    _removeFirstTimer()._fire();
  }
}

// Timers by due time, in a heap.
List<_Timer>? _timers;
int _timerCount = 0;

void _addTimer(_Timer timer) {
  final timers = _timers ??= <_Timer>[];
  timer._order = _timerCount++;
  int i = timers.length;
  timers.add(timer);
  while (i > 0) {
    final parent = (i - 1) ~/ 2;
    if (!timer._isBefore(timers[parent])) break;
    timers[i] = timers[parent];
    i = parent;
  }
  timers[i] = timer;
}

_Timer _removeFirstTimer() {
  final timers = _timers!;
  final first = timers[0];
  final moved = timers.removeLast();
  final n = timers.length;
  if (n > 0) {
    int i = 0;
    while (true) {
      int child = 2 * i + 1;
      if (child >= n) break;
      if (child + 1 < n && timers[child + 1]._isBefore(timers[child])) child++;
      if (!timers[child]._isBefore(moved)) break;
      timers[i] = timers[child];
      i = child;
    }
    timers[i] = moved;
  }
  return first;
}

abstract interface class Timer {
  factory Timer(Duration duration, void Function() callback) => Zone._current.createTimer(duration, callback);
  factory Timer.periodic(Duration duration, void callback(Timer timer)) => Zone._current.createPeriodicTimer(duration, callback);
  static void run(void Function() callback) {
    Timer(Duration.zero, callback);
  }
  void cancel();
  int get tick;
  bool get isActive;
}

final class _Timer implements Timer {
  final Zone _zone;
  final double _period;
  final void Function()? _callback;
  final void Function(Timer)? _periodic;
  double _due;
  int _order = 0;
  int _tick = 0;
  bool _isActive = true;
  _Timer(this._zone, Duration duration, this._callback, this._periodic)
      : _period = duration.isNegative ? 0.0 : duration.inMicroseconds.toDouble(), _due = 0.0 {
    _due = _hostClock() + _period;
    _addTimer(this);
  }
  bool _isBefore(_Timer other) => _due < other._due || _due == other._due && _order < other._order;
  int get tick => _tick;
  bool get isActive => _isActive;
  void cancel() {
    _isActive = false;
  }
  void _fire() {
    if (!_isActive) return;
    while (true) {
      final wait = _due - _hostClock();
      if (wait <= 0) break;
      _hostSleep(wait < 1000 ? 1.0 : wait / 1000);
    }
    _tick++;
    final periodic = _periodic;
    if (periodic == null) {
      _isActive = false;
      _zone.runGuarded(_callback!);
      return;
    }
    _due += _period;
    _addTimer(this);
    _zone.runUnaryGuarded<Timer>(periodic, this);
  }
}

void _printLine(String line) => print(line);

typedef ZoneCallback<R> = R Function();
typedef ZoneUnaryCallback<R, T> = R Function(T argument);
typedef ZoneBinaryCallback<R, T1, T2> = R Function(T1 argument1, T2 argument2);
typedef HandleUncaughtErrorHandler = void Function(Zone self, ZoneDelegate parent, Zone zone, Object error, StackTrace stackTrace);
typedef RunHandler = R Function<R>(Zone self, ZoneDelegate parent, Zone zone, R Function() f);
typedef RunUnaryHandler = R Function<R, T>(Zone self, ZoneDelegate parent, Zone zone, R Function(T argument) f, T argument);
typedef RunBinaryHandler = R Function<R, T1, T2>(Zone self, ZoneDelegate parent, Zone zone, R Function(T1 argument1, T2 argument2) f, T1 argument1, T2 argument2);
typedef RegisterCallbackHandler = ZoneCallback<R> Function<R>(Zone self, ZoneDelegate parent, Zone zone, R Function() f);
typedef RegisterUnaryCallbackHandler = ZoneUnaryCallback<R, T> Function<R, T>(Zone self, ZoneDelegate parent, Zone zone, R Function(T argument) f);
typedef RegisterBinaryCallbackHandler = ZoneBinaryCallback<R, T1, T2> Function<R, T1, T2>(Zone self, ZoneDelegate parent, Zone zone, R Function(T1 argument1, T2 argument2) f);
typedef ErrorCallbackHandler = AsyncError? Function(Zone self, ZoneDelegate parent, Zone zone, Object error, StackTrace? stackTrace);
typedef ScheduleMicrotaskHandler = void Function(Zone self, ZoneDelegate parent, Zone zone, void Function() f);
typedef CreateTimerHandler = Timer Function(Zone self, ZoneDelegate parent, Zone zone, Duration duration, void Function() f);
typedef CreatePeriodicTimerHandler = Timer Function(Zone self, ZoneDelegate parent, Zone zone, Duration period, void Function(Timer timer) f);
typedef PrintHandler = void Function(Zone self, ZoneDelegate parent, Zone zone, String line);
typedef ForkHandler = Zone Function(Zone self, ZoneDelegate parent, Zone zone, ZoneSpecification? specification, Map<Object?, Object?>? zoneValues);

/// What a zone does otherwise than its parent.
class ZoneSpecification {
  final HandleUncaughtErrorHandler? handleUncaughtError;
  final RunHandler? run;
  final RunUnaryHandler? runUnary;
  final RunBinaryHandler? runBinary;
  final RegisterCallbackHandler? registerCallback;
  final RegisterUnaryCallbackHandler? registerUnaryCallback;
  final RegisterBinaryCallbackHandler? registerBinaryCallback;
  final ErrorCallbackHandler? errorCallback;
  final ScheduleMicrotaskHandler? scheduleMicrotask;
  final CreateTimerHandler? createTimer;
  final CreatePeriodicTimerHandler? createPeriodicTimer;
  final PrintHandler? print;
  final ForkHandler? fork;
  const ZoneSpecification({this.handleUncaughtError, this.run, this.runUnary, this.runBinary, this.registerCallback, this.registerUnaryCallback, this.registerBinaryCallback,
      this.errorCallback, this.scheduleMicrotask, this.createTimer, this.createPeriodicTimer, this.print, this.fork});
  factory ZoneSpecification.from(ZoneSpecification other, {HandleUncaughtErrorHandler? handleUncaughtError, RunHandler? run, RunUnaryHandler? runUnary, RunBinaryHandler? runBinary,
          RegisterCallbackHandler? registerCallback, RegisterUnaryCallbackHandler? registerUnaryCallback, RegisterBinaryCallbackHandler? registerBinaryCallback, ErrorCallbackHandler? errorCallback,
          ScheduleMicrotaskHandler? scheduleMicrotask, CreateTimerHandler? createTimer, CreatePeriodicTimerHandler? createPeriodicTimer, PrintHandler? print, ForkHandler? fork}) =>
      ZoneSpecification(
          handleUncaughtError: handleUncaughtError ?? other.handleUncaughtError, run: run ?? other.run, runUnary: runUnary ?? other.runUnary, runBinary: runBinary ?? other.runBinary,
          registerCallback: registerCallback ?? other.registerCallback, registerUnaryCallback: registerUnaryCallback ?? other.registerUnaryCallback,
          registerBinaryCallback: registerBinaryCallback ?? other.registerBinaryCallback, errorCallback: errorCallback ?? other.errorCallback,
          scheduleMicrotask: scheduleMicrotask ?? other.scheduleMicrotask, createTimer: createTimer ?? other.createTimer, createPeriodicTimer: createPeriodicTimer ?? other.createPeriodicTimer,
          print: print ?? other.print, fork: fork ?? other.fork);
}

/// What a zone's parent does for another zone.
class ZoneDelegate {
  final Zone _zone;
  ZoneDelegate._(this._zone);
  void handleUncaughtError(Zone zone, Object error, StackTrace stackTrace) => _zone._handle(zone, error, stackTrace);
  R run<R>(Zone zone, R Function() f) => _zone._run<R>(zone, f);
  R runUnary<R, T>(Zone zone, R Function(T argument) f, T argument) => _zone._runUnary<R, T>(zone, f, argument);
  R runBinary<R, T1, T2>(Zone zone, R Function(T1 a, T2 b) f, T1 argument1, T2 argument2) => _zone._runBinary<R, T1, T2>(zone, f, argument1, argument2);
  R Function() registerCallback<R>(Zone zone, R Function() f) => _zone._register<R>(zone, f);
  R Function(T) registerUnaryCallback<R, T>(Zone zone, R Function(T argument) f) => _zone._registerUnary<R, T>(zone, f);
  R Function(T1, T2) registerBinaryCallback<R, T1, T2>(Zone zone, R Function(T1 a, T2 b) f) => _zone._registerBinary<R, T1, T2>(zone, f);
  AsyncError? errorCallback(Zone zone, Object error, StackTrace? stackTrace) => _zone._error(zone, error, stackTrace);
  void scheduleMicrotask(Zone zone, void Function() f) => _zone._scheduleIn(zone, f);
  Timer createTimer(Zone zone, Duration duration, void Function() f) => _zone._timer(zone, duration, f);
  Timer createPeriodicTimer(Zone zone, Duration period, void f(Timer timer)) => _zone._periodicTimer(zone, period, f);
  void print(Zone zone, String line) => _zone._print(zone, line);
  Zone fork(Zone zone, ZoneSpecification? specification, Map<Object?, Object?>? zoneValues) => _zone._fork(zone, specification, zoneValues);
}

final class Zone {
  static final Zone root = Zone._(null, null, null);
  static Zone _current = root;
  static Zone get current => _current;
  final Zone? parent;
  final ZoneSpecification? _specification;
  final Map<Object?, Object?>? _values;
  Zone._(this.parent, this._specification, this._values);

  Zone get errorZone {
    Zone z = this;
    while (z.parent != null && z._specification?.handleUncaughtError == null) z = z.parent!;
    return z;
  }

  bool inSameErrorZone(Zone other) => identical(errorZone, other.errorZone);

  dynamic operator [](Object? key) {
    for (Zone? z = this; z != null; z = z.parent) {
      final values = z._values;
      if (values != null && values.containsKey(key)) return values[key];
    }
    return null;
  }

  // What happens to a call for a zone: the nearest of this zone and its parents that has a handler takes it.

  void _handle(Zone zone, Object error, StackTrace stackTrace) {
    final handling = errorZone;
    final parent = handling.parent;
    // In the root nobody takes care of an error: the program ends with it, before anything else that is to be done.
    if (parent == null) {
      _scheduleFirst(handling, () => Error.throwWithStackTrace(error, stackTrace));
      return;
    }
    final handler = handling._specification!.handleUncaughtError!;
    parent.run<void>(() {
      try {
        handler(handling, ZoneDelegate._(parent), zone, error, stackTrace);
      } catch (e, s) {
        parent.handleUncaughtError(e, s);
      }
    });
  }

  R _run<R>(Zone zone, R Function() f) {
    for (Zone z = this; z.parent != null; z = z.parent!) {
      final handler = z._specification?.run;
      if (handler != null) return handler<R>(z, ZoneDelegate._(z.parent!), zone, f);
    }
    final saved = _current;
    if (identical(saved, zone)) return f();
    _current = zone;
    try {
      return f();
    } finally {
      _current = saved;
    }
  }

  R _runUnary<R, T>(Zone zone, R Function(T argument) f, T argument) {
    for (Zone z = this; z.parent != null; z = z.parent!) {
      final handler = z._specification?.runUnary;
      if (handler != null) return handler<R, T>(z, ZoneDelegate._(z.parent!), zone, f, argument);
    }
    return root._run<R>(zone, () => f(argument));
  }

  R _runBinary<R, T1, T2>(Zone zone, R Function(T1 a, T2 b) f, T1 a, T2 b) {
    for (Zone z = this; z.parent != null; z = z.parent!) {
      final handler = z._specification?.runBinary;
      if (handler != null) return handler<R, T1, T2>(z, ZoneDelegate._(z.parent!), zone, f, a, b);
    }
    return root._run<R>(zone, () => f(a, b));
  }

  R Function() _register<R>(Zone zone, R Function() f) {
    for (Zone z = this; z.parent != null; z = z.parent!) {
      final handler = z._specification?.registerCallback;
      if (handler != null) return handler<R>(z, ZoneDelegate._(z.parent!), zone, f);
    }
    return f;
  }

  R Function(T) _registerUnary<R, T>(Zone zone, R Function(T argument) f) {
    for (Zone z = this; z.parent != null; z = z.parent!) {
      final handler = z._specification?.registerUnaryCallback;
      if (handler != null) return handler<R, T>(z, ZoneDelegate._(z.parent!), zone, f);
    }
    return f;
  }

  R Function(T1, T2) _registerBinary<R, T1, T2>(Zone zone, R Function(T1 a, T2 b) f) {
    for (Zone z = this; z.parent != null; z = z.parent!) {
      final handler = z._specification?.registerBinaryCallback;
      if (handler != null) return handler<R, T1, T2>(z, ZoneDelegate._(z.parent!), zone, f);
    }
    return f;
  }

  AsyncError? _error(Zone zone, Object error, StackTrace? stackTrace) {
    for (Zone z = this; z.parent != null; z = z.parent!) {
      final handler = z._specification?.errorCallback;
      if (handler != null) return handler(z, ZoneDelegate._(z.parent!), zone, error, stackTrace);
    }
    return null;
  }

  void _scheduleIn(Zone zone, void Function() f) {
    for (Zone z = this; z.parent != null; z = z.parent!) {
      final handler = z._specification?.scheduleMicrotask;
      if (handler != null) {
        handler(z, ZoneDelegate._(z.parent!), zone, f);
        return;
      }
    }
    _schedule(zone, f);
  }

  Timer _timer(Zone zone, Duration duration, void Function() f) {
    for (Zone z = this; z.parent != null; z = z.parent!) {
      final handler = z._specification?.createTimer;
      if (handler != null) return handler(z, ZoneDelegate._(z.parent!), zone, duration, f);
    }
    return _Timer(zone, duration, f, null);
  }

  Timer _periodicTimer(Zone zone, Duration period, void f(Timer timer)) {
    for (Zone z = this; z.parent != null; z = z.parent!) {
      final handler = z._specification?.createPeriodicTimer;
      if (handler != null) return handler(z, ZoneDelegate._(z.parent!), zone, period, f);
    }
    return _Timer(zone, period, null, f);
  }

  void _print(Zone zone, String line) {
    for (Zone z = this; z.parent != null; z = z.parent!) {
      final handler = z._specification?.print;
      if (handler != null) {
        handler(z, ZoneDelegate._(z.parent!), zone, line);
        return;
      }
    }
    // The root prints as if there were no zones.
    final saved = zonePrint;
    zonePrint = null;
    _printLine(line);
    zonePrint = saved;
  }

  Zone _fork(Zone zone, ZoneSpecification? specification, Map<Object?, Object?>? zoneValues) {
    for (Zone z = this; z.parent != null; z = z.parent!) {
      final handler = z._specification?.fork;
      if (handler != null) return handler(z, ZoneDelegate._(z.parent!), zone, specification, zoneValues);
    }
    if (specification?.print != null) zonePrint = (line) => _current.print(line);
    return Zone._(zone, specification, zoneValues);
  }

  Zone fork({ZoneSpecification? specification, Map<Object?, Object?>? zoneValues}) => _fork(this, specification, zoneValues);
  void handleUncaughtError(Object error, StackTrace stackTrace) => _handle(this, error, stackTrace);
  R run<R>(R Function() action) => _run<R>(this, action);
  R runUnary<R, T>(R Function(T argument) action, T argument) => _runUnary<R, T>(this, action, argument);
  R runBinary<R, T1, T2>(R Function(T1 a, T2 b) action, T1 a, T2 b) => _runBinary<R, T1, T2>(this, action, a, b);

  // The root lets errors through, to whoever runs the queue.
  void _guard(void Function() action) {
    if (parent == null) {
      final saved = _current;
      _current = this;
      action();
      _current = saved;
      return;
    }
    try {
      action();
    } catch (e, s) {
      handleUncaughtError(e, s);
    }
  }

  void runGuarded(void Function() action) => _guard(parent == null ? action : () => run<void>(action));
  void runUnaryGuarded<T>(void Function(T argument) action, T argument) => _guard(() => runUnary<void, T>(action, argument));
  void runBinaryGuarded<T1, T2>(void Function(T1 a, T2 b) action, T1 a, T2 b) => _guard(() => runBinary<void, T1, T2>(action, a, b));

  R Function() bindCallback<R>(R Function() callback) {
    final registered = registerCallback<R>(callback);
    return () => run<R>(registered);
  }
  R Function(T) bindUnaryCallback<R, T>(R Function(T argument) callback) {
    final registered = registerUnaryCallback<R, T>(callback);
    return (argument) => runUnary<R, T>(registered, argument);
  }
  R Function(T1, T2) bindBinaryCallback<R, T1, T2>(R Function(T1 a, T2 b) callback) {
    final registered = registerBinaryCallback<R, T1, T2>(callback);
    return (a, b) => runBinary<R, T1, T2>(registered, a, b);
  }
  void Function() bindCallbackGuarded(void Function() callback) {
    final registered = registerCallback<void>(callback);
    return () => runGuarded(registered);
  }
  void Function(T) bindUnaryCallbackGuarded<T>(void Function(T argument) callback) {
    final registered = registerUnaryCallback<void, T>(callback);
    return (argument) => runUnaryGuarded<T>(registered, argument);
  }
  void Function(T1, T2) bindBinaryCallbackGuarded<T1, T2>(void Function(T1 a, T2 b) callback) {
    final registered = registerBinaryCallback<void, T1, T2>(callback);
    return (a, b) => runBinaryGuarded<T1, T2>(registered, a, b);
  }
  R Function() registerCallback<R>(R Function() callback) => _register<R>(this, callback);
  R Function(T) registerUnaryCallback<R, T>(R Function(T argument) callback) => _registerUnary<R, T>(this, callback);
  R Function(T1, T2) registerBinaryCallback<R, T1, T2>(R Function(T1 a, T2 b) callback) => _registerBinary<R, T1, T2>(this, callback);
  AsyncError? errorCallback(Object error, StackTrace? stackTrace) => _error(this, error, stackTrace);
  void scheduleMicrotask(void Function() callback) => _scheduleIn(this, callback);
  Timer createTimer(Duration duration, void Function() callback) => _timer(this, duration, callback);
  Timer createPeriodicTimer(Duration period, void callback(Timer timer)) => _periodicTimer(this, period, callback);
  void print(String line) => _print(this, line);
}

R runZoned<R>(R Function() body, {Map<Object?, Object?>? zoneValues, ZoneSpecification? zoneSpecification, Function? onError}) {
  if (onError != null) {
    return runZonedGuarded<R>(body, (e, s) => _callErrorHandler(onError, e, s), zoneValues: zoneValues, zoneSpecification: zoneSpecification) as R;
  }
  return Zone._current.fork(specification: zoneSpecification, zoneValues: zoneValues).run<R>(body);
}

R? runZonedGuarded<R>(R Function() body, void onError(Object error, StackTrace stack), {Map<Object?, Object?>? zoneValues, ZoneSpecification? zoneSpecification}) {
  final HandleUncaughtErrorHandler handler = (self, parent, zone, e, s) => onError(e, s);
  final zone = Zone._current.fork(
      specification: zoneSpecification == null ? ZoneSpecification(handleUncaughtError: handler) : ZoneSpecification.from(zoneSpecification, handleUncaughtError: handler),
      zoneValues: zoneValues);
  try {
    return zone.run<R>(body);
  } catch (e, s) {
    zone.handleUncaughtError(e, s);
  }
  return null;
}

class AsyncError implements Error {
  final Object error;
  final StackTrace stackTrace;
  AsyncError(this.error, StackTrace? stackTrace) : stackTrace = stackTrace ?? defaultStackTrace(error);
  static StackTrace defaultStackTrace(Object error) => error is Error ? error.stackTrace ?? StackTrace.empty : StackTrace.empty;
  String toString() => error.toString();
}

class TimeoutException implements Exception {
  final String? message;
  final Duration? duration;
  TimeoutException(this.message, [this.duration]);
  String toString() => 'TimeoutException${duration == null ? '' : ' after $duration'}${message == null ? '' : ': $message'}';
}
