using Harness.Experiments.Workloads;

namespace Harness.Experiments.Sweeps;

/// <summary>What a sweep measures: workloads × configurations × engines, each a number of times.</summary>
internal sealed record SweepDefinition
{
    /// <summary>Name of the sweep and of its results folder.</summary>
    public required string Name { get; init; }

    /// <summary>Title for charts and tables.</summary>
    public required string Title { get; init; }

    /// <summary>Names of the engines: <c>ours</c>, <c>v8</c>.</summary>
    public required IReadOnlyList<string> Engines { get; init; }

    /// <summary>What has rows in the results.</summary>
    public required IReadOnlyList<Workload> Workloads { get; init; }

    /// <summary>The programs that are run for them; empty where only results are read.</summary>
    public IReadOnlyList<ProgramDefinition> Programs { get; init; } = [];

    public required IReadOnlyList<SweepConfiguration> Configurations { get; init; }

    /// <summary>Name of the configuration that the others are compared with.</summary>
    public required string Baseline { get; init; }

    /// <summary>Fresh processes per engine, configuration and workload.</summary>
    public required int Repetitions { get; init; }

    /// <summary>Seed of the random order and of the bootstrap.</summary>
    public required int Seed { get; init; }

    /// <summary>When a worker counts as warmed up.</summary>
    public required WarmUpRule WarmUp { get; init; }

    /// <summary>Calls that a worker times once it is warmed up; their median is the repetition's time.</summary>
    public required int TimedCalls { get; init; }

    /// <summary>Time after which a worker is stopped and counts as failed.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Knobs that may differ although V8 has no flag for them.</summary>
    public required IReadOnlySet<string> V8Ignores { get; init; }

    /// <summary>
    /// Why an engine's speedups over the baseline mean nothing: it cannot switch off what the baseline switches off. Null where they mean what they say.
    /// </summary>
    public string? SpeedupObstacle(string engine)
    {
        if (engine == Harness.Experiments.Engines.OwnEngine.EngineName)
            return null;
        var differing = V8Ignores.Where(knob => Configurations.Select(configuration => configuration.Knobs.GetValueOrDefault(knob)).Distinct().Count() > 1).Order().ToList();
        return differing.Count == 0 ? null : $"has no flag for {string.Join(", ", differing)}, so that its baseline does what that of this engine leaves out: its times can be compared, its speedups cannot";
    }

    /// <summary>The text of the file, kept with the results.</summary>
    public required string SourceText { get; init; }
}

/// <summary>A named choice of knob values.</summary>
/// <param name="Name">Name in the results.</param>
/// <param name="Title">Title for charts.</param>
/// <param name="Knobs">Values by knob name; the others are at their defaults.</param>
internal sealed record SweepConfiguration(string Name, string Title, IReadOnlyDictionary<string, string> Knobs);

/// <summary>
/// When a worker counts as warmed up: after enough calls and enough time, once the last calls took about the same time and,
/// where the engine can tell, its tiers have settled; or at the time limit, which the result notes.
/// </summary>
/// <param name="MinimumCalls">Calls at least.</param>
/// <param name="MinimumMilliseconds">Time at least, so that background compilation can finish.</param>
/// <param name="Window">Number of last calls that are compared with each other.</param>
/// <param name="Tolerance">Largest relative difference between the slowest and the fastest of them.</param>
/// <param name="LimitMilliseconds">Time after which measuring starts in any case.</param>
internal sealed record WarmUpRule(int MinimumCalls, double MinimumMilliseconds, int Window, double Tolerance, double LimitMilliseconds);
