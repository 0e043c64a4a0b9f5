using System.Text.RegularExpressions;

namespace Harness.Experiments.Fuzzing.DartPrograms;

/// <summary>Something wrong that a program showed.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Lowering">The lowering that shows it.</param>
/// <param name="Configuration">The configuration of this engine that shows it; null where the compiler does, or V8.</param>
/// <param name="Detail">What happened.</param>
/// <param name="FailedChecks">How many checks of indices and casts failed where the output is what is expected.</param>
internal sealed partial record DartFinding(string Kind, IReadOnlyDictionary<string, string> Lowering, FuzzConfiguration? Configuration, string Detail, int FailedChecks = 0)
{
    /// <summary>The compiler finds an error in a program that has none.</summary>
    public const string Refused = "refused";

    /// <summary>The compiler fails itself, or does not end.</summary>
    public const string CompilerFailed = "compiler";

    /// <summary>A module is invalid, or an engine fails itself, or does not end.</summary>
    public const string Failure = "failure";

    /// <summary>A program ends by an exception or trap, which none does.</summary>
    public const string Ended = "ended";

    /// <summary>Outputs differ.</summary>
    public const string Differs = "differs";

    /// <summary>What findings of the same cause mostly have in common: the kind, and what is said of it without its numbers.</summary>
    public string Key => Kind == Differs ? Kind : $"{Kind}: {Number().Replace(Detail, "#")}";

    /// <summary>The trials that show it, the one that tells what is expected first.</summary>
    public IReadOnlyList<DartTrial> Trials => Lowering.Count == 0
        ? [new DartTrial(DartLowerings.Default, Configurations)]
        : [new DartTrial(DartLowerings.Default, []), new DartTrial(Lowering, Configurations)];

    private IReadOnlyList<FuzzConfiguration> Configurations => Configuration is null ? [] : [Configuration];

    /// <summary>Where it was found, in words.</summary>
    public string Place => $"lowering {DartLowerings.Describe(Lowering)}{(Configuration is null ? "" : $", configuration {Configuration.Name}")}";

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}

/// <summary>A lowering, and the configurations of this engine that run what it gives.</summary>
/// <param name="Lowering">Values by knob name.</param>
/// <param name="Configurations">The configurations; V8 runs it in any case.</param>
internal sealed record DartTrial(IReadOnlyDictionary<string, string> Lowering, IReadOnlyList<FuzzConfiguration> Configurations)
{
    /// <summary>The trials of a program: each configuration once, under one of its lowerings, so that over the seeds each meets each.</summary>
    /// <param name="source">The program.</param>
    /// <param name="only">The only configuration, which then runs every lowering; null for all.</param>
    public static IReadOnlyList<DartTrial> For(DartSource source, FuzzConfiguration? only)
    {
        var lowerings = DartLowerings.For(source.Seed, source.Features);
        var configurations = FuzzConfiguration.For(source.Seed).ToList();
        var first = (int)(source.Seed % (ulong)lowerings.Count);
        return [.. lowerings.Select((lowering, i) => new DartTrial(lowering, only is null ? [.. configurations.Where((_, k) => (k + first) % lowerings.Count == i)] : [only]))];
    }
}
