using Harness.Dart.Semantics;
using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Dart.Tests;

/// <summary>Programs are compiled and run on this engine; their output and exit code must be as given.</summary>
public sealed class ProgramTests
{
    internal static (int Code, string Output) Run(string source, DartOptions? lowering = null, EngineOptions? engine = null, IReadOnlyList<string>? arguments = null)
    {
        var (code, output, _) = RunWithErrors(source, lowering, engine, arguments);
        return (code, output);
    }

    /// <summary>The same, with what is written to the standard error; the program's file is <c>program.dart</c> in traces.</summary>
    internal static (int Code, string Output, string Errors) RunWithErrors(string source, DartOptions? lowering = null, EngineOptions? engine = null, IReadOnlyList<string>? arguments = null)
    {
        var file = Path.Combine(Path.GetTempPath(), $"harness-dart-{Guid.NewGuid():N}.dart");
        File.WriteAllText(file, source);
        try
        {
            var (code, output, errors) = Execute(file, lowering, engine, arguments);
            return (code, Named(output), Named(errors));
        }
        finally
        {
            File.Delete(file);
        }

        string Named(string text) => text.Replace(new Uri(file).AbsoluteUri, "program.dart", StringComparison.Ordinal);
    }

    /// <summary>The same of a program in files.</summary>
    internal static (int Code, string Output) RunFile(string file, DartOptions? lowering = null, EngineOptions? engine = null, IReadOnlyList<string>? arguments = null)
    {
        var (code, output, _) = Execute(file, lowering, engine, arguments);
        return (code, output);
    }

    private static (int Code, string Output, string Errors) Execute(string file, DartOptions? lowering, EngineOptions? engine, IReadOnlyList<string>? arguments)
    {
        var module = DartCompiler.Build(file, lowering);
        var options = engine ?? EngineOptions.Default;
        var (output, errors) = (new StringWriter(), new StringWriter());
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var code = ExecutionThread.Run(options, () =>
        {
            using var store = new Store(options);
            var host = new DartHost(output, errors, new Lazy<SourceMap?>(() => SourceMap.Parse(module.Map!.ToJson(folder), folder)), arguments);
            try
            {
                return host.Run(store, WasmModule.Decode(module.Bytes));
            }
            catch (WasmTrapException trap) when (trap.Kind == TrapKind.StackOverflow)
            {
                errors.Write(host.Describe(trap));
                return 255;
            }
        });
        return (code, output.ToString(), errors.ToString());
    }

    private const string Classes = """
        class A { int x; A(this.x); int f() => x + 1; String toString() => 'A($x)'; }
        class B extends A { B(int y) : super(y * 2); int f() => x * 10; }
        void main() {
          var list = [1, 2, 3];
          list.add(4);
          var sum = 0;
          for (var i in list) sum += i;
          print('sum $sum ${sum / 3} ${1e21} ${0.1 + 0.2} ${-0.0}');
          for (A a in [A(1), B(2)]) print('$a ${a.f()}');
          var map = {'a': 1, 'b': 2};
          map.forEach((k, v) => print('$k=$v'));
          print(list.map((e) => e * 2).toList());
          try { list[10]; } catch (e) { print(e); }
          print([3, 1, 2]..sort());
        }
        """;

    private const string ClassesOutput = """
        sum 10 3.3333333333333335 1e+21 0.30000000000000004 -0.0
        A(1) 2
        A(4) 40
        a=1
        b=2
        [2, 4, 6, 8]
        RangeError (index): Index out of range: index should be less than 4: 10
        [1, 2, 3]

        """;

    [Fact]
    public void ClassesListsMapsAndStringsWork() => Assert.Equal((0, ClassesOutput), Run(Classes));

