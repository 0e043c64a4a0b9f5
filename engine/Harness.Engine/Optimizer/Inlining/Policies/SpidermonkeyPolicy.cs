using Harness.Engine.Configuration;

namespace Harness.Engine.Optimizer.Inlining.Policies;

/// <summary>
/// The limits of SpiderMonkey's <c>InliningHeuristics</c> (js/src/wasm/WasmHeuristics.h): a body is inlined if it is small enough for its
/// depth, however often it is called, until the function has grown by a large factor.
/// </summary>
/// <remarks>
/// SpiderMonkey inlines direct calls and <c>call_ref</c> only (<c>inlining.call-indirect=off</c>), and a target only if it has a share of its
/// site's calls (<c>polymorphism-share</c>; the preference's default is not known here). Its second limit, the size of a module's code for all
/// inlining in the module together, depends on what was compiled before and is left out. It decides while it
/// builds, depth first; here the order is by depth, which matters only where the factor is reached.
/// </remarks>
internal sealed class SpidermonkeyPolicy(InliningState state) : IInliningPolicy
{
    private readonly EngineOptions _options = state.Options;

    /// <inheritdoc/>
    public double Score(InliningTree candidate) => -candidate.Depth;

    /// <inheritdoc/>
    public InliningVerdict Judge(InliningTree candidate)
    {
        var allowed = _options.InliningSpidermonkeyBaseSize - (_options.InliningSpidermonkeyDepthSize * (candidate.Depth - 1));
        if (candidate.WireSize > allowed)
        {
            return new InliningVerdict(InliningDecision.TooLarge);
        }

        // As there, a function that reaches the limit still comes in: it only ends what is inlined after it.
        var budget = (long)_options.InliningSpidermonkeyFactor * state.Root.WireSize;
        return new InliningVerdict(state.CopiedSize < budget ? InliningDecision.Inlined : InliningDecision.BudgetExceeded);
    }
}
