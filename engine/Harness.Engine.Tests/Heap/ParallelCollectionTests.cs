using System.Runtime.CompilerServices;
using Harness.Engine.Heap;
using Harness.Engine.Modules;

namespace Harness.Engine.Tests.Heap;

/// <summary>Full collections that several threads share.</summary>
public sealed unsafe class ParallelCollectionTests
{
    private static readonly int Pair = FakeRoots.StructType(FakeRoots.Reference, FakeRoots.Reference, FakeRoots.Number(ValueKind.I64));
    private static readonly int References = FakeRoots.ArrayType(FakeRoots.Reference);

    /// <summary>How long a test tries until other threads got hold of something: the machine may have better to do.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("heap.collection-threads", "2", 4)]
    [InlineData("heap.collection-threads", "4", 4)]
    [InlineData("stress.gc-threads", "3", 1)]
    public void ThreadsShareATree(string knob, string threads, int megabytes)
    {
        using var roots = new FakeRoots((knob, threads));
        var depth = 14 + int.Log2(megabytes);
        roots.Slots[0] = MakeTree(roots.Heap, depth);
        var objects = (1 << (depth + 1)) - 1;
        CollectUntilHelped(roots.Heap, () => Assert.Equal(objects, CheckTree(roots.Slots[0], depth)));
        var statistics = roots.Heap.Statistics;
        Assert.InRange(statistics.HelpedCollections, 1, statistics.FullCollections);
        Assert.InRange(statistics.HelperMovedBytes, 1, statistics.MovedBytes - 1);
        Assert.Equal(objects * (long)ObjectLayout.Of(Pair).Size, statistics.LiveBytes);
        var shares = roots.Heap.CollectionShares;
        Assert.Equal(int.Parse(threads), shares.Length);
        Assert.Contains(shares.Skip(1), share => share.Objects > 0);
        Assert.All(shares, share => Assert.Equal(share.Objects * ObjectLayout.Of(Pair).Size, share.Bytes));
        Assert.InRange(shares.Sum(share => share.Objects), objects * 3 / 5, objects);
    }

    /// <summary>What threads leave empty in their buffers counts neither as used nor for the limit, and the heap can be walked through.</summary>
    [Fact]
    public void WhatIsFilledUpDoesNotCount()
    {
        using var alone = new FakeRoots(("heap.collection-threads", "1"));
        using var shared = new FakeRoots(("stress.gc-threads", "4"));
        foreach (var roots in (FakeRoots[])[alone, shared])
        {
            var random = new Random(3);
            for (var i = 0; i < FakeRoots.Count; i++)
            {
                roots.Slots[i] = MakeTree(roots.Heap, random.Next(8));
                var array = roots.Heap.NewArray(References, (uint)random.Next(40), Allocation.NeverCollect);
                if (ObjectHeap.LengthOf(array) > 0)
                {
                    roots.Heap.WriteElement(array, 0, roots.Slots[i]);
                }

                roots.Slots[i] = array;
            }

            for (var i = 0; i < 5; i++)
            {
                roots.Heap.Collect(isFull: true);
                roots.Heap.Verify();
            }
        }

        Assert.Equal(alone.Heap.Statistics.LiveBytes, shared.Heap.Statistics.LiveBytes);
        Assert.Equal(alone.Heap.Statistics.UsedBytes, shared.Heap.Statistics.UsedBytes);
        Assert.Equal(alone.Heap.Statistics.MovedBytes, shared.Heap.Statistics.MovedBytes);
        Assert.Equal(0, alone.Heap.Statistics.HelperMovedBytes);
    }

    /// <summary>Below the threshold nobody is called.</summary>
    [Fact]
    public void SmallHeapsStayOnOneThread()
    {
        using var roots = new FakeRoots(("heap.collection-threads", "4"), ("heap.parallel-threshold", "4096"));
        roots.Slots[0] = MakeTree(roots.Heap, 15);
        for (var i = 0; i < 20; i++)
        {
            roots.Heap.Collect(isFull: true);
        }

        Assert.InRange(roots.Heap.Statistics.LiveBytes, 1 << 20, 4 << 20);
        Assert.Equal(0, roots.Heap.Statistics.HelpedCollections);
    }

    /// <summary>Elements of one array are shared, whether it is copied or stays where it is, and so are several references to one object.</summary>
    [Theory]
    [InlineData(1_000_000, "heap.collection-threads", "3")]
    [InlineData(12_000, "stress.gc-threads", "3")]
    [InlineData(300_000, "stress.gc-threads", "3")]
    public void ThreadsShareAWideArray(int length, string knob, string threads)
    {
        using var roots = new FakeRoots((knob, threads));
        var heap = roots.Heap;
        roots.Slots[0] = heap.NewArray(References, (uint)length, Allocation.MayCollect);
        for (uint i = 0; i < length; i++)
        {
            var pair = heap.NewStruct(Pair, Allocation.MayCollect);
            heap.WriteField(pair, 0, roots.Slots[0]);
            heap.WriteField(pair, 1, i == 0 ? 0 : ObjectHeap.ReadElement(roots.Slots[0], i - 1));
            heap.WriteField(pair, 2, i);
            heap.WriteElement(roots.Slots[0], i, pair);
        }

        CollectUntilHelped(heap, Check);

        void Check()
        {
            heap.Verify();
            ulong before = 0;
            for (uint i = 0; i < length; i++)
            {
                var pair = ObjectHeap.ReadElement(roots.Slots[0], i);
                if (ObjectHeap.ReadField(pair, 2) != i || ObjectHeap.ReadField(pair, 0) != roots.Slots[0] || ObjectHeap.ReadField(pair, 1) != before)
                {
                    Assert.Fail($"element {i} is damaged");
                }

                before = pair;
            }
        }
    }

