/// Gestures: pointers hit render objects, whose recognizers compete for them in an arena.
library;

import 'geometry.dart';
import 'rendering.dart';

sealed class PointerEvent {
  final int pointer, time;
  final Offset position;
  const PointerEvent(this.pointer, this.time, this.position);
}

class PointerDown extends PointerEvent {
  const PointerDown(super.pointer, super.time, super.position);
}

class PointerMove extends PointerEvent {
  final Offset delta;
  const PointerMove(super.pointer, super.time, super.position, this.delta);
}

class PointerUp extends PointerEvent {
  const PointerUp(super.pointer, super.time, super.position);
}

/// Hears of pointers over its child.
class RenderListener extends RenderProxy {
  List<GestureRecognizer> recognizers;
  RenderListener(this.recognizers);
  bool hitTestSelf(Offset point) => true;
}

/// Finds what pointers hit, tells it of them until they are lifted, and keeps an arena for each.
class Pointers {
  final RenderRoot root;
  final Map<int, Arena> _arenas = {};
  Pointers(this.root);

  void handle(PointerEvent event) {
    switch (event) {
      case PointerDown(:final pointer, :final position):
        final hits = <HitEntry>[];
        root.hitTest(hits, position);
        final arena = _arenas[pointer] = Arena();
        for (final hit in hits) {
          final target = hit.target;
          if (target is! RenderListener) continue;
          for (final recognizer in target.recognizers) {
            arena.add(recognizer);
            recognizer.begin(arena, event);
          }
        }
        arena.close();
      case PointerMove():
        _arenas[event.pointer]?.tell(event);
      case PointerUp():
        final arena = _arenas.remove(event.pointer);
        arena?.tell(event);
        arena?.sweep();
    }
  }
}

/// Where recognizers compete for a pointer: the first that claims it wins; if none does, the one that is left, or else the innermost.
class Arena {
  List<GestureRecognizer> _members = [];
  GestureRecognizer? _winner;

  void add(GestureRecognizer member) => _members.add(member);

  void close() {
    if (_members.length == 1) claim(_members.first);
  }

  void tell(PointerEvent event) {
    for (final member in [..._members]) {
      if (_members.contains(member)) member.handle(event);
    }
  }

  void claim(GestureRecognizer member) {
    if (_winner != null) return;
    _winner = member;
    final others = _members;
    _members = [member];
    for (final other in others) {
      if (!identical(other, member)) other.lose();
    }
    member.win();
  }

  void withdraw(GestureRecognizer member) {
    if (identical(_winner, member)) return;
    _members.remove(member);
    if (_winner == null && _members.length == 1) claim(_members.first);
  }

  void sweep() {
    if (_winner == null && _members.isNotEmpty) claim(_members.first);
  }
}

abstract class GestureRecognizer {
  /// How far a pointer may go before it is no tap any more.
  static const slop = 18.0;

  Arena? _arena;
  Offset _start = Offset.zero;
  bool _hasWon = false;

  void begin(Arena arena, PointerDown event) {
    _arena = arena;
    _start = event.position;
    _hasWon = false;
  }

  void handle(PointerEvent event);

  void win() => _hasWon = true;
  void lose() => _arena = null;
}

class TapRecognizer extends GestureRecognizer {
  void Function() onTap;
  void Function()? onDown, onCancel;
  bool _isLifted = false, _isOut = false;
  TapRecognizer(this.onTap, {this.onDown, this.onCancel});

  void begin(Arena arena, PointerDown event) {
    super.begin(arena, event);
    _isLifted = false;
    _isOut = false;
    onDown?.call();
  }

  void handle(PointerEvent event) {
    switch (event) {
      case PointerMove(:final position):
        if (_isOut || (position - _start).distanceSquared <= GestureRecognizer.slop * GestureRecognizer.slop) return;
        _cancel();
        _arena?.withdraw(this);
      case PointerUp():
        _isLifted = true;
        if (_hasWon && !_isOut) onTap();
      case PointerDown():
        break;
    }
  }

  void win() {
    super.win();
    if (_isLifted && !_isOut) onTap();
  }

  void lose() {
    super.lose();
    if (!_isOut) _cancel();
  }

  void _cancel() {
    _isOut = true;
    onCancel?.call();
  }
}

class DragRecognizer extends GestureRecognizer {
  void Function() onStart;
  void Function(double delta) onUpdate;

  /// Is told the speed in pixels a second.
  void Function(double velocity) onEnd;
  double _pending = 0.0;
  final List<(int, double)> _places = [];
  DragRecognizer({required this.onStart, required this.onUpdate, required this.onEnd});

  void begin(Arena arena, PointerDown event) {
    super.begin(arena, event);
    _pending = 0.0;
    _places
      ..clear()
      ..add((event.time, event.position.dy));
  }

  void handle(PointerEvent event) {
    switch (event) {
      case PointerMove(:final delta, :final time, :final position):
        _places.add((time, position.dy));
        if (_hasWon && _pending == 0.0) {
          onUpdate(delta.dy);
          return;
        }
        _pending += delta.dy;
        if (_pending.abs() <= GestureRecognizer.slop) return;
        if (!_hasWon) {
          _arena?.claim(this);
        } else {
          _release();
        }
      case PointerUp():
        if (_hasWon) onEnd(_velocity());
      case PointerDown():
        break;
    }
  }

  void win() {
    super.win();
    onStart();
    if (_pending != 0.0) _release();
  }

  void _release() {
    final delta = _pending;
    _pending = 0.0;
    onUpdate(delta);
  }

  /// By the places of the last tenth of a second.
  double _velocity() {
    final (end, last) = _places.last;
    for (final (time, place) in _places) {
      if (end - time <= 100000) return time == end ? 0.0 : (last - place) * 1000000.0 / (end - time);
    }
    return 0.0;
  }
}
