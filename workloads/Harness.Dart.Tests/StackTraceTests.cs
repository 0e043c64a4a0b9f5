using Harness.Engine.Configuration;

namespace Harness.Dart.Tests;

/// <summary>Stack traces name the functions of a program and the places in its text; they are captured where somebody looks at them.</summary>
public sealed class StackTraceTests
{
    private const string Recursion = """
        void fail(int n) {
          if (n == 0) throw StateError('no');
          fail(n - 1);
        }
        void main() {
          print('on');
          fail(2);
        }
        """;

    private const string RecursionErrors = """
        Unhandled exception:
        Bad state: no
        #0      fail (program.dart:2:15)
        #1      fail (program.dart:3:3)
        #2      fail (program.dart:3:3)
        #3      main (program.dart:7:3)

        """;

    private const string NotCaptured = "(The stack was not captured: the program asks for no stack traces, and has thrown many exceptions before.)\n";

    [Theory]
    [InlineData("never", 0, 0)]
    [InlineData("eager", 0, 0)]
    [InlineData("eager", 3, 0)]
    [InlineData("background", 0, 50)]
    public void AnExceptionThatNobodyCatchesIsReportedWithItsStack(string tierUp, int guardFailInterval, int collectionInterval)
    {
        var options = EngineOptions.FromDictionary(new Dictionary<string, string>
        {
            ["tier-up"] = tierUp,
            ["stress.guard-fail-interval"] = guardFailInterval.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["stress.gc-interval"] = collectionInterval.ToString(System.Globalization.CultureInfo.InvariantCulture),
        });
        Assert.Equal((255, "on\n", RecursionErrors), ProgramTests.RunWithErrors(Recursion, engine: options));
    }

    [Theory]
    [InlineData("dart.dispatch", "vtable-fields")]
    [InlineData("dart.dispatch", "class-switch")]
    [InlineData("dart.devirtualize", "off")]
    [InlineData("dart.strings", "one-byte")]
    [InlineData("dart.accessors", "called")]
    [InlineData("dart.generics", "specialised")]
    public void TheLoweringMakesNoDifference(string knob, string value) =>
        Assert.Equal((255, "on\n", RecursionErrors), ProgramTests.RunWithErrors(Recursion, DartOptions.FromKnobs([KeyValuePair.Create(knob, value)])));

    [Fact]
    public void CaughtExceptionsAndErrorsHaveTheirStack() => Prints(
        """
        #0      A.f (program.dart:1:23)
        #1      main (program.dart:3:13)

        true

        """,
        """
        class A { void f() => throw ArgumentError('x'); }
        void main() {
          try { A().f(); } catch (e, s) { print(s); print(e is Error && '${e.stackTrace}' == '$s'); }
        }
        """);

    [Fact]
    public void TheCurrentStackBeginsWithWhoAsks() => Prints(
        """
        #0      where (program.dart:1:33)
        #1      new B.of (program.dart:2:42)
        #2      main (program.dart:3:23)


        """,
        """
        String where() => '${StackTrace.current}';
        class B { final String at; B.of() : at = where(); }
        void main() { print(B.of().at); }
        """);

    [Theory]
    [InlineData("a closure", "void main() { final f = () => throw 'x'; f(); }", "x", "#0      main.<anonymous closure> (program.dart:1:31)\n#1      main (program.dart:1:42)\n")]
    [InlineData("a constructor", "class A { A.of(int n) { throw n; } } void main() => A.of(1);", "1", "#0      new A.of (program.dart:1:25)\n#1      main (program.dart:1:55)\n")]
    [InlineData("an operator", "class A { int operator +(int n) => throw n; } void main() { print(A() + 1); }", "1", "#0      A.+ (program.dart:1:36)\n#1      main (program.dart:1:71)\n")]
    [InlineData("a setter", "class A { void set x(int n) => throw n; } void main() { A().x = 1; }", "1", "#0      A.x= (program.dart:1:32)\n#1      main (program.dart:1:61)\n")]
    [InlineData("a variable", "final int x = throw 'late'; void main() { print(x); }", "late", "#0      x (program.dart:1:15)\n#1      main (program.dart:1:49)\n")]
    [InlineData("a private name", "class A { void _f() => throw 1; } void main() => A()._f();", "1", "#0      A._f (program.dart:1:24)\n#1      main (program.dart:1:54)\n")]
    public void FunctionsHaveTheirNames(string what, string source, string error, string trace) =>
        Assert.Equal((what, $"Unhandled exception:\n{error}\n{trace}"), (what, ProgramTests.RunWithErrors(source).Errors));

