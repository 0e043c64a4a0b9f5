using Harness.Engine.Configuration;

namespace Harness.Experiments.Engines.V8;

/// <summary>
/// V8's flags that bear on WebAssembly, by their own names (<c>node --v8-options</c> lists them). Those that mean what a knob of this engine means are here as well, for
/// sweeps and searches of V8 alone.
/// </summary>
internal static class V8Knobs
{
    /// <summary>What the knob is called, after the engine's name, by which flags are passed on that have none of their own.</summary>
    public const string OtherFlags = "flags";

    private static readonly ForeignKnobs Make = new(V8Engine.EngineName);

    public static IReadOnlyList<Knob> All { get; } =
    [
        // Inlining.
        Make.Switch("wasm-inlining", true, "inline calls in optimized code"),
        Make.Number("wasm-inlining-budget", 5000, "largest graph of a function with all that is inlined into it", "nodes", most: 1_000_000),
        Make.Number("wasm-inlining-max-size", 500, "largest function body that is inlined", "wire bytes", most: 1_000_000),
        Make.Number("wasm-inlining-factor", 3, "largest growth of a function by inlining", most: 10_000),
        Make.Number("wasm-inlining-min-budget", 50, "size up to which the factor does not limit a function", "wire bytes", most: 1_000_000),
        Make.Switch("wasm-inlining-ignore-call-counts", false, "inline without looking at how often calls were made"),
        Make.Switch("wasm-inlining-call-indirect", true, "inline call_indirect speculatively"),
        Make.Switch("turboshaft-wasm-in-js-inlining", false, "inline functions of WebAssembly into JavaScript"),

        // Deopts.
        Make.Switch("wasm-deopt", true, "leave optimized code where a speculation fails"),
        Make.Number("wasm-deopts-per-function-limit", 10, "deopts of one function after which it is optimized without them", "deopts", most: 1_000_000),

        // Tiers.
        Make.Switch("liftoff", true, "use the baseline compiler"),
        Make.Switch("liftoff-only", false, "never optimize"),
        Make.Switch("wasm-dynamic-tiering", true, "optimize what is hot, instead of everything"),
        Make.Switch("wasm-sync-tier-up", false, "optimize on the thread that runs"),
        Make.Switch("wasm-lazy-compilation", true, "compile functions when they are first called"),
        Make.Switch("wasm-async-compilation", true, "compile modules on other threads"),
        Make.Number("wasm-tiering-budget", 13_000_000, "work that a function does in baseline code before it is optimized", least: 1),
        Make.Number("wasm-num-compilation-tasks", 128, "most threads that compile at a time", "threads", least: 1, most: 1024),

        // The optimizing compiler.
        Make.Switch("wasm-opt", true, "let the optimizing compiler optimize"),
        Make.Switch("wasm-loop-unrolling", true, "repeat the bodies of loops"),
        Make.Switch("wasm-loop-peeling", true, "peel the first iteration off loops"),
        Make.Number("wasm-loop-peeling-max-size", 1000, "largest loop that is peeled", "nodes", most: 1_000_000),
        Make.Switch("turboshaft-wasm-load-elimination", true, "reuse what was loaded or stored before"),
        Make.Switch("wasm-math-intrinsics", true, "compile well-known functions of Math in place"),
        Make.Switch("wasm-bounds-checks", true, "check the bounds of memory accesses (off: for measurements of trusted programs only)"),
        Make.Switch("wasm-enforce-bounds-checks", false, "check bounds by instructions where guard pages would do"),
        Make.Switch("wasm-stack-checks", true, "check for the end of the stack (off: for measurements of trusted programs only)"),

        // Whatever else there is.
        Make.Flags(OtherFlags, "further flags of this V8, which are passed on as they are, such as '--single-threaded'"),

        // The heap.
        Make.Switch("concurrent-recompilation", true, "optimize on other threads"),
        Make.Switch("single-threaded-gc", false, "collect garbage on one thread"),
        Make.Number("max-old-space-size", 0, "largest old generation; 0 for V8's own choice", "MiB", most: 1_048_576),
        Make.Number("semi-space-growth-factor", 2, "how much the young generation grows at a time", least: 2, most: 100),
    ];
}
