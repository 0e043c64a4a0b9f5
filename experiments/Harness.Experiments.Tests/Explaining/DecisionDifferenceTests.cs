using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;
using Harness.Experiments.Commands;
using Harness.Experiments.Explaining;

namespace Harness.Experiments.Tests.Explaining;

public sealed class DecisionDifferenceTests
{
    [Fact]
    public void TheSameConfigurationDecidesAlike() => Assert.Empty(DecisionDifference.Between(Explain([]), Explain([])));

    [Fact]
    public void WhatOnlyOneInlinesHasReasonCostAndGain()
    {
        var difference = DecisionDifference.Between(Explain([]), Explain(new() { ["inlining.call-indirect"] = "off" }))[0];
        Assert.True(difference.A!.IsInlined);
        Assert.False(difference.B?.IsInlined ?? false);
        Assert.True(difference.Calls > 0);
        Assert.True(difference.WireBytes > 0);
        Assert.StartsWith("inlined behind a check of the target", difference.A.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void TheTableSaysHowManyDiffer() => Assert.Contains(
        DiffDecisionsCommand.MakeTable(Explain([]), Explain(new() { ["inlining"] = "off" })).Notes, note => note.EndsWith("decided differently.", StringComparison.Ordinal));

    private static Explanation Explain(Dictionary<string, string> knobs) => ExplainCommand.ExplainModule(
        Path.Combine(ProjectLayout.Workloads, "two-targets.wat"), "main", ["1000000"], 2,
        EngineOptions.FromDictionary(new Dictionary<string, string>(knobs) { ["tier-up"] = "synchronous", ["tiering.budget"] = "100000" }), new RecorderOptions(), new HashSet<string>());
}
