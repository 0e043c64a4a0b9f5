using Harness.Experiments.Reports;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Tests.Results;

namespace Harness.Experiments.Tests.Statistics;

public sealed class DifferenceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void FewPairsTellNothingOfWhatCouldHaveBeenDetected()
    {
        Assert.True(double.IsNaN(Difference.Between(Sample.Of(10), Sample.Of(5)).DetectableEffect));
        Assert.True(double.IsNaN(Difference.Between(Sample.Of(10, 11, 12, 13, 14), Sample.Of(5, 6, 5, 6, 5)).DetectableEffect));
        Assert.InRange(Difference.Between(Sample.Of(10, 11, 12, 13, 14, 15), Sample.Of(5, 6, 5, 6, 5, 6)).DetectableEffect, 1.01, 3);

        // Of seven repetitions each, two are of the same round.
        var first = new Sample(Enumerable.Range(1, 7).Select(round => (round, 10.0 + round)));
        var second = new Sample(Enumerable.Range(6, 7).Select(round => (round, 9.0 + round)));
        Assert.True(double.IsNaN(Difference.Between(first, second).DetectableEffect));
    }

    [Theory]
    [InlineData(1, "–")]
    [InlineData(5, "–")]
    [InlineData(6, "x")]
    public void ThereTheSummaryHasADash(int repetitions, string end)
    {
        var results = SyntheticResults.Pair(_folder.File("results"), 1.5, repetitions: repetitions, workloads: "alpha");
        var (sweep, summary) = ReportWriter.Summarize(results);
        var lines = SummaryReport.Create(sweep, summary, Provenance.Read(results.Provenance), failures: []).Split('\n').Where(line => line.StartsWith("| Program alpha |", StringComparison.Ordinal)).Select(line => line.Split('|')).ToList();
        Assert.Equal("", lines.Single(line => line[2].Trim() == "base")[9].Trim());
        Assert.EndsWith(end, lines.Single(line => line[2].Trim() == "fast")[9].Trim(), StringComparison.Ordinal);
    }
}
