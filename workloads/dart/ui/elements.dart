/// Elements: the tree that widgets are built into, which lives on from one build to the next.
part of 'framework.dart';

abstract class Element implements BuildContext {
  Widget _widget;
  Element? parent;
  BuildOwner? _owner;
  int depth = 0;
  bool _isDirty = true;
  Map<Type, InheritedElement>? _inherited;
  List<InheritedElement> _dependencies = const [];

  Element(this._widget);

  Widget get widget => _widget;
  BuildOwner get owner => _owner!;
  bool get isMounted => _owner != null;

  void mount(Element? parent, BuildOwner owner) {
    this.parent = parent;
    _owner = owner;
    final key = _widget.key;
    if (key != null) owner.keyed[key] = this;
    if (parent != null) {
      depth = parent.depth + 1;
      _inherited = parent._inherited;
    }
  }

  void unmount() {
    visitChildren((child) => child.unmount());
    for (final dependency in _dependencies) dependency._dependents.remove(this);
    _dependencies = const [];
    final key = _widget.key;
    if (key != null && identical(owner.keyed[key], this)) owner.keyed.remove(key);
    _owner = null;
  }

  void update(Widget next) => _widget = next;
  void visitChildren(void Function(Element child) visit);

  void markNeedsBuild() {
    if (_isDirty) return;
    _isDirty = true;
    owner._dirty.add(this);
  }

  void rebuild() {
    _isDirty = false;
    owner.builds++;
    performRebuild();
  }

  void performRebuild();

  /// Makes, keeps, replaces or removes a child's element, as a widget asks.
  Element? updateChild(Element? child, Widget? next) {
    if (next == null) {
      if (child != null) removeChild(child);
      return null;
    }
    if (child != null) {
      if (identical(child._widget, next)) return child;
      if (Widget.canUpdate(child._widget, next)) {
        child.update(next);
        return child;
      }
      removeChild(child);
    }
    return inflate(next);
  }

  Element inflate(Widget widget) => widget.createElement()..mount(this, owner);

  void removeChild(Element child) {
    child.unmount();
    renderParent?.childrenChanged();
  }

  /// The nearest element with a render object, this one included.
  RenderElement? get renderParent {
    Element? element = this;
    while (element != null && element is! RenderElement) element = element.parent;
    return element as RenderElement?;
  }

  /// The first render object at or below this.
  RenderBox? get render {
    Element? element = this;
    while (element != null && element is! RenderElement) element = element.onlyChild;
    return element is RenderElement ? element.box : null;
  }

  Element? get onlyChild {
    Element? first;
    visitChildren((child) => first ??= child);
    return first;
  }

  T? dependOn<T extends InheritedWidget>() {
    final ancestor = _inherited?[T];
    if (ancestor == null) return null;
    if (!_dependencies.contains(ancestor)) {
      _dependencies = [..._dependencies, ancestor];
      ancestor._dependents.add(this);
    }
    return ancestor._widget as T;
  }

  T? findState<T extends State>() {
    for (Element? element = parent; element != null; element = element.parent) {
      if (element is StatefulElement && element.state is T) return element.state as T;
    }
    return null;
  }

  void didChangeDependencies() => markNeedsBuild();
}

/// An element whose child is made by others.
abstract class ComponentElement extends Element {
  Element? _child;
  ComponentElement(super.widget);

  Widget build();

  void mount(Element? parent, BuildOwner owner) {
    super.mount(parent, owner);
    rebuild();
  }

  void update(Widget next) {
    super.update(next);
    rebuild();
  }

  void performRebuild() => _child = updateChild(_child, build());

  void visitChildren(void Function(Element child) visit) {
    final child = _child;
    if (child != null) visit(child);
  }

  Element? get onlyChild => _child;
}

class StatelessElement extends ComponentElement {
  StatelessElement(StatelessWidget super.widget);
  Widget build() => (_widget as StatelessWidget).build(this);
}

class StatefulElement extends ComponentElement {
  final State state;
  bool _hasNewDependencies = true;

  StatefulElement(StatefulWidget widget)
      : state = widget.createState(),
        super(widget) {
    state._widget = widget;
    state._element = this;
  }

  Widget build() => state.build(this);

  void mount(Element? parent, BuildOwner owner) {
    _owner = owner;
    this.parent = parent;
    _inherited = parent?._inherited;
    state.initState();
    super.mount(parent, owner);
  }

  void performRebuild() {
    if (_hasNewDependencies) {
      _hasNewDependencies = false;
      state.didChangeDependencies();
    }
    super.performRebuild();
  }

  void update(Widget next) {
    final old = state._widget!;
    state._widget = next as StatefulWidget;
    state.didUpdateWidget(old);
    super.update(next);
  }

  void didChangeDependencies() {
    _hasNewDependencies = true;
    super.didChangeDependencies();
  }

  void unmount() {
    state.dispose();
    super.unmount();
    state._element = null;
  }
}

class ProxyElement extends ComponentElement {
  ProxyElement(ProxyWidget super.widget);
  Widget build() => (_widget as ProxyWidget).child;
}

class InheritedElement extends ProxyElement {
  final Set<Element> _dependents = Set.identity();
  Map<Type, InheritedElement>? _above;
  InheritedElement(InheritedWidget super.widget);

