namespace Harness.Dart.Tests;

/// <summary>Type arguments that are checked when the program runs: of functions that are known by a name only, and of methods whose bounds depend on the object; and what inference makes of dynamic values.</summary>
public sealed class TypeArgumentTests
{
    private const string Declarations = """
        T f<T extends num>(T x) => x;
        class A<X> {
          Type g<T extends X>() => T;
          void h<T>(T x) => print('$T $x');
          void i<T>(List<T> x, void Function(T) y) { for (final e in x) y(e); }
        }
        String attempt(Object? Function() g) { try { return '${g()}'; } on TypeError { return 'TypeError'; } }

        """;

    [Theory]
    [InlineData("of a function", "dynamic d = f; print('${attempt(() => d<String>('a'))} ${attempt(() => d<int>(1))} ${attempt(() => d('a'))} ${attempt(() => d(1.5))}');", "TypeError 1 TypeError 1.5")]
    [InlineData("of a function object", "Function q = <T extends List<num>>() => T; print('${attempt(() => q<List<String>>())} ${attempt(() => q<List<int>>())} ${attempt(() => q())}');", "TypeError List<int> List<num>")]
    [InlineData("of a method", "dynamic a = A<int>(); print('${attempt(() => a.g<double>())} ${attempt(() => a.g<int>())}');", "TypeError int")]
    [InlineData("of a method that is taken off", "dynamic a = A<int>().g; print('${attempt(() => a<double>())} ${attempt(() => a<int>())}');", "TypeError int")]
    [InlineData("of a method by a supertype", "A<num> a = A<int>(); print('${attempt(() => a.g<double>())} ${attempt(() => a.g<int>())}');", "TypeError int")]
    [InlineData("of a closure in a generic function", "dynamic make<Y>() => <T extends Y>() => T; final c = make<num>(); print('${attempt(() => c<String>())} ${attempt(() => c<double>())}');", "TypeError double")]
    [InlineData("that depend on each other", "dynamic d = <S, T extends List<S>>() => T; print('${attempt(() => d<int, List<String>>())} ${attempt(() => d<num, List<int>>())}');", "TypeError List<int>")]
    [InlineData("with arguments", "dynamic a = A<int>(); a.h<num>(1); print('${attempt(() => a.h<int>('x'))} ${attempt(() => a.i<int>(<int>[2], (num n) => print(n)))} ${attempt(() => a.i<int>(<int>[2], (String n) => print(n)))} ${attempt(() => a.i<int>(<num>[2], (num n) => print(n)))}');", "num 1\n2\nTypeError null TypeError TypeError")]
    public void BoundsAreChecked(string what, string source, string expected) => Assert.Equal((what, (0, expected + "\n")), (what, ProgramTests.Run($"{Declarations}void main() {{ {source} }}")));

    [Theory]
    [InlineData("an argument", "dynamic d = 3; num n = f(d); Object? g() { num m = f(d); return m; } d = 'a'; print('$n ${attempt(g)}');", "3 TypeError")]
    [InlineData("a result", "final l = <dynamic>[[1, 2], 3]; print('${l.take(1).expand((e) => e).toList()} ${attempt(() => l.expand((e) => e).toList())} ${attempt(() => l.expand((e) { return e; }).toList())}');", "[1, 2] TypeError TypeError")]
    [InlineData("a result of anything", "final l = <dynamic>[1, 'a']; print('${l.map((e) => e).toList()} ${l.map((e) { return e; }).toList()}');", "[1, a] [1, a]")]
    public void WhatIsDynamicIsWhatTheContextWants(string what, string source, string expected) => Assert.Equal((what, (0, expected + "\n")), (what, ProgramTests.Run($"{Declarations}void main() {{ {source} }}")));
}
