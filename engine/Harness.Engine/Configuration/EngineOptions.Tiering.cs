namespace Harness.Engine.Configuration;

/// <content>
/// When functions are optimized and by what they have learnt, and when optimized code is left again: <c>tier-up</c>, <c>tiering</c>, <c>osr</c>, <c>feedback</c>, <c>polymorphism</c>, <c>deopt</c>.
/// </content>
public sealed partial record EngineOptions
{
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
        Maximum = 64, Unit = "threads", V8Flag = "--wasm-num-compilation-tasks", IsZeroAutomatic = true)]
    public int TieringThreads { get; init; }

    /// <summary>
    /// Whether functions that run in baseline code when their optimized code is ready go on in optimized code at the header of an outermost
    /// loop.
    /// </summary>
    [Knob("osr", "on-stack replacement: let a running function that has been optimized go on in optimized code at its outermost loops")]
    public bool Osr { get; init; }

    /// <summary>
    /// How many times the headers of a function's outermost loops are passed in baseline code, once the function has been optimized, before the loop that is passed next is
    /// compiled and entered. They are counted anew after each entry. 0 to enter at the first header.
    /// </summary>
    [Knob("osr.threshold",
        "iterations that the outermost loops of a function run in baseline code, once it has been optimized, before one of them is compiled and entered in optimized code; 0 for none",
        Maximum = 1_000_000_000, Unit = "iterations")]
    public int OsrThreshold { get; init; }

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

    /// <summary>Most targets that feedback keeps for a call site; with one more it is megamorphic.</summary>
    [Knob("polymorphism-limit", "most targets that feedback keeps for a call site; beyond, it is megamorphic",
        Minimum = 1, Maximum = 16, Unit = "targets")]
    public int PolymorphismLimit { get; init; } = 4;

    /// <summary>Share of a call site's calls that must have gone to a target for it to be inlined. Others are called generically.</summary>
    [Knob("polymorphism-share", "share of a site's calls that must have gone to a target for it to be inlined; the others are called generically",
        Maximum = 1)]
    public double PolymorphismShare { get; init; }

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

    /// <summary>Deopts at one call site after which it calls generically what is not inlined there, while other sites still deoptimize; 0 for no limit of its own.</summary>
    [Knob("deopt.site-limit", "deopts at one call site after which it is given up: other targets are called generically there; 0 for no limit of its own",
        Maximum = 1_000_000, Unit = "deopts")]
    public int DeoptSiteLimit { get; init; }

    /// <summary>Calls that a site must have seen before optimized code relies on it having no other targets; 0 to rely on it always.</summary>
    [Knob("deopt.min-calls", "calls that a site must have seen before code deoptimizes where another target comes; below, it calls generically",
        Maximum = 1_000_000_000, Unit = "calls")]
    public int DeoptMinCalls { get; init; }

    /// <summary>Whether what a deopt needs of a function's locals is only those that may be read again.</summary>
    [Knob("deopt.live-locals", "keep for deopts only those locals that may be read again; without it all of them live up to every place where code may be left")]
    public bool DeoptLiveLocals { get; init; } = true;
}
