using Harness.Experiments.Statistics;
using MathNet.Numerics.Distributions;

namespace Harness.Experiments.Tests.Statistics;

public sealed class KernelDensityTests
{
    [Fact]
    public void ItIsADensityAndLikeThatOfTheDistribution()
    {
        var density = new KernelDensity([.. Enumerable.Range(0, 2000).Select(i => Normal.InvCDF(10, 2, (i + 0.5) / 2000))]);
        var (low, high) = density.Support;
        const int steps = 400;
        var width = (high - low) / steps;
        Assert.InRange(Enumerable.Range(0, steps).Sum(i => density.At(low + ((i + 0.5) * width)) * width), 0.98, 1.001);
        foreach (var place in (double[])[6, 8, 10, 12, 14])
        {
            Assert.InRange(density.At(place) / Normal.PDF(10, 2, place), 0.93, 1.07);
        }
    }

    [Fact]
    public void TwoModesStayTwo()
    {
        var density = new KernelDensity([.. Enumerable.Range(0, 10).Select(i => 37 + (0.05 * i)), .. Enumerable.Range(0, 11).Select(i => 61 + (0.05 * i))]);
        Assert.True(density.At(49) < density.At(37.2) / 2);
        Assert.True(density.At(49) < density.At(61.2) / 2);
    }

    [Fact]
    public void EqualValuesHaveADensityToo()
    {
        var density = new KernelDensity([5, 5, 5, 5, 5, 5]);
        Assert.True(double.IsFinite(density.At(5)) && density.At(5) > 0);
        Assert.True(density.Support.Low < 5 && density.Support.High > 5);
    }
}
