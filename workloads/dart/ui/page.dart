/// A page of many parts: tables that are sorted, cards that move, charts, panels, chips, a long list, text of several styles. Run by a script of events and frames.
library;

import 'animation.dart';
import 'application.dart';
import 'basic.dart';
import 'boxes.dart';
import 'controls.dart';
import 'foundation.dart';
import 'framework.dart';
import 'geometry.dart';
import 'many.dart';
import 'scrolling.dart';
import 'text.dart';

enum Section { overview, figures, people }

class PageApp extends StatefulWidget {
  const PageApp({super.key});
  State createState() => _PageAppState();
}

class _PageAppState extends State<PageApp> {
  Section _section = Section.overview;

  Widget build(BuildContext context) => Theme(
        data: ThemeData.light,
        child: DecoratedBox(
          decoration: const Decoration(color: Color(0xfff0f0f4)),
          child: Column(
            children: [
              const Header(),
              TabBar<Section>(
                tabs: const [(Section.overview, 'Overview'), (Section.figures, 'Figures'), (Section.people, 'People')],
                selected: _section,
                onChanged: (section) => setState(() => _section = section),
                keyOf: (section) => ValueKey(section),
              ),
              Expanded(
                child: switch (_section) { Section.overview => const Overview(), Section.figures => const Figures(), Section.people => const People() },
              ),
            ],
          ),
        ),
      );
}

/// The title, with a mark that goes round and round.
class Header extends StatefulWidget {
  const Header({super.key});
  State createState() => _HeaderState();
}

class _HeaderState extends State<Header> {
  static final _place = TweenSequence<Alignment>([
    (Tween(const Alignment(-1.0, -1.0), const Alignment(1.0, -1.0), Alignment.lerp), 2.0),
    (Tween(const Alignment(1.0, -1.0), const Alignment(1.0, 1.0), Alignment.lerp).chain(Curves.ease), 1.0),
    (Tween(const Alignment(1.0, 1.0), const Alignment(-1.0, 1.0), Alignment.lerp), 2.0),
    (Tween(const Alignment(-1.0, 1.0), const Alignment(-1.0, -1.0), Alignment.lerp).chain(Curves.bounce), 1.0),
  ]);

  late final AnimationController _controller = AnimationController(context.owner.scheduler, duration: 2000000);
  late final Animation<Alignment> _alignment = _place.animate(_controller);

  void initState() => _controller.repeat();
  void dispose() => _controller.dispose();

  Widget build(BuildContext context) {
    final theme = Theme.of(context);
    return Container(
      height: 56.0,
      padding: const EdgeInsets.symmetric(horizontal: 16.0, vertical: 8.0),
      decoration: Decoration(color: theme.surface),
      child: Row(
        main: MainAlignment.spaceBetween,
        children: [
          Text('A page of many parts', style: theme.title),
          RepaintBoundary(
            child: SizedBox(
              width: 32.0,
              height: 32.0,
              child: ListenableBuilder(
                listenable: _controller,
                builder: (context, child) => Align(alignment: _alignment.value, child: child),
                child: Container(width: 8.0, height: 8.0, decoration: Decoration(color: theme.primary, radius: 4.0)),
              ),
            ),
          ),
        ],
      ),
    );
  }
}

class Overview extends StatelessWidget {
  const Overview({super.key});
  Widget build(BuildContext context) => ScrollView(
        key: const ValueKey('overview'),
        child: Padding(
          padding: const EdgeInsets.all(12.0),
          child: Column(
            spacing: 12.0,
            children: [
              const Introduction(),
              const Tiles(),
              const Chips(),
              for (int i = 0; i < 4; i++)
                ExpansionPanel(title: 'Question ${i + 1}', child: Text(_answers[i % _answers.length])),
              const Pulses(),
            ],
          ),
        ),
      );
}

const _answers = [
  'A box is told how large it may be, and tells how large it is. Its parent decides where it is. That is all there is to layout.',
  'What has not changed is neither built nor laid out nor painted again: elements stay, sizes are kept, and layers are drawn as they were.',
  'Lines are broken at spaces, by a table of widths.\nA text that must not have more lines ends in three points.',
];

