using Harness.Engine.Configuration;
using Harness.Engine.Feedback;

namespace Harness.Engine.Optimizer.Inlining;

/// <summary>What was decided about inlining one target at one call site, and why.</summary>
internal enum InliningDecision : byte
{
    /// <summary>Not decided about yet.</summary>
    NotConsidered,

    /// <summary>Inlined.</summary>
    Inlined,

    /// <summary>The function is imported.</summary>
    Imported,

    /// <summary>The target belongs to another instance or to the host.</summary>
    Foreign,

    /// <summary>The body is larger than <c>inlining.max-size</c>.</summary>
    TooLarge,

    /// <summary>Not called often enough for its size.</summary>
    TooCold,

    /// <summary>It would exceed the budget of the function it goes into.</summary>
    BudgetExceeded,

    /// <summary><c>inlining.max-count</c> calls were inlined already.</summary>
    TooManyInlined,

    /// <summary>Nested deeper than <c>inlining.max-depth</c>.</summary>
    TooDeep,

    /// <summary>Inlining of this kind of call is off.</summary>
    Disabled,

    /// <summary>Of a site's calls, fewer than <c>polymorphism-share</c> went to this target.</summary>
    RareTarget,

    /// <summary>It runs so long that the call is a trifle.</summary>
    LongRunning,

    /// <summary>It would gain too little for the nodes it adds.</summary>
    TooLittleGain,

    /// <summary>The body has vectors, and <c>vectors.optimize</c> is off.</summary>
    HasVectors,

    /// <summary>The body, which was not validated when the module was decoded (<c>compile.lazy-validation</c>), is not valid.</summary>
    NotValid,

    /// <summary>A policy from outside of the engine does not admit it (<c>inlining.custom</c>).</summary>
    NotAdmitted,

    /// <summary>A file of decisions refuses it (<c>inlining.decisions</c>).</summary>
    Refused,

    /// <summary>To be decided about once all others were. No decision is this in the end.</summary>
    Deferred,
}

/// <summary>
/// A function at a place where it is called: the compiled function at the root, candidates for inlining below. The graph
/// builder follows the tree; whoever grew it is of no concern to it.
/// </summary>
internal sealed class InliningTree
{
    /// <summary>Makes a node that has not been decided about.</summary>
    /// <param name="functionIndex">The function; -1 for one of another instance.</param>
    /// <param name="parent">The caller; null at the root.</param>
    /// <param name="callCount">How often the call went to this function.</param>
    /// <param name="invocations">How often the caller was entered meanwhile.</param>
    /// <param name="wireSize">Size of the body in wire bytes.</param>
    public InliningTree(int functionIndex, InliningTree? parent, long callCount, long invocations, int wireSize)
    {
        FunctionIndex = functionIndex;
        Caller = parent;
        Depth = parent is null ? 0 : parent.Depth + 1;
        Frequency = parent is null ? 1 : invocations == 0 ? 0 : parent.Frequency * callCount / invocations;
        CallCount = callCount;
        WireSize = wireSize;
    }

    /// <summary>The function; -1 for one of another instance.</summary>
    public int FunctionIndex { get; }

    /// <summary>The function that calls it; null at the root.</summary>
    public InliningTree? Caller { get; }

    /// <summary>Offset in the module's bytes of the call instruction; 0 at the root.</summary>
    public int CallOffset { get; init; }

    /// <summary>Whether the call goes through a table or a reference, so that the target is a guess.</summary>
    public bool IsIndirect { get; init; }

    /// <summary>How many targets the call site has seen.</summary>
    public int SiteTargets { get; init; }

    /// <summary>How often the call was executed, whatever its target was, by the caller's feedback.</summary>
    public long SiteCalls { get; init; }

    /// <summary>Levels below the root.</summary>
    public int Depth { get; }

    /// <summary>How often the call went to this function, by the caller's feedback.</summary>
    public long CallCount { get; }

