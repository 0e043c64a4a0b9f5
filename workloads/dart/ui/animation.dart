/// Time as numbers: curves, tweens, and controllers that a scheduler drives from frame to frame.
library;

import 'foundation.dart';
import 'geometry.dart';

abstract class Curve {
  const Curve();
  double transform(double t);
  Curve get flipped => FlippedCurve(this);
}

class Linear extends Curve {
  const Linear();
  double transform(double t) => t;
}

class FlippedCurve extends Curve {
  final Curve curve;
  const FlippedCurve(this.curve);
  double transform(double t) => 1.0 - curve.transform(1.0 - t);
}

class Interval extends Curve {
  final double begin, end;
  final Curve curve;
  const Interval(this.begin, this.end, {this.curve = const Linear()});
  double transform(double t) => curve.transform(clampDouble((t - begin) / (end - begin), 0.0, 1.0));
}

/// A cubic Bézier curve from (0, 0) to (1, 1).
class Cubic extends Curve {
  final double a, b, c, d;
  const Cubic(this.a, this.b, this.c, this.d);
  static double _evaluate(double p, double q, double m) => 3.0 * p * (1.0 - m) * (1.0 - m) * m + 3.0 * q * (1.0 - m) * m * m + m * m * m;
  double transform(double t) {
    if (t <= 0.0) return 0.0;
    if (t >= 1.0) return 1.0;
    double start = 0.0, end = 1.0;
    while (true) {
      final middle = (start + end) / 2.0;
      final estimate = _evaluate(a, c, middle);
      if ((t - estimate).abs() < 0.0005) return _evaluate(b, d, middle);
      if (estimate < t) {
        start = middle;
      } else {
        end = middle;
      }
    }
  }
}

class Bounce extends Curve {
  const Bounce();
  double transform(double t) {
    if (t < 1.0 / 2.75) return 7.5625 * t * t;
    if (t < 2.0 / 2.75) return 7.5625 * (t - 1.5 / 2.75) * (t - 1.5 / 2.75) + 0.75;
    if (t < 2.5 / 2.75) return 7.5625 * (t - 2.25 / 2.75) * (t - 2.25 / 2.75) + 0.9375;
    return 7.5625 * (t - 2.625 / 2.75) * (t - 2.625 / 2.75) + 0.984375;
  }
}

class Curves {
  static const linear = Linear();
  static const ease = Cubic(0.25, 0.1, 0.25, 1.0);
  static const easeIn = Cubic(0.42, 0.0, 1.0, 1.0);
  static const easeOut = Cubic(0.0, 0.0, 0.58, 1.0);
  static const easeInOut = Cubic(0.42, 0.0, 0.58, 1.0);
  static const bounce = Bounce();
}

/// Drives what moves, from frame to frame; time is in microseconds since the beginning.
class Scheduler {
  int now = 0;
  List<Ticker> _active = const [];

  bool get isIdle => _active.isEmpty;

  void tick(int time) {
    now = time;
    for (final ticker in _active) {
      if (ticker.isActive) ticker._onTick(time - ticker._started);
    }
  }

  // Lists are not changed but replaced, so that a tick goes through those that there were at its beginning.
  void _add(Ticker ticker) => _active = [..._active, ticker];
  void _remove(Ticker ticker) => _active = [for (final other in _active) if (!identical(other, ticker)) other];
}

/// Calls back in each frame, with the time since it was started.
class Ticker {
  final Scheduler scheduler;
  final void Function(int elapsed) _onTick;
  int _started = 0;
  bool isActive = false;
  Ticker(this.scheduler, this._onTick);

  void start() {
    _started = scheduler.now;
    if (isActive) return;
    isActive = true;
    scheduler._add(this);
  }

  void stop() {
    if (!isActive) return;
    isActive = false;
    scheduler._remove(this);
  }
}

enum AnimationStatus { dismissed, forward, reverse, completed }

abstract class Animation<T> implements Listenable {
  T get value;
  AnimationStatus get status;
}

class AnimationController extends Animation<double> with ChangeNotifier {
  int duration;
  double _value;
  AnimationStatus status = AnimationStatus.dismissed;
  double _from = 0.0, _to = 0.0;
  int _length = 0;
  bool _repeats = false;
  late final Ticker _ticker;
  final List<void Function(AnimationStatus)> _statusListeners = [];

  AnimationController(Scheduler scheduler, {required this.duration, double value = 0.0}) : _value = value {
    _ticker = Ticker(scheduler, _tick);
    if (value >= 1.0) status = AnimationStatus.completed;
  }

