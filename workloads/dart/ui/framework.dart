/// Widgets, which say what is to be seen, and elements, which keep it: a widget of the same class and key updates an element, any other replaces it.
library;

import 'animation.dart';
import 'foundation.dart';
import 'rendering.dart';

part 'elements.dart';

abstract class Widget {
  final Key? key;
  const Widget({this.key});
  Element createElement();

  /// Whether an element of the one can go on with the other.
  static bool canUpdate(Widget old, Widget next) => old.runtimeType == next.runtimeType && old.key == next.key;
}

/// A widget that consists of others.
abstract class StatelessWidget extends Widget {
  const StatelessWidget({super.key});
  Element createElement() => StatelessElement(this);
  Widget build(BuildContext context);
}

/// A widget that consists of others, by a state that stays where widgets change.
abstract class StatefulWidget extends Widget {
  const StatefulWidget({super.key});
  Element createElement() => StatefulElement(this);
  State createState();
}

abstract class State<T extends StatefulWidget> {
  T? _widget;
  StatefulElement? _element;

  T get widget => _widget!;
  BuildContext get context => _element!;
  bool get isMounted => _element != null;

  void initState() {}
  void didChangeDependencies() {}
  void didUpdateWidget(T old) {}
  void dispose() {}
  Widget build(BuildContext context);

  void setState(void Function() change) {
    change();
    _element!.markNeedsBuild();
  }
}

/// A widget that has one child and is nothing to be seen itself.
abstract class ProxyWidget extends Widget {
  final Widget child;
  const ProxyWidget({super.key, required this.child});
}

/// Hands something to all below it that ask for it by its class.
abstract class InheritedWidget extends ProxyWidget {
  const InheritedWidget({super.key, required super.child});
  Element createElement() => InheritedElement(this);
  bool updateShouldNotify(covariant InheritedWidget old);
}

/// Writes what the parent of a render object keeps in it.
abstract class ParentDataWidget extends ProxyWidget {
  const ParentDataWidget({super.key, required super.child});
  Element createElement() => ParentDataElement(this);

  /// Writes it; returns whether anything has changed.
  bool applyTo(RenderBox box);
}

/// A widget that has a render object.
abstract class RenderWidget extends Widget {
  const RenderWidget({super.key});
  RenderBox createRender(BuildContext context);
  void updateRender(BuildContext context, covariant RenderBox box) {}
}

abstract class LeafRenderWidget extends RenderWidget {
  const LeafRenderWidget({super.key});
  Element createElement() => RenderElement(this);
}

abstract class SingleChildRenderWidget extends RenderWidget {
  final Widget? child;
  const SingleChildRenderWidget({super.key, this.child});
  Element createElement() => SingleChildRenderElement(this);
}

abstract class MultiChildRenderWidget extends RenderWidget {
  final List<Widget> children;
  const MultiChildRenderWidget({super.key, this.children = const []});
  Element createElement() => MultiChildRenderElement(this);
}

/// What widgets are told of where they are.
abstract interface class BuildContext {
  Widget get widget;
  BuildOwner get owner;

  /// The nearest widget of a class above, of whose changes this hears from now on.
  T? dependOn<T extends InheritedWidget>();

  /// The state of the nearest widget above that has one of a class.
  T? findState<T extends State>();
}

/// Keeps what must be built anew.
class BuildOwner {
  final Scheduler scheduler;
  List<Element> _dirty = [];
  List<RenderElement> _changed = [];

  /// The elements of widgets with keys; of equal keys, the one that came last.
  final Map<Key, Element> keyed = {};

  /// How many elements were built.
  int builds = 0;

  BuildOwner(this.scheduler);

  /// Builds what is dirty, from above to below, and hands new render objects to their parents.
  void flush() {
    while (_dirty.isNotEmpty) {
      final dirty = _dirty;
      _dirty = [];
      dirty.sort((a, b) => a.depth - b.depth);
      for (final element in dirty) {
        if (element._isDirty && element.isMounted) element.rebuild();
      }
    }
    linkRenders();
  }

  /// Hands render objects that came, went or changed places to their parents.
  void linkRenders() {
    while (_changed.isNotEmpty) {
      final changed = _changed;
      _changed = [];
      for (final element in changed) {
        element._isRelinked = false;
        if (element.isMounted) element.linkChildren();
      }
    }
  }
}