    /// <summary>A list offers no work to share, is no deeper for any stack than a single object, and stays whole.</summary>
    [Fact]
    public void ALongListStaysWhole()
    {
        const int Length = 10_000_000;
        using var roots = new FakeRoots(("heap.collection-threads", "3"));
        var layout = ObjectLayout.Of(Pair);
        for (var i = 1; i <= Length; i++)
        {
            var pair = roots.AllocateInline(layout.Header, layout.Size);
            ((ulong*)pair)[1] = roots.Slots[0];
            ((ulong*)pair)[2] = 0;
            ((ulong*)pair)[3] = (ulong)i;
            roots.Slots[0] = pair;
        }

        roots.Heap.Collect(isFull: true);
        var last = roots.Slots[0];
        for (var i = Length; i > 0; i--, last = ((ulong*)last)[1])
        {
            if (((ulong*)last)[3] != (ulong)i)
            {
                Assert.Fail($"{i} is damaged");
            }
        }

        Assert.Equal(0ul, last);
        Assert.Equal(Length * (long)layout.Size, roots.Heap.Statistics.LiveBytes);
    }

    /// <summary>Several heaps at a time get by with the same threads.</summary>
    [Fact]
    public void HeapsShareTheThreads()
    {
        var wrong = new int[4];
        Thread[] users = [.. Enumerable.Range(0, wrong.Length).Select(user => new Thread(() => wrong[user] = Use()))];
        foreach (var user in users)
        {
            user.Start();
        }

        foreach (var user in users)
        {
            user.Join();
        }

        Assert.Equal(new int[wrong.Length], wrong);
        Assert.InRange(CollectorThreads.Count, 2, 63);

        static int Use()
        {
            using var roots = new FakeRoots(("stress.gc-threads", "3"));
            roots.Slots[0] = MakeTree(roots.Heap, 10);
            var wrong = 0;
            for (var i = 0; i < 30; i++)
            {
                roots.Heap.Collect(isFull: true);
                if (CheckTree(roots.Slots[0], 10) != 2047)
                {
                    wrong++;
                }
            }

            return wrong;
        }
    }

    /// <summary>Objects of the host are let go by the thread that collects, and the threads that help keep no heap.</summary>
    [Fact]
    public void TheThreadsKeepNothing()
    {
        var heap = Use(out var value);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while ((heap.IsAlive || value.IsAlive) && clock.Elapsed < Patience)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.True(CollectorThreads.Count > 0);
        Assert.False(heap.IsAlive);
        Assert.False(value.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Use(out WeakReference value)
        {
            using var roots = new FakeRoots(("stress.gc-threads", "2"));
            object held = new();
            value = new WeakReference(held);
            roots.Heap.WrapHostObject(held, Allocation.MayCollect);
            roots.Slots[0] = MakeTree(roots.Heap, 8);
            CollectUntilHelped(roots.Heap, () => { });
            Assert.Equal(0, roots.Heap.HostObjects.Count);
            return new WeakReference(roots.Heap);
        }
    }

    [Fact]
    public void CollectionsAllocateNothing()
    {
        using var roots = new FakeRoots(("stress.gc-threads", "3"));
        roots.Slots[0] = MakeTree(roots.Heap, 10);
        CollectUntilHelped(roots.Heap, () => { });
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++)
        {
            roots.Heap.Collect(isFull: true);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void CollectUntilHelped(ObjectHeap heap, Action check)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var before = heap.Statistics.HelpedCollections;
        do
        {
            heap.Collect(isFull: true);
            check();
        }
        while (heap.Statistics.HelpedCollections == before && clock.Elapsed < Patience);
        Assert.True(heap.Statistics.HelpedCollections > before, "no other thread has helped with any collection");
        heap.Verify();
    }

    /// <summary>A whole binary tree of a depth; no collection happens while it is made.</summary>
    private static ulong MakeTree(ObjectHeap heap, int depth)
    {
        var level = new Queue<ulong>();
        for (var i = 0; i < 1 << depth; i++)
        {
            level.Enqueue(NewNode(0, 0, (ulong)i));
        }

        while (level.Count > 1)
        {
            level.Enqueue(NewNode(level.Dequeue(), level.Dequeue(), 0));
        }

        return level.Dequeue();

        ulong NewNode(ulong left, ulong right, ulong number)
        {
            var node = heap.NewStruct(Pair, Allocation.NeverCollect);
            heap.WriteField(node, 0, left);
            heap.WriteField(node, 1, right);
            heap.WriteField(node, 2, number);
            return node;
        }
    }

    /// <summary>Counts the nodes of a tree, -1 if one is not where it was made.</summary>
    private static int CheckTree(ulong root, int depth)
    {
        var nodes = new Stack<(ulong Node, int Depth, ulong Number)>();
        nodes.Push((root, depth, 0));
        var count = 0;
        while (nodes.TryPop(out var top))
        {
            count++;
            if (top.Depth == 0)
            {
                if (ObjectHeap.ReadField(top.Node, 2) != top.Number)
                {
                    return -1;
                }

                continue;
            }

            nodes.Push((ObjectHeap.ReadField(top.Node, 0), top.Depth - 1, 2 * top.Number));
            nodes.Push((ObjectHeap.ReadField(top.Node, 1), top.Depth - 1, (2 * top.Number) + 1));
        }

        return count;
    }
}
