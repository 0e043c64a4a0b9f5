/// A to-do list: what is typed becomes an item; items are ticked, filtered, scrolled and deleted. Run by a script of events and frames.
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

class Item {
  final int id;
  final String title;
  bool isDone = false;
  Item(this.id, this.title);
}

enum Filter { all, active, done }

class TodoModel extends ChangeNotifier {
  final List<Item> items = [];
  int _ids = 0;
  Filter _filter = Filter.all;

  Filter get filter => _filter;
  set filter(Filter value) {
    _filter = value;
    notifyListeners();
  }

  List<Item> get shown => [
        for (final item in items)
          if (switch (_filter) { Filter.all => true, Filter.active => !item.isDone, Filter.done => item.isDone }) item,
      ];
  int get left => items.where((item) => !item.isDone).length;
  double get share => items.isEmpty ? 0.0 : 1.0 - left / items.length;

  void add(String title) {
    items.insert(0, Item(_ids++, title));
    notifyListeners();
  }

  void toggle(Item item) {
    item.isDone = !item.isDone;
    notifyListeners();
  }

  void remove(Item item) {
    items.remove(item);
    notifyListeners();
  }

  void clearDone() {
    items.removeWhere((item) => item.isDone);
    notifyListeners();
  }
}

/// Hands the model to all that show it.
class Model extends InheritedWidget {
  final TodoModel model;
  const Model({super.key, required this.model, required super.child});
  static TodoModel of(BuildContext context) => context.dependOn<Model>()!.model;
  bool updateShouldNotify(Model old) => !identical(model, old.model);
}

class TodoApp extends StatefulWidget {
  final TodoModel model;
  const TodoApp({super.key, required this.model});
  State createState() => _TodoAppState();
}

class _TodoAppState extends State<TodoApp> {
  bool _isDark = false;

  Widget build(BuildContext context) => AnimatedTheme(
        data: _isDark ? ThemeData.dark : ThemeData.light,
        child: Model(
          model: widget.model,
          child: TodoPage(isDark: _isDark, onDark: (value) => setState(() => _isDark = value)),
        ),
      );
}

class TodoPage extends StatelessWidget {
  final bool isDark;
  final void Function(bool value) onDark;
  const TodoPage({super.key, required this.isDark, required this.onDark});

  Widget build(BuildContext context) {
    final theme = Theme.of(context), model = Model.of(context);
    return DecoratedBox(
      decoration: Decoration(color: theme.background),
      child: Padding(
        padding: const EdgeInsets.all(16.0),
        child: Column(
          spacing: 12.0,
          children: [
            Row(
              main: MainAlignment.spaceBetween,
              children: [
                Text('Things to do', style: theme.title),
                Switch(key: const ValueKey('dark'), value: isDark, onChanged: onDark),
              ],
            ),
            TextField(key: const ValueKey('field'), hint: 'What needs to be done?', onSubmit: model.add),
            Expanded(child: ListenableBuilder(listenable: model, builder: (context, child) => TodoList(items: model.shown))),
            ListenableBuilder(listenable: model, builder: (context, child) => Footer(model: model)),
          ],
        ),
      ),
    );
  }
}

class TodoList extends StatelessWidget {
  final List<Item> items;
  const TodoList({super.key, required this.items});
  Widget build(BuildContext context) => ListView(
        key: const ValueKey('list'),
        count: items.length,
        itemExtent: 44.0,
        builder: (context, index) => ItemRow(key: ValueKey(items[index].id), item: items[index], isDone: items[index].isDone),
      );
}

/// An item: it comes in sight slowly, and its text fades once it is done.
class ItemRow extends StatefulWidget {
  final Item item;
  final bool isDone;
  const ItemRow({super.key, required this.item, required this.isDone});
  State createState() => _ItemRowState();
}

class _ItemRowState extends State<ItemRow> {
  late final AnimationController _entrance = AnimationController(context.owner.scheduler, duration: 250000);
  late final Animation<double> _opacity = CurvedAnimation(_entrance, Curves.easeOut);

