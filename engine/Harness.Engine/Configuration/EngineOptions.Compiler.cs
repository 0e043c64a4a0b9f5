namespace Harness.Engine.Configuration;

/// <content>
/// What the compilers make of a function, and how much work that may be: <c>pass</c>, with what the passes are given, <c>compile</c>, <c>vectors</c>.
/// </content>
public sealed partial record EngineOptions
{
    /// <summary>Constant folding and algebraic rewriting.</summary>
    [Knob("pass.fold", "constant folding and algebraic rules")]
    public bool PassFold { get; init; } = true;

    /// <summary>Whether algebraic rules see every form that is known of a value, and the cheapest is computed, instead of rewriting node by node.</summary>
    [Knob("pass.e-graph", "in pass.fold, rewrite by an acyclic e-graph: rules see every form that is known of a value, and the cheapest is computed")]
    public bool PassEGraph { get; init; }

    /// <summary>Global value numbering.</summary>
    [Knob("pass.gvn", "global value numbering: compute each value once")]
    public bool PassGvn { get; init; } = true;

    /// <summary>Elimination of repeated loads of memory, tables, globals and instance data.</summary>
    [Knob("pass.load-elimination", "reuse what was loaded or stored before")]
    public bool PassLoadElimination { get; init; } = true;

    /// <summary>Folding of immutable fields of objects that are known.</summary>
    [Knob("pass.constant-fields", "know immutable fields of constant globals and of new objects; call known functions directly")]
    public bool PassConstantFields { get; init; } = true;

    /// <summary>What is known of tables that nobody can change.</summary>
    [Knob("pass.constant-tables", "know the elements of tables that nobody can change: guards of indirect calls compare the index instead of the function there")]
    public bool PassConstantTables { get; init; } = true;

    /// <summary>Removal of allocations of objects that do not escape, or not yet.</summary>
    [Knob("pass.escape-analysis", "keep the fields of objects that nobody else sees in registers; allocate where somebody does")]
    public bool PassEscapeAnalysis { get; init; } = true;

    /// <summary>Loop-invariant code motion, of guards as well.</summary>
    [Knob("pass.licm", "move what does not change in a loop, guards included, before it")]
    public bool PassLicm { get; init; } = true;

    /// <summary>Loop rotation.</summary>
    [Knob("pass.rotate", "let loops test at the bottom instead of at the top")]
    public bool PassRotate { get; init; } = true;

    /// <summary>Loop peeling.</summary>
    [Knob("pass.peel", "peel the first iteration off innermost loops", V8Flag = "--wasm-loop-peeling")]
    public bool PassPeel { get; init; } = true;

    /// <summary>Loop unrolling.</summary>
    [Knob("pass.unroll", "repeat the bodies of small innermost loops that call nothing", V8Flag = "--wasm-loop-unrolling")]
    public bool PassUnroll { get; init; } = true;

    /// <summary>Dead code elimination.</summary>
    [Knob("pass.dce", "remove code whose results are not used")]
    public bool PassDce { get; init; } = true;

    /// <summary>Simplification of branches on known or repeated conditions.</summary>
    [Knob("pass.branch-simplification", "remove branches on known and repeated conditions, merge straight blocks")]
    public bool PassBranchSimplification { get; init; } = true;

    /// <summary>Leading of edges past blocks that only branch on a constant that the edge passes.</summary>
    [Knob("pass.jump-threading", "lead jumps past branches that what they pass decides")]
    public bool PassJumpThreading { get; init; } = true;

    /// <summary>
    /// Placing of cold blocks behind all others. Blocks are in an order that keeps loops in one piece and the likely successor next in any
    /// case.
    /// </summary>
    [Knob("pass.block-ordering", "put blocks that seldom run, by estimate, at the end of the code; the others have the same order either way")]
    public bool PassBlockOrdering { get; init; } = true;

    /// <summary>Ordering of blocks by what the module says of its branches.</summary>
    [Knob("pass.branch-hints", "put code out of line that the module's branch hints call unlikely", V8Flag = "--experimental-wasm-branch-hinting")]
    public bool PassBranchHints { get; init; } = true;

    /// <summary>Elimination of repeated bounds and null checks.</summary>
    [Knob("pass.bounds-check-elimination", "remove bounds and null checks that an earlier check implies")]
    public bool PassBoundsCheckElimination { get; init; } = true;

    /// <summary>Elimination of bounds checks by what is known of the index.</summary>
    [Knob("pass.range-check-elimination", "remove bounds checks that follow from other comparisons and from how loops count")]
    public bool PassRangeCheckElimination { get; init; } = true;

