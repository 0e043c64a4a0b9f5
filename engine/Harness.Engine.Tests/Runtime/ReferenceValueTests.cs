using Harness.Engine.Configuration;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>References to heap objects, host objects and i31s at the boundary between host and compiled code.</summary>
public sealed class ReferenceValueTests : IDisposable
{
    private readonly Store _store = new(EngineOptions.Default with { TierUp = TierUpMode.Never, StressGcInterval = 1 });
    private readonly Instance _instance;

    public ReferenceValueTests() => _instance = _store.Instantiate(
        HandCompiler.Module(
            """
            (module
              (type $base (sub (struct (field i32))))
              (type $derived (sub $base (struct (field i32) (field i64))))
              (type $bytes (array i8))
              (rec (type $other (sub final (struct (field i32)))) (type (struct)))
              (func (export "base") (result (ref $base)) (struct.new $base (i32.const 1)))
              (func (export "derived") (result anyref) (struct.new $derived (i32.const 2) (i64.const 3)))
              (func (export "bytes") (result arrayref) (array.new $bytes (i32.const 7) (i32.const 3)))
              (func (export "other") (result structref) (struct.new_default $other))
              (func (export "i31") (param i32) (result i31ref) (ref.i31 (local.get 0)))
              (func (export "internalize") (param externref) (result anyref) (any.convert_extern (local.get 0)))
              (func (export "any") (param anyref) (result anyref) (local.get 0))
              (func (export "extern") (param externref) (result externref) (local.get 0))
              (func (export "non-null extern") (param (ref extern)))
              (func (export "eq") (param eqref eqref) (result i32) (ref.eq (local.get 0) (local.get 1)))
              (func (export "i31ref") (param i31ref) (result i32) (i31.get_s (local.get 0)))
              (func (export "structref") (param structref))
              (func (export "arrayref") (param (ref array)))
              (func (export "take base") (param (ref null $base)) (result i32) (struct.get $base 0 (local.get 0)))
              (func (export "take none") (param nullref)))
            """));

    public void Dispose() => _store.Dispose();

    [Fact]
    public void ReferencesToHeapObjectsFollowTheObjects()
    {
        var derived = Call("derived");
        var bytes = Call("bytes");
        _store.CollectGarbage();

        Assert.True(derived.AsHeap()!.IsStruct);
        Assert.True(bytes.AsHeap()!.IsArray);
        Assert.Equal(2, Call("take base", derived).AsI32());
        Assert.Equal(derived, Call("any", derived));
        Assert.NotEqual(derived, Call("derived"));
        Assert.Equal(1, Call("eq", derived, Call("any", derived)).AsI32());
        Assert.Equal(0, Call("eq", derived, bytes).AsI32());
        Assert.Equal(ValueType.AnyRef, derived.Type);
    }

    [Fact]
    public void TypesAreCheckedWhereTheHostPassesReferences()
    {
        var @base = Call("base");
        var derived = Call("derived");
        var other = Call("other");
        var bytes = Call("bytes");
        var i31 = WasmValue.FromI31(5);
        var host = WasmValue.FromExtern(new object()).AnyConvertExtern();
        var none = WasmValue.Null(HeapType.Abstract(AbstractHeapType.None));

        Accepts("take base", @base, derived);
        Refuses("take base", other, bytes, i31, host, WasmValue.FromExtern(null), WasmValue.FromFunction(null));
        Accepts("structref", @base, derived, other, none);
        Refuses("structref", bytes, i31, host, @base.ExternConvertAny());
        Accepts("arrayref", bytes);
        Refuses("arrayref", none, other);
        Accepts("i31ref", i31);
        Refuses("i31ref", @base, host, 5);
        Accepts("any", @base, bytes, i31, host, none);
        Refuses("any", WasmValue.FromExtern(new object()), WasmValue.FromFunction(_instance.GetFunction("any")));
        Accepts("extern", WasmValue.FromExtern(new object()), @base.ExternConvertAny(), i31.ExternConvertAny());
        Refuses("extern", @base, i31, none);
        Refuses("non-null extern", WasmValue.FromExtern(null));
        Accepts("take none", none);
        Refuses("take none", @base, i31);
    }

