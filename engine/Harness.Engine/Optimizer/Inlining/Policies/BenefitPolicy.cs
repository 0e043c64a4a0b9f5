namespace Harness.Engine.Optimizer.Inlining.Policies;

/// <summary>
/// Looks at the candidate first that is estimated to save most cycles for each node that it adds, and admits it as long as that is much in
/// relation to what the function spends for each of its nodes. A cold path, a long-running callee and a function that only passes on to
/// one therefore get nothing, and a loop gets what it calls. Where a deopt has a price (<c>inlining.benefit.deopt-cycles</c>), a call whose guard is not worth it does without.
/// </summary>
internal sealed class BenefitPolicy : IInliningPolicy
{
    private readonly BenefitEstimator _estimator;
    private readonly GainThreshold _threshold;

    /// <summary>Makes the policy for a compilation.</summary>
    public BenefitPolicy(InliningState state)
    {
        _estimator = new BenefitEstimator(state);
        _threshold = new GainThreshold(state, _estimator);
    }

    /// <inheritdoc/>
    public double Score(InliningTree candidate) => GainOf(candidate, _estimator.Estimate(candidate));

    /// <inheritdoc/>
    public InliningVerdict Judge(InliningTree candidate)
    {
        var estimate = _estimator.Estimate(candidate);
        var decision = _threshold.Obstacle(candidate, estimate);
        if (decision == InliningDecision.NotConsidered)
        {
            decision = _threshold.Decide(candidate.Score, estimate.NodesAdded);
        }

        if (decision == InliningDecision.Inlined)
        {
            _threshold.Count(estimate);
        }

        return new InliningVerdict(decision, estimate) { Miss = _estimator.MissOf(candidate) };
    }

    private double GainOf(InliningTree candidate, InliningEstimate estimate) =>
        _threshold.GainOf(candidate.Frequency * estimate.CyclesSaved, estimate.NodesAdded);
}
