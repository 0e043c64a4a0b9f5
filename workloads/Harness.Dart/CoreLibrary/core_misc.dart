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

class Deprecated { final String message; const Deprecated(this.message); }
const Deprecated deprecated = Deprecated('next release');
class _Override { const _Override(); }
const Object override = _Override();
class pragma { final String name; final Object? options; const pragma(this.name, [this.options]); }
abstract interface class Sink<T> { void add(T data); void close(); }
