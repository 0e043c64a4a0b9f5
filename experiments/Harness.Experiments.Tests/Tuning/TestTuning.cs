using Harness.Experiments.Tuning;
using Harness.Experiments.Workloads;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace Harness.Experiments.Tests.Tuning;

/// <summary>Specifications from texts, and machines that are functions.</summary>
internal static class TestTuning
{
    public const string Text = """
        method: random
        knobs:
          inlining.budget: {low: 100, high: 10000, scale: log}
          deopt: {}
        train: [two-targets, three-targets]
        held-out: [recursion, histogram]
        racing: {candidates: 4, rounds: 2, factor: 2}
        budget: {processes: 400}
        """;

    public static TuningSpecification Read(string text)
    {
        using var folder = new TemporaryFolder();
        return TuningFile.Read(folder.Write("test.yaml", text), ProgramCatalog.Read());
    }
}

/// <summary>A machine whose times follow a function of the knobs, with noise and a drift that hits whole rounds.</summary>
internal sealed class FunctionEvaluator(int seed, Func<IReadOnlyDictionary<string, string>, string, double> time, double noise = 0.03, Func<IReadOnlyDictionary<string, string>, string, double>? code = null, Func<IReadOnlyDictionary<string, string>, string, double>? memory = null) : IEvaluator
{
    /// <summary>Evaluations before a kill.</summary>
    public int Left { get; set; } = int.MaxValue;

    /// <summary>Which configurations end with a trap.</summary>
    public Func<IReadOnlyDictionary<string, string>, bool> Fails { get; init; } = _ => false;

    /// <summary>The longest collection of a program in ms; there is none unless it is set.</summary>
    public Func<IReadOnlyDictionary<string, string>, string, double> Pause { get; init; } = (_, _) => 0;

    /// <summary>CPU time of others in ms beside a process of a second; null where nobody metered it.</summary>
    public Func<EvaluationKey, double?> OthersCpuMs { get; init; } = _ => null;

    public IReadOnlyList<Evaluation> Evaluate(EvaluationProcess process, IReadOnlyDictionary<string, string> knobs) =>
        Left-- == 0 ? throw new OperationCanceledException("killed") : [.. process.Keys.Select(key => RowOf(process.Program, key, knobs))];

    private Evaluation RowOf(string program, EvaluationKey key, IReadOnlyDictionary<string, string> knobs)
    {
        var random = new MersenneTwister(Hash($"{seed} {key}"));
        var drift = new MersenneTwister(Hash($"{seed} {key.Phase} {key.Round}")).NextDouble();
        return new Evaluation
        {
            Phase = key.Phase,
            Round = key.Round,
            Configuration = key.Configuration,
            Workload = key.Workload,
            Status = Fails(knobs) ? "trap" : Evaluation.OkStatus,
            ExecuteMs = Fails(knobs) ? 0 : Math.Round(100 * (1 + drift) * time(knobs, key.Workload) * Math.Exp(Normal.Sample(random, 0, noise)), 4),
            CompileMs = 1,
            OptimizedBytes = code is null ? 1000 : (long)code(knobs, key.Workload),
            ProcessSeconds = 1,
            PeakMemoryBytes = memory is null ? 100_000_000 : (long)memory(knobs, key.Workload),
            LongestPauseMs = Pause(knobs, key.Workload),
            Program = program,
            ElapsedMs = OthersCpuMs(key) is null ? null : 1000,
            StealMs = OthersCpuMs(key) is null ? null : 0,
            OthersCpuMs = OthersCpuMs(key),
        };
    }

    private static int Hash(string text) => (int)(System.IO.Hashing.XxHash32.HashToUInt32(System.Text.Encoding.UTF8.GetBytes(text)) & int.MaxValue);
}
