using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Heap;

[Collection(nameof(ObjectHeapTests))]
public unsafe class ObjectHeapTests
{
    private static readonly int Pair = FakeRoots.StructType(FakeRoots.Reference, FakeRoots.Reference, FakeRoots.Number(ValueKind.I32));
    private static readonly int References = FakeRoots.ArrayType(FakeRoots.Reference);
    private static readonly int Bytes = FakeRoots.ArrayType(FakeRoots.Number(ValueKind.I32, Packing.I8));

    /// <summary>Knobs that all tests run under besides their own.</summary>
    protected virtual (string Name, string Value)[] Knobs => [("heap.collection-threads", "1")];

    [Fact]
    public void TakesNoMemoryBeforeTheFirstAllocation()
    {
        using var roots = NewRoots();
        roots.Heap.Collect(isFull: true);
        Assert.Equal(0, roots.Heap.Statistics.UsedBytes);
        Assert.True(roots.Context->AllocationLimit == null);
        Assert.NotEqual(0ul, roots.AllocateInline(ObjectLayout.Of(Pair).Header, ObjectLayout.Of(Pair).Size));
        Assert.Equal(0, roots.Visits);
    }

    [Theory]
    [InlineData(Allocation.MayCollect)]
    [InlineData(Allocation.NeverCollect)]
    public void MakesZeroedObjectsInUsedMemory(object allocation)
    {
        using var roots = NewRoots(("heap.nursery-size", "256"));
        for (var i = 0; i < 50_000; i++)
        {
            var pair = roots.Heap.NewStruct(Pair, (Allocation)allocation);
            Assert.Equal(0ul, ObjectHeap.ReadField(pair, 0) | ObjectHeap.ReadField(pair, 1) | ObjectHeap.ReadField(pair, 2));
            roots.Heap.WriteField(pair, 0, pair);
            roots.Heap.WriteField(pair, 1, 77);
            roots.Heap.WriteField(pair, 2, 0xffffffff);
            Assert.Equal(0xfffffffful, ObjectHeap.ReadField(pair, 2));
        }

        roots.Heap.Verify();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void KeepsGraphsWithCyclesAndShapesOfAllKinds(bool full)
    {
        using var roots = NewRoots();
        var heap = roots.Heap;
        FieldType[] many = [.. Enumerable.Range(0, 100).Select(i => i % 3 == 0 ? FakeRoots.Reference : FakeRoots.Number(ValueKind.I64))];
        var wide = FakeRoots.StructType(many);
        var pair = heap.NewStruct(Pair, Allocation.NeverCollect);
        var array = heap.NewArray(References, 3, Allocation.NeverCollect);
        var wideObject = heap.NewStruct(wide, Allocation.NeverCollect);
        var text = heap.NewString("häuser", Allocation.NeverCollect);
        heap.WriteField(pair, 0, array);
        heap.WriteField(pair, 1, pair);
        heap.WriteField(pair, 2, 42);
        heap.WriteElement(array, 0, pair);
        heap.WriteElement(array, 1, 7);
        heap.WriteElement(array, 2, wideObject);
        for (var i = 0; i < many.Length; i++)
        {
            heap.WriteField(wideObject, i, i % 3 == 0 ? text : (ulong)i);
        }

        roots.Slots[5] = pair;
        heap.Collect(full);
        heap.Verify();

        var moved = roots.Slots[5];
        Assert.NotEqual(pair, moved);
        Assert.Equal(moved, ObjectHeap.ReadField(moved, 1));
        Assert.Equal(42ul, ObjectHeap.ReadField(moved, 2));
        var movedArray = ObjectHeap.ReadField(moved, 0);
        Assert.Equal(3u, ObjectHeap.LengthOf(movedArray));
        Assert.Equal(moved, ObjectHeap.ReadElement(movedArray, 0));
        Assert.Equal(7ul, ObjectHeap.ReadElement(movedArray, 1));
        var movedWide = ObjectHeap.ReadElement(movedArray, 2);
        for (var i = 0; i < many.Length; i++)
        {
            var field = ObjectHeap.ReadField(movedWide, i);
            if (i % 3 == 0)
            {
                Assert.Equal("häuser", new string(ObjectHeap.CharactersOf(field)));
            }
            else
            {
                Assert.Equal((ulong)i, field);
            }
        }
    }

    [Fact]
    public void RemembersOldObjectsThatGetYoungReferences()
    {
        using var roots = NewRoots(("heap.promotion-age", "0"));
        var heap = roots.Heap;
        roots.Slots[0] = heap.NewStruct(Pair, Allocation.NeverCollect);
        heap.Collect(isFull: false);
        var old = roots.Slots[0];
        Assert.True(ObjectHeap.FlagsOf(old).HasFlag(ObjectFlags.Unremembered));
        for (var i = 0; i < 3; i++)
        {
            var young = heap.NewStruct(Pair, Allocation.NeverCollect);
            heap.WriteField(young, 2, (ulong)i);
            heap.WriteField(old, 0, young);
            Assert.False(ObjectHeap.FlagsOf(old).HasFlag(ObjectFlags.Unremembered));
            heap.Remember(old);
            heap.Collect(isFull: false);
            Assert.Equal(old, roots.Slots[0]);
            Assert.True(ObjectHeap.FlagsOf(old).HasFlag(ObjectFlags.Unremembered));
            Assert.NotEqual(young, ObjectHeap.ReadField(old, 0));
            Assert.Equal((ulong)i, ObjectHeap.ReadField(ObjectHeap.ReadField(old, 0), 2));
            heap.Verify();
        }
    }

    [Fact]
    public void FindsAMissingWriteBarrier()
    {
        using var roots = NewRoots();
        var heap = roots.Heap;
        roots.Slots[0] = heap.NewStruct(Pair, Allocation.NeverCollect);
        heap.Collect(isFull: true);
        *(ulong*)(roots.Slots[0] + (uint)ObjectLayout.Of(Pair).SlotOffsets[0]) = heap.NewStruct(Pair, Allocation.NeverCollect);
        Assert.Throws<InvalidOperationException>(heap.Verify);
    }

    [Fact]
    public void LargeObjectsStayAndDie()
    {
        using var roots = NewRoots();
        var heap = roots.Heap;
        var large = heap.NewArray(References, 100_000, Allocation.MayCollect);
        roots.Slots[0] = large;
        heap.WriteElement(large, 99_999, heap.NewString("end", Allocation.NeverCollect));
        heap.WriteElement(large, 50_000, large);
        heap.Collect(isFull: false);
        heap.WriteElement(large, 0, heap.NewArray(References, 100_000, Allocation.NeverCollect));
        heap.Collect(isFull: true);
        heap.Verify();
        Assert.Equal(large, roots.Slots[0]);
        Assert.Equal("end", new string(ObjectHeap.CharactersOf(ObjectHeap.ReadElement(large, 99_999))));
        Assert.Equal(100_000u, ObjectHeap.LengthOf(ObjectHeap.ReadElement(large, 0)));
        Assert.InRange(heap.Statistics.LiveBytes, 1_600_000, 1_620_000);
        roots.Slots[0] = 0;
        heap.Collect(isFull: true);
        Assert.Equal(0, heap.Statistics.LiveBytes);
        Assert.Equal(large, heap.NewArray(Bytes, 200_000, Allocation.MayCollect));
        Assert.Equal(0ul, ObjectHeap.ReadElement(large, 199_999));
    }

    /// <summary>Objects stay young for as many collections as they are told to, and old ones that refer to them stay remembered.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(15)]
    public void ObjectsBecomeOldAtTheirAge(int age)
    {
        using var roots = NewRoots(("heap.promotion-age", $"{age}"));
        var heap = roots.Heap;
        roots.Slots[0] = heap.NewStruct(Pair, Allocation.NeverCollect);
        heap.Collect(isFull: true);
        var old = roots.Slots[0];
        var young = heap.NewStruct(Pair, Allocation.NeverCollect);
        var dies = heap.NewStruct(Pair, Allocation.NeverCollect);
        heap.WriteField(young, 2, 5);
        heap.WriteField(old, 0, young);
        heap.WriteField(old, 1, dies);
        for (var i = 0; i <= age; i++)
        {
            Assert.True(heap.IsYoung(ObjectHeap.ReadField(old, 0)));
            Assert.False(ObjectHeap.FlagsOf(old).HasFlag(ObjectFlags.Unremembered));
            Assert.Equal(0, heap.Statistics.PromotedBytes);
            heap.Verify();
            heap.Collect(isFull: false);
            heap.WriteField(old, 1, 0);
        }

        heap.Verify();
        Assert.False(heap.IsYoung(ObjectHeap.ReadField(old, 0)));
        Assert.True(ObjectHeap.FlagsOf(old).HasFlag(ObjectFlags.Unremembered));
        Assert.Equal(5ul, ObjectHeap.ReadField(ObjectHeap.ReadField(old, 0), 2));
        var size = ObjectLayout.Of(Pair).Size;
        Assert.Equal((age == 0 ? 2 : 1) * size, heap.Statistics.PromotedBytes);
        Assert.Equal(age == 0 ? 0 : (age + 1) * size, heap.Statistics.AgedBytes);
    }

    /// <summary>Of a long old array only those parts are read that were written.</summary>
    [Theory]
    [InlineData(1_000)]
    [InlineData(2_000_000)]
    public void LongArraysAreReadWhereTheyWereWritten(int length)
    {
        using var roots = NewRoots(("heap.promotion-age", "3"));
        var heap = roots.Heap;
        roots.Slots[0] = heap.NewArray(References, (uint)length, Allocation.NeverCollect);
        for (uint i = 0; i < length; i++)
        {
            heap.WriteElement(roots.Slots[0], i, 1);
        }

        heap.Collect(isFull: true);
        var array = roots.Slots[0];
        var place = array + ObjectLayout.ArrayElements;
        uint[] written = [0, 1, 77, 300, 301, 555, (uint)length - 1];
        foreach (var index in written)
        {
            var pair = heap.NewStruct(Pair, Allocation.NeverCollect);
            heap.WriteField(pair, 2, index);
            heap.WriteElement(array, index, pair);
        }

        heap.Verify();

        // A store without a barrier at another card, which nobody sees.
        const int Hidden = 800;
        ((ulong*)place)[Hidden] = heap.NewStruct(Pair, Allocation.NeverCollect);
        var hidden = ((ulong*)place)[Hidden];
        Assert.Throws<InvalidOperationException>(heap.Verify);
        for (var i = 0; i < 6; i++)
        {
            heap.Collect(isFull: false);
            Assert.Equal(hidden, ((ulong*)place)[Hidden]);
            foreach (var index in written)
            {
                Assert.Equal(index, ObjectHeap.ReadField(ObjectHeap.ReadElement(array, index), 2));
            }

            ((ulong*)place)[Hidden] = 1;
            heap.Verify();
            ((ulong*)place)[Hidden] = hidden;
            Assert.Equal(i >= 3, ObjectHeap.FlagsOf(array).HasFlag(ObjectFlags.Unremembered));
        }
    }

    [Fact]
    public void AHeapLeavesItsMemoryToTheNextOne()
    {
        (string, string)[] knobs = [.. Knobs, ("heap.nursery-size", "256"), ("heap.minimum-threshold", "3"), ("heap.limit", "77")];
        var first = Use(knobs);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(first, Use(knobs));
        }

        _ = Use([.. knobs, ("heap.kept-memory", "0")]);

        static ulong Use((string, string)[] knobs)
        {
            using var roots = new FakeRoots(knobs);
            var heap = roots.Heap;
            var start = roots.Slots[0] = heap.NewStruct(Pair, Allocation.MayCollect);
            for (var i = 0; i < 300_000; i++)
            {
                var pair = heap.NewStruct(Pair, Allocation.MayCollect);
                Assert.Equal(0ul, ObjectHeap.ReadField(pair, 0));
                heap.WriteField(pair, 0, roots.Slots[0]);
                roots.Slots[0] = i % 1000 == 0 ? 0 : pair;
                if (i % 50_000 != 0)
                {
                    continue;
                }

                var large = roots.Slots[1] = heap.NewArray(References, 100_000, Allocation.MayCollect);
                for (uint j = 0; j < 100_000; j += 999)
                {
                    Assert.Equal(0ul, ObjectHeap.ReadElement(large, j));
                }

                for (uint j = 0; j < 100_000; j += 333)
                {
                    heap.WriteElement(large, j, roots.Slots[0]);
                }

                heap.Verify();
            }

            return start;
        }
    }

