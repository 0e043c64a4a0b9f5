namespace Harness.Dart.Tests;

/// <summary>Type arguments and types of parameters that are inferred.</summary>
public sealed class InferenceTests
{
    [Theory]
    [InlineData("from one closure to the next", "R f<T, R>(T Function() a, R Function(T) b) { print('$T $R'); return b(a()); } void main() { final r = f(() => 1, (x) => '${x + 1}'); print(r); }", "int String\n2")]
    [InlineData("from a later closure to an earlier one", "R f<T, R>(R Function(T) b, T Function() a) { print('$T $R'); return b(a()); } void main() { final r = f((x) => x.isEven, () => 2); print(r); }", "int bool\ntrue")]
    [InlineData("by names", "void f<T>({required void Function(T) use, required T Function() make}) { print(T); use(make()); } void main() => f(use: (x) { print(x.length); }, make: () => 'abc');", "String\n3")]
    [InlineData("from two that need each other to a third", "void f<T, U, V>(void Function(T, U) a, T b, U Function(V) c, V Function(U) d) { print('$T $U $V'); } void main() => f((t, u) { t.isEven; u.length; }, 3, (v) => '', (u) => true);", "int String bool")]
    [InlineData("both of which need the other", "void f<T, U>(T Function(U) a, U Function(T) b) => print('$T $U'); void main() => f((u) => 1, (t) => '');", "int String")]
    [InlineData("of a closure's parameter by a bound", "void f<T extends num>(T Function(T) a) => print(T); void main() => f((x) => x + 1);", "num")]
    [InlineData("of a parameter that nothing tells", "void main() { var f = (x) => x; print(f is Object? Function(Object?)); print(f is dynamic Function(String)); }", "true\ntrue")]
    [InlineData("of a nested call's unknown parts", "class P<A, B> {} P<A, B> p<A, B>() { print('$A $B'); return P<A, B>(); } void f<X>(P<X, int> x) {} void main() => f(p());", "dynamic int")]
    [InlineData("of arguments that know nothing of each other", "T pick<T>(T a, T b) { print(T); return b; } void main() { final n = pick(0.5, 1); print(n); double d = pick(0.5, 1); print(d); pick(<int>[], []); }", "num\n1\ndouble\n1.0\nList<dynamic>")]
    [InlineData("of a closure that gives values or futures of them", "import 'dart:async'; void main() async { int n = 0; await Future.doWhile(() { if (n++ < 2) return true; return Future<bool>.value(false); }); print(n); }", "3")]
    [InlineData("before closures, which change them no more", "void f<X, Y>(X Function(Y) a, Y Function(X) b) => print('$X $Y'); String g(num n) => '$n'; R fold<R>(R a, R Function(R) b) { print(R); return b(a); } void main() { f((v) => v.length, g); num n = 1; Object? o = fold<num>(n, (x) => 2); print(o); var r = fold(n, (x) => 2.5); print(r); }", "num String\nnum\n2\nnum\n2.5")]
    [InlineData("of functions, one of which is chosen", "List<T> g1<T>(T x, {int? y, int? z}) => [x]; List<S> g2<S>(S x, {num? y}) => [x, x]; void main() { final b = DateTime.now().year > 0; final f = b ? ({num? a, String? b}) => 1 : ({int? a, bool? c}) => 2.5; print(f(a: 3)); num n = f(); final g = b ? g1 : g2; print(g<int>(4, y: 1)); List<String> s = g('a'); print('$n $s ${f is num Function({int? a})}'); }", "1\n[4]\n1 [a] true")]
    [InlineData("by bounds where the context allows more", "import 'dart:math'; T most<T extends Comparable<T>>(T a, T b) { print(T); return a.compareTo(b) > 0 ? a : b; } T first<T extends Comparable<T>>(List<T> l) { print(T); return l.first; } void main() { print(max(1, 2)); Object? o = max(1.5, 2); print(o); Comparable<num> c = min(3, 4); print(c); print(most('a', 'b')); print(most(1, 2)); print(first(['c'])); print(first([3])); }", "2\n2\n3\nString\nb\nnum\n2\nString\nc\nnum\n3")]
    public void ArgumentsAreInferred(string what, string source, string expected) => Assert.Equal((what, (0, expected + "\n")), (what, ProgramTests.Run(source)));

