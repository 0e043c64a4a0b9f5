using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;
using Harness.Experiments.Commands;
using Harness.Experiments.Engines;
using Harness.Experiments.Explaining;
using Harness.Experiments.Tests.Results;

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
        Assert.True(difference.CyclesSaved > 0);
        Assert.NotNull(difference.NodesAdded);
        Assert.StartsWith("inlined behind a check of the target", difference.A.Reason, StringComparison.Ordinal);
    }

    /// <summary>Both inline both targets; one leaves the code for a third, and the other calls it.</summary>
    [Fact]
    public void ACallForWhichOnlyOneLeavesTheCodeIsADifference()
    {
        var differences = DecisionDifference.Between(Explain([]), Explain(new() { ["deopt.min-calls"] = "1000000000" }));
        Assert.Equal(["add", "sub"], differences.Select(difference => difference.Target).Order());
        Assert.All(differences, difference => Assert.Equal(
            (true, "inlined behind a check of the target", true, "inlined behind a check of the target, never deoptimizes"),
            (difference.A!.IsInlined, difference.A.Reason, difference.B!.IsInlined, difference.B.Reason)));
    }

    [Fact]
    public void TheTableSaysHowManyDiffer() => Assert.Contains(
        DiffDecisionsCommand.MakeTable(Explain([]), Explain(new() { ["inlining"] = "off" })).Notes, note => note.EndsWith("decided differently.", StringComparison.Ordinal));

    [Fact]
    public void AConfigurationMayBeAFile()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("own.yaml", "inlining: off\ntiering.budget: 100000\nv8.liftoff: off\n");
        var (exitCode, output, _) = HarnessProcess.Run("diff-decisions", "tiering.budget=100000", file, Path.Combine(ProjectLayout.Workloads, "two-targets.wat"), "1000000", "--repeat", "2");
        Assert.Equal(0, exitCode);
        Assert.Contains("decided differently.", output, StringComparison.Ordinal);
        Assert.Contains("inlined behind a check of the target", output, StringComparison.Ordinal);
    }

    /// <summary>Provenance has the value of every knob, most of them the defaults, and what other engines are told besides.</summary>
    [Fact]
    public void AConfigurationMayBeOneOfResults()
    {
        using var folder = new TemporaryFolder();
        Dictionary<string, string> quick = new() { ["tiering.budget"] = "100000", ["v8.liftoff"] = "off", ["dart.dispatch"] = "vtable-fields" };
        Dictionary<string, string> without = new() { ["tiering.budget"] = "100000", ["inlining"] = "off" };
        var results = SyntheticResults.Write(
            folder.File("sweep"), ["ours"], new Dictionary<string, Dictionary<string, string>> { ["quick"] = KnobCatalog.Complete(quick).ToDictionary(), ["without: all"] = KnobCatalog.Complete(without).ToDictionary() }, ["two-targets"], 1, _ => 10);
        Assert.Equal(new Dictionary<string, string> { ["tiering.budget"] = "100000", ["dart.dispatch"] = "vtable-fields" }, ConfigurationArgument.Read($"{results.Path}:quick"));
        Assert.Equal(without, ConfigurationArgument.Read($"{results.Path}:without: all"));
        Assert.Equal(new Dictionary<string, string> { ["inlining.model"] = "built-in" }, ConfigurationArgument.Read("inlining.model=built-in"));
        var (exitCode, output, _) = HarnessProcess.Run("diff-decisions", "tiering.budget=100000", $"{results.Path}:without: all", Path.Combine(ProjectLayout.Workloads, "two-targets.wat"), "1000000", "--repeat", "2");
        Assert.Equal(0, exitCode);
        Assert.Contains("decided differently.", output, StringComparison.Ordinal);
    }

    /// <summary>Virtual calls are through a table by default, and calls of references where objects have their class's functions.</summary>
    [Theory]
    [InlineData("tiering.budget=100000", "call_indirect")]
    [InlineData("dart.dispatch=vtable-fields,tiering.budget=100000", "call_ref")]
    public void ProgramsAreCompiledAsBothSay(string configuration, string instruction)
    {
        var (exitCode, output, _) = HarnessProcess.Run("diff-decisions", configuration, configuration + ",inlining=off", "dart-receivers-4");
        Assert.Equal(0, exitCode);
        Assert.Contains($" {instruction} ", output, StringComparison.Ordinal);
    }

    /// <summary>The policies that ask for no estimate decide the same without it.</summary>
    [Theory]
    [InlineData("v8")]
    [InlineData("separate-budgets")]
    [InlineData("benefit")]
    public void EveryDecisionHasItsEstimateWhateverThePolicyAsks(string policy)
    {
        var decided = Explain(new() { ["inlining.policy"] = policy }).Functions
            .SelectMany(function => function.Compilations).SelectMany(compilation => compilation.Inlining).SelectMany(site => site.Targets).ToList();
        Assert.NotEmpty(decided);
        Assert.All(decided, target => Assert.True(target is { CyclesSaved: > 0, NodesAdded: not null }));
        Assert.Contains(DiffDecisionsCommand.MakeTable(Explain(new() { ["inlining.policy"] = policy }), Explain(new() { ["inlining"] = "off" })).Rows, row => row[6] is > 0.0 && row[7] is double);
    }

    private static Explanation Explain(Dictionary<string, string> knobs) => ExplainCommand.ExplainModule(
        Path.Combine(ProjectLayout.Workloads, "two-targets.wat"), "main", ["1000000"], 2,
        EngineOptions.FromDictionary(new Dictionary<string, string>(knobs) { ["tier-up"] = "synchronous", ["tiering.budget"] = "100000" }), new RecorderOptions(), new HashSet<string>());
}