class Introduction extends StatelessWidget {
  const Introduction({super.key});
  Widget build(BuildContext context) {
    final theme = Theme.of(context), strong = theme.body.copyWith(bold: true, color: theme.primary);
    return Card(
      child: RichText(
        TextSpan('This page has ', style: theme.body, children: [
          TextSpan('tables', style: strong),
          const TextSpan(', which are sorted by a tap on the name of a column, '),
          TextSpan('lists', style: strong),
          const TextSpan(' as long as you like, and '),
          TextSpan('animations', style: strong),
          TextSpan(' (some of them never end)', style: theme.caption),
          const TextSpan('. It is long enough to be scrolled, and nobody has ever seen it.'),
        ]),
        align: TextAlign.center,
      ),
    );
  }
}

/// Cards that come in one after another.
class Tiles extends StatefulWidget {
  const Tiles({super.key});
  State createState() => _TilesState();
}

class _TilesState extends State<Tiles> {
  static const _count = 8;
  late final AnimationController _controller = AnimationController(context.owner.scheduler, duration: 1200000);
  late final List<(Animation<double>, Animation<Color>)> _parts = [
    for (int i = 0; i < _count; i++)
      (
        DoubleTween(0.5, 1.0).animate(CurvedAnimation(_controller, Interval(i * 0.1, i * 0.1 + 0.3, curve: Curves.bounce))),
        ColorTween(const Color(0xffffffff), Color(0xff80a0c0 + i * 0x0a0c00)).animate(CurvedAnimation(_controller, Interval(i * 0.1, 1.0, curve: Curves.easeIn))),
      ),
  ];

  void initState() => _controller.forward();
  void dispose() => _controller.dispose();

  Widget build(BuildContext context) {
    final theme = Theme.of(context);
    return Tappable(
      key: const ValueKey('tiles'),
      onTap: () => _controller.forward(from: 0.0),
      builder: (context, isPressed) => Wrap(
        spacing: 8.0,
        children: [
          for (int i = 0; i < _count; i++)
            ListenableBuilder(
              listenable: _controller,
              builder: (context, child) {
                final (scale, color) = _parts[i];
                return Scaled(
                  scale: scale.value,
                  child: Container(width: 88.0, height: 60.0, decoration: Decoration(color: color.value, radius: 6.0), child: child),
                );
              },
              child: Stack(
                children: [
                  Positioned(left: 6.0, top: 4.0, child: Text('No. ${i + 1}', style: theme.caption)),
                  Positioned(right: 6.0, bottom: 4.0, child: Text('${(i * 37 + 11) % 100}%', style: theme.body)),
                ],
              ),
            ),
        ],
      ),
    );
  }
}

/// Words that can be chosen.
class Chips extends StatefulWidget {
  const Chips({super.key});
  State createState() => _ChipsState();
}

class _ChipsState extends State<Chips> {
  static const _names = ['widget', 'element', 'render object', 'layer', 'curve', 'tween', 'pointer', 'arena', 'constraint', 'span', 'key', 'state'];
  final Set<String> _chosen = {'layer'};

  Widget build(BuildContext context) {
    final theme = Theme.of(context);
    return Wrap(
      spacing: 6.0,
      children: [
        for (final name in _names)
          Tappable(
            key: ValueKey(name),
            onTap: () => setState(() => _chosen.contains(name) ? _chosen.remove(name) : _chosen.add(name)),
            builder: (context, isPressed) => Animated<Decoration>(
              value: Decoration(color: _chosen.contains(name) ? theme.primary : theme.faint, radius: isPressed ? 4.0 : 10.0),
              mix: Decoration.lerp,
              builder: (context, decoration) => DecoratedBox(
                decoration: decoration,
                child: Padding(padding: const EdgeInsets.symmetric(horizontal: 8.0, vertical: 3.0), child: Text(name, style: theme.caption)),
              ),
            ),
          ),
      ],
    );
  }
}

/// Bars that go up and down, each at its own pace.
class Pulses extends StatefulWidget {
  const Pulses({super.key});
  State createState() => _PulsesState();
}

class _PulsesState extends State<Pulses> {
  late final List<AnimationController> _controllers = [
    for (int i = 0; i < 6; i++) AnimationController(context.owner.scheduler, duration: 500000 + i * 130000)..addStatusListener((status) => _turn(i, status)),
  ];

