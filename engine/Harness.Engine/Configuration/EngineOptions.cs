namespace Harness.Engine.Configuration;

/// <summary>
/// The values of all knobs: everything that may change how fast the engine runs a program, and nothing that changes what
/// the program computes. Immutable; starts from <see cref="Default"/> and is varied with <see cref="With(string, string)"/>
/// or a <c>with</c> expression (which, unlike the former, does not check ranges).
/// </summary>
/// <remarks>To add a knob, add a property with a <c>Knob</c> attribute here; all else follows from it.</remarks>
public sealed record EngineOptions
{
    /// <summary>Every knob at its default.</summary>
    public static EngineOptions Default { get; } = new();

    /// <summary>When and where functions are optimized.</summary>
    [Knob("tier-up", "when and where functions are compiled by the optimizing compiler")]
    public TierUpMode TierUp { get; init; } = TierUpMode.Background;

    /// <summary>
    /// Budget of a function in baseline code; calls and loop iterations use it up by the wire bytes they run, and at zero
    /// the function is optimized.
    /// </summary>
    [Knob("tiering.budget", "work that a function does in baseline code before it is optimized",
        Minimum = 1, Unit = "wire bytes executed", V8Flag = "--wasm-tiering-budget")]
    public int TieringBudget { get; init; } = 13_000_000;

    /// <summary>Whether a new instance goes on with the budgets and the feedback that earlier ones of its module have left.</summary>
    [Knob("tiering.share", "let a new instance go on with the budgets and the feedback of earlier instances of its module")]
    public bool TieringShare { get; init; } = true;

    /// <summary>Most threads that optimize functions at a time; 0 for one less than there are processors, at most 4.</summary>
    [Knob("tiering.threads", "most threads that optimize at a time; 0 for one less than there are processors, at most 4",
        Maximum = 64, Unit = "threads", V8Flag = "--wasm-num-compilation-tasks")]
    public int TieringThreads { get; init; }

    /// <summary>
    /// Whether functions that run in baseline code when their optimized code is ready go on in optimized code at the header of an outermost
    /// loop.
    /// </summary>
    [Knob("osr", "on-stack replacement: let a running function that has been optimized go on in optimized code at its outermost loops")]
    public bool Osr { get; init; }

    /// <summary>Whether calls are inlined at all. Without it, no other inlining knob has an effect.</summary>
    [Knob("inlining", "inline calls in optimized code", V8Flag = "--wasm-inlining")]
    public bool Inlining { get; init; } = true;

    /// <summary>Whether <c>call_indirect</c> is inlined speculatively.</summary>
    [Knob("inlining.call-indirect", "inline call_indirect speculatively, by the targets in the feedback",
        V8Flag = "--wasm-inlining-call-indirect")]
    public bool InliningCallIndirect { get; init; } = true;

    /// <summary>Whether <c>call_ref</c> is inlined speculatively.</summary>
    [Knob("inlining.call-ref", "inline call_ref speculatively, by the targets in the feedback")]
    public bool InliningCallRef { get; init; } = true;

    /// <summary>Which policy scores and admits call sites.</summary>
    [Knob("inlining.policy", "which calls are inlined, and in which order they are looked at")]
    public InliningPolicyKind InliningPolicy { get; init; } = InliningPolicyKind.V8;

    /// <summary>
    /// Largest size of a function with all that is inlined into it, in IR nodes, each of which counts as <see cref="InliningBytesPerNode"/>
    /// wire bytes. The fewer small functions a module has, the lower is the limit, down to <see cref="InliningTightestSize"/> of it.
    /// </summary>
    [Knob("inlining.budget", "largest size of a function with all that is inlined into it; as in V8, down to a tenth of it where few functions are small",
        Maximum = 1_000_000, Unit = "IR nodes", V8Flag = "--wasm-inlining-budget")]
    public int InliningBudget { get; init; } = 5000;

    /// <summary>Largest body that is inlined, in wire bytes.</summary>
    [Knob("inlining.max-size", "largest function body that is inlined",
        Maximum = 1_000_000, Unit = "wire bytes", V8Flag = "--wasm-inlining-max-size")]
    public int InliningMaxSize { get; init; } = 500;

    /// <summary>
    /// Largest growth of a function by inlining, as a multiple of its own size: 2 more in modules of mostly small functions, 1 less in
    /// modules that have few.
    /// </summary>
    [Knob("inlining.factor", "largest growth of a function by inlining; as in V8, 2 more where most functions are small, 1 less where few are",
        Minimum = 1, Maximum = 10_000, V8Flag = "--wasm-inlining-factor")]
    public int InliningFactor { get; init; } = 3;

    /// <summary>
    /// Size with all that is inlined up to which <see cref="InliningFactor"/> does not limit a function, in wire bytes. V8's flag of the same
    /// name speaks of nodes, but V8 compares it with wire bytes too (src/wasm/inlining-tree.h).
    /// </summary>
    [Knob("inlining.min-budget", "size with all that is inlined up to which inlining.factor does not limit a function",
        Maximum = 1_000_000, Unit = "wire bytes", V8Flag = "--wasm-inlining-min-budget")]
    public int InliningMinBudget { get; init; } = 50;

