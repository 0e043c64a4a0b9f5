namespace Harness.Engine.Optimizer.Inlining.Policies;

/// <summary>
/// Looks at the candidate first that is estimated to save most cycles for each node that it adds, and admits it as long as that is much in
/// relation to what the function spends for each of its nodes. A cold path, a long-running callee and a function that only passes on to
/// one therefore get nothing, and a loop gets what it calls. Where a deopt has a price (<c>inlining.benefit.deopt-cycles</c>), a call whose guard is not worth it does without.
/// </summary>
internal sealed class BenefitPolicy : IInliningPolicy
{
    private readonly BenefitEstimator estimator;
    private readonly GainThreshold threshold;

    /// <summary>Makes the policy for a compilation.</summary>
    public BenefitPolicy(InliningState state)
    {
        estimator = new BenefitEstimator(state);
        threshold = new GainThreshold(state, estimator);
    }

    /// <inheritdoc/>
    public double Score(InliningTree candidate) => GainOf(candidate, estimator.Estimate(candidate));

    /// <inheritdoc/>
    public InliningVerdict Judge(InliningTree candidate)
    {
        InliningEstimate estimate = estimator.Estimate(candidate);
        InliningDecision decision = threshold.Obstacle(candidate, estimate);
        if (decision == InliningDecision.NotConsidered)
        {
            decision = threshold.Decide(candidate.Score, estimate.NodesAdded);
        }

        if (decision == InliningDecision.Inlined)
        {
            threshold.Count(estimate);
        }

        return new InliningVerdict(decision, estimate) { Miss = estimator.MissOf(candidate) };
    }

    private double GainOf(InliningTree candidate, InliningEstimate estimate) =>
        threshold.GainOf(candidate.Frequency * estimate.CyclesSaved, estimate.NodesAdded);
}
