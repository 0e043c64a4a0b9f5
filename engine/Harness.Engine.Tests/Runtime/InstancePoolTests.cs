using System.Runtime.CompilerServices;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Instances in the place of earlier ones are like any others: with what is filled late and what is mapped, after growth and traps, on several threads.</summary>
public sealed class InstancePoolTests
{
    private const int Rounds = 6;

    /// <summary>2,000 characters, so that images are worth it.</summary>
    private static readonly string Filling = new('x', 2000);

    /// <summary>All that an instance can change: two memories, tables that code writes and one that it only reads, globals.</summary>
    private static readonly WasmModule Everything = HandCompiler.Module(
        $$"""
        (module
          (type $f (func (result i32)))
          (import "m" "host" (func $host (type $f)))
          (memory (export "first") 2) (memory $second (export "second") 1 9)
          (data (i32.const 5000) "{{Filling}}") (data (memory $second) (i32.const 7) "second {{Filling}}") (data $passive "passive")
          (table $read 700 funcref) (table $written (export "written") 600 2000 funcref) (table $imports 4 funcref)
          (elem (table $read) (i32.const 3) func $one $two $three) (elem (table $read) (i32.const 690) func $two)
          (elem (table $written) (i32.const 0) func $three $one) (elem (table $imports) (i32.const 1) func $host $one)
          (elem $later func $two $two)
          (global $count (export "count") (mut i32) (i32.const 11)) (global $function (export "function") (mut funcref) (ref.func $three))
          (func $one (type $f) (i32.const 1)) (func $two (type $f) (i32.const 2)) (func $three (type $f) (i32.const 3))
          (func (export "read") (param i32) (result i32) (call_indirect $read (type $f) (local.get 0)))
          (func (export "call-written") (param i32) (result i32) (call_indirect $written (type $f) (local.get 0)))
          (func (export "imports") (param i32) (result i32) (call_indirect $imports (type $f) (local.get 0)))
          (func (export "is-null") (param i32) (result i32) (ref.is_null (table.get $written (local.get 0))))
          (func (export "by-reference") (result i32) (call_ref $f (ref.func $two)))
          (func (export "spoil") (param i32)
            (memory.fill (i32.const 0) (i32.const 0xEE) (i32.const 131072))
            (memory.fill $second (i32.const 0) (i32.const 0xDD) (i32.const 65536))
            (drop (memory.grow (i32.const 3))) (drop (memory.grow $second (i32.const 2)))
            (memory.fill (i32.const 131072) (i32.const 0xCC) (i32.const 196608))
            (table.set $written (i32.const 0) (ref.func $two)) (table.set $written (i32.const 599) (ref.func $two))
            (drop (table.grow $written (ref.func $one) (i32.const 500)))
            (table.init $written $later (i32.const 20) (i32.const 0) (i32.const 2)) (elem.drop $later) (data.drop $passive)
            (global.set $count (i32.const 99)) (global.set $function (ref.null func))
            (if (local.get 0) (then unreachable)))
          (func (export "init") (memory.init $passive (i32.const 0) (i32.const 0) (i32.const 7)))
          (func (export "later") (table.init $written $later (i32.const 30) (i32.const 0) (i32.const 2))))
        """);

    private static Imports Host(int value) => new Imports().Define("m", "host", HostFunction.Create(() => value));

    private static int Call(Instance instance, string function, params int[] arguments) =>
        instance.GetFunction(function).Invoke([.. arguments.Select(argument => (WasmValue)argument)])[0].AsI32();

