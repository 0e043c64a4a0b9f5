using System.Runtime.InteropServices;
using Harness.Engine.Configuration;

namespace Harness.Engine.Optimizer.Inlining.Policies;

/// <summary>
/// V8's order with budgets that cannot starve each other: one for direct calls, whose targets are certain, and one for indirect ones. Cold
/// calls get nothing of either, nor do functions that run long, tiny functions are not counted, and no target may take more than its share of
/// a budget until all others were looked at. A budget has a least size, so that a function that only passes on is not spoilt by what it
/// passes on to.
/// </summary>
internal sealed class SeparateBudgetsPolicy : IInliningPolicy
{
    private readonly InliningState _state;
    private readonly EngineOptions _options;
    private readonly Budget _direct;
    private readonly Budget _indirect;
    private int _counted;

    /// <summary>Makes the policy for a compilation.</summary>
    public SeparateBudgetsPolicy(InliningState state)
    {
        _state = state;
        _options = state.Options;
        var wanted = Math.Max(_options.InliningSeparateMinBudget, _options.InliningSeparateFactor * state.Root.WireSize);
        _direct = new Budget((int)Math.Min(wanted, _options.InliningSeparateDirectBudget));
        _indirect = new Budget((int)Math.Min(wanted, _options.InliningSeparateIndirectBudget));
    }

    /// <inheritdoc/>
    public double Score(InliningTree candidate) => candidate.Density;

    /// <inheritdoc/>
    public InliningVerdict Judge(InliningTree candidate) => new(Decide(candidate));

    private InliningDecision Decide(InliningTree candidate)
    {
        // What is no larger than the call may come in cold.
        if (candidate.Frequency < _options.InliningSeparateCold && candidate.WireSize > _options.InliningCallSize)
        {
            return InliningDecision.TooCold;
        }

        if (candidate.WireSize > _options.InliningMaxSize)
        {
            return InliningDecision.TooLarge;
        }

        if (_state.WorkPerCall(candidate) > _options.InliningLongRunning)
        {
            return InliningDecision.LongRunning;
        }

        var isTiny = candidate.WireSize < _options.InliningTinySize;
        if (!isTiny && _counted >= _options.InliningSeparateMaxCount)
        {
            return InliningDecision.TooManyInlined;
        }

        var budget = candidate.IsIndirect ? _indirect : _direct;
        var size = Math.Max(1, candidate.WireSize - _options.InliningCallSize);
        if (budget.Spent + size > budget.Limit)
        {
            return InliningDecision.BudgetExceeded;
        }

        var spentOnTarget = budget.SpentOn(candidate.FunctionIndex);
        if (!_state.IsLastRound && spentOnTarget > 0 && spentOnTarget + size > _options.InliningSeparateShare * budget.Limit)
        {
            return InliningDecision.Deferred;
        }

        budget.Spend(candidate.FunctionIndex, size);
        _counted += isTiny ? 0 : 1;
        return InliningDecision.Inlined;
    }

    /// <summary>Wire bytes that one kind of call may add.</summary>
    private sealed class Budget(int limit)
    {
        private readonly Dictionary<int, int> _byTarget = [];

        public int Limit => limit;

        public int Spent { get; private set; }

        public int SpentOn(int target) => _byTarget.GetValueOrDefault(target);

        public void Spend(int target, int size)
        {
            Spent += size;
            CollectionsMarshal.GetValueRefOrAddDefault(_byTarget, target, out _) += size;
        }
    }
}
