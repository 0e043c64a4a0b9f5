using Harness.Engine.X64;

namespace Harness.Engine.Tests.X64;

/// <summary>Ranges are joined with their neighbours and found by size.</summary>
public sealed class FreeRangesTests
{
    [Fact]
    public void NeighboursBecomeOneRange()
    {
        var ranges = new FreeRanges();
        ranges.Add(0, 64);
        ranges.Add(128, 64);
        Assert.Equal(2, ranges.Count);
        Assert.Equal(-1, ranges.Take(128));
        ranges.Add(64, 64);
        Assert.Equal(1, ranges.Count);
        Assert.Equal(0, ranges.Take(192));
        Assert.Equal(0, ranges.Count);
    }

    [Fact]
    public void ARangeIsTakenFromTheEndOfALargerOne()
    {
        var ranges = new FreeRanges();
        ranges.Add(640, 640);
        Assert.Equal(1216, ranges.Take(64));
        Assert.Equal(640, ranges.TakeBefore(1216));
        Assert.Equal(1216, ranges.TakeBefore(1216));
        Assert.Equal(0, ranges.Count);
    }

    [Fact]
    public void TheSmallestRangeThatIsLargeEnoughIsTaken()
    {
        var ranges = new FreeRanges();
        ranges.Add(0, 640);
        ranges.Add(1000, 128);
        ranges.Add(2000, 192);
        ranges.Add(3000, 64);
        Assert.Equal(1000, ranges.Take(128));
        Assert.Equal(2064, ranges.Take(128));
        Assert.Equal(512, ranges.Take(128));
        Assert.Equal(3, ranges.Count);
    }

    [Fact]
    public void EveryRangeCountsBeforeThereIsNoRoom()
    {
        // Only the first is large enough.
        var ranges = new FreeRanges();
        ranges.Add(0, 127);
        for (var i = 1; i < 100; i++)
        {
            ranges.Add(i * 1000, 65);
        }

        Assert.Equal(0, ranges.Take(127));
        Assert.Equal(-1, ranges.Take(127));
        Assert.Equal(99, ranges.Count);
    }

    [Fact]
    public void RandomRangesAreNeverGivenTwice()
    {
        const int size = 4096;
        var random = new Random(11);
        var ranges = new FreeRanges();
        ranges.Add(0, size);
        var isTaken = new bool[size];
        var taken = new List<(int Start, int Size)>();
        for (var i = 0; i < 20_000; i++)
        {
            var wanted = random.Next(1, 200);
            var start = random.Next(2) == 0 ? ranges.Take(wanted) : -1;
            if (start >= 0)
            {
                Assert.False(isTaken.AsSpan(start, wanted).Contains(true));
                isTaken.AsSpan(start, wanted).Fill(true);
                taken.Add((start, wanted));
            }
            else if (taken.Count > 0)
            {
                var at = random.Next(taken.Count);
                isTaken.AsSpan(taken[at].Start, taken[at].Size).Clear();
                ranges.Add(taken[at].Start, taken[at].Size);
                taken.RemoveAt(at);
            }
        }

        foreach (var (start, length) in taken)
        {
            ranges.Add(start, length);
        }

        Assert.Equal(1, ranges.Count);
        Assert.Equal(0, ranges.Take(size));
    }
}
