using System.Runtime.CompilerServices;
using Harness.Engine.Configuration;
using Harness.Engine.Runtime;
using Harness.Engine.Runtime.Stacks;
using Harness.Engine.X64;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Traps by guard pages and cold stubs, call stacks, stack overflow and interrupts.</summary>
public sealed class TrapTests
{
    private const string LoadModule =
        """
        (module $loads (memory 1)
          (func $load (export "load") (param i32) (result i32) (i32.load (local.get 0)))
          (func $outer (export "outer") (param i32) (result i32) (call $load (local.get 0))))
        """;

    private static HandCompiler LoadCompiler() => new HandCompiler()
        .Baseline(0, w =>
        {
            w.Prologue();
            w.Site(77, TrapKind.MemoryOutOfBounds);
            w.A.Mov(OpSize.Dword, Gpr.Rax, Mem.BaseIndex(Gpr.R15, Gpr.Rax));
            w.Epilogue();
        })
        .Baseline(1, w =>
        {
            w.Prologue();
            w.Call(0, 88);
            w.Epilogue();
        });

    [Fact]
    public void AFaultIsATrapWithACallStack()
    {
        using var store = LoadCompiler().NewStore();
        var instance = store.Instantiate(HandCompiler.Module(LoadModule));
        var outer = instance.GetFunction("outer");

        Assert.Equal(0, outer.Invoke(65532)[0].AsI32());
        var trap = Assert.Throws<WasmTrapException>(() => outer.Invoke(65536));

        Assert.Equal(TrapKind.MemoryOutOfBounds, trap.Kind);
        Assert.Equal(["load:77", "outer:88"], trap.CallStack.Select(f => $"{f.FunctionName}:{f.BytecodeOffset}"));
        Assert.StartsWith(
            "out of bounds memory access\n  at loads!load (offset 0x4d)\n  at loads!outer (offset 0x58)",
            trap.Message, StringComparison.Ordinal);
        Assert.Throws<WasmTrapException>(() => outer.Invoke(-1));
        Assert.Equal(0, outer.Invoke(0)[0].AsI32());
    }

    [Fact]
    public void AMillionFaultsInARow()
    {
        using var store = LoadCompiler().NewStore();
        var load = store.Instantiate(HandCompiler.Module(LoadModule)).GetFunction("load");
        Span<ulong> slots = stackalloc ulong[1];
        for (var i = 0; i < 1_000_000; i++)
        {
            slots[0] = 0x8000_0000;
            Assert.False(load.TryInvokeRaw(slots));
            Assert.Equal(TrapKind.MemoryOutOfBounds, store.TakePendingTrap().Kind);
        }
    }

    [Fact]
    public void NullReferencesInManagedCodeAreStillExceptions()
    {
        using var store = LoadCompiler().NewStore();
        var load = store.Instantiate(HandCompiler.Module(LoadModule)).GetFunction("load");
        Assert.Throws<WasmTrapException>(() => load.Invoke(-1));
        for (var i = 0; i < 100; i++)
        {
            Assert.Throws<NullReferenceException>(() => Dereference(null!));
        }

        Assert.Throws<WasmTrapException>(() => load.Invoke(-1));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static int Dereference(StrongBox<int> box) => box.Value;
    }

