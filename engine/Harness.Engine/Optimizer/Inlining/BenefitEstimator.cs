using Harness.Engine.Configuration;

namespace Harness.Engine.Optimizer.Inlining;

/// <summary>
/// Estimates what inlining a candidate gives and costs, from the summaries of caller and callee: the call that is gone, constants and exact
/// types that fold, objects that stay virtual and loads that vanish with them, and the nodes that are left of the callee. Arguments are
/// followed through the functions that are inlined around. Nothing is built or simplified for it.
/// </summary>
internal sealed class BenefitEstimator
{
    private readonly InliningState state;
    private readonly EngineOptions options;
    private readonly Dictionary<InliningTree, ValueOrigin[]> arguments = [];

    /// <summary>Prepares for the compilation of a function, whose own call sites are known.</summary>
    public BenefitEstimator(InliningState state)
    {
        this.state = state;
        options = state.Options;
        WorkPerNode = EstimateWorkPerNode();
    }

    /// <summary>Cycles that a call of the compiled function spends, with what it calls, for each node that it has before inlining.</summary>
    public double WorkPerNode { get; }

    /// <summary>Estimates one candidate alone.</summary>
    public InliningEstimate Estimate(InliningTree candidate)
    {
        FunctionSummary summary = state.SummaryOf(candidate.FunctionIndex);
        ValueOrigin[] passed = ArgumentsOf(candidate);
        double saved = options.InliningBenefitCallCycles + (options.InliningBenefitArgumentCycles * summary.Parameters.Length);
        double added = summary.Nodes - NodeEstimates.Call - summary.Parameters.Length;
        if (candidate.IsIndirect)
        {
            saved += options.InliningBenefitIndirectCycles;
            added += options.InliningBenefitGuardNodes;
        }

        for (int i = 0; i < Math.Min(passed.Length, summary.Parameters.Length); i++)
        {
            Add(passed[i].Kind, summary.Parameters[i], ref saved, ref added);
        }

        return new InliningEstimate(saved + ResultCycles(summary), added);
    }

    /// <summary>
    /// What a call is to do where another target comes than those inlined. A guard is worth it where what it saves in as many calls as there were outweighs one deopt more than there were: as long as
    /// the targets have been the same they are expected to stay so. The knobs may still forbid what is worth it.
    /// </summary>
    /// <param name="candidate">A target of the call.</param>
    public MissHandling MissOf(InliningTree candidate)
    {
        if (!candidate.IsIndirect || options.InliningBenefitDeoptCycles <= 0)
        {
            return MissHandling.ByKnobs;
        }

        // An object that the target has made does not stay virtual where a generic call may give another one.
        double saved = options.InliningBenefitGuardCycles + ResultCycles(state.SummaryOf(candidate.FunctionIndex));
        double lost = options.InliningBenefitDeoptCycles * (1.0 + state.Feedback.DeoptsAt(candidate.CallOffset));
        return candidate.SiteCalls * saved < lost ? MissHandling.GenericCall : MissHandling.ByKnobs;
    }

    /// <summary>Cycles saved since a new object that the function returns may stay virtual.</summary>
    private double ResultCycles(FunctionSummary summary) =>
        summary.ReturnsNewObject ? options.InliningBenefitResultShare * options.InliningBenefitAllocationCycles : 0;

    /// <summary>Adds what is gained since something is known of an argument.</summary>
    private void Add(ValueOriginKind origin, ParameterUses uses, ref double saved, ref double added)
    {
        switch (origin)
        {
            case ValueOriginKind.Constant:
                saved += (uses.Operations * options.InliningBenefitFoldCycles) + (uses.Branches * options.InliningBenefitBranchCycles);
                added -= uses.Operations + (uses.Branches * options.InliningBenefitBranchNodes);
                return;
            case ValueOriginKind.Function:
                saved += uses.Calls * (options.InliningBenefitIndirectCycles + options.InliningBenefitCallCycles);
                break;
            case ValueOriginKind.ConstantObject:
                saved += options.InliningBenefitConstantShare * uses.Accesses * options.InliningBenefitLoadCycles;
                added -= options.InliningBenefitConstantShare * uses.Accesses;
                break;
            case ValueOriginKind.NewObject:
                saved += uses.Accesses * options.InliningBenefitLoadCycles;
                saved += uses.Escapes == 0 ? options.InliningBenefitAllocationCycles : 0;
                added -= uses.Accesses;
                break;
            case ValueOriginKind.Null:
                break;
            default:
                return;
        }

        saved += uses.Tests * options.InliningBenefitTestCycles;
        added -= uses.Tests * NodeEstimates.Test;
    }

    /// <summary>Where the arguments of a candidate come from, seen from the compiled function.</summary>
    private ValueOrigin[] ArgumentsOf(InliningTree candidate)
    {
        if (candidate.Caller is not { } caller)
        {
            return [];
        }

        if (!arguments.TryGetValue(candidate, out ValueOrigin[]? known))
        {
            ValueOrigin[] outer = ArgumentsOf(caller);
            ValueOrigin[] passed = state.SummaryOf(caller.FunctionIndex).Arguments.GetValueOrDefault(candidate.CallOffset) ?? [];
            known = Array.ConvertAll(passed, origin => origin.Kind != ValueOriginKind.Parameter ? origin
                : origin.Index < outer.Length ? outer[origin.Index]
                : default);
            arguments.Add(candidate, known);
        }

        return known;
    }

    private double EstimateWorkPerNode()
    {
        double work = CyclesOf(state.Root);
        foreach (InliningCallSite site in state.Root.CallSites)
        {
            foreach (InliningTree target in site.Targets)
            {
                work += target.Frequency * (options.InliningBenefitCallCycles + CyclesOf(target));
            }
        }

        return Math.Max(work, 1) / Math.Max(1, state.SummaryOf(state.Root.FunctionIndex).Nodes);
    }

    private double CyclesOf(InliningTree function) => state.WorkPerCall(function) * options.InliningBenefitByteCycles;
}
