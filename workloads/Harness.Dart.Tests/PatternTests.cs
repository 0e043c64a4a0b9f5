using Harness.Dart.Semantics;

namespace Harness.Dart.Tests;

/// <summary>Patterns: what they ask of the matched value and how often, the types that they give and take, and whether cases cover a type.</summary>
public sealed class PatternTests
{
    private const string Logs = """
        import 'dart:collection';
        String log = '';
        String take(Object? result) { final s = '$result|$log'; log = ''; return s; }
        class C { final int n; C(this.n); int get v { log += 'v'; return n; } bool operator >(int o) { log += '>$o'; return n > o; } bool operator ==(Object o) { log += '=$o'; return o is int && o == n; } int get hashCode => n; }
        class D { String get v { log += 'w'; return 'd'; } }
        class L<T> extends ListBase<T> {
          final List<T> list; L(this.list);
          int get length { log += 'l'; return list.length; }
          set length(int n) {}
          T operator [](int i) { log += '[$i]'; return list[i]; }
          void operator []=(int i, T v) {}
          List<T> sublist(int a, [int? b]) { log += 's$a,$b'; return list.sublist(a, b); }
        }
        class M<K, V> extends MapBase<K, V> {
          final Map<K, V> inner; M(this.inner);
          V? operator [](Object? k) { log += '[$k]'; return inner[k]; }
          void operator []=(K k, V v) {}
          bool containsKey(Object? k) { log += 'c$k'; return inner.containsKey(k); }
          Iterable<K> get keys => inner.keys;
          void clear() {}
          V? remove(Object? k) => null;
        }

        """;

    private const string Sealed = """
        enum E<T> { a<int>(), b<String>(), c<double>() }
        sealed class S<T> {}
        mixin M<T> on S<T> {}
        class A<T> extends S<T> { bool flag = true; }
        class B extends S<int> {}
        class F<T> extends S<T> with M<T> {}
        sealed class P {}
        class P1 extends P {}
        class P2 extends P {}

        """;

    [Theory]
    [InlineData("a getter is called once for all cases", "String f(Object o) => switch (o) { C(v: 1) => '1', C(v: 2) => '2', C(v: _) => '_', _ => 'none' }; void main() { print(take(f(C(2)))); print(take(f(C(3)))); print(take(f(1))); }", "2|v\n_|v\nnone|")]
    [InlineData("also where another class has one of the name", "String f(Object o) => switch (o) { C(v: 1) => '1', D(v: 'e') => 'e', C(v: 2) => '2', D(v: 'd') => 'd', _ => 'none' }; void main() { print(take(f(D()))); print(take(f(C(2)))); }", "d|w\n2|v")]
    [InlineData("also in a loop that comes here again", "void main() { for (final o in [C(2), C(1)]) { switch (o) { case C(v: 1): print(take(1)); case C(v: 2): print(take(2)); default: } } }", "2|v\n1|v")]
    [InlineData("comparisons are made once", "String f(C c) { switch (c) { case > 3: return '3'; case > 2: return '2'; case > 3: return 'again'; case == 5: return '5'; case == 5: return 'again'; default: return 'none'; } } void main() => print(take(f(C(1))));", "none|>3>2=5")]
    [InlineData("a list is asked for its length, and for elements that are looked at", "String f(Object o) { switch (o) { case <int>[1]: return '1'; case <int>[1, _, 4]: return '4'; case <int>[1, _, 3]: return '3'; default: return 'none'; } } void main() => print(take(f(L<int>([1, 2, 3]))));", "3|l[0][2]")]
    [InlineData("a rest is a part of the list", "void main() { final [a, ...b] = L<int>([1, 2, 3]); print(take('$a$b')); final [...c, d] = L<int>([1, 2, 3]); print(take('$c$d')); final [...] = L<int>([1]); print(take('')); }", "1[2, 3]|l[0]s1,null\n[1, 2]3|ls0,2[2]\n|")]
    [InlineData("a map is asked for a key once, and whether it has it where the value may be null", "String f(Object o) => switch (o) { <String, int?>{'a': 2} => '2', <String, int?>{'a': 1, 'b': 3} => '3', <String, int?>{'a': 1, 'b': null} => 'null', _ => 'none' }; void main() { print(take(f(M<String, int?>({'a': 1, 'b': null})))); final {'a': x} = M<String, int>({'a': 4}); print(take(x)); }", "null|[a][b]cb\n4|[a]")]
    [InlineData("members of extensions are others", "extension X on Object { int get v { log += 'x'; return 7; } } String f(Object o) => switch (o) { C(v: 1) => '1', Object(v: 7) => 'x', _ => 'none' }; void main() => print(take(f(C(2))));", "x|vx")]
    public void TheMatchedValueIsAskedOnce(string what, string source, string expected) => Assert.Equal((what, (0, expected + "\n")), (what, ProgramTests.Run(Logs + source)));

