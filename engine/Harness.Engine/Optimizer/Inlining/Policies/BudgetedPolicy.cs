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
    private readonly EngineOptions _options = state.Options;

    /// <inheritdoc/>
    public double Score(InliningTree candidate) => score(_options, candidate);

    /// <inheritdoc/>
    public InliningVerdict Judge(InliningTree candidate) => new(Decide(candidate));

    private InliningDecision Decide(InliningTree candidate)
    {
        if (state.InlinedCount >= _options.InliningMaxCount)
        {
            return InliningDecision.TooManyInlined;
        }

        var isTiny = candidate.WireSize < _options.InliningTinySize;
        if (!isTiny && candidate.Density < _options.InliningMinDensity)
        {
            return InliningDecision.TooCold;
        }

        if (candidate.WireSize > _options.InliningMaxSize)
        {
            return InliningDecision.TooLarge;
        }

        var rootSize = state.Root.WireSize;
        var spent = isTiny ? Math.Max(0, state.InlinedSize - _options.InliningTinyAllowance) : state.InlinedSize;
        return rootSize + spent + candidate.WireSize < limits.BudgetOf(rootSize, _options.InliningMinBudget)
            ? InliningDecision.Inlined
            : InliningDecision.BudgetExceeded;
    }
}
