using System.Runtime.CompilerServices;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Heap;

/// <summary>Handles, objects of the host, exceptions, and roots in C# code.</summary>
public sealed unsafe class HostSideTests
{
    private static readonly int Box = FakeRoots.StructType(FakeRoots.Number(ValueKind.I64), FakeRoots.Reference);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void HandlesKeepObjectsAliveUntilTheyAreDisposedOf(bool full)
    {
        using var roots = new FakeRoots();
        var heap = roots.Heap;
        var box = heap.NewStruct(Box, Allocation.NeverCollect);
        heap.WriteField(box, 0, 99);
        var handle = heap.Handles.Add(box);
        var same = heap.Handles.Add(box);
        var other = heap.Handles.Add(heap.NewStruct(Box, Allocation.NeverCollect));
        heap.Collect(full);
        heap.Collect(full);
        Assert.NotEqual(box, handle.Address);
        Assert.Equal(99ul, ObjectHeap.ReadField(handle.Address, 0));
        Assert.Equal(handle, same);
        Assert.Equal(handle.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(handle, other);
        Assert.True(handle.IsStruct && !handle.IsArray);
        handle.Dispose();
        same.Dispose();
        other.Dispose();
        handle.Dispose();
        Assert.Throws<ObjectDisposedException>(() => handle.Address);
        Assert.Equal(0, heap.Handles.Count);
        heap.Collect(isFull: true);
        Assert.Equal(0, heap.Statistics.LiveBytes);
    }

    [Fact]
    public void HandlesThatNobodyRefersToAreReleased()
    {
        using var roots = new FakeRoots();
        MakeHandles(roots.Heap, 1000);
        for (var i = 0; i < 20 && roots.Heap.Handles.Count > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            roots.Heap.Collect(isFull: true);
        }

        Assert.Equal(0, roots.Heap.Handles.Count);
    }

    [Fact]
    public void HandlesThatComeAndGoTakeConstantRoom()
    {
        const int Count = 100_000;
        using var roots = new FakeRoots();
        var box = roots.Heap.NewStruct(Box, Allocation.NeverCollect);
        roots.Heap.Handles.Add(box).Dispose();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Count; i++)
        {
            roots.Heap.Handles.Add(box).Dispose();
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Count * 33L);
    }

    [Fact]
    public void HandlesAreReleasedByFinalizersWhileOthersAreMade()
    {
        using var roots = new FakeRoots(("heap.nursery-size", "256"));
        var heap = roots.Heap;
        var kept = new List<HeapReference>();
        for (var i = 0; i < 300; i++)
        {
            MakeHandles(heap, 200);
            var box = heap.NewStruct(Box, Allocation.NeverCollect);
            heap.WriteField(box, 0, (ulong)i);
            kept.Add(heap.Handles.Add(box));
            if (i % 10 == 0)
            {
                GC.Collect(0);
            }

            heap.Collect(isFull: i % 3 == 0);
        }

        for (var i = 0; i < kept.Count; i++)
        {
            Assert.Equal((ulong)i, ObjectHeap.ReadField(kept[i].Address, 0));
        }

        Assert.InRange(heap.Handles.Count, kept.Count, 50_000);
    }

