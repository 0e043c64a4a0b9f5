using Harness.Experiments.Reports;
using Harness.Experiments.Results;
using Harness.Experiments.Tests.Results;

namespace Harness.Experiments.Tests.Reports;

/// <summary>What <c>summary.md</c> says of results beside their numbers.</summary>
public sealed class SummaryReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AllThatIsToBeCarefulOfIsSaid()
    {
        var results = SyntheticResults.Pair(_folder.File("results"), 1.5, repetitions: 3);
        var provenance = Provenance.Read(results.Provenance)!;
        using (var failures = DurableCsv<Failure>.Open(results.Failures, out _))
        {
            failures.Append(new Failure { Engine = "ours", Configuration = "base", Workload = "alpha", Repetition = 4, Status = "trap", Message = "unreachable" });
            failures.Append(new Failure { Engine = "ours", Configuration = "fast", Workload = "alpha", Repetition = 5, Status = "trap", Message = "unreachable" });
        }

        var text = Write(results, provenance with { FinishedUtc = null, Runs = [provenance.Runs[0] with { Dirty = true }] });
        foreach (var caution in (string[])["The sweep is not finished", "Files differed from the commit", "With 3 repetitions there are no intervals", "2 repetitions failed and are in no number"])
        {
            Assert.Contains($"\n- {caution}", text, StringComparison.Ordinal);
        }

        Assert.Contains("\n- Where these results are from is not known", Write(results, null), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryCommandThatMeasuredIsNamedOnce()
    {
        var results = SyntheticResults.Pair(_folder.File("results"), 1.5);
        var provenance = Provenance.Read(results.Provenance)!;
        var run = provenance.Runs[0];
        Assert.Contains("Made by `harness sweep synthetic` on none, 2 cores, none, none; 1; commit unknown; begun ", Write(results, provenance), StringComparison.Ordinal);
        Assert.Contains(
            "Made by `harness sweep synthetic`, then `harness sweep synthetic --workload beta` on none, 2 cores, none, none; 1; commits unknown, 0123456789 with changes; begun ",
            Write(results, provenance with { Runs = [run, run with { CommandLine = "harness sweep synthetic --workload beta", Commit = "0123456789abcdef", Dirty = true }, run] }),
            StringComparison.Ordinal);
    }

    private static string Write(ResultsFolder results, Provenance? provenance)
    {
        var (sweep, summary) = ReportWriter.Summarize(results);
        ReportWriter.WriteSummary(results, sweep, summary, provenance);
        return File.ReadAllText(results.Summary);
    }
}
