using Harness.Engine.Configuration;

namespace Harness.Dart.Tests;

/// <summary>Asynchronous functions, generators, futures and timers: the order of what happens, and what survives where a function stops.</summary>
public sealed class AsynchronyTests
{
    private static void Prints(string expected, string source) => Assert.Equal((0, expected.ReplaceLineEndings("\n")), ProgramTests.Run(source));

    [Fact]
    public void GeneratorsGiveTheirValuesOnDemand() => Prints(
        """
        start
        0
        1
        [0, 1, 10, 20, 2]
        1 2 1 3 1 2 1
        [0, 1, 10, 20, 2]

        """,
        """
        Iterable<int> count(int n) sync* {
          print('start');
          for (var i = 0; i < n; i++) { yield i; if (i == 1) yield* [10, 20]; }
        }
        Iterable<int> quiet(int n) sync* { for (var i = 0; i < n; i++) { yield i; if (i == 1) yield* [10, 20]; } }
        Iterable<int> tree(int d) sync* { if (d == 0) return; yield* tree(d - 1); yield d; yield* tree(d - 1); }
        void main() {
          final it = count(3).iterator;
          for (var i = 0; i < 2; i++) { it.moveNext(); print(it.current); }
          final all = quiet(3);
          print(all.toList());
          print(tree(3).join(' '));
          print(all.toList());
        }
        """);

    /// <summary>What a function gives that may be a future: it is waited for if it is one of the function's own values, and a value itself otherwise.</summary>
    [Fact]
    public void FuturesOfSomethingElseAreNoResults() => Prints(
        """
        TypeError
        TypeError
        2
        3
        true

        """,
        """
        Future<T> of<T>(T r) async => r;
        Future<int> number() async { return of<num>(1) as dynamic; }
        Future<int> plain() async { return 3.5 as dynamic; }
        Future<Object> any() async { Object o = of<int>(2); return o; }
        Future<int> same() async { return of<int>(3) as dynamic; }
        Future<void> attempt(Future<Object?> Function() f) async { try { print(await f()); } on TypeError { print('TypeError'); } }
        void main() async {
          await attempt(number);
          await attempt(plain);
          await attempt(any);
          await attempt(same);
          await attempt(() async { try { await Future<int>.value(); } on TypeError { return true; } return false; });
        }
        """);

    /// <summary>The futures that Future.wait has are cleaned up from the first error on; actions that give no future wait for nothing.</summary>
    [Fact]
    public void FuturesWaitForNoMoreThanTheyMust() => Prints(
        """
        clean 1
        timer
        clean 2
        caught e
        caught list
        each 1
        each 2
        now
        while 0
        while 1
        while 2
        later
        while 3
        caught 3

        """,
        """
        import 'dart:async';
        Iterable<Future<int>> faulty() sync* { yield Future.value(1); throw 'list'; }
        void main() async {
          final last = Completer<int>();
          Timer(Duration(milliseconds: 40), () { print('timer'); last.complete(2); });
          try {
            await Future.wait<int>([Future.value(1), Future<int>.delayed(Duration(milliseconds: 5), () => throw 'e'), last.future], cleanUp: (v) => print('clean $v'));
          } catch (e) {
            print('caught $e');
          }
          try {
            await Future.wait<int>(faulty());
          } catch (e) {
            print('caught $e');
          }
          final each = Future.forEach<int>([1, 2], (v) { print('each $v'); });
          print('now');
          await each;
          int n = 0;
          FutureOr<bool> step() {
            print('while $n');
            if (n == 3) throw n;
            if (n++ < 2) return true;
            return Future<bool>.value(true);
          }
          final loop = Future.doWhile(step);
          print('later');
          try {
            await loop;
          } catch (e) {
            print('caught $e');
          }
        }
        """);

    [Fact]
    public void ErrorsStayInTheirZone() => Prints(
        """
        outer 1
        inner 2

        """,
        """
        import 'dart:async';
        void main() {
          runZonedGuarded(() {
            final f = Future<int>.error(1);
            runZonedGuarded(() { f.catchError((Object e) { print('never'); return 0; }); }, (e, s) => print('inner $e'));
          }, (e, s) => print('outer $e'));
          runZonedGuarded(() { Future<int>.error(2); }, (e, s) => print('inner $e'));
        }
        """);

