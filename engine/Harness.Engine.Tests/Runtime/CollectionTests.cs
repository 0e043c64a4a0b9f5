using System.Runtime.CompilerServices;
using Harness.Engine.Configuration;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Collections that compiled code, runtime functions and the host start: what they find, update and preserve.</summary>
public sealed class CollectionTests
{
    private static readonly EngineOptions Collecting =
        EngineOptions.Default with { TierUp = TierUpMode.Never, StressGcInterval = 1 };

    private static readonly EngineOptions Baseline = EngineOptions.Default with { TierUp = TierUpMode.Never };

    private static readonly Gpr[] Preserved =
        [Gpr.Rcx, Gpr.Rdx, Gpr.Rbx, Gpr.Rsi, Gpr.Rdi, Gpr.R8, Gpr.R9, Gpr.R10, Gpr.R12, Gpr.R13, Gpr.R15];

    [Fact]
    public void CollectGarbageUpdatesRegistersAndSlotsAndPreservesAllOthers()
    {
        const int slot = -24;
        const int otherSlot = -32;
        var compiler = new HandCompiler().Baseline(0, w =>
        {
            var wrong = w.TrapLabel(TrapKind.Unreachable);
            w.Prologue(slots: 3);

            // The reference is in rax, r12 and a slot; another slot has the same bits and is no reference.
            w.A.Mov(OpSize.Qword, Mem.Base(Gpr.Rbp, slot), Gpr.Rax);
            w.A.Mov(OpSize.Qword, Mem.Base(Gpr.Rbp, otherSlot), Gpr.Rax);
            FillRegisters(w);
            w.A.Mov(OpSize.Qword, Gpr.R12, Gpr.Rax);
            w.A.MovImm(Gpr.R11, 24);
            w.CallStub(Stub.CollectGarbage);
            w.Safepoint(10, [slot], Gpr.Rax, Gpr.R12);

            w.A.Alu(AluOp.Cmp, OpSize.Qword, Gpr.Rax, Gpr.R12);
            w.A.Jcc(Condition.NotEqual, wrong);
            w.A.Alu(AluOp.Cmp, OpSize.Qword, Gpr.Rax, Mem.Base(Gpr.Rbp, slot));
            w.A.Jcc(Condition.NotEqual, wrong);
            w.A.Alu(AluOp.Cmp, OpSize.Qword, Gpr.Rax, Mem.Base(Gpr.Rbp, otherSlot));
            w.A.Jcc(Condition.Equal, wrong);
            CompareRegisters(w, wrong, Gpr.R12);
            w.Epilogue();
        });
        using var store = compiler.NewStore(Collecting);
        var instance = store.Instantiate(
            HandCompiler.Module(
                """
                (module (type $s (struct (field i64)))
                  (func (export "f") (param (ref $s)) (result (ref $s)) (local.get 0)))
                """));
        var thing = NewStruct(store, instance, 42);

        var result = instance.GetFunction("f").Invoke(WasmValue.FromHeap(thing))[0];

        Assert.Equal(thing, result.AsHeap());
        Assert.Equal(42ul, ObjectHeap.ReadField(thing.Address, 0));
        Assert.Equal(1, store.HeapStatistics.YoungCollections + store.HeapStatistics.FullCollections);
    }

    [Fact]
    public void RememberPreservesAllRegistersEvenWhereTheListGrows()
    {
        var compiler = new HandCompiler().Baseline(0, w =>
        {
            var wrong = w.TrapLabel(TrapKind.Unreachable);
            w.Prologue();
            w.A.Mov(OpSize.Qword, Gpr.R11, Gpr.Rax);
            FillRegisters(w);
            w.CallStub(Stub.Remember);
            w.A.Alu(AluOp.Cmp, OpSize.Qword, Gpr.Rax, Gpr.R11);
            w.A.Jcc(Condition.NotEqual, wrong);
            CompareRegisters(w, wrong, Gpr.Rsp);
            w.Epilogue();
        });
        using var store = compiler.NewStore(Baseline);
        var instance = store.Instantiate(
            HandCompiler.Module(
                """
                (module (type $s (struct (field (mut (ref null $s)))))
                  (func (export "f") (param (ref $s)) (result (ref $s)) (local.get 0)))
                """));
        var things = new List<HeapReference>();
        for (var i = 0; i < 10_000; i++)
        {
            things.Add(NewStruct(store, instance, 0));
        }

        store.CollectGarbage();
        Assert.All(things, thing => Assert.True(IsUnremembered(thing)));

        var function = instance.GetFunction("f");
        foreach (var thing in things)
        {
            function.Invoke(WasmValue.FromHeap(thing));
        }

        Assert.All(things, thing => Assert.False(IsUnremembered(thing)));
        store.Heap.Collect(isFull: false);
        Assert.All(things, thing => Assert.True(IsUnremembered(thing)));
    }