    [Theory]
    [InlineData("never", 0, 0)]
    [InlineData("eager", 0, 0)]
    [InlineData("eager", 3, 0)]
    [InlineData("background", 0, 100)]
    public void TheEngineModeMakesNoDifference(string tierUp, int guardFailInterval, int collectionInterval)
    {
        var options = EngineOptions.FromDictionary(new Dictionary<string, string>
        {
            ["tier-up"] = tierUp,
            ["stress.guard-fail-interval"] = guardFailInterval.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["stress.gc-interval"] = collectionInterval.ToString(System.Globalization.CultureInfo.InvariantCulture),
        });
        Assert.Equal((0, ClassesOutput), Run(Classes, engine: options));
    }


    [Fact]
    public void DefaultsOfTearOffsAreKept() => Assert.Equal(
        (0, "1 2\n1 7\n"),
        Run("class A { String f(int a, [int b = 2]) => '$a $b'; } void main() { final f = A().f; print(f(1)); print(f(1, 7)); }"));

    [Fact]
    public void ConstantMapsAndSetsMayBeLarge() => Assert.Equal(
        (0, "8 null 9 true\n{1, 2, 3} {1: 2, 3: 4}\n"),
        Run("void main() { const s = {1, 2}, t = {1: 2}; const m = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7, 8: 8}; print('${m[8]} ${m[9]} ${m.length} ${const {0, 1, 2, 3, 4, 5, 6, 7, 8}.contains(8)}'); print('${const {...s, 3}} ${const {...t, 3: 4}}'); }"));

    [Theory]
    [InlineData("[{0}]", "30000 0 1 29999")]
    [InlineData("<double>[{0}]", "30000 0.0 1.0 29999.0")]
    [InlineData("<Object?>[{0}]", "30000 0 1 29999")]
    public void LiteralsOfListsMayBeLarge(string literal, string expected) => Assert.Equal(
        (0, expected + "\n"),
        Run($"void main() {{ final l = {literal.Replace("{0}", string.Join(", ", Enumerable.Range(0, 30000)))}; print('${{l.length}} ${{l[0]}} ${{l[1]}} ${{l.last}}'); }}"));

    [Theory]
    [InlineData("two-byte")]
    [InlineData("one-byte")]
    public void ConstantsMayBeLarge(string strings) => Assert.Equal(
        (0, "12001 x é 12000 0 5000 11999 true\n"),
        Run(
            $"const s = '{new string('x', 12000)}é'; const l = [{string.Join(", ", Enumerable.Range(0, 12000))}], t = {{{string.Join(", ", Enumerable.Range(0, 12000))}}}; void main() => print('${{s.length}} ${{s[11999]}} ${{s[12000]}} ${{l.length}} ${{l[0]}} ${{l[5000]}} ${{l.last}} ${{t.contains(11999)}}');",
            DartOptions.FromKnobs([KeyValuePair.Create("dart.strings", strings)])));

    [Fact]
    public void IndexErrorsHaveTheNamesThatTheyAreGiven() => Assert.Equal(
        (0, "null null index i RangeError: Index out of range: index should be less than 2: 5\n"),
        Run("void main() { String? name(void Function() f) { try { f(); } on IndexError catch (e) { return e.name; } return 'none'; } final l = [1, 2]; print('${IndexError(5, l).name} ${RangeError.index(5, l).name} ${name(() => l[5])} ${name(() => IndexError.check(5, 2, name: 'i'))} ${IndexError.withLength(5, 2)}'); }"));

    [Fact]
    public void MethodsAnsweredByNoSuchMethodAreTornOff() => Assert.Equal(
        (0, "A 1 A\n"),
        Run("mixin class A { noSuchMethod(Invocation i) => 'A'; String foo(); } enum E with A { e; } class C extends A {} void main() { Function f = E.e.foo; String Function() g = C().foo; print('${f()} ${f is String Function() ? 1 : 0} ${g()}'); }"));

    [Fact]
    public void ClosuresTakeAnythingForCovariantParameters() => Assert.Equal(
        (0, "true true false TypeError\n"),
        Run("class A { void m(Object a) {} } class C extends A { void m(covariant int a) {} void n(int a) {} } void main() { final Object f = C().m, g = A().m, h = C().n; var e; try { (f as dynamic)('a'); } on TypeError { e = 'TypeError'; } print('${f is void Function(Object?)} ${g is void Function(Object)} ${h is void Function(Object)} $e'); }"));

