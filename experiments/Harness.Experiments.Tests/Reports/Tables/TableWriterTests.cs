using System.Text.Json;
using Harness.Experiments.Reports;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Results;
using Harness.Experiments.Tests.Results;

namespace Harness.Experiments.Tests.Reports.Tables;

public sealed class TableWriterTests
{
    [Fact]
    public void TextStandsInColumns() => Assert.Equal(
        """
        name           ms
        ----------  -----
        odd, "a|b"   1.50
        plain       12.35

        A note.

        """,
        TableWriter.Write(Example(), TableFormat.Text));

    [Fact]
    public void CsvHasAllDigitsAndQuotesWhatItMust() => Assert.Equal(
        "name,ms\n\"odd, \"\"a|b\"\"\",1.5\nplain,12.345678901234567\n",
        TableWriter.Write(Example(), TableFormat.Csv));

    [Fact]
    public void MarkdownEscapesBars() => Assert.Equal(
        "| name | ms |\n| --- | ---: |\n| odd, \"a\\|b\" | 1.50 |\n| plain | 12.35 |\n\nA note.\n",
        TableWriter.Write(Example(), TableFormat.Markdown));

    /// <summary>A results folder of somebody else may have any name in it.</summary>
    [Theory]
    [InlineData("Text")]
    [InlineData("Markdown")]
    public void NothingInATableControlsTheTerminal(string format)
    {
        var table = new ResultTable([new("a\u001b[2J"), new("b")]);
        table.Add("x\u001b]0;y\u0007", "one\r\ntwo\u009b");
        table.AddNote("note\u001bc");
        var text = TableWriter.Write(table, Enum.Parse<TableFormat>(format));
        Assert.All(text, symbol => Assert.True(symbol == '\n' || !char.IsControl(symbol)));
        Assert.Contains("one two", text, StringComparison.Ordinal);
    }

    [Fact]
    public void JsonKeepsTypes()
    {
        var table = new ResultTable([new("text"), new("number", "0"), new("flag"), new("nothing", "0")]);
        table.Add("a\n\"b\"", 1e-7, true, double.NaN);
        var row = JsonDocument.Parse(TableWriter.Write(table, TableFormat.Json)).RootElement[0];
        Assert.Equal("a\n\"b\"", row.GetProperty("text").GetString());
        Assert.Equal(1e-7, row.GetProperty("number").GetDouble());
        Assert.True(row.GetProperty("flag").GetBoolean());
        Assert.Equal(JsonValueKind.Null, row.GetProperty("nothing").ValueKind);
    }

    [Theory]
    [InlineData(12.345, "12.35", "12.345")]
    [InlineData(0.0012345, "0.00123", "0.0012345")]
    [InlineData(0, "0.00", "0")]
    public void TimesBelowAMillisecondHaveThreeDigitsThatSaySomething(double time, string shown, string exact)
    {
        var table = new ResultTable([TableColumn.Time("ms", "0.00"), new("ratio", "0.00")]);
        table.Add(time, 0.0012345);
        Assert.Equal($"| ms | ratio |\n| ---: | ---: |\n| {shown} | 0.00 |\n\n", TableWriter.Write(table, TableFormat.Markdown));
        Assert.Equal($"ms,ratio\n{exact},0.0012345\n", TableWriter.Write(table, TableFormat.Csv));
    }

    /// <summary>A test of thirty rounds has p-values of some billionths, and none of 0.</summary>
    [Theory]
    [InlineData(0.04321987, "0.0432")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(1.9e-9, "<0.0001")]
    [InlineData(double.NaN, "")]
    public void ProbabilitiesAreNeverShownAsZero(double probability, string shown)
    {
        var table = new ResultTable([TableColumn.Probability("p_corrected")]);
        table.Add(probability);
        Assert.Equal($"| p_corrected |\n| ---: |\n| {shown} |\n\n", TableWriter.Write(table, TableFormat.Markdown));
        Assert.Equal($"p_corrected\n{TableWriter.Exact(probability)}\n", TableWriter.Write(table, TableFormat.Csv));
    }