    [Fact]
    public void TryBlocksWorkAcrossStops() => Prints(
        """
        a[boom]F
        0.1.2.3.
        inner finally
        outer caught StateError
        7 after finally
        rethrown E

        """,
        """
        Future<String> first() async {
          var log = 'a';
          try {
            await Future<int>.error('boom');
            log += 'never';
          } catch (e) {
            log += await Future.value('[$e]');
          } finally {
            log += await Future.delayed(Duration(milliseconds: 1), () => 'F');
          }
          return log;
        }
        Future<String> loops() async {
          var log = '';
          for (var i = 0; i < 9; i++) {
            try {
              log += '${await Future.value(i)}';
              if (i == 1) continue;
              if (i == 3) break;
            } finally {
              await null;
              log += '.';
            }
          }
          return log;
        }
        Future<void> nested() async {
          try {
            try {
              await null;
              throw StateError('x');
            } finally {
              await null;
              print('inner finally');
            }
          } on StateError {
            await null;
            print('outer caught StateError');
          }
        }
        Future<int> returns() async {
          try { return await Future.value(7); } finally { await null; }
        }
        Future<void> again() async {
          try { await Future<void>.error('E'); } catch (e) { await null; rethrow; }
        }
        void main() async {
          print(await first());
          print(await loops());
          await nested();
          print('${await returns()} after finally');
          try { await again(); } catch (e) { print('rethrown $e'); }
        }
        """);

    [Fact]
    public void WhatAnExpressionHasComputedSurvivesAStop() => Prints(
        """
        f1 f2 f3
        [1, 2, 3] 123
        15
        {a: 1, b: 2}
        true 8 null
        A(4).4

        """,
        """
        Future<T> later<T>(T x) async { await null; return x; }
        int trace(String s, int x) { log.add(s); return x; }
        List<String> log = [];
        class A { int x; A(this.x); Future<String> f(int a, int b) async => '$this.${a - b}'; String toString() => 'A($x)'; }
        int add(int a, int b, int c) => a + b * c;
        void main() async {
          var x = 1;
          final sum = add(trace('f1', x), await later(trace('f2', 2)), trace('f3', 3));
          print(log.join(' '));
          print('${[x, await later(2), 3]} $x${await later(2)}${3}');
          var total = 5;
          total += await later(sum) + 3;
          print(total);
          print({'a': await later(1), 'b': x + await later(1)});
          A? none;
          print('${await later(true) && x == 1} ${x > 0 ? await later(8) : 9} ${await later(none?.x)}');
          print(await A(await later(4)).f(await later(9), 5));
        }
        """);

    [Fact]
    public void TasksRunInTheOrderOfTheQueue() => Prints(
        """
        main 1
        async starts
        main 2
        microtask 1
        async goes on
        then 1
        microtask 2
        timer 0
        timer 1
        timer 2

        """,
        """
        import 'dart:async';
        void main() {
          print('main 1');
          Timer.run(() => print('timer 0'));
          Timer(Duration(milliseconds: 1), () => print('timer 1'));
          Timer(Duration(milliseconds: 2), () => print('timer 2'));
          scheduleMicrotask(() { print('microtask 1'); scheduleMicrotask(() => print('microtask 2')); });
          f();
          Future.value(1).then((x) => print('then $x'));
          print('main 2');
        }
        void f() async { print('async starts'); await null; print('async goes on'); }
        """);

    /// <summary>What waits for a future is told before anything else runs, through chains of any length, and before others that wait for the first.</summary>
    [Fact]
    public void ChainsOfFuturesAreCompleteInOneTask() => Prints(
        """
        then 10000
        a1
        a2
        error x
        b
        microtask 1
        down 200
        microtask 2

        """,
        """
        import 'dart:async';
        Future<int> down(int n) async { if (n == 0) { await null; return 0; } return 1 + await down(n - 1); }
        void main() {
          final c = Completer<int>();
          var f = c.future;
          for (var i = 0; i < 10000; i++) f = f.then((x) => x + 1);
          f.then((x) => print('then $x'));
          var a = c.future.then((x) => print('a1'));
          a.then((_) => print('a2'));
          for (var i = 0; i < 100; i++) a = a.whenComplete(() {});
          a = a.then((_) => throw 'x');
          for (var i = 0; i < 100; i++) a = a.catchError((e) {}, test: (e) => i == 99);
          a.then((_) => print('error x'));
          c.future.then((_) => print('b'));
          c.complete(0);
          scheduleMicrotask(() => print('microtask 1'));
          down(200).then((x) => print('down $x'));
          scheduleMicrotask(() => print('microtask 2'));
        }
        """);

