using Harness.Engine.Heap;

namespace Harness.Engine.Tests.Heap;

public sealed class PauseHistogramTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1_000)]
    [InlineData(999, 15)]
    [InlineData(1_000, 40)]
    [InlineData(50_001, 1_000_000)]
    [InlineData(10_000, 100_000_000_000)]
    public void MedianMaximumAndTotalAreThoseOfTheTimes(int count, long largest)
    {
        var random = new Random(count);
        var histogram = new PauseHistogram();
        long[] ticks = [.. Enumerable.Range(0, count).Select(_ => (long)Math.Pow(largest, random.NextDouble()))];
        foreach (var time in ticks)
        {
            histogram.Add(TimeSpan.FromTicks(time));
        }

        Array.Sort(ticks);

        Assert.Equal(ticks[^1], histogram.Maximum.Ticks);
        Assert.Equal(ticks.Sum(), histogram.Total.Ticks);
        var median = ticks[count / 2];
        Assert.InRange(histogram.Median.Ticks, median / 1.04, median * 1.04);
    }

    [Fact]
    public void NothingIsZero()
    {
        var histogram = new PauseHistogram();
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero), (histogram.Median, histogram.Maximum, histogram.Total));
    }
}
