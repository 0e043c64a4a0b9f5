namespace Harness.Dart.Tests;

/// <summary>
/// A class is a subtype of itself with other type arguments: what such a supertype, or a call by name, lets in or out is checked when the program runs, with boxes and without, and where calls are found
/// either way.
/// </summary>
public sealed class CovarianceTests
{
    private const string Declarations = """
        void attempt(Object? Function() f) { try { print(f()); } on TypeError { print('TypeError'); } on UnsupportedError { print('refused'); } }

        """;

    [Theory]
    [InlineData("a list that is narrower below", "class A<T> { int f(List<T> x) => x.length; } class B extends A<int> { int f(List<int> x) => x.isEmpty ? 0 : x[0] + 1; }", "A<Object> a = B(); attempt(() => a.f(<String>['s'])); attempt(() => a.f(<int>[2]));", "TypeError\n3")]
    [InlineData("an interface that may be null", "abstract class I { int g(); } class X implements I { int g() => 1; } class Y implements I { int g() => 2; } class A<T> { int? f(T x) => 0; } class B extends A<I?> { int? f(I? x) => x?.g(); }", "A<Object?> a = B(); attempt(() => a.f('s')); attempt(() => a.f(null)); attempt(() => a.f(X()) ?? a.f(Y()));", "TypeError\nnull\n1")]
    [InlineData("a class of another branch", "class C { int f(List<int> x) => x.isEmpty ? 0 : x[0] + 1; } abstract class I<T> { int f(List<T> x); } class D extends C implements I<int> {}", "I<Object> i = D(); attempt(() => i.f(<String>['s'])); attempt(() => i.f(<int>[2]));", "TypeError\n3")]
    [InlineData("a parameter that is narrower twice", "class A { int f(num x) => 0; } class B extends A { int f(covariant int x) => x; } class C extends B { int f(int x) => x + 1; }", "A a = C(); attempt(() => a.f(1.5)); attempt(() => a.f(1));", "TypeError\n2")]
    [InlineData("functions", "class A<T> { T f(T g()) => g(); void h(void g(T x), T y) { g(y); } T i({T g()?}) => g!(); }", "A<Object> a = A<int>(); attempt(() => a.f(() => 's')); attempt(() => a.f(() => 3)); a.h((Object x) => print(x), 4); attempt(() => a.i(g: () => 's')); attempt(() => a.i(g: () => 5));", "TypeError\n3\n4\nTypeError\n5")]
    [InlineData("a function in a field", "class A<T> { T Function()? make; void Function(T)? take; }", "A<Object> a = A<int>(); attempt(() => a.make = () => 's'); attempt(() { a.make = () => 3; return a.make!(); }); attempt(() { a.take = (Object o) => print(o); (a as A<int>).take!(4); return 'taken'; });", "TypeError\n3\n4\ntaken")]
    [InlineData("what takes the argument comes out", "class C<T> { void Function(T) f; C(this.f); void Function(T) get g => f; void Function(T) m() => f; void own(T x) { f(x); g(x); m()(x); } }", "C<num> c = C<int>((int i) => print(i)); attempt(() => c.f); attempt(() => c.g); attempt(() => c.m()); attempt(() => c.m); attempt(() { c.f(1); return 'called'; }); c.own(5); (c as C<int>).f(6);", "TypeError\nTypeError\nTypeError\nTypeError\nTypeError\n5\n5\n5\n6")]
    [InlineData("calls by name", "class A<T> { int each(void g(T x)) => 1; int all(List<T> x) => 2; void Function(T)? held; List<T>? kept; }", "dynamic d = A<int>(); attempt(() => d.each((String s) {})); attempt(() => d.each(3)); attempt(() => d.all('x')); attempt(() => d.held = (String s) {}); attempt(() => d.kept = 'x'); attempt(() => d.each((num n) {})); attempt(() { d.held = (Object o) {}; d.kept = <int>[4]; return d.kept; });", "TypeError\nTypeError\nTypeError\nTypeError\nTypeError\n1\n[4]")]
    [InlineData("closures of generic functions by name", "dynamic make<T>() => (T x, {List<T>? y}) => '$x $y';", "dynamic f = make<int>(); attempt(() => f('s')); attempt(() => f(1, y: <String>[])); attempt(() => f(1, y: <int>[2])); attempt(() => f(1));", "TypeError\nTypeError\n1 [2]\n1 null")]
    [InlineData("arguments that are left out", "String f<T>({int a = 1, T? b, int c = 3}) => '$a $b $c';", "var h = f; String Function({int a, String? b, int c}) g = h<String>; print(g(b: 'x')); dynamic d = g; print(d(c: 5)); print(Function.apply(g, [], {#a: 7})); attempt(() => d(b: 1));", "1 x 3\n1 null 5\n7 null 3\nTypeError")]
    [InlineData("what noSuchMethod gives", "abstract class I<T> { T get(); List<T> all(); S id<S>(S x); } class C<T> implements I<T> { final Object? r; C(this.r); noSuchMethod(i) => r; }", "attempt(() => C<int>('s').get()); attempt(() => C<int>(3).get()); attempt(() => C<int>(<String>[]).all()); attempt(() => C<int>(<int>[1]).all()); attempt(() => C<int>(3).id<String>('s')); attempt(() => C<int>(3).id<int>(4));", "TypeError\n3\nTypeError\n[1]\nTypeError\n3")]
    [InlineData("what methods are when they are taken off", "class A<T> { void f(T x) {} void g(T x()) {} void h(void x(T y)) {} } class B extends A<int> { void f(int x) {} void i(int x) {} }", "final b = B(); print('${b.f is void Function(Object?)} ${b.g is void Function(Object?)} ${b.h is void Function(Object?)} ${b.h is void Function(void Function(int))} ${b.i is void Function(Object?)}'); A<Object> a = b; final void Function(Object) f = a.f; attempt(() { f('s'); return 'called'; });", "true true false true false\nTypeError")]
    [InlineData("what noSuchMethod is told", "class A { List<Type> m<T, U extends num>([T? x]); noSuchMethod(i) => i.memberName == #m ? i.typeArguments : '${i.positionalArguments}'; }", "print(A().m()); print(A().m<String, int>('s')); dynamic d = A(); print(d.n<int>(1)); attempt(() => A().m<int, int>()..add(bool)); final f = A().m<bool, int>; print(f());", "[dynamic, num]\n[String, int]\n[1]\nrefused\n[bool, int]")]
    [InlineData("what methods that are taken off are given", "class A<T extends num> { void m(T x) {} } class B extends A<num> { void m(num x) => print(x.isNegative); } class C { void m(covariant num x) {} } class D extends C { void m(num x) => print(x.isNegative); } class E { void m(covariant int x) => print(x + 1); } class F<T extends Object> { void m(List<T> x) {} } class G extends F<Object> { void m(List<Object> x, {Object? y}) => print(x); } abstract class I { void m(covariant int x); } class N implements I { noSuchMethod(i) => print(i.positionalArguments); } class P<T> { void m([T? x]) => print(x); } void each(dynamic m, List<Object?> given) { final void Function(Object?) f = m; for (final x in given) attempt(() { f(x); return 'called'; }); }", "each(B().m, ['s', null, -1]); each(D().m, ['s', 1.5]); each(E().m, ['s', 1.5, null, 1]); each(G().m, [<int?>[1], 's', <int>[1]]); each(N().m, ['s', 2]); each(P<int>().m, ['s', null]); final void Function() none = P<int>().m; none();", "TypeError\nTypeError\ntrue\ncalled\nTypeError\nfalse\ncalled\nTypeError\nTypeError\nTypeError\n2\ncalled\nTypeError\nTypeError\n[1]\ncalled\nTypeError\n[2]\ncalled\nTypeError\nnull\ncalled\nnull")]
    [InlineData("what generic methods that are taken off are given by name", "class H<T> { void m<S>(T x, List<S> y, {Map<T, S>? z}) => print('$x $y $z'); }", "dynamic h = H<int>().m; attempt(() => h<String>('s', <String>[])); attempt(() => h<String>(1, <int>[])); attempt(() => h<String>(1, <String>[], z: <int, int>{})); attempt(() => h<String>(1, <String>['a'], z: <int, String>{2: 'b'})); attempt(() => h<String>(3, <String>[]));", "TypeError\nTypeError\nTypeError\n1 [a] {2: b}\nnull\n3 [] null\nnull")]
    [InlineData("extensions and what takes the argument", "class C<T> { void Function(T) f; C(this.f); void own(T x) { for (final call in [() { f(x); }, () => this.f(x), () { f = f; }]) call(); } } extension E<T> on C<T> { void go(T x) => f(x); void later(T x) { (() => this.f(x))(); } void Function(T) get g => f; set h(T x) { this.f(x); } } extension type X<T>(C<T> c) implements C<T> { void go(T x) => f(x); }", "C<num> c = C<int>((int i) => print(i + 1)); attempt(() { c.go(1.5); return 'called'; }); attempt(() { c.later(1.5); return 'called'; }); attempt(() => c.g); attempt(() { c.h = 1; return 'called'; }); attempt(() { X<num>(c).go(1.5); return 'called'; }); c.own(5); C<int> d = c as C<int>; d.go(1); d.later(2); d.h = 3; X<int>(d).go(4);", "TypeError\nTypeError\nTypeError\nTypeError\nTypeError\n6\n6\n2\n3\n4\n5")]
    public void WhatComesInOrOutIsChecked(string what, string declarations, string source, string expected)
    {
        var program = $"{Declarations}{declarations} void main() {{ {source} }}";
        foreach (var options in (DartOptions[])[DartOptions.Default, DartOptions.Default with { Generics = GenericsKind.Specialised }, DartOptions.Default with { Devirtualize = DevirtualizeKind.Off, Dispatch = DispatchKind.VtableFields }])
        {
            Assert.Equal((what, (0, expected + "\n")), (what, ProgramTests.Run(program, options)));
        }
    }