    /// <summary>Memory of one part of a heap is not where another part of the next one begins, though both take as many addresses.</summary>
    [Fact]
    public void AHeapWithOtherPartsGetsOtherAddresses()
    {
        const nuint Size = 64 << 20;
        var first = HeapReservation.Take(Size, half: 16 << 20, young: 8 << 20, hugePages: false);
        first.Leave(limit: 1 << 20);
        foreach (var (half, young) in (ReadOnlySpan<(nuint, nuint)>)[(14 << 20, 8 << 20), (16 << 20, 10 << 20)])
        {
            var other = HeapReservation.Take(Size, half, young, hugePages: false);
            Assert.NotSame(first, other);
            other.Leave(limit: 0);
            first = HeapReservation.Take(Size, half: 16 << 20, young: 8 << 20, hugePages: false);
            first.Leave(limit: 1 << 20);
        }
    }

    [Fact]
    public void FailsAtTheLimitAndRecovers()
    {
        using var roots = NewRoots(("heap.limit", "8"), ("heap.nursery-size", "256"));
        var layout = ObjectLayout.Of(Pair);
        var count = 0;
        while (true)
        {
            var next = roots.AllocateInline(layout.Header, layout.Size);
            if (next == 0)
            {
                break;
            }

            count++;
            ((ulong*)next)[1] = roots.Slots[0];
            ((ulong*)next)[2] = 0;
            roots.Slots[0] = next;
        }

        Assert.InRange(count * (long)layout.Size, 8 << 20, 9 << 20);
        Assert.Equal(0ul, roots.Heap.NewStruct(Pair, Allocation.MayCollect));
        Assert.Equal(0ul, roots.Heap.NewArray(Bytes, 1 << 20, Allocation.MayCollect));
        Assert.Equal(0ul, roots.Heap.NewArray(References, uint.MaxValue, Allocation.MayCollect));
        Assert.NotEqual(0ul, roots.Heap.NewStruct(Pair, Allocation.NeverCollect));
        roots.Slots[0] = 0;
        Assert.NotEqual(0ul, roots.AllocateInline(layout.Header, layout.Size));
        Assert.NotEqual(0ul, roots.Heap.NewArray(Bytes, 1 << 20, Allocation.MayCollect));
    }

