using Harness.Experiments.Statistics;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace Harness.Experiments.Tests.Statistics;

public sealed class ChangepointsTests
{
    [Fact]
    public void NoiseHasNoChange()
    {
        var random = new MersenneTwister(1);
        var found = Enumerable.Range(0, 200).Count(_ => Changepoints.Find(Noise(random, 100, 10, 0.3)).Count > 1);
        Assert.InRange(found, 0, 2);
    }

    [Fact]
    public void ChangesOfTheMeanAreFoundWhereTheyAre()
    {
        var random = new MersenneTwister(2);
        double[] values = [.. Noise(random, 12, 30, 0.5), .. Noise(random, 40, 10, 0.3), .. Noise(random, 50, 14, 0.3)];
        Assert.Equal([0, 12, 52], Changepoints.Find(values).Select(segment => segment.Start));
        Assert.Equal(14, Changepoints.Find(values)[2].Mean, 0.2);
    }

    [Fact]
    public void AChangeOfTheSpreadIsOneToo()
    {
        var random = new MersenneTwister(3);
        double[] values = [.. Noise(random, 60, 10, 0.05), .. Noise(random, 60, 10, 3)];
        Assert.Equal(2, Changepoints.Find(values).Count);
    }

    [Fact]
    public void PruningDoesNotChangeWhatIsFound()
    {
        // Against the same minimum without pruning, by trying every pair of places.
        var random = new MersenneTwister(4);
        for (var i = 0; i < 50; i++)
        {
            double[] values = [.. Noise(random, 3 + random.Next(20), 20, 1), .. Noise(random, 3 + random.Next(20), 10, 1), .. Noise(random, 3 + random.Next(20), 15, 1)];
            Assert.Equal(Exhaustive(values), Changepoints.Find(values).Select(segment => segment.Start));
        }
    }

    [Fact]
    public void ConstantAndShortSeriesHaveOneSegment()
    {
        Assert.Single(Changepoints.Find([.. Enumerable.Repeat(5.0, 100)]));
        Assert.Single(Changepoints.Find([1, 2, 3, 4]));
        Assert.Empty(Changepoints.Find([]));
    }

    private static double[] Noise(MersenneTwister random, int count, double mean, double deviation)
    {
        var values = new double[count];
        Normal.Samples(random, values, mean, deviation);
        return values;
    }

    private static List<int> Exhaustive(double[] values)
    {
        var n = values.Length;
        var best = Enumerable.Repeat(double.PositiveInfinity, n + 1).ToArray();
        var previous = new int[n + 1];
        best[0] = -15 * Math.Log(n);
        for (var end = 3; end <= n; end++)
        {
            for (var start = 0; start <= end - 3; start++)
            {
                var part = values[start..end];
                var squares = part.Sum(value => (value - part.Average()) * (value - part.Average()));
                var variance = squares / part.Length;
                var cost = best[start] + (part.Length * Math.Log(variance)) + (squares / variance) + (15 * Math.Log(n));
                if (cost < best[end])
                    (best[end], previous[end]) = (cost, start);
            }
        }

        var starts = new List<int>();
        for (var end = n; end > 0; end = previous[end])
            starts.Insert(0, previous[end]);
        return starts;
    }
}
