using Harness.Engine.Configuration;

namespace Harness.Engine.Optimizer.Inlining;

/// <summary>What an <see cref="InliningModel"/> is told of a call.</summary>
internal static class CallFeatures
{
    /// <summary>How many there are.</summary>
    public static readonly int Count = Enum.GetValues<InliningFeature>().Length;

    /// <summary>Finds the features of a candidate, in the order of <see cref="InliningFeature"/>; all of them are finite.</summary>
    /// <param name="state">What is known.</param>
    /// <param name="estimator">Tells what the compiled function spends.</param>
    /// <param name="nodesAdded">Nodes added to the compiled function so far, by estimate.</param>
    /// <param name="candidate">The call.</param>
    /// <param name="estimate">What inlining it gives and costs.</param>
    /// <param name="features">Where they are written to.</param>
    public static void Find(
        InliningState state, BenefitEstimator estimator, double nodesAdded, InliningTree candidate, InliningEstimate estimate, Span<double> features)
    {
        var summary = state.SummaryOf(candidate.FunctionIndex);
        ReadOnlySpan<double> found =
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
            nodesAdded / 1000,
        ];
        found.CopyTo(features);
    }

    /// <summary>The logarithm of a number, but of the least one if it is smaller.</summary>
    private static double Log(double number, double least) => Math.Log(Math.Clamp(number, least, 1e300));
}