    [Fact]
    public void ReferencesOfOtherStoresAreRefused()
    {
        using var other = new Store();
        Assert.Throws<ArgumentException>(() =>
            new Global(other, new GlobalType(ValueType.AnyRef, IsMutable: false), Call("base")));
        Assert.Throws<ArgumentException>(() =>
            new Global(other, new GlobalType(ValueType.FuncRef, IsMutable: false), WasmValue.FromFunction(_instance.GetFunction("any"))));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, -1)]
    [InlineData(0x3FFF_FFFF, 0x3FFF_FFFF)]
    [InlineData(0x4000_0000, -0x4000_0000)]
    [InlineData(unchecked((int)0x8000_0001), 1)]
    public void I31sAreSignExtended(int value, int expected)
    {
        Assert.Equal(expected, WasmValue.FromI31(value).AsI31());
        Assert.Equal(expected, Call("i31", value).AsI31());
        Assert.Equal(expected, Call("i31ref", WasmValue.FromI31(value)).AsI32());
        Assert.Equal(WasmValue.FromI31(expected), Call("any", WasmValue.FromI31(value)));
        Assert.Equal(expected, Call("extern", WasmValue.FromI31(value).ExternConvertAny()).AsI31());
    }

    [Fact]
    public void HostObjectsCrossBothHierarchies()
    {
        var thing = new object();
        var value = WasmValue.FromExtern(thing);
        Assert.Same(thing, Call("extern", value).AsExtern());
        var converted = Call("internalize", value);
        Assert.Equal(value.AnyConvertExtern(), converted);
        Assert.Same(thing, converted.ExternConvertAny().AsExtern());
        Assert.Throws<InvalidOperationException>(() => converted.AsExtern());
        Assert.Throws<InvalidOperationException>(() => converted.AsHeap());

        var @struct = Call("base");
        Assert.Equal(@struct, Call("internalize", @struct.ExternConvertAny()));
    }

    [Fact]
    public void StringsComeBackEqual()
    {
        Assert.Equal("a\ud800\0é", Call("extern", WasmValue.FromExtern("a\ud800\0é")).AsExtern());
        Assert.Equal("", Call("extern", WasmValue.FromExtern("")).AsExtern());
        var large = new string('x', 1_000_000);
        Assert.Equal(large, Call("extern", WasmValue.FromExtern(large)).AsExtern());
    }

    [Fact]
    public void HostFunctionsGetAndGiveReferences()
    {
        var type = FunctionType.Of([ValueType.AnyRef, ValueType.AnyRef], [ValueType.AnyRef, ValueType.AnyRef, ValueType.ExternRef]);
        var seen = new List<WasmValue>();
        var host = HostFunction.Create(type, (caller, arguments, results) =>
        {
            seen.AddRange(arguments);
            caller.Store.CollectGarbage();
            results[0] = arguments[1];
            results[1] = arguments[0];
            results[2] = WasmValue.FromExtern(seen);
        });
        var user = _store.Instantiate(
            HandCompiler.Module(
                """
                (module (type $s (struct (field i32)))
                  (import "m" "swap" (func $swap (param anyref anyref) (result anyref anyref externref)))
                  (func (export "f") (result i32 i32 externref) (local $1 anyref) (local $2 anyref) (local $3 externref)
                    (call $swap (struct.new $s (i32.const 1)) (struct.new $s (i32.const 2)))
                    (local.set $3) (local.set $2) (local.set $1)
                    (struct.get $s 0 (ref.cast (ref $s) (local.get $1)))
                    (struct.get $s 0 (ref.cast (ref $s) (local.get $2)))
                    (local.get $3)))
                """),
            new Imports().Define("m", "swap", host));

        var results = user.GetFunction("f").Invoke();

        Assert.Equal([2, 1], results[..2].Select(result => result.AsI32()));
        Assert.Same(seen, results[2].AsExtern());
        Assert.Equal([1ul, 2ul], seen.Select(value => ObjectHeap.ReadField(value.AsHeap()!.Address, 0)));
    }

    [Fact]
    public void ConstantExpressionsMakeObjects()
    {
        var instance = _store.Instantiate(
            HandCompiler.Module(
                """
                (module
                  (type $p (struct (field i8) (field $next (ref null $p)) (field f32)))
                  (type $a (array i16))
                  (type $r (array (ref null $p)))
                  (global $first (ref $p) (struct.new $p (i32.const 0x1ff) (ref.null $p) (f32.const 1.5)))
                  (global (export "second") (ref $p) (struct.new $p (i32.const 2) (global.get $first) (f32.const 0)))
                  (global (export "default") (ref $p) (struct.new_default $p))
                  (global (export "filled") (ref $a) (array.new $a (i32.const 0x12345) (i32.const 3)))
                  (global (export "zeros") (ref $a) (array.new_default $a (i32.const 2)))
                  (global (export "fixed") (ref $r) (array.new_fixed $r 2 (global.get $first) (ref.null none)))
                  (global (export "i31") (ref any) (any.convert_extern (extern.convert_any (ref.i31 (i32.const -3)))))
                  (global (export "first") (ref $p) (global.get $first)))
                """));
        _store.CollectGarbage();
        HeapReference Object(string name) => instance.GetGlobal(name).Value.AsHeap()!;
        ulong Field(string name, int field) => ObjectHeap.ReadField(Object(name).Address, field);
        ulong[] Elements(string name)
        {
            var array = Object(name).Address;
            return [.. Enumerable.Range(0, (int)ObjectHeap.LengthOf(array)).Select(i => ObjectHeap.ReadElement(array, (uint)i))];
        }

        var first = Object("first").Address;
        Assert.Equal([0xFFul, 0, BitConverter.SingleToUInt32Bits(1.5f)], Enumerable.Range(0, 3).Select(i => Field("first", i)));
        Assert.Equal([2ul, first, 0ul], Enumerable.Range(0, 3).Select(i => Field("second", i)));
        Assert.Equal([0ul, 0ul, 0ul], Enumerable.Range(0, 3).Select(i => Field("default", i)));
        Assert.Equal([0x2345ul, 0x2345, 0x2345], Elements("filled"));
        Assert.Equal([0ul, 0], Elements("zeros"));
        Assert.Equal([first, 0], Elements("fixed"));
        Assert.Equal(WasmValue.FromI31(-3), instance.GetGlobal("i31").Value);
    }

    private WasmValue Call(string function, params WasmValue[] arguments) =>
        _instance.GetFunction(function).Invoke(arguments).SingleOrDefault();

    private void Accepts(string function, params WasmValue[] arguments)
    {
        foreach (var argument in arguments)
        {
            Call(function, argument);
        }
    }

    private void Refuses(string function, params WasmValue[] arguments) =>
        Assert.All(arguments, argument => Assert.Throws<ArgumentException>(() => Call(function, argument)));
}
