using Harness.Engine.Configuration;
using Harness.Engine.Optimizer.Inlining.Trials;

namespace Harness.Engine.Optimizer.Inlining;

/// <summary>
/// Estimates what inlining a candidate gives and costs, from the summaries of caller and callee: the call that is gone, constants and exact
/// types that fold, objects that stay virtual and loads that vanish with them, and the nodes that are left of the callee. Arguments are
/// followed through the functions that are inlined around. Where there are trials, what vanishes and what is left is counted in the callee
/// as they have built and simplified it; else nothing is built for it.
/// </summary>
internal sealed class BenefitEstimator
{
    private readonly InliningState _state;
    private readonly EngineOptions _options;
    private readonly InliningTrials? _trials;
    private readonly Dictionary<InliningTree, ValueOrigin[]> _arguments = [];

    /// <summary>Prepares for the compilation of a function, whose own call sites are known.</summary>
    /// <param name="state">What is known.</param>
    /// <param name="trials">Builds callees in trial; null if nothing is built.</param>
    public BenefitEstimator(InliningState state, InliningTrials? trials = null)
    {
        _state = state;
        _trials = trials;
        _options = state.Options;
        WorkPerNode = EstimateWorkPerNode();
    }

    /// <summary>Cycles that a call of the compiled function spends, with what it calls, for each node that it has before inlining.</summary>
    public double WorkPerNode { get; }

    /// <summary>Estimates one candidate alone.</summary>
    public InliningEstimate Estimate(InliningTree candidate)
    {
        var summary = _state.SummaryOf(candidate.FunctionIndex);
        var passed = ArgumentsOf(candidate);
        var saved = _options.InliningBenefitCallCycles + (_options.InliningBenefitArgumentCycles * summary.Parameters.Length);
        double added = -NodeEstimates.Call - summary.Parameters.Length;
        if (candidate.IsIndirect)
        {
            saved += _options.InliningBenefitIndirectCycles;
            added += _options.InliningBenefitGuardNodes;
        }

        var trial = _trials?.Find(candidate, passed);
        saved += trial?.CyclesSaved(_options) ?? 0;
        added += trial?.Nodes ?? summary.Nodes;
        for (var i = 0; i < Math.Min(passed.Length, summary.Parameters.Length); i++)
        {
            // What a trial was told has its part in what is left; the rest is known all the same.
            if (trial is null || !TrialArguments.Tells(passed[i]))
            {
                Add(passed[i].Kind, summary.Parameters[i], ref saved, ref added);
            }
        }

        return new InliningEstimate(saved + ResultCycles(summary), added);
    }

    /// <summary>The trial that the estimate of a candidate goes by; null if there is none.</summary>
    public InliningTrial? TrialOf(InliningTree candidate) => _trials?.Find(candidate, ArgumentsOf(candidate));

    /// <summary>
    /// What a call is to do where another target comes than those inlined. A guard is worth it where what it saves in as many calls as there were outweighs one deopt more than there were: as long as
    /// the targets have been the same they are expected to stay so. The knobs may still forbid what is worth it.
    /// </summary>
    /// <param name="candidate">A target of the call.</param>
    public MissHandling MissOf(InliningTree candidate)
    {
        if (!candidate.IsIndirect || _options.InliningBenefitDeoptCycles <= 0)
        {
            return MissHandling.ByKnobs;
        }

        // An object that the target has made does not stay virtual where a generic call may give another one.
        var saved = _options.InliningBenefitGuardCycles + ResultCycles(_state.SummaryOf(candidate.FunctionIndex));
        var lost = _options.InliningBenefitDeoptCycles * (1.0 + _state.Feedback.DeoptsAt(candidate.CallOffset));
        return candidate.SiteCalls * saved < lost ? MissHandling.GenericCall : MissHandling.ByKnobs;
    }

    /// <summary>Cycles saved since a new object that the function returns may stay virtual.</summary>
    private double ResultCycles(FunctionSummary summary) =>
        summary.ReturnsNewObject ? _options.InliningBenefitResultShare * _options.InliningBenefitAllocationCycles : 0;

    /// <summary>Adds what is gained since something is known of an argument.</summary>
    private void Add(ValueOriginKind origin, ParameterUses uses, ref double saved, ref double added)
    {
        switch (origin)
        {
            case ValueOriginKind.Constant:
                saved += (uses.Operations * _options.InliningBenefitFoldCycles) + (uses.Branches * _options.InliningBenefitBranchCycles);
                added -= uses.Operations + (uses.Branches * _options.InliningBenefitBranchNodes);
                return;
            case ValueOriginKind.Function:
                saved += uses.Calls * (_options.InliningBenefitIndirectCycles + _options.InliningBenefitCallCycles);
                break;
            case ValueOriginKind.ConstantObject:
                saved += _options.InliningBenefitConstantShare * uses.Accesses * _options.InliningBenefitLoadCycles;
                added -= _options.InliningBenefitConstantShare * uses.Accesses;
                break;
            case ValueOriginKind.NewObject:
                saved += uses.Accesses * _options.InliningBenefitLoadCycles;
                saved += uses.Escapes == 0 ? _options.InliningBenefitAllocationCycles : 0;
                added -= uses.Accesses;
                break;
            case ValueOriginKind.Null:
                break;
            default:
                return;
        }

        saved += uses.Tests * _options.InliningBenefitTestCycles;
        added -= uses.Tests * NodeEstimates.Test;
    }

    /// <summary>Where the arguments of a candidate come from, seen from the compiled function.</summary>
    private ValueOrigin[] ArgumentsOf(InliningTree candidate)
    {
        if (candidate.Caller is not { } caller)
        {
            return [];
        }

        if (!_arguments.TryGetValue(candidate, out var known))
        {
            var outer = ArgumentsOf(caller);
            var passed = _state.SummaryOf(caller.FunctionIndex).Arguments.GetValueOrDefault(candidate.CallOffset) ?? [];
            known = Array.ConvertAll(passed, origin => origin.Kind != ValueOriginKind.Parameter ? origin
                : origin.Index < outer.Length ? Through(origin, outer[origin.Index])
                : default);
            _arguments.Add(candidate, known);
        }

        return known;
    }

    /// <summary>What a parameter is, or what follows from it, where it is known what was passed for it: what follows from a constant is another one.</summary>
    private static ValueOrigin Through(ValueOrigin parameter, ValueOrigin passed) => !parameter.IsDerived ? passed
        : passed.Kind == ValueOriginKind.Parameter ? passed with { IsDerived = true }
        : new ValueOrigin(passed.IsConstant ? ValueOriginKind.Constant : ValueOriginKind.Unknown);

    private double EstimateWorkPerNode()
    {
        var work = CyclesOf(_state.Root);
        foreach (var site in _state.Root.CallSites)
        {
            foreach (var target in site.Targets)
            {
                work += target.Frequency * (_options.InliningBenefitCallCycles + CyclesOf(target));
            }
        }

        return Math.Max(work, 1) / Math.Max(1, _state.SummaryOf(_state.Root.FunctionIndex).Nodes);
    }

    private double CyclesOf(InliningTree function) => _state.WorkPerCall(function) * _options.InliningBenefitByteCycles;
}