    [Theory]
    [InlineData("the context of elements is what all patterns for them allow", "T g<T>(Object? o) { print(T); return o as T; } void main() { var [num a, int b] = g([1, 2]); var (c, [d]) = g((1, [2])); var {'k': num e} = g(<Object?, num>{'k': 3}); print([a, b, c, d, e]); }", "List<int>\n(Object?, List<Object?>)\nMap<Object?, num>\n[1, 2, 1, 2, 3]")]
    [InlineData("both sides of a conjunction give one", "void main() { var ([double a] && [num b]) = [42]; print('$a $b'); }", "42.0 42.0")]
    [InlineData("an assignment promotes a variable's nullable type", "void main() { var [int? a!] = [1]; print(a + 1); }", "2")]
    [InlineData("a constant's context is the matched value", "class K<T> { const K(); } String f(K<num> k) => switch (k) { const K() => 'num', const K<int>() => 'int', _ => 'none' }; X id<X>(X x) => x; void main() { print(f(const K<num>())); print(f(const K<int>())); const int Function(int) g = id; print(switch (g) { id => 'id', _ => '' }); }", "num\nint\nid")]
    [InlineData("and that of a key is the map's", "class K<T> { const K(); } void main() { var {const K(): x} = <K<int>, int>{const K<int>(): 3}; print(x); }", "3")]
    [InlineData("what is not null is known behind a pattern for null", "int f(int? n) { switch (n) { case null: return -1; case var m: return m + n; } } int g(int? n) => switch (n) { == null => -1, var m => m + n }; int h(int? n) { if (n case null) return -1; return n + n; } void main() => print('${f(1)} ${g(2)} ${h(3)} ${f(null)} ${g(null)} ${h(null)}');", "2 4 6 -1 -1 -1")]
    [InlineData("a list pattern promotes", "int f(Object o) => switch (o) { [_, ...] => o.length, (int a, int b) => a + b, _ => 0 }; void main() => print('${f([1, 2])} ${f((3, 4))} ${f(1)}');", "2 7 0")]
    [InlineData("what inference does not know whole is the greatest that it can be", "T g<T>() { print(T); throw ''; } void f<X>(List<X> Function() h) { try { h(); } catch (_) {} } void main() => f(() => g());", "List<Object?>")]
    public void TypesComeFromPatterns(string what, string source, string expected) => Assert.Equal((what, (0, expected + "\n")), (what, ProgramTests.Run(source)));

    [Theory]
    [InlineData("List<int> l", "<int?>[] => 0, [_] => 1, [_, ..., _] => 2")]
    [InlineData("List<bool> l", "[] => 0, [true] => 1, [false] => 2, [_, true, ...] => 3, [_, false, ...] => 4")]
    [InlineData("List<bool> l", "[] => 0, [..., true] => 1, [..., false] => 2")]
    [InlineData("(bool, bool) r", "(true, _) => 1, (_, true) => 2, (false, false) => 3")]
    [InlineData("(bool, P?) r", "(true, P1()) => 1, (_, null) => 2, (false, P1()) => 3, (_, P2()) => 4")]
    [InlineData("E<num> e", "E.a => 1, E.c => 2")]
    [InlineData("S<String> s", "A() || M() => 1")]
    [InlineData("S<int> s", "A<num>() => 1, B _ => 2, M<int> _ => 3")]
    [InlineData("S s", "A(flag: true) => 1, B() => 2, M() => 3, A(flag: false) => 4")]
    [InlineData("dynamic d", "bool _ => 1, final x as String => 2")]
    [InlineData("P p", "P1() as P1 => 1")]
    [InlineData("P? p", "P1(hashCode: 1) as P1 => 1, P1 _ => 2, P2 _ => 3")]
    [InlineData("P? p", "P1()! => 1, P2 _ => 2")]
    [InlineData("P p", "P1() && P() => 1, P2() && Object(hashCode: _) => 2")]
    public void CasesCoverTypes(string parameter, string cases) => Assert.Equal((0, "ok\n"), ProgramTests.Run(Switch(parameter, cases)));

