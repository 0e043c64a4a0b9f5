using Harness.Engine.Configuration;

namespace Harness.Engine.Optimizer.Inlining.Policies;

/// <summary>
/// Admits a function that is hotter than it is big, while the budget lasts, in the order of a given score. With V8's score, V8's limits and
/// the default knobs it makes the decisions of V8's <c>InliningTree</c> (src/wasm/inlining-tree.h); with JavaScriptCore's limits, those of
/// its <c>InliningDecision</c> (wasm/WasmInliningDecision.cpp).
/// </summary>
internal sealed class BudgetedPolicy(
    InliningState state, InliningLimits limits, Func<EngineOptions, InliningTree, double> score) : IInliningPolicy
{
    private readonly EngineOptions options = state.Options;

    /// <inheritdoc/>
    public double Score(InliningTree candidate) => score(options, candidate);

    /// <inheritdoc/>
    public InliningVerdict Judge(InliningTree candidate) => new(Decide(candidate));

    private InliningDecision Decide(InliningTree candidate)
    {
        if (state.InlinedCount >= options.InliningMaxCount)
        {
            return InliningDecision.TooManyInlined;
        }

        bool isTiny = candidate.WireSize < options.InliningTinySize;
        if (!isTiny && candidate.Density < options.InliningMinDensity)
        {
            return InliningDecision.TooCold;
        }

        if (candidate.WireSize > options.InliningMaxSize)
        {
            return InliningDecision.TooLarge;
        }

        int rootSize = state.Root.WireSize;
        int spent = isTiny ? Math.Max(0, state.InlinedSize - options.InliningTinyAllowance) : state.InlinedSize;
        return rootSize + spent + candidate.WireSize < limits.BudgetOf(rootSize, options.InliningMinBudget)
            ? InliningDecision.Inlined
            : InliningDecision.BudgetExceeded;
    }
}
