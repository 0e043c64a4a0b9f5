using Harness.Experiments.Tuning;

namespace Harness.Experiments.Tests.Tuning;

public sealed class TrialHistoryTests
{
    private static readonly TuningObjective Objective = new(new Dictionary<TuningQuantity, double> { [TuningQuantity.Time] = 1, [TuningQuantity.Code] = 0.5 });

    private static Trial Make(double score, double time, double code) =>
        Trial.Unmeasured(new Dictionary<string, string> { ["deopt.limit"] = "3" }, [0.5]) with
        {
            Score = score,
            Objective = double.IsFinite(score) ? score : double.NaN,
            Ratios = new TuningRatios(new Dictionary<TuningQuantity, double> { [TuningQuantity.Time] = Math.Exp(time), [TuningQuantity.Code] = Math.Exp(code), [TuningQuantity.Compile] = 1 }),
        };

    [Theory]
    [InlineData(0.2)]
    [InlineData(5)]
    public void NoFailureIsAboveACandidateThatWorked(double worst)
    {
        Trial[] trials = [Make(-0.1, -0.2, 0.1), Make(double.PositiveInfinity, double.NaN, double.NaN), Make(worst, worst, -0.1), Make(double.PositiveInfinity, -3, -3)];
        var history = TrialHistory.Of(Objective, trials);
        foreach (var failure in (int[])[1, 3])
        {
            foreach (var valid in (int[])[0, 2])
            {
                Assert.True(history[failure].Value > history[valid].Value);
                Assert.Equal(2, history[failure].AllValues.Count);
                Assert.All(history[failure].AllValues.Zip(history[valid].AllValues), pair => Assert.True(pair.First > pair.Second));
            }

            Assert.True(double.IsFinite(history[failure].Value) && history[failure].Value >= 1);
        }

        Assert.Equal((-0.1, worst), (history[0].Value, history[2].Value));
    }

    [Fact]
    public void WhatABrokenConstraintAddsIsInEveryQuantity()
    {
        var allowed = Make(-0.1, -0.2, 0.1);
        var broken = allowed with { Score = 0.5 };
        Assert.Equal(0.6, broken.Penalty, 10);
        Assert.False(broken.IsFeasible);
        Assert.Equal([-0.2, 0.1], TrialHistory.PartsOf(Objective, allowed).Select(part => Math.Round(part, 10)));
        Assert.Equal([0.4, 0.7], TrialHistory.PartsOf(Objective, broken).Select(part => Math.Round(part, 10)));
    }

    [Fact]
    public void WhereAllFailTheyAreAlike()
    {
        Trial[] trials = [Make(double.PositiveInfinity, double.NaN, double.NaN), Make(double.PositiveInfinity, double.NaN, double.NaN)];
        Assert.Single(TrialHistory.Of(Objective, trials).Select(observation => observation.Value).Distinct());
        Assert.Empty(TrialHistory.Of(Objective, []));
    }
}
