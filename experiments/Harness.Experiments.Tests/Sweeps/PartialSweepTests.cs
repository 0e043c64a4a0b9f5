using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Tests.Sweeps;

/// <summary>A sweep that is measured program by program is the same in the end as one that is measured at once.</summary>
public sealed class PartialSweepTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void WhatWasMeasuredAloneBeforeStaysDescribed()
    {
        var sweep = TestSweeps.Read("""
            workloads: [two-targets, recursion]
            configurations: [{name: plain}]
            repetitions: 1
            timed-calls: 1
            warm-up: {calls: 2, window: 2, milliseconds: 0, limit-milliseconds: 0}
            """);
        var results = new ResultsFolder(folder.File("results"));
        foreach (var name in (string[])["two-targets", "recursion"])
        {
            var part = sweep with { Workloads = [.. sweep.Workloads.Where(workload => workload.Name == name)], Programs = [.. sweep.Programs.Where(program => program.Name == name)] };
            Assert.Empty(new SweepRunner(part, results).Run(new RecordedProgress()));
        }

        Assert.Equal(["two-targets", "recursion"], DurableCsv<Measurement>.Read(results.Results).Select(row => row.Workload));
        Assert.Equal(["two-targets", "recursion"], Provenance.Read(results.Provenance)!.Workloads!.Select(workload => workload.Name));
    }
}