    /// <summary>Most call sites inlined into one function, by the policies that count them. V8's limit of 60 counts the function itself.</summary>
    [Knob("inlining.max-count", "most calls inlined into one function", Maximum = 10_000, Unit = "calls")]
    public int InliningMaxCount { get; init; } = 59;

    /// <summary>Deepest nesting of inlined calls.</summary>
    [Knob("inlining.max-depth", "deepest nesting of inlined calls", Maximum = 100, Unit = "levels")]
    public int InliningMaxDepth { get; init; } = 7;

    /// <summary>Body size below which a function is inlined even where it was never called, in wire bytes.</summary>
    [Knob("inlining.tiny-size", "function bodies below this size are inlined even where they were never called",
        Maximum = 10_000, Unit = "wire bytes")]
    public int InliningTinySize { get; init; } = 12;

    /// <summary>Wire bytes by which tiny functions together may exceed the budget of a function. From V8 (src/wasm/inlining-tree.h).</summary>
    [Knob("inlining.tiny-allowance", "wire bytes that others have used up and that the limits do not count against tiny functions",
        Maximum = 1_000_000, Unit = "wire bytes")]
    public int InliningTinyAllowance { get; init; } = 100;

    /// <summary>
    /// Calls for each call of the compiled function and each byte of the target below which the target is too cold. From V8
    /// (src/wasm/inlining-tree.h).
    /// </summary>
    [Knob("inlining.min-density", "calls for each call of the function and each byte of the target below which a target is too cold to be inlined",
        Maximum = 1000, Unit = "calls per wire byte")]
    public double InliningMinDensity { get; init; } = 0.0001;

    /// <summary>How large a function may become, as a multiple of its own size, however large it is. From V8 (src/wasm/inlining-tree.h).</summary>
    [Knob("inlining.large-factor", "growth that is allowed however large a function is", Minimum = 1, Maximum = 10_000)]
    public double InliningLargeFactor { get; init; } = 1.1;

    /// <summary>What a call costs its caller, in wire bytes: inlining saves it. From V8 (src/wasm/inlining-tree.h).</summary>
    [Knob("inlining.call-size", "size that the limits do not count of each function inlined, since the call is gone",
        Maximum = 10_000, Unit = "wire bytes")]
    public int InliningCallSize { get; init; } = 6;

    /// <summary>Wire bytes for each IR node of <see cref="InliningBudget"/>. From V8 (src/wasm/inlining-tree.h).</summary>
    [Knob("inlining.bytes-per-node", "wire bytes that inlining.budget counts as one IR node",
        Minimum = 0.01, Maximum = 1000, Unit = "wire bytes")]
    public double InliningBytesPerNode { get; init; } = 1.2;

    /// <summary>
    /// Body size below which a function is small, in wire bytes. How many of a module's functions are small decides how far its functions
    /// may grow: where few are, whoever made the module has inlined already. From V8 (src/wasm/inlining-tree.h, module-decoder-impl.h).
    /// </summary>
    [Knob("inlining.small-size", "function bodies below this size are small, which decides how far the functions of a module may grow",
        Maximum = 1_000_000, Unit = "wire bytes")]
    public int InliningSmallSize { get; init; } = 50;

    /// <summary>Share of small functions in a module up to which its limits are tightest. From V8 (src/wasm/inlining-tree.h).</summary>
    [Knob("inlining.few-small", "share of small functions up to which a module's limits are tightest", Maximum = 1)]
    public double InliningFewSmall { get; init; } = 0.25;

    /// <summary>Share of small functions in a module from which on its limits are loosest. From V8 (src/wasm/inlining-tree.h).</summary>
    [Knob("inlining.many-small", "share of small functions from which on a module's limits are loosest", Maximum = 1)]
    public double InliningManySmall { get; init; } = 0.5;

    /// <summary>What the loosest growth is above <see cref="InliningFactor"/>. From V8 (src/wasm/inlining-tree.h).</summary>
    [Knob("inlining.looser-growth", "what is added to inlining.factor where the limits are loosest", Maximum = 10_000)]
    public int InliningLooserGrowth { get; init; } = 2;

    /// <summary>What the tightest growth is below the loosest. From V8 and JSC (src/wasm/inlining-tree.h, wasm/WasmInliningDecision.cpp).</summary>
    [Knob("inlining.growth-range", "what the tightest growth of a module's functions is below the loosest", Maximum = 10_000)]
    public int InliningGrowthRange { get; init; } = 3;

    /// <summary>The tightest growth is not below this. From V8 and JSC (src/wasm/inlining-tree.h, wasm/WasmInliningDecision.cpp).</summary>
    [Knob("inlining.least-growth", "least growth, however tight the limits are", Minimum = 1, Maximum = 10_000)]
    public int InliningLeastGrowth { get; init; } = 2;

    /// <summary>The tightest size limit as a share of the loosest. From V8 and JSC (src/wasm/inlining-tree.h, wasm/WasmInliningDecision.cpp).</summary>
    [Knob("inlining.tightest-size", "share of the budget that is left where the limits are tightest", Maximum = 1)]
    public double InliningTightestSize { get; init; } = 0.1;

