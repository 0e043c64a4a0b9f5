using Harness.Engine.Configuration;
using Harness.Experiments.Tuning;
using Harness.Experiments.Tuning.Oracle;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace Harness.Experiments.Tests.Tuning.Oracle;

/// <summary>A program that is only its calls: each has an effect on the logarithm of its time where it is inlined, and errors are as of a machine.</summary>
internal sealed class CallWorld(int seed, IReadOnlyDictionary<string, double> effects, double noise = 0.01) : IOracleWorld
{
    /// <summary>Policies that inline every third call, every other one, and none.</summary>
    public static readonly OracleStart[] Starts = [Start("thirds"), Start("odd"), Start("none-of-all")];

    public static readonly OracleStart NoInlining = new("no-inlining", "", new Dictionary<string, string>());

    /// <summary>Which processes fail, by phase, round, name in the rows and calls that are inlined.</summary>
    public Func<string, int, string, IReadOnlyList<string>, bool> Fails { get; init; } = (_, _, _, _) => false;

    /// <summary>Sites that have had several targets, where there is a guard unless it is decided otherwise: the effect on the logarithm of the time of a generic call in its place.</summary>
    public IReadOnlyDictionary<string, double> Sites { get; init; } = new Dictionary<string, double>();

    /// <summary>CPU time of others in ms beside each process, which takes a second.</summary>
    public double OthersCpuMs { get; init; }

    /// <summary>All measurements, as rows.</summary>
    public List<Evaluation> Rows { get; } = [];

    public static double TimeOf(IReadOnlyDictionary<string, double> effects, IEnumerable<string> inlined) => 100 * Math.Exp(inlined.Sum(path => effects[path]));

    /// <summary>The calls that a choice inlines: those below a call that is not are not there.</summary>
    public List<string> Inlined(OracleChoice choice) => [.. Explain(choice).Where(call => call.IsInlined).Select(call => call.Path)];

    public IReadOnlyList<CallDecision> Explain(OracleChoice choice)
    {
        var decisions = new List<CallDecision>();
        var inlined = new HashSet<string>();
        foreach (var (path, index) in effects.Keys.OrderBy(path => path.Length).Select((path, index) => (path, index)))
        {
            var caller = path[..path.LastIndexOf(' ')];
            if (caller.Contains(' ', StringComparison.Ordinal) && !inlined.Contains(caller))
            {
                continue;
            }

            var decides = choice.Decisions.TryGetValue(path, out var decided) ? decided : choice.Start.Name switch { "thirds" => index % 3 == 0, "odd" => index % 2 == 1, _ => false };
            if (decides)
            {
                inlined.Add(path);
            }

            var call = new CallDecision(path, "f" + path.Split(' ')[0], "g", 1000 - index, 20, decides, []);
            var isDecided = choice.Misses.TryGetValue(call.Site, out var miss);
            decisions.Add(!decides || !Sites.ContainsKey(call.Site) ? call : call with { Miss = isDecided ? miss : MissHandling.Guard, IsMissByPolicy = isDecided, SiteTargets = 2 });
        }

        return decisions;
    }

    public double? Measure(string phase, int round, string name, OracleChoice choice)
    {
        var random = new MersenneTwister(HashCode(phase, round, name));
        var drift = 1 + new MersenneTwister(HashCode(phase, round, "")).NextDouble();
        var inlined = choice.Start == NoInlining ? [] : Inlined(choice);
        var generic = choice.Start == NoInlining ? 0 : Explain(choice).Where(call => call.Miss == MissHandling.GenericCall).Sum(call => Sites[call.Site]);
        var time = drift * TimeOf(effects, inlined) * Math.Exp(generic + Normal.Sample(random, 0, noise));
        var fails = Fails(phase, round, name, inlined);
        Rows.Add(new Evaluation
        {
            Phase = phase, Round = round, Configuration = name, Workload = "w", Status = fails ? "trap" : Evaluation.OkStatus, ExecuteMs = fails ? 0 : time, OptimizedBytes = 100,
            Program = "w", ElapsedMs = 1000, StealMs = 0, OthersCpuMs = OthersCpuMs,
        });
        return fails ? null : time;
    }

    private int HashCode(string phase, int round, string name) =>
        (int)(System.IO.Hashing.XxHash32.HashToUInt32(System.Text.Encoding.UTF8.GetBytes($"{seed} {phase} {round} {name}")) & int.MaxValue);

    private static OracleStart Start(string name) => new(name, name, new Dictionary<string, string>());
}
