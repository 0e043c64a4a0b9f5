using Harness.Experiments.Tuning;

namespace Harness.Experiments.Tests.Tuning;

/// <summary>A search over the knobs of the Dart compiler: each candidate has a module of its own.</summary>
public sealed class LoweringEvaluationTests
{
    [Fact]
    public void CandidatesAreCompiledAndMeasured()
    {
        var evaluator = new ProcessEvaluator(TestTuning.Read("knobs: {dart.dispatch: {}, dart.inline: {high: 100}}\ntrain: [dart-queens]\nbudget: {processes: 99}"));
        Assert.Contains("compiler dart", evaluator.Fingerprints().Keys);
        var process = new EvaluationProcess("search", 1, "a", "dart-queens", ["dart-queens"]);
        foreach (var knobs in (Dictionary<string, string>[])[[], new() { ["dart.dispatch"] = "vtable-fields", ["dart.inline"] = "40" }])
        {
            Assert.Equal(Evaluation.OkStatus, Assert.Single(evaluator.Evaluate(process, knobs)).Status);
        }
    }

    [Fact]
    public void WhatIsNotCompiledHasNothingToSearch()
    {
        var mistake = Assert.Throws<HarnessException>(() => new ProcessEvaluator(TestTuning.Read("knobs: {dart.dispatch: {}}\ntrain: [two-targets]\nbudget: {processes: 99}")));
        Assert.Equal("knob 'dart.dispatch' says how Dart programs are compiled, and what is measured is none; leave it out", mistake.Message);
    }
}
