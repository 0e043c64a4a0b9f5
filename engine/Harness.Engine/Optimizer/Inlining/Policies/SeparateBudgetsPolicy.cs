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
    private readonly InliningState state;
    private readonly EngineOptions options;
    private readonly Budget direct;
    private readonly Budget indirect;
    private int counted;

    /// <summary>Makes the policy for a compilation.</summary>
    public SeparateBudgetsPolicy(InliningState state)
    {
        this.state = state;
        options = state.Options;
        double wanted = Math.Max(options.InliningSeparateMinBudget, options.InliningSeparateFactor * state.Root.WireSize);
        direct = new Budget((int)Math.Min(wanted, options.InliningSeparateDirectBudget));
        indirect = new Budget((int)Math.Min(wanted, options.InliningSeparateIndirectBudget));
    }

    /// <inheritdoc/>
    public double Score(InliningTree candidate) => candidate.Density;

    /// <inheritdoc/>
    public InliningVerdict Judge(InliningTree candidate) => new(Decide(candidate));

    private InliningDecision Decide(InliningTree candidate)
    {
        // What is no larger than the call may come in cold.
        if (candidate.Frequency < options.InliningSeparateCold && candidate.WireSize > options.InliningCallSize)
        {
            return InliningDecision.TooCold;
        }

        if (candidate.WireSize > options.InliningMaxSize)
        {
            return InliningDecision.TooLarge;
        }

        if (state.WorkPerCall(candidate) > options.InliningLongRunning)
        {
            return InliningDecision.LongRunning;
        }

        bool isTiny = candidate.WireSize < options.InliningTinySize;
        if (!isTiny && counted >= options.InliningSeparateMaxCount)
        {
            return InliningDecision.TooManyInlined;
        }

        Budget budget = candidate.IsIndirect ? indirect : direct;
        int size = Math.Max(1, candidate.WireSize - options.InliningCallSize);
        if (budget.Spent + size > budget.Limit)
        {
            return InliningDecision.BudgetExceeded;
        }

        int spentOnTarget = budget.SpentOn(candidate.FunctionIndex);
        if (!state.IsLastRound && spentOnTarget > 0 && spentOnTarget + size > options.InliningSeparateShare * budget.Limit)
        {
            return InliningDecision.Deferred;
        }

        budget.Spend(candidate.FunctionIndex, size);
        counted += isTiny ? 0 : 1;
        return InliningDecision.Inlined;
    }

    /// <summary>Wire bytes that one kind of call may add.</summary>
    private sealed class Budget(int limit)
    {
        private readonly Dictionary<int, int> byTarget = [];

        public int Limit => limit;

        public int Spent { get; private set; }

        public int SpentOn(int target) => byTarget.GetValueOrDefault(target);

        public void Spend(int target, int size)
        {
            Spent += size;
            CollectionsMarshal.GetValueRefOrAddDefault(byTarget, target, out _) += size;
        }
    }
}
