using System.Text;
using System.Text.RegularExpressions;
using Harness.Experiments.Engines;

namespace Harness.Experiments.Workloads;

/// <summary>What must come out of an iteration of a program. What is null or empty is not checked.</summary>
internal sealed record ResultCheck
{
    /// <summary>What it must print, but for white space at the end.</summary>
    public string? Text { get; init; }

    /// <summary>Hash (SHA-256, hexadecimal) of the bytes that it must print, without white space at the end.</summary>
    public string? Sha256 { get; init; }

    /// <summary>What it must write to its standard error, but for white space at the end.</summary>
    public string? ErrorText { get; init; }

    /// <summary>What must occur in what it prints.</summary>
    public Regex? Pattern { get; init; }

    /// <summary>What must not occur in what it prints.</summary>
    public Regex? Forbidden { get; init; }

    /// <summary>The exit code that it must end with.</summary>
    public int ExitCode { get; init; }

    /// <summary>Hashes (SHA-256, hexadecimal) of files that it must have written, by name.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether more is checked than the exit code, and that there is no output.</summary>
    public bool SaysAnything => Text is { Length: > 0 } || ErrorText is { Length: > 0 } || Sha256 is not null || Pattern is not null || Files.Count > 0;

    /// <summary>Looks at what an iteration gave.</summary>
    /// <returns>What is wrong, in one line; null if nothing is.</returns>
    public string? FindMistake(WorkerOutputText output)
    {
        if (output.ExitCode != ExitCode)
        {
            return $"it ended with exit code {output.ExitCode} instead of {ExitCode}{(output.ErrorText.Length > 0 ? ": " + Shorten(output.ErrorText) : "")}";
        }

        if (Text is not null && output.Sha256 != HashOf(Text))
        {
            return $"it printed '{Shorten(output.Text)}' instead of '{Shorten(Text)}'";
        }

        if (ErrorText is not null && output.ErrorSha256 != HashOf(ErrorText))
        {
            return $"it wrote '{Shorten(output.ErrorText)}' to its standard error instead of '{Shorten(ErrorText)}'";
        }

        if (Sha256 is not null && output.Sha256 != Sha256)
        {
            return $"it printed something else than expected ('{Shorten(output.Text)}', SHA-256 {output.Sha256})";
        }

        if (Pattern is not null && !Pattern.IsMatch(output.Text))
        {
            return $"it printed '{Shorten(output.Text)}', in which nothing matches '{Pattern}'";
        }

        if (Forbidden is not null && Forbidden.Match(output.Text) is { Success: true } match)
        {
            return $"it printed '{Shorten(match.Value)}'";
        }

        var file = Files.FirstOrDefault(file => output.Files.GetValueOrDefault(file.Key) != file.Value).Key;
        return file is null ? null : output.Files.ContainsKey(file) ? $"the file {file} that it wrote is not as expected" : $"it did not write the file {file}";
    }

    private static string HashOf(string text) => OutputRecorder.HashOfText(Encoding.UTF8.GetBytes(text));

    private static string Shorten(string text)
    {
        var line = OneLine.Of(text.Trim());
        return line.Length <= 120 ? line : line[..117] + "...";
    }
}