    private static void AssertNew(Instance instance, int host)
    {
        foreach (var (name, start, data) in new[] { ("first", 5000, Filling), ("second", 7, "second " + Filling) })
        {
            var memory = instance.GetMemory(name);
            Assert.Equal(name == "first" ? 2ul : 1ul, memory.Pages);
            var bytes = memory.Span(0, (int)memory.ByteLength);
            Assert.Equal(-1, bytes[..start].IndexOfAnyExcept((byte)0));
            Assert.Equal(data, System.Text.Encoding.ASCII.GetString(bytes.Slice(start, data.Length)));
            Assert.Equal(-1, bytes[(start + data.Length)..].IndexOfAnyExcept((byte)0));
        }

        Assert.Equal(11, instance.GetGlobal("count").Value.AsI32());
        Assert.Equal(3, ((WasmFunction)instance.GetGlobal("function").Value.AsFunction()!).Invoke()[0].AsI32());
        Assert.Equal(600ul, instance.GetTable("written").Length);
        Assert.Equal([1, 2, 3, 2], new[] { 3, 4, 5, 690 }.Select(i => Call(instance, "read", i)));
        Assert.Equal(TrapKind.UninitializedElement, Assert.Throws<WasmTrapException>(() => Call(instance, "read", 6)).Kind);
        Assert.Equal([3, 1], new[] { 0, 1 }.Select(i => Call(instance, "call-written", i)));
        Assert.Equal([1, 1, 1], new[] { 2, 20, 599 }.Select(i => Call(instance, "is-null", i)));
        Assert.Equal([host, 1], new[] { 1, 2 }.Select(i => Call(instance, "imports", i)));
        Assert.Equal(2, Call(instance, "by-reference"));
        instance.GetFunction("init").Invoke();
        Assert.Equal((byte)'p', instance.GetMemory("first").Read<byte>(0));
        instance.GetFunction("later").Invoke();
        Assert.Equal(2, Call(instance, "call-written", 31));
    }

    public static TheoryData<bool, bool, int, bool> Configurations
    {
        get
        {
            var data = new TheoryData<bool, bool, int, bool>();
            for (var i = 0; i < 16; i++)
            {
                data.Add((i & 1) != 0, (i & 2) != 0, (i & 4) != 0 ? 1 : 0, (i & 8) != 0);
            }

            return data;
        }
    }

    private static EngineOptions Options(bool functions, bool tables, int image, bool stress) => EngineOptions.Default with
    {
        InstancePool = 3,
        InstanceLazyFunctions = functions,
        InstanceLazyTables = tables,
        MemoryImageMinSize = image,
        StressInstancePool = stress,
    };

