using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Tuning;

namespace Harness.Experiments.Tests.Tuning;

/// <summary>Rows of searches are judged as those of sweeps are.</summary>
public sealed class SearchEnvironmentTests
{
    [Fact]
    public void TheSentencesAreThoseOfSweeps()
    {
        Evaluation[] rows = [.. Enumerable.Range(1, 8).Select(round => Row("search", round, others: round > 6 ? 500 : 0, probe: round == 3 ? 25 : 10))];
        Measurement[] measured =
        [
            .. rows.Select(row => new Measurement
            {
                Engine = row.Phase, Configuration = row.Configuration, Workload = row.Workload, Program = row.Program, Repetition = row.Round, ExecuteMs = 1, Format = Measurement.CurrentFormat,
                ElapsedMs = row.ElapsedMs!.Value, OthersCpuMs = row.OthersCpuMs!.Value, ProbeBeforeMs = row.ProbeBeforeMs!.Value, ProbeAfterMs = row.ProbeAfterMs!.Value, Machine = row.Machine,
            }),
        ];
        var environment = SearchEnvironment.Of(rows);
        Assert.Equal(Disturbances.DescribeAll(measured), environment.Warnings);
        Assert.StartsWith("Noisy environment: 2 of 8 processes were disturbed", environment.Warnings[0], StringComparison.Ordinal);
        Assert.StartsWith("Slow machine: beside 1 of 8 processes", environment.Warnings[1], StringComparison.Ordinal);
        Assert.Null(environment.Unknown);
    }

    /// <summary>A search that was disturbed chased noise; of a judgement that was, the intervals are wide.</summary>
    [Fact]
    public void PhasesAreToldApart()
    {
        Evaluation[] rows = [.. Enumerable.Range(1, 6).Select(round => Row("search", round, others: round > 2 ? 500 : 0)), .. Enumerable.Range(1, 3).Select(round => Row("confirm", round))];
        var environment = SearchEnvironment.Of(rows);
        Assert.StartsWith("Noisy environment: 4 of 9 processes were disturbed", environment.Warnings[0], StringComparison.Ordinal);
        Assert.Equal("Disturbed processes by phase: search 4 of 6, confirm 0 of 3.", environment.Warnings[1]);
        Assert.Empty(SearchEnvironment.Of([.. rows.Select(row => row with { OthersCpuMs = 0 })]).Sentences);
        Assert.Single(SearchEnvironment.Of([.. rows.Where(row => row.Phase == "search")]).Warnings);
    }

    /// <summary>A program that times several workloads has a row for each, and one process.</summary>
    [Fact]
    public void AProcessCountsOnce()
    {
        var first = Row("search", 1, others: 500);
        Assert.StartsWith("Noisy environment: 1 of 2 processes", Assert.Single(SearchEnvironment.Of([first, first with { Workload = "v" }, first with { Program = "other", OthersCpuMs = 0 }]).Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNotKnownIsSaidAndNotTakenForQuiet()
    {
        var old = new Evaluation { Phase = "search", Round = 1, Configuration = "default", Workload = "w", Status = Evaluation.OkStatus, ExecuteMs = 1 };
        Assert.Equal(["What else the machine did is not known of 1 of 2 rows, which an older version of the harness measured."], SearchEnvironment.Of([old, Row("search", 2)]).Sentences);
        Assert.Empty(SearchEnvironment.Of([]).Sentences);
    }

    private static Evaluation Row(string phase, int round, double others = 0, double probe = 10) => new()
    {
        Phase = phase, Round = round, Configuration = "default", Workload = "w", Program = "w", Status = Evaluation.OkStatus, ExecuteMs = 1,
        ElapsedMs = 1000, StealMs = 0, OthersCpuMs = others, ProbeBeforeMs = probe, ProbeAfterMs = probe, Machine = "a", Format = Measurement.CurrentFormat,
    };
}
