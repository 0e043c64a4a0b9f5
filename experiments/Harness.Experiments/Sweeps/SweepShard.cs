using System.Globalization;
using System.Text.RegularExpressions;

namespace Harness.Experiments.Sweeps;

/// <summary>
/// A share of a sweep that another machine or job measures: every Nth round. A round has every cell once and stays whole, so that all that is compared within a round was
/// measured by the same machine, whichever it was; shards by program or by configuration would compare machines.
/// </summary>
/// <param name="Index">Which share, from 1.</param>
/// <param name="Count">Of how many.</param>
internal sealed partial record SweepShard(int Index, int Count)
{
    /// <summary>Most shards, as many as a sweep may have rounds.</summary>
    public const int Most = 10_000;

    /// <summary>The whole sweep.</summary>
    public static SweepShard Whole { get; } = new(1, 1);

    /// <summary>Whether it is no share but all.</summary>
    public bool IsWhole => Count == 1;

    /// <summary>What is added to the name of a sweep for the folder of a shard.</summary>
    public string Suffix => IsWhole ? "" : $"-shard-{Index}-of-{Count}";

    /// <summary>Reads <c>2/3</c>.</summary>
    /// <exception cref="HarnessException">It is no shard.</exception>
    public static SweepShard Parse(string text)
    {
        var match = Form().Match(text);
        if (!match.Success || !int.TryParse(match.Groups["index"].Value, CultureInfo.InvariantCulture, out var index) || !int.TryParse(match.Groups["count"].Value, CultureInfo.InvariantCulture, out var count)
            || count is < 1 or > Most || index < 1 || index > count)
        {
            throw new HarnessException($"--shard takes I/N with I in 1..N and N in 1..{Most}, as in 2/3, not '{text}'");
        }

        return new SweepShard(index, count);
    }

    /// <summary>Whether a round belongs to it.</summary>
    /// <param name="repetition">The round, from 1.</param>
    public bool Has(int repetition) => (repetition - 1) % Count == Index - 1;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");

    [GeneratedRegex("^(?<index>[0-9]{1,6})/(?<count>[0-9]{1,6})$")]
    private static partial Regex Form();
}
