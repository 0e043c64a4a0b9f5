namespace Harness.Dart.Tests;

/// <summary>Extensions that are named, extension types, and closures of constructors by typedefs.</summary>
public sealed class ExtensionTests
{
    private const string Declarations = """
        class V { int n = 1; }
        extension A on V {
          int operator [](int i) => n + i;
          void operator []=(int i, int v) { n = i + v; }
          int operator -() => -n;
          int operator -(int o) => n - o;
          int call(int i) => n * i;
          int get x => n;
          set x(int v) { n = v; }
        }
        extension B on V {
          int operator [](int i) => -1;
          void operator []=(int i, int v) { n = -1; }
          int call(int i) => -1;
        }
        extension F on int Function() { int call(int i) => this() + i; }
        extension type T(V v) { int call(int i) => v.n + i; }

        """;

    [Theory]
    [InlineData("an index", "void main() { final v = V(); print(A(v)[2]); A(v)[2] = 3; print(v.n); A(v)[1] += 4; print(v.n); }", "3\n5\n11")]
    [InlineData("a call", "void main() { final v = V(); print('${A(v)(5)} ${B(v)(5)} ${F(() => 3)(4)}'); }", "5 -1 7")]
    [InlineData("operators and properties", "void main() { final v = V(); print('${-A(v)} ${A(v) - 3}'); A(v).x += 6; A(v).x++; print(v.n); }", "-1 -2\n8")]
    [InlineData("what may be null", "void main() { V? v = 1 > 0 ? null : V(); print('${A(v)?.x} ${A(v)?[0]}'); v = V(); print(A(v).x); }", "null null\n1")]
    [InlineData("an extension type's call", "void main() { final t = T(V()); int Function(int) f = t; print('${t(2)} ${f(3)}'); }", "3 4")]
    [InlineData("an extension's argument has what it extends for a context", "extension D on double { double get twice => this * 2; } void main() => print(D(2).twice);", "4.0")]
    [InlineData("a getter and a setter in different places", "class P { int get s => 1; set x(int v) { print(v); } } extension E on P { set s(int v) { print(v); } void f() { s += 1; } int get x => 5; void g() { x++; } } void main() { P().f(); P().g(); }", "2\n6")]
    public void ExtensionsAreApplied(string what, string source, string expected) => Assert.Equal((what, (0, expected + "\n")), (what, ProgramTests.Run(Declarations + source)));

    [Theory]
    [InlineData("of another class's arguments", "typedef LL<T> = List<List<T>>; void main() { var f = LL.filled; print(f is List<List<T>> Function<T>(int, List<T>)); print(f<int>(1, [2]).runtimeType); List<List<String>> Function(int, List<String>) g = LL.filled; print(g(1, ['a'])); const h = LL.filled; print(identical(f, h)); }", "true\nList<List<int>>\n[[a]]\ntrue")]
    [InlineData("with a bound", "typedef N<T extends num> = List<T>; void main() { print(N.filled == List.filled); print(N<int>.filled == List<int>.filled); print(N.filled is List<T> Function<T extends num>(int, T)); }", "false\ntrue\ntrue")]
    [InlineData("that is another name only", "typedef M<T> = List<T>; typedef I = List<int>; void main() { const c = I.filled; print('${M.filled == List.filled} ${c is List<int> Function(int, int)}'); }", "true true")]
    public void TypedefsAreTornOff(string what, string source, string expected) => Assert.Equal((what, (0, expected + "\n")), (what, ProgramTests.Run(source)));

    [Fact]
    public void InstancesOfOneMethodAreEqual() =>
        Assert.Equal(
            (0, "true true false false\n"),
            ProgramTests.Run("class C { X f<X>(X x) => x; X g<X>(X x) => x; } void main() { final c = C(); int Function(int) d = c.f; print('${c.f<int> == c.f<int>} ${c.f<int> == d} ${c.f<int> == c.f<num>} ${c.f<int> == c.g<int>}'); }"));

    [Fact]
    public void ParametersWithoutNamesAreApart() =>
        Assert.Equal((0, "3 b\n"), ProgramTests.Run("class C { final int n; const C(int _, String _, this.n, [String _ = 'x']); } class D { final String s; const D(int _, String _, this.s); } void main() { const c = C(1, 'a', 3); const d = D(1, 'a', 'b'); print('${c.n} ${d.s}'); }"));

    [Fact]
    public void RecordsBeginTypedefs() =>
        Assert.Equal((0, "3 a\n"), ProgramTests.Run("typedef (int, String) R(int i); (int, String) f(int i) => (i, 'a'); void main() { R r = f; final (i, s) = r(3); print('$i $s'); }"));
}
