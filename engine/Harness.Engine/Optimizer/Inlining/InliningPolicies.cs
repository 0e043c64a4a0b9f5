using Harness.Engine.Configuration;
using Harness.Engine.Optimizer.Inlining.Policies;

namespace Harness.Engine.Optimizer.Inlining;

/// <summary>The policies by knob value. A new one is a class that implements <see cref="IInliningPolicy"/>, and a line here.</summary>
internal static class InliningPolicies
{
    /// <summary>Makes the policy that the options ask for, for one compilation.</summary>
    public static IInliningPolicy Create(InliningState state) => Create(state.Options.InliningPolicy, state);

    /// <summary>Makes a policy for one compilation.</summary>
    public static IInliningPolicy Create(InliningPolicyKind kind, InliningState state) => kind switch
    {
        InliningPolicyKind.Weighted => new BudgetedPolicy(
            state,
            InliningLimits.OfV8(state.Options, state.Module),
            static (knobs, tree) => (tree.CallCount * knobs.InliningScoreCountWeight) - (tree.WireSize * knobs.InliningScoreSizeWeight)),
        InliningPolicyKind.HotnessFirst => new BudgetedPolicy(
            state, InliningLimits.OfV8(state.Options, state.Module), static (_, tree) => tree.Frequency),
        InliningPolicyKind.SmallestFirst => new BudgetedPolicy(
            state, InliningLimits.OfV8(state.Options, state.Module), static (_, tree) => -tree.WireSize),
        InliningPolicyKind.Jsc => new BudgetedPolicy(
            state, InliningLimits.OfJsc(state.Options, state.Module), static (_, tree) => tree.Density),
        InliningPolicyKind.Spidermonkey => new SpidermonkeyPolicy(state),
        InliningPolicyKind.SeparateBudgets => new SeparateBudgetsPolicy(state),
        InliningPolicyKind.Benefit => new BenefitPolicy(state),
        InliningPolicyKind.Incremental => new IncrementalPolicy(state),
        InliningPolicyKind.Learned => new LearnedPolicy(state),
        InliningPolicyKind.Oracle => new OraclePolicy(state),
        InliningPolicyKind.Custom => CustomPolicy.Create(state),
        _ => new BudgetedPolicy(state, InliningLimits.OfV8(state.Options, state.Module), static (_, tree) => tree.Density),
    };
}