    [Fact]
    public void WhatIsKnownOfAVariableHoldsInClosures() => Assert.Equal(
        (0, "4 [ok]\n"),
        Run("void f(int? x, Object o) { if (x != null && o is String) { final g = () => '${x + 1} [${o.toLowerCase()}]'; print(g()); } } void main() => f(3, 'OK');"));

    [Fact]
    public void TearOffsTakeAnythingForParametersThatTheyCheck() => Assert.Equal(
        (0, "[1] true true\n"),
        Run("void main() { final l = <int>[]; final Object f = l.add; l.add(1); print('$l ${f is void Function(int)} ${f is void Function(String)}'); }"));

    [Fact]
    public void TypesOfObjectsAreComparedByTheirClassesAndTypeArguments() => Assert.Equal(
        (0, "true false true false true true false true false true false true\n"),
        Run("""
            class A<T> { bool like(Object? o) => o.runtimeType == runtimeType; }
            class B extends A<int> {}
            T id<T>(T x) => x;
            void main() {
              final a = A<int>();
              Object? none;
              final g = id<int>, h = (int x) => x;
              print('${a.like(A<int>())} ${a.like(A<String>())} ${B().like(B())} ${a.like(B())} '
                  '${1.runtimeType == 2.runtimeType} ${a.runtimeType == A<int>} ${a.runtimeType == A<num>} ${none.runtimeType == Null} ${none.runtimeType == int} '
                  '${g.runtimeType == h.runtimeType} ${(1, 2).runtimeType == (1, '').runtimeType} ${(1, 2).runtimeType == (3, 4).runtimeType}');
            }
            """));

    [Fact]
    public void ATypeThatAClassGivesItselfIsCompared() => Assert.Equal(
        (0, "true false\n"),
        Run("class A { Type get runtimeType => int; } void main() { final Object a = A(); print('${a.runtimeType == int} ${a.runtimeType == A}'); }"));

    [Fact]
    public void GenericFunctionsDifferByTheirBounds() => Assert.Equal(
        (0, "true false 5\n"),
        Run("T f<T extends num>(T x) => x; void main() { Object g = f; int Function(int) h = f; print('${g is T Function<T extends num>(T)} ${g is T Function<T>(T)} ${h(5)}'); }"));

    [Fact]
    public void MainCanTakeArgumentsAndAMessage() => Assert.Equal((0, "[] null\n"), Run("void main(List<String> args, Object? message) { print('$args $message'); }"));

    [Theory]
    [InlineData("void main(List<String> args) { print('${args.length} $args'); }", "4 [a b, , é, ü𝄞€]")]
    [InlineData("void main([List<String> args = const ['none']]) { print(args); }", "[a b, , é, ü𝄞€]")]
    [InlineData("void main(Iterable<Object?>? args, [Object? message = 'none']) { print('${args!.last} $message'); }", "ü𝄞€ none")]
    [InlineData("void main(dynamic args) { args.add('more'); print('${args is List<String>} ${args.last}'); }", "true more")]
    [InlineData("class String {} void main(args) { print(args.length); }", "4")]
    [InlineData("void main() { print('nothing'); }", "nothing")]
    public void MainGetsTheArgumentsOfTheCommandLine(string source, string expected)
    {
        foreach (var strings in Enum.GetValues<StringKind>())
        {
            Assert.Equal((0, expected + "\n"), Run(source, DartOptions.Default with { Strings = strings }, arguments: ["a b", "", "é", "ü𝄞€"]));
        }
    }