  void initState() => _entrance.forward();
  void dispose() => _entrance.dispose();

  Widget build(BuildContext context) {
    final theme = Theme.of(context), model = Model.of(context), item = widget.item;
    return ListenableBuilder(
      listenable: _entrance,
      builder: (context, child) => Opacity(opacity: _opacity.value, child: child),
      child: Padding(
        padding: const EdgeInsets.symmetric(vertical: 2.0),
        child: DecoratedBox(
          decoration: Decoration(color: theme.surface, border: theme.faint, radius: 6.0),
          child: Padding(
            padding: const EdgeInsets.symmetric(horizontal: 10.0, vertical: 4.0),
            child: Row(
              spacing: 10.0,
              children: [
                Checkbox(key: ValueKey('tick ${item.id}'), value: widget.isDone, onChanged: (value) => model.toggle(item)),
                Expanded(
                  child: Animated<TextStyle>(
                    value: theme.body.copyWith(color: widget.isDone ? theme.faint : theme.ink),
                    mix: TextStyle.lerp,
                    builder: (context, style) => Text(item.title, style: style, maxLines: 1),
                  ),
                ),
                Button(key: ValueKey('delete ${item.id}'), label: 'x', onTap: () => model.remove(item)),
              ],
            ),
          ),
        ),
      ),
    );
  }
}

class Footer extends StatelessWidget {
  final TodoModel model;
  const Footer({super.key, required this.model});

  Widget build(BuildContext context) {
    final theme = Theme.of(context), left = model.left;
    return Card(
      child: Column(
        spacing: 8.0,
        children: [
          ProgressBar(value: model.share),
          TabBar<Filter>(
            tabs: const [(Filter.all, 'All'), (Filter.active, 'Active'), (Filter.done, 'Done')],
            selected: model.filter,
            onChanged: (filter) => model.filter = filter,
            keyOf: (filter) => ValueKey(filter),
          ),
          Row(
            main: MainAlignment.spaceBetween,
            children: [
              RichText(TextSpan('', style: theme.caption, children: [
                TextSpan('$left', style: theme.caption.copyWith(bold: true)),
                TextSpan(left == 1 ? ' thing left' : ' things left'),
              ])),
              Button(key: const ValueKey('clear'), label: 'Clear done', onTap: model.clearDone),
            ],
          ),
        ],
      ),
    );
  }
}

const _titles = [
  'Water the plants on the balcony', 'Answer the letter of the landlord', 'Buy bread', 'Read the chapter on constraints once more',
  'Call the dentist', 'Repair the bicycle before the weekend comes', 'Sort the photographs of last summer by place', 'Sleep', //
];

/// Runs the application for a number of acts; returns the digest of all frames.
int run(int acts) {
  final model = TodoModel();
  for (int i = 0; i < 30; i++) model.add('${_titles[i % _titles.length]} ($i)');
  final application = Application(TodoApp(model: model), const Size(400.0, 700.0));
  application.run(20);
  for (int act = 0; act < acts; act++) _perform(application, model, act);
  return application.digest.value;
}

void _perform(Application application, TodoModel model, int act) {
  application.tap(const ValueKey('field'));
  application.type('${_titles[act * 3 % _titles.length]} again');
  application.submit();
  application.run(5);
  for (int i = 0; i < 3; i++) {
    application.tap(ValueKey('tick ${model.shown[i * 2].id}'));
    application.run(3);
  }
  application.drag(const ValueKey('list'), -30.0, 8);
  application.run(25);
  application.drag(const ValueKey('list'), 40.0, 10);
  application.run(35);
  application.tap(const ValueKey(Filter.active));
  application.run(12);
  application.tap(ValueKey('delete ${model.shown[1].id}'));
  application.run(6);
  application.tap(const ValueKey(Filter.all));
  application.run(12);
  if (act % 2 == 1) application.tap(const ValueKey('dark'));
  if (act % 4 == 3) application.tap(const ValueKey('clear'));
  application.run(20);
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
