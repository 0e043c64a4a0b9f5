using Harness.Engine.Configuration;
using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Inlining.Policies;

/// <summary>
/// Asks a policy from outside of the engine (knob <c>inlining.custom</c>). Size of body and nodes added are limited all the same, so that one that admits everything ends.
/// </summary>
internal sealed class CustomPolicy : IInliningPolicy
{
    private readonly InliningState _state;
    private readonly EngineOptions _options;
    private readonly BenefitEstimator _estimator;
    private readonly GainThreshold _threshold;
    private readonly CustomInliningPolicy _policy;

    private CustomPolicy(InliningState state, CustomInliningPolicy policy)
    {
        _state = state;
        _policy = policy;
        _options = state.Options;
        _estimator = new BenefitEstimator(state);
        _threshold = new GainThreshold(state, _estimator);
    }

    /// <summary>Makes the policy for a compilation; V8's where there is no other.</summary>
    public static IInliningPolicy Create(InliningState state) => state.Options.InliningCustom.Create(state.Options) is { } policy
        ? new CustomPolicy(state, policy)
        : InliningPolicies.Create(InliningPolicyKind.V8, state);

    /// <inheritdoc/>
    public double Score(InliningTree candidate)
    {
        var score = _policy.Score(Describe(candidate, _estimator.Estimate(candidate)));
        return double.IsNaN(score) ? double.NegativeInfinity : score;
    }

    /// <inheritdoc/>
    public InliningVerdict Judge(InliningTree candidate)
    {
        var estimate = _estimator.Estimate(candidate);
        if (candidate.WireSize > _options.InliningMaxSize)
        {
            return new InliningVerdict(InliningDecision.TooLarge, estimate);
        }

        if (_threshold.NodesAdded + Math.Max(1, estimate.NodesAdded) > _options.InliningBenefitBudget)
        {
            return new InliningVerdict(InliningDecision.BudgetExceeded, estimate);
        }

        var answer = _policy.Judge(Describe(candidate, estimate));
        if (!answer.IsInlined)
        {
            return new InliningVerdict(InliningDecision.NotAdmitted, estimate) { Reason = string.IsNullOrWhiteSpace(answer.Reason) ? null : NameText.Of(answer.Reason) };
        }

        _threshold.Count(estimate);
        return new InliningVerdict(InliningDecision.Inlined, estimate) { Miss = answer.Miss };
    }

    private InliningCandidate Describe(InliningTree candidate, InliningEstimate estimate) => new()
    {
        Target = _state.Module.Functions[candidate.FunctionIndex].ToString(),
        Root = _state.Module.Functions[_state.Root.FunctionIndex].ToString(),
        WireBytes = candidate.WireSize,
        RootWireBytes = _state.Root.WireSize,
        Depth = candidate.Depth,
        Calls = candidate.CallCount,
        Frequency = candidate.Frequency,
        IsIndirect = candidate.IsIndirect,
        SiteTargets = candidate.SiteTargets,
        Share = (double)candidate.CallCount / Math.Max(1, candidate.SiteCalls),
        SiteDeopts = _state.Feedback.DeoptsAt(candidate.CallOffset),
        HasLoop = _state.SummaryOf(candidate.FunctionIndex).HasLoop,
        WorkPerCall = _state.WorkPerCall(candidate),
        CyclesSaved = estimate.CyclesSaved,
        NodesAdded = estimate.NodesAdded,
        InlinedSoFar = _state.InlinedCount,
        WireBytesSoFar = _state.CopiedSize,
    };
}
