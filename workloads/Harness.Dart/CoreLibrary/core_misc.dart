part of 'core.dart';

class Stopwatch {
  double _start = 0.0;
  double _elapsed = 0.0;
  bool _running = false;
  int get frequency => 1000000;
  void start() {
    if (_running) return;
    _running = true;
    _start = _hostClock();
  }
  void stop() {
    if (!_running) return;
    _elapsed += _hostClock() - _start;
    _running = false;
  }
  void reset() {
    _elapsed = 0.0;
    _start = _hostClock();
  }
  bool get isRunning => _running;
  int get elapsedTicks => elapsedMicroseconds;
  int get elapsedMicroseconds => (_running ? _elapsed + (_hostClock() - _start) : _elapsed).toInt();
  int get elapsedMilliseconds => elapsedMicroseconds ~/ 1000;
  Duration get elapsed => Duration(microseconds: elapsedMicroseconds);
}

class Duration implements Comparable<Duration> {
  static const int microsecondsPerMillisecond = 1000;
  static const int millisecondsPerSecond = 1000;
  static const int secondsPerMinute = 60;
  static const int minutesPerHour = 60;
  static const int hoursPerDay = 24;
  static const int microsecondsPerSecond = 1000000;
  static const int microsecondsPerMinute = 60000000;
  static const int microsecondsPerHour = 3600000000;
  static const int microsecondsPerDay = 86400000000;
  static const int millisecondsPerMinute = 60000;
  static const int millisecondsPerHour = 3600000;
  static const int millisecondsPerDay = 86400000;
  static const int secondsPerHour = 3600;
  static const int secondsPerDay = 86400;
  static const int minutesPerDay = 1440;
  static const Duration zero = Duration(seconds: 0);
  final int inMicroseconds;
  const Duration({int days = 0, int hours = 0, int minutes = 0, int seconds = 0, int milliseconds = 0, int microseconds = 0})
      : inMicroseconds = microseconds + 1000 * milliseconds + 1000000 * seconds + 60000000 * minutes + 3600000000 * hours + 86400000000 * days;
  Duration operator +(Duration other) => Duration(microseconds: inMicroseconds + other.inMicroseconds);
  Duration operator -(Duration other) => Duration(microseconds: inMicroseconds - other.inMicroseconds);
  Duration operator *(num factor) => Duration(microseconds: (inMicroseconds * factor).round());
  Duration operator ~/(int q) => Duration(microseconds: inMicroseconds ~/ q);
  bool operator <(Duration other) => inMicroseconds < other.inMicroseconds;
  bool operator >(Duration other) => inMicroseconds > other.inMicroseconds;
  bool operator <=(Duration other) => inMicroseconds <= other.inMicroseconds;
  bool operator >=(Duration other) => inMicroseconds >= other.inMicroseconds;
  bool operator ==(Object other) => other is Duration && inMicroseconds == other.inMicroseconds;
  int get hashCode => inMicroseconds.hashCode;
  int get inMilliseconds => inMicroseconds ~/ 1000;
  int get inSeconds => inMicroseconds ~/ 1000000;
  int get inMinutes => inMicroseconds ~/ 60000000;
  int get inHours => inMicroseconds ~/ 3600000000;
  int get inDays => inMicroseconds ~/ 86400000000;
  bool get isNegative => inMicroseconds < 0;
  Duration abs() => Duration(microseconds: inMicroseconds.abs());
  Duration operator -() => Duration(microseconds: -inMicroseconds);
  int compareTo(Duration other) => inMicroseconds.compareTo(other.inMicroseconds);
  String toString() {
    int m = inMicroseconds.abs();
    final h = m ~/ 3600000000;
    m = m % 3600000000;
    final minutes = m ~/ 60000000;
    m = m % 60000000;
    return '${isNegative ? '-' : ''}$h:${'$minutes'.padLeft(2, '0')}:${'${m ~/ 1000000}'.padLeft(2, '0')}.${'${m % 1000000}'.padLeft(6, '0')}';
  }
}

class Deprecated {
  final String? message;
  const Deprecated(String this.message);
  const Deprecated.implement([this.message]);
  const Deprecated.extend([this.message]);
  const Deprecated.subclass([this.message]);
  const Deprecated.instantiate([this.message]);
  const Deprecated.mixin([this.message]);
  const Deprecated.optional([this.message]);
  String toString() => 'Deprecated feature: $message';
}
const Deprecated deprecated = Deprecated('next release');
class _Override { const _Override(); }
const Object override = _Override();
class pragma { final String name; final Object? options; const pragma(this.name, [this.options]); }
abstract interface class Sink<T> {
  void add(T data);
  void close();
}

/// Values by objects. What it holds it keeps alive, as the target has no weak references.
final class Expando<T extends Object> {
  final String? name;
  final _HashBase _values = _HashBase(true);
  Expando([this.name]);
  void _check(Object object) {
    if (object is num || object is bool || object is String || object is Record) {
      throw ArgumentError.value(object, 'object', 'Expandos are not allowed on strings, numbers, booleans, records or null');
    }
  }
  T? operator [](Object object) {
    _check(object);
    final e = _values.find(object);
    return e < 0 ? null : _unsafeCast<T?>(_values._values[e]);
  }
  void operator []=(Object object, T? value) {
    _check(object);
    if (value == null) {
      _values.remove(object);
    } else {
      final e = _values.put(object);
      _values._values[e] = value;
    }
  }
  String toString() => 'Expando:$name';
}

/// A reference to an object, which is never cleared: collections are not seen by programs.
final class WeakReference<T extends Object> {
  final T _target;
  WeakReference(T target) : _target = target {
    if (target is num || target is bool || target is String || target is Record) throw ArgumentError.value(target, 'target', 'Cannot be a string, number, boolean, record or null');
  }
  T? get target => _target;
}

/// Does nothing: that an object is gone is not seen by programs.
abstract interface class Finalizer<T> {
  factory Finalizer(void callback(T token)) = _Finalizer<T>;
  void attach(Object value, T finalizationToken, {Object? detach});
  void detach(Object detach);
}

final class _Finalizer<T> implements Finalizer<T> {
  final void Function(T) _callback;
  _Finalizer(this._callback);
  void attach(Object value, T finalizationToken, {Object? detach}) {
    if (value is num || value is bool || value is String || value is Record) throw ArgumentError.value(value, 'value', 'Cannot be a string, number, boolean, record or null');
  }
  void detach(Object detach) {}
}
