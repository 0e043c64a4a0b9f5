using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;
using Harness.Engine.Tests.Baseline;

namespace Harness.Engine.Tests.Vectors;

/// <summary>Vectors on their way between the host and compiled code.</summary>
public sealed class VectorValueTests
{
    private static readonly V128 First = new(0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210);
    private static readonly V128 Second = new(0x1111_2222_3333_4444, 0x5555_6666_7777_8888);

    [Fact]
    public void ValuesAreEqualBitByBit()
    {
        WasmValue value = First;
        Assert.Equal(ValueKind.V128, value.Kind);
        Assert.Equal(ValueType.V128, value.Type);
        Assert.Equal(First, value.AsV128());
        Assert.Equal(value, (WasmValue)First);
        Assert.NotEqual(value, (WasmValue)(First with { High = 0 }));
        Assert.NotEqual(value, (WasmValue)(First with { Low = 0 }));
        Assert.NotEqual(value, (WasmValue)(long)First.Low);
        Assert.Equal("0xfedcba98765432100123456789abcdef", value.ToString());
        Assert.Equal(First, V128.FromVector128(First.ToVector128()));
        Assert.Throws<InvalidOperationException>(() => value.AsI64());
        Assert.Throws<InvalidOperationException>(() => value.Bits);
        Assert.Throws<InvalidOperationException>(() => ((WasmValue)1L).AsV128());
    }

    [Fact]
    public void FunctionsOfTheHostTakeAndGiveVectors()
    {
        var bytes = WatAssembler.Assemble(
            """
            (module
              (import "host" "swap" (func $swap (param i32 v128 v128 i64) (result v128 i64 v128)))
              (import "host" "values" (func $values (param v128) (result v128)))
              (import "host" "words" (func $words (param v128 i32) (result i32 v128)))
              (func (export "swap") (param v128 v128) (result v128 i64 v128)
                (call $swap (i32.const 7) (local.get 0) (local.get 1) (i64.const 35)))
              (func (export "values") (param v128) (result v128) (call $values (local.get 0)))
              (func (export "words") (param v128) (result i32 v128) (call $words (local.get 0) (i32.const -1))))
            """);
        using var store = new Store(EngineOptions.Default.With("tier-up", "never"));
        var imports = new Imports()
            .Define("host", "swap", HostFunction.Create((Delegate)((int a, V128 x, V128 y, long b) => (y, a + b, x))))
            .Define("host", "values", HostFunction.Create(
                FunctionType.Of([ValueType.V128], [ValueType.V128]),
                (_, arguments, results) => results[0] = new V128(arguments[0].AsV128().High, arguments[0].AsV128().Low)))
            .Define("host", "words", HostFunction.Create(
                FunctionType.Of([ValueType.V128, ValueType.I32], [ValueType.I32, ValueType.V128]),
                (HostSlotCallback)((_, slots) => (slots[0], slots[1], slots[2]) = (slots[2], slots[1], slots[0]))));
        var instance = store.Instantiate(WasmModule.Decode(bytes), imports);
        Assert.Equal([Second, 42L, First], instance.GetFunction("swap").Invoke(First, Second));
        Assert.Equal([new V128(First.High, First.Low)], instance.GetFunction("values").Invoke(First));
        Assert.Equal([-1, new V128(First.High, First.Low)], instance.GetFunction("words").Invoke(First));
        Assert.Throws<ArgumentException>(() => instance.GetFunction("values").Invoke(1L));
        Assert.Throws<ArgumentException>(() => HostFunction.Create((V128 _) => { }));
    }

    [Fact]
    public void GlobalsOfTheHostAreVectors()
    {
        using var store = new Store();
        var global = new Global(store, new GlobalType(ValueType.V128, IsMutable: true), First);
        var instance = store.Instantiate(
            WasmModule.Decode(WatAssembler.Assemble(
                """
                (module
                  (import "host" "g" (global $g (mut v128)))
                  (global $own (export "own") (mut v128) (v128.const i64x2 1 2))
                  (func (export "exchange")
                    (global.get $g) (global.set $g (global.get $own)) (global.set $own)))
                """)),
            new Imports().Define("host", "g", global));
        instance.GetFunction("exchange").Invoke();
        Assert.Equal(new V128(1, 2), global.Value.AsV128());
        Assert.Equal(First, instance.GetGlobal("own").Value.AsV128());
        global.Value = Second;
        instance.GetFunction("exchange").Invoke();
        Assert.Equal(Second, instance.GetGlobal("own").Value.AsV128());
        Assert.Throws<ArgumentException>(() => global.Value = 1);
    }

    [Fact]
    public void ExceptionsCarryVectors()
    {
        using var run = new BaselineRun(
            """
            (tag $t (export "t") (param i32 v128 i64))
            (func (export "throw") (param v128) (throw $t (i32.const 5) (local.get 0) (i64.const 6)))
            """);
        var thrown = Assert.Throws<WasmException>(() => run.CallAll("throw", First));
        Assert.Equal([5, First, 6L], thrown.Values);
    }

    /// <summary>A function that has nothing to do with vectors is compiled as ever: its slots are 8 bytes.</summary>
    [Fact]
    public void OnlyFunctionsWithVectorsHaveWideFrames()
    {
        using var run = new BaselineRun(
            """
            (type $box (struct (field v128)))
            (tag $t (param v128))
            (func $vector (export "vector") (param v128) (result v128) (local.get 0))
            (func (export "scalar") (param i64) (result i64) (local.get 0))
            (func (export "reduces") (result i32) (i8x16.all_true (v128.const i32x4 1 2 3 4)))
            (func (export "local") (local v128))
            (func (export "object") (drop (struct.new_default $box)))
            (func (export "passes") (param (ref $box)) (result (ref $box)) (local.get 0))
            (func (export "calls") (drop (call $vector (unreachable))))
            (func (export "catches") (block (result v128) (try_table (catch $t 0)) (unreachable)) (drop))
            """);
        Assert.Equal(
            ["vector", "reduces", "local", "object", "calls", "catches"],
            run.Module.Exports.Where(export => run.Module.Functions[export.Index].HasVectors).Select(export => export.Name));
    }
}