    [Theory]
    [MemberData(nameof(Configurations))]
    public void AnInstanceInTheSamePlaceIsNew(bool functions, bool tables, int image, bool stress)
    {
        using var engine = new WasmEngine(Options(functions, tables, image, stress));
        for (var round = 0; round < Rounds; round++)
        {
            using (var store = new Store(engine))
            {
                var instance = store.Instantiate(Everything, Host(round));
                AssertNew(instance, round);
                var traps = round % 2 != 0;
                if (traps)
                {
                    Assert.Throws<WasmTrapException>(() => instance.GetFunction("spoil").Invoke(1));
                }
                else
                {
                    instance.GetFunction("spoil").Invoke(0);
                }

                Assert.Equal(5ul, instance.GetMemory("first").Pages);
                Assert.Equal(-1, instance.GetMemory("second").Span(65536, 131072).IndexOfAnyExcept((byte)0));
                Assert.Equal(2, Call(instance, "call-written", 0));
                Assert.Equal(1, Call(instance, "call-written", 1099));
                instance.GetMemory("second").Span(65536, 131072).Fill(0xBB);
                instance.GetTable("written")[1] = WasmValue.Null(ValueType.FuncRef.HeapType);
                Assert.Equal(0, engine.CodeOf(Everything).Slots.Count);
            }

            Assert.Equal(1, engine.CodeOf(Everything).Slots.Count);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NoMoreIsKeptThanTheKnobSays(bool stress)
    {
        using var engine = new WasmEngine(Options(true, true, 1, stress));
        Store[] stores = [.. Enumerable.Range(0, 5).Select(_ => new Store(engine))];
        for (var i = 0; i < stores.Length; i++)
        {
            AssertNew(stores[i].Instantiate(Everything, Host(i)), i);
            AssertNew(stores[i].Instantiate(Everything, Host(i)), i);
        }

        foreach (var store in stores)
        {
            store.Dispose();
        }

        Assert.Equal(3, engine.CodeOf(Everything).Slots.Count);
    }

    [Fact]
    public void ModulesShareThePoolAndWhatHasWaitedLongestGoes()
    {
        WasmModule[] modules = [.. Enumerable.Range(0, 3).Select(i => HandCompiler.Module($"(module (memory (export \"m\") 1) (global i32 (i32.const {i})))"))];
        using var engine = new WasmEngine(Options(true, true, 1, stress: true));
        int[] Counts() => [.. modules.Select(module => engine.CodeOf(module).Slots.Count)];

        void Use(int module, int instances)
        {
            using var store = new Store(engine);
            for (var i = 0; i < instances; i++)
            {
                store.Instantiate(modules[module]);
            }
        }

        Use(0, 2);
        Use(1, 1);
        Assert.Equal([2, 1, 0], Counts());
        Use(0, 1);
        Assert.Equal([2, 1, 0], Counts());
        Use(2, 1);
        Assert.Equal([1, 1, 1], Counts());
        Use(2, 3);
        Assert.Equal([0, 0, 3], Counts());
    }

    /// <summary>A module that nobody has any more takes its slots with it, though the pool knows of them.</summary>
    [Fact]
    public void DroppedModulesLeaveThePool()
    {
        using var engine = new WasmEngine(Options(true, true, 1, stress: false));
        var references = new List<WeakReference>();
        for (var i = 0; i < 10; i++)
        {
            references.Add(UseNew(engine));
        }

        for (var i = 0; i < 10 && references.Any(reference => reference.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.DoesNotContain(references, reference => reference.IsAlive);
        UseNew(engine);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference UseNew(WasmEngine engine)
        {
            var module = HandCompiler.Module("(module (memory 1))");
            using var store = new Store(engine);
            store.Instantiate(module);
            return new WeakReference(engine.CodeOf(module));
        }
    }

    [Fact]
    public void AnInstanceThatWasNeverFinishedLeavesItsPlace()
    {
        var module = HandCompiler.Module(
            $$"""
            (module (import "m" "g" (global $fails i32)) (memory (export "m") 1) (table 300 funcref) (elem (i32.const 0) func $start) (data (i32.const 0) "{{Filling}}")
              (func $start (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536)) (if (global.get $fails) (then unreachable))
                (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536)))
              (start $start))
            """);
        using var engine = new WasmEngine(Options(true, true, 1, stress: true));
        for (var i = 0; i < Rounds; i++)
        {
            using var store = new Store(engine);
            var fails = new Global(store, new GlobalType(ValueType.I32, IsMutable: false), i % 2);
            var imports = new Imports().Define("m", "g", fails);
            if (i % 2 == 0)
            {
                store.Instantiate(module, imports);
            }
            else
            {
                Assert.Throws<WasmTrapException>(() => store.Instantiate(module, imports));
            }

            store.Dispose();
            Assert.Equal(1, engine.CodeOf(module).Slots.Count);
        }
    }

    [Fact]
    public void AMemoryAboveTheLimitIsRefusedInAnOldPlace()
    {
        var module = HandCompiler.Module("""(module (memory (export "m") 10) (memory 7))""");
        using var engine = new WasmEngine(Options(true, true, 1, stress: true) with { MemoryLimit = 2 });
        for (var i = 0; i < Rounds; i++)
        {
            using var store = new Store(engine);
            var memory = store.Instantiate(module).GetMemory("m");
            Assert.Equal(-1, memory.Span(0, (int)memory.ByteLength).IndexOfAnyExcept((byte)0));
            memory.Span(0, (int)memory.ByteLength).Fill(1);
            Assert.Contains("memory.limit", Assert.Throws<InsufficientMemoryException>(() => store.Instantiate(module)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void SharedMemoriesAreNotKept()
    {
        var module = HandCompiler.Module("""(module (memory (export "m") 1 2 shared) (memory (export "n") 1))""");
        using var engine = new WasmEngine(Options(true, true, 1, stress: true));
        SharedMemory? kept = null;
        for (var i = 0; i < Rounds; i++)
        {
            using var store = new Store(engine);
            var instance = store.Instantiate(module);
            var memory = instance.GetMemory("m");
            Assert.Equal(0, memory.Read<int>(8));
            memory.Write(8, 5);
            Assert.Equal(0, instance.GetMemory("n").Read<int>(8));
            instance.GetMemory("n").Write(8, 5);
            using var other = new Store(engine);
            Assert.Equal(5, (kept = memory.Shared!).In(other).Read<int>(8));
        }

        Assert.Throws<ObjectDisposedException>(() => kept!.ByteLength);
    }

    /// <summary>The memory beside it stays in its place with its content mapped: the shared one is new each time, and its content must be mapped each time.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void SharedMemoriesBeginWithTheirData(int image)
    {
        var module = HandCompiler.Module(
            $$"""
            (module
              (memory $own (export "own") 1) (memory $shared (export "shared") 1 2 shared)
              (data (memory $own) (i32.const 9) "own {{Filling}}") (data (memory $shared) (i32.const 5000) "shared {{Filling}}"))
            """);
        using var engine = new WasmEngine(Options(true, true, image, stress: true));
        for (var i = 0; i < Rounds; i++)
        {
            using var store = new Store(engine);
            var instance = store.Instantiate(module);
            foreach (var (name, start) in new[] { ("own", 9), ("shared", 5000) })
            {
                var data = instance.GetMemory(name).Span((ulong)start, name.Length + 1 + Filling.Length);
                Assert.Equal($"{name} {Filling}", System.Text.Encoding.ASCII.GetString(data));
                data.Fill(1);
            }
        }
    }

    [Fact]
    public void AHostThatMapsAMemoryElsewhereKeepsItApart()
    {
        var module = HandCompiler.Module("""(module (memory (export "m") 1))""");
        using var engine = new WasmEngine(Options(true, true, 1, stress: true));
        for (var i = 0; i < Rounds; i++)
        {
            using var store = new Store(engine);
            var memory = store.Instantiate(module).GetMemory("m");
            Assert.Equal(0, memory.Read<int>(0));
            if (i % 2 == 0)
            {
                memory.Share();
            }

            memory.Write(0, 1);
        }
    }

    /// <summary>Code is compiled, optimized and discarded while instances come and go in the same places.</summary>
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(true, 3)]
    public void ThreadsMakeAndLeaveInstances(bool stress, int guardFailInterval)
    {
        const int threads = 4;
        var module = HandCompiler.Module(
            """
            (module
              (type $f (func (param i32) (result i32)))
              (memory 3) (table 400 funcref) (elem (i32.const 100) func $one $two $three)
              (func $one (type $f) (i32.const 1)) (func $two (type $f) (i32.add (local.get 0) (i32.const 2))) (func $three (type $f) (i32.mul (local.get 0) (i32.const 3)))
              (func (export "run") (param $target i32) (param $n i32) (result i32) (local $i i32) (local $sum i32)
                (loop $next
                  (local.set $sum (i32.add (local.get $sum) (call_indirect (type $f) (local.get $i) (local.get $target))))
                  (i32.store (i32.mul (local.get $i) (i32.const 4096)) (i32.add (i32.load (i32.mul (local.get $i) (i32.const 4096))) (local.get $sum)))
                  (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
                (i32.add (local.get $sum) (i32.load (i32.const 4096)))))
            """);
        using var engine = new WasmEngine(Options(true, true, 1, stress) with
        {
            StressTierUpAfter = 7, StressGuardFailInterval = guardFailInterval, Osr = true,
        });
        var failures = new List<Exception>();
        Thread[] all = [.. Enumerable.Range(0, threads).Select(seed => new Thread(() => Work(seed)))];
        foreach (var thread in all)
        {
            thread.Start();
        }

        foreach (var thread in all)
        {
            thread.Join();
        }

        Assert.Empty(failures);
        Assert.InRange(engine.CodeOf(module).Slots.Count, 1, 3);

        void Work(int seed)
        {
            try
            {
                for (var round = 0; round < 150; round++)
                {
                    using var store = new Store(engine);
                    var instance = store.Instantiate(module);
                    var target = (seed + round) % 3;
                    int[] values = [.. Enumerable.Range(0, 40).Select(i => target switch { 0 => 1, 1 => i + 2, _ => i * 3 })];
                    Assert.Equal(values.Sum() + values[0] + values[1], Call(instance, "run", 100 + target, values.Length));
                }
            }
            catch (Exception e)
            {
                lock (failures)
                {
                    failures.Add(e);
                }
            }
        }
    }

    [Fact]
    public void BudgetsGoOnInTheSamePlace()
    {
        var module = HandCompiler.Module("""(module (func (export "f") (result i32) (call $g)) (func $g (result i32) (i32.const 4)))""");
        using var engine = new WasmEngine(Options(true, true, 1, stress: true) with { TierUp = TierUpMode.Synchronous, StressTierUpAfter = 4 });
        var optimized = 0;
        engine.Events.Compiled += compiled => optimized += compiled is { Tier: CodeTier.Optimized, FunctionIndex: 0 } ? 1 : 0;
        for (var i = 0; i < 3; i++)
        {
            using var store = new Store(engine);
            Assert.Equal(4, Call(store.Instantiate(module), "f"));
            Assert.Equal(0, optimized);
        }

        using var last = new Store(engine);
        Assert.Equal(4, Call(last.Instantiate(module), "f"));
        Assert.Equal(1, optimized);
    }
}
