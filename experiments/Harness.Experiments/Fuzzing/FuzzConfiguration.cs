using Harness.Engine.Configuration;

namespace Harness.Experiments.Fuzzing;

/// <summary>A way to run a random program on this engine: knobs that differ from their defaults.</summary>
/// <param name="Name">A short name.</param>
/// <param name="Knobs">Values by knob name.</param>
internal sealed record FuzzConfiguration(string Name, IReadOnlyDictionary<string, string> Knobs)
{
    private static readonly string[] Passes =
    [
        "pass.fold", "pass.gvn", "pass.load-elimination", "pass.constant-fields", "pass.constant-tables", "pass.escape-analysis", "pass.licm", "pass.rotate", "pass.peel",
        "pass.unroll", "pass.dce", "pass.branch-simplification", "pass.block-ordering", "pass.bounds-check-elimination",
        "pass.range-check-elimination", "pass.cast-elimination",
    ];

    /// <summary>The configurations that run every program.</summary>
    public static IReadOnlyList<FuzzConfiguration> Always { get; } =
    [
        Create("baseline", ("tier-up", "never")),
        Create("eager", ("tier-up", "eager")),
        Optimizing("optimizing"),
        Optimizing("failing-guards", ("stress.guard-fail-interval", "3")),
        Optimizing("no-deopt", ("deopt", "off")),
        Optimizing("no-inlining", ("inlining", "off")),
        Optimizing("inline-all", ("inlining.budget", "20000"), ("inlining.factor", "100"), ("inlining.max-size", "5000"),
            ("stress.guard-fail-interval", "17")),
        Create("baseline-collecting", ("tier-up", "never"), ("stress.gc-interval", "3")),
        Optimizing("collecting", ("stress.gc-interval", "7")),
        Optimizing("failing-guards-collecting", ("stress.guard-fail-interval", "3"), ("stress.gc-interval", "2")),
        Create("background", ("tiering.budget", "500")),
    ];

    /// <summary>The configurations of which each program runs in one: each pass off, and others that are less likely to matter.</summary>
    public static IReadOnlyList<FuzzConfiguration> Sometimes { get; } =
    [
        .. Passes.Select(pass => Optimizing("no-" + pass["pass.".Length..], (pass, "off"))),
        Optimizing("no-passes", [.. Passes.Select(pass => (pass, "off"))]),
        Optimizing("moved-checks", ("pass.peel", "off"), ("stress.guard-fail-interval", "2"), ("stress.gc-interval", "5")),
        Optimizing("inline-all-collecting", ("inlining.budget", "20000"), ("inlining.factor", "100"), ("inlining.max-size", "5000"),
            ("stress.guard-fail-interval", "5"), ("stress.gc-interval", "1")),
        Optimizing("explicit-bounds-checks", ("memory.guard-pages", "off")),
        Create("baseline-explicit-bounds-checks", ("tier-up", "never"), ("memory.guard-pages", "off")),
        Optimizing("one-target", ("polymorphism-limit", "1")),
        Optimizing("no-deopt-inline-all", ("deopt", "off"), ("inlining.budget", "20000"), ("inlining.factor", "100")),
        Optimizing("one-deopt", ("deopt.limit", "1")),
        Optimizing("some-guards", ("inlining.policy", "benefit"), ("inlining.benefit.threshold", "0"), ("inlining.benefit.deopt-cycles", "3"), ("stress.guard-fail-interval", "5")),
        Optimizing("values-in-the-frame", ("compile.live-blocks", "0"), ("stress.guard-fail-interval", "5"), ("stress.gc-interval", "3")),
        Create("osr", ("osr", "on"), ("tier-up", "synchronous"), ("tiering.budget", "40"), ("inlining.tiny-size", "10000"), ("inlining.max-size", "1500"), ("inlining.factor", "30")),
        Create("osr-failing-guards-collecting", ("osr", "on"), ("tier-up", "synchronous"), ("tiering.budget", "5"), ("stress.guard-fail-interval", "3"), ("stress.gc-interval", "2")),
        Optimizing("all-locals-alive", ("deopt.live-locals", "off"), ("stress.guard-fail-interval", "3")),
        Optimizing("e-graph", ("pass.e-graph", "on"), ("stress.guard-fail-interval", "5")),
        Optimizing("two-operand-vectors", ("vectors.avx", "off"), ("stress.guard-fail-interval", "5"), ("stress.gc-interval", "5")),
        Optimizing("baseline-vectors", ("vectors.optimize", "off")),
        Optimizing("layout", ("layout.seed", "7")),
        Optimizing("code-regions", ("stress.code-regions", "3"), ("stress.guard-fail-interval", "4"), ("stress.gc-interval", "4")),
        Optimizing("interruptible", ("interrupt.fuel", "on"), ("interrupt.epochs", "on"), ("stress.guard-fail-interval", "5"), ("stress.gc-interval", "4")),
        Optimizing("round-trip", ("stress.cache-round-trip", "on"), ("stress.guard-fail-interval", "3"), ("stress.gc-interval", "4")),
        Optimizing("lazy-validation", ("compile.lazy-validation", "on"), ("stress.guard-fail-interval", "4")),
        Create("osr-round-trip", ("stress.cache-round-trip", "on"), ("osr", "on"), ("tier-up", "synchronous"), ("tiering.budget", "40"), ("osr.threshold", "2"), ("stress.guard-fail-interval", "3")),
        Optimizing("late", ("stress.tier-up-after", "20"), ("inlining.tiny-size", "12"), ("inlining.max-size", "500"), ("inlining.factor", "3"), ("inlining.budget", "5000")),
    ];

