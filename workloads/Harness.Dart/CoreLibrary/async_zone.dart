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

void scheduleMicrotask(void Function() callback) {
  final zone = Zone._current;
  final handler = zone._scheduler;
  if (handler != null) {
    handler(callback);
  } else {
    _schedule(zone, callback);
  }
}

// What main does at its end: all tasks, then the next timer, until there is none.
void _runMicrotasks() {
  while (true) {
    while (true) {
      final task = _firstTask;
      if (task == null) break;
      _firstTask = task.next;
      if (_firstTask == null) _lastTask = null;
      task.zone.runGuarded<void>(task.callback);
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
  factory Timer(Duration duration, void Function() callback) => _Timer(Zone._current, duration, callback, null);
  factory Timer.periodic(Duration duration, void callback(Timer timer)) => _Timer(Zone._current, duration, null, callback);
  static void run(void Function() callback) {
    _Timer(Zone._current, Duration.zero, callback, null);
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
      _zone.runGuarded<void>(_callback!);
      return;
    }
    _due += _period;
    _addTimer(this);
    _zone.runUnaryGuarded<Timer>(periodic, this);
  }
}

typedef ZoneUnaryCallback<R, T> = R Function(T argument);
typedef ZoneCallback<R> = R Function();
typedef ZoneBinaryCallback<R, T1, T2> = R Function(T1 argument1, T2 argument2);
typedef HandleUncaughtErrorHandler = void Function(Zone self, ZoneDelegate parent, Zone zone, Object error, StackTrace stackTrace);
typedef ScheduleMicrotaskHandler = void Function(Zone self, ZoneDelegate parent, Zone zone, void Function() f);
typedef RunHandler = R Function<R>(Zone self, ZoneDelegate parent, Zone zone, R Function() f);

// What a zone can change: what happens to errors and to scheduled functions.
class ZoneSpecification {
  final HandleUncaughtErrorHandler? handleUncaughtError;
  final ScheduleMicrotaskHandler? scheduleMicrotask;
  const ZoneSpecification({this.handleUncaughtError, this.scheduleMicrotask});
}

class ZoneDelegate {
  final Zone _zone;
  ZoneDelegate._(this._zone);
  void handleUncaughtError(Zone zone, Object error, StackTrace stackTrace) => _zone.handleUncaughtError(error, stackTrace);
  void scheduleMicrotask(Zone zone, void Function() f) => _schedule(_zone, f);
  R run<R>(Zone zone, R Function() f) => _zone.run<R>(f);
}

final class Zone {
  static final Zone root = Zone._(null, null, null);
  static Zone _current = root;
  static Zone get current => _current;
  final Zone? parent;
  final ZoneSpecification? _specification;
  final Map<Object?, Object?>? _values;
  Zone._(this.parent, this._specification, this._values);

  void Function(void Function())? get _scheduler {
    for (Zone? z = this; z != null; z = z.parent) {
      final handler = z._specification?.scheduleMicrotask;
      if (handler != null) {
        final self = z;
        return (f) => handler(self, ZoneDelegate._(self.parent!), this, f);
      }
    }
    return null;
  }

  Zone get errorZone {
    Zone z = this;
    while (z.parent != null && z._specification?.handleUncaughtError == null) z = z.parent!;
    return z;
  }

  bool inSameErrorZone(Zone other) => identical(errorZone, other.errorZone);

  Zone fork({ZoneSpecification? specification, Map<Object?, Object?>? zoneValues}) => Zone._(this, specification, zoneValues);

  dynamic operator [](Object? key) {
    for (Zone? z = this; z != null; z = z.parent) {
      final values = z._values;
      if (values != null && values.containsKey(key)) return values[key];
    }
    return null;
  }

  // In the root nobody takes care of an error: the program ends with it.
  void handleUncaughtError(Object error, StackTrace stackTrace) {
    final zone = errorZone;
    final parent = zone.parent;
    if (parent == null) {
      _schedule(zone, () => Error.throwWithStackTrace(error, stackTrace));
      return;
    }
    final handler = zone._specification!.handleUncaughtError!;
    parent.run<void>(() {
      try {
        handler(zone, ZoneDelegate._(parent), this, error, stackTrace);
      } catch (e, s) {
        parent.handleUncaughtError(e, s);
      }
    });
  }

  R run<R>(R Function() action) {
    final saved = _current;
    if (identical(saved, this)) return action();
    _current = this;
    try {
      return action();
    } finally {
      _current = saved;
    }
  }

  R runUnary<R, T>(R Function(T argument) action, T argument) => run<R>(() => action(argument));
  R runBinary<R, T1, T2>(R Function(T1 a, T2 b) action, T1 a, T2 b) => run<R>(() => action(a, b));

  // The root lets errors through, to whoever runs the queue.
  void runGuarded<R>(void Function() action) {
    if (parent == null) {
      _current = this;
      action();
      return;
    }
    try {
      run<void>(action);
    } catch (e, s) {
      handleUncaughtError(e, s);
    }
  }

  void runUnaryGuarded<T>(void Function(T argument) action, T argument) => runGuarded<void>(() => action(argument));
  void runBinaryGuarded<T1, T2>(void Function(T1 a, T2 b) action, T1 a, T2 b) => runGuarded<void>(() => action(a, b));
  R Function() bindCallback<R>(R Function() callback) => () => run<R>(callback);
  R Function(T) bindUnaryCallback<R, T>(R Function(T argument) callback) => (argument) => runUnary<R, T>(callback, argument);
  void Function() bindCallbackGuarded(void Function() callback) => () => runGuarded<void>(callback);
  R Function() registerCallback<R>(R Function() callback) => callback;
  R Function(T) registerUnaryCallback<R, T>(R Function(T argument) callback) => callback;
  void scheduleMicrotask(void Function() callback) => _schedule(this, callback);
  Timer createTimer(Duration duration, void Function() callback) => _Timer(this, duration, callback, null);
  Timer createPeriodicTimer(Duration period, void callback(Timer timer)) => _Timer(this, period, null, callback);
}

R runZoned<R>(R Function() body, {Map<Object?, Object?>? zoneValues, ZoneSpecification? zoneSpecification, Function? onError}) {
  if (onError != null) {
    return runZonedGuarded<R>(body, (e, s) => _callErrorHandler(onError, e, s), zoneValues: zoneValues, zoneSpecification: zoneSpecification) as R;
  }
  return Zone._current.fork(specification: zoneSpecification, zoneValues: zoneValues).run<R>(body);
}

R? runZonedGuarded<R>(R Function() body, void onError(Object error, StackTrace stack), {Map<Object?, Object?>? zoneValues, ZoneSpecification? zoneSpecification}) {
  final zone = Zone._current.fork(
      specification: ZoneSpecification(handleUncaughtError: (self, parent, zone, e, s) => onError(e, s), scheduleMicrotask: zoneSpecification?.scheduleMicrotask),
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
