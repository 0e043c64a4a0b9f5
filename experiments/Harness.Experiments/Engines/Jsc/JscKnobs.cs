using Harness.Engine.Configuration;

namespace Harness.Experiments.Engines.Jsc;

/// <summary>
/// JavaScriptCore's options that bear on WebAssembly, by their own names (<c>jsc --options</c> lists them). Its tiers are an interpreter (IPInt), a baseline compiler (BBQ) and an
/// optimizing one (OMG).
/// </summary>
internal static class JscKnobs
{
    private static readonly ForeignKnobs Make = new(JscEngine.EngineName);

    /// <summary>What later versions call an option of the same meaning, by the name that it has here (WebKit, Source/JavaScriptCore/runtime/OptionsList.h).</summary>
    private static readonly Dictionary<string, string> LaterNames = new()
    {
        ["maximumWasmDepthForInlining"] = "wasmInliningMaximumDepth",
        ["maximumWasmCalleeSizeForInlining"] = "wasmInliningMaximumWasmCalleeSize",
    };

    public static IReadOnlyList<Knob> All { get; } =
    [
        // Inlining.
        Make.Switch("useOMGInlining", true, "inline calls in optimized code"),
        Make.Number("maximumWasmDepthForInlining", 8, "deepest nesting of inlined calls", "levels", most: 1000),
        Make.Number("maximumWasmCalleeSizeForInlining", 200, "largest function body that is inlined", "wire bytes"),
        Make.Number("maximumWasmCallerSizeForInlining", 10_000, "largest function that is inlined into", "wire bytes"),
        Make.Number("maximumWasmSelfRecursionDepthForInlining", 5, "how often a function is inlined into itself", "levels", most: 1000),

        // Tiers.
        Make.Switch("useWasmIPInt", true, "interpret functions at first"),
        Make.Switch("useBBQJIT", true, "use the baseline compiler"),
        Make.Switch("useOMGJIT", true, "use the optimizing compiler"),
        Make.Switch("useBBQTierUpChecks", true, "count in baseline code when to optimize"),
        Make.Number("thresholdForBBQOptimizeAfterWarmUp", 150, "count at which a function gets baseline code", least: 0),
        Make.Number("thresholdForBBQOptimizeSoon", 50, "the same where code is wanted soon", least: 0),
        Make.Number("thresholdForOMGOptimizeAfterWarmUp", 50_000, "count at which a function is optimized", least: 0),
        Make.Number("thresholdForOMGOptimizeSoon", 500, "the same where code is wanted soon", least: 0),
        Make.Number("omgTierUpCounterIncrementForLoop", 1, "what an iteration of a loop counts"),
        Make.Number("omgTierUpCounterIncrementForEntry", 15, "what an entry of a function counts"),
        Make.Number("maximumOMGCandidateCost", 100_000, "largest function that is optimized", "wire bytes"),
        Make.Switch("useConcurrentJIT", true, "compile on other threads"),

        // On-stack replacement.
        Make.Switch("useWasmOSR", true, "leave baseline code for optimized code in the middle of a loop"),
        Make.Switch("useWasmIPIntPrologueOSR", true, "leave the interpreter at the entry of a function"),
        Make.Switch("useWasmIPIntLoopOSR", true, "leave the interpreter in the middle of a loop"),
        Make.Switch("useWasmIPIntEpilogueOSR", true, "leave the interpreter at the end of a function"),

        // The optimizing compiler and memory.
        Make.Number("wasmOMGOptimizationLevel", 2, "how much the optimizing compiler does", most: 2),
        Make.Switch("useWasmFastMemory", true, "find out-of-bounds accesses by guard pages"),
        Make.Switch("useConcurrentGC", true, "collect garbage on other threads"),
        Make.Switch("useGenerationalGC", true, "collect young objects apart"),
    ];

    /// <summary>What a shell calls an option.</summary>
    /// <param name="known">The options that the shell lists; none where it does not list them.</param>
    /// <param name="name">The name that the option has here, without the engine's.</param>
    /// <returns>Its later name where the shell knows only that, else its name here, whether or not the shell knows it.</returns>
    public static string NameIn(IReadOnlySet<string> known, string name) => !known.Contains(name) && LaterNameOf(name) is { } later && known.Contains(later) ? later : name;

    /// <summary>What later versions call an option; null where they call it the same, or do not have it.</summary>
    /// <param name="name">The name that it has here, without the engine's.</param>
    public static string? LaterNameOf(string name) => LaterNames.GetValueOrDefault(name);
}
