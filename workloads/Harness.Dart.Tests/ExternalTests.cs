namespace Harness.Dart.Tests;

/// <summary>External members, which nobody gives a body: programs may declare them, and calls end with an error.</summary>
public sealed class ExternalTests
{
    private const string Declarations = """
        external int f(int x);
        external int v;
        external final String w;
        class A {
          A();
          external int i;
          external final j;
          external static int s;
          external int m([int x]);
          external set p(int x);
          external A operator +(int x);
          external A.named();
          external factory A.made();
        }
        class B extends A { final int n = 1; B() : super.named(); }
        mixin M { external int k(); }
        class C with M {}
        extension type E(int i) { external int get twice; external int other; external E.named(); }
        extension X on A { external int more(); external int y; }
        String attempt(void Function() g) { try { g(); return 'ran'; } on NoSuchMethodError { return '-'; } }

        """;

    [Theory]
    [InlineData("at top level", "attempt(() => f(1)), attempt(() => v), attempt(() { v = 2; }), attempt(() => w), attempt(() { final g = f; g(1); })")]
    [InlineData("of objects", "attempt(() => A().i), attempt(() { A().i = 1; }), attempt(() => A().j), attempt(() => A().m()), attempt(() { A().p = 1; }), attempt(() => A() + 1), attempt(() => C().k()), attempt(A().m)")]
    [InlineData("of classes", "attempt(() => A.s), attempt(() { A.s = 1; }), attempt(A.named), attempt(() => A.made()), attempt(B.new)")]
    [InlineData("of extensions", "attempt(() => E(1).twice), attempt(() => E(1).other), attempt(() { E(1).other = 2; }), attempt(E.named), attempt(() => A().more()), attempt(() => A().y)")]
    [InlineData("that are called by name", "attempt(() { dynamic a = A(); a.m(); }), attempt(() { dynamic a = A(); a.i = a.i; })")]
    public void CallsEndWithAnError(string what, string attempts)
    {
        var (code, output) = ProgramTests.Run($"{Declarations}void main() => print([{attempts}].join());");
        Assert.Equal((what, 0), (what, code));
        Assert.Matches("^-+\n$", output);
    }

    [Fact]
    public void TheErrorSaysWhatWasCalled()
    {
        var (code, _, errors) = ProgramTests.RunWithErrors("external int get size; void main() => print(size);");
        Assert.Equal(255, code);
        Assert.Contains("NoSuchMethodError", errors, StringComparison.Ordinal);
        Assert.Contains("getter 'size'", errors, StringComparison.Ordinal);
    }
}
