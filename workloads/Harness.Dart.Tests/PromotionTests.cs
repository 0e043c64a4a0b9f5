using Harness.Dart.Semantics;

namespace Harness.Dart.Tests;

/// <summary>Types that variables are promoted to, by the flow analysis of the language: chains and their joins, loops, assignments.</summary>
public sealed class PromotionTests
{
    private const string Shapes = """
        class Node { Node? next; Node(this.next); }
        class Leaf extends Node { int size; Leaf(this.size, super.next); }
        class Branch extends Node { String name; Branch(this.name, super.next); }
        bool flag(int i) => i > 0;

        """;

    [Theory]
    [InlineData("a loop's variable keeps what both branches of two tests know",
        "int f(Node? n) { var s = 0; while (n != null) { if (n is Leaf) { s += n.size; } else if (n is Branch) { s += n.name.length; } n = n.next; } return s; }"
        + " void main() => print(f(Leaf(3, Branch('four', Node(Leaf(5, null))))));", "12")]
    [InlineData("so does one of a for loop",
        "int f(Node? head) { var s = 0; for (Node? n = head; n != null; n = n.next) { if (n is Leaf) s += n.size; if (n is Branch) s += n.name.length; } return s; }"
        + " void main() => print(f(Leaf(3, Branch('four', Node(Leaf(5, null))))));", "12")]
    [InlineData("a join keeps the types that both chains have",
        "String f(Object? o, int i) { if (o != null) { if (flag(i)) { if (o is! int) return 'no int'; } else { if (o is! num) return 'no num'; } Object p = o; return '$p ${o.hashCode == p.hashCode}'; } return 'null'; }"
        + " void main() => print([f(1, 1), f(1.5, 1), f(2, 0), f('', 0), f(null, 0)]);", "[1 true, no int, 2 true, no num, null]")]
    [InlineData("a join keeps the common start of longer chains",
        "int f(Object o, int i) { if (o is num) { if (flag(i)) { if (o is int) o.isEven; } return o.round(); } return -1; } void main() => print([f(2.6, 1), f(2, 1), f('', 1)]);", "[3, 2, -1]")]
    [InlineData("a type that was tested for is one of interest when a value of it is assigned",
        "int f(Object o) { if (o is int) return o; o = 41; return o + 1; } void main() => print(f('a'));", "42")]
    [InlineData("also behind a join",
        "int f(Object o, int i) { if (flag(i)) { if (o is int) print('int'); } o = 41; return o + 1; } void main() => print(f('a', 0));", "42")]
    [InlineData("an assignment keeps the types that the value has",
        "num f(Object o) { if (o is num) { if (o is int) { o = 2.5; return o + 1; } } return 0; } void main() => print(f(7));", "3.5")]
    [InlineData("what is not null is of interest",
        "int f(int? n) { n = 4; return n + 1; } String g(Object? o) { o = 'x'; Object p = o; return '$p'; } void main() => print('${f(null)} ${g(null)}');", "5 x")]
    [InlineData("a declaration assigns", "void main() { int? n = 4; num? m = 2; n = n + 1; print(n + m.round()); }", "7")]
    [InlineData("a loop that assigns no variable keeps its type",
        "int f(Object o) { var s = 0; if (o is String) { for (var i = 0; i < 3; i++) { s += o.length; } } return s; } void main() => print(f('ab'));", "6")]
    [InlineData("a variable is promoted again within a loop that assigns it",
        "int f(Object? o) { var s = 0; for (var i = 0; i < 4; i++) { if (o is String) { s += o.length; o = i; } else if (o is int) { s += o; o = i == 1 ? null : 'ab'; } else { o = 'abc'; } } return s; }"
        + " void main() => print(f('ab'));", "5")]
    [InlineData("a try that assigns ends a promotion, and its handler may test again",
        "int f(String? s) { if (s == null) return 0; try { s = null; throw 'x'; } catch (_) { return s == null ? 1 : s.length; } } void main() => print(f('a'));", "1")]
    [InlineData("a variable tells what it was given the outcome of",
        "int f(Object o) { final isInt = o is int; if (isInt) return o + 1; final isText = o is String && o.length > 1; return isText ? o.length : -1; } void main() => print([f(4), f('abc'), f('a')]);", "[5, 3, -1]")]
    [InlineData("also where it is false, and what another variable says of it",
        "int f(int? n, Object o) { var none = n == null; var ok = !none && o is String; if (ok) return n + o.length; if (!none) return n; return 0; } void main() => print([f(1, 'ab'), f(2, 3), f(null, '')]);", "[3, 2, 0]")]
    [InlineData("a variable that is assigned an outcome tells it", "int f(Object o) { bool b; b = o is int; if (b) return o + 1; return 0; } void main() => print(f(4));", "5")]
    [InlineData("closures know what variables tell that nobody assigns", "void main() { Object o = 'abc'; final b = o is String; final f = () => b ? o.length : 0; print(f()); }", "3")]
    [InlineData("a loop that assigns neither keeps it", "void f(Object o) { final b = o is int; for (var i = 0; i < 2; i++) { if (b) print(o + i); } } void main() => f(4);", "4\n5")]
    [InlineData("late variables are promoted as others are",
        "void f<T>(T t) { if (t is int) { late var v = t; late final w = t; print('${v.isEven} ${w + 1}'); T x = v; v = x; } } void main() { f(4); late int? n; n = 3; print(n + 1); late Object o; o = 'ab'; if (o is String) print(o.length); late final num m = 5; if (m is int) print(m.isOdd); }", "true 5\n4\n2\ntrue")]
    [InlineData("a late variable's initializer has the types of its own place wherever it is read",
        "void f(Object o) { late final n = [...[o]].length; print([if (o is int) n, n]); if (o is String) { late final int l = o.length; final g = () => l; print(g()); } } void main() { f(1); f('ab'); }", "[1, 1]\n[1]\n2")]
    [InlineData("what it throws is thrown where the variable is read first, if it is read",
        "String f(bool b) { late int n = throw 'no'; if (b) n = 4; try { print(n); return 'ok'; } catch (e) { return '$e'; } } void main() => print([f(true), f(false)]);", "4\n[ok, no]")]
    [InlineData("private final fields as the superclass has them, of such fields, late ones, and of variables that are assigned elsewhere",
        "class A { final int? _x; A(this._x); int f() => 0; } class B extends A { final int? _x; B(this._x, int? y) : super(y); int f() { if (super._x != null) return super._x + 1; if (_x == null) return -1; return _x; } }"
        + " class C { final A? _a; late final int? _l; C(this._a); int g() { if (_a != null && _a._x != null) return _a._x + 1; return 0; } int h() { _l = 4; if (_l != null) return _l; return 0; } }"
        + " void main() { var c = C(A(2)); print([B(1, 2).f(), B(1, null).f(), c.g(), c.h()]); c = C(B(3, 4)); final a = c._a; if (a is B && a._x != null) print(a._x + 1); if (c._a is B) print(c._a.f()); }", "[3, 1, 3, 4]\n4\n5")]
    [InlineData("a private field behind a check that it is not null", "class A { final int? _x; A(this._x); int f() { _x!; return _x + 1; } } void main() { final a = A(1); a._x!; print([a._x + 1, a.f()]); }", "[2, 2]")]
    [InlineData("a private field that implements a getter without a body", "abstract class I { int? get _x; } class A implements I { final int? _x = 1; int f() => _x == null ? 0 : _x + 1; } void main() => print(A().f());", "2")]
    public void AProgramIsAcceptedAndRight(string what, string source, string expected) =>
        Assert.Equal((what, 0, expected + "\n"), (what, ProgramTests.Run(Shapes + source).Code, ProgramTests.Run(Shapes + source).Output));

