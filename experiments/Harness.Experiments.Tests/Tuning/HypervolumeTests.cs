using Harness.Experiments.Tuning;
using Harness.Experiments.Tuning.Search;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Tests.Tuning;

public sealed class HypervolumeTests
{
    private static readonly SearchSpace Cube = new(
        [.. Enumerable.Range(0, 3).Select(i => new TuningParameter("x" + i, [], 0, 1, Whole: false, Logarithmic: false))]);

    [Fact]
    public void VolumesAreThoseOfUnionsOfBoxes()
    {
        double[][] points = [[1, 3], [2, 2], [3, 1], [3, 3], [5, 0]];
        Assert.Equal(6, Hypervolume.Of(points, [4, 4]));
        Assert.Equal(3, Hypervolume.Of([[1.0], [2.0]], [4]));
        double[][] corners = [[0, 0, 1], [0, 1, 0], [1, 0, 0]];
        Assert.Equal(7, Hypervolume.Of(corners, [2, 2, 2]));
        Assert.Equal(0, Hypervolume.Of([[4.0, 1]], [4, 4]));
    }

    /// <summary>Against the share of random points that are dominated.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void VolumesAreThoseThatCountingFinds(int values)
    {
        var random = new MersenneTwister(values);
        double[][] points = [.. Enumerable.Range(0, 12).Select(_ => random.NextDoubles(values))];
        const int Count = 20_000;
        var dominated = Enumerable.Range(0, Count).Count(_ => random.NextDoubles(values) is var place && points.Any(point => Hypervolume.Dominates(point, place)));
        Assert.Equal((double)dominated / Count, Hypervolume.Of(points, [.. Enumerable.Repeat(1.0, values)]), 0.015);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void WhatAPointAddsIsTheDifferenceOfTwoVolumes(int values)
    {
        var random = new MersenneTwister(values);
        double[][] points = [.. Enumerable.Range(0, 12).Select(_ => random.NextDoubles(values))];
        double[] reference = [.. Enumerable.Repeat(0.9, values)];
        var volume = Hypervolume.Of(points, reference);
        for (var i = 0; i < 50; i++)
        {
            var point = random.NextDoubles(values);
            Assert.Equal(Hypervolume.Of(points.Append(point), reference) - volume, Hypervolume.Added(point, points, reference), 10);
        }

        // What others dominate adds nothing at all, not a rounding error: the order of a list decides among such points.
        Assert.All(points, point => Assert.Equal(0, Hypervolume.Added([.. point.Select(value => (value + 0.9) / 2)], points, reference)));
    }

    /// <summary>The most that an objective can weigh: of that many quantities at odds with each other, hardly any point dominates another one.</summary>
    [Fact]
    public void AFrontOfAllQuantitiesIsSearchedInTime()
    {
        var search = SearchMethods.Create(SearchMethods.OfSeveral, Cube, 1, 120);
        var random = new MersenneTwister(1);
        double[][] best = [[0.2, 0.2, 0.2], [0.8, 0.8, 0.2], [0.8, 0.2, 0.8], [0.2, 0.8, 0.8], [0.5, 0.5, 0.5]];
        List<Observation> history = [.. Enumerable.Range(0, 120).Select(_ =>
        {
            var weights = random.NextDoubles(best.Length);
            double[] point = [.. Enumerable.Range(0, 3).Select(i => best.Zip(weights).Sum(pair => pair.First[i] * pair.Second) / weights.Sum())];
            double[] parts = [.. best.Select(place => place.Zip(point).Sum(pair => Math.Pow(pair.First - pair.Second, 2)))];
            return new Observation(point, parts.Sum(), parts);
        })];
        Assert.Equal(TuningQuantity.All.Count, best.Length);
        Assert.Equal(history.Count, Hypervolume.Front([.. history.Select(observation => observation.AllValues)]).Count);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.All(search.Propose(history), place => Assert.InRange(place, 0, 1));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 60);
    }

    [Fact]
    public void TheFrontIsWhatNothingDominates()
    {
        double[][] points = [[1, 3], [2, 2], [2, 3], [3, 1], [1, 3]];
        Assert.Equal([0, 1, 3, 4], Hypervolume.Front(points));
    }

    [Fact]
    public void WhatAddsMostIsChosenFirst()
    {
        double[][] points = [[1, 9], [2, 8], [5, 5], [9, 1], [6, 6]];
        Assert.Equal(2, Hypervolume.Choose(points, [], 1)[0]);
        Assert.Equal([0, 2, 3], Hypervolume.Choose([points[0], [1.1, 9], points[2], points[3]], [], 3).Order());
        Assert.DoesNotContain(2, Hypervolume.Choose(points, [[4, 4]], 2));
        Assert.Equal([0, 1], Hypervolume.Choose([[5, 5], [6, 6]], [[1, 1]], 5));
    }

    /// <summary>Two quantities that are smallest at different points: the front is the line between, and a search should cover it.</summary>
    [Fact]
    public void AFrontIsCoveredBetterThanByRandomPointsAtEqualCost()
    {
        double[] reference = [1.2, 1.2];
        var gap = Median("hypervolume") / Median("random");
        Assert.True(gap < 0.6, FormattableString.Invariant($"what is missing of the volume is {gap:0.00} of what random points miss"));

        double Median(string method) => Enumerable.Range(1, 5).Select(seed =>
        {
            var search = SearchMethods.Create(method, Cube, seed, 30);
            var noise = new MersenneTwister(seed);
            var history = new List<Observation>();
            for (var i = 0; i < 30; i++)
            {
                var point = search.Propose(history);
                double[] parts = [.. Quantities(point).Select(value => value + Normal.Sample(noise, 0, 0.02))];
                history.Add(new Observation(point, parts.Sum(), parts));
            }

            return BestVolume(reference) - Hypervolume.Of(history.Select(observation => Quantities(observation.Point)), reference);
        }).Median();

        double BestVolume(double[] limit) => Hypervolume.Of(Enumerable.Range(0, 2001).Select(i => Quantities([0.2 + (0.6 * i / 2000), 0.5, 0.3])), limit);
    }

    private static double[] Quantities(double[] x)
    {
        var aside = Math.Pow(x[1] - 0.5, 2) + Math.Pow(x[2] - 0.3, 2);
        return [Math.Abs(x[0] - 0.2) + aside, Math.Abs(x[0] - 0.8) + aside];
    }
}