    /// <summary>
    /// Growth of a function under the policy <see cref="InliningPolicyKind.Jsc"/> where many functions are small. From JSC's option
    /// <c>wasmInliningFactor</c> (runtime/OptionsList.h).
    /// </summary>
    [Knob("inlining.jsc.factor", "policy jsc: largest growth of a function, 3 less where few functions are small", Minimum = 1, Maximum = 10_000)]
    public int InliningJscFactor { get; init; } = 5;

    /// <summary>
    /// Largest size of a function with all that is inlined under the policy <see cref="InliningPolicyKind.Jsc"/>, in wire bytes. From JSC's
    /// option <c>wasmInliningBudget</c> (runtime/OptionsList.h).
    /// </summary>
    [Knob("inlining.jsc.budget", "policy jsc: largest size of a function with all that is inlined into it", Maximum = 1_000_000, Unit = "wire bytes")]
    public int InliningJscBudget { get; init; } = 6000;

    /// <summary>
    /// How large a function may become, as a multiple of its own size, however large it is, under the policy
    /// <see cref="InliningPolicyKind.Jsc"/>. From JSC's option <c>wasmInliningLargeFunctionGrowthFactor</c> (runtime/OptionsList.h).
    /// </summary>
    [Knob("inlining.jsc.large-factor", "policy jsc: growth that is allowed however large a function is", Minimum = 1, Maximum = 10_000)]
    public double InliningJscLargeFactor { get; init; } = 1.4;

    /// <summary>
    /// Largest body that the policy <see cref="InliningPolicyKind.Spidermonkey"/> inlines into the compiled function itself, in wire bytes:
    /// SpiderMonkey's <c>baseSize</c> at level 5 (js/src/wasm/WasmHeuristics.h).
    /// </summary>
    [Knob("inlining.spidermonkey.base-size", "policy spidermonkey: largest body that is inlined into the function itself",
        Maximum = 1_000_000, Unit = "wire bytes")]
    public int InliningSpidermonkeyBaseSize { get; init; } = 160;

    /// <summary>
    /// What the largest body is smaller for each further level of nesting, in wire bytes. From SpiderMonkey (js/src/wasm/WasmHeuristics.h).
    /// </summary>
    [Knob("inlining.spidermonkey.depth-size", "policy spidermonkey: what the largest body is smaller for each further level of nesting",
        Minimum = 1, Maximum = 1_000_000, Unit = "wire bytes")]
    public int InliningSpidermonkeyDepthSize { get; init; } = 40;

    /// <summary>
    /// Wire bytes that may be inlined into a function, as a multiple of its own: SpiderMonkey's <c>PerFunctionMaxInliningRatio</c>
    /// (js/src/wasm/WasmHeuristics.h).
    /// </summary>
    [Knob("inlining.spidermonkey.factor", "policy spidermonkey: wire bytes that may be inlined into a function, as a multiple of its own",
        Maximum = 10_000)]
    public int InliningSpidermonkeyFactor { get; init; } = 99;

    /// <summary>
    /// Growth of a function by direct calls, and again by indirect ones, under the policy
    /// <see cref="InliningPolicyKind.SeparateBudgets"/>, as a multiple of its own size.
    /// </summary>
    [Knob("inlining.separate.factor", "policy separate-budgets: wire bytes that either kind of call may add, as a multiple of the function's own",
        Maximum = 10_000)]
    public double InliningSeparateFactor { get; init; } = 10;

    /// <summary>Wire bytes that either kind of call may add however small the function is.</summary>
    [Knob("inlining.separate.min-budget", "policy separate-budgets: wire bytes that either kind of call may add however small the function is",
        Maximum = 1_000_000, Unit = "wire bytes")]
    public int InliningSeparateMinBudget { get; init; } = 500;

    /// <summary>Most wire bytes that direct calls may add.</summary>
    [Knob("inlining.separate.direct-budget", "policy separate-budgets: most wire bytes that direct calls may add",
        Maximum = 1_000_000, Unit = "wire bytes")]
    public int InliningSeparateDirectBudget { get; init; } = 6000;

    /// <summary>Most wire bytes that calls through references and tables may add.</summary>
    [Knob("inlining.separate.indirect-budget", "policy separate-budgets: most wire bytes that indirect calls may add",
        Maximum = 1_000_000, Unit = "wire bytes")]
    public int InliningSeparateIndirectBudget { get; init; } = 12_000;

    /// <summary>Most calls of functions that are not tiny that are inlined into one function.</summary>
    [Knob("inlining.separate.max-count", "policy separate-budgets: most calls inlined, tiny functions not counted", Maximum = 100_000, Unit = "calls")]
    public int InliningSeparateMaxCount { get; init; } = 1000;

    /// <summary>Share of a budget that copies of one function may take before all others were looked at.</summary>
    [Knob("inlining.separate.share", "policy separate-budgets: share of a budget that one target may take before all others were looked at", Maximum = 1)]
    public double InliningSeparateShare { get; init; } = 0.5;