    /// <summary>Copies write beyond their ends, but neither the last one nor what comes afterwards damages what lies behind the old generation.</summary>
    [Fact]
    public void CollectsWhereBothGenerationsAreFull()
    {
        using var roots = NewRoots(("heap.limit", "1"), ("heap.nursery-size", "2048"));
        var heap = roots.Heap;
        var link = FakeRoots.StructType(FakeRoots.Reference);
        roots.Slots[1] = heap.NewArray(Bytes, 200_000, Allocation.NeverCollect);
        roots.Slots[0] = heap.NewStruct(link, Allocation.NeverCollect);
        var count = 0;
        try
        {
            while (true)
            {
                var next = heap.NewStruct(link, Allocation.NeverCollect);
                ((ulong*)next)[1] = roots.Slots[0];
                roots.Slots[0] = next;
                count++;
            }
        }
        catch (InsufficientMemoryException)
        {
            Assert.InRange(count * (long)ObjectLayout.Of(link).Size, 64 << 20, 80 << 20);
        }

        for (var i = 0; i < 3; i++)
        {
            heap.Collect(isFull: i > 0);
            heap.Verify();
            var last = roots.Slots[0];
            for (var j = 0; j < count; j++)
            {
                last = ((ulong*)last)[1];
            }

            Assert.Equal(0ul, ((ulong*)last)[1]);
            Assert.Equal(200_000u, ObjectHeap.LengthOf(roots.Slots[1]));
            Assert.Throws<InsufficientMemoryException>(() => heap.NewStruct(link, Allocation.NeverCollect));
        }
    }

