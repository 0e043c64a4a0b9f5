using Harness.Experiments.Charts;
using Harness.Experiments.Commands;
using Harness.Experiments.Reports;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Results;
using Harness.Experiments.Tests.Results;

namespace Harness.Experiments.Tests.Sweeps;

/// <summary>What is said of results is about the repetitions that were measured, also where the command line asked for fewer than the sweep file.</summary>
public sealed class FewerRepetitionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(3, "3")]
    [InlineData(7, "7")]
    public void WhatWasMeasuredIsSaid(int repetitions, string processes)
    {
        var results = SyntheticResults.Pair(_folder.File("results"), 1.5, repetitions: repetitions);
        File.WriteAllText(results.Sweep, File.ReadAllText(results.Sweep).Replace($"repetitions: {repetitions}\n", "repetitions: 21\n", StringComparison.Ordinal));
        var (sweep, summary) = ReportWriter.Summarize(results);
        Assert.Equal(21, sweep.Repetitions);
        Assert.Contains($"Every repetition ({processes} processes a row)", SweepChart.Create(ChartKind.Dots, sweep, summary).Subtitle, StringComparison.Ordinal);
        Assert.Equal(repetitions < 6, Cautions.OfResults(summary, Provenance.Read(results.Provenance), []).Any(caution => caution.StartsWith($"With {processes} repetitions there are no intervals", StringComparison.Ordinal)));
        Assert.Equal(repetitions < 6, RankTable.Create(sweep, summary, ["ours"]).Notes.Any(note => note.StartsWith("With fewer than 6 repetitions", StringComparison.Ordinal)));
    }

    [Fact]
    public void CellsWithFewerThanOthersAreSaidToHaveThem()
    {
        var results = SyntheticResults.Pair(_folder.File("results"), 1.5, repetitions: 7);
        Measurement[] rows = [.. MeasurementFile.Read(results.Results).Where(row => row.Repetition < 7 || row.Workload != "beta")];
        File.Delete(results.Results);
        using (var csv = DurableCsv<Measurement>.Open(results.Results, out _))
        {
            csv.Append(rows);
        }

        var (sweep, summary) = ReportWriter.Summarize(results);
        Assert.Contains("(6 to 7 processes a row)", SweepChart.Create(ChartKind.Dots, sweep, summary).Subtitle, StringComparison.Ordinal);
    }

    [Fact]
    public void ASweepOfFewRepetitionsIsReportedWhereTwoConfigurationsAreTheSame()
    {
        var sweep = TestSweeps.Read("""
            workloads: [two-targets]
            configurations: [{name: one}, {name: same}]
            timed-calls: 1
            warm-up: {calls: 2, window: 2, milliseconds: 0, limit-milliseconds: 0}
            """);
        var results = new ResultsFolder(_folder.File("results"));
        Assert.Equal(0, SweepCommand.Run(sweep with { Repetitions = 1 }, results, restart: false));
        var text = File.ReadAllText(results.Summary);
        Assert.Contains("medians of 1 processes", text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("With 1 repetition there are no intervals", text, StringComparison.Ordinal);
        Assert.DoesNotContain("not finished", text, StringComparison.Ordinal);
        Assert.NotNull(Provenance.Read(results.Provenance)!.FinishedUtc);
    }
}
