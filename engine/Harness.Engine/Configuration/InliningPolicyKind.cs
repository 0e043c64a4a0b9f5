namespace Harness.Engine.Configuration;

/// <summary>The policies that decide which call sites are inlined, and in which order.</summary>
public enum InliningPolicyKind
{
    /// <summary>V8's score: calls for each call of the compiled function and each byte of the target.</summary>
    [KnobValue("V8's: most calls for each call of the function and byte of the target first", V8Flags = "")]
    V8,

    /// <summary>An absolute score, as V8's was before: weighted call count minus weighted size.</summary>
    [KnobValue("highest weighted call count minus weighted size first")]
    Weighted,

    /// <summary>The site with the most calls for each call of the compiled function first, whatever the size of its target.</summary>
    [KnobValue("most calls first, size only limits")]
    HotnessFirst,

    /// <summary>The site with the smallest target first, whatever its call count.</summary>
    [KnobValue("smallest target first, among the sites that were called")]
    SmallestFirst,

    /// <summary>V8's score with the limits of JavaScriptCore (wasm/WasmInliningDecision.cpp of 2026).</summary>
    [KnobValue("JavaScriptCore's: V8's order with limits of its own")]
    Jsc,

    /// <summary>
    /// SpiderMonkey's limits (js/src/wasm/WasmHeuristics.h): what fits a size that shrinks with the depth is inlined, however cold it is.
    /// </summary>
    [KnobValue("SpiderMonkey's: all that fits a size that shrinks with the depth, however cold")]
    Spidermonkey,

    /// <summary>V8's score; direct and indirect calls have budgets of their own, cold calls none, and no target may take all.</summary>
    [KnobValue("V8's order; budgets of their own for direct and indirect calls, none for cold ones, and a fair share for each target")]
    SeparateBudgets,

    /// <summary>The highest estimated gain for each node added first, while it is worth more than the function's code on average.</summary>
    [KnobValue("most estimated cycles saved a node added first, as long as that is much in relation to the function's own work")]
    Benefit,

    /// <summary>As <see cref="Benefit"/>, but calls are decided about together with those below them (Prokopec et al., CGO 2019).</summary>
    [KnobValue("clusters of calls by the gain that they have together, after Prokopec et al., CGO 2019")]
    Incremental,

    /// <summary>What a model read from a file says (<see cref="EngineOptions.InliningModel"/>).</summary>
    [KnobValue("what a model says that is read from the file inlining.model")]
    Learned,

    /// <summary>What decisions read from a file say (<see cref="EngineOptions.InliningDecisions"/>), each found by measurement.</summary>
    [KnobValue("what decisions about single calls say that are read from the file inlining.decisions")]
    Oracle,

    /// <summary>A class from outside of the engine (<see cref="EngineOptions.InliningCustom"/>).</summary>
    [KnobValue("a class of the assembly inlining.custom, or of a notebook")]
    Custom,
}
