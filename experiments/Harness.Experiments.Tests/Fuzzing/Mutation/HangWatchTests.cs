using Harness.Experiments.Fuzzing.Mutation;

namespace Harness.Experiments.Tests.Fuzzing.Mutation;

/// <summary>Modules that take far longer than others of their size.</summary>
public class HangWatchTests
{
    private const long Millisecond = 1_000_000;

    private long _now;

    [Theory]
    [InlineData(1000, 19.0, false)]
    [InlineData(1000, 21.0, true)]
    [InlineData(10, 19.0, false)]
    [InlineData(10, 21.0, true)]
    [InlineData(60_000, 19.0, false)]
    [InlineData(60_000, 21.0, true)]
    public void WhatTakesTwentyTimesTheFitHangs(int bytes, double factor, bool hangs)
    {
        var watch = Practised();
        var expected = CostOf(bytes);
        var verdict = watch.Watch("compile", bytes, () => _now += (long)(factor * expected));
        Assert.Equal(hangs, verdict is not null);
        if (hangs)
        {
            Assert.Equal($"error: hang: {(long)(factor * expected) / Millisecond} ms of processor time for {bytes} bytes, 21 times what others of that size take", verdict);
        }
    }

    [Fact]
    public void AHangIsAFindingOfItsKind()
    {
        var one = MutantFinding.OfFault(Practised().Watch("compile", 500, () => _now += 900 * Millisecond)!, null);
        var other = MutantFinding.OfFault(Practised().Watch("compile", 70, () => _now += 700 * Millisecond)!, null);
        Assert.Equal("hang", one!.Kind);
        Assert.Equal(one.Key, other!.Key);
    }

    [Fact]
    public void WhatWasDisturbedOnceDoesNotHang()
    {
        var watch = Practised();
        var attempts = 0;
        Assert.Null(watch.Watch("compile", 1000, () => _now += attempts++ == 0 ? 10_000 * Millisecond : CostOf(1000)));
        Assert.Equal(2, attempts);
    }

    [Fact]
    public void NothingIsJudgedByFewOthersOrByOtherWorkOrBelowTheLeastTime()
    {
        Assert.Null(new HangWatch(() => _now).Watch("compile", 10, () => _now += 10_000 * Millisecond));
        Assert.Null(Practised().Watch("decode", 10, () => _now += 10_000 * Millisecond));
        var quick = new HangWatch(() => _now);
        for (var i = 0; i < HangWatch.LeastModules; i++)
        {
            quick.Watch("decode", 100, () => _now += 1000);
        }

        Assert.Null(quick.Watch("decode", 100, () => _now += HangWatch.LeastTime));
        Assert.NotNull(quick.Watch("decode", 100, () => _now += HangWatch.LeastTime + 1));
    }

    [Fact]
    public void WhatHangsDoesNotMakeTheFitGenerous()
    {
        var watch = Practised();
        for (var i = 0; i < 1000; i++)
        {
            Assert.NotNull(watch.Watch("compile", 1000, () => _now += 25 * CostOf(1000)));
        }
    }

    /// <summary>One that has seen modules of many sizes.</summary>
    private HangWatch Practised()
    {
        var watch = new HangWatch(() => _now);
        for (var bytes = 1; bytes <= HangWatch.LeastModules; bytes++)
        {
            Assert.Null(watch.Watch("compile", bytes * 40, () => _now += CostOf(bytes * 40)));
        }

        return watch;
    }

    private static long CostOf(int bytes) => (3 * Millisecond) + (bytes * 10_000L);
}
