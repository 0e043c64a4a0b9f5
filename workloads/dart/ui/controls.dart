/// Controls in the manner of a design system: a theme, buttons, boxes to tick, tabs, fields, bars, panels.
library;

import 'animation.dart';
import 'application.dart';
import 'basic.dart';
import 'boxes.dart';
import 'canvas.dart';
import 'foundation.dart';
import 'framework.dart';
import 'geometry.dart';
import 'many.dart';
import 'text.dart';

/// The colours and styles of an application.
class ThemeData {
  final Color primary, surface, background, ink, faint;
  final TextStyle title, body, caption;
  const ThemeData({
    this.primary = const Color(0xff3050c0),
    this.surface = const Color(0xffffffff),
    this.background = const Color(0xfff0f0f4),
    this.ink = const Color(0xff202020),
    this.faint = const Color(0xffd0d0d8),
    this.title = const TextStyle(size: 20.0, bold: true),
    this.body = const TextStyle(),
    this.caption = const TextStyle(size: 11.0, color: Color(0xff707078)),
  });

  static const light = ThemeData();
  static const dark = ThemeData(
    primary: Color(0xff90a8ff),
    surface: Color(0xff282830),
    background: Color(0xff101014),
    ink: Color(0xfff0f0f0),
    faint: Color(0xff50505c),
    title: TextStyle(size: 20.0, bold: true, color: Color(0xfff0f0f0)),
    body: TextStyle(color: Color(0xffe0e0e0)),
    caption: TextStyle(size: 11.0, color: Color(0xffa0a0a8)),
  );

  static ThemeData lerp(ThemeData a, ThemeData b, double t) => ThemeData(
        primary: Color.lerp(a.primary, b.primary, t),
        surface: Color.lerp(a.surface, b.surface, t),
        background: Color.lerp(a.background, b.background, t),
        ink: Color.lerp(a.ink, b.ink, t),
        faint: Color.lerp(a.faint, b.faint, t),
        title: TextStyle.lerp(a.title, b.title, t),
        body: TextStyle.lerp(a.body, b.body, t),
        caption: TextStyle.lerp(a.caption, b.caption, t),
      );
}

class Theme extends InheritedWidget {
  final ThemeData data;
  const Theme({super.key, required this.data, required super.child});
  static ThemeData of(BuildContext context) => context.dependOn<Theme>()?.data ?? ThemeData.light;
  bool updateShouldNotify(Theme old) => !identical(data, old.data);
}

/// A theme that changes in time.
class AnimatedTheme extends StatelessWidget {
  final ThemeData data;
  final Widget child;
  const AnimatedTheme({super.key, required this.data, required this.child});
  Widget build(BuildContext context) => Animated<ThemeData>(
        value: data,
        mix: ThemeData.lerp,
        builder: (context, data) => Theme(data: data, child: DefaultTextStyle(style: data.body, child: child)),
      );
}

class Card extends StatelessWidget {
  final Widget child;
  const Card({super.key, required this.child});
  Widget build(BuildContext context) {
    final theme = Theme.of(context);
    return Container(
      padding: const EdgeInsets.all(12.0),
      decoration: Decoration(color: theme.surface, border: theme.faint, radius: 8.0),
      child: child,
    );
  }
}

/// A button with a label; it becomes darker while it is pressed.
class Button extends StatelessWidget {
  final String label;
  final void Function() onTap;
  const Button({super.key, required this.label, required this.onTap});
  Widget build(BuildContext context) {
    final theme = Theme.of(context);
    return Tappable(
      onTap: onTap,
      builder: (context, isPressed) => Animated<Decoration>(
        value: Decoration(color: isPressed ? theme.ink : theme.primary, radius: isPressed ? 8.0 : 4.0),
        mix: Decoration.lerp,
        duration: 100000,
        builder: (context, decoration) => DecoratedBox(
          decoration: decoration,
          child: Padding(
            padding: const EdgeInsets.symmetric(horizontal: 12.0, vertical: 6.0),
            child: Text(label, style: theme.body.copyWith(color: theme.surface, bold: true), maxLines: 1),
          ),
        ),
      ),
    );
  }
}

/// A box to tick, with a mark that grows.
class Checkbox extends StatelessWidget {
  final bool value;
  final void Function(bool value) onChanged;
  const Checkbox({super.key, required this.value, required this.onChanged});
  Widget build(BuildContext context) {
    final theme = Theme.of(context);
    return Tappable(
      onTap: () => onChanged(!value),
      builder: (context, isPressed) => Animated<double>(
        value: value ? 1.0 : 0.0,
        mix: lerpDouble,
        curve: Curves.bounce,
        builder: (context, mark) => CustomPaint(
          size: const Size(18.0, 18.0),
          painter: (canvas, rect) {
            canvas.drawRect(rect, isPressed ? theme.primary : theme.faint, radius: 3.0);
            canvas.drawRect(rect.deflate(2.0), theme.surface, radius: 2.0);
            if (mark > 0.0) canvas.drawRect(rect.deflate(9.0 - 5.0 * mark), theme.primary, radius: 1.0);
          },
        ),
      ),
    );
  }
}

/// A switch whose knob slides.
class Switch extends StatelessWidget {
  final bool value;
  final void Function(bool value) onChanged;
  const Switch({super.key, required this.value, required this.onChanged});
  Widget build(BuildContext context) {
    final theme = Theme.of(context);
    return Tappable(
      onTap: () => onChanged(!value),
      builder: (context, isPressed) => Container(
        width: 36.0,
        height: 20.0,
        decoration: Decoration(color: value ? theme.primary : theme.faint, radius: 10.0),
        child: Animated<Alignment>(
          value: value ? const Alignment(0.9, 0.0) : const Alignment(-0.9, 0.0),
          mix: Alignment.lerp,
          builder: (context, alignment) => Align(
            alignment: alignment,
            child: Container(width: 16.0, height: 16.0, decoration: Decoration(color: theme.surface, radius: 8.0)),
          ),
        ),
      ),
    );
  }
}

