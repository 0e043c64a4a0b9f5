using System.Text.RegularExpressions;
using Harness.Experiments.Reports;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Results;
using Harness.Experiments.Tests.Results;

namespace Harness.Experiments.Tests.Reports.Tables;

public sealed partial class ResultsSelectionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ResultsView _view;

    public ResultsSelectionTests() => _view = ResultsView.Open(SyntheticResults.Pair(_folder.File("results"), 2, ["ours", "v8"], repetitions: 7));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryColumnOfTheFormatIsThere()
    {
        var format = File.ReadAllText(Path.Combine(ProjectLayout.Root, "experiments", "FORMAT.md"));
        Assert.Equal(CsvHeader(), ResultsView.Measured.Select(column => column.Name));
        Assert.All(ResultsView.Measured, column => Assert.Contains($"`{column.Name}`", format, StringComparison.Ordinal));
    }

    /// <summary>A program without its column is the workload, a format without its own the first.</summary>
    [Fact]
    public void WhatAnOlderFormatDoesNotHaveIsNotKnown()
    {
        var since = File.ReadLines(Path.Combine(ProjectLayout.Root, "experiments", "FORMAT.md")).Select(line => ColumnsOfFormat().Match(line)).Where(match => match.Success)
            .SelectMany(match => match.Groups["name"].Captures, (match, name) => (Name: name.Value, Format: int.Parse(match.Groups["since"].Value, System.Globalization.CultureInfo.InvariantCulture)))
            .ToDictionary(pair => pair.Name, pair => pair.Format);
        foreach (var column in ResultsView.Measured)
        {
            for (var format = 1; format <= Measurement.CurrentFormat; format++)
            {
                Assert.Equal((column.Name, format, format >= since[column.Name] || column.Name is "program" or "format"), (column.Name, format, column.Read(_view.Rows[0] with { Format = format }) is not null));
            }
        }
    }

    [Fact]
    public void WhatIsNotKnownIsEmptyAndMeetsNoCondition()
    {
        var results = Older(_folder.File("older"));
        var older = ResultsView.Open(results);
        Assert.All(new ResultsSelection { Columns = ["young_collections", "tier_ups"] }.Apply(older).Rows, row =>
        {
            Assert.Null(row[0]);
            Assert.Equal(3, row[1]);
        });
        Assert.Empty(new ResultsSelection { Where = ["young_collections=0"] }.Apply(older).Rows);
        Assert.Contains("| base | 7 |  | 3 |", TableWriter.Write(new ResultsSelection { By = ["configuration"], Columns = ["young_collections", "tier_ups"] }.Apply(older), TableFormat.Markdown), StringComparison.Ordinal);
        using (var database = ResultsDatabase.Open([results]))
        {
            Assert.Equal(["14", "0"], database.Query("select count(*), count(young_collections) from results").Rows[0].Select(TableWriter.Exact));
        }

        var mistake = Assert.Throws<HarnessException>(() => ComparisonTables.OfSides(ComparisonSide.Parse(results.Path), ComparisonSide.Parse(_folder.File("results")), "young_collections", 1));
        Assert.StartsWith($"no row of {results.Path} has a value of 'young_collections'", mistake.Message, StringComparison.Ordinal);
    }

    /// <summary>The file has 0, or whatever else is there.</summary>
    [Fact]
    public void WhatAnEngineDoesNotTellIsNotKnown()
    {
        var results = SyntheticResults.Pair(_folder.File("foreign"), 2, ["ours", "jsc"], repetitions: 7, workloads: "alpha");
        var foreign = ResultsView.Open(results);
        var groups = new ResultsSelection { By = ["engine"], Columns = ["tier_ups", "timed_calls"] }.Apply(foreign);
        Assert.Equal([("ours", 3.0, 1.0), ("jsc", double.NaN, 1.0)], groups.Rows.Select(row => ((string)row[0]!, (double)row[2]!, (double)row[3]!)));
        using (var database = ResultsDatabase.Open([results]))
        {
            Assert.Equal(["28", "14"], database.Query("select count(*), count(tier_ups) from results").Rows[0].Select(TableWriter.Exact));
        }

        var mistake = Assert.Throws<HarnessException>(() => ComparisonTables.OfSides(ComparisonSide.Parse($"{results.Path},engine=ours"), ComparisonSide.Parse($"{results.Path},engine=jsc"), "tier_ups", 1));
        Assert.StartsWith($"no row of {results.Path},engine=jsc has a value of 'tier_ups'", mistake.Message, StringComparison.Ordinal);

        var (sweep, summary) = ReportWriter.Summarize(results);
        var text = SummaryReport.Create(sweep, summary, null, []);
        Assert.Contains(" | 1050 | 0 |\n", text, StringComparison.Ordinal);
        Assert.Contains(" | – | – |\n", text, StringComparison.Ordinal);
        Assert.Contains(" | 1050 / – |", text, StringComparison.Ordinal);
        Assert.Equal(1050.0, RankTable.Create(sweep, summary, ["ours"]).Rows[0][^1]);
        Assert.Null(RankTable.Create(sweep, summary, ["jsc"]).Rows[0][^1]);
    }

    [Fact]
    public void RowsCanBeFilteredAndKnobsAreColumns()
    {
        var table = new ResultsSelection { Where = ["engine=ours", "workload=a*", "inlining.budget>100", "repetition<=3"], Columns = ["workload", "inlining.budget", "deopt", "repetition"] }.Apply(_view);
        Assert.Equal(3, table.Rows.Count);
        Assert.All(table.Rows, row => Assert.Equal(("alpha", 5000.0, "on"), (row[0], row[1], row[2])));
    }

    [Theory]
    [InlineData("inlining.budget=5000", new[] { "fast" })]
    [InlineData("inlining.budget!=5000", new[] { "base" })]
    [InlineData("inlining.budget!=1", new[] { "base", "fast" })]
    [InlineData("inlining.budget<=5000", new[] { "fast" })]
    [InlineData("deopt=*", new[] { "fast" })]
    [InlineData("deopt!=off", new[] { "base", "fast" })]
    [InlineData("deopt!=on", new[] { "base" })]
    public void RowsWithoutAKnobAreUnequalToAllItsValues(string condition, string[] configurations)
    {
        var some = SyntheticResults.Write(
            _folder.File("some"), ["ours"], new Dictionary<string, Dictionary<string, string>> { ["base"] = [], ["fast"] = new() { ["deopt"] = "on", ["inlining.budget"] = "5000" } }, ["alpha"], 3, _ => 10);
        Assert.Equal(configurations, new ResultsSelection { Where = [condition], By = ["configuration"] }.Apply(ResultsView.Open(some)).Rows.Select(row => (string)row[0]!));
    }

    [Fact]
    public void LeftOutColumnsAreThoseOfMostInterestAndTheKnobsThatDiffer() =>
        Assert.Equal(["deopt", "inlining.budget"], new ResultsSelection().Apply(_view).Columns.Select(column => column.Name).TakeLast(2));

    [Fact]
    public void GroupsHaveTheirStatistic()
    {
        var table = new ResultsSelection { By = ["configuration"], Columns = ["execute_ms"], Where = ["workload=alpha"] }.Apply(_view);
        Assert.Equal(["base", "fast"], table.Rows.Select(row => (string)row[0]!));
        Assert.All(table.Rows, row => Assert.Equal(14, row[1]));
        Assert.Equal(50, (double)table.Rows[0][2]!, 0.05 * 50);
        Assert.Equal(25, (double)table.Rows[1][2]!, 0.05 * 25);
    }

    [Fact]
    public void APivotHasAColumnPerValue()
    {
        var table = new ResultsSelection { Pivot = "configuration", Statistic = GroupStatistic.Maximum, Sort = "-base", Limit = 2 }.Apply(_view);
        Assert.Equal(["engine", "workload", "base", "fast"], table.Columns.Select(column => column.Name));
        Assert.Equal(2, table.Rows.Count);
        Assert.True((double)table.Rows[0][2]! >= (double)table.Rows[1][2]!);
        Assert.Contains("4 more rows are not shown.", table.Notes);
    }

    [Fact]
    public void OneObservationThatIsRepeatedHasNoDeviation()
    {
        var selection = new ResultsSelection { By = ["engine"], Columns = ["optimized_bytes", "execute_ms"], Where = ["configuration=base", "workload=alpha"], Statistic = GroupStatistic.Deviation };
        var groups = selection.Apply(_view);
        Assert.Equal([("ours", 0.0, true), ("v8", double.NaN, true)], groups.Rows.Select(row => ((string)row[0]!, (double)row[2]!, (double)row[3]! > 0)));
        Assert.StartsWith("optimized_bytes: V8 tells this only in a process of the cell that nobody times", Assert.Single(groups.Notes), StringComparison.Ordinal);
        var pivot = (selection with { By = [], Pivot = "engine", Columns = ["optimized_bytes"] }).Apply(_view);
        Assert.Equal([0.0, double.NaN], Assert.Single(pivot.Rows).TakeLast(2).Cast<double>());
        Assert.Empty((selection with { Where = ["engine=ours"] }).Apply(_view).Notes);
    }

    /// <summary>In code of 1050 bytes, which seven processes of this engine tell, and one of V8 for all.</summary>
    [Fact]
    public void OneObservationThatIsRepeatedCountsOnceInASum()
    {
        var selection = new ResultsSelection { By = ["engine"], Columns = ["optimized_bytes", "timed_calls"], Where = ["configuration=base", "workload=alpha"], Statistic = GroupStatistic.Sum };
        Assert.Equal([("ours", 7350.0, 7.0), ("v8", 1050.0, 7.0)], selection.Apply(_view).Rows.Select(row => ((string)row[0]!, (double)row[2]!, (double)row[3]!)));
        var both = selection with { Where = ["workload=alpha"] };
        Assert.Equal([2 * 7350.0, 2 * 1050.0], both.Apply(_view).Rows.Select(row => (double)row[2]!));
    }

    [Fact]
    public void WhatTheRowsOfAProcessHaveInCommonCountsOnceInASum()
    {
        var results = SyntheticResults.Write(_folder.File("shared"), ["ours"], new Dictionary<string, Dictionary<string, string>> { ["base"] = [] }, ["alpha"], 3, _ => 10);
        using (var csv = DurableCsv<Measurement>.Open(results.Results, out var rows))
        {
            csv.Append([.. rows.Select(row => row with { Workload = "alpha/other" })]);
        }

        var shared = ResultsView.Open(results);
        var sums = Assert.Single(new ResultsSelection { By = ["engine"], Columns = ["optimized_bytes", "execute_ms"], Statistic = GroupStatistic.Sum }.Apply(shared).Rows);
        Assert.Equal((6, 3 * 1050.0), ((int)sums[1]!, (double)sums[2]!));
        Assert.Equal(shared.Rows.Sum(row => row.ExecuteMs), (double)sums[3]!, 9);
    }

    [Theory]
    [InlineData("optimized_bytes")]
    [InlineData("-optimized_bytes")]
    public void WhatIsMissingComesLastHoweverIsSorted(string sort)
    {
        var table = new ResultsSelection { By = ["engine"], Columns = ["optimized_bytes"], Statistic = GroupStatistic.Deviation, Sort = sort }.Apply(_view);
        Assert.Equal(["ours", "v8"], table.Rows.Select(row => (string)row[0]!));
    }

    [Theory]
    [InlineData("engin=ours", "no column 'engin'; did you mean 'engine'?")]
    [InlineData("engine>ours", "holds texts, which are compared by = and !=")]
    [InlineData("execute_ms>fast", "compares numbers with 'fast', which is none")]
    [InlineData("engine", "'engine' is no condition; write COLUMN=VALUE")]
    public void WrongConditionsAreExplained(string condition, string part) =>
        Assert.Contains(part, Assert.Throws<HarnessException>(() => new ResultsSelection { Where = [condition] }.Apply(_view)).Message, StringComparison.Ordinal);

    [Fact]
    public void SortingByAColumnThatIsNotShownIsExplained() =>
        Assert.Contains("no column 'deopts' to sort by", Assert.Throws<HarnessException>(() => new ResultsSelection { Columns = ["engine"], Sort = "deopts" }.Apply(_view)).Message, StringComparison.Ordinal);

    /// <summary>Results of the first format.</summary>
    private static ResultsFolder Older(string path)
    {
        var results = SyntheticResults.Pair(path, 2, repetitions: 7, workloads: "alpha");
        Measurement[] rows = [.. MeasurementFile.Read(results.Results).Select(row => row with { Format = 1 })];
        File.Delete(results.Results);
        using var csv = DurableCsv<Measurement>.Open(results.Results, out _);
        csv.Append(rows);
        return results;
    }

    [GeneratedRegex(@"^\| (`(?<name>\w+)`(, )?)+ \| (?<since>\d+) \|")]
    private static partial Regex ColumnsOfFormat();

    private string[] CsvHeader() => File.ReadLines(_folder.File("results/results.csv")).First().Split(',');
}