    [Theory]
    [InlineData("of a declared variable", "void main() { for (double d in g([1, 2])) print(d); }", "Iterable<double>\n1.0\n2.0")]
    [InlineData("of an assigned variable", "void main() { num n = 0; for (n in g([1, 2])) print(n); }", "Iterable<num>\n1\n2")]
    [InlineData("of a pattern", "void main() { for (var (int a, num b) in g([(1, 2)])) print(a + b); }", "Iterable<(int, num)>\n3")]
    [InlineData("of keys and values that may be left out", "T h<T>() { print(T); return 1 as T; } void main() => print(<int, num>{?h(): ?h()});", "int?\nnum?\n{1: 1}")]
    [InlineData("of an element", "void main() => print([for (num n in g([1])) n]);", "Iterable<num>\n[1]")]
    public void LoopsGiveContexts(string what, string source, string expected) => Assert.Equal((what, (0, expected + "\n")), (what, ProgramTests.Run("T g<T>(T x) { print(T); return x; } " + source)));

    [Theory]
    [InlineData("casts", "const a = 1 as num; void main() { const b = a as Object, c = (1 as num?); print('${[a] is List<int>} ${[a] is List<num>} ${[b] is List<num>} ${[c] is List<num>}'); }", "false true false false")]
    [InlineData("variables", "class A { static const num n = 1; } const a = A.n, b = a; void main() { const Object o = 2, p = o; const q = p; print('${[b] is List<int>} ${[b] is List<num>} ${[q] is List<int>}'); }", "false true false")]
    [InlineData("choices", "const a = true ? 1 : 'x'; void main() { const b = false ? 1 : 2.5; print('${[a] is List<int>} ${[b] is List<double>} ${[b] is List<num>}'); }", "false false true")]
    [InlineData("extension types", "extension type const E(int i) { int get twice => 2 * i; } extension type const F<T>(T v) { List<T> get list => [v]; } typedef N = F<num>; const a = E(1), b = a; void main() { const c = E(3), d = F('x'), e = F<num>(1), n = N(1); print('${a.twice} ${b.twice} ${c.twice} ${d.list is List<String>} ${e.list is List<int>} ${n.list is List<int>}'); }", "2 2 6 true false false")]
    [InlineData("objects that are made in functions", "extension type const F<T>(T v) { List<T> get list => [v]; } class A { const A(); const factory A.b() = B; } class B extends A { const B(); } void main() { final d = const F('x'), e = const F<num>(1), a = const A.b(); print('${d.list is List<String>} ${e.list is List<int>} ${[a] is List<B>} ${a is B}'); }", "true false false true")]
    [InlineData("factories", "class A { const A(); const factory A.b() = B; String get name => 'A'; } class B extends A { const B(); } const a = A.b(); void main() => print('${[a] is List<B>} ${a is B}');", "false true")]
    [InlineData("elements, those that are left out too", "extension type const E(int i) { int get twice => 2 * i; } const num n = 1; const a = [if (true) 1 else 'x'], b = [n, 2], c = {if (false) 1.5, 2}, d = {if (true) 'k': 1 else 2: null}, e = [E(4)]; void main() => print('${a is List<int>} ${b is List<int>} ${b is List<num>} ${c is Set<int>} ${d is Map<String, int>} ${d is Map<Object, int?>} ${e[0].twice}');", "false false true false false true 8")]
    public void ConstantsHaveTheTypesOf(string what, string source, string expected) => Assert.Equal((what, (0, expected + "\n")), (what, ProgramTests.Run(source)));

    [Theory]
    [InlineData("behind conditions that may not hold", "List<Object> f(int? x) { final a = [if (x == null) 0, x], b = {if (x is! int) 'n': 1, 'v': x}; return [a, a is List<int>, b]; } void main() => print('${f(null)} ${f(3)}');", "[[0, null], false, {n: 1, v: null}] [[3], false, {v: 3}]")]
    [InlineData("behind one that ends the program", "List<Object> f(int? x) { final a = [if (x == null) throw 'no', x]; return [a, a is List<int>]; } void main() => print(f(3));", "[[3], true]")]
    [InlineData("behind loops", "List<Object?> f(int? x) { var i = 0; final a = [for (; x != null && i < 2; i++) i, x]; return [a, a is List<int>]; } void main() => print('${f(null)} ${f(3)}');", "[[null], false] [[0, 1, 3], false]")]
    [InlineData("behind patterns that match them", "List<Object> f(Object o) { final x = 1, a = [if (o case int()) o], b = {if (o case String s when s.length > 1) o: s else 'none': 'x'}, c = [if (o case String x) x.length else x]; return [a, a is List<int>, b, b is Map<String, String>, c, c is List<int>]; } void main() => print('${f(3)} ${f('ab')}');", "[[3], true, {none: x}, true, [1], true] [[], true, {ab: ab}, true, [2], true]")]
    public void ElementsOfCollectionsHaveTheTypesOfTheirPlaces(string what, string source, string expected) => Assert.Equal((what, (0, expected + "\n")), (what, ProgramTests.Run(source)));