/// Names beside each other, of which one is chosen.
class TabBar<T> extends StatelessWidget {
  final List<(T, String)> tabs;
  final T selected;
  final void Function(T tab) onChanged;

  /// The key of a tab, by which a script finds it.
  final Key Function(T tab) keyOf;
  const TabBar({super.key, required this.tabs, required this.selected, required this.onChanged, required this.keyOf});

  Widget build(BuildContext context) {
    final theme = Theme.of(context);
    return Row(
      children: [
        for (final (tab, name) in tabs)
          Expanded(
            child: Tappable(
              key: keyOf(tab),
              onTap: () => onChanged(tab),
              builder: (context, isPressed) => Animated<TextStyle>(
                value: theme.body.copyWith(color: tab == selected ? theme.primary : theme.ink, bold: tab == selected),
                mix: TextStyle.lerp,
                builder: (context, style) => Container(
                  height: 32.0,
                  alignment: Alignment.center,
                  decoration: Decoration(color: isPressed ? theme.faint : theme.surface),
                  child: Text(name, style: style, maxLines: 1),
                ),
              ),
            ),
          ),
      ],
    );
  }
}

/// A bar that says how much of something is done.
class ProgressBar extends StatelessWidget {
  final double value;
  const ProgressBar({super.key, required this.value});
  Widget build(BuildContext context) {
    final theme = Theme.of(context);
    return Animated<double>(
      value: value,
      mix: lerpDouble,
      curve: Curves.easeInOut,
      builder: (context, value) => CustomPaint(
        size: const Size(infinity, 6.0),
        painter: (canvas, rect) {
          canvas.drawRect(rect, theme.faint, radius: 3.0);
          canvas.drawRect(Rect(rect.left, rect.top, rect.left + rect.width * value, rect.bottom), theme.primary, radius: 3.0);
        },
      ),
    );
  }
}

/// A field that takes what is typed once it was tapped.
class TextField extends StatefulWidget {
  final String hint;
  final void Function(String text) onSubmit;
  const TextField({super.key, required this.hint, required this.onSubmit});
  State createState() => _TextFieldState();
}

class _TextFieldState extends State<TextField> implements TextClient {
  String _text = '';
  bool _hasFocus = false;
  late final AnimationController _caret = AnimationController(context.owner.scheduler, duration: 1000000);

  void _focus() {
    if (_hasFocus) return;
    TextInputScope.of(context).client = this;
    _caret.repeat();
    setState(() => _hasFocus = true);
  }

  void insert(String text) => setState(() => _text += text);

  void deleteBackward() {
    if (_text.isNotEmpty) setState(() => _text = _text.substring(0, _text.length - 1));
  }

  void submit() {
    final text = _text.trim();
    setState(() => _text = '');
    if (text.isNotEmpty) widget.onSubmit(text);
  }

  void dispose() => _caret.dispose();

  Widget build(BuildContext context) {
    final theme = Theme.of(context);
    return Tappable(
      onTap: _focus,
      builder: (context, isPressed) => Container(
        height: 34.0,
        padding: const EdgeInsets.symmetric(horizontal: 8.0, vertical: 6.0),
        decoration: Decoration(color: theme.surface, border: _hasFocus ? theme.primary : theme.faint, radius: 4.0),
        child: Row(
          spacing: 1.0,
          children: [
            if (_text.isEmpty && !_hasFocus) Text(widget.hint, style: theme.caption) else Text(_text, maxLines: 1),
            if (_hasFocus)
              ListenableBuilder(
                listenable: _caret,
                builder: (context, child) => Opacity(opacity: _caret.value < 0.5 ? 1.0 : 0.0, child: child),
                child: Container(width: 1.0, height: 18.0, decoration: Decoration(color: theme.primary)),
              ),
          ],
        ),
      ),
    );
  }
}

/// A title that shows and hides what is below it.
class ExpansionPanel extends StatefulWidget {
  final String title;
  final Widget child;
  const ExpansionPanel({super.key, required this.title, required this.child});
  State createState() => _ExpansionPanelState();
}

class _ExpansionPanelState extends State<ExpansionPanel> {
  late final AnimationController _controller = AnimationController(context.owner.scheduler, duration: 300000);
  late final Animation<double> _height = CurvedAnimation(_controller, Curves.easeInOut);

  void _toggle() {
    switch (_controller.status) {
      case AnimationStatus.dismissed || AnimationStatus.reverse:
        _controller.forward();
      case AnimationStatus.completed || AnimationStatus.forward:
        _controller.reverse();
    }
  }

  void dispose() => _controller.dispose();

  Widget build(BuildContext context) {
    final theme = Theme.of(context);
    return Card(
      child: Column(
        children: [
          Tappable(
            key: ValueKey(widget.title),
            onTap: _toggle,
            builder: (context, isPressed) => Text(widget.title, style: theme.body.copyWith(bold: true)),
          ),
          ListenableBuilder(
            listenable: _height,
            builder: (context, child) => Clip(child: Align(alignment: Alignment.topLeft, heightFactor: _height.value, child: child)),
            child: Padding(padding: const EdgeInsets.symmetric(vertical: 6.0), child: widget.child),
          ),
        ],
      ),
    );
  }
}