    [Fact]
    public void StacksAreWalkedThroughHostsAndReentrance()
    {
        var depth = 0;
        Instance? instance = null;
        var host = HostFunction.Create((int n) =>
        {
            if (n > 0)
            {
                Assert.Equal(n - 1, instance!.GetFunction("nest").Invoke(n - 1)[0].AsI32());
            }

            instance!.Store.CollectGarbage();
            instance.Store.Heap.Collect(isFull: false);
            depth++;
        });
        using var store = new Store(Baseline);
        instance = store.Instantiate(
            HandCompiler.Module(
                """
                (module
                  (type $s (struct (field i32)))
                  (import "m" "host" (func $host (param i32)))
                  (func $many (param i32 i32 i32 i32 i32 i32 i32 i32 (ref $s)) (result i32)
                    (call $host (local.get 0))
                    (struct.get $s 0 (local.get 8)))
                  (func (export "nest") (param $n i32) (result i32)
                    (local $kept (ref null $s))
                    (local.set $kept (struct.new $s (i32.mul (local.get $n) (i32.const 1000))))
                    (i32.sub
                      (call $many (local.get $n) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
                        (i32.const 0) (i32.const 0) (struct.new $s (i32.mul (local.get $n) (i32.const 1001))))
                      (struct.get $s 0 (local.get $kept)))))
                """),
            new Imports().Define("m", "host", host));

        Assert.Equal(5, instance.GetFunction("nest").Invoke(5)[0].AsI32());
        Assert.Equal(6, depth);
    }

    [Fact]
    public void GlobalsTablesAndSegmentsKeepObjectsAlive()
    {
        using var store = new Store(Baseline);
        var type = ValueType.AnyRef;
        var global = new Global(store, new GlobalType(type, IsMutable: true), WasmValue.Null(type.HeapType));
        var table = new Table(store, new TableType(type, new Limits(3, null), Is64: false), WasmValue.Null(type.HeapType));
        var instance = store.Instantiate(
            HandCompiler.Module(
                """
                (module
                  (type $s (struct (field i32)))
                  (type $a (array anyref))
                  (import "m" "g" (global $imported (mut anyref)))
                  (import "m" "t" (table $imports 3 anyref))
                  (global $own (ref $s) (struct.new $s (i32.const 7)))
                  (table $table 2 anyref (struct.new $s (i32.const 1)))
                  (elem $segment anyref (struct.new $s (i32.const 100)) (ref.i31 (i32.const 5)) (struct.new $s (i32.const 200)))
                  (func $value (param anyref) (result i32) (struct.get $s 0 (ref.cast (ref $s) (local.get 0))))
                  (func (export "set")
                    (global.set $imported (struct.new $s (i32.const 10)))
                    (table.set $imports (i32.const 2) (struct.new $s (i32.const 20)))
                    (table.set $table (i32.const 1) (struct.new $s (i32.const 30))))
                  (func (export "sum") (result i32) (local $new (ref null $a))
                    (local.set $new (array.new_elem $a $segment (i32.const 0) (i32.const 3)))
                    (i32.add (call $value (global.get $imported))
                    (i32.add (call $value (global.get $own))
                    (i32.add (call $value (table.get $imports (i32.const 2)))
                    (i32.add (call $value (table.get $table (i32.const 0)))
                    (i32.add (call $value (table.get $table (i32.const 1)))
                    (i32.add (call $value (array.get $a (local.get $new) (i32.const 0)))
                             (call $value (array.get $a (local.get $new) (i32.const 2)))))))))))
                """),
            new Imports().Define("m", "g", global).Define("m", "t", table));
        instance.GetFunction("set").Invoke();

        for (var i = 0; i < 4; i++)
        {
            store.Heap.Collect(isFull: i % 2 == 1);
            store.Heap.Verify();
            Assert.Equal(368, instance.GetFunction("sum").Invoke()[0].AsI32());
        }

        Assert.True(table[2].AsHeap()!.IsStruct);
        Assert.Equal(global.Value, global.Value);
        Assert.NotEqual(global.Value, table[2]);
    }

