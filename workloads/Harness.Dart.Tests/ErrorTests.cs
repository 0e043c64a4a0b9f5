using System.Text;
using Harness.Dart.Semantics;

namespace Harness.Dart.Tests;

/// <summary>
/// Wrong programs are refused with the errors that stand behind them in <c>Errors/programs.txt</c>; <c>HARNESS_UPDATE_GOLDEN=1</c> writes there what the compiler says. Right ones that come
/// near are accepted.
/// </summary>
public sealed class ErrorTests
{
    private static readonly string Golden = Path.Combine(Folder(), "Errors", "programs.txt");

    [Fact]
    public void WrongProgramsAreRefusedWithTheirErrors()
    {
        var text = File.ReadAllText(Golden);
        var actual = new StringBuilder();
        foreach (var block in text.Split("=== ", StringSplitOptions.RemoveEmptyEntries))
        {
            var source = block[(block.IndexOf('\n', StringComparison.Ordinal) + 1)..block.IndexOf("---\n", StringComparison.Ordinal)];
            actual.Append("=== ").Append(block, 0, block.IndexOf("---\n", StringComparison.Ordinal)).Append("---\n");
            foreach (var error in ErrorsOf(source))
            {
                actual.Append(error).Append('\n');
            }
        }

        if (Environment.GetEnvironmentVariable("HARNESS_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(Golden, actual.ToString());
        }
        else
        {
            Assert.Equal(text, actual.ToString());
        }

        Assert.DoesNotContain("accepted", actual.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Trees of patterns are as high as their operators are many in a row, which the compiler's own recursion must bear.</summary>
    [Theory]
    [InlineData("||")]
    [InlineData("&&")]
    public void PatternsAreOfSoManyOperatorsInARow(string op)
    {
        string Program(int operators) => $"void main() {{ switch (1) {{ case {string.Join(op, Enumerable.Repeat("1", operators + 1))}: print(1); }} }}";
        Assert.Equal("accepted", Assert.Single(ErrorsOf(Program(1000))));
        Assert.EndsWith("The pattern has too many operators in a row.", Assert.Single(ErrorsOf(Program(300000))), StringComparison.Ordinal);
    }

    /// <summary>Chains are nested to the left: of some within each other, the tree is as high as all of them together are long.</summary>
    [Theory]
    [InlineData("void main() { var x = 1; print({0}); }", "x", " + 1", "expression has too many operators")]
    [InlineData("void main() { dynamic x = 1; print({0}); }", "x", ".a", "expression has too many selectors")]
    [InlineData("void main() { switch (1) { case {0}: print(1); } }", "1", " || 1", "pattern has too many operators")]
    public void ChainsWithinEachOtherAreNotTooHigh(string program, string first, string link, string what)
    {
        string Program(int chains) => program.Replace("{0}", new string('(', chains) + first + string.Concat(Enumerable.Repeat(string.Concat(Enumerable.Repeat(link, 100)) + ")", chains)), StringComparison.Ordinal);
        Assert.Equal("accepted", Assert.Single(ErrorsOf(Program(5))));
        Assert.EndsWith($"The {what} in a row.", Assert.Single(ErrorsOf(Program(40))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("void", " Function()", " f() => throw 1; void main() {}", "type has too many functions")]
    [InlineData("@a", ".b", " void main() {}", "annotation has too many selectors")]
    [InlineData("void main() { switch (1) { case a", ".b", ": print(1); } }", "expression has too many selectors")]
    public void ChainsAreNotTooLong(string first, string link, string rest, string what) =>
        Assert.EndsWith($"The {what} in a row.", Assert.Single(ErrorsOf(first + string.Concat(Enumerable.Repeat(link, 4000)) + rest)), StringComparison.Ordinal);

    /// <summary>Declarations that need the next one's type or value nest as the parts of one do.</summary>
    [Theory]
    [InlineData("var v{0} = v{1};", "var v{0} = 1; void main() => print(v0);")]
    [InlineData("const v{0} = v{1} + 1;", "const v{0} = 1; void main() => print(v0);")]
    [InlineData("typedef v{0} = v{1};", "typedef v{0} = int; void main() { v0 x = 1; print(x); }")]
    public void DeclarationsThatNeedTheNextAreNotTooMany(string link, string last)
    {
        string Program(int links) => string.Concat(Enumerable.Range(0, links).Select(i => Filled(link, i, i + 1))) + Filled(last, links, links);
        Assert.Equal("accepted", Assert.Single(ErrorsOf(Program(1000))));
        Assert.EndsWith("The program is nested too deeply here.", Assert.Single(ErrorsOf(Program(20000))), StringComparison.Ordinal);
    }

    /// <summary>What declarations make of those before them is walked later, and has those twice that it has in two places.</summary>
    [Theory]
    [InlineData("const v{0} = 1;", "const v{1} = <Object>[v{0}];", 1000, 20000, "The program is nested too deeply here.")]
    [InlineData("final v{0} = 1;", "final v{1} = (v{0}, v{0});", 8, 40, "The type here is made of too many others.")]
    [InlineData("typedef v{0} = int;", "typedef v{1} = (v{0}, v{0});", 8, 40, "The type here is made of too many others.")]
    public void WhatDeclarationsMakeOfEachOtherIsNotTooLarge(string first, string link, int few, int many, string error)
    {
        string Program(int links) => Filled(first, 0, 0) + string.Concat(Enumerable.Range(0, links).Select(i => Filled(link, i, i + 1))) + Filled("void main() => print(v{0});", links, links);
        Assert.Equal("accepted", Assert.Single(ErrorsOf(Program(few))));
        Assert.EndsWith(error, Assert.Single(ErrorsOf(Program(many))), StringComparison.Ordinal);
    }

    private static string Filled(string text, int first, int second) => text.Replace("{0}", $"{first}", StringComparison.Ordinal).Replace("{1}", $"{second}", StringComparison.Ordinal);

    /// <summary>The initializer of a late variable stands wherever the variable is read: those that double with each other are refused before memory runs out.</summary>
    [Fact]
    public void LateVariablesHaveNotTooMuchCode()
    {
        string Program(int variables) => $"void main() {{ late var v0 = 1; {string.Concat(Enumerable.Range(1, variables).Select(i => $"late int v{i} = v{i - 1} + v{i - 1}; "))}print(v{variables}); }}";
        Assert.Equal("accepted", Assert.Single(ErrorsOf(Program(8))));
        Assert.Contains("So much code for the initializers of late variables is not supported by this compiler yet.", Assert.Single(ErrorsOf(Program(40))), StringComparison.Ordinal);
    }

    // Place and message of each error.
    /// <summary>What comes near to right programs, each with its only error.</summary>
    [Theory]
    [InlineData("class C { int a = 1; } void main() { C? c; c?..a?..a; }", "Only the first section of a cascade can be null-aware.")]
    [InlineData("class C { int a = 1; } void main() { int a = 1; print(a); var C(:a) = C(); }", "'a' is already declared in this scope.")]
    [InlineData("class C { const C(); } void main() { switch (C()) { case == C(): print(1); } }", "Not a constant expression.")]
    [InlineData("void main() { num a = 0; a as int; [a] = [3.5]; }", "A value of type 'double' can't be assigned to a variable of type 'int'.")]
    [InlineData("extension type E(int? i) {} void main() { E e = null; print(e); }", "A value of type 'Null' can't be assigned to a variable of type 'E'.")]
    [InlineData("Future<int>? f() async { int? i = 1 > 0 ? null : 1; return i; } void main() => f();", "A value of type 'int?' can't be returned from an async function with return type 'Future<int>'.")]
    [InlineData("class C {} extension type on C {} void main() => C();", "Expected '(' before 'C'.")]
    public void AnErrorIsFound(string source, string message) => Assert.EndsWith(message, Assert.Single(ErrorsOf(source)), StringComparison.Ordinal);

    private static List<string> ErrorsOf(string source)
    {
        var file = Path.Combine(Path.GetTempPath(), $"harness-dart-{Guid.NewGuid():N}.dart");
        File.WriteAllText(file, source);
        try
        {
            DartCompiler.Compile(file);
            return ["accepted"];
        }
        catch (DartCompilationException exception)
        {
            return [.. exception.Errors.Select(e => e.ToString().Split('\n')[0].Replace(file + ":", "", StringComparison.Ordinal))];
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("void main() { int x; if (1 > 0) { x = 1; } else { x = 2; } print(x); }", "1")]
    [InlineData("int f(int i) { final int x; switch (i) { case 1: x = 10; case 2: x = 20; default: x = 30; } return x; } void main() => print(f(2));", "20")]
    [InlineData("void main() { int x; while (true) { x = 3; break; } print(x); }", "3")]
    [InlineData("void main() { int x; try { x = 4; } finally { print('f'); } print(x); }", "f\n4")]
    [InlineData("void main() { int x; do { x = 5; } while (x < 5); print(x); }", "5")]
    [InlineData("void main() { final int x; { x = 6; } final f = () => x; print(f()); }", "6")]
    [InlineData("void main() { int x; (x, _) = (7, 8); print(x); }", "7")]
    [InlineData("void main() { late int x; void set() { x = 8; } set(); print(x); }", "8")]
    [InlineData("class A { late int _x; int n = 0; late final int y = n++ == 0 ? y + 1 : 5; } void main() { try { A()._x; } catch (e) { print(e); } try { A().y; } catch (e) { print(e); } late int z; if (A().n > 0) z = 1; try { print(z); } catch (e) { print(e); } late final int w; void set() { w = 1; } set(); try { set(); } catch (e) { print(e); } }", "LateInitializationError: Field '_x' has not been initialized.\nLateInitializationError: Field 'y' has been assigned during initialization.\nLateInitializationError: Local 'z' has not been initialized.\nLateInitializationError: Local 'w' has already been initialized.")]
    [InlineData("void main() { int x = 1; late int y = x + 1; late final z = x * 10; { int x = 100; print('$x $y'); } int f(int x) => x + z; x = 2; print(f(5)); }", "100 2\n25")]
    [InlineData("int f(int? n) { final int x; if (n == null) { throw 'no'; } x = n; return x; } void main() => print(f(9));", "9")]
    [InlineData("void main() { int x; for (var i = 0; ; i++) { if (i == 3) { x = i; break; } } print(x); }", "3")]
    [InlineData("class A { void f(covariant num x) => print(x); } class B extends A { void f(int x) => print(x + 1); } void main() => B().f(1);", "2")]
    [InlineData("abstract class A { int f(); } class B implements A { noSuchMethod(i) => 5; } void main() => print(B().f());", "5")]
    [InlineData("mixin M { int x = 1; } class A { const A(); } class B extends A with M {} void main() => print(B().x);", "1")]
    [InlineData("class A<T extends A<T>> { A<dynamic>? next; } void main() => print(A<Never>().next);", "null")]
    [InlineData("class A { final int x; A(int y) : x = y; A.b() : this(2); } void main() => print(A.b().x);", "2")]
    [InlineData("void f<T extends Object?>(T x) { print(x); } void main() { f<void>(null); }", "null")]
    [InlineData("class A { int x = 1; int f() { final g = x; { int x = g + 1; return x; } } } void main() => print(A().f());", "2")]
    [InlineData("mixin M { int f() => 1; } enum E with M { a, b(2); final int x; const E([this.x = 0]); } void main() => print('${E.b.x} ${E.a.f()} ${E.b.index}');", "2 1 1")]
    [InlineData("mixin class A { bool m(); dynamic noSuchMethod(Invocation i) => i.isMethod; } enum E with A { e } void main() { print(A().m()); print(E.e.m()); }", "true\ntrue")]
    [InlineData("class A { int x = 3; late final y = this.x; late var z = x + y; } void main() => print(A().z);", "6")]
    [InlineData("class A { final Object? p; const A(this.p); } class Same { const Same(Object? a, Object? b) : assert(identical(a, b)); } const x = A(1); void main() { const Same(x, A(1)); const Same(Symbol('a'), #a); print({A(1), x}.length); }", "2")]
    [InlineData("const a = <int, int?>{?null: 1, 2: 3, 4: null}; void main() => print(a);", "{2: 3, 4: null}")]
    [InlineData("void main() { final x = null; const y = null; try { y.foo; } catch (e) { print(x == y); } }", "true")]
    [InlineData("dynamic f<T extends dynamic>(T x) => x.length; void main() => print(f('abc'));", "3")]
    [InlineData("void g() {} f() => g(); void main() => print(f());", "null")]
    [InlineData("typedef L = List<int>; void main() { final a = [1, 2]; L.copyRange(a, 0, [5]); final f = L.copyRange; f(a, 1, [6]); print(a); }", "[5, 6]")]
    [InlineData("class C<X, Y> {} class D<X extends C<X, Y>, Y extends X> { D? d; } void main() => print(D<Never, Never>().d);", "null")]
    [InlineData("bool Function(int) f(bool Function(int) g) => g; void main() { dynamic y = 2; print(f((x) => x > y)(3)); List<int> Function() h = () { return []; }; print(h() is List<int>); }", "true\ntrue")]
    [InlineData("String f(Object o) { switch (o) { case [var a, int n] || [int n, var a] when n == 1: case [String n, var a] when n == '2': return '$a'; default: return 'no'; } } void main() => print('${f(['x', 1])} ${f(['2', 'y'])} ${f([3])}');", "x y no")]
    [InlineData("class C { int call(int i) => i + 1; } void main() { var (int Function(int) f, b) = (C(), 2); dynamic d = (1, 'a'); var (int x, String y) = d; print('${f(b)} $x $y'); }", "3 1 a")]
    [InlineData("enum E<T> { a<int>(), b<String>(), c<double>() } String f(E<num> e) => switch (e) { E.a => 'a', E.c => 'c' }; void main() => print(f(E.c));", "c")]
    [InlineData("abstract class A implements List<int> { int operator [](int i) => 1; } void main() => print(1);", "1")]
    [InlineData("typedef C<T> = int Function(T, T); extension X<T> on C<T> { C<T> get inverse => (a, b) => this(b, a); } int f(String a, String b) => a.compareTo(b); void main() => print(f.inverse('a', 'b'));", "1")]
    [InlineData("T g<T>(Map<T, Iterable<T>> m, List<List<T>> l) => 1 as T; void main() { var r = 0; r = (7 ~/ 2).remainder(2); print('$r ${g({}, [])}'); }", "1 1")]
    [InlineData("class A<E> { final List<E> list; const A(List<E> l) : list = l; } mixin M<E> on A<E> {} class B<E> extends A<E> with M<E> { B(List<E> l) : super(l); } void main() => print(B<int>([1]).list);", "[1]")]
    [InlineData("class A<E> { bool f(bool Function(E) t, E e) => t(e); } void main() { dynamic a = A<int>(); try { a.f('x', 1); } on TypeError { print('type'); } print(a.f((int x) => x > 0, 1)); }", "type\ntrue")]
    [InlineData("bool f(int a, int b) => (a < b) == (b < a); void main() { Object o = 1; print('${f(1, 2)} ${(o as num) as int} ${o is int == true}'); }", "false 1 true")]
    [InlineData("abstract interface class A {} base mixin class B {} final class C extends B implements A {} void main() => print(C() is A);", "true")]
    [InlineData("enum E<T> { a<int>.of(1), b<String>.of('x'); final T v; const E.of(this.v); } enum F<T> { c } void main() => print(F.c.index);", "0")]
    [InlineData("typedef R = (int a, {String b}); void main() { R r = (1, b: 'x'); (int,) s = (2,); var (x, :b) = r; print('$x $b ${s.$1} ${($2: 3).$2}'); }", "1 x 2 3")]
    [InlineData("class A { final int n; final String s; const A(int? a, String b) : n = (a ?? 1) + b.length, s = identical(a, null) ? '$b!' : b; } class C { final A x; const C() : x = const A(null, 'ab'); } void main() { const C(); print('${const C().x.n} ${const C().x.s}'); }", "3 ab!")]
    [InlineData("class A { static const k = 2; final double d; final Type t; const A(int n) : d = n * k + .5, t = n is int ? int : double; } void main() => print('${const A(1).d} ${const A(1).t}');", "2.5 int")]
    [InlineData("mixin M { int f() => 1; } class A { const A(); } class B extends A with M { const B(); } void main() => print(const B().f());", "1")]
    [InlineData("class A { const A(int x); const factory A.b(int x) = A; factory A.c(int x, [String? y]) = B; } class B extends A { B(num x, [Object? y, int? z]) : super(1); } void main() => print('${const A.b(1)} ${A.c(2)}');", "Instance of 'A' Instance of 'B'")]
    [InlineData("dynamic f(int i) { if (i == 0) return; return 1; } void g(dynamic d) { if (d == null) return null; return d; } Future<void> h() async { return; } void main() async { print('${f(0)} ${f(1)}'); g(1); await h(); }", "null 1")]
    [InlineData("extension type F(Future<int> f) implements Future<int> {} extension type E<T>(List<T> l) implements Iterable<T> { int get length => 7; } void main() async { print('${await F(Future.value(1))} ${E([2]).length} ${E([2]).first}'); }", "1 7 2")]
    [InlineData("extension type A(int i) implements int { int get twice => i + i; } extension type B(int i) implements A, num { int get three => 3 * i; } void main() => print('${B(2).twice} ${B(2).three} ${B(2).isEven}');", "4 6 true")]
    [InlineData("class A<T extends Comparable> {} class B<T extends List<A>> {} class C<T extends C<T>> { C? c; } void main() => print(B<List<A>>() is B);", "true")]
    [InlineData("abstract class I { num f(int x); } abstract class J { int f(num x); } abstract class A implements I, J {} class B extends A { int f(num x) => 4; } void main() => print(B().f(1));", "4")]
    [InlineData("void main() { int a = 0, b = 0; final l = [0]; for (a in [1, 2]) { b += a; } [a, b] = [b, a]; final [x, ...rest, _] = [1, 2, 3, 4]; print('$a $b $x $rest $l'); }", "3 2 1 [2, 3] [0]")]
    [InlineData("import 'dart:math' as _; mixin M<_> {} class A<_, _> with M<int> { int _ = 1; A(this._, int _, int _); int f<_>(int _) { var _ = 2; int _() => 3; return this._; } } void main() => print(A(4, 5, 6).f(7));", "4")]
    [InlineData("class A<X> {} typedef G<X extends A<X>> = X Function(X); class B extends A<B> {} void main() { G<B> g = (b) => b; print(g(B()) is B); }", "true")]
    [InlineData("class A<X extends A<X>> {} class B extends A<B> {} class C extends B {} List<X> f<X extends A<X>>(X x) => [x]; T most<T extends Comparable<T>>(T a, T b) => a.compareTo(b) > 0 ? a : b; void main() => print('${f(C()) is List<B>} ${most(1, 2)}');", "true 2")]
    [InlineData("void g(Object o) { switch (o) { case int x: case String(): try { throw 1; } catch (x) { print(x); } if (o case var x) print(x); } } void main() => g('a');", "1\na")]
    [InlineData("import 'dart:core'; import 'dart:core' as core; const core.bool same = core.identical(1, 1); void main() { (int $1, int $2) r = (1, 2); print('$same ${r.$2}'); }", "true 2")]
    [InlineData("class A { abstract() => 1; covariant() => 2; late() => 3; int get external => 4; } void main() { final a = A(); print('${a.abstract()} ${a.covariant()} ${a.late()} ${a.external}'); }", "1 2 3 4")]
    [InlineData("void main() => print('${#foo.bar == Symbol('foo.bar')} ${#void} ${#[]=} ${#>>>} ${#~}');", "true Symbol(\"void\") Symbol(\"[]=\") Symbol(\">>>\") Symbol(\"~\")")]
    [InlineData("void main() { Object o = 1; if (o case int x when [1, 2].any((x) { x += 1; return x > 2; })) print(x); }", "1")]
    [InlineData("const double d = 9007199254740993 * 1.0, z = -0 * 1.0; void main() { double one = 1.0; print('$d $z ${one / -0} ${one * -0} ${one * -1}'); }", "9007199254740992.0 0.0 Infinity 0.0 -1.0")]
    [InlineData("void main() { double d = 9007199254740994, e = -0x8000000000000000, f = 0x10000000000000000; print('$d $e $f ${d * 9007199254740993}'); }", "9007199254740994.0 -9223372036854776000.0 18446744073709552000.0 8.11296384146067e+31")]
    [InlineData("extension E on String { int get length => 42; int get both => length + this.length; int f() => g() + this.length; int g() => 100; set s(int x) { print(x); } void h() { s = length; } } void main() { 'ab'.h(); print('${'ab'.both} ${'ab'.f()} ${'ab'.length}'); }", "42\n44 102 2")]
    [InlineData("extension E on Iterable { String get w => 'i'; } extension F<T> on List<T> { String get w => 'l'; } extension G on List<int> { String get w => 'n'; } extension H<T extends num> on Iterable<T> { String get first => 'h'; } void main() { List<Object?> o = []; print('${[1].w} ${o.w} ${{1}.w} ${[1].first}'); }", "n l i 1")]
    [InlineData("extension E<T> on T { String get w => 'any'; } extension F<T extends num> on T { String get w => 'num'; } extension G on Enum { String get name => 'mine'; } enum A { a } void main() => print('${1.w} ${'a'.w} ${A.a.name}');", "num any mine")]
    [InlineData("class A { num f(num x) => x; } mixin M on A { int f(Object x) => 7; } mixin N { void g(covariant num x) {} } class B extends A with M, N {} class C extends B { void g(int x) {} } void main() { C().g(1); print(C().f('a')); }", "7")]
    [InlineData("void main() { dynamic d = [1]; List<int>? n; print([...d, ...?n, ...[2]]); print(<num>{...[1], ...{2}}); print(<Object, Object?>{...{1: 2}}); print({...[1], ...d}); print({...{1: 2}, ...(d == 1 ? d : {3: 4})}); }", "[1, 2]\n{1, 2}\n{1: 2}\n{1}\n{1: 2, 3: 4}")]
    [InlineData("class A implements Exception, Uri { noSuchMethod(Invocation i) => 1; toString() => 'a'; } abstract class B extends Iterable<int> {} void main() => print(A());", "a")]
    [InlineData("class A { final int n; const A(this.n); dynamic operator <(A o) => n < o.n; bool operator ==(covariant A o) => n == o.n; } void main() { if (A(1) case < const A(2) && != null && == const A(1)) print('yes'); if ((1, x: 2) case (_, :var x?)) print(x); if (-1 case -1) print('minus'); }", "yes\n2\nminus")]
    [InlineData("void main() { Object o = [1, 2]; if (o case [int x, _, _] || [_, int x]) print(x); if (o case [var x, _] when (() { int y = 1; y = 2; return y == 2; })()) print(x); }", "2\n1")]
    [InlineData("mixin M { int get two => 2; } enum E<T extends num> with M { a<int>(1), b(2.5); final T v; const E(this.v); factory E.of(T v) => v is int ? E.a as E<T> : E.b as E<T>; } void main() => print('${E.a.v + E.b.v} ${E.of(1)} ${E.a.two}');", "3.5 E.a 2")]
    [InlineData("class A<T> { T value; A(this.value); Object g() => 1; } abstract class I { int h(); } mixin M<T extends num> on A<T>, I { num two() => value * h() + k; int k = 2; Object f() => super.g(); M<T> get self => this; A<T> get a => this; static int s = 3; } void main() => print(A(1).value);", "1")]
    [InlineData("const note = 1; class N { const N(int x); static const here = N(2); } class A { static const mine = 3; void f<@note T>(@mine int x, {@N(1) int? y}) { const local = 4; void g(@local int z) {} g(x); print(x); } } enum E { @note @N.here a } @note typedef F = void Function(@note int); void main() { F f = A().f; f(5); print(E.a.index); }", "5\n0")]
    [InlineData("class A { final int n; const A(this.n); bool operator ==(covariant A o) => n == o.n; } class B extends A { B(super.n); bool same(A? o) => super == o; bool operator ==(A o) => super == o; bool none() => super == null; } class C { bool f(dynamic d, int? i) => super == d || super == i || super == this; } void main() { dynamic d = A(1); A? a = A(1); print('${B(1) == A(1)} ${B(1).none()} ${a == d} ${a == null} ${null == a} ${C().f(null, 1)} ${A(1) == a} ${1.5 * 9007199254740993 > 1}'); const k = 0.5 * 9007199254740993; print(k); }", "true false true false false true true true\n4503599627370496.0")]
    [InlineData("T id<T>(T t) => t; class C<T> { T x; C(this.x); } void main() { dynamic f = id<int>, g = C<String>.new; for (final h in [() => f(''), () => g(1)]) { try { h(); print('no'); } on TypeError { print('type'); } } print(f(1)); }", "type\ntype\n1")]
    [InlineData("extension E<T> on Set<T> { int get n => length; } class C { String m(int i) => 'm'; noSuchMethod(Invocation i) => i.positionalArguments.length; } void main() { dynamic c = C(); const m = <num, List<int>>{1: []}; print('${E({}).n} ${c.m(1, 2)} ${c.m(1)} $m'); try { Error.throwWithStackTrace('e', StackTrace.fromString('here')); } catch (e, s) { print('$e $s'); } }", "0 2 m {1: []}\ne here")]
    [InlineData("StackTrace at(String s) { print(s); return StackTrace.fromString(s); } class Mine implements Error { StackTrace? get stackTrace => null; } void main() { final error = StateError('e'); print(error.stackTrace); for (final s in ['first', 'second']) { try { Error.throwWithStackTrace(error, at(s)); } on Error catch (e, s) { print('$s ${e.stackTrace}'); } } try { Error.throwWithStackTrace(Mine(), at('third')); } on Error catch (e, s) { print('$s ${e.stackTrace}'); } try { throw Mine(); } on Error catch (e) { print(e.stackTrace); } try { Error.throwWithStackTrace('x', at('fourth')); } catch (e, s) { print('$e $s'); } }", "null\nfirst\nfirst first\nsecond\nsecond first\nthird\nthird null\nnull\nfourth\nx fourth")]
    [InlineData("int get x => 7; void set y(int v) => print('top $v'); class A { set x(int v) => print('set $v'); int z = 1; } class B extends A { int get x => 5; } class C extends B { set x(int v) { super.x = v; print(x + z); } void f() { x = 3; y = 4; z = 2; print(z); } } void main() => C().f();", "set 3\n6\ntop 4\n2")]
    [InlineData("class A<X> {} typedef G<X extends A<X>> = X Function(X); typedef H<X extends A<X>, Y extends X> = void Function<Z extends X>(X); Type t<T>() => T; void main() { G? g; print('${t<G>() == t<A<dynamic> Function(A<dynamic>)>()} ${H == t<void Function<Z extends A<dynamic>>(A<dynamic>)>()} $g'); }", "true true null")]
    [InlineData("class A<T extends A<T>> {} typedef B<X extends A<X>> = X Function(X); void main() { B<A>? a; B<void>? b; B<A<Never>>? c; print([a, b, c]); }", "[null, null, null]")]
    [InlineData("typedef N<X> = void Function(); class C<X extends N<C<X, Y>>, Y extends X> {} Type t<T>() => T; void main() => print(t<C>() == t<C<N<C<dynamic, dynamic>>, dynamic>>());", "true")]
    [InlineData("T id<T>(T x) => x; class G<T> { final T x; G(this.x); G.of(this.x); } extension E on List<int> { T call<T>(T x) => x; } void main() { const f = id<int>; final g = (G.of)<int>; final h = G<String>.new; final l = [1]; final k = l<int>; print('${f(1)} ${g(2).runtimeType} ${h('a').x} ${identical(g, G<int>.of)} ${k(5)}'); }", "1 G<int> a true 5")]
    [InlineData("const (int, {double d}) r = (1, d: 2); class A { final (double,) p; const A() : p = const (1,); } void main() { const (double, int?) s = (3, null); const double? d = 4; print('${r.d} ${s.$1} ${const A().p.$1} $d'); }", "2.0 3.0 1.0 4.0")]
    [InlineData("class A { int m(); dynamic noSuchMethod(Invocation i, [int x = 1]) => x; } class B { int m(); dynamic noSuchMethod(Invocation i, {int x = 2}) => x; } mixin M { int m(); dynamic noSuchMethod(Invocation i, {int x = 3, String? y}) => y ?? x; } class C = Object with M; enum E { a; int m(); dynamic noSuchMethod(Invocation i, [int x = 4]) => x; } void main() { dynamic d = B(); final f = A().m; print('${A().m()} ${B().m()} ${C().m()} ${E.a.m()} ${f()} ${d.foo} ${d.bar(1)} ${d.m(5)}'); }", "1 2 3 4 1 2 2 2")]
    [InlineData("typedef int F(int i); typedef P<X, Y> = (X, Y); T id<T>(T x) => x; void main() { print('${id<int>.runtimeType.toString() == F.toString()} ${F.hashCode == F.hashCode} ${P<int, String> == (1, 'a').runtimeType}'); }", "true true true")]
    [InlineData("const Set<Object> a = const {...{}, ...?{}}; const Map<int, double> b = const {...{1: 2}}; const List<double> c = const [...[1]]; void main() { const Iterable<Object?> d = const {...{}}; print('$a $b $c $d ${d is Set}'); }", "{} {1: 2.0} [1.0] {} true")]
    [InlineData("void main() { const d = bool.fromEnvironment('d') ? 1 : 2; final e = String.fromEnvironment('e', defaultValue: 'x'); print('$d $e'); }", "2 x")]
    [InlineData("T id<T>(T x) => x; int inc(int x) => x + 1; int run(int Function(int)? n) { final int Function(int) g = n ?? id; return g(2); } void main() { const int Function(int) f = true ? id : inc; final int Function(int) h = switch (f(1)) { 1 => id, _ => inc }; print('${f(1)} ${run(null)} ${run(inc)} ${h(4)}'); }", "1 2 3 4")]
    [InlineData("T id<T>(T x) => x; const top = id; const String Function(String) s = top; class C<T> { final T Function(T) f; const C(this.f); } void main() { const g = id; const int Function(int) f = g; const C<int> c = C(g); const Map<int, int Function(int)> m = {1: g}; const Set<int Function(int)> t = {g}; print('${f(1)} ${s('a')} ${c.f(2)} ${m[1]!(3)} ${t.first is int Function(int)} ${identical(f, id<int>)}'); }", "1 a 2 3 true true")]
    [InlineData("import 'dart:async'; T id<T>(T x) => x; void main() { const FutureOr<List<int>> x = []; const FutureOr<double?> d = 1; const FutureOr<(double, int)> r = (1, 2); const FutureOr<Map<int, double>?> m = {1: 2}; const FutureOr<int Function(int)> f = id; print('${x is List<int>} $d $r $m ${f is int Function(int)}'); }", "true 1.0 (1.0, 2) {1: 2.0} true")]
    [InlineData("class C<X extends num, F extends void Function<Z extends X>()> {} Type t<T>() => T; void main() { C? c; print('$c ${t<C>() == t<C<num, void Function<Z extends num>()>>()}'); }", "null true")]
    [InlineData("class A { final int x; final List<int> l; final int Function(int) f; A(int a) : l = [a].map((e) { return e + 1; }).toList(), f = ((e) => e), x = 2 * (a + 1) { print('$x $l'); } } void main() => print(A(3).f(4));", "8 [4]\n4")]
    [InlineData("String f(Object o) => switch (o) { int n when [1, 2].any((e) => e == n) => 'few', String s when s.split(',')[[0].indexWhere((e) => e == 0)] == 'a' && '${[1].map((e) => e + s.length)}' == '(2)' => 'a', _ => 'other' }; void main() => print([f(1), f(3), f('a'), f('b')]);", "[few, other, a, other]")]
    [InlineData("String f(bool c, Map<String, List<int>>? m, bool d) => '${c ? m?['a'] : null} ${c ? m?['a']?[0] : null} ${c ? d ? [1] : [2] : [3]} ${d ? [4] : [5]}'; void main() => print([f(true, {'a': [7]}, true), f(true, null, false)]);", "[[7] 7 [1] [4], null null [2] [5]]")]
    [InlineData("Null none(String s) { print(s); return null; } int? some(String s) { print(s); return 1; } void main() => print(some('left') == none('right'));", "left\nright\nfalse")]
    [InlineData("class C { int n = 1; } int f(C C) => C.n; void main() { { int C = 2; print(C); } C c = C(); T g<T>(T x) { T? y = x; return y!; } { var T = 3; T id<T>(T x) { T y = x; return y; } print(id<C>(g(c)).n + T); } print(f(c)); }", "2\n4\n1")]
    [InlineData("class C { int n = 1; } int f(Object o) => switch (o) { C C => C.n + 1, _ => 0 }; void main() { Object o = C(); if (o case C C) print(C.n); print(f(o)); for (C C in [C()]) print(C.n); }", "1\n2\n1")]
    [InlineData("class C { int Function(int) get call => (x) => x + 1; } extension type E(int Function(int) call) {} void main() { print('${C().call(1)} ${E((x) => x + 2).call(1)}'); final f = E((x) => x + 3).call; print(f(1)); }", "2 3\n4")]
    [InlineData("const String? s = 'ab', n = null; const a = s?.length, b = n?.length, c = true ? null : s?.length; void main() { const d = n?.length; print('$a $b $c $d ${[a] is List<int>} ${[a] is List<int?>} ${[d] is List<int?>}'); }", "2 null null null false true true")]
    [InlineData("extension type const E(int i) implements int {} extension type const F(int i) implements int { int operator +(int x) => 0; } class C { final int n; const C(E e) : n = -e + 1; } const a = E(1) + 1, b = (F(3) as int) + 1; void main() { const c = E(2) << 2, d = F(5) - 1; print('$a $b $c $d ${const C(E(3)).n}'); }", "2 4 8 4 -2")]
    [InlineData("void main() { switch (1) { L: case 0: print('no'); N: case 2: print('end'); default: L: do { switch (1) { L: case 0: print('in'); break; M: default: continue L; } } while (false); print('on'); continue N; } }", "in\non\nend")]
    [InlineData("class S<U> { const S(); Type get type => U; } class A<T> { Type f() => const S<int>().type; Type g() => const S<void Function<T>(T)>().type; } void main() => print('${A<String>().f()} ${A<int>().g() == A<String>().g()}');", "int true")]
    [InlineData("int f<X extends Function>(X x) => x(1); int g<X extends int Function(int)>(X x) => x(2); void main() => print('${f((int i) => i + 1)} ${g((i) => i + 2)}');", "2 4")]
    [InlineData("class A<T> { List<T> f() { const List<T> l = []; return l; } Map<T, void Function(T)> g() { const Map<T, void Function(T)> m = {}; return m; } } List<T> h<T>([List<T> l = const []]) => l; void main() => print('${A<int>().f() is List<Never>} ${A<int>().g() is Map<Never, void Function(Object?)>} ${h<int>() is List<Never>}');", "true true true")]
    [InlineData("class A { num f(num x) => x; } class B extends A { num f(covariant int x) => x + 1; } mixin M on A { String g(num x) { try { return '${super.f(x)}'; } on TypeError { return 'type'; } } } class C extends B with M {} class D extends A with M {} void main() => print('${C().g(1)} ${C().g(1.5)} ${D().g(1.5)}');", "2 type 1.5")]
    [InlineData("class A { String? get g => 'g'; int h(int x) => x; } class C implements A { noSuchMethod(Invocation i) => null; } mixin M on A { List<Object?> t() => [super.g, super.h(2)]; noSuchMethod(Invocation i) => i.isGetter ? 'M' : i.positionalArguments.first; } class D extends C with M {} void main() => print(D().t());", "[M, 2]")]
    [InlineData("class A { String? get g => 'g'; int h(int x) => x; } class C implements A { noSuchMethod(Invocation i) => null; } mixin M on A { List<Object?> t() { final f = super.h, k = super.h; return [super.g, super.h(2), f(3), f == k]; } noSuchMethod(Invocation i) => i.isGetter ? 'M' : i.positionalArguments.first; } class D extends C with M {} class E extends D { int h(int x) => 0; noSuchMethod(Invocation i) => i.isGetter ? 'E' : (i.positionalArguments.first as int) * 10; } void main() => print('${D().t()} ${E().t()}');", "[M, 2, 3, true] [E, 20, 30, true]")]
    [InlineData("class A { num get n => 1; } class B { int get n => 2; set n(int x) => print(x); } class C implements A, B { int get n => 3; set n(int x) => print(x * 2); } mixin M on A, B { int f() { super.n = 4; super.n += 1; return super.n.isOdd ? super.n : 0; } } class D extends C with M {} void main() => print(D().f());", "8\n8\n3")]
    [InlineData("class C { int get n => 1; } const x = 2; String f(Object o) => switch (o) { (var C, C(:var n)) => '$C $n', (var x, == x) => 'x $x', [int x, x] => 'list $x', {'a': var x, x: 5} => 'map $x', _ => 'none' }; void main() { print([f((3, C())), f((4, 2)), f((7, 8)), f([9, 2]), f({'a': 6, 2: 5})]); if ((1, C()) case (var C, C())) print(C); }", "[3 1, x 4, none, list 9, map 6]\n1")]
    [InlineData("extension on int? { int? operator +(int x) => this == null ? null : this! + x; } void main() { int? a = 1 > 0 ? null : 1; print(a++); print(++a); }", "null\nnull")]
    [InlineData("Never f() => throw 'never'; void main() { try { f().x = 1; } catch (e) { print(e); } try { f()[1] += 2; } catch (e) { print(e); } }", "never\nnever")]
    [InlineData("class C<T> { const C(); } void main() { print(const C<Function? Function(Function?)>()); print([1] is List<Function Function(Function)>); }", "Instance of 'C<(Function?) => Function?>'\nfalse")]
    [InlineData("class A { late final String a; late int? b; A(String x) : a = x, b = x.length; } void main() { final a = A('xy'); try { a.a = 'z'; } catch (_) { print('once'); } print('${a.a} ${a.b}'); }", "once\nxy 2")]
    [InlineData("void main() { late int? z = 42; print(z.isEven); z = null; print(z?.isEven); }", "true\nnull")]
    [InlineData("import 'dart:async'; Object f() async { Object? o = null; return o; } FutureOr<int>? g() async => 1; void main() async { print(await (f() as Future)); print(await g()); }", "null\n1")]
    [InlineData("import 'dart:async'; void main() { final inv = Invocation.method(#foo, []); FutureOr<Null> x = null; Null y = null; try { x.noSuchMethod(inv); } on NoSuchMethodError { print('no foo'); } try { y.noSuchMethod(inv); } on NoSuchMethodError { print('no foo'); } }", "no foo\nno foo")]
    [InlineData("void main() { dynamic g() => 1; Future<Null>(() => g()).then((_) => print('value'), onError: (e) => print(e is TypeError)); }", "true")]
    [InlineData("extension type on(int id) {} extension type E<T>.c(T id) { E.d(T x) : this.c(x); factory E.f(T x) = E.d; } void main() => print('${on(1).id} ${E<String>.f('s').id}');", "1 s")]
    public void RightProgramsAreAccepted(string source, string expected) => Assert.Equal((0, expected + "\n"), ProgramTests.Run(source));

    [Fact]
    public void ManyConstantObjectsAreNoDeepNesting()
    {
        var names = Enumerable.Range(0, 1500).Select(i => $"const c{i} = A({i});");
        Assert.Equal((0, "1499\n"), ProgramTests.Run($"class A {{ final int x; const A(this.x); }} {string.Join('\n', names)} const all = [{string.Join(", ", Enumerable.Range(0, 1500).Select(i => "c" + i))}]; void main() => print(all.last.x);"));
    }

    [Fact]
    public void ConstantsMayHaveOthersInSeveralPlaces()
    {
        var lists = Enumerable.Range(1, 40).Select(i => $"const List<Object> c{i} = [c{i - 1}, c{i - 1}];");
        Assert.Equal((0, "true false\n"), ProgramTests.Run($"const List<Object> c0 = [1]; {string.Join('\n', lists)} void main() => print('${{identical(c40[0], c40[1])}} ${{identical(c40, c39)}}');"));
    }

    internal static string Folder()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Directory.Exists(Path.Combine(folder, "workloads", "Harness.Dart.Tests")))
            {
                return Path.Combine(folder, "workloads", "Harness.Dart.Tests");
            }
        }

        throw new InvalidOperationException("the tests' folder was not found");
    }
}
