using System.Globalization;
using CsvHelper;

namespace Harness.Experiments.Tuning.Oracle;

/// <summary>A measured change of the decision about one call: a row of <c>changes.csv</c>, from which models learn.</summary>
[CsvRecord]
internal sealed partial record ChangeRow
{
    /// <summary>The program.</summary>
    [CsvColumn("program")]
    public required string Program { get; init; }

    /// <summary>The way to the call.</summary>
    [CsvColumn("path")]
    public required string Path { get; init; }

    [CsvColumn("function")]
    public required string Function { get; init; }

    [CsvColumn("target")]
    public required string Target { get; init; }

    /// <summary>Whether the call is inlined after the change.</summary>
    [CsvColumn("inlined")]
    public required bool IsInlined { get; init; }

    /// <summary>Median of the time in relation to that before.</summary>
    [CsvColumn("time_ratio")]
    public required double TimeRatio { get; init; }

    [CsvColumn("rounds")]
    public required int Rounds { get; init; }

    [CsvColumn("kept")]
    public required bool IsKept { get; init; }

    /// <summary>What a model would be told of the call, in the order of its features, with semicolons between.</summary>
    [CsvColumn("features")]
    public required string FeaturesText { get; init; }

    /// <summary>Standard error of the logarithm of the time ratio; 0 where it is not known, as in files from before there was this.</summary>
    [CsvColumn("error", Optional = true)]
    public double Error { get; init; }

    /// <summary>The features as numbers.</summary>
    [CsvIgnore]
    public IReadOnlyList<double> Features => [.. FeaturesText.Split(';', StringSplitOptions.RemoveEmptyEntries)
        .Select(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN)];

    /// <summary>Logarithm of the time that inlining the call saves: above 0 where inlining is better.</summary>
    [CsvIgnore]
    public double Benefit => (IsInlined ? -1 : 1) * Math.Log(TimeRatio);

    /// <summary>The row of a change.</summary>
    public static ChangeRow Of(string program, MeasuredChange change) => new()
    {
        Program = program,
        Path = change.Call.Path,
        Function = OneLine.Of(change.Call.Function),
        Target = OneLine.Of(change.Call.Target),
        IsInlined = !change.Call.IsInlined,
        TimeRatio = change.TimeRatio,
        Rounds = change.Rounds,
        IsKept = change.IsKept,
        FeaturesText = string.Join(';', change.Call.Features.Select(feature => feature.ToString("R", CultureInfo.InvariantCulture))),
        Error = change.Error,
    };
}
