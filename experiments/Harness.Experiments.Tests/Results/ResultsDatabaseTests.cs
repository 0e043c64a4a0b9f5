using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Results;

namespace Harness.Experiments.Tests.Results;

public sealed class ResultsDatabaseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ResultsFolder _results;

    public ResultsDatabaseTests() => _results = SyntheticResults.Pair(_folder.File("results"), 2, repetitions: 7);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void QueriesSeeMeasuredColumnsKnobsAndTheFolder()
    {
        using var database = ResultsDatabase.Open([_results]);
        var table = database.Query("select folder, configuration, \"inlining.budget\" as budget, count(*) as n, median(execute_ms) as ms from results where workload = 'alpha' group by all order by budget");
        Assert.Equal(["folder", "configuration", "budget", "n", "ms"], table.Columns.Select(column => column.Name));
        Assert.Equal([("results", "base", 100.0, 7L), ("results", "fast", 5000.0, 7L)], table.Rows.Select(row => ((string)row[0]!, (string)row[1]!, (double)row[2]!, (long)row[3]!)));
        Assert.Equal(50, (double)table.Rows[0][4]!, 3.0);
    }

    [Theory]
    [InlineData("select 0.00000123456::double as execute_ms", "0.00000123")]
    [InlineData("select median(value_ms) from (values (0.00004::double)) as times(value_ms)", "0.0000400")]
    [InlineData("select 12.3456789::double as execute_ms", "12.3457")]
    [InlineData("select 0.5::double as share", "0.5")]
    public void ShortTimesAreNotShownAsZero(string sql, string shown)
    {
        using var database = ResultsDatabase.Open([_results]);
        var table = database.Query(sql);
        Assert.Equal(shown, TableWriter.Show(table.Rows[0][0], table.Columns[0]));
    }

    [Fact]
    public void BytesAreShownAsQueriesWriteThem()
    {
        using var database = ResultsDatabase.Open([_results]);
        Assert.Equal("\\xAA\\x01", database.Query("select blob '\\xAA\\x01' as bytes").Rows[0][0]);
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("\n\t")]
    public void AQueryOfNothingIsExplained(string sql)
    {
        using var database = ResultsDatabase.Open([_results]);
        Assert.Equal("the query is empty; 'describe results' lists the columns", Assert.Throws<HarnessException>(() => database.Query(sql)).Message);
    }

    [Fact]
    public void SeveralFoldersAreOneTable()
    {
        var other = SyntheticResults.Pair(_folder.File("other"), 3, repetitions: 3);
        using var database = ResultsDatabase.Open([_results, other]);
        Assert.Equal([42L, 18L], database.Query("select count(*) from results group by folder order by folder desc").Rows.Select(row => (long)row[0]!));
        Assert.Equal(0L, database.Query("select count(*) from failures").Rows[0][0]);
    }

    [Fact]
    public void AFolderCountsOnceAndFoldersOfTheSameNameAreToldApart()
    {
        var other = SyntheticResults.Pair(_folder.File("elsewhere/results"), 3, repetitions: 3);
        using var database = ResultsDatabase.Open([_results, new ResultsFolder(_results.Path), other]);
        var counts = database.Query("select folder, count(*) as n from results group by folder order by n");
        Assert.Equal([(other.Path, 18L), (_results.Path, 42L)], counts.Rows.Select(row => ((string)row[0]!, (long)row[1]!)));
    }

    [Fact]
    public void FailuresHaveAllColumnsOfTheirFile()
    {
        var failure = new Failure { Engine = "v8", Configuration = "fast", Workload = "alpha", Repetition = 3, Status = "trap", Message = "unreachable", FinishedUtc = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc) };
        using (var file = DurableCsv<Failure>.Open(_results.Failures, out _))
        {
            file.Append(failure);
        }

        using var database = ResultsDatabase.Open([_results]);
        var table = database.Query("select * from failures");
        Assert.Equal(["folder", .. File.ReadLines(_results.Failures).First().Split(',')], table.Columns.Select(column => column.Name));
        var row = Assert.Single(table.Rows);
        Assert.Equal(("results", "v8", 3, "trap", failure.FinishedUtc), ((string)row[0]!, (string)row[1]!, (int)row[4]!, (string)row[5]!, (DateTime)row[^1]!));
    }

    [Fact]
    public void AWrongQueryIsExplainedInOneLine()
    {
        using var database = ResultsDatabase.Open([_results]);
        var mistake = Assert.Throws<HarnessException>(() => database.Query("select execut_ms from results"));
        Assert.StartsWith("the query failed: Binder Error", mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake.Message);
    }

    /// <summary>Values of DuckDB that .NET has none for, and texts that are no query.</summary>
    [Theory]
    [InlineData("select 'infinity'::date")]
    [InlineData("select '-infinity'::timestamp")]
    [InlineData("select interval '100000 years'")]
    [InlineData(";")]
    [InlineData("-- nothing")]
    public void WhatCannotBeReadIsTheAnswerOrOneLine(string sql)
    {
        using var database = ResultsDatabase.Open([_results]);
        var failure = Record.Exception(() => database.Query(sql));
        Assert.True(failure is null or HarnessException, $"{failure}");
        Assert.DoesNotContain('\n', failure?.Message ?? "");
    }

    [Fact]
    public void ParquetHoldsWhatTheResultsHold()
    {
        var path = _folder.File("it's.parquet");
        using var database = ResultsDatabase.Open([_results]);
        database.WriteParquet(path);
        Assert.Equal("PAR1"u8, File.ReadAllBytes(path).AsSpan(0, 4));
        Assert.Equal(0L, database.Query($"select count(*) from (select * from results except select * from '{path.Replace("'", "''", StringComparison.Ordinal)}')").Rows[0][0]);
        Assert.Equal(42L, database.Query($"select count(*) from '{path.Replace("'", "''", StringComparison.Ordinal)}'").Rows[0][0]);
    }
}