    [Fact]
    public void TrapsAndCollectionsOnSeveralThreads()
    {
        var module = HandCompiler.Module(LoadModule);
        var traps = 0;
        var threads = new Thread[4];
        for (var t = 0; t < threads.Length; t++)
        {
            threads[t] = new Thread(() =>
            {
                using var store = LoadCompiler().NewStore();
                var outer = store.Instantiate(module).GetFunction("outer");
                for (var i = 0; i < 300; i++)
                {
                    try
                    {
                        outer.Invoke(-1);
                    }
                    catch (WasmTrapException e) when (e.CallStack.Count == 2)
                    {
                        Interlocked.Increment(ref traps);
                    }

                    if (i % 30 == 0)
                    {
                        GC.Collect();
                    }
                }
            });
        }

        foreach (var thread in threads)
        {
            thread.Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        Assert.Equal(4 * 300, traps);
    }

    [Fact]
    public void InlinedFramesAreOnTheStack()
    {
        var compiler = new HandCompiler().Baseline(2, w =>
        {
            w.InliningPositions.Add(new InliningPosition(1, 50, -1));
            w.InliningPositions.Add(new InliningPosition(0, 60, 0));
            w.Prologue();
            w.CallStub(Stub.Trap);
            w.Site(70, TrapKind.Unreachable, inlining: 1);
        });
        using var store = compiler.NewStore();
        var instance = store.Instantiate(HandCompiler.Module(
            """(module (func $a unreachable) (func $b (call $a)) (func $c (export "c") (call $b)))"""));

        var trap = Assert.Throws<WasmTrapException>(() => instance.GetFunction("c").Invoke());

        Assert.Equal(TrapKind.Unreachable, trap.Kind);
        Assert.Equal(
            ["a:70:True", "b:60:True", "c:50:False"],
            trap.CallStack.Select(f => $"{f.FunctionName}:{f.BytecodeOffset}:{f.IsInlined}"));
    }

    [Fact]
    public void ATrapAtTheVeryEndOfTheCodeIsNotTakenForTheNextFunction()
    {
        var compiler = new HandCompiler();
        for (var i = 0; i < 2; i++)
        {
            compiler.Baseline(i, w =>
            {
                w.Prologue();
                w.A.Nop(CodeSpace.BlockAlignment - w.A.Position - 5);
                w.CallStub(Stub.Trap);
                w.Site(44, TrapKind.Unreachable);
                Assert.Equal(CodeSpace.BlockAlignment, w.A.Position);
            });
        }

        using var store = compiler.NewStore();
        var instance = store.Instantiate(HandCompiler.Module(
            """(module (func $a (export "a") unreachable) (func $b (export "b") unreachable))"""));
        Assert.Throws<WasmTrapException>(() => instance.GetFunction("b").Invoke());
        foreach (var name in (string[])["a", "b"])
        {
            var trap = Assert.Throws<WasmTrapException>(() => instance.GetFunction(name).Invoke());
            Assert.Equal(name, trap.CallStack[0].FunctionName);
        }
    }

    [Fact]
    public void TheStackGoesThroughHostCalls()
    {
        var compiler = new HandCompiler()
            .Baseline(1, w =>
            {
                w.Prologue();
                w.Call(0, 11);
                w.Epilogue();
            })
            .Baseline(2, w =>
            {
                w.Prologue();
                w.CallStub(Stub.Trap);
                w.Site(22, TrapKind.Unreachable);
            });
        using var store = compiler.NewStore();
        Instance? instance = null;
        instance = store.Instantiate(
            HandCompiler.Module(
                """(module (import "m" "h" (func)) (func $a (export "a") (call 0)) (func $b (export "b") unreachable))"""),
            new Imports().Define("m", "h", HostFunction.Create(() => { instance!.GetFunction("b").Invoke(); })));

        var trap = Assert.Throws<WasmTrapException>(() => instance.GetFunction("a").Invoke());

        Assert.Equal(["b:22", "a:11"], trap.CallStack.Select(f => $"{f.FunctionName}:{f.BytecodeOffset}"));
    }

    [Fact]
    public void EndlessRecursionIsATrapThatCanHappenAgain()
    {
        var compiler = new HandCompiler().Baseline(0, w =>
        {
            w.Prologue(slots: 4, guard: true);
            w.Call(0, 33);
            w.Epilogue();
        });
        using var store = compiler.NewStore();
        var function = store.Instantiate(
            HandCompiler.Module("""(module (func $f (export "f") (call $f)))""")).GetFunction("f");
        for (var i = 0; i < 3; i++)
        {
            var trap = Assert.Throws<WasmTrapException>(() => function.Invoke());
            Assert.Equal(TrapKind.StackOverflow, trap.Kind);
            Assert.Equal(CapturedStack.MaximumFrames, trap.CallStack.Count);
        }

        ExecutionThread.Run(store.Engine.Options, () => Assert.Throws<WasmTrapException>(() => function.Invoke()));
    }

    [Fact]
    public void RecursionByWayOfTheHostIsATrapToo()
    {
        var compiler = new HandCompiler().Baseline(1, w =>
        {
            w.Prologue(slots: 256, guard: true);
            w.Call(0, 1);
            w.Epilogue();
        });
        using var store = compiler.NewStore(EngineOptions.Default with { StackSize = 1024 });
        var depth = 0;
        Instance? instance = null;
        instance = store.Instantiate(
            HandCompiler.Module("""(module (import "m" "h" (func)) (func (export "f") (call 0)))"""),
            new Imports().Define("m", "h", HostFunction.Create(() =>
            {
                depth++;
                instance!.GetFunction("f").Invoke();
            })));

        var trap = ExecutionThread.Run(
            store.Engine.Options, () => Assert.Throws<WasmTrapException>(() => instance.GetFunction("f").Invoke()));

        Assert.Equal(TrapKind.StackOverflow, trap.Kind);
        Assert.InRange(depth, 100, 400);
    }

    [Fact]
    public void AnInterruptEndsAnEndlessLoop()
    {
        var compiler = new HandCompiler()
            .Baseline(0, w =>
            {
                w.Prologue();
                var loop = w.A.NewBoundLabel();
                w.Guard();
                w.A.Jmp(loop);
            })
            .Baseline(1, w =>
            {
                w.Prologue(guard: true);
                w.Epilogue();
            });
        using var store = compiler.NewStore();
        var instance = store.Instantiate(HandCompiler.Module(
            """(module (func $f (export "f") (loop (br 0))) (func (export "g")))"""));
        using var timer = new Timer(_ => store.Interrupt(), null, 50, Timeout.Infinite);

        var trap = Assert.Throws<WasmTrapException>(() => instance.GetFunction("f").Invoke());

        Assert.Equal(TrapKind.Interrupted, trap.Kind);
        Assert.Equal("f", trap.CallStack[0].FunctionName);
        instance.GetFunction("g").Invoke();
    }

    [Fact]
    public void AnotherThreadCannotEnterAStoreInUse()
    {
        var compiler = new HandCompiler().Baseline(1, w =>
        {
            w.Prologue();
            w.Call(0, 1);
            w.Epilogue();
        });
        using var store = compiler.NewStore();
        Instance? instance = null;
        instance = store.Instantiate(
            HandCompiler.Module("""(module (import "m" "h" (func)) (func (export "f") (call 0)))"""),
            new Imports().Define("m", "h", HostFunction.Create(() =>
                ExecutionThread.Run(store.Engine.Options, () => { instance!.GetFunction("f").Invoke(); }))));

        Assert.Throws<InvalidOperationException>(() => instance.GetFunction("f").Invoke());
    }
}
