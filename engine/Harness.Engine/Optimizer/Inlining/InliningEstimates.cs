using Harness.Engine.Configuration;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Inlining;

/// <summary>
/// Says of each decision of a tree what inlining there is expected to save and to cost, for people who watch: most policies decide without asking that. Nothing is decided by it.
/// </summary>
internal static class InliningEstimates
{
    /// <summary>Adds the estimates that the policy has not made, of all targets that the module defines.</summary>
    /// <param name="root">The tree, which is grown.</param>
    /// <param name="module">The module.</param>
    /// <param name="options">The knobs, by which cycles are estimated.</param>
    /// <param name="feedback">What the tree was grown from.</param>
    public static void AddTo(InliningTree root, WasmModule module, EngineOptions options, IFeedbackSource feedback)
    {
        if (root.CallSites.Length == 0)
        {
            return;
        }

        var estimator = new BenefitEstimator(new InliningState(module, options, feedback, root));
        var work = new Stack<InliningTree>();
        work.Push(root);
        while (work.TryPop(out var caller))
        {
            foreach (var site in caller.CallSites)
            {
                foreach (var target in site.Targets)
                {
                    if (target.FunctionIndex >= module.ImportedFunctionCount)
                    {
                        target.Estimate ??= estimator.Estimate(target);
                    }

                    work.Push(target);
                }
            }
        }
    }
}
