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
        Span<double> features = stackalloc double[CallFeatures.Count];
        CallFeatures.Find(state, estimator, threshold.NodesAdded, candidate, estimate, features);
        return options.InliningModel.Evaluate(features);
    }
}
