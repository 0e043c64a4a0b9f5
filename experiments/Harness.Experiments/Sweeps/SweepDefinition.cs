using Harness.Experiments.Workloads;

namespace Harness.Experiments.Sweeps;

/// <summary>What a sweep measures: workloads × configurations × engines, each a number of times.</summary>
internal sealed record SweepDefinition
{
    /// <summary>Name of the sweep and of its results folder.</summary>
    public required string Name { get; init; }

    /// <summary>Title for charts and tables.</summary>
    public required string Title { get; init; }

    /// <summary>Names of the engines.</summary>
    public required IReadOnlyList<string> Engines { get; init; }

    /// <summary>What has rows in the results.</summary>
    public required IReadOnlyList<Workload> Workloads { get; init; }

    /// <summary>The programs that are run for them; empty where only results are read.</summary>
    public IReadOnlyList<ProgramDefinition> Programs { get; init; } = [];

    public required IReadOnlyList<SweepConfiguration> Configurations { get; init; }

    /// <summary>Name of the configuration that the others are compared with.</summary>
    public required string Baseline { get; init; }

    /// <summary>Baselines of engines that have another one, by the engine's name.</summary>
    public IReadOnlyDictionary<string, string> Baselines { get; init; } = new Dictionary<string, string>();

    /// <summary>Conditions of which at least one must hold for a cell to be measured; empty for all cells.</summary>
    public IReadOnlyList<CellCondition> Include { get; init; } = [];

    /// <summary>Conditions of which none may hold for a cell to be measured.</summary>
    public IReadOnlyList<CellCondition> Exclude { get; init; } = [];

    /// <summary>Fresh processes per engine, configuration and workload.</summary>
    public required int Repetitions { get; init; }

    /// <summary>Seed of the random order and of the bootstrap.</summary>
    public required int Seed { get; init; }

    /// <summary>The share of it that is measured here.</summary>
    public SweepShard Shard { get; init; } = SweepShard.Whole;

    /// <summary>Processors that are kept busy on purpose while it measures: <see cref="ArtificialLoad"/>.</summary>
    public int Load { get; init; }

    /// <summary>When a worker counts as warmed up.</summary>
    public required WarmUpRule WarmUp { get; init; }

    /// <summary>Calls that a worker times once it is warmed up; their median is the repetition's time.</summary>
    public required int TimedCalls { get; init; }

    /// <summary>Time after which a worker is stopped and counts as failed.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>By engine, the knobs that may differ although it does not have them.</summary>
    public required IReadOnlyDictionary<string, IReadOnlySet<string>> Ignores { get; init; }

    /// <summary>
    /// Why an engine's speedups over the baseline mean nothing: it cannot switch off what the baseline switches off. Null where they mean what they say.
    /// </summary>
    public string? SpeedupObstacle(string engine)
    {
        var differing = IgnoredBy(engine)
            .Where(knob => ConfigurationsFor(engine).Select(configuration => configuration.Knobs.GetValueOrDefault(knob)).Distinct().Count() > 1).Order().ToList();
        return differing.Count == 0 ? null : $"has no {(engine == Harness.Experiments.Engines.V8.V8Engine.EngineName ? "flag" : "setting")} for {string.Join(", ", differing)}, so that its baseline does what that of this engine leaves out: its times can be compared, its speedups cannot";
    }

    /// <summary>The text of the file, kept with the results.</summary>
    public required string SourceText { get; init; }

    /// <summary>Name of the configuration that an engine's others are compared with.</summary>
    public string BaselineOf(string engine) => Baselines.GetValueOrDefault(engine, Baseline);

    /// <summary>Name of the configuration that a configuration is compared with on an engine: that of its group, else the engine's; its own for a baseline.</summary>
    public string BaselineOf(string engine, SweepConfiguration configuration) => configuration.Baseline ?? BaselineOf(engine);

    /// <summary>Whether others are compared with a configuration on an engine, and it with none.</summary>
    public bool IsBaseline(string engine, SweepConfiguration configuration) => BaselineOf(engine, configuration) == configuration.Name;

    /// <summary>Whether a program is to be measured under a configuration on an engine.</summary>
    public bool Selects(string engine, SweepConfiguration configuration, ProgramDefinition program) =>
        (Include.Count == 0 || Include.Any(condition => condition.Holds(engine, configuration, program))) && !Exclude.Any(condition => condition.Holds(engine, configuration, program));

    /// <summary>The configurations that are meant for an engine.</summary>
    public IEnumerable<SweepConfiguration> ConfigurationsFor(string engine) => Configurations.Where(configuration => configuration.IsFor(engine));

    /// <summary>The knobs that may differ although an engine does not have them.</summary>
    public IReadOnlySet<string> IgnoredBy(string engine) => Ignores.GetValueOrDefault(engine) ?? NothingIgnored;

    private static readonly IReadOnlySet<string> NothingIgnored = new HashSet<string>();
}

/// <summary>A named choice of knob values.</summary>
/// <param name="Name">Name in the results.</param>
/// <param name="Title">Title for charts.</param>
/// <param name="Knobs">Values by knob name; the others are at their defaults.</param>
/// <param name="Engines">Names of the engines that it is meant for; null for all.</param>
internal sealed record SweepConfiguration(string Name, string Title, IReadOnlyDictionary<string, string> Knobs, IReadOnlyList<string>? Engines = null)
{
    /// <summary>Name of the configuration that this one is compared with; null for the sweep's or the engine's baseline.</summary>
    public string? Baseline { get; init; }

    /// <summary>Whether it is meant for an engine.</summary>
    public bool IsFor(string engine) => Engines?.Contains(engine) ?? true;
}

/// <summary>
/// When a worker counts as warmed up: after enough calls and enough time, once the last calls took about the same time and no call has been faster than all before it for a while; or at the
/// time limit, which the result notes. This engine's tiers must be quiet besides.
/// </summary>
/// <param name="MinimumCalls">Calls at least.</param>
/// <param name="MinimumMilliseconds">Time at least, so that background compilation can finish.</param>
/// <param name="Window">Number of last calls that are compared with each other.</param>
/// <param name="Tolerance">Largest relative difference between the slowest and the fastest of them.</param>
/// <param name="LimitMilliseconds">Time after which measuring starts in any case.</param>
/// <param name="Gain">By which part of its time a call must be faster than the last that was, or than the first, to show that the program still becomes faster: small steps add up.</param>
/// <param name="GainCalls">For how many calls there must have been no such call; fewer where they take twice <paramref name="GainMilliseconds"/>.</param>
/// <param name="GainMilliseconds">For how long there must have been none.</param>
internal sealed record WarmUpRule(
    int MinimumCalls, double MinimumMilliseconds, int Window, double Tolerance, double LimitMilliseconds, double Gain = 0.02, int GainCalls = 20,
    double GainMilliseconds = WarmUpRule.UsualGainMilliseconds)
{
    /// <summary>For how long no call may have become faster, where nothing else is said.</summary>
    public const double UsualGainMilliseconds = 500;

    /// <summary>The rule where nothing else is said.</summary>
    public static WarmUpRule Usual { get; } = new(5, 100, 3, 0.05, 3000);
}
