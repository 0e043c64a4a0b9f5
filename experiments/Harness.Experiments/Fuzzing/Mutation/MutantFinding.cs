using System.Text.RegularExpressions;

namespace Harness.Experiments.Fuzzing.Mutation;

/// <summary>Something that is wrong with a module.</summary>
/// <param name="Kind">What: <c>verdict</c>, <c>outcome</c>, <c>crash</c>, <c>hang</c>, <c>memory</c> or <c>exception</c>.</param>
/// <param name="Configuration">The configuration that it was run in; null if it was not run.</param>
/// <param name="Detail">What was seen, in one line.</param>
internal sealed partial record MutantFinding(string Kind, FuzzConfiguration? Configuration, string Detail)
{
    /// <summary>An engine refuses what the other one takes.</summary>
    public const string VerdictKind = "verdict";

    /// <summary>Two configurations give different outcomes.</summary>
    public const string OutcomeKind = "outcome";

    private const int ComparedLength = 120;

    /// <summary>Equal for findings that are likely to have one cause.</summary>
    public string Key
    {
        get
        {
            var text = Numbers().Replace(Detail, "#");
            return Kind == OutcomeKind ? $"{Kind} {Configuration?.Name}" : $"{Kind} {text[..Math.Min(text.Length, ComparedLength)]}";
        }
    }

    /// <summary>What a fault of the engine is, by the verdict or outcome that tells it; null if it is none.</summary>
    public static MutantFinding? OfFault(string text, FuzzConfiguration? configuration)
    {
        if (!text.StartsWith(Verdict.Error + ":", StringComparison.Ordinal))
        {
            return null;
        }

        var rest = text[(Verdict.Error.Length + 2)..];
        var kind = Array.Find(["crash", "hang", "memory"], kind => rest.StartsWith(kind + ":", StringComparison.Ordinal)) ?? "exception";
        return new MutantFinding(kind, configuration, rest);
    }

    [GeneratedRegex("0x[0-9a-fA-F]+|[0-9]+")]
    private static partial Regex Numbers();
}