    [Fact]
    public void ManyStopsInOneSequenceAndVariablesOfLoopsThatClosuresShare() => Prints(
        """
        36
        [0, 1, 2]
        6 3.5 true

        """,
        """
        Future<T> later<T>(T x) async => x;
        Future<int> many() async {
          var s = 0;
          s += await later(1); s += await later(2); s += await later(3); s += await later(4);
          s += await later(5); s += await later(6); s += await later(7); s += await later(8);
          return s;
        }
        void main() async {
          print(await many());
          final closures = <int Function()>[];
          for (var i = 0; i < 3; i++) { await null; closures.add(() => i); }
          print(closures.map((f) => f()).toList());
          var a = 1; double b = 1.5; bool c = false;
          while (a < 6) { final next = a + 1; await null; b += 0.4; a = next; c = !c; }
          print('$a ${b.toStringAsFixed(1)} $c');
        }
        """);

    [Fact]
    public void AnErrorThatNobodyCatchesEndsTheProgram()
    {
        var (code, output, errors) = ProgramTests.RunWithErrors("Future<void> f() async { await null; throw StateError('late'); } void main() { f(); print('main'); }");
        Assert.Equal((255, "main\n"), (code, output));
        Assert.StartsWith("Unhandled exception:\nBad state: late\n#0      f (program.dart:1:38)\n", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void AnErrorThatNobodyCatchesGoesBeforeWhatIsToBeDone()
    {
        var (code, output, errors) = ProgramTests.RunWithErrors("import 'dart:async'; void main() { Future<void>.error('x'); scheduleMicrotask(() => print('never')); Future<void>.error('y'); print('main'); }");
        Assert.Equal((255, "main\n", "Unhandled exception:\nx\n"), (code, output, errors));
    }

    [Fact]
    public void AZoneTakesTheErrorsOfItsTasks() => Prints(
        "caught E\nvalue 5\n",
        """
        import 'dart:async';
        void main() {
          runZonedGuarded(() { Future<void>.error('E'); }, (e, s) => print('caught $e'));
          runZoned(() { Timer.run(() => print('value ${Zone.current[#x]}')); }, zoneValues: {#x: 5});
        }
        """);

    private const string Everything = """
        import 'dart:async';
        abstract class Shape { Future<int> area(); }
        class Square implements Shape { final int a; Square(this.a); Future<int> area() async { await null; return a * a; } }
        class Box implements Shape { final int a, b; Box(this.a, this.b); Future<int> area() async { try { return await Future.value(a) * b; } finally { await null; } } }
        Iterable<Shape> shapes(int n) sync* { for (var i = 1; i <= n; i++) { if (i.isEven) { yield Square(i); } else { yield* [Box(i, 2), Box(2, i)]; } } }
        Stream<int> areas(Iterable<Shape> all) async* { for (final s in all) { yield await s.area(); } }
        Future<int> fib(int n) async => n < 2 ? n : await fib(n - 1) + await fib(n - 2);
        void main() async {
          var sum = 0;
          await for (final a in areas(shapes(30))) { try { if (a % 7 == 0) throw a; sum += a; } on int catch (e) { await null; sum -= e; } }
          print(sum);
          print(await fib(12));
        }
        """;

    private const string EverythingOutput = "3676\n144\n";

    [Theory]
    [InlineData("never", 0, 0)]
    [InlineData("eager", 0, 0)]
    [InlineData("eager", 3, 0)]
    [InlineData("background", 0, 50)]
    public void TheEngineModeMakesNoDifference(string tierUp, int guardFailInterval, int collectionInterval)
    {
        var options = EngineOptions.FromDictionary(new Dictionary<string, string>
        {
            ["tier-up"] = tierUp,
            ["stress.guard-fail-interval"] = guardFailInterval.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["stress.gc-interval"] = collectionInterval.ToString(System.Globalization.CultureInfo.InvariantCulture),
        });
        Assert.Equal((0, EverythingOutput), ProgramTests.Run(Everything, engine: options));
    }

    [Fact]
    public void TheLoweringMakesNoDifference()
    {
        Assert.Equal((0, EverythingOutput), ProgramTests.Run(Everything, DartOptions.Default with { Dispatch = DispatchKind.ClassSwitch }));
        Assert.Equal((0, EverythingOutput), ProgramTests.Run(Everything, DartOptions.Default with { Devirtualize = DevirtualizeKind.Off }));
        Assert.Equal((0, EverythingOutput), ProgramTests.Run(Everything, DartOptions.Default with { Immutable = false, ExactTypes = false }));
    }
}
