using System.Text.RegularExpressions;
using CsvHelper;

namespace Harness.Experiments.Results;

/// <summary>Says in words of the file, and not of the program that reads it, what is wrong with a CSV file.</summary>
internal static partial class CsvMistake
{
    /// <summary>What is wrong, in one line.</summary>
    public static string Describe(CsvFormatException exception) => Cell().Match(exception.Message) is { Success: true } cell
        ? $"line {cell.Groups["line"].Value}: what stands in the column '{cell.Groups["column"].Value}' is no value of it (a spreadsheet may have changed it)"
        : OneLine.Of(exception.Message);

    [GeneratedRegex("^Cannot read [^ ]+ from field [0-9]+ '(?<column>[^']*)' of record (?<line>[0-9]+):")]
    private static partial Regex Cell();
}
