using Harness.Engine.Configuration;
using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Inlining.Policies;

/// <summary>
/// Asks a policy from outside of the engine (knob <c>inlining.custom</c>). Size of body and nodes added are limited all the same, so that one that admits everything ends.
/// </summary>
internal sealed class CustomPolicy : IInliningPolicy
{
    private readonly InliningState state;
    private readonly EngineOptions options;
    private readonly BenefitEstimator estimator;
    private readonly GainThreshold threshold;
    private readonly CustomInliningPolicy policy;

    private CustomPolicy(InliningState state, CustomInliningPolicy policy)
    {
        this.state = state;
        this.policy = policy;
        options = state.Options;
        estimator = new BenefitEstimator(state);
        threshold = new GainThreshold(state, estimator);
    }

    /// <summary>Makes the policy for a compilation; V8's where there is no other.</summary>
    public static IInliningPolicy Create(InliningState state) => state.Options.InliningCustom.Create(state.Options) is { } policy
        ? new CustomPolicy(state, policy)
        : InliningPolicies.Create(InliningPolicyKind.V8, state);

    /// <inheritdoc/>
    public double Score(InliningTree candidate)
    {
        double score = policy.Score(Describe(candidate, estimator.Estimate(candidate)));
        return double.IsNaN(score) ? double.NegativeInfinity : score;
    }

    /// <inheritdoc/>
    public InliningVerdict Judge(InliningTree candidate)
    {
        InliningEstimate estimate = estimator.Estimate(candidate);
        if (candidate.WireSize > options.InliningMaxSize)
        {
            return new InliningVerdict(InliningDecision.TooLarge, estimate);
        }

        if (threshold.NodesAdded + Math.Max(1, estimate.NodesAdded) > options.InliningBenefitBudget)
        {
            return new InliningVerdict(InliningDecision.BudgetExceeded, estimate);
        }

        InliningAnswer answer = policy.Judge(Describe(candidate, estimate));
        if (!answer.IsInlined)
        {
            return new InliningVerdict(InliningDecision.NotAdmitted, estimate) { Reason = string.IsNullOrWhiteSpace(answer.Reason) ? null : NameText.Of(answer.Reason) };
        }

        threshold.Count(estimate);
        return new InliningVerdict(InliningDecision.Inlined, estimate) { Miss = answer.Miss };
    }

    private InliningCandidate Describe(InliningTree candidate, InliningEstimate estimate) => new()
    {
        Target = state.Module.Functions[candidate.FunctionIndex].ToString(),
        Root = state.Module.Functions[state.Root.FunctionIndex].ToString(),
        WireBytes = candidate.WireSize,
        RootWireBytes = state.Root.WireSize,
        Depth = candidate.Depth,
        Calls = candidate.CallCount,
        Frequency = candidate.Frequency,
        IsIndirect = candidate.IsIndirect,
        SiteTargets = candidate.SiteTargets,
        Share = (double)candidate.CallCount / Math.Max(1, candidate.SiteCalls),
        SiteDeopts = state.Feedback.DeoptsAt(candidate.CallOffset),
        HasLoop = state.SummaryOf(candidate.FunctionIndex).HasLoop,
        WorkPerCall = state.WorkPerCall(candidate),
        CyclesSaved = estimate.CyclesSaved,
        NodesAdded = estimate.NodesAdded,
        InlinedSoFar = state.InlinedCount,
        WireBytesSoFar = state.CopiedSize,
    };
}