  double get value => _value;
  set value(double value) {
    _ticker.stop();
    _value = clampDouble(value, 0.0, 1.0);
    _setStatus(_value <= 0.0 ? AnimationStatus.dismissed : _value >= 1.0 ? AnimationStatus.completed : AnimationStatus.forward);
    notifyListeners();
  }

  bool get isAnimating => _ticker.isActive;

  void addStatusListener(void Function(AnimationStatus) listener) => _statusListeners.add(listener);

  void forward({double? from}) => _animate(from ?? _value, 1.0, AnimationStatus.forward, false);
  void reverse({double? from}) => _animate(from ?? _value, 0.0, AnimationStatus.reverse, false);
  void repeat() => _animate(0.0, 1.0, AnimationStatus.forward, true);

  void _animate(double from, double to, AnimationStatus direction, bool repeats) {
    _from = from;
    _to = to;
    _repeats = repeats;
    _value = from;
    _length = (duration * (to - from).abs()).round();
    if (_length == 0) {
      _finish();
    } else {
      _setStatus(direction);
      _ticker.start();
    }
  }

  void stop() => _ticker.stop();

  void _finish() {
    _ticker.stop();
    _value = _to;
    _setStatus(_to >= 1.0 ? AnimationStatus.completed : AnimationStatus.dismissed);
    notifyListeners();
  }

  void _setStatus(AnimationStatus next) {
    if (status == next) return;
    status = next;
    for (final listener in [..._statusListeners]) listener(next);
  }

  void _tick(int elapsed) {
    if (elapsed >= _length && !_repeats) {
      _finish();
      return;
    }
    _value = lerpDouble(_from, _to, (_repeats ? elapsed % _length : elapsed) / _length);
    notifyListeners();
  }

  void dispose() {
    stop();
    _statusListeners.clear();
    super.dispose();
  }
}

/// An animation that follows another.
abstract class ProxyAnimation<T> extends Animation<T> {
  final Animation<double> parent;
  ProxyAnimation(this.parent);
  AnimationStatus get status => parent.status;
  void addListener(Listener listener) => parent.addListener(listener);
  void removeListener(Listener listener) => parent.removeListener(listener);
}

class CurvedAnimation extends ProxyAnimation<double> {
  final Curve curve;
  final Curve? reverseCurve;
  CurvedAnimation(super.parent, this.curve, {this.reverseCurve});
  double get value {
    final t = parent.value;
    if (t == 0.0 || t == 1.0) return t;
    final back = reverseCurve;
    return back != null && parent.status == AnimationStatus.reverse ? back.transform(t) : curve.transform(t);
  }
}

abstract class Animatable<T> {
  T transform(double t);
  Animation<T> animate(Animation<double> parent) => _AnimatableAnimation<T>(parent, this);
  Animatable<T> chain(Curve curve) => _Chained<T>(this, curve);
}

class _AnimatableAnimation<T> extends ProxyAnimation<T> {
  final Animatable<T> animatable;
  _AnimatableAnimation(super.parent, this.animatable);
  T get value => animatable.transform(parent.value);
}

class _Chained<T> extends Animatable<T> {
  final Animatable<T> inner;
  final Curve curve;
  _Chained(this.inner, this.curve);
  T transform(double t) => inner.transform(curve.transform(t));
}

class Tween<T> extends Animatable<T> {
  T begin, end;
  final T Function(T, T, double) mix;
  Tween(this.begin, this.end, this.mix);
  T transform(double t) => t == 0.0 ? begin : t == 1.0 ? end : mix(begin, end, t);
}

class DoubleTween extends Tween<double> {
  DoubleTween(double begin, double end) : super(begin, end, lerpDouble);
}

class ColorTween extends Tween<Color> {
  ColorTween(Color begin, Color end) : super(begin, end, Color.lerp);
}

class InsetsTween extends Tween<EdgeInsets> {
  InsetsTween(EdgeInsets begin, EdgeInsets end) : super(begin, end, EdgeInsets.lerp);
}

class TweenSequence<T> extends Animatable<T> {
  final List<(Animatable<T>, double)> parts;
  TweenSequence(this.parts);
  T transform(double t) {
    double total = 0.0;
    for (final (_, weight) in parts) total += weight;
    double start = 0.0;
    for (int i = 0; i < parts.length; i++) {
      final (part, weight) = parts[i];
      final end = start + weight / total;
      if (t < end || i == parts.length - 1) return part.transform(clampDouble((t - start) / (end - start), 0.0, 1.0));
      start = end;
    }
    throw StateError('a sequence without parts');
  }
}