    [Theory]
    [InlineData("an index", "void main() { final l = [1]; print(l[l.length]); }", "main (program.dart:1:37)")]
    [InlineData("a cast", "void main() { Object o = 'a'; print(o as int); }", "main (program.dart:1:39)")]
    [InlineData("a value of another type", "void main() { dynamic d = 'a'; int i = d; print(i); }", "main (program.dart:1:40)")]
    [InlineData("null", "void main() { int? i = [1].length == 2 ? 1 : null; print(i!); }", "main (program.dart:1:59)")]
    [InlineData("an assertion", "void main() { assert([1].isEmpty); }", "main (program.dart:1:15)")]
    [InlineData("an index that is assigned", "void main() { final l = [1]; l[2] = 1; }", "main (program.dart:1:31)")]
    [InlineData("a call by name", "void main() { dynamic d = 1; d.foo(); }", "main (program.dart:1:32)")]
    public void WhatFailsInTheCoreLibraryWasAskedForInTheProgram(string what, string source, string frame)
    {
        var (code, _, errors) = ProgramTests.RunWithErrors(source);
        var lines = errors.Split('\n');
        Assert.Equal((what, 255, frame), (what, code, Assert.Single(lines, line => line.Contains("program.dart", StringComparison.Ordinal))[8..]));
        Assert.All(lines.Where(line => line.StartsWith('#')).SkipLast(1), line => Assert.Contains(" (dart:", line, StringComparison.Ordinal));
    }

    [Fact]
    public void AsynchronousFunctionsGoOnWithTheirNames()
    {
        var (code, _, errors) = ProgramTests.RunWithErrors("Future<int> half(int n) async { if (await n == 0) throw 'zero'; return n; } void main() async { await half(0); }");
        Assert.Equal(255, code);
        Assert.StartsWith("Unhandled exception:\nzero\n#0      half (program.dart:1:51)\n#1      _AsyncTask._step (dart:async_task:", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void HandlersOfErrorsAreGivenStacks() => Prints(
        "#0      f (program.dart:2:27)\n#0      f (program.dart:2:27)\n#0      f (program.dart:2:27)\n",
        """
        import 'dart:async';
        Future<void> f() async => throw 'x';
        void tell(s) => print('$s'.split('\n').first);
        void main() async {
          for (int i = 0; i < 20; i++) { await f().catchError((e) {}); }
          await f().catchError((e, s) { tell(s); });
          await f().onError((Object e, StackTrace s) => tell(s));
          runZonedGuarded(f, (e, s) => tell(s));
        }
        """);

    [Fact]
    public void WhereNobodyAsksForTracesOnlyTheFirstExceptionsHaveOne()
    {
        static string Errors(int count, string clause) =>
            ProgramTests.RunWithErrors($"void main() {{ for (int i = 0; i < {count}; i++) {{ try {{ throw i; }} {clause} }} throw 'last'; }}").Errors;
        Assert.StartsWith("Unhandled exception:\nlast\n#0      main (program.dart:1:", Errors(7, "catch (e) {}"), StringComparison.Ordinal);
        Assert.Equal("Unhandled exception:\nlast\n" + NotCaptured, Errors(8, "catch (e) {}"));
        Assert.Equal("Unhandled exception:\nlast\n" + NotCaptured, Errors(20, "catch (e, s) {}"));
        Assert.StartsWith("Unhandled exception:\nlast\n#0      main (program.dart:1:", Errors(20, "catch (e, s) { s.hashCode; }"), StringComparison.Ordinal);
        Assert.StartsWith("Unhandled exception:\nlast\n#0      main (program.dart:1:", Errors(20, "catch (e) { e is Error && e.stackTrace == null; }"), StringComparison.Ordinal);
    }

    [Fact]
    public void ALongTraceIsCut()
    {
        var (_, _, errors) = ProgramTests.RunWithErrors("int f(int n) => n == 0 ? throw 'deep' : f(n - 1) + 1; void main() { print(f(500)); }");
        var lines = errors.Split('\n');
        Assert.Equal("#0      f (program.dart:1:26)", lines[2]);
        Assert.Equal("#10     f (program.dart:1:41)", lines[12]);
        Assert.EndsWith("\n#98     f (program.dart:1:41)\n...\n", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void EndlessRecursionIsReportedWithItsStack()
    {
        var (code, _, errors) = ProgramTests.RunWithErrors("int f(int n) => f(n + 1) + 1; void main() { print(f(0)); }");
        Assert.Equal(255, code);
        Assert.StartsWith("Unhandled exception:\ncall stack exhausted\n#0      f (program.dart:1:", errors, StringComparison.Ordinal);
        Assert.Contains("\n#1      f (program.dart:1:17)\n", errors, StringComparison.Ordinal);
        Assert.EndsWith("\n...\n", errors, StringComparison.Ordinal);
    }

    private static void Prints(string expected, string source) => Assert.Equal((0, expected, ""), ProgramTests.RunWithErrors(source));
}
