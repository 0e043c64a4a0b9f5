using Harness.Engine.Configuration;

namespace Harness.Engine.Tests.Optimizer.Inlining;

/// <summary>Policies that say what a call does where another target comes. They are not public, so that the assembly has one policy only.</summary>
internal static class MissPolicies
{
    /// <summary>The default knobs with a policy.</summary>
    public static EngineOptions With<TPolicy>()
        where TPolicy : CustomInliningPolicy, new() =>
        EngineOptions.Default with { InliningPolicy = InliningPolicyKind.Custom, InliningCustom = InliningPolicySource.Of<TPolicy>() };

    /// <summary>Inlines everything, and never relies on that.</summary>
    internal sealed class GenericCalls : CustomInliningPolicy
    {
        public override double Score(InliningCandidate candidate) => candidate.Frequency;

        public override InliningAnswer Judge(InliningCandidate candidate) => InliningAnswer.InlineWith(MissHandling.GenericCall);
    }

    /// <summary>Inlines everything, and always relies on that.</summary>
    internal sealed class Guards : CustomInliningPolicy
    {
        public override double Score(InliningCandidate candidate) => candidate.Frequency;

        public override InliningAnswer Judge(InliningCandidate candidate) => InliningAnswer.InlineWith(MissHandling.Guard);
    }

    /// <summary>Inlines the function <c>a</c>, and relies on no other being called, whatever was seen.</summary>
    internal sealed class GuardedA : CustomInliningPolicy
    {
        public override double Score(InliningCandidate candidate) => candidate.Frequency;

        public override InliningAnswer Judge(InliningCandidate candidate) => candidate.Target == "a" ? InliningAnswer.InlineWith(MissHandling.Guard) : InliningAnswer.Refuse("it is not a");
    }

    /// <summary>Inlines the function <c>a</c> behind a guard and all others without.</summary>
    internal sealed class GuardsOfA : CustomInliningPolicy
    {
        public override double Score(InliningCandidate candidate) => candidate.Frequency;

        public override InliningAnswer Judge(InliningCandidate candidate) => InliningAnswer.InlineWith(candidate.Target == "a" ? MissHandling.Guard : MissHandling.GenericCall);
    }

    /// <summary>Inlines the target that a call has most often, behind a guard where its body has an odd number of bytes; of the other targets none.</summary>
    internal sealed class GuardsByTurns : CustomInliningPolicy
    {
        public override double Score(InliningCandidate candidate) => candidate.Frequency;

        public override InliningAnswer Judge(InliningCandidate candidate) => candidate.Share <= 0.5 ? InliningAnswer.Refuse("a rare target")
            : InliningAnswer.InlineWith(candidate.WireBytes % 2 == 1 ? MissHandling.Guard : MissHandling.GenericCall);
    }
}