  void _turn(int i, AnimationStatus status) {
    switch (status) {
      case AnimationStatus.completed:
        _controllers[i].reverse();
      case AnimationStatus.dismissed:
        _controllers[i].forward();
      case AnimationStatus.forward || AnimationStatus.reverse:
        break;
    }
  }

  void initState() {
    for (final controller in _controllers) controller.forward();
  }

  void dispose() {
    for (final controller in _controllers) controller.dispose();
  }

  Widget build(BuildContext context) {
    final theme = Theme.of(context);
    return Card(
      child: Column(
        spacing: 4.0,
        children: [
          for (final controller in _controllers)
            RepaintBoundary(
              child: ListenableBuilder(
                listenable: controller,
                builder: (context, child) => CustomPaint(
                  size: const Size(infinity, 8.0),
                  painter: (canvas, rect) {
                    canvas.drawRect(Rect(rect.left, rect.top, rect.left + rect.width * Curves.easeInOut.transform(controller.value), rect.bottom), theme.primary);
                    canvas.drawLine(Offset(rect.left, rect.bottom), Offset(rect.right, rect.bottom), theme.faint);
                  },
                ),
              ),
            ),
        ],
      ),
    );
  }
}

class Country {
  final String name;
  final int area, people;
  const Country(this.name, this.area, this.people);
  double get density => people * 1000.0 / area;
}

final List<Country> _countries = [
  for (int i = 0; i < 24; i++) Country('${_syllables[i % 6]}${_syllables[(i * 5 + 2) % 7]}land', 1000 + i * 7919 % 50000, 100 + i * 6151 % 9000),
];
const _syllables = ['Ar', 'bel', 'Co', 'dor', 'El', 'fen', 'gra'];

/// A table that is sorted by the column whose name is tapped, and a chart of it.
class Figures extends StatefulWidget {
  const Figures({super.key});
  State createState() => _FiguresState();
}

class _FiguresState extends State<Figures> {
  static const _columns = ['Name', 'Area', 'People', 'Density'];
  int _column = 0;
  bool _isDescending = false;
  List<Country> _rows = [..._countries];

  void _sortBy(int column) => setState(() {
        _isDescending = column == _column && !_isDescending;
        _column = column;
        final int Function(Country, Country) compare = switch (column) {
          0 => (a, b) => a.name.compareTo(b.name),
          1 => (a, b) => a.area.compareTo(b.area),
          2 => (a, b) => a.people.compareTo(b.people),
          _ => (a, b) => a.density.compareTo(b.density),
        };
        _rows = [..._rows]..sort(_isDescending ? (a, b) => compare(b, a) : compare);
      });

  Widget build(BuildContext context) {
    final theme = Theme.of(context);
    return ScrollView(
      key: const ValueKey('figures'),
      child: Padding(
        padding: const EdgeInsets.all(12.0),
        child: Column(
          spacing: 12.0,
          children: [
            Card(child: Chart(values: [for (final country in _rows) country.density])),
            Table(
              columns: const [ColumnWidth.share(2), ColumnWidth.share(1), ColumnWidth.share(1), ColumnWidth.content()],
              spacing: 4.0,
              children: [
                for (int i = 0; i < _columns.length; i++)
                  Tappable(
                    key: ValueKey('column $i'),
                    onTap: () => _sortBy(i),
                    builder: (context, isPressed) =>
                        Text(_columns[i], style: theme.body.copyWith(bold: true, color: isPressed || i == _column ? theme.primary : theme.ink)),
                  ),
                for (final country in _rows) ...[
                  Text(country.name, key: ValueKey(country), maxLines: 1),
                  Text('${country.area}', style: theme.caption, align: TextAlign.right),
                  Text('${country.people}', style: theme.caption, align: TextAlign.right),
                  Text('${(country.density * 10.0).round()}', style: theme.caption, align: TextAlign.right),
                ],
              ],
            ),
          ],
        ),
      ),
    );
  }
}

/// Columns that grow and shrink to values.
class Chart extends StatelessWidget {
  final List<double> values;
  const Chart({super.key, required this.values});