    [Theory]
    [InlineData("List<int> l", "[] => 0, [_] => 1, [_, _, _, ...] => 3")]
    [InlineData("List<bool> l", "[] => 0, [true, ...] => 1, [_, false, ...] => 2")]
    [InlineData("(bool, bool) r", "(true, _) => 1, (_, true) => 2")]
    [InlineData("E<num> e", "E.a => 1")]
    [InlineData("S<int> s", "A() => 1, M() => 3")]
    [InlineData("S s", "A(flag: true) => 1, B() => 2, M() => 3")]
    [InlineData("P? p", "P1() => 1, P2() => 2")]
    [InlineData("Object o", "int(isEven: true) => 1, int _ => 2")]
    [InlineData("Object o", "int(isEven: true) as int => 1, int _ => 2")]
    [InlineData("P p", "P1(hashCode: 1) as P1 => 1, P1 _ => 2")]
    [InlineData("Map<bool, bool> m", "{true: _} => 1, {false: _} => 2")]
    [InlineData("int n", "< 0 => 1, >= 0 => 2")]
    public void CasesThatLeaveValuesAreRefused(string parameter, string cases) => Refused(Switch(parameter, cases));

    [Fact]
    public void StatementsMustCoverWhatHasKnownValues()
    {
        Assert.Equal((0, "1\n"), ProgramTests.Run("void main() { int i = 1; switch (i) { case 1: print(1); } }"));
        Refused("void main() { bool b = 1 > 0; switch (b) { case true: print(1); } }");
    }

    /// <summary>A cast that did not end the match was of a value of its type, which a statement knows behind it.</summary>
    [Fact]
    public void ACastTellsTheCasesBehindItWhatTheValueIs() =>
        Assert.Equal((0, "[1, 2]\n"), ProgramTests.Run("int f(Object o) { switch (o) { case int(isEven: true) as int: return 1; case int _: return 2; } } void main() => print([f(4), f(5)]);"));

    [Fact]
    public void NothingIsOfASealedClassWithoutSubtypes() => Assert.Equal((0, "ok\n"), ProgramTests.Run("sealed class A {} Never f(A a) { return switch (a) {}; } void main() { f; print('ok'); }"));

    /// <summary>Heads of a case may declare what differs, as long as nobody asks for it but their own guards.</summary>
    [Fact]
    public void VariablesThatDifferBetweenHeadsAreNobodys()
    {
        Assert.Equal((0, "some\n"), ProgramTests.Run("void main() { switch (3 as num) { case int a when a > 2: case double a when a < 1: print('some'); } }"));
        Refused(
            "void main() { switch (3 as num) { case int a when a > 2: case double a when a < 1: print(a); } }",
            "The variable 'a' doesn't have the same type and finality in all heads of the case.");
        Refused(
            "void main() { switch ([1, 2]) { case [var a, 2]: case [final a, 3]: a = 1; } }",
            "Variable 'a' isn't declared, or not alike, by all the cases that share this body.");
    }

    [Fact]
    public void NothingIsAssignedUnlessAllMatches() =>
        Assert.Equal((0, "1 2 3 4\n"), ProgramTests.Run("void main() { int a = 1, b = 2; dynamic d = 'x'; try { [a, b] = [7, d]; } on TypeError { } (int, int) r = (3, 4); final (c, e) = r; print('$a $b $c $e'); }"));

    [Fact]
    public void FieldsOfRecordsAreFoundByName() =>
        Assert.Equal(
            (0, "1 b 5 NoSuchMethodError\n"),
            ProgramTests.Run("void main() { dynamic r = (1, n: 'b', f: (int i) => i + 1); var e; try { r.$2; } on NoSuchMethodError { e = 'NoSuchMethodError'; } print('${r.$1} ${r.n} ${r.f(4)} $e'); }"));

    private static string Switch(string parameter, string cases) => Sealed + $"int f({parameter}) => switch ({parameter[(parameter.LastIndexOf(' ') + 1)..]}) {{ {cases} }}; void main() {{ f; print('ok'); }}";

    private static void Refused(string source, string message = "is not exhaustively matched by the switch cases") =>
        Assert.Contains(message, Assert.Throws<DartCompilationException>(() => ProgramTests.Run(source)).Message, StringComparison.Ordinal);
}
