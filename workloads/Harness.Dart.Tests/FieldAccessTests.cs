using Harness.Engine.Modules;

namespace Harness.Dart.Tests;

/// <summary>Fields that are read and written without their accessors, and those whose accessors must be called.</summary>
public sealed class FieldAccessTests
{
    [Theory]
    [InlineData("what a method writes was checked as it came", "class B<T> { T v; B(this.v); void put(T x) { v = x; } } void main() { B<num> b = B<int>(1); b.put(2); print(b.v); try { b.put(1.5); } on TypeError { print('put'); } try { b.v = 1.5; } on TypeError { print('set'); } print(b.v); }", "2\nput\nset\n2")]
    [InlineData("null is of any type that may be null", "class N<T> { T? v; } void main() { N<num> n = N<int>(); n.v = 1; n.v = null; print(n.v); try { n.v = 1.5; } catch (e) { print(e); } }", "null\ntype 'double' is not a subtype of type 'int?' in type cast")]
    [InlineData("a setter below", "class A { int x = 0; void f() { x = 5; x += 2; } } class C extends A { set x(int v) { print('set $v'); super.x = v; } } void main() { final c = C(); c.f(); print(c.x); }", "set 5\nset 7\n7")]
    [InlineData("a field below", "class A { int x = 0; void f() { x = 5; } } class C extends A { int x = 1; int get above => super.x; } void main() { final c = C(); c.f(); print('${c.x} ${c.above}'); }", "5 0")]
    [InlineData("a getter below", "class A { int x = 1; int f() => x; } class C extends A { int get x => 7; } void main() { for (final a in [A(), C()]) print(a.f()); }", "1\n7")]
    [InlineData("a setter of a mixin below", "class A { num x = 0; void f() { x = 5; } } mixin M on A { set x(num v) { super.x = v * 2; } } class C extends A with M {} void main() { final c = C(); c.f(); print(c.x); }", "10")]
    [InlineData("a field of a mixin", "mixin M<T> { T? x; void put(T v) { x = v; } } class A with M<int> {} class C with M<String> {} void main() { final a = A()..put(3), c = C()..put('s'); print('${a.x} ${c.x}'); M<Object> m = a; try { m.put('no'); } on TypeError { print('checked'); } }", "3 s\nchecked")]
    [InlineData("a mixin's field from outside", "mixin M<T> { T? x; } class A with M<int> {} void main() { M<Object> m = A(); try { m.x = 'no'; } on TypeError { print('checked'); } m.x = 3; print(m.x); }", "checked\n3")]
    [InlineData("a method below a generic one", "class A<T> { void put(T x) {} set y(T v) {} } class C extends A<int> { int z = 0; void put(int x) { z += x; } set y(int v) { z -= v; } } void main() { A<Object> a = C(); for (final v in <Object>[5, 'no']) { try { a.put(v); } on TypeError { print('put'); } try { a.y = v; } on TypeError { print('set'); } } print((a as C).z); }", "put\nset\n0")]
    [InlineData("closures and futures", "class A { int x = 0; Future<void> f() async { x = 1; await null; x += 1; void g() { x *= 5; } g(); } } void main() async { final a = A(); await a.f(); print(a.x); }", "10")]
    [InlineData("the value changes the field", "class A { int x = 1; int g() { x = 10; return 5; } void f() { x += g(); } } void main() { final a = A()..f(); print(a.x); }", "6")]
    [InlineData("instances without objects for types", "class P {} class Q extends P {} class R<T> { T v; R(this.v); } void main() { R<P> r = R<P>(P()); r.v = Q(); print(r.v is Q); R<Object> o = R<P>(Q()); try { o.v = 3; } on TypeError { print('int'); } R<List<num>> l = R<List<num>>([]); l.v = <int>[1]; print(l.v); R<Object> f = R<Function>(main); f.v = print; try { f.v = P(); } on TypeError { print('P'); } }", "true\nint\n[1]\nP")]
    public void Programs(string what, string source, string expected)
    {
        foreach (var options in (DartOptions[])[DartOptions.Default, DartOptions.Default with { Accessors = AccessorKind.Called }, DartOptions.Default with { Devirtualize = DevirtualizeKind.Off }, DartOptions.Default with { Generics = GenericsKind.Specialised }])
        {
            Assert.Equal((what, (0, expected + "\n")), (what, ProgramTests.Run(source, options)));
        }
    }

    /// <summary>Functions are looked at as they come in, so that what they return can be written.</summary>
    [Fact]
    public void WhatAFunctionReturnsWasCheckedAsTheFunctionCame()
    {
        const string Source = "class B<T> { T v; T Function()? make; B(this.v); void put(T Function() g) { v = g(); } void fill() { v = make!(); } } void main() { B<num> b = B<int>(1); try { b.put(() => 1.5); } on TypeError { print('put'); } try { b.make = () => 1.5; } on TypeError { print('make'); } b.make = () => 2; b.fill(); print((b as B<int>).v); }";
        foreach (var accessors in Enum.GetValues<AccessorKind>())
        {
            foreach (var generics in Enum.GetValues<GenericsKind>())
            {
                Assert.Equal((0, "put\nmake\n2\n"), ProgramTests.Run(Source, DartOptions.Default with { Accessors = accessors, Generics = generics }));
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AccessorsThatNothingCallsLeaveTheModule(bool areCalled)
    {
        var file = Path.Combine(Path.GetTempPath(), $"harness-dart-{Guid.NewGuid():N}.dart");
        File.WriteAllText(file, "class Only { int? held; void put(int x) { held = x; } } void main() { final o = Only(); for (var i = 0; i < 3; i++) o.put(i); print(o.held); }");
        try
        {
            var module = WasmModule.Decode(DartCompiler.Compile(file, DartOptions.Default with { Accessors = areCalled ? AccessorKind.Called : AccessorKind.Direct }));
            Assert.Equal(areCalled, module.Functions.Any(function => function.ToString().StartsWith("Only.held", StringComparison.Ordinal)));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
