using Harness.Dart;
using Harness.Experiments.Fuzzing.DartPrograms.Generation;

namespace Harness.Experiments.Fuzzing.DartPrograms;

/// <summary>
/// The lowerings that a program is compiled under: the default, one that differs from it in one knob, and two rows of a covering array, so that the programs of many seeds meet all pairs of
/// values of two knobs.
/// </summary>
internal static class DartLowerings
{
    private const string Casts = DartKnobs.Prefix + "casts";
    private const string Bounds = DartKnobs.Prefix + "bounds";

    private static readonly IReadOnlyDictionary<string, string>[] Alone = [.. LoweringCombinations.Alone];
    private static readonly IReadOnlyDictionary<string, string>[] Pairs = [.. LoweringCombinations.Pairs()];

    /// <summary>Every knob at its default.</summary>
    public static IReadOnlyDictionary<string, string> Default { get; } = new Dictionary<string, string>();

    /// <summary>The lowerings for the program of a seed, the default first. What the program relies on is checked in all of them.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> For(ulong seed, DartFeatures features)
    {
        var (alone, pairs) = ((ulong)Alone.Length, (ulong)Pairs.Length);
        IReadOnlyDictionary<string, string>[] chosen = [Default, Alone[seed % alone], Pairs[seed % pairs], Pairs[(seed + (pairs / 2)) % pairs]];
        return [.. chosen.Select(knobs => Checked(knobs, features)).DistinctBy(DartKnobs.Describe)];
    }

    /// <summary>The knobs that are not at their defaults, as a text.</summary>
    public static string Describe(IReadOnlyDictionary<string, string> lowering) => DartKnobs.Describe(lowering) is { Length: > 0 } text ? text : "default";

    /// <summary>The knobs as options of the command line, each with a space before it.</summary>
    public static string CommandLine(IReadOnlyDictionary<string, string> lowering) => string.Concat(lowering.Select(knob => $" --{knob.Key} {knob.Value}"));

    private static Dictionary<string, string> Checked(IReadOnlyDictionary<string, string> knobs, DartFeatures features) =>
        knobs.Where(knob => !(features.ReliesOnCasts && knob.Key == Casts) && !(features.ReliesOnBounds && knob.Key == Bounds)).ToDictionary();
}