    /// <summary>Texts pass through a memory of a few pages. The last unit does not fit into one byte.</summary>
    [Theory]
    [InlineData(29_999)]
    [InlineData(30_000)]
    [InlineData(30_001)]
    [InlineData(200_000)]
    public void AnArgumentMayBeLongerThanTheMemory(int length)
    {
        const string source = """
            void main(List<String> args) {
              int wrong = 0;
              for (int i = 0; i < args[0].length - 1; i++) {
                if (args[0].codeUnitAt(i) != 97 + i % 26) wrong++;
              }
              print('${args[0].length} $wrong ${args[0].codeUnitAt(args[0].length - 1)} ${args[1]}');
            }
            """;
        var text = string.Create(length, 0, static (units, _) =>
        {
            for (var i = 0; i < units.Length; i++)
            {
                units[i] = i == units.Length - 1 ? '€' : (char)('a' + (i % 26));
            }
        });
        foreach (var strings in Enum.GetValues<StringKind>())
        {
            Assert.Equal((0, $"{length} 0 {(int)'€'} next\n"), Run(source, DartOptions.Default with { Strings = strings }, arguments: [text, "next"]));
        }
    }

    [Fact]
    public void ASwitchWithinAnotherGoesOnWithCasesOfBoth() => Assert.Equal(
        (0, "[one inner, one again inner, one two, one finally two, two]\n"),
        Run("""
            String f(int a, int b) {
              final log = <String>[];
              switch (a) {
                one:
                case 1:
                  log.add('one');
                  switch (b) {
                    inner:
                    case 1:
                      log.add('inner');
                    case 2:
                      log.add('again');
                      continue inner;
                    case 3:
                      continue two;
                    case 4:
                      try { continue two; } finally { log.add('finally'); }
                  }
                two:
                case 2:
                  log.add('two');
              }
              return log.join(' ');
            }
            void main() => print([f(1, 1), f(1, 2), f(1, 3), f(1, 4), f(2, 0)]);
            """));

    [Fact]
    public void ADeferredLibraryIsUsedWhenItWasAskedFor() => Assert.Equal(
        (0, "DeferredLoadException DeferredLoadException DeferredLoadException\n3.0 Random 0.0\n"),
        Run("""
            import 'dart:async';
            import 'dart:math' deferred as m;
            String attempt(Object? f()) { try { return '${f()}'; } on DeferredLoadException { return 'DeferredLoadException'; } }
            void main() async {
              int f() { print('no'); return 1; }
              print('${attempt(() => m.sqrt(f()))} ${attempt(() => m.Random)} ${attempt(() => new m.Point(f(), f()))}');
              Future<void> Function() load = m.loadLibrary;
              await load();
              print('${m.sqrt(9)} ${m.Random} ${m.Point(0.0, 1).x}');
              await m.loadLibrary();
            }
            """));

    [Fact]
    public void AnUncaughtExceptionEndsWith255()
    {
        var (code, output, errors) = RunWithErrors("void main() { throw StateError('no'); }");
        Assert.Equal((255, ""), (code, output));
        Assert.StartsWith("Unhandled exception:\nBad state: no\n", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("void main() { int x = 'a'; }", "1:23: Error: A value of type 'String' can't be assigned to a variable of type 'int'.")]
    [InlineData("void main() { foo(); }", "1:15: Error: Method not found: 'foo'.")]
    [InlineData("void main() { print(1) }", "1:22: Error: Expected ';' after this.")]
    [InlineData("Future<int> f() async { return 'a'; } void main() { f(); }", "1:25: Error: A value of type 'String' can't be returned from an async function with return type 'Future<int>'.")]
    [InlineData("Future<int> f() async { } void main() { f(); }", "1:13: Error: A non-null value must be returned since the return type 'Future<int>' doesn't allow null.")]
    [InlineData("Iterable<int> f() sync* { yield 'a'; } void main() { f(); }", "1:33: Error: A value of type 'String' can't be assigned to a variable of type 'int'.")]
    [InlineData("void main() async { await for (var x in [1]) print(x); }", "Error: The type 'List<int>' used in the 'for' loop must implement 'Stream<dynamic>'.")]
    public void AWrongProgramIsRefusedAtItsPlace(string source, string expected)
    {
        var exception = Assert.Throws<DartCompilationException>(() => Run(source));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }
}
