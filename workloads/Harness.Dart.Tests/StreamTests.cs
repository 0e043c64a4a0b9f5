namespace Harness.Dart.Tests;

/// <summary>Streams, their controllers and their iterators: the order of events, and what becomes of errors and of listeners that leave.</summary>
public sealed class StreamTests
{
    private static void Prints(string expected, string source) => Assert.Equal((0, expected.ReplaceLineEndings("\n")), ProgramTests.Run(source));

    [Fact]
    public void StreamsHoldTheirInputUntilWhatWasKeptIsDelivered() => Prints(
        """
        1 false
        pause
        2 true
        3 true
        resume
        done
        [1, 2] false

        """,
        """
        import 'dart:async';
        void main() async {
          final c = StreamController<int>();
          c.onPause = () => print('pause');
          c.onResume = () { print('resume'); c.close(); };
          late StreamSubscription<int> s;
          s = c.stream.listen((v) {
            print('$v ${c.isPaused}');
            if (v == 1) { s.pause(); Timer.run(s.resume); }
          }, onDone: () => print('done'));
          c..add(1)..add(2)..add(3);
          await c.done;
          final d = StreamController<int>(), seen = <int>[];
          var held = false;
          d.onPause = () { held = true; };
          d..add(1)..add(2)..close();
          await for (final v in d.stream) seen.add(v);
          print('$seen $held');
        }
        """);

    [Fact]
    public void ControllersOfSeveralListenersFireOneEventAtATime() => Prints(
        """
        a 1
        refused
        b 1
        b 2
        left
        {1: 1, 2: 1}

        """,
        """
        import 'dart:async';
        void main() async {
          final c = StreamController<int>.broadcast(sync: true, onCancel: () => print('left'));
          late StreamSubscription<int> a, b;
          a = c.stream.listen((v) { print('a $v'); try { c.add(9); } on StateError { print('refused'); } a.cancel(); });
          b = c.stream.listen((v) { if (v == 2) b.cancel(); print('b $v'); });
          c.add(1);
          c.add(2);
          final calls = <int, int>{};
          final s = Stream.fromIterable([1, 2]).asBroadcastStream().asyncMap((v) { calls[v] = (calls[v] ?? 0) + 1; return Future.value(v); });
          await Future.wait([s.toList(), s.toList(), s.toList()]);
          print(calls);
        }
        """);

    /// <summary>Whoever adds an event has nothing to do with what fails in a controller whose last listener left.</summary>
    [Fact]
    public void ErrorsOfLastListenersLeavingAreOfTheZone() => Prints(
        """
        caught first
        1 true
        caught second
        2 true

        """,
        """
        import 'dart:async';
        void main() {
          void leave(String error, bool isSync, int event) => runZonedGuarded(() {
            late StreamSubscription<int> s;
            final c = StreamController<int>.broadcast(sync: isSync, onCancel: () => throw error);
            s = c.stream.listen((_) => s.cancel());
            if (!isSync) s.cancel();
            c.add(event);
            print('$event ${!c.hasListener}');
          }, (e, _) => print('caught $e'));
          leave('first', true, 1);
          leave('second', false, 2);
        }
        """);

    [Fact]
    public void StreamIteratorsEnd() => Prints(
        """
        null true 1
        2
        false null
        false
        false

        """,
        """
        import 'dart:async';
        void main() async {
          final c = StreamController<int?>()..add(1)..addError(2)..add(3);
          final it = StreamIterator<int?>(c.stream);
          print('${it.current} ${await it.moveNext()} ${it.current}');
          try { await it.moveNext(); } catch (e) { print(e); }
          print('${await it.moveNext()} ${it.current}');
          final waiting = StreamIterator<int>(StreamController<int>().stream);
          final next = waiting.moveNext();
          waiting.cancel();
          print(await next);
          print(await waiting.moveNext());
        }
        """);

    [Fact]
    public void StreamsDeliverInOrderAndEndTheirGenerators() => Prints(
        """
        0 1 4 9
        end
        0 1
        end
        [1, 5]
        got 1
        error oops
        got 2
        done
        6 [3, 1, 2]
        caught E at 1
        paused [0, 1, 2]

        """,
        """
        import 'dart:async';
        Stream<int> squares(int n) async* {
          try { for (var i = 0; i < n; i++) { await null; yield i * i; } } finally { print('end'); }
        }
        Stream<int> both() async* { yield 3; yield* Stream.fromIterable([1, 2]); }
        Stream<int> fails() async* { yield 1; throw 'E'; }
        void main() async {
          var seen = <int>[];
          await for (final x in squares(4)) { seen.add(x); if (x == 9) print(seen.join(' ')); }
          seen = [];
          await for (final x in squares(9)) { seen.add(x); if (x == 1) { print(seen.join(' ')); break; } }
          print(await Stream.fromIterable([0, 1, 2, 3, 4]).map((x) => x + 1).where((x) => x % 4 == 1).toList());
          final controller = StreamController<int>();
          final done = Completer<void>();
          controller.stream.listen((e) => print('got $e'), onError: (e) => print('error $e'), onDone: () { print('done'); done.complete(); });
          controller..add(1)..addError('oops')..add(2)..close();
          await done.future;
          print('${await both().reduce((a, b) => a + b)} ${await both().toList()}');
          var n = 0;
          try { await for (final x in fails()) n = x; } catch (e) { print('caught $e at $n'); }
          final list = <int>[];
          final finished = Completer<void>();
          late final StreamSubscription<int> s;
          s = Stream.fromIterable([0, 1, 2]).listen((x) { list.add(x); s.pause(Future.delayed(Duration(milliseconds: 1))); }, onDone: finished.complete);
          await finished.future;
          print('paused $list');
        }
        """);

    [Fact]
    public void WhoTakesNothingOfAStreamListensForNothing() => Prints(
        """
        false
        listened
        cancelled
        []

        """,
        """
        import 'dart:async';
        void main() async {
          final c = StreamController<int>(onListen: () => print('listened'), onCancel: () => print('cancelled'));
          final none = c.stream.take(0);
          print(none.isBroadcast);
          print(await none.toList());
        }
        """);

    [Fact]
    public void AnErrorOfTheLastListenersLeavingEndsTheProgramLater()
    {
        var (code, output, errors) = ProgramTests.RunWithErrors("import 'dart:async'; void main() { late StreamSubscription s; final c = StreamController.broadcast(sync: true, onCancel: () => throw 'x'); s = c.stream.listen((_) => s.cancel()); c.add(1); print('after'); }");
        Assert.Equal((255, "after\n"), (code, output));
        Assert.StartsWith("Unhandled exception:\nx\n#0      main.<anonymous closure> (program.dart:1:", errors, StringComparison.Ordinal);
    }
}
