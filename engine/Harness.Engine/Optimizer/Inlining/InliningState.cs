using Harness.Engine.Configuration;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Inlining;

/// <summary>
/// What a policy can know while the tree of a function grows: the module, the feedback, the tree so far and what it adds. It also gives
/// a function its call sites, whether it is inlined already or only looked into.
/// </summary>
internal sealed class InliningState(WasmModule module, EngineOptions options, IFeedbackSource feedback, InliningTree root)
{
    private readonly FunctionSummaries _summaries = FunctionSummaries.Of(module);

    /// <summary>The module.</summary>
    public WasmModule Module => module;

    /// <summary>The knobs.</summary>
    public EngineOptions Options => options;

    /// <summary>What the call sites have seen.</summary>
    public IFeedbackSource Feedback => feedback;

    /// <summary>The compiled function.</summary>
    public InliningTree Root => root;

    /// <summary>Cancels the compilation.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Functions that were inlined so far.</summary>
    public int InlinedCount { get; private set; }

    /// <summary>What they add to the compiled function, in wire bytes, each less <c>inlining.call-size</c> for the call that is gone.</summary>
    public int InlinedSize { get; private set; }

    /// <summary>The sum of their bodies, in wire bytes.</summary>
    public long CopiedSize { get; private set; }

    /// <summary>Whether all candidates were decided about but those that were deferred, which cannot be deferred again.</summary>
    public bool IsLastRound { get; set; }

    /// <summary>What a function that the module defines consists of.</summary>
    public FunctionSummary SummaryOf(int functionIndex) => _summaries[functionIndex];

    /// <summary>Counts a candidate as inlined.</summary>
    public void Count(InliningTree inlined)
    {
        InlinedSize += Math.Max(0, inlined.WireSize - options.InliningCallSize);
        CopiedSize += inlined.WireSize;
        inlined.Order = ++InlinedCount;
    }

    /// <summary>
    /// Wire bytes that a call of a candidate runs, its loops included, the functions that it calls not. It is known from the budgets that
    /// functions use up; a function without calls does not count how often it is entered, so that this call's own count stands for it.
    /// </summary>
    public double WorkPerCall(InliningTree candidate)
    {
        if (candidate.FunctionIndex < module.ImportedFunctionCount)
        {
            return 0;
        }

        var entries = feedback.FeedbackOf(candidate.FunctionIndex)?.Invocations
            ?? (SummaryOf(candidate.FunctionIndex).HasLoop ? candidate.CallCount : 0);
        var work = feedback.WorkOf(candidate.FunctionIndex);
        return entries == 0 || work == 0 ? candidate.WireSize : (double)work / entries;
    }

    /// <summary>
    /// Gives a function of the tree its call sites, unless it has them. Candidates that no policy can admit are decided about.
    /// </summary>
    public void Expand(InliningTree caller)
    {
        if (caller.CallSites.Length > 0 || feedback.FeedbackOf(caller.FunctionIndex) is not { } function)
        {
            return;
        }

        var reader = module.OpenBody(module.Functions[caller.FunctionIndex]);
        var sites = new InliningCallSite[function.Sites.Length];
        for (var i = 0; i < sites.Length; i++)
        {
            var site = function.Sites[i];
            reader.Offset = site.BytecodeOffset;
            var opcode = reader.ReadOpcode();
            var isIndirect = opcode is not (Opcode.Call or Opcode.ReturnCall);
            var targets = isIndirect
                ? Array.ConvertAll(site.Targets, target => Candidate(caller, function, site, target.FunctionIndex, target.Count, true))
                : [Candidate(caller, function, site, reader.ReadIndex(), site.Count, false)];
            var isEnabled = opcode switch
            {
                Opcode.CallIndirect or Opcode.ReturnCallIndirect => options.InliningCallIndirect,
                Opcode.CallRef or Opcode.ReturnCallRef => options.InliningCallRef,
                _ => true,
            };
            foreach (var target in targets)
            {
                target.Decision = isEnabled ? Obstacle(target) : InliningDecision.Disabled;
            }

            sites[i] = new InliningCallSite(site.BytecodeOffset, isIndirect, site.State, targets)
            {
                MayDeoptimize = site.Count >= options.DeoptMinCalls
                    && (options.DeoptSiteLimit == 0 || feedback.DeoptsAt(site.BytecodeOffset) < options.DeoptSiteLimit),
            };
        }

        caller.CallSites = sites;
    }

    private InliningTree Candidate(
        InliningTree caller, FunctionFeedback function, CallSiteFeedback site, int functionIndex, long count, bool isIndirect) =>
        new(functionIndex, caller, count, function.Invocations, functionIndex < 0 ? 0 : module.Functions[functionIndex].BodySize)
        {
            CallOffset = site.BytecodeOffset,
            IsIndirect = isIndirect,
            SiteTargets = Math.Max(1, site.Targets.Length),
            SiteCalls = site.Count,
        };

    /// <summary>Why no policy can admit a candidate, if so.</summary>
    private InliningDecision Obstacle(InliningTree candidate)
    {
        if (candidate.FunctionIndex < 0)
        {
            return InliningDecision.Foreign;
        }

        if (module.Functions[candidate.FunctionIndex].IsImported)
        {
            return InliningDecision.Imported;
        }

        if (!module.IsValid(candidate.FunctionIndex))
        {
            return InliningDecision.NotValid;
        }

        if (module.Functions[candidate.FunctionIndex].HasVectors && !options.VectorsOptimize)
        {
            return InliningDecision.HasVectors;
        }

        if (candidate.Depth > options.InliningMaxDepth)
        {
            return InliningDecision.TooDeep;
        }

        return candidate.IsIndirect && candidate.CallCount < options.PolymorphismShare * candidate.SiteCalls
            ? InliningDecision.RareTarget
            : InliningDecision.NotConsidered;
    }
}
