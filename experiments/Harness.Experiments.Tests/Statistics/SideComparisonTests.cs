using Harness.Experiments.Engines;
using Harness.Experiments.Reports;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Tests.Results;

namespace Harness.Experiments.Tests.Statistics;

public sealed class SideComparisonTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TwoConfigurationsOfAFolderAreComparedRoundByRound()
    {
        SyntheticResults.Pair(_folder.File("results"), 1.5);
        var comparison = Compare("results,configuration=base", "results,configuration=fast");
        Assert.True(comparison.IsPaired);
        Assert.Equal(3, comparison.Cells.Count);
        Assert.All(comparison.Cells, cell =>
        {
            Assert.Equal("base → fast", cell.Cell.Configuration);
            Assert.InRange(cell.Ratio!.Value.Value, 1.45, 1.55);
            Assert.InRange(cell.Ratio.Value.Value, cell.Ratio.Value.Low, cell.Ratio.Value.High);
            Assert.Equal(RatioVerdict.Above, cell.Verdict);
        });
        var (_, _, mean) = Assert.Single(comparison.Means());
        Assert.Equal(1.5, mean.Measured.Value, 0.02);
    }

    /// <summary>One suite twice as fast as the other, in the same rounds; a program of each that the other lacks, and one of the project's own.</summary>
    [Fact]
    public void WorkloadsOfTwoSuitesAreThoseOfTheSameNameWithinThem()
    {
        var results = Suites("results", "dart/x/one,dart/two,dart/only,dart-sources/x/one,dart-sources/two,dart-sources/other,two");
        var comparison = Compare("results,suite=dart", "results,suite=dart-sources");
        Assert.True(comparison.IsPaired);
        Assert.Equal([("base", "x/one"), ("base", "two"), ("fast", "x/one"), ("fast", "two")], comparison.Cells.Select(cell => (cell.Cell.Configuration, cell.Cell.Workload)));
        Assert.All(comparison.Cells, cell => Assert.Equal((2.0, RatioVerdict.Above), (Math.Round(cell.Ratio!.Value.Value), cell.Verdict)));
        Assert.All(comparison.Means(), mean => Assert.Equal((2, 2.0), (mean.Mean.Programs, Math.Round(mean.Mean.Measured.Value))));
        Assert.Equal(["only", "only"], comparison.OnlyA.Select(cell => cell.Workload));
        Assert.Equal(["other", "other"], comparison.OnlyB.Select(cell => cell.Workload));

        // Suite, engine and configuration may stand in any order.
        var named = Assert.Single(Compare("results,configuration=base,suite=dart", "results,suite=dart-sources,engine=ours,configuration=fast").Cells, cell => cell.Cell.Workload == "two");
        Assert.Equal("base → fast", named.Cell.Configuration);

        // Beside a side with programs of all suites, one suite is some of them.
        Assert.Equal(["dart/only", "dart/two", "dart/x/one"], Compare("results,suite=dart", "results").Cells.Select(cell => cell.Cell.Workload).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal($"{results.Path} has no suite 'jetstream'; it has dart, dart-sources", Assert.Throws<HarnessException>(() => Side("results,suite=jetstream")).Message);
    }

    [Fact]
    public void SuitesOfDifferentFoldersAreIndependent()
    {
        Suites("before", "dart/one,dart/two");
        var after = Suites("after", "dart-sources/one,dart-sources/two");
        var mistake = Assert.Throws<HarnessException>(() => ComparisonTables.OfSides(Side("before"), Side("after"), "execute_ms", 1));
        Assert.EndsWith("the suite of each side (',suite=NAME')", mistake.Message, StringComparison.Ordinal);
        var comparison = Compare("before,suite=dart", "after,suite=dart-sources");
        Assert.False(comparison.IsPaired);
        Assert.Equal(["one", "two"], comparison.Cells.Select(cell => cell.Cell.Workload).Distinct().Order(StringComparer.Ordinal));
        Assert.All(comparison.Cells, cell => Assert.Equal(RatioVerdict.Above, cell.Verdict));
        Assert.Equal($"{after.Path} has no suite 'dart'; it has dart-sources", Assert.Throws<HarnessException>(() => Side("after,suite=dart")).Message);
        SyntheticResults.Pair(_folder.File("own"), 1.5);
        Assert.EndsWith("has no suite 'dart'; it has none", Assert.Throws<HarnessException>(() => Side("own,suite=dart")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TwoFoldersAreIndependentAndWhatOnlyOneHasIsNamed()
    {
        SyntheticResults.Pair(_folder.File("before"), 2, workloads: "alpha,beta,gone");
        SyntheticResults.Pair(_folder.File("after"), 3, workloads: "alpha,beta,new");
        var comparison = Compare("before", "after");
        Assert.False(comparison.IsPaired);
        Assert.Equal(["base", "fast"], comparison.Cells.Select(cell => cell.Cell.Configuration).Distinct());
        Assert.Equal(["gone", "gone"], comparison.OnlyA.Select(cell => cell.Workload));
        Assert.Equal(["new", "new"], comparison.OnlyB.Select(cell => cell.Workload));
        Assert.All(comparison.Cells, cell => Assert.Equal(cell.Cell.Configuration == "fast" ? RatioVerdict.Above : RatioVerdict.NotShown, cell.Verdict));
        var fast = comparison.Means().Single(mean => mean.Configuration == "fast").Mean.Measured;
        Assert.InRange(1.5, fast.Low, fast.High);
    }

    [Fact]
    public void NothingIsClaimedOfProgramsLikeThese()
    {
        SyntheticResults.Pair(_folder.File("before"), 2, workloads: "a,b,c,d,e,f,g");
        SyntheticResults.Pair(_folder.File("after"), 3, workloads: "a,b,c,d,e,f,g");
        foreach (var comparison in (SideComparison[])[Compare("before,configuration=base", "before,configuration=fast"), Compare("before", "after")])
        {
            Assert.All(comparison.Means(), mean => Assert.Equal((7, true, false), (mean.Mean.Programs, mean.Mean.Measured.HasInterval, mean.Mean.General.HasInterval)));
        }
    }

    [Fact]
    public void OtherColumnsCanBeComparedThoseThatAreZeroToo()
    {
        SyntheticResults.Pair(_folder.File("results"), 1.5);
        Assert.All(Compare("results,configuration=base", "results,configuration=fast", "deopts").Cells, cell =>
        {
            Assert.Null(cell.Ratio);
            Assert.Equal(RatioVerdict.NotShown, cell.Verdict);
        });
    }

    [Fact]
    public void TheVerdictHasTheDirectionOfTheTestOverPairs()
    {
        // In 19 of 21 rounds b takes 1% longer, under a drift that is much larger; in two it took almost nothing, which more of all pairs tell of than of the others.
        Change(repetition => (10 * repetition, repetition > 19 ? 0.5 : 10.1 * repetition), 21);
        var cell = Assert.Single(Compare("results,configuration=base", "results,configuration=fast").Cells);
        Assert.True(cell.EffectSize > 0);
        Assert.True(cell.Ratio!.Value.Value < 1);
        Assert.InRange(cell.AdjustedPValue, 0, 0.02);
        Assert.Equal(RatioVerdict.Below, cell.Verdict);
        Assert.Equal("b is slower", ComparisonTables.OfSides(Side("results,configuration=base"), Side("results,configuration=fast"), "execute_ms", 1).Rows[0][^1]);
        var (sweep, summary) = ReportWriter.Summarize(new ResultsFolder(_folder.File("results")));
        Assert.Equal(RatioVerdict.Below, summary.Find("ours", "fast", "alpha")!.Verdict);
        Assert.Contains("It is faster in 0 programs, slower in 1 (Program alpha 0.99x); in 0 no difference is shown (corrected", Assert.Single(Findings.Of(sweep, summary)), StringComparison.Ordinal);
    }

    [Fact]
    public void WhereTestAndMedianRatioContradictEachOtherNothingIsClear()
    {
        // 21 small gains, and 20 losses that are larger than each of them.
        Change(repetition => (repetition <= 21 ? 10 * (1 + (0.0001 * repetition)) : 10 * (0.9 - (0.001 * repetition)), 10), 41);
        var cell = Assert.Single(Compare("results,configuration=base", "results,configuration=fast").Cells);
        Assert.True(cell.Ratio!.Value.Value > 1);
        Assert.Equal(-1, cell.Direction);
        Assert.InRange(cell.AdjustedPValue, 0, 0.02);
        Assert.Equal(RatioVerdict.Unclear, cell.Verdict);
        var table = ComparisonTables.OfSides(Side("results,configuration=base"), Side("results,configuration=fast"), "execute_ms", 1);
        Assert.Equal("unclear", table.Rows[0][^1]);
        Assert.Contains(table.Notes, note => note.StartsWith("unclear: ", StringComparison.Ordinal));
        var (sweep, summary) = ReportWriter.Summarize(new ResultsFolder(_folder.File("results")));
        Assert.Contains("It is faster in 0 programs, slower in none; in 0 no difference is shown; in 1 the test and the median ratio contradict each other (", Assert.Single(Findings.Of(sweep, summary)), StringComparison.Ordinal);
    }

    [Fact]
    public void MeansAreOverWhatHasARatioInEveryConfigurationAndSayWhatHasNone()
    {
        foreach (var name in (string[])["before", "after"])
        {
            // Beta has no compilations in one configuration, delta was not measured in it, and a third configuration has none at all.
            Dictionary<string, Dictionary<string, string>> configurations = new() { ["base"] = [], ["fast"] = [], ["baseline-tier"] = [] };
            Change(
                SyntheticResults.Write(
                    _folder.File(name), ["ours"], configurations, ["alpha", "beta", "gamma", "delta"], 7, cell => cell is { Configuration: "fast", Workload: "delta" } ? null : 10),
                row => row with { TierUps = row.Configuration == "baseline-tier" || (row.Configuration == "fast" && row.Workload == "beta") ? 0 : row.Workload == "beta" ? 90 : name == "before" ? 6 : 3 });
        }

        var comparison = Compare("before", "after", "tier_ups");
        var workloads = Assert.Single(comparison.WorkloadsOfMeans());
        Assert.Equal(["alpha", "gamma"], workloads.Included);
        Assert.Equal(["beta", "delta"], workloads.LeftOut);
        Assert.Equal([("base", 2, 2.0), ("fast", 2, 2.0)], comparison.Means().Select(mean => (mean.Configuration, mean.Mean.Programs, Math.Round(mean.Mean.Measured.Value, 12))));
        Assert.Contains(
            "Geometric means of ours are over 2 workloads; without those that are 0 somewhere, or that a configuration lacks: beta, delta.",
            ComparisonTables.OfSides(Side("before"), Side("after"), "tier_ups", 1).Notes);
        Assert.Contains("There is no geometric mean of ours: every workload is 0 somewhere, or a configuration lacks it.", ComparisonTables.OfSides(Side("before"), Side("after"), "deopts", 1).Notes);
    }

    [Theory]
    [InlineData("results,configuration=base", "results,configuration=fast", 3)]
    [InlineData("results,engine=v8,configuration=base", "results,engine=v8,configuration=fast", 0)]
    [InlineData("results,engine=ours,configuration=fast", "results,engine=v8,configuration=base", 0)]
    [InlineData("results,engine=ours", "others,engine=ours", 6)]
    [InlineData("results,engine=v8", "others,engine=v8", 0)]
    public void WhatOneProcessToldForAllRowsIsNoSample(string a, string b, int tested)
    {
        foreach (var (name, tierUps) in ((string, int)[])[("results", 5), ("others", 8)])
        {
            Change(SyntheticResults.Pair(_folder.File(name), 1.5, ["ours", "v8"]), row => row with { TierUps = row.Configuration == "fast" ? tierUps + 2 : tierUps });
        }

        var comparison = Compare(a, b, "tier_ups");
        Assert.Equal(tested, comparison.Cells.Count(cell => !cell.IsObservedOnce));
        foreach (var cell in comparison.Cells)
        {
            Assert.Equal(cell.IsObservedOnce, double.IsNaN(cell.PValue));
            Assert.Equal(cell.IsObservedOnce, double.IsNaN(cell.AdjustedPValue));
            Assert.Equal(cell.IsObservedOnce, double.IsNaN(cell.EffectSize));
            Assert.Equal(!cell.IsObservedOnce, cell.Ratio!.Value.HasInterval);
            Assert.Equal(cell.IsObservedOnce ? RatioVerdict.NotShown : RatioVerdict.Below, cell.Verdict);
        }

        Assert.All(comparison.Means(), mean => Assert.Equal(!mean.IsObservedOnce, mean.Mean.Measured.HasInterval));
        var table = ComparisonTables.OfSides(Side(a), Side(b), "tier_ups", 1);
        Assert.Equal(comparison.Cells.Select(cell => cell.IsObservedOnce ? "one observation" : "b is larger"), table.Rows.Take(comparison.Cells.Count).Select(row => (string)row[^1]!));
        Assert.Equal(comparison.Cells.Count > tested, table.Notes.Any(note => note.StartsWith("one observation: V8 tells tier_ups", StringComparison.Ordinal)));

        // What each process tells of itself is a sample on both engines.
        Assert.All(Compare(a, b, "execute_ms").Cells, cell => Assert.False(cell.IsObservedOnce));
    }

    [Fact]
    public void TheColumnsOfOneProcessAreColumns() =>
        Assert.Empty(EngineCatalog.All.SelectMany(engine => engine.ObservedOnce).Except(ResultsView.Measured.Select(column => column.Name)));

    [Fact]
    public void SizesAreNotCountedWhereOneProcessToldThem()
    {
        Change(
            SyntheticResults.Pair(_folder.File("results"), 1, ["ours", "v8"], workloads: "alpha"),
            row => row with { ExecuteMs = row.Repetition % 2 == 0 ? 20 : 10 + (0.01 * row.Repetition), OptimizedBytes = 1000 + row.Repetition });
        var (sweep, summary) = ReportWriter.Summarize(new ResultsFolder(_folder.File("results")));
        var cautions = Cautions.OfCells(sweep, summary).Where(caution => caution.Kind == CautionKind.TwoGroups).ToList();
        Assert.Equal(4, cautions.Count);
        Assert.All(cautions, caution => Assert.Equal(caution.Text.StartsWith("this engine", StringComparison.Ordinal), caution.Text.EndsWith("times), with 21 sizes of optimized code; the median says little.", StringComparison.Ordinal)));
        Assert.All(cautions, caution => Assert.Equal(caution.Text.StartsWith("V8", StringComparison.Ordinal), caution.Text.EndsWith("times); the median says little.", StringComparison.Ordinal)));
    }

    [Fact]
    public void AFolderIsTheSameWithASlashBehindIt()
    {
        var results = SyntheticResults.Pair(_folder.File("results"), 1.5);
        var slash = ResultsFolder.Find(results.Path + "/");
        Assert.Equal((results.Path, "results"), (slash.Path, slash.ReadSweep().Name));
        Assert.True(SideComparison.Of(Side("results,configuration=base"), Side("results/,configuration=fast"), "execute_ms", 1).IsPaired);
    }

    [Fact]
    public void SidesWithNothingInCommonAreExplained()
    {
        SyntheticResults.Pair(_folder.File("results"), 1.5, ["ours", "v8"]);
        var (a, b) = (Side("results,engine=ours,configuration=base"), Side("results,engine=v8,configuration=base"));
        Assert.Equal(3, SideComparison.Of(a, b, "execute_ms", 1).Cells.Count);
        SyntheticResults.Pair(_folder.File("other"), 1.5, workloads: "delta");
        Assert.Contains("nothing in common to compare", Assert.Throws<HarnessException>(() => ComparisonTables.OfSides(a, Side("other"), "execute_ms", 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatWasMeasuredUnlikeIsSaid()
    {
        var before = SyntheticResults.Pair(_folder.File("before"), 2);
        SyntheticResults.Pair(_folder.File("after"), 2);
        var provenance = Provenance.Read(before.Provenance)!;
        (provenance with { Machine = provenance.Machine with { Cores = 64 } }).Write(before.Provenance);
        Assert.Equal(["Other machine: none, 64 cores and none, 2 cores."], ComparisonSide.Differences(Side("before"), Side("after")));
    }

    [Theory]
    [InlineData(7, "compile_ms", "Careful: The rows are of the formats 7 and 10, and compile_ms is measured otherwise since format 8 (experiments/FORMAT.md).")]
    [InlineData(8, "execute_cpu_ms", "Careful: The rows are of the formats 8 and 10, and execute_cpu_ms is measured otherwise since format 9, 10 (experiments/FORMAT.md).")]
    [InlineData(8, "compile_ms", null)]
    [InlineData(2, "peak_memory_bytes", null)]
    public void AColumnThatWasMeasuredOtherwiseIsNotComparedWithoutAWord(int format, string column, string? note)
    {
        Change(SyntheticResults.Pair(_folder.File("before"), 2), row => row with { Format = format, ExecuteCpuMs = row.ExecuteMs });
        Change(SyntheticResults.Pair(_folder.File("after"), 2), row => row with { Format = 10, ExecuteCpuMs = row.ExecuteMs });
        var notes = ComparisonTables.OfSides(Side("before"), Side("after"), column, 1).Notes;
        Assert.Equal(note is null ? [] : new[] { note }, notes.Where(text => text.Contains("the formats", StringComparison.Ordinal)));
        Assert.DoesNotContain(ComparisonTables.OfSides(Side("after,configuration=base"), Side("after,configuration=fast"), column, 1).Notes, text => text.Contains("the formats", StringComparison.Ordinal));
    }

    [Fact]
    public void WhatDisturbedASideIsSaidOfIt()
    {
        SyntheticResults.Pair(_folder.File("before"), 2);
        Change(SyntheticResults.Pair(_folder.File("after"), 2), row => row with { ElapsedMs = 1000, OthersCpuMs = row.Repetition == 1 ? 500 : 0 });
        Assert.Equal(["b: Noisy environment: 6 of 126 processes"], Said("before", "after"));
        Assert.Equal(["Noisy environment: 6 of 126 processes"], Said("after,configuration=base", "after,configuration=fast"));
        Assert.Empty(Said("before,configuration=base", "before,configuration=fast"));

        List<string> Said(string a, string b) =>
            [.. ComparisonTables.OfSides(Side(a), Side(b), "execute_ms", 1).Notes.Where(note => note.Contains("Noisy environment", StringComparison.Ordinal)).Select(note => note[..note.IndexOf(" were", StringComparison.Ordinal)])];
    }

    [Fact]
    public void ResultsOfACommitAreTakenOutOfGit()
    {
        // The committed results of the project itself.
        var side = ComparisonSide.Parse("v8-example@HEAD");
        Assert.NotEmpty(side.Rows);
        Assert.Contains("results-of-commits", side.Folder.Path, StringComparison.Ordinal);
        Assert.Contains("there is no commit 'no-such'", Assert.Throws<HarnessException>(() => ComparisonSide.Parse("v8-example@no-such")).Message, StringComparison.Ordinal);
        Assert.Contains("has no results in results/none", Assert.Throws<HarnessException>(() => ComparisonSide.Parse("none@HEAD")).Message, StringComparison.Ordinal);
    }

    /// <summary>Another comparison may be reading them.</summary>
    [Fact]
    public void FilesThatWereTakenOutOfGitBeforeAreReplacedAndNotWrittenTo()
    {
        var sweep = ResultsAtCommit.Open("gc", "HEAD").Sweep;
        using var open = new FileStream(sweep, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var length = open.Length;
        open.SetLength(length + 1);
        ResultsAtCommit.Open("gc", "HEAD");
        Assert.Equal(length + 1, open.Length);
        Assert.Equal(length, new FileInfo(sweep).Length);
    }

    /// <summary>Writes a folder with programs of suites under two configurations, those of <c>dart</c> taking twice as long as the others.</summary>
    private ResultsFolder Suites(string name, string workloads) => SyntheticResults.Write(
        _folder.File(name), ["ours"], new Dictionary<string, Dictionary<string, string>> { ["base"] = [], ["fast"] = new() { ["deopt"] = "off" } }, workloads.Split(','), 21,
        cell => cell.Workload.StartsWith("dart/", StringComparison.Ordinal) ? 20 : 10);

    /// <summary>Writes a folder of one workload under two configurations, with these times by repetition.</summary>
    private void Change(Func<int, (double Base, double Fast)> times, int repetitions) => Change(
        SyntheticResults.Pair(_folder.File("results"), 1, repetitions: repetitions, workloads: "alpha"),
        row => row with { ExecuteMs = row.Configuration == "base" ? times(row.Repetition).Base : times(row.Repetition).Fast });

    private static void Change(ResultsFolder results, Func<Measurement, Measurement> change)
    {
        Measurement[] rows = [.. MeasurementFile.Read(results.Results).Select(change)];
        File.Delete(results.Results);
        using var csv = DurableCsv<Measurement>.Open(results.Results, out _);
        csv.Append(rows);
    }

    private ComparisonSide Side(string text) => ComparisonSide.Parse(_folder.File(text));

    private SideComparison Compare(string a, string b, string metric = "execute_ms") => SideComparison.Of(Side(a), Side(b), metric, seed: 1);
}