    [Fact]
    public void SoTheyAreInTheTablesOfResults()
    {
        using var folder = new TemporaryFolder();
        var results = SyntheticResults.Pair(folder.File("results"), 1.5, workloads: "alpha");
        var (sweep, summary) = ReportWriter.Summarize(results);
        ResultTable[] tables =
        [
            ComparisonTables.OfSweep(sweep, summary),
            ComparisonTables.OfSides(ComparisonSide.Parse($"{results.Path},configuration=base"), ComparisonSide.Parse($"{results.Path},configuration=fast"), "execute_ms", 1),
        ];
        foreach (var table in tables)
        {
            var place = Enumerable.Range(0, table.Columns.Count).Single(i => table.Columns[i].Name == "p_corrected");
            Assert.Contains(table.Rows, row => TableWriter.Show(row[place], table.Columns[place]) == "<0.0001");
        }
    }

    [Theory]
    [InlineData("Text", "ours    base           one")]
    [InlineData("Markdown", "| ours | base | one |")]
    [InlineData("Csv", "ours,base,one,")]
    [InlineData("Json", "\"workload\": \"one\"")]
    public void WorkloadsOfTwoSuitesHaveTheirNameWithinThemInEveryFormat(string format, string part)
    {
        using var folder = new TemporaryFolder();
        var results = SyntheticResults.Pair(folder.File("results"), 1.5, workloads: "dart/one,dart-sources/one");
        var table = ComparisonTables.OfSides(ComparisonSide.Parse($"{results.Path},suite=dart"), ComparisonSide.Parse($"{results.Path},suite=dart-sources"), "execute_ms", 1);
        Assert.Contains(part, TableWriter.Write(table, Enum.Parse<TableFormat>(format)), StringComparison.Ordinal);
        Assert.Contains("Workloads are those of the same name in the suites: dart on side a, dart-sources on side b.", table.Notes);
    }

    /// <summary>Times of a microsecond: none of them is shown as 0.</summary>
    [Fact]
    public void SoTheyHaveInTheTablesOfResults()
    {
        using var folder = new TemporaryFolder();
        var results = SyntheticResults.Write(folder.File("results"), ["ours"], new Dictionary<string, Dictionary<string, string>> { ["base"] = [], ["fast"] = [] }, ["alpha"], 7, _ => 0.001);
        var (sweep, summary) = ReportWriter.Summarize(results);
        var view = ResultsView.Open(results);
        ResultTable[] tables =
        [
            ComparisonTables.OfSweep(sweep, summary),
            ComparisonTables.OfSides(ComparisonSide.Parse($"{results.Path},configuration=base"), ComparisonSide.Parse($"{results.Path},configuration=fast"), "execute_ms", 1),
            new ResultsSelection { By = ["configuration"], Columns = ["execute_ms"] }.Apply(view),
            new ResultsSelection { Pivot = "configuration" }.Apply(view),
        ];
        foreach (var table in tables)
        {
            var times = table.Columns.Select((column, i) => (Column: column, Place: i)).Where(pair => pair.Column.IsTime).ToList();
            Assert.NotEmpty(times);
            Assert.All(times, pair => Assert.Matches(@"^0\.00(09|10)\d+$", TableWriter.Show(table.Rows[0][pair.Place], pair.Column)));
        }
    }

    [Fact]
    public void ARowMustHaveACellPerColumn() => Assert.Throws<ArgumentException>(() => Example().Add("one"));

    private static ResultTable Example()
    {
        var table = new ResultTable([new("name"), new("ms", "0.00")]);
        table.Add("odd, \"a|b\"", 1.5);
        table.Add("plain", 12.345678901234567);
        table.AddNote("A note.");
        return table;
    }
}
