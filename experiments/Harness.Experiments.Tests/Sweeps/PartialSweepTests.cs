using Harness.Experiments.Reports;
using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Tests.Sweeps;

/// <summary>A sweep that is measured program by program is the same in the end as one that is measured at once.</summary>
public sealed class PartialSweepTests : IDisposable
{
    private const string Text = """
        workloads: [two-targets, recursion]
        configurations: [{name: plain}]
        repetitions: 1
        timed-calls: 1
        warm-up: {calls: 2, window: 2, milliseconds: 0, limit-milliseconds: 0}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WhatWasMeasuredAloneBeforeStaysDescribed()
    {
        var results = new ResultsFolder(_folder.File("results"));
        Measure("two-targets", results);
        Measure("recursion", results);
        Assert.Equal(["two-targets", "recursion"], DurableCsv<Measurement>.Read(results.Results).Select(row => row.Workload));
        Assert.Equal(["two-targets", "recursion"], Provenance.Read(results.Provenance)!.Workloads!.Select(workload => workload.Name));
    }

    [Fact]
    public void TheSettingsOfTheMachineAreThoseOfTheBeginningAndOfEachRun()
    {
        var results = new ResultsFolder(_folder.File("results"));
        Measure("two-targets", results);
        var first = Provenance.Read(results.Provenance)!;
        Assert.NotNull(first.Environment);
        Assert.Equal(first.Environment, Assert.Single(first.Runs).Environment);

        // As results have it from before runs had their own, of a machine that was another one.
        var before = new EnvironmentDescription { Governor = "powersave", Load = 7 };
        (first with { Environment = before, Runs = [first.Runs[0] with { Environment = null }] }).Write(results.Provenance);
        Assert.Equal([before], Provenance.Read(results.Provenance)!.Environments);
        Measure("recursion", results);
        var second = Provenance.Read(results.Provenance)!;
        Assert.Equal(before, second.Environment);
        Assert.Equal(2, second.Runs.Count);
        Assert.Null(second.Runs[0].Environment);
        Assert.NotNull(second.Runs[1].Environment);
        Assert.Equal([before, second.Runs[1].Environment!], second.Environments);
        Assert.Contains(Cautions.OfEnvironment(second), caution => caution.StartsWith("The load was 7.00 when a run began", StringComparison.Ordinal));
    }

    private static void Measure(string workload, ResultsFolder results)
    {
        var sweep = TestSweeps.Read(Text);
        var part = sweep with { Workloads = [.. sweep.Workloads.Where(candidate => candidate.Name == workload)], Programs = [.. sweep.Programs.Where(program => program.Name == workload)] };
        Assert.Empty(new SweepRunner(part, results).Run(new RecordedProgress()));
    }
}
