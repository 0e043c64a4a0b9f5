using System.Text.Json;
using Harness.Experiments.Reports.Tables;

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