    /// <summary>Calls for each call of the compiled function below which a call is cold and gets no budget, however small its target is.</summary>
    [Knob("inlining.separate.cold", "policy separate-budgets: calls for each call of the function below which a call is cold and gets nothing",
        Maximum = 1_000_000, Unit = "calls")]
    public double InliningSeparateCold { get; init; } = 0.02;

    /// <summary>
    /// Wire bytes that a function runs in a call from which on the call is no more than a trifle of it, so that it is left to its own
    /// code by the policies that look at gains.
    /// </summary>
    [Knob("inlining.long-running", "policies that look at work: a function that runs so many bytes a call is not inlined, its own code is as good",
        Minimum = 1, Maximum = 1_000_000_000, Unit = "wire bytes executed")]
    public int InliningLongRunning { get; init; } = 5000;

    /// <summary>
    /// Least gain: cycles saved for each node added, in relation to the cycles that the function spends for each node that it has.
    /// </summary>
    [Knob("inlining.benefit.threshold", "policies benefit and incremental: cycles saved a node added, in relation to those spent a node there is, below which nothing is inlined",
        Maximum = 1000)]
    public double InliningBenefitThreshold { get; init; } = 0.02;

    /// <summary>
    /// Nodes added by which the threshold doubles: the larger the function already is, the more a call must gain (Prokopec et al., CGO 2019).
    /// </summary>
    [Knob("inlining.benefit.doubling", "policies benefit and incremental: nodes added by which the threshold doubles",
        Minimum = 1, Maximum = 1_000_000, Unit = "IR nodes")]
    public int InliningBenefitDoubling { get; init; } = 2000;

    /// <summary>Most nodes that may be added to a function, by estimate.</summary>
    [Knob("inlining.benefit.budget", "policies benefit and incremental: most nodes that may be added to a function, by estimate",
        Maximum = 1_000_000, Unit = "IR nodes")]
    public int InliningBenefitBudget { get; init; } = 10_000;

    /// <summary>Cycles that a call costs by itself: frame, spills around it, and what is not known behind it.</summary>
    [Knob("inlining.benefit.call-cycles", "estimate: what a call costs by itself, with what has to be spilled and loaded again around it",
        Maximum = 10_000, Unit = "cycles")]
    public double InliningBenefitCallCycles { get; init; } = 12;

    /// <summary>Cycles that an indirect call costs beyond a direct one where it becomes a comparison.</summary>
    [Knob("inlining.benefit.indirect-cycles", "estimate: what a call through a table or reference costs beyond a direct one",
        Maximum = 10_000, Unit = "cycles")]
    public double InliningBenefitIndirectCycles { get; init; } = 6;

    /// <summary>Cycles that passing an argument costs.</summary>
    [Knob("inlining.benefit.argument-cycles", "estimate: what an argument costs to pass", Maximum = 10_000, Unit = "cycles")]
    public double InliningBenefitArgumentCycles { get; init; } = 0.5;

    /// <summary>Cycles of an operation that folds since an argument is constant.</summary>
    [Knob("inlining.benefit.fold-cycles", "estimate: what an operation costs that folds since an argument is constant", Maximum = 10_000, Unit = "cycles")]
    public double InliningBenefitFoldCycles { get; init; } = 1;

    /// <summary>Cycles of a branch whose outcome a constant argument decides.</summary>
    [Knob("inlining.benefit.branch-cycles", "estimate: what a branch costs that a constant argument decides", Maximum = 10_000, Unit = "cycles")]
    public double InliningBenefitBranchCycles { get; init; } = 2;

    /// <summary>Cycles of a type test, cast or null check that an argument's exact type decides.</summary>
    [Knob("inlining.benefit.test-cycles", "estimate: what a cast or test costs that an argument's exact type decides", Maximum = 10_000, Unit = "cycles")]
    public double InliningBenefitTestCycles { get; init; } = 3;

    /// <summary>Cycles of a load or store of an object's field that vanishes.</summary>
    [Knob("inlining.benefit.load-cycles", "estimate: what a load or store of a field costs that vanishes", Maximum = 10_000, Unit = "cycles")]
    public double InliningBenefitLoadCycles { get; init; } = 3;

    /// <summary>Cycles of an allocation that is not made since the object stays virtual.</summary>
    [Knob("inlining.benefit.allocation-cycles", "estimate: what an object costs that is not made where nobody else sees it", Maximum = 10_000, Unit = "cycles")]
    public double InliningBenefitAllocationCycles { get; init; } = 15;

    /// <summary>Cycles of running a wire byte.</summary>
    [Knob("inlining.benefit.byte-cycles", "estimate: cycles that optimized code takes for a wire byte that baseline code has run",
        Minimum = 0.001, Maximum = 1000, Unit = "cycles")]
    public double InliningBenefitByteCycles { get; init; } = 0.4;

    /// <summary>Calls below a candidate that are looked at together with it.</summary>
    [Knob("inlining.incremental.explore", "policy incremental: calls below a candidate that are analysed together with it", Maximum = 1000, Unit = "calls")]
    public int InliningIncrementalExplore { get; init; } = 12;