    /// <summary>Objects know their own types, also within closures of their methods: nothing is checked there, as it is for another object of the class.</summary>
    [Theory]
    [InlineData("void own(T x) { final self = this; final call = () => {0}.f(x); call(); }")]
    [InlineData("void own(T x) { final self = this; {0}.f(x); }")]
    public void ObjectsKnowTheirOwnTypes(string method)
    {
        int Size(string receiver)
        {
            var file = Path.Combine(Path.GetTempPath(), $"harness-dart-{Guid.NewGuid():N}.dart");
            File.WriteAllText(file, $"class C<T> {{ void Function(T) f; C(this.f); {method.Replace("{0}", receiver, StringComparison.Ordinal)} }} void main() {{ C<num> c = C<int>((int i) => print(i)); c.own(1); }}");
            try { return DartCompiler.Compile(file).Length; }
            finally { File.Delete(file); }
        }

        Assert.True(Size("this") + 10 < Size("self"), $"{Size("this")} {Size("self")}");
    }

    [Theory]
    [InlineData("a method that takes more", "abstract mixin class A { String m([String s]); } class B { String m() => 'B'; } class C extends A implements B { noSuchMethod(i) => 'C'; } class D with A implements B { noSuchMethod(i) => 'D'; }", "print(C().m() + C().m('') + D().m('') + D().m());", "CCDD")]
    [InlineData("a getter that gives less", "abstract class A { num get x; } abstract class B { int get x; } abstract class C implements A, B {} class D extends C { int get x => 4; }", "C c = D(); int i = c.x; print(i.isEven);", "true")]
    [InlineData("a setter that takes more", "abstract class A { set x(int v); } abstract class B { set x(num v); } abstract class C implements A, B {} class D extends C { set x(num v) => print(v); }", "C c = D(); c.x = 1.5;", "1.5")]
    public void OfSeveralInterfacesTheMemberCountsThatAllowsAll(string what, string declarations, string source, string expected) =>
        Assert.Equal((what, (0, expected + "\n")), (what, ProgramTests.Run($"{declarations} void main() {{ {source} }}")));
}