    [Fact]
    public void HandlesOfADisposedHeapThrow()
    {
        var roots = new FakeRoots();
        var handle = roots.Heap.Handles.Add(roots.Heap.NewStruct(Box, Allocation.NeverCollect));
        roots.Dispose();
        Assert.Throws<ObjectDisposedException>(() => handle.Address);
        handle.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void HostObjectsDieWithTheirWrappers(bool full)
    {
        using var roots = new FakeRoots();
        var heap = roots.Heap;
        object kept = new();
        roots.Slots[0] = heap.WrapHostObject(kept, Allocation.NeverCollect);
        Assert.Equal(roots.Slots[0], heap.WrapHostObject(kept, Allocation.NeverCollect));
        heap.WrapHostObject(new object(), Allocation.NeverCollect);
        Assert.Equal(2, heap.HostObjects.Count);
        for (var i = 0; i < 3; i++)
        {
            heap.Collect(full);
            Assert.Equal(1, heap.HostObjects.Count);
            Assert.Same(kept, heap.HostObjectOf(roots.Slots[0]));
            Assert.Equal(roots.Slots[0], heap.WrapHostObject(kept, Allocation.NeverCollect));
        }

        roots.Slots[0] = 0;
        heap.Collect(isFull: true);
        Assert.Equal(0, heap.HostObjects.Count);
        var again = heap.WrapHostObject(kept, Allocation.NeverCollect);
        Assert.Same(kept, heap.HostObjectOf(again));
    }

    [Fact]
    public void ManyHostObjectsTakeConstantRoom()
    {
        using var roots = new FakeRoots(("heap.nursery-size", "256"));
        for (var i = 0; i < 200_000; i++)
        {
            object value = i;
            roots.Slots[i % 8] = roots.Heap.WrapHostObject(value, Allocation.MayCollect);
            Assert.Same(value, roots.Heap.HostObjectOf(roots.Slots[i % 8]));
        }

        Assert.InRange(roots.Heap.HostObjects.Count, 8, (256 * 1024 / 16) + 200);
    }

    [Fact]
    public void WhatNeverCollectsIsCaughtUpOn()
    {
        using var roots = new FakeRoots(("heap.nursery-size", "256"), ("heap.limit", "16"));
        var heap = roots.Heap;
        for (var i = 0; i < 100_000; i++)
        {
            heap.CatchUp();
            heap.WrapHostObject(new object(), Allocation.NeverCollect);
        }

        Assert.InRange(heap.HostObjects.Count, 1, (256 * 1024 / 16) + 1);
        Assert.Equal(100_000 * 16 / (256 * 1024), heap.Statistics.YoungCollections);
        for (var i = 0; i < 1000; i++)
        {
            heap.CatchUp();
            heap.NewString(200_000, Allocation.NeverCollect);
        }

        Assert.InRange(heap.Statistics.LargestUsedBytes, 10 << 20, 17 << 20);
        Assert.InRange(heap.Statistics.FullCollections, 20, 50);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ACollectionThatWasAskedForIsCaughtUpOnOnce(bool full)
    {
        using var roots = new FakeRoots();
        var heap = roots.Heap;
        heap.AskForCollection(full);
        Assert.False(heap.IsCollectionDue);
        heap.WrapHostObject(new object(), Allocation.NeverCollect);
        heap.CatchUp();
        Assert.Equal(1, heap.HostObjects.Count);
        heap.AskForCollection(full);
        heap.AskForCollection(isFull: false);
        Assert.True(heap.IsCollectionDue);
        for (var i = 0; i < 2; i++)
        {
            heap.CatchUp();
            Assert.False(heap.IsCollectionDue);
            Assert.Equal(0, heap.HostObjects.Count);
            Assert.Equal(full ? 0 : 1, heap.Statistics.YoungCollections);
            Assert.Equal(full ? 1 : 0, heap.Statistics.FullCollections);
        }

        heap.AskForCollection(isFull: false);
        heap.CatchUp();
        Assert.Equal(full ? 1 : 2, heap.Statistics.YoungCollections);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ExceptionsKeepTheirReferencesOnly(bool full)
    {
        using var roots = new FakeRoots();
        var heap = roots.Heap;
        var mask = stackalloc ulong[2];
        mask[0] = 1UL << 3;
        mask[1] = 1UL << 6;
        var tag = new TagData { ValueCount = 71, ReferenceMask = mask };
        var box = heap.NewStruct(Box, Allocation.NeverCollect);
        heap.WriteField(box, 0, 5);
        roots.Slots[0] = heap.NewException(&tag, Allocation.NeverCollect);
        foreach (var index in (int[])[2, 3, 70])
        {
            heap.WriteExceptionValue(roots.Slots[0], index, box);
        }

        heap.Collect(full);
        var exception = roots.Slots[0];
        Assert.Equal(BuiltinTypeId.Exception, ObjectHeap.TypeIdOf(exception));
        Assert.Equal(box, ObjectHeap.ReadExceptionValue(exception, 2));
        var moved = ObjectHeap.ReadExceptionValue(exception, 3);
        Assert.NotEqual(box, moved);
        Assert.Equal(moved, ObjectHeap.ReadExceptionValue(exception, 70));
        Assert.Equal(5ul, ObjectHeap.ReadField(moved, 0));
        heap.Verify();
    }

    [Fact]
    public void ScopesMakeLocalsRoots()
    {
        using var roots = new FakeRoots();
        var heap = roots.Heap;
        var local = heap.NewStruct(Box, Allocation.NeverCollect);
        var before = local;
        var more = stackalloc ulong[2];
        using (heap.Protect(&local))
        {
            using (heap.Protect(more, 2))
            {
                more[1] = local;
                heap.Collect(isFull: false);
                Assert.Equal(local, more[1]);
            }

            Assert.NotEqual(before, local);
        }

        heap.Collect(isFull: true);
        Assert.Equal(0, heap.Statistics.LiveBytes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MakeHandles(ObjectHeap heap, int count)
    {
        for (var i = 0; i < count; i++)
        {
            heap.Handles.Add(heap.NewStruct(Box, Allocation.NeverCollect));
        }
    }
}