    /// <summary>Calls below candidates that are looked at for one function in all.</summary>
    [Knob("inlining.incremental.explore-total", "policy incremental: calls below candidates that are analysed for one function in all",
        Maximum = 1_000_000, Unit = "calls")]
    public int InliningIncrementalExploreTotal { get; init; } = 5000;

    /// <summary>Weight of the call count in the score of <see cref="InliningPolicyKind.Weighted"/>.</summary>
    [Knob("inlining.score.count-weight", "weight of the call count in the score of the policy weighted", Maximum = 1000)]
    public double InliningScoreCountWeight { get; init; } = 2;

    /// <summary>Weight of the target's size in the score of <see cref="InliningPolicyKind.Weighted"/>.</summary>
    [Knob("inlining.score.size-weight", "weight of the target's size in the score of the policy weighted", Maximum = 1000)]
    public double InliningScoreSizeWeight { get; init; } = 3;

    /// <summary>Most targets that feedback keeps for a call site; with one more it is megamorphic.</summary>
    [Knob("polymorphism-limit", "most targets that feedback keeps for a call site; beyond, it is megamorphic",
        Minimum = 1, Maximum = 16, Unit = "targets")]
    public int PolymorphismLimit { get; init; } = 4;

    /// <summary>The model that the policy <see cref="InliningPolicyKind.Learned"/> asks.</summary>
    [Knob("inlining.model", "policy learned: file with the model that decides, or built-in")]
    public InliningModel InliningModel { get; init; } = InliningModel.BuiltIn;

    /// <summary>The decisions that the policy <see cref="InliningPolicyKind.Oracle"/> follows.</summary>
    [Knob("inlining.decisions", "policy oracle: file with decisions about single calls ('harness oracle' finds them), or none")]
    public InliningDecisions InliningDecisions { get; init; } = InliningDecisions.None;

    /// <summary>The class that the policy <see cref="InliningPolicyKind.Custom"/> asks.</summary>
    [Knob("inlining.custom", "policy custom: assembly with the class that decides, or none")]
    public InliningPolicySource InliningCustom { get; init; } = InliningPolicySource.None;

    /// <summary>Share of a call site's calls that must have gone to a target for it to be inlined. Others are called generically.</summary>
    [Knob("polymorphism-share", "share of a site's calls that must have gone to a target for it to be inlined; the others are called generically",
        Maximum = 1)]
    public double PolymorphismShare { get; init; }

    /// <summary>
    /// A file of feedback that an earlier run has recorded (<c>harness run --profile-out FILE</c>), with which modules of the same bytes
    /// begin; empty for none.
    /// </summary>
    [Knob("feedback.profile", "begin with the feedback that 'harness run --profile-out FILE' has recorded; functions that were optimized then are as soon as they have run once")]
    public string FeedbackProfile { get; init; } = "";

    /// <summary>
    /// Budgets that a function must have used up when <see cref="FeedbackProfile"/> was recorded for it to be optimized at its first call, before it
    /// has run at all; one that was optimized counts as one budget at least. 0 to let all of them run once in baseline code.
    /// </summary>
    [Knob("feedback.first-call", "budgets that a function must have used up when feedback.profile was recorded to be optimized before its first call; 0 for none, 1 for all that were optimized",
        Maximum = 1_000_000, Unit = "budgets")]
    public int FeedbackFirstCall { get; init; }

    /// <summary>
    /// Whether a failed guard leaves the optimized code for good. Without it, the slow path is a generic call within the
    /// optimized code.
    /// </summary>
    [Knob("deopt", "leave optimized code where a speculation fails, instead of calling a generic slow path",
        V8Flag = "--wasm-deopt")]
    public bool Deopt { get; init; } = true;

    /// <summary>Deopts of one function after which it is optimized without deopt points.</summary>
    [Knob("deopt.limit", "deopts of one function after which it is optimized without deopt points",
        Maximum = 1_000_000, Unit = "deopts", V8Flag = "--wasm-deopts-per-function-limit")]
    public int DeoptLimit { get; init; } = 10;

    /// <summary>Deopts at one call site after which it calls generically what is not inlined there, while other sites still deoptimize.</summary>
    [Knob("deopt.site-limit", "deopts at one call site after which it is given up: other targets are called generically there; 0 for no limit of its own",
        Maximum = 1_000_000, Unit = "deopts")]
    public int DeoptSiteLimit { get; init; }

    /// <summary>Calls that a site must have seen before optimized code relies on it having no other targets.</summary>
    [Knob("deopt.min-calls", "calls that a site must have seen before code deoptimizes where another target comes; below, it calls generically",
        Maximum = 1_000_000_000, Unit = "calls")]
    public int DeoptMinCalls { get; init; }

    /// <summary>Whether what a deopt needs of a function's locals is only those that may be read again.</summary>
    [Knob("deopt.live-locals", "keep for deopts only those locals that may be read again; without it all of them live up to every place where code may be left")]
    public bool DeoptLiveLocals { get; init; } = true;

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

