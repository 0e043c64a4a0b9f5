using Harness.Engine.Heap;
using Harness.Engine.Modules;

namespace Harness.Engine.Tests.Heap;

/// <summary>How large the nursery is, and that what is allocated stays in it.</summary>
public sealed unsafe class NurserySizeTests
{
    private static readonly int Pair = FakeRoots.StructType(FakeRoots.Reference, FakeRoots.Reference, FakeRoots.Number(ValueKind.I32));
    private static readonly int References = FakeRoots.ArrayType(FakeRoots.Reference);

    [Fact]
    public void TheNurseryGrowsWhileMuchSurvivesAndShrinksAgain()
    {
        using var roots = new FakeRoots(("heap.nursery-size", "512"), ("heap.nursery-max-size", "4096"));
        var heap = roots.Heap;

        // The last 8,000 objects live, half of what fits in the nursery at first.
        const uint Length = 8_000;
        roots.Slots[0] = heap.NewArray(References, Length, Allocation.MayCollect);
        for (uint i = 0; i < 1_000_000; i++)
        {
            var pair = heap.NewStruct(Pair, Allocation.MayCollect);
            heap.WriteField(pair, 2, i);
            heap.WriteElement(roots.Slots[0], i % Length, pair);
        }

        var statistics = heap.Statistics;
        Assert.Equal(4 << 20, statistics.NurseryBytes);
        Assert.InRange(statistics.YoungCollections, 8, 14);
        for (uint i = 0; i < Length; i++)
        {
            Assert.Equal(1_000_000 - Length + i, ObjectHeap.ReadField(ObjectHeap.ReadElement(roots.Slots[0], i), 2));
        }

        heap.Verify();
        for (var i = 0; i < 10_000_000 && heap.Statistics.NurseryBytes > 512 << 10; i++)
        {
            heap.NewStruct(Pair, Allocation.MayCollect);
        }

        Assert.Equal(512 << 10, heap.Statistics.NurseryBytes);
    }

    /// <summary>Sizes need not be multiples of a page, and half of what the nursery has grown to may be less than it has at least.</summary>
    [Theory]
    [InlineData(258, 516)]
    [InlineData(256, 257)]
    public void TheNurseryShrinksToWhatItHasAtLeastWhateverItsSizes(int least, int most)
    {
        using var roots = new FakeRoots(("heap.nursery-size", $"{least}"), ("heap.nursery-max-size", $"{most}"));
        var heap = roots.Heap;
        const uint Length = 4_000;
        const uint Made = 200_000;
        long largest = 0;
        roots.Slots[0] = heap.NewArray(References, Length, Allocation.MayCollect);
        for (uint i = 0; i < Made; i++)
        {
            var pair = heap.NewStruct(Pair, Allocation.MayCollect);
            heap.WriteField(pair, 2, i);
            heap.WriteElement(roots.Slots[0], i % Length, pair);
            if (i % 500 != 0)
            {
                continue;
            }

            var size = heap.Statistics.NurseryBytes;
            Assert.InRange(size, (long)least << 10, (long)most << 10);
            largest = Math.Max(largest, size);
        }

        Assert.Equal((long)most << 10, largest);
        for (uint i = 0; i < Length; i++)
        {
            Assert.Equal(Made - Length + i, ObjectHeap.ReadField(ObjectHeap.ReadElement(roots.Slots[0], i), 2));
        }

        heap.Verify();
        for (var i = 0; i < 1_000_000 && heap.Statistics.NurseryBytes > (long)least << 10; i++)
        {
            heap.NewStruct(Pair, Allocation.MayCollect);
        }

        Assert.Equal((long)least << 10, heap.Statistics.NurseryBytes);
    }

    /// <summary>A larger nursery does not help where a part of all objects lives for good, nor where all do.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void TheNurseryStaysSmallWhereAPartSurvivesWhateverItsSize(int interval)
    {
        using var roots = new FakeRoots(("heap.nursery-size", "512"), ("heap.nursery-max-size", "32768"));
        var collections = 0;
        var grown = 0;
        for (var i = 0; i < 2_000_000; i++)
        {
            var pair = roots.Heap.NewStruct(Pair, Allocation.MayCollect);
            if (i % interval != 0)
            {
                continue;
            }

            roots.Heap.WriteField(pair, 0, roots.Slots[0]);
            roots.Slots[0] = pair;
            if (roots.Heap.Statistics.YoungCollections == collections)
            {
                continue;
            }

            collections++;
            if (roots.Heap.Statistics.NurseryBytes > 512 << 10)
            {
                grown++;
            }
        }

        Assert.InRange(collections, 80, 125);
        Assert.InRange(grown, 0, collections / 8);
    }

    /// <summary>A structure of vectors may take more than stress leaves of the nursery.</summary>
    [Fact]
    public void UnderStressEvenTheLargestStructuresStayInTheNursery()
    {
        using var roots = new FakeRoots(("heap.nursery-size", "4096"), ("stress.gc-interval", "1"));
        var layout = ObjectLayout.Of(FakeRoots.StructType([.. Enumerable.Repeat(FakeRoots.Number(ValueKind.V128), 7_990)]));
        var first = roots.AllocateInline(layout.Header, layout.Size);
        for (var i = 0; i < 100; i++)
        {
            var next = roots.AllocateInline(layout.Header, layout.Size);
            Assert.InRange(next, first, first + (4096UL << 10) - (ulong)layout.Size);
        }

        roots.Heap.Verify();
    }
}
