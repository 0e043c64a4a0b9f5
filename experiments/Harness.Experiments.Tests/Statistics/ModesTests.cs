using Harness.Experiments.Statistics;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace Harness.Experiments.Tests.Statistics;

public sealed class ModesTests
{
    [Fact]
    public void TwoGroupsAreFound()
    {
        var modes = Modes.Find(Sample.Of([36.1, 36.5, 37.0, 37.2, 36.8, 36.9, .. Enumerable.Range(0, 15).Select(i => 60 + (i * 0.15))]));
        Assert.NotNull(modes);
        Assert.Equal((6, 15), (modes.LowCount, modes.HighCount));
        Assert.InRange(modes.Low, 36, 38);
        Assert.InRange(modes.High, 60, 63);
    }

    /// <summary>Between the middle two where a group has an even number, as all medians are.</summary>
    [Fact]
    public void GroupsAreNamedByTheirMedians()
    {
        var modes = Modes.Find(Sample.Of([10, 10.1, 10.3, 10.4, 20, 20.1, 20.3, 20.4, 20.5]));
        Assert.NotNull(modes);
        Assert.Equal((4, 5), (modes.LowCount, modes.HighCount));
        Assert.Equal(10.2, modes.Low, 9);
        Assert.Equal(20.3, modes.High, 9);
        Assert.Equal(20.2, Modes.Find(Sample.Of([10, 10.1, 10.3, 20, 20.1, 20.3, 20.4]))!.High, 9);
    }

    [Fact]
    public void OneOrTwoOutliersAreNoGroup() => Assert.Null(Modes.Find(Sample.Of([90, 91, .. Enumerable.Range(0, 19).Select(i => 60 + (i * 0.1))])));

    [Fact]
    public void GroupsThatAreNextToEachOtherDoNotMatter() =>
        Assert.Null(Modes.Find(Sample.Of([.. Enumerable.Repeat(100.0, 10), .. Enumerable.Repeat(101.0, 11)])));

    [Fact]
    public void NormalSamplesRarelySeemToHaveTwo()
    {
        var random = new MersenneTwister(1);
        var found = 0;
        for (var i = 0; i < 2000; i++)
        {
            var values = new double[21];
            Normal.Samples(random, values, 100, 10);
            found += Modes.Find(Sample.Of(values)) is null ? 0 : 1;
        }

        Assert.InRange(found, 0, 20);
    }
}