    /// <summary>Elimination of type tests, casts and null checks whose outcome types or earlier checks tell.</summary>
    [Knob("pass.cast-elimination", "remove type tests, casts and null checks that types or earlier checks decide")]
    public bool PassCastElimination { get; init; } = true;

    /// <summary>Largest loop that is peeled, in IR nodes.</summary>
    [Knob("peel.max-size", "largest loop that is peeled",
        Maximum = 1_000_000, Unit = "IR nodes", V8Flag = "--wasm-loop-peeling-max-size")]
    public int PeelMaxSize { get; init; } = 1000;

    /// <summary>Most copies of a loop's body; a power of two, others are rounded down.</summary>
    [Knob("unroll.max-factor", "most repetitions of an unrolled loop's body, rounded down to a power of two",
        Minimum = 1, Maximum = 64, Unit = "bodies")]
    public int UnrollMaxFactor { get; init; } = 4;

    /// <summary>Largest loop that comes out of unrolling, in IR nodes.</summary>
    [Knob("unroll.max-size", "largest loop that comes out of unrolling", Maximum = 1_000_000, Unit = "IR nodes")]
    public int UnrollMaxSize { get; init; } = 50;

    /// <summary>How much work each pass may put into a function. A pass that would do more stops, and leaves the graph as good as it is.</summary>
    [Knob("compile.budget", "most visits of a pass for each node of a function's graph, after which it stops",
        Maximum = 1_000_000, Unit = "visits")]
    public int CompileBudget { get; init; } = 100;

    /// <summary>
    /// Largest graph that is compiled; functions that would have larger ones stay in baseline code, and so do those whose edges, frame states and loops list more than 16 times as many values.
    /// </summary>
    [Knob("compile.max-nodes", "largest graph that is compiled; a function with a larger one stays in baseline code",
        Minimum = 1, Maximum = 1_000_000_000, Unit = "IR nodes")]
    public int CompileMaxNodes { get; init; } = 2_000_000;

    /// <summary>
    /// How many blocks values may live through, all together, before those that live through many of them for few uses lie in the frame: their
    /// lifetimes are then not followed block by block. With 0 every value that lives beyond its block does.
    /// </summary>
    [Knob("compile.live-blocks", "for each instruction of a function, the blocks that values may live through before the long-lived ones lie in the frame",
        Maximum = 1_000_000, Unit = "blocks")]
    public int CompileLiveBlocks { get; init; } = 16;

    /// <summary>Most threads that validate the function bodies of a module when it is decoded, where there are enough of them; what is found is the same.</summary>
    [Knob("compile.validation-threads", "most threads that validate the functions of a module when it is decoded", Minimum = 1, Maximum = 64, Unit = "threads")]
    public int CompileValidationThreads { get; init; } = 1;

    /// <summary>
    /// Whether a function is validated when it is first needed, at the latest at its first call, instead of with its module. One that is not valid then fails there, and a
    /// module with a function that is not valid runs as long as nobody calls that.
    /// </summary>
    [Knob("compile.lazy-validation",
        "validate a function when it is first called, or a compiler looks at it, instead of when its module is decoded; one that is not valid fails there", V8Flag = "--wasm-lazy-validation")]
    public bool CompileLazyValidation { get; init; }

    /// <summary>Whether functions with vectors are optimized, and inlined. Without it they stay in baseline code.</summary>
    [Knob("vectors.optimize", "optimize functions with vectors; without it they stay in baseline code and are not inlined")]
    public bool VectorsOptimize { get; init; } = true;

    /// <summary>
    /// Whether optimized code has vector instructions in the three-operand encoding, which saves copies and lets operands in memory be
    /// unaligned, where the processor has it.
    /// </summary>
    [Knob("vectors.avx", "use the three-operand forms of vector instructions in optimized code where the processor has them; without it the forms of SSE4.1")]
    public bool VectorsAvx { get; init; } = true;

    /// <summary>Whether optimized code copies a lane to all others by the instructions of AVX2, where the processor has them. Needs <see cref="VectorsAvx"/>.</summary>
    [Knob("vectors.avx2", "copy a lane to all others by the instructions of AVX2 in optimized code where the processor has them; needs vectors.avx")]
    public bool VectorsAvx2 { get; init; } = true;

    /// <summary>
    /// Whether relaxed multiply-adds are fused into one instruction that rounds once, in both tiers, where the processor has it; without it they
    /// are rounded twice. Both are results that the specification allows (relaxed SIMD). Needs <see cref="VectorsAvx"/>.
    /// </summary>
    [Knob("vectors.fma", "fuse relaxed multiply-adds into one instruction that rounds once, where the processor has it; without it they are rounded twice; needs vectors.avx")]
    public bool VectorsFma { get; init; } = true;
}
