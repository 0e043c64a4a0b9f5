using Harness.Engine.Configuration;
using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Inlining;

/// <summary>
/// Decides which candidate of the tree is looked at next, and whether it is inlined. Policies hold no state: the same
/// feedback gives the same tree.
/// </summary>
internal interface IInliningPolicy
{
    /// <summary>Candidates with a higher score are looked at first, of equal ones the function that the module defines first.</summary>
    double Score(InliningTree candidate);

    /// <summary>Decides about a candidate whose nesting and number are within limits.</summary>
    /// <param name="candidate">The function at its call site.</param>
    /// <param name="rootSize">Size of the compiled function, in wire bytes.</param>
    /// <param name="inlinedSize">What all that has been inlined so far adds to it, in wire bytes.</param>
    InliningDecision Admit(InliningTree candidate, int rootSize, int inlinedSize);
}

/// <summary>The policies by knob value.</summary>
internal static class InliningPolicies
{
    /// <summary>Makes the policy that the options ask for, for a module.</summary>
    public static IInliningPolicy Create(EngineOptions options, WasmModule module) => new BudgetedPolicy(
        options,
        InliningLimits.Of(options, module),
        options.InliningPolicy switch
        {
            InliningPolicyKind.Weighted => static (knobs, tree) =>
                (tree.CallCount * knobs.InliningCountWeight) - (tree.WireSize * knobs.InliningSizeWeight),
            InliningPolicyKind.HotnessFirst => static (_, tree) => tree.Frequency,
            InliningPolicyKind.SmallestFirst => static (_, tree) => -tree.WireSize,
            _ => static (_, tree) => BudgetedPolicy.Density(tree),
        });
}

/// <summary>
/// Admits a function that is hotter than it is big, while the budget lasts, in the order of a given score. With V8's score and
/// the default knobs it makes the decisions of V8's <c>InliningTree</c> (src/wasm/inlining-tree.h).
/// </summary>
internal sealed class BudgetedPolicy(
    EngineOptions options, InliningLimits limits, Func<EngineOptions, InliningTree, double> score) : IInliningPolicy
{
    /// <summary>A function is hot enough with so many calls, for each call of the compiled function, a byte.</summary>
    private const double MinimumDensity = 0.0001;

    /// <summary>Tiny functions may exceed the budget by so many bytes in all.</summary>
    private const int TinyAllowance = 100;

    /// <summary>However large a function is, it may grow by this factor.</summary>
    private const double LargeFunctionFactor = 1.1;

    /// <summary>Calls for each call of the compiled function and each byte of the target.</summary>
    public static double Density(InliningTree candidate) =>
        candidate.WireSize == 0 ? 0 : candidate.Frequency / candidate.WireSize;

    /// <inheritdoc/>
    public double Score(InliningTree candidate) => score(options, candidate);

    /// <inheritdoc/>
    public InliningDecision Admit(InliningTree candidate, int rootSize, int inlinedSize)
    {
        bool isTiny = candidate.WireSize < options.InliningTinySize;
        if (!isTiny && Density(candidate) < MinimumDensity)
        {
            return InliningDecision.TooCold;
        }

        if (candidate.WireSize > options.InliningMaxSize)
        {
            return InliningDecision.TooLarge;
        }

        int spent = isTiny ? Math.Max(0, inlinedSize - TinyAllowance) : inlinedSize;
        double small = Math.Max(options.InliningMinBudget, (int)(limits.Growth * rootSize));
        double large = Math.Max((int)limits.Size, (int)(rootSize * LargeFunctionFactor));
        return rootSize + spent + candidate.WireSize < Math.Min(small, large)
            ? InliningDecision.Inlined
            : InliningDecision.BudgetExceeded;
    }
}
