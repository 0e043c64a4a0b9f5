using Harness.Experiments.Results;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace Harness.Experiments.Tests.Results;

/// <summary>Results folders as sweeps leave them, with times from a generator instead of processes.</summary>
internal static class SyntheticResults
{
    /// <summary>Writes a folder.</summary>
    /// <param name="path">Where.</param>
    /// <param name="engines">Names of the engines.</param>
    /// <param name="configurations">Knobs by name of the configuration; the first is the baseline.</param>
    /// <param name="workloads">Names of the workloads.</param>
    /// <param name="repetitions">Rows per cell.</param>
    /// <param name="time">The typical time of a cell in ms; null for one that was not measured.</param>
    /// <param name="noise">Standard deviation of the times' logarithms.</param>
    public static ResultsFolder Write(
        string path, IReadOnlyList<string> engines, IReadOnlyDictionary<string, Dictionary<string, string>> configurations, IReadOnlyList<string> workloads, int repetitions,
        Func<Cell, double?> time, double noise = 0.02)
    {
        var folder = new ResultsFolder(path);
        folder.Create();
        var list = string.Join(", ", configurations.Select(pair => $"{{name: {pair.Key}, knobs: {{{string.Join(", ", pair.Value.Select(knob => $"{knob.Key}: {knob.Value}"))}}}}}"));
        File.WriteAllText(folder.Sweep, $"title: Synthetic\nengines: [{string.Join(", ", engines)}]\nworkloads: [{string.Join(", ", workloads)}]\nconfigurations: [{list}]\nrepetitions: {repetitions}\n");
        MakeProvenance(engines, configurations, workloads, repetitions).Write(folder.Provenance);
        var random = new MersenneTwister(20260101);
        using var csv = DurableCsv<Measurement>.Open(folder.Results, out _);
        for (var repetition = 1; repetition <= repetitions; repetition++)
        {
            csv.Append([..
                from engine in engines
                from configuration in configurations.Keys
                from workload in workloads
                let center = time(new Cell(engine, configuration, workload))
                where center is not null
                select MakeRow(engine, configuration, workload, repetition, center.Value * Math.Exp(Normal.Sample(random, 0, noise)), random)]);
        }

        return folder;
    }

    private static Measurement MakeRow(string engine, string configuration, string workload, int repetition, double time, MersenneTwister random)
    {
        // Some slow iterations before the steady ones.
        var iterations = Enumerable.Range(0, 30).Select(i => time * (i < 6 ? 2 : 1) * (1 + (random.NextDouble() * 0.01))).ToArray();
        return new Measurement
        {
            Engine = engine, Configuration = configuration, Workload = workload, Repetition = repetition, Program = workload, Format = Measurement.CurrentFormat,
            ExecuteMs = time, ExecuteMinMs = time, ExecuteMaxMs = time, TimedCalls = 1, CompileMs = 2, DecodeMs = 0.5, ValidateMs = 1.25, InstantiateMs = 1, Settled = true, WarmUpCalls = 29, WarmUpMs = iterations[..29].Sum(),
            OptimizedBytes = 1000 + (10 * workload.Length), TierUps = 3, QueueWaitMs = 6, LongestQueueWaitMs = 4, CodeWaitMs = 9, LongestCodeWaitMs = 5, FinishedUtc = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc),
            IterationsMs = string.Join(';', iterations.Select(value => value.ToString("0.####", System.Globalization.CultureInfo.InvariantCulture))),
        };
    }

    private static Provenance MakeProvenance(
        IReadOnlyList<string> engines, IReadOnlyDictionary<string, Dictionary<string, string>> configurations, IReadOnlyList<string> workloads, int repetitions) => new()
    {
        Sweep = "synthetic",
        Seed = 1,
        Repetitions = repetitions,
        Machine = new MachineDescription("none", 2, 4, "none", "none", "none"),
        Engines = engines.ToDictionary(name => name, _ => "1"),
        Fingerprints = [],
        Knobs = configurations.ToDictionary(pair => pair.Key, IReadOnlyDictionary<string, string> (pair) => pair.Value),
        Workloads = [.. workloads.Select(name => new WorkloadDescription(name, $"Program {name}", "", name, 0))],
        Runs = [new RunDescription("2026-01-01T00:00:00Z", "harness sweep synthetic", null, false)],
        FinishedUtc = "2026-01-01T01:00:00Z",
    };

    /// <summary>Two configurations: the second one is faster by a factor in every workload.</summary>
    public static ResultsFolder Pair(string path, double factor, IReadOnlyList<string>? engines = null, int repetitions = 21, string workloads = "alpha,beta,gamma") => Write(
        path,
        engines ?? ["ours"],
        new Dictionary<string, Dictionary<string, string>>
        {
            ["base"] = new() { ["deopt"] = "off", ["inlining.budget"] = "100" },
            ["fast"] = new() { ["deopt"] = "on", ["inlining.budget"] = "5000" },
        },
        workloads.Split(','),
        repetitions,
        cell => (cell.Configuration == "fast" ? 10 / factor : 10) * cell.Workload.Length);
}
