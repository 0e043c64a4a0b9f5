namespace Harness.Dart.Tests;

/// <summary>Types of arithmetic, which follow from those of the operands, and what contexts want of these.</summary>
public sealed class NumberTests
{
    private const string Show = "void show<T>(T x) => print('$T $x'); ";

    [Theory]
    [InlineData("a number and a double", "void main() { num n = 1; show(n + 1.5); show(n - 1); show(1 * n); show(1.5 % n); show(2 + 1.5); show(7 % 4); }", "double 2.5\nnum 0\nnum 1\ndouble 0.5\ndouble 3.5\nint 3")]
    [InlineData("what is dynamic", "void main() { dynamic d = 2; show(1 + d); show(1.5 + d); num n = 1; show(n * d); }", "num 3\ndouble 3.5\nnum 2")]
    [InlineData("type parameters", "void f<T extends num>(T t) { show(t + 1); show(t + 1.5); show(1.5 * t); } void g<T extends int>(T t) { show(t + 1); show(t * t); show(t.remainder(2)); } void h<T extends double>(T t) { show(t + 1); show(2 - t); } void main() { f<int>(2); f(2.5); g(3); h(0.5); }", "num 3\ndouble 3.5\ndouble 3.0\nnum 3.5\ndouble 4.0\ndouble 3.75\nint 4\nint 9\nint 1\ndouble 1.5\ndouble 1.5")]
    [InlineData("remainders and limits", "void main() { num n = 4; show(5.remainder(3)); show(5.remainder(2.5)); show(5.5.remainder(2)); show(n.remainder(3)); show(5.clamp(1, 3)); show(5.5.clamp(1.0, 3.0)); show(5.clamp(1, n)); show(n.clamp(1, 3)); }", "int 2\ndouble 0.0\ndouble 1.5\nnum 1\nint 3\ndouble 3.0\nnum 4\nnum 3")]
    [InlineData("extension types of numbers", "extension type A(int i) implements int {} extension type B(int i) implements int { B operator +(int o) => B(i * o); } void main() { show(A(2) + 3); show(A(2) * 1.5); show(B(2) + 3); }", "int 5\ndouble 3.0\nint 6")]
    public void OperationsHaveTheTypeOfTheirOperands(string what, string source, string expected) => Assert.Equal((what, (0, expected + "\n")), (what, ProgramTests.Run(Show + source)));

    [Theory]
    [InlineData("a double", "void main() { num n = 2; int i = 3; double a = n - 1, b = i % 2, c = i + n * 1.5; double? d = i + 1; print('$a $b $c $d'); }", "1.0 1.0 6.0 4.0")]
    [InlineData("an integer", "T pick<T>(T x) { print(T); return x; } void main() { int i = 3, j = i + pick(4); num n = i + pick(5); print('$j $n'); }", "int\nnum\n7 8")]
    [InlineData("limits", "void main() { int i = 9.clamp(1, 4); double d = 1.5.clamp(0, 1); print('$i $d'); }", "4 1.0")]
    public void ContextsReachOperands(string what, string source, string expected) => Assert.Equal((what, (0, expected + "\n")), (what, ProgramTests.Run(source)));

    [Theory]
    [InlineData("a modulus that is zero", "const a = -4.0 % 2.0, b = -0.0 % -3, c = -5.5 % 2; void main() { double x = -4.0, y = -0.0, z = -5.5; print('$a $b $c ${x % 2.0} ${y % -3} ${z % 2} ${identical(a, x % 2.0)}'); }", "0.0 0.0 0.5 0.0 0.0 0.5 true")]
    [InlineData("quotients", "const a = -7 ~/ 2, b = 7.5 ~/ -2, c = 1e300 ~/ 1e3; void main() { int i = -7; double x = 7.5, y = 1e300; print('$a $b ${i ~/ 2} ${x ~/ -2} ${c == y ~/ 1e3}'); }", "-3 -3 -3 -3 true")]
    public void ConstantsAreWhatOperationsGive(string what, string source, string expected) => Assert.Equal((what, (0, expected + "\n")), (what, ProgramTests.Run(source)));
}