    /// <summary>Largest loop that is peeled, in IR nodes.</summary>
    [Knob("peel.max-size", "largest loop that is peeled",
        Maximum = 1_000_000, Unit = "IR nodes", V8Flag = "--wasm-loop-peeling-max-size")]
    public int PeelMaxSize { get; init; } = 1000;

    /// <summary>How much work each pass may put into a function. A pass that would do more stops, and leaves the graph as good as it is.</summary>
    [Knob("compile.budget", "most visits of a pass for each node of a function's graph, after which it stops",
        Maximum = 1_000_000, Unit = "visits")]
    public int CompileBudget { get; init; } = 100;

    /// <summary>Largest graph that is compiled; functions that would have larger ones stay in baseline code.</summary>
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

    /// <summary>Most threads that validate the function bodies of a module when it is decoded, where there are enough of them; what is found is the same.</summary>
    [Knob("compile.validation-threads", "most threads that validate the functions of a module when it is decoded", Minimum = 1, Maximum = 64, Unit = "threads")]
    public int CompileValidationThreads { get; init; } = 1;

    /// <summary>Loop unrolling.</summary>
    [Knob("pass.unroll", "repeat the bodies of small innermost loops that call nothing", V8Flag = "--wasm-loop-unrolling")]
    public bool PassUnroll { get; init; } = true;

    /// <summary>Most copies of a loop's body; a power of two, others are rounded down.</summary>
    [Knob("unroll.max-factor", "most repetitions of an unrolled loop's body, rounded down to a power of two",
        Minimum = 1, Maximum = 64, Unit = "bodies")]
    public int UnrollMaxFactor { get; init; } = 4;

    /// <summary>Largest loop that comes out of unrolling, in IR nodes.</summary>
    [Knob("unroll.max-size", "largest loop that comes out of unrolling", Maximum = 1_000_000, Unit = "IR nodes")]
    public int UnrollMaxSize { get; init; } = 50;

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

    /// <summary>
    /// Whether out-of-bounds accesses of 32-bit memories are found by guard pages. Without it, every access is checked
    /// explicitly.
    /// </summary>
    [Knob("memory.guard-pages", "find out-of-bounds accesses by guard pages instead of explicit checks",
        V8Flag = "--no-wasm-enforce-bounds-checks")]
    public bool MemoryGuardPages { get; init; } = true;

    /// <summary>
    /// Data from which on the initial content of a module's memories is mapped copy-on-write into its second and later instances instead
    /// of being copied, in KiB; 0 to copy always.
    /// </summary>
    [Knob("memory.image-min-size", "data from which on later instances of a module map the initial content of memories copy-on-write; 0 to copy always",
        Maximum = 1_048_576, Unit = "KiB")]
    public int MemoryImageMinSize { get; init; } = 128;

    /// <summary>Most memory that the linear memories of a store may take together, in MiB. Beyond, they do not grow.</summary>
    [Knob("memory.limit", "most bytes of all linear memories of a store; beyond, memory.grow gives -1", Maximum = 1_048_576, Unit = "MiB")]
    public int MemoryLimit { get; init; } = 65_536;

    /// <summary>Most elements of a table. Beyond, it does not grow.</summary>
    [Knob("table.limit", "most elements of a table; beyond, table.grow gives -1", Maximum = 100_000_000, Unit = "elements")]
    public int TableLimit { get; init; } = 10_000_000;

    /// <summary>Most instances of a store.</summary>
    [Knob("instance.limit", "most instances of a store; beyond, instantiation fails", Minimum = 1, Unit = "instances")]
    public int InstanceLimit { get; init; } = 1_000_000;

    /// <summary>
    /// Most instances, of all modules of an engine together, whose memories, function tables and data are kept, emptied, for later instances of the same module when their stores are disposed
    /// of; 0 to give all back to the system. Where there are more, those that have waited longest go.
    /// </summary>
    [Knob("instance.pool", "most instances, of all modules together, whose memories, tables and data are kept for later instances of the same module; 0 to keep none", Maximum = 1_000_000, Unit = "instances")]
    public int InstancePool { get; init; }

    /// <summary>
    /// Whether the data of instances, function references above all, is mapped copy-on-write from one file for the module, so that an instance costs what it touches of it.
    /// </summary>
    [Knob("instance.lazy-functions", "map the function references of instances copy-on-write instead of writing them")]
    public bool InstanceLazyFunctions { get; init; }

    /// <summary>Whether the elements of a module's function tables are written when something first comes near them, instead of at instantiation.</summary>
    [Knob("instance.lazy-tables", "fill tables of functions when they are first accessed instead of at instantiation")]
    public bool InstanceLazyTables { get; init; }

    /// <summary>Most machine code of an engine, in KiB. Beyond, functions stay in baseline code, and new ones cannot be called.</summary>
    [Knob("code.limit", "most machine code of all modules of an engine; beyond, nothing more is optimized, and what has no code yet cannot be called",
        Minimum = 1, Maximum = 16_777_216, Unit = "KiB")]
    public int CodeLimit { get; init; } = 1_000_000;

