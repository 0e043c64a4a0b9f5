using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Tuning;

namespace Harness.Experiments.Tests.Tuning;

public sealed class TuningCostTests
{
    /// <summary>Two programs are searched on and two held out; of one of each nothing is known, and they are taken to be like the average of the others.</summary>
    [Fact]
    public void TimeGoesByEarlierProcesses()
    {
        var seconds = new Dictionary<string, double> { ["two-targets"] = 2, ["recursion"] = 4, ["sort-two-orders"] = 100 };
        var cost = new TuningCost(TestTuning.Read(TestTuning.Text), seconds);
        Assert.Equal(11 * ((4 * 2) + (2 * 4)), cost.JudgementProcesses);
        Assert.Equal(400 * 2.5, cost.Search!.Value.TotalSeconds, 1e-6);
        Assert.Equal(11 * ((4 * 5) + (2 * (5 + 7))), cost.Judgement!.Value.TotalSeconds, 1e-6);
        Assert.Equal("about 17 minutes for the search and at most 8 minutes for the judgement, by earlier processes of 2 of 4 programs on this engine", cost.Describe());
        var limited = TestTuning.Read(TestTuning.Text.Replace("processes: 400", "processes: 400, minutes: 5", StringComparison.Ordinal));
        Assert.Equal(300, new TuningCost(limited, seconds).Search!.Value.TotalSeconds, 1e-6);
    }

    [Fact]
    public void WhatIsNotKnownIsSaid()
    {
        var nothing = new Dictionary<string, double>();
        Assert.Equal("how long it takes is not known: none of the programs was measured on this engine before", new TuningCost(TestTuning.Read(TestTuning.Text), nothing).Describe());
        var minutes = TestTuning.Read(TestTuning.Text.Replace("processes: 400", "minutes: 30", StringComparison.Ordinal));
        Assert.Equal("about 30 minutes for the search; how long the judgement takes is not known: none of the programs was measured on this engine before", new TuningCost(minutes, nothing).Describe());
    }

    [Fact]
    public void AProcessCountsOnceOnItsEngine()
    {
        Measurement row = new() { Engine = "v8", Configuration = "a", Workload = "w/1", Program = "w", Repetition = 1, ExecuteMs = 1, ElapsedMs = 2500 };
        var seconds = SweepEstimate.SecondsByProgram([row, row with { Workload = "w/2" }, row with { Repetition = 2, ElapsedMs = 500 }, row with { Engine = "ours" }, row with { Repetition = 3, ElapsedMs = 0 }], "v8");
        Assert.Equal([2.5, 0.5], seconds["w"]);
    }
}