    /// <summary>
    /// The policies of inlining, of which each program runs in one: they may inline whatever they find, or what their defaults allow once
    /// there is more feedback.
    /// </summary>
    public static IReadOnlyList<FuzzConfiguration> Policies { get; } =
    [
        .. KnobRegistry.Find("inlining.policy").Values.SelectMany(policy => new[]
        {
            Optimizing("policy-" + policy.Name, ("inlining.policy", policy.Name), ("inlining.separate.cold", "0"), ("inlining.benefit.threshold", "0"),
                ("inlining.spidermonkey.base-size", "1500"), ("stress.guard-fail-interval", "7")),
            Create("policy-default-" + policy.Name, ("inlining.policy", policy.Name), ("tier-up", "synchronous"), ("tiering.budget", "2000"),
                ("polymorphism-share", "0.3"), ("deopt.site-limit", "1"), ("deopt.min-calls", "3")),
        }),
    ];

    /// <summary>The configurations to run the program of a seed in.</summary>
    public static IEnumerable<FuzzConfiguration> For(ulong seed) =>
    [
        .. Always,
        Sometimes[(int)(seed % (ulong)Sometimes.Count)],
        Policies[(int)(seed / (ulong)Sometimes.Count % (ulong)Policies.Count)],
    ];

    /// <summary>The configuration of a name.</summary>
    /// <exception cref="HarnessException">There is none.</exception>
    public static FuzzConfiguration Find(string name) =>
        All.FirstOrDefault(configuration => configuration.Name == name)
        ?? throw new HarnessException($"no configuration '{name}'; there are {string.Join(", ", All.Select(configuration => configuration.Name))}");

    private static IEnumerable<FuzzConfiguration> All => [.. Always, .. Sometimes, .. Policies];

    /// <summary>The configuration's knobs as options of the command line.</summary>
    public string CommandLine => string.Join(' ', Knobs.Select(knob => $"--{knob.Key} {knob.Value}"));

    private static FuzzConfiguration Create(string name, params (string Knob, string Value)[] knobs) =>
        new(name, knobs.ToDictionary(knob => knob.Knob, knob => knob.Value));

    /// <summary>
    /// Functions are optimized at their second call, when they have some feedback, and inlined however cold they are, and many that are large.
    /// </summary>
    private static FuzzConfiguration Optimizing(string name, params (string Knob, string Value)[] knobs)
    {
        var all = new Dictionary<string, string>
        {
            ["tier-up"] = "synchronous",
            ["stress.tier-up-after"] = "2",
            ["inlining.tiny-size"] = "10000",
            ["inlining.max-size"] = "1500",
            ["inlining.factor"] = "30",
            ["inlining.budget"] = "12000",
        };
        foreach (var (knob, value) in knobs)
        {
            all[knob] = value;
        }

        return new FuzzConfiguration(name, all);
    }
}