    /// <summary>Whether compiled code looks at function entries and loop headers whether the store's deadline, counted in epochs of the engine, has come.</summary>
    [Knob("interrupt.epochs", "let compiled code look at entries and loops whether a deadline has come that the host counts in epochs")]
    public bool InterruptEpochs { get; init; }

    /// <summary>Whether compiled code counts what it executes, and stops where a store's fuel is used up.</summary>
    [Knob("interrupt.fuel", "let compiled code use up a store's fuel by the instructions that it executes, and stop where none is left")]
    public bool InterruptFuel { get; init; }

    /// <summary>What a store begins with where <see cref="InterruptFuel"/> is on: about one unit for each instruction; 0 for no end.</summary>
    [Knob("interrupt.fuel-units", "fuel that a store begins with where interrupt.fuel is on, about a unit for each instruction; 0 for no end",
        Maximum = 1_000_000_000_000_000, Unit = "units")]
    public double InterruptFuelUnits { get; init; }

    /// <summary>
    /// A folder in which baseline code is kept for later processes, with what is known of its module; empty for none. What is there is run as code: the folder must belong to the user,
    /// and nobody else may be able to write in it.
    /// </summary>
    [Knob("cache.directory", "keep baseline code, feedback and what validation has found out in this folder, and begin with what is there of the same module, knobs, processor and build", IsFolder = true)]
    public string CacheDirectory { get; init; } = "";

    /// <summary>Most that the files in <see cref="CacheDirectory"/> may take, in MiB. Beyond, those go that have not been used for longest.</summary>
    [Knob("cache.limit", "most that the files of cache.directory may take; beyond, those go that have not been used for longest", Minimum = 1, Maximum = 1_048_576, Unit = "MiB")]
    public int CacheLimit { get; init; } = 512;

    /// <summary>Whether the profiler <c>perf</c> is told the names of generated functions.</summary>
    [Knob("perf.map", "write the names of functions and their tiers to /tmp/perf-PID.map, for perf", V8Flag = "--perf-basic-prof")]
    public bool PerfMap { get; init; }

    /// <summary>Size of the stack of a thread made to run Wasm code, in KiB.</summary>
    [Knob("stack.size", "size of the stack that Wasm code runs on", Minimum = 512, Maximum = 1_048_576, Unit = "KiB")]
    public int StackSize { get; init; } = 8192;

    /// <summary>
    /// Seed of a layout that differs from the usual one in what no program may depend on and what changes with every build: distances between pieces of code, where within a
    /// page the stack begins, how large the environment of a worker process is. 0 for the usual layout.
    /// </summary>
    [Knob("layout.seed", "place code, stack and environment elsewhere, by chance with this seed, to measure what layout does to times; 0 for the usual layout", Maximum = 1_000_000)]
    public int LayoutSeed { get; init; }

    /// <summary>Size of the nursery at first, in KiB, and at least.</summary>
    [Knob("heap.nursery-size", "size of the part of the heap where objects are allocated, at first and at least", Minimum = 256, Maximum = 1_048_576, Unit = "KiB",
        V8Flag = "--semi-space-size")]
    public int HeapNurserySize { get; init; } = 4096;

    /// <summary>Largest size of the nursery, in KiB; 0 for half the processor's last cache, but 8 to 32 MiB.</summary>
    [Knob("heap.nursery-max-size", "largest size of the nursery; 0 for half the last cache, but 8 to 32 MiB", Maximum = 1_048_576, Unit = "KiB",
        V8Flag = "--max-semi-space-size")]
    public int HeapNurseryMaxSize { get; init; }

    /// <summary>Whether the nursery grows and shrinks, and aging pauses, by how much survives.</summary>
    [Knob("heap.adaptive-nursery", "size the nursery, and pause aging, by how much survives")]
    public bool HeapAdaptiveNursery { get; init; } = true;

    /// <summary>Young collections that an object survives before the next one makes it old.</summary>
    [Knob("heap.promotion-age", "collections that objects survive before the next one makes them old; 0 to make them old at once", Maximum = 15,
        Unit = "collections")]
    public int HeapPromotionAge { get; init; } = 1;

    /// <summary>Most memory of heaps of disposed stores that the process keeps for the next ones, in MiB.</summary>
    [Knob("heap.kept-memory", "most memory that heaps leave to later ones of the process; the rest goes back to the system", Maximum = 1_048_576,
        Unit = "MiB")]
    public int HeapKeptMemory { get; init; } = 256;

    /// <summary>Limit of the live heap, in MiB.</summary>
    [Knob("heap.limit", "most memory that live objects may take; beyond, allocations trap", Minimum = 1, Maximum = 1_048_576, Unit = "MiB",
        V8Flag = "--max-old-space-size")]
    public int HeapLimit { get; init; } = 4096;

    /// <summary>How much larger than what lived after the last full collection the old generation may become before the next.</summary>
    [Knob("heap.growth-factor", "size of the old generation that starts a full collection, as a multiple of what lived after the last",
        Minimum = 1.1, Maximum = 16)]
    public double HeapGrowthFactor { get; init; } = 2;

