using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Calls between C# and compiled code, in both directions.</summary>
public sealed class CallTests
{
    [Fact]
    public void ArgumentsAndResultsPassThroughRegisters()
    {
        var compiler = new HandCompiler().Baseline(0, w =>
        {
            w.Prologue();
            w.A.Alu(AluOp.Sub, OpSize.Dword, Gpr.Rax, Gpr.Rdx);
            w.Epilogue();
        });
        using var store = compiler.NewStore();
        var instance = store.Instantiate(HandCompiler.Module(
            "(module (func (export \"sub\") (param i32 i32) (result i32) (i32.sub (local.get 0) (local.get 1))))"));
        var function = instance.GetFunction("sub");

        Assert.Equal([WasmValue.FromI32(-3)], function.Invoke(4, 7));
        Assert.Equal([WasmValue.FromI32(2)], function.Invoke(4, 2));
        Assert.Throws<ArgumentException>(() => function.Invoke(4));
        Assert.Throws<ArgumentException>(() => function.Invoke(4, 7L));
    }

    [Fact]
    public void ManyMixedArgumentsReachTheHostAndItsResultsComeBack()
    {
        // 20 integers and 20 floats, so that both kinds travel in registers and on the stack; as many results.
        var types = new ValueType[40];
        for (var i = 0; i < types.Length; i++)
        {
            types[i] = (i % 4) switch { 0 => ValueType.I32, 1 => ValueType.F64, 2 => ValueType.I64, _ => ValueType.F32 };
        }

        var type = FunctionType.Of(types, types);
        WasmValue[]? seen = null;
        var host = HostFunction.Create(type, (_, arguments, results) =>
        {
            seen = arguments.ToArray();
            for (var i = 0; i < results.Length; i++)
            {
                results[i] = arguments[i];
            }
        });
        var list = string.Join(' ', types);
        using var store = new HandCompiler().NewStore();
        var instance = store.Instantiate(
            HandCompiler.Module($"(module (func (export \"f\") (import \"m\" \"f\") (param {list}) (result {list})))"),
            new Imports().Define("m", "f", host));
        var values = new WasmValue[types.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (i % 4) switch 
            {
                0 => WasmValue.FromI32(-i),
                1 => WasmValue.FromF64(i + 0.5),
                2 => WasmValue.FromI64(-(long)i << 33),
                _ => WasmValue.FromF32(i + 0.25f),
            };
        }

        var results = instance.GetFunction("f").Invoke(values);

        Assert.Equal(values, seen);
        Assert.Equal(values, results);
    }

    [Fact]
    public void TypedHostFunctionsHaveTheTypesOfTheirDelegates()
    {
        var calls = 0;
        Assert.Equal("[] -> []", HostFunction.Create(() => { calls++; }).Type.ToString());
        Assert.Equal("[i32 i64] -> [f64]", HostFunction.Create((int a, ulong b) => (double)a + b).Type.ToString());
        Assert.Throws<ArgumentException>(() => HostFunction.Create((byte a) => { calls += a; }));
    }

    [Fact]
    public void HostExceptionsPassThroughSeveralLayers()
    {
        // outer (C#) -> run (Wasm) -> middle (C#) -> inner (Wasm) -> fail (C#)
        var compiler = new HandCompiler();
        for (var i = 0; i < 2; i++)
        {
            var import = i;
            compiler.Baseline(2 + i, w =>
            {
                w.Prologue();
                w.Call(import, 10 + import);
                w.Epilogue();
            });
        }

        using var store = compiler.NewStore();
        Instance? instance = null;
        var middleSawIt = false;
        var failure = new InvalidDataException("thrown by the host");
        Instance? caller = null;
        var imports = new Imports()
            .Define("m", "middle", HostFunction.Create(FunctionType.Of([], []), (c, _, _) =>
            {
                caller = c.Instance;
                try
                {
                    instance!.GetFunction("inner").Invoke();
                }
                catch (InvalidDataException)
                {
                    middleSawIt = true;
                    throw;
                }
            }))
            .Define("m", "fail", HostFunction.Create(() => throw failure));
        instance = store.Instantiate(
            HandCompiler.Module(
                """
                (module (import "m" "middle" (func)) (import "m" "fail" (func))
                  (func (export "run") (call 0)) (func (export "inner") (call 1)))
                """),
            imports);

        for (var i = 0; i < 3; i++)
        {
            middleSawIt = false;
            var thrown = Assert.Throws<InvalidDataException>(() => instance.GetFunction("run").Invoke());
            Assert.Same(failure, thrown);
            Assert.True(middleSawIt);
            Assert.Same(instance, caller);
        }
    }

    [Fact]
    public void FunctionAndHostReferencesComeBackAsTheSameObjects()
    {
        var type = FunctionType.Of([ValueType.FuncRef, ValueType.ExternRef], [ValueType.ExternRef, ValueType.FuncRef]);
        var swap = HostFunction.Create(type, (_, arguments, results) =>
        {
            results[0] = arguments[1];
            results[1] = arguments[0];
        });
        using var store = new HandCompiler().NewStore();
        var instance = store.Instantiate(
            HandCompiler.Module(
                """
                (module (func (export "swap") (import "m" "swap") (param funcref externref) (result externref funcref)))
                """),
            new Imports().Define("m", "swap", swap));
        var function = instance.GetFunction("swap");
        var thing = new object();

        var results = function.Invoke(WasmValue.FromFunction(function), WasmValue.FromExtern(thing));

        Assert.Same(thing, results[0].AsExtern());
        Assert.Same(function, results[1].AsFunction());
        results = function.Invoke(WasmValue.FromFunction(null), WasmValue.FromExtern(null));
        Assert.True(results[0].IsNull && results[1].IsNull);
    }