    /// <summary>How often the call went to this function for each time that the compiled function was called.</summary>
    public double Frequency { get; }

    /// <summary>Size of the body in wire bytes.</summary>
    public int WireSize { get; }

    /// <summary>Calls for each call of the compiled function and each byte of the target.</summary>
    public double Density => WireSize == 0 ? 0 : Frequency / WireSize;

    /// <summary>The policy's score: candidates with a higher one are decided about first.</summary>
    public double Score { get; set; }

    /// <summary>What was decided, and why.</summary>
    public InliningDecision Decision { get; set; }

    /// <summary>Why, in the policy's own words; null where the decision says all.</summary>
    public string? Reason { get; set; }

    /// <summary>What the policy wants the call to do where another target comes; by the knobs where the target is certain.</summary>
    public MissHandling Miss { get; set; }

    /// <summary>What the policy expects of inlining it; null where it made no estimate.</summary>
    public InliningEstimate? Estimate { get; set; }

    /// <summary>What a model would be told of it; null where the policy did not write it down.</summary>
    public double[]? Features { get; set; }

    /// <summary>The place in the order in which functions were inlined, from 1; 0 if not inlined.</summary>
    public int Order { get; set; }

    /// <summary>Call sites of this function, ascending by offset; empty unless it is inlined (or the root).</summary>
    public InliningCallSite[] CallSites { get; set; } = [];

    /// <summary>Whether the builder is to build the body in place of the call.</summary>
    public bool IsInlined => Decision == InliningDecision.Inlined;

    /// <summary>Whether this function or one inlined into it calls through a guess for which its code may have to be left.</summary>
    public bool HasSpeculation
    {
        get
        {
            foreach (var site in CallSites)
            {
                foreach (var target in site.Targets)
                {
                    if (target.IsInlined && ((site.IsIndirect && site.Miss != MissHandling.GenericCall) || target.HasSpeculation))
                    {
                        return true;
                    }
                }
            }

            return false;
        }
    }

    /// <summary>The call site at an offset, or null if the tree knows nothing of it.</summary>
    public InliningCallSite? SiteAt(int bytecodeOffset)
    {
        var low = 0;
        var high = CallSites.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var site = CallSites[middle];
            if (site.BytecodeOffset == bytecodeOffset)
            {
                return site;
            }

            if (site.BytecodeOffset < bytecodeOffset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return null;
    }
}

/// <summary>A call in a function of the tree, with the targets that could be inlined there.</summary>
/// <param name="BytecodeOffset">Offset in the module's bytes of the call instruction.</param>
/// <param name="IsIndirect">Whether the target is known from feedback only.</param>
/// <param name="State">State of the feedback.</param>
/// <param name="Targets">Candidates, most frequent first.</param>
internal sealed record InliningCallSite(int BytecodeOffset, bool IsIndirect, FeedbackState State, InliningTree[] Targets)
{
    /// <summary>Whether the knobs let the site deoptimize where another target comes, if all of these are inlined and no policy says otherwise.</summary>
    public bool MayDeoptimize { get; init; } = true;

    /// <summary>What the policy wants the site to do where another target comes: of what it said about the targets that are inlined, that which stands last in <see cref="MissHandling"/>.</summary>
    public MissHandling Miss
    {
        get
        {
            var miss = MissHandling.ByKnobs;
            foreach (var target in Targets)
            {
                if (target.IsInlined && target.Miss > miss)
                {
                    miss = target.Miss;
                }
            }

            return miss;
        }
    }

    /// <summary>Whether another target than the inlined ones, of which there must be one, deoptimizes where that is possible at all. Else it is called generically.</summary>
    public bool Deoptimizes => Miss switch
    {
        MissHandling.Guard => true,
        MissHandling.GenericCall => false,
        _ => MayDeoptimize && Array.TrueForAll(Targets, static target => target.IsInlined),
    };
}
