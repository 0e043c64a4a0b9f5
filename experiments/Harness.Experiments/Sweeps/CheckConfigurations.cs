using Harness.Dart;

namespace Harness.Experiments.Sweeps;

/// <summary>
/// The configurations in which programs must give the same results. Those of stress make things happen often that else happen rarely: their
/// intervals are chosen so that the larger programs still end.
/// </summary>
internal static class CheckConfigurations
{
    /// <summary>Name of the configuration that has every knob at its default.</summary>
    public const string Default = "default";

    /// <summary>Those of this engine; the default first.</summary>
    public static IReadOnlyList<SweepConfiguration> All { get; } =
    [
        Make(Default, "every knob at its default", []),
        Make("baseline-only", "no function is optimized", new() { ["tier-up"] = "never" }),
        Make("eager", "every function is optimized at its first call, without feedback", new() { ["tier-up"] = "eager" }),
        Make("no-inlining", "nothing is inlined; functions are optimized soon", new() { ["inlining"] = "off", ["tiering.budget"] = SoonBudget }),
        Make("no-deopt", "no speculation leaves optimized code; functions are optimized soon", new() { ["deopt"] = "off", ["tiering.budget"] = SoonBudget }),
        Make("guard-stress", "guards fail that hold; functions are optimized soon", new() { ["stress.guard-fail-interval"] = "1009", ["tiering.budget"] = SoonBudget }),
        Make("gc-stress", "garbage is collected again and again; functions are optimized soon", new() { ["stress.gc-interval"] = "10007", ["tiering.budget"] = SoonBudget }),
        Make("budget-0", "nothing fits into the inlining budget", new() { ["inlining.budget"] = "0", ["tiering.budget"] = SoonBudget }),
    ];

    /// <summary>
    /// Those of the Dart compiler, for engines at their defaults: every combination of its knobs that programs are tried under, named by the values that are not the default; the default first.
    /// </summary>
    public static IReadOnlyList<SweepConfiguration> Lowerings { get; } =
        [.. LoweringCombinations.All.Select(knobs => DartKnobs.Describe(knobs) is { Length: > 0 } words ? new SweepConfiguration(words, words, knobs) : All[0])];

    private const string SoonBudget = "20000";

    private static SweepConfiguration Make(string name, string title, Dictionary<string, string> knobs) => new(name, title, knobs);
}