    [Theory]
    [InlineData("what a loop assigns is not known at its start",
        "void main() { String? s = 'a'; for (var i = 0; i < 2; i++) { print(s.length); s = null; } }", "Property 'length' cannot be accessed on 'String?' because it is potentially null.")]
    [InlineData("a condition that a loop assigns against",
        "void main() { Object o = 1; if (o is int) { while (o.isEven) { o = 'a'; } } }", "The getter 'isEven' isn't defined for the type 'Object'.")]
    [InlineData("a type that nothing was tested for is of no interest",
        "void main() { Object o = 'a'; o = 41; print(o + 1); }", "The operator '+' isn't defined for the type 'Object'.")]
    [InlineData("branches that know other types",
        "void f(Object o, int i) { if (flag(i)) { if (o is! int) return; } else { if (o is! String) return; } print(o.isEven); } void main() => f(1, 1);", "The getter 'isEven' isn't defined for the type 'Object'.")]
    [InlineData("an assignment ends the types that the value has not",
        "void main() { Object o = 7; if (o is int) { o = 'a'; print(o.isEven); } }", "The getter 'isEven' isn't defined for the type 'Object'.")]
    [InlineData("a closure that assigns",
        "void main() { int? n = 1; final f = () { n = null; }; if (n != null) { f(); print(n + 1); } }", "because it is potentially null")]
    [InlineData("a variable tells nothing any more when what was tested is assigned",
        "void main() { Object o = 1; final b = o is int; o = 'a'; if (b) print(o + 1); }", "The operator '+' isn't defined for the type 'Object'.")]
    [InlineData("nor when it is assigned itself", "void main() { Object o = 1; var b = o is int; b = true; if (b) print(o + 1); }", "The operator '+' isn't defined for the type 'Object'.")]
    [InlineData("nor in a loop that assigns what was tested", "void f(Object o) { final b = o is int; while (true) { if (b) print(o + 1); o = 'a'; } } void main() => f(1);", "The operator '+' isn't defined for the type 'Object'.")]
    [InlineData("branches that give it other outcomes",
        "void f(Object o, int i) { bool b; if (flag(i)) { b = o is int; } else { b = o is num; } if (b) print(o.isEven); } void main() => f(1, 1);", "The getter 'isEven' isn't defined for the type 'Object'.")]
    [InlineData("a private field that a getter has the name of in another class",
        "class A { final int? _x = 1; void f() { if (_x != null) print(_x + 1); } } class B { int? get _x => null; } void main() { A().f(); print(B()._x); }", "because it is potentially null")]
    [InlineData("a private field that a class answers to by its noSuchMethod",
        "class A { final int? _x = 1; void f() { if (_x != null) print(_x + 1); } } abstract class I { int? get _x; } class C implements I { noSuchMethod(Invocation i) => null; } void main() { A().f(); print(C()); }", "because it is potentially null")]
    [InlineData("a private field of a variable that is assigned", "class A { final int? _x; A(this._x); } void main() { var a = A(1); if (a._x != null) { a = A(null); print(a._x + 1); } }", "because it is potentially null")]
    [InlineData("a private field by that which overrides it", "class A { final int? _x = 1; } class B extends A { final int? _x = 2; int f() => _x == null ? 0 : super._x + 1; } void main() => print(B().f());", "because it is potentially null")]
    [InlineData("the initializer of a late variable where what it needs is assigned later",
        "void main() { int? n = 1; late int m = n + 1; print(m); n = null; }", "because it is potentially null")]
    [InlineData("a variable that only the initializer of a late one assigns",
        "void main() { int n; late final m = n = 5; print(m); print(n); }", "must be assigned before it can be used")]
    [InlineData("what a final variable starts with", "void main() { final int? n = 42; print(n.isEven); }", "because it is potentially null")]
    [InlineData("what a pattern gives a final variable", "void main() { if (1 case final int? n) print(n.isEven); }", "because it is potentially null")]
    [InlineData("a late variable", "void main() { Object o = 1; late final b = o is int; if (b) print(o + 1); }", "The operator '+' isn't defined for the type 'Object'.")]
    public void AProgramIsRefused(string what, string source, string expected)
    {
        var exception = Assert.Throws<DartCompilationException>(() => ProgramTests.Run(Shapes + source));
        Assert.True(exception.Message.Contains(expected, StringComparison.Ordinal), what + ": " + exception.Message);
    }
}