    [Fact]
    public void LiteralsWithinLiteralsDoNotTakeTwiceAsLongWithEachLevel()
    {
        var literal = "null";
        for (var i = 0; i < 60; i++)
        {
            literal = $"{{'n': {i}, 'c': {literal}}}";
        }

        Assert.Equal((0, "60\n"), ProgramTests.Run($"void main() {{ dynamic m = {literal}; var depth = 0; while (m != null) {{ m = m['c']; depth++; }} print(depth); }}"));
    }

    [Fact]
    public void ConstantsWithinConstantsDoNotTakeTwiceAsLongWithEachLevel()
    {
        var (list, set) = ("0", "{1}");
        for (var i = 0; i < 60; i++)
        {
            (list, set) = ($"[true ? {list} : 'no']", $"{{...{set}}}");
        }

        Assert.Equal((0, "60 {1}\n"), ProgramTests.Run($"void main() {{ const l = {list}, s = {set}; dynamic m = l; var depth = 0; while (m is List) {{ m = m[0]; depth++; }} print('$depth $s'); }}"));
    }

    [Theory]
    [InlineData("FutureOr of some types is another", "Type t<T>() => FutureOr<T>; void main() { print(identical(FutureOr<void>, typeOf<void>())); print([t<dynamic>() == dynamic, t<Object>() == Object, t<Never>() == Future<Never>, t<Null>() == typeOf<Future<Null>?>(), t<int?>() == typeOf<FutureOr<int?>?>(), t<int>() == Future<int>]); print(t<Object>().hashCode == (Object).hashCode); print(identical(const <FutureOr<Object>>[], const <Object>[])); }", "true\n[true, true, true, true, true, false]\ntrue\ntrue")]
    [InlineData("types at the top differ", "Type s<T>() => Set<T>; void main() { print({s<dynamic>(), s<void>(), s<Object?>(), s<Object>(), s<FutureOr<dynamic>>()}.length); print(s<int Function({int a, String b})>() == s<int Function({String b, int a})>()); print(s<int Function({int a})>() == s<int Function({required int a})>()); print(s<T Function<T>(T)>() == s<U Function<U>(U)>()); }", "4\ntrue\nfalse\ntrue")]
    [InlineData("Never has no values", "bool isOf<T>(Object? o) => o is T; Type n<T>() => typeOf<T?>(); void main() { print('${isOf<Never>(null)} ${isOf<Null>(null)} ${isOf<FutureOr<Never>>(null)} ${n<Never>() == Null}'); }", "false true false true")]
    public void TypesAreComparedWhenTheProgramRuns(string what, string source, string expected) => Assert.Equal((what, (0, expected + "\n")), (what, ProgramTests.Run("import 'dart:async'; Type typeOf<T>() => T; " + source)));

    [Theory]
    [InlineData("class Uri { final int n = 3; } void main() => print('${Uri().n} Uri');", "3 Uri")]
    [InlineData("void main() => print('Uri ${Uri.parse('a:b').path}');", "Uri b")]
    [InlineData("class C { int get Uri => 4; } void main() => print(C().Uri);", "4")]
    public void TheCoresRareNamesAreFound(string source, string expected) => Assert.Equal((0, expected + "\n"), ProgramTests.Run(source));

    [Theory]
    [InlineData("constants of their types are those of what they represent", "extension type E(int i) {} class C<T> {} void main() { print(identical(E, int)); print(C<E>().runtimeType == C<int>); const Type a = E, b = int; print(identical(a, b)); }", "true\ntrue\ntrue")]
    [InlineData("the nearest member of those that they implement", "extension type A(int i) { String get name => 'A'; } extension type B(int i) implements A { String get name => 'B'; } extension type C(int i) implements A, B {} void main() => print(C(1).name);", "B")]
    public void ExtensionTypesAreStatic(string what, string source, string expected) => Assert.Equal((what, (0, expected + "\n")), (what, ProgramTests.Run(source)));
}
