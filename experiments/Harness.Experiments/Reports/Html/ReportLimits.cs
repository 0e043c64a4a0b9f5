namespace Harness.Experiments.Reports.Html;

/// <summary>
/// How much of very large results a report shows: what a reader can take in, and a browser can hold. Up to these numbers it shows everything; beyond them, of what can be ranked, what deserves a
/// reader's eye first (<see cref="Notable"/>), of warnings and gaps the first ones. It says so where something is left out, and where the rest is.
/// </summary>
internal static class ReportLimits
{
    /// <summary>Most bars and points of lines in a chart: more are a grey surface.</summary>
    public const int Bars = 600;

    /// <summary>Most fields of a heat map.</summary>
    public const int Fields = 2_400;

    /// <summary>Most repetitions that are drawn as dots, in the chart of all of them, and in the charts of all programs together.</summary>
    public const int Dots = 4_000;

    /// <summary>Most points of a chart in which each has a name.</summary>
    public const int NamedPoints = 300;

    /// <summary>Most rows of a table.</summary>
    public const int Rows = 2_000;

    /// <summary>Most programs that have a section.</summary>
    public const int Programs = 250;

    /// <summary>Most rows of a program's table.</summary>
    public const int RowsOfProgram = 120;

    /// <summary>Most entries of a list of warnings or gaps.</summary>
    public const int Entries = 40;
}
