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

    private readonly InliningState _state;
    private readonly BenefitEstimator _estimator;
    private readonly GainThreshold _threshold;
    private readonly IInliningPolicy _rest;
    private readonly IReadOnlyDictionary<string, bool> _decisions;
    private readonly IReadOnlyDictionary<string, MissHandling> _misses;

    /// <summary>Makes the policy for a compilation.</summary>
    public OraclePolicy(InliningState state)
    {
        _state = state;
        _estimator = new BenefitEstimator(state);
        _threshold = new GainThreshold(state, _estimator);
        var all = state.Options.InliningDecisions;
        _rest = InliningPolicies.Create(all.Rest, state);
        var hash = Hashes.GetValue(state.Module, ModuleProfile.HashOf);
        _decisions = all.Of(hash);
        _misses = all.MissesOf(hash);
    }

    /// <inheritdoc/>
    public double Score(InliningTree candidate)
    {
        var score = _rest.Score(candidate);
        return Find(candidate) == true ? double.PositiveInfinity : score;
    }

    /// <inheritdoc/>
    public InliningVerdict Judge(InliningTree candidate)
    {
        var estimate = _estimator.Estimate(candidate);
        var features = new double[CallFeatures.Count];
        CallFeatures.Find(_state, _estimator, _threshold.NodesAdded, candidate, estimate, features);
        var verdict = Find(candidate) switch
        {
            null => _rest.Judge(candidate),
            false => new InliningVerdict(InliningDecision.Refused),
            true => new InliningVerdict(_state.CopiedSize + candidate.WireSize > MostAdded ? InliningDecision.BudgetExceeded : InliningDecision.Inlined),
        };
        if (verdict.Decision == InliningDecision.Inlined)
        {
            _threshold.Count(estimate);
        }

        return verdict with { Features = features, Miss = FindMiss(candidate) ?? verdict.Miss };
    }

    /// <summary>What was decided about a call; null where nothing was.</summary>
    private bool? Find(InliningTree candidate) => _decisions.Count > 0 && _decisions.TryGetValue(PathOf(candidate), out var isInlined) ? isInlined : null;

    /// <summary>What was decided about other targets of a call; null where nothing was.</summary>
    private MissHandling? FindMiss(InliningTree candidate) =>
        _misses.Count > 0 && _misses.TryGetValue(InliningDecisions.SiteOf(PathOf(candidate)), out var miss) ? miss : null;

    private string PathOf(InliningTree candidate)
    {
        var calls = new Stack<(int Offset, int Target)>();
        for (var call = candidate; call.Caller is { } caller; call = caller)
        {
            calls.Push((call.CallOffset, call.FunctionIndex));
        }

        return InliningDecisions.PathOf(_state.Root.FunctionIndex, calls);
    }
}