    [Fact]
    public void NoOtherThreadChangesAStoreWhileCodeRuns()
    {
        using var store = new Store();
        var other = HandCompiler.Module("(module)");
        var table = store.Instantiate(HandCompiler.Module("""(module (table (export "t") 1 funcref))""")).GetTable("t");
        Action[] changes = [() => store.CollectGarbage(), () => store.Instantiate(other), () => table.Grow(1, WasmValue.Null(ValueType.FuncRef.HeapType))];
        var refusals = new List<Exception?>();
        var elsewhere = HostFunction.Create(() =>
        {
            var thread = new Thread(() => refusals.AddRange(changes.Select(change => Record.Exception(change))));
            thread.Start();
            thread.Join();
            foreach (var change in changes)
            {
                change();
            }
        });
        var instance = store.Instantiate(HandCompiler.Module("""(module (import "m" "f" (func $f)) (func (export "run") (call $f)))"""), new Imports().Define("m", "f", elsewhere));
        instance.GetFunction("run").Invoke();
        Assert.Equal(3, refusals.Count);
        Assert.All(refusals, refusal => Assert.IsType<InvalidOperationException>(refusal));
        Assert.Equal(2ul, table.Length);
    }

    /// <summary>A reference that somebody has made of a number would lead anywhere.</summary>
    [Fact]
    public void FunctionsOfReferencesAreNotCalledByBits()
    {
        using var store = new Store();
        var instance = store.Instantiate(HandCompiler.Module(
            """
            (module
              (func (export "takes") (param externref)) (func (export "gives") (result externref) (ref.null extern)) (func (export "number") (param i64) (result i64) (local.get 0)))
            """));
        var slots = new ulong[] { 0x123456789000 };
        Assert.Throws<ArgumentException>(() => instance.GetFunction("takes").InvokeRaw(slots));
        Assert.Throws<ArgumentException>(() => instance.GetFunction("gives").InvokeRaw(slots));
        instance.GetFunction("number").InvokeRaw(slots);
        Assert.Equal(0x123456789000ul, slots[0]);
        Assert.True(instance.GetFunction("gives").Invoke()[0].IsNull);
    }

    [Fact]
    public void ADisposedStoreRefusesCalls()
    {
        var compiler = new HandCompiler().Baseline(0, w =>
        {
            w.Prologue();
            w.Epilogue();
        });
        var store = compiler.NewStore();
        var function = store.Instantiate(HandCompiler.Module("(module (func (export \"f\")))")).GetFunction("f");
        function.Invoke();
        store.Dispose();
        Assert.Throws<ObjectDisposedException>(() => function.Invoke());
    }

    /// <summary>The code that a function of the host returns to is not freed before it has returned.</summary>
    [Fact]
    public void AnEngineIsNotDisposedOfWhileCodeOfAStoreRuns()
    {
        using var engine = new WasmEngine();
        using var store = new Store(engine);
        var calls = 0;
        var main = store.Instantiate(
            HandCompiler.Module("""(module (import "m" "f" (func $f)) (func (export "main") (result i32) (call $f) (i32.const 7)))"""),
            new Imports().Define("m", "f", (_, _, _) =>
            {
                calls++;
                Assert.Equal("a store of the engine is in use", Assert.Throws<InvalidOperationException>(() => engine.Dispose()).Message);
            })).GetFunction("main");
        Assert.Equal(7, main.Invoke()[0].AsI32());
        Assert.Equal(7, main.Invoke()[0].AsI32());
        Assert.Equal(2, calls);
    }

    /// <summary>What belongs to a disposed store is not there any more: its memory may be another instance's by then.</summary>
    [Fact]
    public void ADisposedStoreRefusesWhatBelongsToIt()
    {
        var module = HandCompiler.Module(
            """
            (module (memory (export "m") 1) (global (export "g") i32 (i32.const 5)) (table (export "t") 1 funcref)
              (func (export "f")) (func (export "other")))
            """);
        var store = new Store();
        var instance = store.Instantiate(module);
        var function = instance.GetFunction("f");
        var call = function.CreateDelegate<Action>();
        var memory = instance.GetMemory("m");
        var table = instance.GetTable("t");
        var global = instance.GetGlobal("g");
        store.Dispose();
        Action[] uses =
        [
            call, () => function.InvokeRaw([]), () => instance.GetFunction("other"), () => _ = memory.ByteLength, () => memory.Span(0, 1), () => memory.Read<int>(0), () => memory.Write(0, 1),
            () => memory.Grow(1), () => _ = table.Length, () => _ = table[0], () => table.Grow(1, WasmValue.Null(ValueType.FuncRef.HeapType)), () => _ = global.Value,
        ];
        foreach (var use in uses)
        {
            Assert.Throws<ObjectDisposedException>(use);
        }

        Assert.Equal(0, function.Index);
    }
}
