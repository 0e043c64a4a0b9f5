using Harness.Engine.Configuration;

namespace Harness.Experiments.Engines.SpiderMonkey;

/// <summary>
/// SpiderMonkey's preferences that bear on WebAssembly, by their own names without <c>javascript.options.</c> (<c>about:config</c> lists them). Its tiers are a baseline
/// compiler and an optimizing one (Ion), which with lazy tiering compiles functions when they are hot.
/// </summary>
internal static class SpiderMonkeyKnobs
{
    private static readonly ForeignKnobs Make = new(SpiderMonkeyEngine.EngineName);

    public static IReadOnlyList<Knob> All { get; } =
    [
        // Inlining; only with lazy tiering.
        Make.Number("wasm_inlining_level", 5, "how much is inlined, from nothing (1) to very much (9)", least: 1, most: 9),
        Make.Switch("wasm_direct_inlining", true, "inline direct calls"),
        Make.Switch("wasm_call_ref_inlining", true, "inline call_ref speculatively"),
        Make.Number("wasm_call_ref_inlining_percent", 40, "share of a site's calls that a target needs to be inlined", "%", least: 10, most: 100),

        // Tiers.
        Make.Switch("wasm_baselinejit", true, "use the baseline compiler"),
        Make.Switch("wasm_optimizingjit", true, "use the optimizing compiler"),
        Make.Switch("wasm_lazy_tiering", true, "optimize what is hot, instead of everything"),
        Make.Switch("wasm_lazy_tiering_synchronous", false, "optimize on the thread that runs"),
        Make.Number("wasm_lazy_tiering_level", 9, "how soon functions are optimized, from late (1) to soon (9)", least: 1, most: 9),

        // The heap.
        Make.Switch("mem.gc_incremental", true, "collect garbage in slices"),
        Make.Switch("mem.gc_generational", true, "collect young objects apart"),
        Make.Number("mem.nursery.max_kb", 65_536, "largest nursery", "KiB", least: 256, most: 1_048_576),
    ];
}