  static List<double> _mix(List<double> a, List<double> b, double t) => [for (int i = 0; i < a.length; i++) lerpDouble(a[i], b[i], t)];

  Widget build(BuildContext context) {
    final theme = Theme.of(context);
    return Animated<List<double>>(
      value: values,
      mix: _mix,
      duration: 500000,
      curve: Curves.easeInOut,
      builder: (context, values) => CustomPaint(
        size: const Size(infinity, 80.0),
        painter: (canvas, rect) {
          double most = 1.0;
          for (final value in values) {
            if (value > most) most = value;
          }
          final width = rect.width / values.length;
          for (int i = 0; i < values.length; i++) {
            final left = rect.left + i * width;
            canvas.drawRect(Rect(left + 1.0, rect.bottom - rect.height * values[i] / most, left + width - 1.0, rect.bottom), theme.primary);
          }
        },
      ),
    );
  }
}

/// A list that is much longer than its window.
class People extends StatelessWidget {
  const People({super.key});
  static const _first = ['Ada', 'Bo', 'Cleo', 'Dora', 'Emil', 'Fritz', 'Greta', 'Hugo', 'Ida', 'Jan', 'Karla'];
  static const _last = ['Ahorn', 'Birke', 'Eiche', 'Fichte', 'Kiefer', 'Linde', 'Ulme'];

  Widget build(BuildContext context) => ListView(
        key: const ValueKey('people'),
        count: 1000,
        itemExtent: 52.0,
        builder: (context, index) => Person(name: '${_first[index % 11]} ${_last[index * 3 % 7]}', number: index),
      );
}

class Person extends StatelessWidget {
  final String name;
  final int number;
  const Person({super.key, required this.name, required this.number});

  Widget build(BuildContext context) {
    final theme = Theme.of(context);
    return Container(
      padding: const EdgeInsets.symmetric(horizontal: 12.0, vertical: 6.0),
      decoration: Decoration(color: number.isEven ? theme.surface : theme.background),
      child: Row(
        spacing: 12.0,
        children: [
          Container(
            width: 36.0,
            height: 36.0,
            alignment: Alignment.center,
            decoration: Decoration(color: Color(0xff000000 | number * 0x3579b & 0xffffff), radius: 18.0),
            child: Text(name.substring(0, 1), style: theme.body.copyWith(color: theme.surface, bold: true)),
          ),
          Expanded(
            child: Column(
              main: MainAlignment.center,
              children: [
                Text(name, style: theme.body, maxLines: 1),
                Text('Number $number of the list, whose house has ${number % 9 + 1} windows to the street and a door', style: theme.caption, maxLines: 1),
              ],
            ),
          ),
        ],
      ),
    );
  }
}

/// Runs the application for a number of acts; returns the digest of all frames.
int run(int acts) {
  final application = Application(const PageApp(), const Size(420.0, 760.0));
  application.run(30);
  for (int act = 0; act < acts; act++) _perform(application, act);
  return application.digest.value;
}

void _perform(Application application, int act) {
  application.tap(ValueKey(_ChipsState._names[act * 5 % 12]));
  application.tap(ValueKey('Question ${act % 4 + 1}'));
  application.run(10);
  application.drag(const ValueKey('overview'), -45.0, 8);
  application.run(15);
  application.drag(const ValueKey('overview'), 60.0, 8);
  application.run(10);
  application.tap(const ValueKey('tiles'));
  application.run(20);
  application.tap(const ValueKey(Section.figures));
  application.run(8);
  for (int i = 0; i < 3; i++) {
    application.tap(ValueKey('column ${(act + i) % 4}'));
    application.run(12);
  }
  application.tap(const ValueKey(Section.people));
  application.run(4);
  application.drag(const ValueKey('people'), -50.0, 10);
  application.run(30);
  application.tap(const ValueKey(Section.overview));
  application.run(10);
}

/// Runs as often as [times] says; each run must give the same.
@pragma('wasm:export', 'runTimes')
int runTimes(int times, int acts) {
  final first = run(acts);
  for (int i = 1; i < times; i++) {
    if (run(acts) != first) throw StateError('a run gave something else than the first');
  }
  return first;
}

void main() => print(run(2));