    [Fact]
    public void HostObjectsDieWhenNothingRefersToThem()
    {
        using var store = new Store(Baseline);
        var instance = store.Instantiate(
            HandCompiler.Module(
                """
                (module (global $kept (mut externref) (ref.null extern))
                  (func (export "keep") (param externref) (global.set $kept (local.get 0)))
                  (func (export "get") (result externref) (global.get $kept))
                  (func (export "ignore") (param externref)))
                """));
        var kept = Pass("keep");
        var ignored = Pass("ignore");

        CollectBoth();
        Assert.True(kept.IsAlive);
        Assert.False(ignored.IsAlive);
        AssertSame(kept);

        instance.GetFunction("keep").Invoke(WasmValue.FromExtern(null));
        CollectBoth();
        Assert.False(kept.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        WeakReference Pass(string function)
        {
            var thing = new object();
            instance.GetFunction(function).Invoke(WasmValue.FromExtern(thing));
            return new WeakReference(thing);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        void AssertSame(WeakReference thing) =>
            Assert.Same(thing.Target, instance.GetFunction("get").Invoke()[0].AsExtern());

        void CollectBoth()
        {
            store.CollectGarbage();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    [Theory]
    [InlineData("list")]
    [InlineData("arrays")]
    [InlineData("huge")]
    [InlineData("elements")]
    public void AFullHeapIsATrapAndTheStoreGoesOn(string function)
    {
        using var store = new Store(Baseline with { HeapLimit = 2, HeapNurserySize = 256 });
        var instance = store.Instantiate(
            HandCompiler.Module(
                """
                (module
                  (type $s (struct (field anyref)))
                  (type $a (array (mut anyref)))
                  (elem $nulls anyref (ref.null any))
                  (func $list (export "list") (local $l anyref)
                    (loop $again (local.set $l (struct.new $s (local.get $l))) (br $again)))
                  (func $arrays (export "arrays") (local $l anyref)
                    (loop $again (local.set $l (array.new $a (local.get $l) (i32.const 50000))) (br $again)))
                  (func $huge (export "huge") (drop (array.new_default $a (i32.const -1))))
                  (func $elements (export "elements") (local $l anyref) (local $a (ref null $a))
                    (loop $again
                      (local.set $a (array.new_elem $a $nulls (i32.const 0) (i32.const 1)))
                      (array.set $a (local.get $a) (i32.const 0) (local.get $l))
                      (local.set $l (local.get $a))
                      (br $again)))
                  (func (export "fine") (result i32) (array.len (array.new_default $a (i32.const 1000)))))
                """));
        for (var i = 0; i < 2; i++)
        {
            var trap = Assert.Throws<WasmTrapException>(() => instance.GetFunction(function).Invoke());
            Assert.Equal(TrapKind.OutOfMemory, trap.Kind);
            Assert.Equal(function, Assert.Single(trap.CallStack).FunctionName);
            Assert.Equal(1000, instance.GetFunction("fine").Invoke()[0].AsI32());
        }
    }

    [Fact]
    public void AnArrayThatNoSpanCanCoverIsATrapThoughTheHeapHasRoom()
    {
        using var store = new Store(Baseline with { HeapLimit = 8192 });
        var instance = store.Instantiate(
            HandCompiler.Module(
                """
                (module
                  (type $a (array (mut i8)))
                  (func (export "make") (param i32) (drop (array.new $a (i32.const 5) (local.get 0)))))
                """));
        var trap = Assert.Throws<WasmTrapException>(() => instance.GetFunction("make").Invoke(-100));
        Assert.Equal(TrapKind.OutOfMemory, trap.Kind);
    }

    [Fact]
    public void ArrayFunctionsKeepOldArraysRemembered()
    {
        using var store = new Store(Baseline);
        var instance = store.Instantiate(
            HandCompiler.Module(
                """
                (module
                  (type $s (struct (field i32)))
                  (type $a (array (mut (ref null $s))))
                  (global $old (ref $a) (array.new_default $a (i32.const 30)))
                  (elem $e (ref null $s) (struct.new $s (i32.const 3)) (struct.new $s (i32.const 4)))
                  (func (export "write")
                    (array.fill $a (global.get $old) (i32.const 0) (struct.new $s (i32.const 1)) (i32.const 10))
                    (array.copy $a $a (global.get $old) (i32.const 10)
                      (array.new $a (struct.new $s (i32.const 2)) (i32.const 5)) (i32.const 0) (i32.const 5))
                    (array.init_elem $a $e (global.get $old) (i32.const 20) (i32.const 0) (i32.const 2))
                    (elem.drop $e))
                  (func (export "sum") (result i32) (local $i i32) (local $sum i32) (local $s (ref null $s))
                    (loop $next
                      (local.set $s (array.get $a (global.get $old) (local.get $i)))
                      (if (i32.eqz (ref.is_null (local.get $s)))
                        (then (local.set $sum (i32.add (local.get $sum) (struct.get $s 0 (local.get $s))))))
                      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 30))))
                    (local.get $sum)))
                """));
        store.CollectGarbage();
        instance.GetFunction("write").Invoke();
        for (var i = 0; i < 3; i++)
        {
            store.Heap.Verify();
            Assert.Equal(27, instance.GetFunction("sum").Invoke()[0].AsI32());
            store.Heap.Collect(isFull: i == 1);
        }
    }

    [Fact]
    public void StatisticsCountCollectionsAndBytes()
    {
        using var store = new Store(Baseline with { HeapNurserySize = 256 });
        var instance = store.Instantiate(
            HandCompiler.Module(
                """
                (module (type $s (struct (field i64)))
                  (func (export "f") (param i32) (loop $l
                    (drop (struct.new $s (i64.const 1)))
                    (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
                """));
        instance.GetFunction("f").Invoke(100_000);
        var statistics = store.HeapStatistics;
        Assert.Equal(1_600_000, statistics.AllocatedBytes);
        Assert.Equal(1_600_000 / (256 * 1024), statistics.YoungCollections);
        Assert.True(statistics.MedianPause <= statistics.MaximumPause && statistics.MaximumPause > TimeSpan.Zero);
    }

    private static bool IsUnremembered(HeapReference reference) =>
        (ObjectHeap.FlagsOf(reference.Address) & ObjectFlags.Unremembered) != 0;

    private static HeapReference NewStruct(Store store, Instance instance, ulong field)
    {
        var address = store.Heap.NewStruct(instance.Module.CanonicalTypeIds[0], Allocation.NeverCollect);
        store.Heap.WriteField(address, 0, field);
        return store.Heap.Handles.Add(address);
    }

    private static void FillRegisters(HandWriter w)
    {
        foreach (var register in Preserved)
        {
            w.A.MovImm(register, 0x1234_5678_0000_0000 + (int)register);
        }

        for (var register = Xmm.Xmm0; register <= Xmm.Xmm14; register++)
        {
            w.A.MovBits(OpSize.Qword, register, Preserved[(int)register % Preserved.Length]);
        }
    }

    private static void CompareRegisters(HandWriter w, Label wrong, Gpr except)
    {
        foreach (var register in Preserved)
        {
            if (register == except)
            {
                continue;
            }

            w.A.MovImm(Gpr.R11, 0x1234_5678_0000_0000 + (int)register);
            w.A.Alu(AluOp.Cmp, OpSize.Qword, register, Gpr.R11);
            w.A.Jcc(Condition.NotEqual, wrong);
        }

        for (var register = Xmm.Xmm0; register <= Xmm.Xmm14; register++)
        {
            w.A.MovBits(OpSize.Qword, Gpr.Rcx, register);
            w.A.MovImm(Gpr.R11, 0x1234_5678_0000_0000 + (int)Preserved[(int)register % Preserved.Length]);
            w.A.Alu(AluOp.Cmp, OpSize.Qword, Gpr.Rcx, Gpr.R11);
            w.A.Jcc(Condition.NotEqual, wrong);
        }
    }
}
