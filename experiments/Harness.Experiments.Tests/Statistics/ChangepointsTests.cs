using Harness.Experiments.Statistics;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;
using Perfolizer.Mathematics.Cpd;

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

    [Fact]
    public void ALibraryFindsTheSameWithTheSameCosts()
    {
        var random = new MersenneTwister(5);
        for (var i = 0; i < 200; i++)
        {
            double[] values = [.. Noise(random, 3 + random.Next(20), 14, 1), .. Noise(random, 3 + random.Next(20), 10, 1), .. Noise(random, 3 + random.Next(20), 12, 1)];
            Assert.Equal(Changepoints.Find(values).Select(segment => segment.Start), StartsOf(new NormalPelt(), values));
        }
    }

    [Fact]
    public void WhatALibraryOffersIsNoSubstitute()
    {
        // The penalty of ED-PELT is fixed, and so small that it takes noise for change. METHODOLOGY.md has these reasons.
        var random = new MersenneTwister(1);
        Assert.InRange(Enumerable.Range(0, 200).Count(_ => StartsOf(EdPeltChangePointDetector.Instance, Noise(random, 100, 10, 0.3)).Count > 1), 40, 200);

        // The library's search with these costs gives up a change at once that is no longer worth it, although, where segments have a least length, the next one cannot begin yet.
        var worse = 0;
        for (var i = 0; i < 1_000; i++)
        {
            double[] values = [.. Noise(random, 3 + random.Next(15), 10, 1), .. Noise(random, 3 + random.Next(12), 10, 0.005), .. Noise(random, 1 + random.Next(2), 10 + random.Next(12), 1)];
            if (StartsOf(new NormalPelt(), values) is var starts && !starts.SequenceEqual(Changepoints.Find(values).Select(segment => segment.Start)))
            {
                Assert.Equal(Exhaustive(values), Changepoints.Find(values).Select(segment => segment.Start));
                worse++;
            }
        }

        Assert.InRange(worse, 1, 1_000);
    }

    private static List<int> StartsOf(PeltChangePointDetector detector, double[] values) => [0, .. detector.GetChangePointIndexes(values, 3).Select(last => last + 1)];

    /// <summary>Perfolizer's search with the costs of the normal distribution and the penalty of Barrett et al.</summary>
    private sealed class NormalPelt : PeltChangePointDetector
    {
        public override ICostCalculator CreateCostCalculator(double[] data) => new Costs(data);

        private sealed class Costs(double[] values) : ICostCalculator
        {
            public double Penalty { get; } = 15 * Math.Log(values.Length);

            public double GetCost(int tau0, int tau1, int tau2) => CostOf(values, tau1, tau2);
        }
    }

    private static double CostOf(double[] values, int start, int end)
    {
        var part = values[start..end];
        var mean = part.Average();
        var squares = part.Sum(value => (value - mean) * (value - mean));
        var least = 1e-3 * MathNet.Numerics.Statistics.ArrayStatistics.MedianInplace([.. values]);
        var variance = Math.Max(squares / part.Length, least * least);
        return (part.Length * Math.Log(variance)) + (squares / variance);
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
                var cost = best[start] + CostOf(values, start, end) + (15 * Math.Log(n));
                if (cost < best[end])
                {
                    (best[end], previous[end]) = (cost, start);
                }
            }
        }

        var starts = new List<int>();
        for (var end = n; end > 0; end = previous[end])
        {
            starts.Insert(0, previous[end]);
        }

        return starts;
    }
}
