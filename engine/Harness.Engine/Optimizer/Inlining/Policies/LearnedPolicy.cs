using Harness.Engine.Configuration;

namespace Harness.Engine.Optimizer.Inlining.Policies;

/// <summary>
/// Asks a model (knob <c>inlining.model</c>) in the manner of MLGO (Trofin et al. 2021): what it thinks most of is looked at first, and
/// inlined unless it thinks it better not to be. Size of body and nodes added are limited all the same.
/// </summary>
internal sealed class LearnedPolicy : IInliningPolicy
{
    private readonly InliningState _state;
    private readonly EngineOptions _options;
    private readonly BenefitEstimator _estimator;
    private readonly GainThreshold _threshold;

    /// <summary>Makes the policy for a compilation.</summary>
    public LearnedPolicy(InliningState state)
    {
        _state = state;
        _options = state.Options;
        _estimator = new BenefitEstimator(state);
        _threshold = new GainThreshold(state, _estimator);
    }

    /// <inheritdoc/>
    public double Score(InliningTree candidate) => Ask(candidate, _estimator.Estimate(candidate));

    /// <inheritdoc/>
    public InliningVerdict Judge(InliningTree candidate)
    {
        var estimate = _estimator.Estimate(candidate);
        var decision = candidate.WireSize > _options.InliningMaxSize ? InliningDecision.TooLarge
            : Ask(candidate, estimate) < 0 ? InliningDecision.TooLittleGain
            : _threshold.NodesAdded + Math.Max(1, estimate.NodesAdded) > _options.InliningBenefitBudget ? InliningDecision.BudgetExceeded
            : InliningDecision.Inlined;
        if (decision == InliningDecision.Inlined)
        {
            _threshold.Count(estimate);
        }

        return new InliningVerdict(decision, estimate);
    }

    private double Ask(InliningTree candidate, InliningEstimate estimate)
    {
        Span<double> features = stackalloc double[CallFeatures.Count];
        CallFeatures.Find(_state, _estimator, _threshold.NodesAdded, candidate, estimate, features);
        return _options.InliningModel.Evaluate(features);
    }
}
