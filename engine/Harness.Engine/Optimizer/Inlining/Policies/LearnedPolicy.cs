using Harness.Engine.Configuration;

namespace Harness.Engine.Optimizer.Inlining.Policies;

/// <summary>
/// Asks a model (knob <c>inlining.model</c>) in the manner of MLGO (Trofin et al. 2021): what it thinks most of is looked at first, and
/// inlined unless it thinks it better not to be. Size of body and nodes added are limited all the same.
/// </summary>
internal sealed class LearnedPolicy : IInliningPolicy
{
    private readonly InliningState state;
    private readonly EngineOptions options;
    private readonly BenefitEstimator estimator;
    private readonly GainThreshold threshold;

    /// <summary>Makes the policy for a compilation.</summary>
    public LearnedPolicy(InliningState state)
    {
        this.state = state;
        options = state.Options;
        estimator = new BenefitEstimator(state);
        threshold = new GainThreshold(state, estimator);
    }

    /// <inheritdoc/>
    public double Score(InliningTree candidate) => Ask(candidate, estimator.Estimate(candidate));

    /// <inheritdoc/>
    public InliningVerdict Judge(InliningTree candidate)
    {
        InliningEstimate estimate = estimator.Estimate(candidate);
        InliningDecision decision = candidate.WireSize > options.InliningMaxSize ? InliningDecision.TooLarge
            : Ask(candidate, estimate) < 0 ? InliningDecision.TooLittleGain
            : threshold.NodesAdded + Math.Max(1, estimate.NodesAdded) > options.InliningBenefitBudget ? InliningDecision.BudgetExceeded
            : InliningDecision.Inlined;
        if (decision == InliningDecision.Inlined)
        {
            threshold.Count(estimate);
        }

        return new InliningVerdict(decision, estimate);
    }

    private double Ask(InliningTree candidate, InliningEstimate estimate)
    {
        FunctionSummary summary = state.SummaryOf(candidate.FunctionIndex);
        ReadOnlySpan<double> features =
        [
            Log(candidate.Frequency, 1e-9),
            Log(candidate.CallCount + 1.0, 1),
            Log(candidate.WireSize, 1),
            Log(estimate.NodesAdded, 1),
            estimate.NodesAdded <= 0 ? 1 : 0,
            Log(estimate.CyclesSaved, 1e-3),
            Log(state.WorkPerCall(candidate), 1),
            Log(estimator.WorkPerNode, 1e-3),
            Log(state.Root.WireSize, 1),
            candidate.Depth,
            candidate.IsIndirect ? 1 : 0,
            candidate.SiteTargets,
            (double)candidate.CallCount / Math.Max(1, candidate.SiteCalls),
            summary.Parameters.Length,
            summary.HasLoop ? 1 : 0,
            threshold.NodesAdded / 1000,
        ];
        return options.InliningModel.Evaluate(features);
    }

    /// <summary>The logarithm of a number, but of the least one if it is smaller.</summary>
    private static double Log(double number, double least) => Math.Log(Math.Clamp(number, least, 1e300));
}
