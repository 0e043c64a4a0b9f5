using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Hosts.Tests.Embedding;

/// <summary>Functions of the host made from delegates: many parameters and results, the caller, and no allocation.</summary>
public sealed class TypedHostFunctionTests
{
    private delegate (long A, float B, double C, int D, int E, int F, int G, long H, uint I) Many(
        HostCaller caller, int a, long b, float c, double d, int e, int f, int g, int h, uint i);

    [Fact]
    public void ParametersAndResultsOfAnyNumberArrive()
    {
        var many = HostFunction.Create((Many)((caller, a, b, c, d, e, f, g, h, i) =>
            (b, c, d, a, e, f, g + caller.Instance!.GetMemory("memory").Read<int>(8), h, i)));
        Assert.Equal("[i32 i64 f32 f64 i32 i32 i32 i32 i32] -> [i64 f32 f64 i32 i32 i32 i32 i64 i32]", many.Type.ToString());
        using var store = new Store();
        var instance = store.Instantiate(
            WasmModule.Decode(WatAssembler.Assemble("""
                (module
                  (import "h" "f" (func $f (param i32 i64 f32 f64 i32 i32 i32 i32 i32) (result i64 f32 f64 i32 i32 i32 i32 i64 i32)))
                  (memory (export "memory") 1)
                  (data (i32.const 8) "\64\00\00\00")
                  (func (export "run") (result i64 f32 f64 i32 i32 i32 i32 i64 i32)
                    (call $f (i32.const -1) (i64.const -2) (f32.const 3.5) (f64.const 4.5) (i32.const 5) (i32.const 6) (i32.const 7) (i32.const -8) (i32.const -9))))
                """)),
            new Imports().Define("h", "f", many));
        WasmValue[] expected = [-2L, 3.5f, 4.5, -1, 5, 6, 107, -8L, -9];
        Assert.Equal(expected, instance.GetFunction("run").Invoke());
    }

    [Fact]
    public void CallsDoNotAllocate()
    {
        long sum = 0;
        var imports = new Imports()
            .Define("h", "typed", HostFunction.Create((HostCaller caller, int a, long b) => sum += a + b + (caller.Instance is null ? 1 : 0)))
            .Define("h", "slots", HostFunction.Create(FunctionType.Of([ValueType.I32], [ValueType.I32]), (_, slots) => slots[0] = (uint)slots[0] + 1));
        using var store = new Store();
        var run = store.Instantiate(
            WasmModule.Decode(WatAssembler.Assemble("""
                (module
                  (import "h" "typed" (func $typed (param i32 i64) (result i64)))
                  (import "h" "slots" (func $slots (param i32) (result i32)))
                  (func (export "run") (param i32)
                    (loop $next
                      (drop (call $typed (local.get 0) (i64.const 1)))
                      (drop (call $slots (local.get 0)))
                      (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
                """)),
            imports).GetFunction("run");
        ulong[] slots = [1000];
        run.InvokeRaw(slots);
        slots[0] = 10_000;
        var before = GC.GetAllocatedBytesForCurrentThread();
        run.InvokeRaw(slots);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
        Assert.NotEqual(0, sum);
    }

    [Fact]
    public void TypesThatAreNoNumbersAreRefused() =>
        Assert.Throws<ArgumentException>(() => HostFunction.Create((string text) => text.Length));
}