    /// <summary>Size of the old generation, in MiB, below which it is not collected.</summary>
    [Knob("heap.minimum-threshold", "size of the old generation below which it is not collected", Maximum = 1_048_576, Unit = "MiB")]
    public int HeapMinimumThreshold { get; init; } = 64;

    /// <summary>
    /// Whether the system is asked for large pages (transparent ones of 2 MiB) for heaps from their first collection on: fewer faults and
    /// translations, more memory for a small heap.
    /// </summary>
    [Knob("heap.huge-pages", "ask the system for large pages for the heap, from its first collection on")]
    public bool HeapHugePages { get; init; } = true;

    /// <summary>Collects garbage at every Nth allocation.</summary>
    [Knob("stress.gc-interval", "collect garbage at every Nth allocation; 0 for none", Unit = "allocations", V8Flag = "--stress-compaction")]
    public int StressGcInterval { get; init; }

    /// <summary>
    /// Regions of the code space that functions' code is dealt out to, whatever room the first one has; 0 to fill one after the other. A caller and what it calls then mostly lie in
    /// different regions. Results must not change.
    /// </summary>
    [Knob("stress.code-regions", "deal functions' code out to this many regions of the code space; 0 to fill one after the other", Maximum = 16, Unit = "regions")]
    public int StressCodeRegions { get; init; }

    /// <summary>Make every Nth guard fail though its speculation holds; 0 for none. Results must not change.</summary>
    [Knob("stress.guard-fail-interval", "make every Nth guard fail; 0 for none", Unit = "guards")]
    public int StressGuardFailInterval { get; init; }

    /// <summary>Optimize a function after this many calls, whatever its budget; 0 to go by the budget.</summary>
    [Knob("stress.tier-up-after", "optimize a function at its Nth call; 0 to go by tiering.budget", Unit = "calls")]
    public int StressTierUpAfter { get; init; }

    /// <summary>
    /// Overwrite what an instance leaves in the pool before it is emptied, and check that everything is as in a new instance before it is used again; an
    /// <see cref="InvalidOperationException"/> says where it is not. What is done late is done late in small instances, too.
    /// </summary>
    [Knob("stress.instance-pool", "overwrite what instances leave in the pool, and check that it is as new before it is used again")]
    public bool StressInstancePool { get; init; }

    /// <summary>Print each deopt: reason, place, frames and time.</summary>
    [Knob("trace.deopt", "print each deopt: reason, place, values of the frames, time", V8Flag = "--trace-deopt-verbose")]
    public bool TraceDeopt { get; init; }

    /// <summary>Print each inlining decision with its reason.</summary>
    [Knob("trace.inlining", "print each inlining decision with its reason", V8Flag = "--trace-wasm-inlining")]
    public bool TraceInlining { get; init; }

    /// <summary>Print each function that is optimized, with size and compile time.</summary>
    [Knob("trace.tier-up", "print each function that is optimized, with size and time",
        V8Flag = "--trace-wasm-compilation-times")]
    public bool TraceTierUp { get; init; }

    /// <summary>Print each garbage collection.</summary>
    [Knob("trace.gc", "print each garbage collection: kind, time, bytes allocated, moved and in use", V8Flag = "--trace-gc")]
    public bool TraceGc { get; init; }

    /// <summary>Makes options from the values of some knobs; the others are at their defaults.</summary>
    /// <param name="values">Values by knob name, as users write them.</param>
    /// <exception cref="KnobException">A knob is unknown, or does not take its value.</exception>
    public static EngineOptions FromDictionary(IEnumerable<KeyValuePair<string, string>> values) => Default.With(values);

    /// <summary>A copy in which one knob has another value.</summary>
    /// <param name="name">Name of the knob, such as <c>inlining.budget</c>.</param>
    /// <param name="value">Its value as users write it, such as <c>3000</c> or <c>off</c>.</param>
    /// <exception cref="KnobException">The knob is unknown, or does not take the value.</exception>
    public EngineOptions With(string name, string value) => With([new(name, value)]);

    /// <summary>A copy in which some knobs have other values.</summary>
    /// <param name="values">Values by knob name, as users write them.</param>
    /// <exception cref="KnobException">A knob is unknown, or does not take its value.</exception>
    public EngineOptions With(IEnumerable<KeyValuePair<string, string>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var copy = new EngineOptions(this);
        foreach (var (name, text) in values)
        {
            var knob = KnobRegistry.Find(name);
            knob.SetValue(copy, knob.Parse(text));
        }

        return copy;
    }

    /// <summary>The value of every knob by its name, in the order of the registry; the inverse of <see cref="FromDictionary"/>.</summary>
    public IReadOnlyDictionary<string, string> ToDictionary() =>
        KnobRegistry.All.ToDictionary(knob => knob.Name, knob => knob.Format(knob.GetValue(this)));

    /// <summary>The knobs that are not at their default, by name.</summary>
    public IReadOnlyDictionary<string, string> ChangedKnobs() =>
        KnobRegistry.All
            .Where(knob => !Equals(knob.GetValue(this), knob.Default))
            .ToDictionary(knob => knob.Name, knob => knob.Format(knob.GetValue(this)));
}
