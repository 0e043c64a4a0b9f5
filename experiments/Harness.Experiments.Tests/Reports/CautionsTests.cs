using Harness.Experiments.Reports;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Tests.Results;

namespace Harness.Experiments.Tests.Reports;

/// <summary>What a reader is told before quoting a number.</summary>
public sealed class CautionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, "1 processor was kept busy on purpose ", "1 process that others on the machine had disturbed was measured again, whatever its times were;", "1 repetition failed and is in no number; failures.csv lists it.")]
    [InlineData(2, "2 processors were kept busy on purpose ", "2 processes that others on the machine had disturbed were measured again, whatever their times were;", "2 repetitions failed and are in no number; failures.csv lists them.")]
    public void OneIsOne(int count, string load, string again, string failed)
    {
        var results = SyntheticResults.Pair(_folder.File("results"), 1.5);
        var cautions = Cautions.OfResults(ReportWriter.Summarize(results).Summary, Provenance.Read(results.Provenance)! with { ArtificialLoad = count, MeasuredAgain = count }, [.. Enumerable.Range(1, count).Select(i => Failed("ours", "alpha", 100 + i))]);
        foreach (var beginning in (string[])[load, again, failed])
        {
            Assert.Single(cautions, caution => caution.StartsWith(beginning, StringComparison.Ordinal));
        }
    }

    /// <summary>What a later run measured is in the numbers, and a program that could not be run has no repetitions.</summary>
    [Fact]
    public void FailuresAreOfRepetitionsOrOfPrograms()
    {
        var summary = ReportWriter.Summarize(SyntheticResults.Pair(_folder.File("results"), 1.5, repetitions: 7)).Summary;
        var cautions = Cautions.OfResults(summary, null, [Failed("ours", "alpha", 2), Failed("ours", "alpha", 2), Failed("ours", "alpha", 8), Failed("v8", "alpha", 3), Failed("any", "none", 0), Failed("any", "none", 0), Failed("any", "alpha", 0)]);
        Assert.Equal(
            [
                "2 repetitions failed and are in no number; failures.csv lists them.",
                "1 repetition failed and was measured by a later run; failures.csv lists it.",
                "1 program could not be run and is in no number; failures.csv says why.",
            ],
            cautions.Where(caution => caution.Contains("failures.csv", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(1, "times), with 1 size of optimized code; the median says little.")]
    [InlineData(2, "times), with 2 sizes of optimized code; the median says little.")]
    public void OneSizeIsOne(int sizes, string end)
    {
        var (sweep, summary) = ReportWriter.Summarize(SyntheticResults.Pair(_folder.File("results"), 1, workloads: "alpha"));
        var grouped = new SweepSummary(sweep, [.. summary.Rows.Select(row => row with { ExecuteMs = row.Repetition % 2 == 0 ? 20 : 10 + (0.01 * row.Repetition), OptimizedBytes = 1000 + (row.Repetition % sizes) })]);
        var cautions = Cautions.OfCells(sweep, grouped).Where(caution => caution.Kind == CautionKind.TwoGroups).ToList();
        Assert.Equal(2, cautions.Count);
        Assert.All(cautions, caution => Assert.EndsWith(end, caution.Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("v8")]
    [InlineData("wasmtime")]
    public void SizesThatNoProcessTellsOfItselfAreNotCounted(string engine)
    {
        var (sweep, summary) = ReportWriter.Summarize(SyntheticResults.Pair(_folder.File("results"), 1, [engine], workloads: "alpha"));
        var grouped = new SweepSummary(sweep, [.. summary.Rows.Select(row => row with { ExecuteMs = row.Repetition % 2 == 0 ? 20 : 10 + (0.01 * row.Repetition) })]);
        var cautions = Cautions.OfCells(sweep, grouped).Where(caution => caution.Kind == CautionKind.TwoGroups).ToList();
        Assert.Equal(2, cautions.Count);
        Assert.All(cautions, caution => Assert.EndsWith("times); the median says little.", caution.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void OneRepetitionIsOne()
    {
        var (sweep, summary) = ReportWriter.Summarize(SyntheticResults.Pair(_folder.File("results"), 1.5, repetitions: 1, workloads: "alpha"));
        var unsettled = new SweepSummary(sweep, [.. summary.Rows.Select(row => row with { Settled = false })]);
        var cautions = Cautions.OfCells(sweep, unsettled).Where(caution => caution.Kind == CautionKind.Unsettled).ToList();
        Assert.Equal(2, cautions.Count);
        Assert.All(cautions, caution => Assert.EndsWith(": the only repetition had not settled when it was timed.", caution.Text, StringComparison.Ordinal));
        Assert.Contains(Cautions.OfResults(unsettled, null, []), caution => caution.StartsWith("With 1 repetition there are no intervals", StringComparison.Ordinal));
    }

    /// <summary>Only engines that say nothing of their tiers were timed too early, only where they warmed up, and only by the older rule.</summary>
    [Theory]
    [InlineData("ours,v8", 7, 29, "V8 may ")]
    [InlineData("ours,v8", 7, 0, null)]
    [InlineData("ours,v8", 8, 29, null)]
    [InlineData("ours", 7, 29, null)]
    public void RowsOfTheOlderRuleOfWarmUpAreNamed(string engines, int format, int warmUpCalls, string? named)
    {
        var results = SyntheticResults.Pair(_folder.File("results"), 1.5, engines.Split(','));
        var (sweep, summary) = ReportWriter.Summarize(results);
        var older = new SweepSummary(sweep, [.. summary.Rows.Select(row => row with { Format = format, WarmUpCalls = warmUpCalls })]);
        var cautions = Cautions.OfResults(older, Provenance.Read(results.Provenance), []).Where(caution => caution.Contains("timed too early", StringComparison.Ordinal));
        Assert.Equal(named is null ? [] : new[] { named }, cautions.Select(caution => caution[..Math.Min(caution.Length, named?.Length ?? 0)]));
    }

    [Theory]
    [InlineData("ours", 0.0001, 0.00000099, false)]
    [InlineData("ours", 0.0001, 0.0000011, true)]
    [InlineData("jsc", 0.02, 0.000238, true)]
    [InlineData("jsc", 0.03, 0.000238, false)]
    [InlineData("v8", 0.0001, 0, false)]
    public void CallsThatAreTooShortForTheClockAreNamedOnAllEngines(string engine, double time, double step, bool isNamed)
    {
        var results = SyntheticResults.Pair(_folder.File("results"), 1, [engine], workloads: "alpha");
        var (sweep, summary) = ReportWriter.Summarize(results);
        var measured = new SweepSummary(sweep, [.. summary.Rows.Select(row => row with { ExecuteMs = time * (1 + (row.Repetition * 1e-6)), ClockStepMs = step })]);
        var cautions = Cautions.OfCells(sweep, measured).Where(caution => caution.Kind == CautionKind.TooShort).ToList();
        Assert.Equal(isNamed ? 2 : 0, cautions.Count);
        Assert.All(cautions, caution => Assert.Contains("less than 100 steps of the clock", caution.Text, StringComparison.Ordinal));
    }

    private static Failure Failed(string engine, string program, int repetition) =>
        new() { Engine = engine, Configuration = "base", Workload = program, Repetition = repetition, Status = "trap", Message = "unreachable" };
}
