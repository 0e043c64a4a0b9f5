namespace Harness.Engine.Configuration;

/// <content>
/// Which calls are inlined: what holds for all policies, V8's limits, and the numbers of each of the other policies.
/// </content>
public sealed partial record EngineOptions
{
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

    /// <summary>Chance that a new object which a function returns stays virtual in its caller.</summary>
    [Knob("inlining.benefit.result-share", "estimate: chance that a new object which a function returns need not be made", Maximum = 1)]
    public double InliningBenefitResultShare { get; init; } = 0.5;

    /// <summary>Share of the accesses to a constant object that fold, since its fields are immutable.</summary>
    [Knob("inlining.benefit.constant-share", "estimate: share of the accesses to a constant object that fold", Maximum = 1)]
    public double InliningBenefitConstantShare { get; init; } = 0.5;

    /// <summary>Nodes of a comparison with the target and of the exit where it fails, beyond those of the checks that they replace.</summary>
    [Knob("inlining.benefit.guard-nodes", "estimate: nodes of the check of a target beyond those of the checks that it replaces", Maximum = 100, Unit = "IR nodes")]
    public int InliningBenefitGuardNodes { get; init; } = 2;

    /// <summary>Nodes that disappear with the way that a known branch does not take, beyond the branch itself.</summary>
    [Knob("inlining.benefit.branch-nodes", "estimate: nodes that disappear with the way that a known branch does not take", Maximum = 1000, Unit = "IR nodes")]
    public int InliningBenefitBranchNodes { get; init; } = 3;

    /// <summary>
    /// Cycles of a deopt, with what runs in baseline code until the function is optimized again: a call whose guard is not expected to save so much calls other targets generically instead. 0 to leave
    /// that to <see cref="DeoptMinCalls"/> and <see cref="DeoptSiteLimit"/>.
    /// </summary>
    [Knob("inlining.benefit.deopt-cycles",
        "policies benefit and incremental: what a deopt costs; a guard that has saved less so far, by estimate, is a generic call; 0 leaves that to deopt.min-calls and deopt.site-limit",
        Maximum = 1_000_000_000, Unit = "cycles")]
    public double InliningBenefitDeoptCycles { get; init; }

    /// <summary>Cycles that a guard saves in a call against a generic call for other targets: what code behind both must find out again.</summary>
    [Knob("inlining.benefit.guard-cycles", "estimate: what a guard saves in a call since no other target joins the code behind it", Maximum = 10_000, Unit = "cycles")]
    public double InliningBenefitGuardCycles { get; init; } = 1;

    /// <summary>Calls below a candidate that are looked at together with it.</summary>
    [Knob("inlining.incremental.explore", "policy incremental: calls below a candidate that are analysed together with it", Maximum = 1000, Unit = "calls")]
    public int InliningIncrementalExplore { get; init; } = 12;

    /// <summary>Calls below candidates that are looked at for one function in all.</summary>
    [Knob("inlining.incremental.explore-total", "policy incremental: calls below candidates that are analysed for one function in all",
        Maximum = 1_000_000, Unit = "calls")]
    public int InliningIncrementalExploreTotal { get; init; } = 5000;

    /// <summary>
    /// How much is built in trial for one function in all: each target of a call that is looked at, once for the same knowledge of the arguments and once without any. Beyond,
    /// what becomes of a target is estimated from its bytes; 0 to build nothing.
    /// </summary>
    [Knob("inlining.incremental.trial-budget",
        "policy incremental: functions that are built and simplified in trial for one function in all, to see what is left of them; others are estimated; 0 for none",
        Maximum = 10_000_000, Unit = "wire bytes")]
    public int InliningIncrementalTrialBudget { get; init; } = 10_000;

    /// <summary>Weight of the call count in the score of <see cref="InliningPolicyKind.Weighted"/>.</summary>
    [Knob("inlining.score.count-weight", "weight of the call count in the score of the policy weighted", Maximum = 1000)]
    public double InliningScoreCountWeight { get; init; } = 2;

    /// <summary>Weight of the target's size in the score of <see cref="InliningPolicyKind.Weighted"/>.</summary>
    [Knob("inlining.score.size-weight", "weight of the target's size in the score of the policy weighted", Maximum = 1000)]
    public double InliningScoreSizeWeight { get; init; } = 3;

    /// <summary>The model that the policy <see cref="InliningPolicyKind.Learned"/> asks.</summary>
    [Knob("inlining.model", "policy learned: file with the model that decides, or built-in")]
    public InliningModel InliningModel { get; init; } = InliningModel.BuiltIn;

    /// <summary>The decisions that the policy <see cref="InliningPolicyKind.Oracle"/> follows.</summary>
    [Knob("inlining.decisions", "policy oracle: file with decisions about single calls ('harness oracle' finds them), or none")]
    public InliningDecisions InliningDecisions { get; init; } = InliningDecisions.None;

    /// <summary>The class that the policy <see cref="InliningPolicyKind.Custom"/> asks.</summary>
    [Knob("inlining.custom", "policy custom: assembly with the class that decides, or none")]
    public InliningPolicySource InliningCustom { get; init; } = InliningPolicySource.None;

    /// <summary>The first of four numbers that the class of <see cref="InliningCustom"/> may read, and that mean what it says.</summary>
    [Knob("inlining.custom.1", "policy custom: first number for the class that decides, which means what the class says", Minimum = -1_000_000, Maximum = 1_000_000)]
    public double InliningCustom1 { get; init; }

    /// <summary>The second of them.</summary>
    [Knob("inlining.custom.2", "policy custom: second number for the class that decides", Minimum = -1_000_000, Maximum = 1_000_000)]
    public double InliningCustom2 { get; init; }

    /// <summary>The third of them.</summary>
    [Knob("inlining.custom.3", "policy custom: third number for the class that decides", Minimum = -1_000_000, Maximum = 1_000_000)]
    public double InliningCustom3 { get; init; }

    /// <summary>The fourth of them.</summary>
    [Knob("inlining.custom.4", "policy custom: fourth number for the class that decides", Minimum = -1_000_000, Maximum = 1_000_000)]
    public double InliningCustom4 { get; init; }
}
