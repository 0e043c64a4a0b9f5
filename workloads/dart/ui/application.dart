/// An application without a screen: frames follow each other as a script says, and what each looks like goes into a digest.
library;

import 'animation.dart';
import 'basic.dart';
import 'foundation.dart';
import 'framework.dart';
import 'geometry.dart';
import 'gestures.dart';
import 'rendering.dart';

/// Takes what is typed, while it has the focus.
abstract interface class TextClient {
  void insert(String text);
  void deleteBackward();
  void submit();
}

/// Where what is typed goes.
class TextInput {
  TextClient? client;
}

class TextInputScope extends InheritedWidget {
  final TextInput input;
  const TextInputScope({super.key, required this.input, required super.child});
  static TextInput of(BuildContext context) => context.dependOn<TextInputScope>()!.input;
  bool updateShouldNotify(TextInputScope old) => !identical(input, old.input);
}

class Application {
  /// The time from one frame to the next, in microseconds.
  static const frameTime = 16667;

  final Scheduler scheduler;
  final BuildOwner owner;
  final Pipeline pipeline = Pipeline();
  final TextInput input = TextInput();
  final Digest digest = Digest();
  late final RenderRoot root;
  late final Pointers _pointers = Pointers(root);
  int frames = 0;

  Application(Widget home, Size window) : this._(home, window, Scheduler());

  Application._(Widget home, Size window, this.scheduler) : owner = BuildOwner(scheduler) {
    root = RenderRoot(window, pipeline);
    RootWidget(root, TextInputScope(input: input, child: home)).createElement().mount(null, owner);
    frame();
  }

  /// Moves on what is animated, builds, lays out and paints what has changed; returns what the frame looks like.
  int frame() {
    frames++;
    scheduler.tick(frames * frameTime);
    owner.flush();
    pipeline.flushLayout();
    pipeline.flushPaint();
    final seen = Digest();
    root.layer.addTo(seen);
    digest.addInt(seen.value);
    return seen.value;
  }

  /// Some frames one after another.
  void run(int count) {
    for (int i = 0; i < count; i++) frame();
  }

  /// The middle of the render object of the widget with a key, or null if there is none.
  Offset? find(Key key) {
    final box = owner.keyed[key]?.render;
    if (box == null) return null;
    return box.globalOffset + Offset(box.size.width * 0.5, box.size.height * 0.5);
  }

  Offset _findOrFail(Key key) => find(key) ?? (throw StateError('the frame has no widget with the key that the script names'));

  /// A pointer goes down on a widget, stays for some frames, and is lifted.
  void tap(Key key, {int frames = 3}) {
    final place = _findOrFail(key);
    _pointers.handle(PointerDown(1, scheduler.now, place));
    run(frames);
    _pointers.handle(PointerUp(1, scheduler.now, place));
    frame();
  }

  /// A pointer goes down on a widget, and so far in each of some frames, and is lifted.
  void drag(Key key, double distance, int frames) {
    Offset place = _findOrFail(key);
    final delta = Offset(0.0, distance);
    _pointers.handle(PointerDown(1, scheduler.now, place));
    for (int i = 0; i < frames; i++) {
      frame();
      place = place + delta;
      _pointers.handle(PointerMove(1, scheduler.now, place, delta));
    }
    _pointers.handle(PointerUp(1, scheduler.now, place));
    frame();
  }

  /// Types a text, a letter in every frame.
  void type(String text) {
    for (int i = 0; i < text.length; i++) {
      input.client?.insert(text[i]);
      frame();
    }
  }

  void submit() {
    input.client?.submit();
    frame();
  }
}
