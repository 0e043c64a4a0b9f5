using Harness.Engine.Configuration;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Inlining;

/// <summary>
/// Grows the inlining tree of a function from feedback, before its graph is built: the best candidate by the policy's score is
/// decided about first, and its own calls join the candidates when it is admitted.
/// </summary>
internal sealed class InliningTreeGrower(WasmModule module, EngineOptions options, IFeedbackSource feedback)
{
    private readonly PriorityQueue<InliningTree, (double NegatedScore, int Function, int Arrival)> _candidates = new();
    private readonly List<InliningTree> _deferred = [];
    private int _arrivals;

    /// <summary>Grows the tree of a function.</summary>
    /// <param name="functionIndex">The function.</param>
    /// <param name="cancellation">Cancels the compilation.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public InliningTree Grow(int functionIndex, CancellationToken cancellation = default)
    {
        var rootSize = module.Functions[functionIndex].BodySize;
        var root = new InliningTree(functionIndex, null, 0, 0, rootSize) { Decision = InliningDecision.Inlined };
        if (!options.Inlining)
        {
            return root;
        }

        var state = new InliningState(module, options, feedback, root) { Cancellation = cancellation };
        state.Expand(root);
        var policy = InliningPolicies.Create(state);
        AddCandidates(root, policy);
        DecideAll(state, policy, cancellation);
        if (_deferred.Count > 0)
        {
            state.IsLastRound = true;
            foreach (var candidate in _deferred)
            {
                Enqueue(candidate);
            }

            DecideAll(state, policy, cancellation);
        }

        Prune(root);
        return root;
    }

    private void DecideAll(InliningState state, IInliningPolicy policy, CancellationToken cancellation)
    {
        while (_candidates.TryDequeue(out var candidate, out _))
        {
            cancellation.ThrowIfCancellationRequested();
            var verdict = policy.Judge(candidate);
            candidate.Decision = verdict.Decision;
            candidate.Estimate = verdict.Estimate;
            candidate.Features = verdict.Features;
            candidate.Reason = verdict.Reason;
            candidate.Miss = candidate.IsIndirect ? verdict.Miss : MissHandling.ByKnobs;
            if (candidate.IsInlined)
            {
                state.Count(candidate);
                state.Expand(candidate);
                AddCandidates(candidate, policy);
            }
            else if (verdict.Decision == InliningDecision.Deferred)
            {
                if (state.IsLastRound)
                {
                    throw new InvalidOperationException("a policy has deferred a candidate in the last round");
                }

                _deferred.Add(candidate);
            }
        }
    }

    private void AddCandidates(InliningTree caller, IInliningPolicy policy)
    {
        foreach (var site in caller.CallSites)
        {
            foreach (var target in site.Targets)
            {
                if (target.FunctionIndex < module.ImportedFunctionCount)
                {
                    continue;
                }

                target.Score = policy.Score(target);
                if (target.Decision == InliningDecision.NotConsidered)
                {
                    Enqueue(target);
                }
            }
        }
    }

    private void Enqueue(InliningTree candidate) =>
        _candidates.Enqueue(candidate, (-candidate.Score, candidate.FunctionIndex, _arrivals++));

    /// <summary>Takes away the call sites of candidates that a policy has looked into, but not admitted.</summary>
    private static void Prune(InliningTree root)
    {
        var work = new Stack<InliningTree>();
        work.Push(root);
        while (work.TryPop(out var caller))
        {
            foreach (var site in caller.CallSites)
            {
                foreach (var target in site.Targets)
                {
                    if (target.IsInlined)
                    {
                        work.Push(target);
                    }
                    else
                    {
                        target.CallSites = [];
                    }
                }
            }
        }
    }
}
