using System.Runtime.CompilerServices;
using Harness.Engine.Configuration;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Inlining.Policies;

/// <summary>
/// Follows decisions that somebody has found by measurement (knob <c>inlining.decisions</c>), before all others: which calls are inlined, and what they do where another target comes. Another
/// policy decides about the calls that they do not name, and sees what the decided ones have spent. It writes down what a model would be told of each call, for those who learn from measured
/// decisions.
/// </summary>
internal sealed class OraclePolicy : IInliningPolicy
{
    /// <summary>Wire bytes that decisions may add to a function: a file must not exhaust the compiler.</summary>
    private const int MostAdded = 1_000_000;

    private static readonly ConditionalWeakTable<WasmModule, string> Hashes = [];

    private readonly InliningState state;
    private readonly BenefitEstimator estimator;
    private readonly GainThreshold threshold;
    private readonly IInliningPolicy rest;
    private readonly IReadOnlyDictionary<string, bool> decisions;
    private readonly IReadOnlyDictionary<string, MissHandling> misses;

    /// <summary>Makes the policy for a compilation.</summary>
    public OraclePolicy(InliningState state)
    {
        this.state = state;
        estimator = new BenefitEstimator(state);
        threshold = new GainThreshold(state, estimator);
        InliningDecisions all = state.Options.InliningDecisions;
        rest = InliningPolicies.Create(all.Rest, state);
        string hash = Hashes.GetValue(state.Module, ModuleProfile.HashOf);
        decisions = all.Of(hash);
        misses = all.MissesOf(hash);
    }

    /// <inheritdoc/>
    public double Score(InliningTree candidate)
    {
        double score = rest.Score(candidate);
        return Find(candidate) == true ? double.PositiveInfinity : score;
    }

    /// <inheritdoc/>
    public InliningVerdict Judge(InliningTree candidate)
    {
        InliningEstimate estimate = estimator.Estimate(candidate);
        double[] features = new double[CallFeatures.Count];
        CallFeatures.Find(state, estimator, threshold.NodesAdded, candidate, estimate, features);
        InliningVerdict verdict = Find(candidate) switch
        {
            null => rest.Judge(candidate),
            false => new InliningVerdict(InliningDecision.Refused),
            true => new InliningVerdict(state.CopiedSize + candidate.WireSize > MostAdded ? InliningDecision.BudgetExceeded : InliningDecision.Inlined),
        };
        if (verdict.Decision == InliningDecision.Inlined)
        {
            threshold.Count(estimate);
        }

        return verdict with { Features = features, Miss = FindMiss(candidate) ?? verdict.Miss };
    }

    /// <summary>What was decided about a call; null where nothing was.</summary>
    private bool? Find(InliningTree candidate) => decisions.Count > 0 && decisions.TryGetValue(PathOf(candidate), out bool isInlined) ? isInlined : null;

    /// <summary>What was decided about other targets of a call; null where nothing was.</summary>
    private MissHandling? FindMiss(InliningTree candidate) =>
        misses.Count > 0 && misses.TryGetValue(InliningDecisions.SiteOf(PathOf(candidate)), out MissHandling miss) ? miss : null;

    private string PathOf(InliningTree candidate)
    {
        var calls = new Stack<(int Offset, int Target)>();
        for (InliningTree call = candidate; call.Caller is { } caller; call = caller)
        {
            calls.Push((call.CallOffset, call.FunctionIndex));
        }

        return InliningDecisions.PathOf(state.Root.FunctionIndex, calls);
    }
}
