using Harness.Engine.Configuration;

namespace Harness.Engine.Optimizer.Inlining.Policies;

/// <summary>
/// What a gain must be to be worth its nodes. A gain is the cycles saved in a call of the compiled function for each node added, in
/// relation to the cycles that the function spends for each node that it has: it is 1 where the new nodes save as much as the old ones cost,
/// however hot the function is and however large. The threshold doubles with the nodes that were added, so that there is no cliff at which a
/// budget is used up (the adaptive threshold of Prokopec et al., CGO 2019).
/// </summary>
internal sealed class GainThreshold(InliningState state, BenefitEstimator estimator)
{
    private readonly EngineOptions _options = state.Options;

    /// <summary>Nodes that the inlined functions add, by estimate; each at least one.</summary>
    public double NodesAdded { get; private set; }

    private double Least => _options.InliningBenefitThreshold * Math.Pow(2, NodesAdded / _options.InliningBenefitDoubling);

    /// <summary>The gain of cycles saved in each call of the compiled function by some nodes.</summary>
    public double GainOf(double cyclesSaved, double nodesAdded) => cyclesSaved / Math.Max(1, nodesAdded) / estimator.WorkPerNode;

    /// <summary>Why a candidate is out of the question whatever it gains; <see cref="InliningDecision.NotConsidered"/> if it is not.</summary>
    public InliningDecision Obstacle(InliningTree candidate, InliningEstimate estimate)
    {
        if (candidate.WireSize > _options.InliningMaxSize)
        {
            return InliningDecision.TooLarge;
        }

        // What makes the function no larger may come in cold.
        if (candidate.CallCount == 0 && estimate.NodesAdded > 0)
        {
            return InliningDecision.TooCold;
        }

        return state.WorkPerCall(candidate) > _options.InliningLongRunning ? InliningDecision.LongRunning : InliningDecision.NotConsidered;
    }

    /// <summary>Decides by gain and budget.</summary>
    public InliningDecision Decide(double gain, double nodesAdded)
    {
        if (nodesAdded > 0 && gain < Least)
        {
            return InliningDecision.TooLittleGain;
        }

        return NodesAdded + Math.Max(1, nodesAdded) > _options.InliningBenefitBudget
            ? InliningDecision.BudgetExceeded
            : InliningDecision.Inlined;
    }

    /// <summary>Counts the nodes of a candidate that is inlined.</summary>
    public void Count(InliningEstimate estimate) => NodesAdded += Math.Max(1, estimate.NodesAdded);
}
