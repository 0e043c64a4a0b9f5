using System.Text;

namespace Harness.Dart.Tests;

/// <summary>Where the fields of objects are: of classes whose fields lead back to them, and of classes further down than engines let types have supertypes.</summary>
public sealed class ClassLayoutTests
{
    [Theory]
    [InlineData(
        "of a subclass, which closures write by super",
        """
        class A { int? v; C? b; int x = 1; }
        class C extends A {
          int w = 3;
          String attempt(void Function() f) { try { f(); return 'ran'; } on TypeError { return 'TypeError'; } }
          void test() {
            dynamic text = 'a';
            print('${attempt(() { super.v = 4; super.b = this; super.x += 5; })} $v ${b!.w} $x');
            print('${attempt(() { super.v = text; })} ${attempt(() { int y = super.v = text; print(y); })} ${attempt(() { super.b = text; })} $v');
          }
        }
        void main() => C().test();
        """,
        "ran 4 3 6\nTypeError TypeError TypeError 4")]
    [InlineData("inferred, of a generic subclass", "class A { late final next = B<String>('x'); int n = 1; } class B<T> extends A { final T t; B(this.t); } void main() => print('${A().next.t} ${A().next.next.n}');", "x 1")]
    [InlineData("of each other", "class A { B? b; C? c; int n = 1; } class B extends A { C? d; int m = 2; } class C extends B { A? a; List<B> all = []; } void main() { final c = C()..b = B()..d = C(); c.all.add(c); print('${c.b!.m} ${c.d!.n} ${c.all.first.m} ${c.a}'); }", "2 1 2 null")]
    public void FieldsMayBeOfTypesThatLeadBack(string what, string source, string expected) => Assert.Equal((what, (0, expected + "\n")), (what, ProgramTests.Run(source)));

    public static TheoryData<string> Lowerings => ["", "dart.generics=specialised", "dart.exact-types=off", "dart.dispatch=vtable-fields dart.inline=30", "dart.dispatch=class-switch dart.casts=trusted"];

    [Theory]
    [MemberData(nameof(Lowerings))]
    public void ClassesMayBeFarDown(string words)
    {
        var source = new StringBuilder("class C0<T> { int f0 = 0; T t; C0(this.t); int sum() => f0; String name() => 'C0'; Type get type => T; }\n");
        for (var i = 1; i <= 200; i++)
        {
            source.Append($"class C{i}<T> extends C{i - 1}<T> {{ int f{i} = {i}; C{i}<T>? other{i}; C{i}(super.t); int sum() => super.sum() + f{i}; {(i % 7 == 0 ? $"String name() => 'C{i}';" : "")} }}\n");
        }

        source.Append("""
            class D<S> extends C150<String> { S s; double d = 1.5; D(this.s) : super('t'); int sum() => super.sum() + d.toInt(); Type get other => S; }
            mixin M { String name() => 'M'; int m = 7; }
            class E = C199<bool> with M;
            void main() {
              final all = <C0>[C0<int>(1), C60<int>(2), C100<String>('a'), C200<double>(0.5), D<bool>(true), E(false)];
              for (final c in all) print('${c.sum()} ${c.name()} ${c.t} ${c.type} ${c is C61} ${c is C100<String>} ${c is D}');
              Object o = all[3], d = all[4], e = all[5];
              (o as C199).f199 += 1;
              final C70<double> middle = o as C200<double>;
              middle.other70 = C70<double>(2.5);
              middle.t = 3.5;
              final f = middle.sum;
              print('${f()} ${middle.other70!.t} ${middle.t} ${(d as D).s} ${d.d} ${d.other} ${(e as E).m}');
              try { print((o as dynamic) as D); } on TypeError { print('no D'); }
              dynamic any = o;
              any.f150 = 0;
              print('${any.sum()} ${any.f61} ${o.runtimeType} ${o is C0<num>} ${o is C80<int>}');
            }
            """);
        var expected = """
            0 C0 1 int false false false
            1830 C56 2 int false false false
            5050 C98 a String true true false
            20100 C196 0.5 double true false false
            11326 C147 t String true true true
            19900 M false bool true false false
            20101 2.5 3.5 true 1.5 bool 7
            no D
            19951 61 C200<double> true false

            """;
        var options = DartOptions.FromKnobs(words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).Select(pair => KeyValuePair.Create(pair[0], pair[1])));
        if (options.Casts == CheckKind.Trusted)
        {
            source.Replace("try { print((o as dynamic) as D); } on TypeError { print('no D'); }", "print('no D');");
        }

        Assert.Equal((words, (0, expected)), (words, ProgramTests.Run(source.ToString(), options)));
    }

    [Fact]
    public void AThousandClassesMayExtendEachOther()
    {
        var source = new StringBuilder("class C0 { int x = 7; }\n");
        for (var i = 1; i <= 1000; i++)
        {
            source.Append($"class C{i} extends C{i - 1} {{{(i % 100 == 0 ? $" int f{i} = x{i} + 1; static int x{i} = {i};" : "")} }}\n");
        }

        source.Append("void main() { Object o = C1000(); print('${(o as C100).x} ${(o as C1000).f900} ${o.f1000} ${o is C500}'); }");
        Assert.Equal((0, "7 901 1001 true\n"), ProgramTests.Run(source.ToString()));
    }

    [Fact]
    public void ConstantObjectsMayBeOfClassesFarDown()
    {
        var source = new StringBuilder("class K0 { final int k0; const K0(this.k0); }\n");
        for (var i = 1; i <= 80; i++)
        {
            source.Append($"class K{i} extends K{i - 1} {{ final String k{i}; const K{i}(super.k0) : k{i} = 'k{i}'; }}\n");
        }

        source.Append("class L extends K70 { final double d; const L() : d = 1.5, super(2); } const a = K80(1); void main() => print('${a.k0} ${a.k61} ${a.k80} ${identical(a, const K80(1))} ${const L().d} ${const L().k70} ${const L().k0}');");
        Assert.Equal((0, "1 k61 k80 true 1.5 k70 2\n"), ProgramTests.Run(source.ToString()));
    }
}