  void mount(Element? parent, BuildOwner owner) {
    // What is below sees this as well as all that is above.
    _above = parent?._inherited;
    super.mount(parent, owner);
  }

  Element inflate(Widget widget) {
    _inherited = {if (_above != null) ..._above!, _widget.runtimeType: this};
    return super.inflate(widget);
  }

  void update(Widget next) {
    final old = _widget as InheritedWidget;
    super.update(next);
    if (!(next as InheritedWidget).updateShouldNotify(old)) return;
    for (final dependent in _dependents) dependent.didChangeDependencies();
  }
}

class ParentDataElement extends ProxyElement {
  ParentDataElement(ParentDataWidget super.widget);

  void update(Widget next) {
    super.update(next);
    final box = render;
    // A render object that is not linked yet gets its data when it is.
    if (box != null && box.parent != null && (next as ParentDataWidget).applyTo(box)) box.parent!.markNeedsLayout();
  }
}

/// An element that has a render object.
class RenderElement extends Element {
  RenderBox? _box;
  bool _isRelinked = false;
  RenderElement(RenderWidget super.widget);

  RenderBox get box => _box!;
  RenderWidget get _renderWidget => _widget as RenderWidget;

  void mount(Element? parent, BuildOwner owner) {
    super.mount(parent, owner);
    _box = _renderWidget.createRender(this);
    rebuild();
    parent?.renderParent?.childrenChanged();
  }

  void update(Widget next) {
    super.update(next);
    _renderWidget.updateRender(this, box);
    rebuild();
  }

  void visitChildren(void Function(Element child) visit) {}
  void performRebuild() {}

  void didChangeDependencies() {
    _renderWidget.updateRender(this, box);
    super.didChangeDependencies();
  }

  /// A render object below has come, gone or changed its place.
  void childrenChanged() {
    if (_isRelinked) return;
    _isRelinked = true;
    owner._changed.add(this);
  }

  void linkChildren() {
    final found = <RenderBox>[];
    final data = <(RenderBox, ParentDataWidget)>[];
    void look(Element element) {
      ParentDataWidget? above;
      for (Element? current = element; current != null; current = current?.onlyChild) {
        if (current is RenderElement) {
          found.add(current.box);
          if (above != null) data.add((current.box, above));
          return;
        }
        if (current is ParentDataElement) above = current.widget as ParentDataWidget;
      }
    }

    visitChildren(look);
    (box as RenderChildren).setChildren(found);
    for (final (child, widget) in data) widget.applyTo(child);
  }

  /// Finds for each widget the element that goes on with it: from both ends as far as they fit in order, between by keys.
  List<Element> updateChildren(List<Element> old, List<Widget> next) {
    int top = 0, oldEnd = old.length, end = next.length;
    final result = List<Element?>.filled(next.length, null);
    while (top < oldEnd && top < end && Widget.canUpdate(old[top]._widget, next[top])) {
      result[top] = updateChild(old[top], next[top]);
      top++;
    }
    while (oldEnd > top && end > top && Widget.canUpdate(old[oldEnd - 1]._widget, next[end - 1])) {
      oldEnd--;
      end--;
    }
    final keyed = <Key, Element>{};
    for (int i = top; i < oldEnd; i++) {
      final key = old[i]._widget.key;
      if (key != null) {
        keyed[key] = old[i];
      } else {
        removeChild(old[i]);
      }
    }
    final moved = oldEnd > top || end > top;
    for (int i = top; i < end; i++) {
      final key = next[i].key;
      Element? kept = key == null ? null : keyed[key];
      if (kept != null && Widget.canUpdate(kept._widget, next[i])) {
        keyed.remove(key);
      } else {
        kept = null;
      }
      result[i] = updateChild(kept, next[i]);
    }
    keyed.values.forEach(removeChild);
    for (int i = end; i < next.length; i++) result[i] = updateChild(old[oldEnd + i - end], next[i]);
    if (moved) childrenChanged();
    return [for (final element in result) element!];
  }
}

class SingleChildRenderElement extends RenderElement {
  Element? _child;
  SingleChildRenderElement(SingleChildRenderWidget super.widget);

  void performRebuild() => _child = updateChild(_child, (_widget as SingleChildRenderWidget).child);

  void visitChildren(void Function(Element child) visit) {
    final child = _child;
    if (child != null) visit(child);
  }

  Element? get onlyChild => _child;
}

class MultiChildRenderElement extends RenderElement {
  List<Element> _children = const [];
  MultiChildRenderElement(MultiChildRenderWidget super.widget);

  void performRebuild() => _children = updateChildren(_children, (_widget as MultiChildRenderWidget).children);

  void visitChildren(void Function(Element child) visit) {
    for (final child in _children) visit(child);
  }
}

/// The element above all others.
class RootElement extends RenderElement {
  Element? _child;
  RootElement(RootWidget super.widget);

  void performRebuild() => _child = updateChild(_child, (_widget as RootWidget).child);

  void visitChildren(void Function(Element child) visit) {
    final child = _child;
    if (child != null) visit(child);
  }
}

class RootWidget extends RenderWidget {
  final RenderRoot root;
  final Widget child;
  const RootWidget(this.root, this.child);
  RootElement createElement() => RootElement(this);
  RenderBox createRender(BuildContext context) => root;
}
