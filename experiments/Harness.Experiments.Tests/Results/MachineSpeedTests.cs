using System.Diagnostics;
using System.Runtime;
using Harness.Experiments.Results;

namespace Harness.Experiments.Tests.Results;

/// <summary>How fast the machine itself is, and which one that is.</summary>
public sealed class MachineSpeedTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void AProbeDoesAllItsWorkAndTakesLittleTime()
    {
        var probe = new MachineSpeedProbe();
        var result = probe.Result;
        Assert.NotEqual(0UL, result);
        var (piece, all) = (double.MaxValue, double.MaxValue);
        for (var i = 0; i < 10; i++)
        {
            var start = Stopwatch.GetTimestamp();
            piece = Math.Min(piece, probe.Take());
            all = Math.Min(all, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            Assert.Equal(result, probe.Result);
        }

        // In less than the first no processor does the computation alone, three million cycles at least; the rest is for machines that are busy with other tests.
        Assert.InRange(piece, 0.4, 50);
        Assert.InRange(all, piece, 250);
        Assert.Equal(result, new MachineSpeedProbe().Result);
    }

    /// <summary>Else the first processes of a sweep would be beside a slow machine.</summary>
    [Fact]
    public void NothingIsCompiledWhileItMeasures()
    {
        var probe = new MachineSpeedProbe();
        _ = JitInfo.GetCompiledMethodCount(currentThread: true);
        var before = JitInfo.GetCompiledMethodCount(currentThread: true);
        probe.Take();
        Assert.Equal(before, JitInfo.GetCompiledMethodCount(currentThread: true));
    }

    [Theory]
    [InlineData(1, 2, true)]
    [InlineData(0, 2, false)]
    [InlineData(1, 0, false)]
    [InlineData(double.NaN, 1, false)]
    [InlineData(1, double.PositiveInfinity, false)]
    [InlineData(-1, 1, false)]
    public void ATimeIsFiniteAndAboveZero(double before, double after, bool isKnown) => Assert.Equal(isKnown, new MachineSpeed("a", before, after).IsKnown);

    [Fact]
    public void AMachineIsNamedByItsStart()
    {
        _root.Write("proc/sys/kernel/random/boot_id", "0f3a9c51-7b1e-4c7e-9d5c-6a1b2c3d4e5f\n");
        Assert.Equal("0f3a9c51", MachineBoot.Of(_root.Path));
    }

    [Fact]
    public void AMachineThatDoesNotTellIsLikeNoOther() => Assert.NotEqual(MachineBoot.Of(_root.Path), MachineBoot.Of(_root.Path));
}