    [Fact]
    public void KeepsLargeLiveHeaps()
    {
        const int Length = 10_000_000;
        using var roots = NewRoots();
        var layout = ObjectLayout.Of(Pair);
        for (var i = 1; i <= Length; i++)
        {
            var pair = roots.AllocateInline(layout.Header, layout.Size);
            ((ulong*)pair)[1] = roots.Slots[0];
            ((ulong*)pair)[2] = 0;
            ((uint*)pair)[6] = (uint)i;
            roots.Slots[0] = pair;
        }

        var statistics = roots.Heap.Statistics;
        Assert.InRange(statistics.FullCollections, 1, 4);
        Assert.InRange(statistics.UsedBytes, 240L << 20, 350L << 20);
        var last = roots.Slots[0];
        for (var i = Length; i > 0; i--, last = ((ulong*)last)[1])
        {
            if (((uint*)last)[6] != (uint)i)
            {
                Assert.Fail($"{i} is damaged");
            }
        }

        roots.Slots[0] = 0;
        roots.Heap.Collect(isFull: true);
        Assert.Equal(0, roots.Heap.Statistics.UsedBytes);
    }

    [Fact]
    public void CountsWhatItDoes()
    {
        using var roots = NewRoots(("heap.nursery-size", "1024"), ("heap.promotion-age", "0"));
        var size = ObjectLayout.Of(Pair).Size;
        for (var i = 0; i < 100_000; i++)
        {
            var pair = roots.AllocateInline(ObjectLayout.Of(Pair).Header, size);
            ((ulong*)pair)[1] = ((ulong*)pair)[2] = 0;
            if (i % 1000 == 0)
            {
                roots.Slots[i / 1000 % 10] = pair;
            }
        }

        var before = roots.Heap.Statistics;
        Assert.Equal(100_000L * size, before.AllocatedBytes);
        Assert.Equal(100_000 * size >> 20, before.YoungCollections);
        Assert.InRange(before.PromotedBytes, 10 * size, 100 * size);
        roots.Heap.Collect(isFull: true);
        var after = roots.Heap.Statistics;
        Assert.Equal(1, after.FullCollections);
        Assert.Equal(10 * size, after.LiveBytes);
        Assert.Equal(10 * size, after.MovedBytes);
        Assert.Equal(10 * size, after.UsedBytes);
        Assert.True(after.MedianPause > TimeSpan.Zero && after.MedianPause <= after.MaximumPause * 1.04);
        Assert.True(after.TotalPause >= after.MaximumPause);
    }

    [Fact]
    public void TellsOfEachCollection()
    {
        var told = new List<CollectionEvent>();
        using var roots = new FakeRoots(told.Add, Knobs);
        var size = ObjectLayout.Of(Pair).Size;
        roots.Slots[0] = roots.Heap.NewStruct(Pair, Allocation.MayCollect);
        roots.Heap.NewStruct(Pair, Allocation.MayCollect);
        roots.Heap.Collect(isFull: false);
        roots.Heap.Collect(isFull: true);
        Assert.Equal(
            [(false, 2 * size, size, size), (true, 0, size, size)],
            told.Select(e => (e.IsFull, (int)e.AllocatedBytes, (int)e.MovedBytes, (int)e.UsedBytes)));
    }

    [Fact]
    public void StressCollectsAtEveryNthAllocationAndOverwritesWhatItLeaves()
    {
        using var roots = NewRoots(("stress.gc-interval", "3"));
        var layout = ObjectLayout.Of(Pair);
        ulong last = 0;
        for (var i = 1; i <= 300; i++)
        {
            var pair = roots.AllocateInline(layout.Header, layout.Size);
            Assert.NotEqual(last, pair);
            last = pair;
            ((ulong*)pair)[1] = ((ulong*)pair)[2] = 0;
            Assert.Equal(i / 3, roots.Heap.Statistics.YoungCollections + roots.Heap.Statistics.FullCollections);
        }

        Assert.Equal(25, roots.Heap.Statistics.FullCollections);
        roots.Slots[0] = roots.Heap.NewStruct(Pair, Allocation.MayCollect);
        roots.Heap.Collect(isFull: false);
        roots.Heap.Verify();
        roots.Slots[1] = last;
        Assert.Throws<InvalidOperationException>(roots.Heap.Verify);
        roots.Slots[1] = 0;
    }

    private FakeRoots NewRoots(params (string Name, string Value)[] knobs) => new([.. Knobs, .. knobs]);
}
