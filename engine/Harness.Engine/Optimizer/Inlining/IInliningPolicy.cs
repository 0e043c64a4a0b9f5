using Harness.Engine.Configuration;

namespace Harness.Engine.Optimizer.Inlining;

/// <summary>
/// Decides which candidate of the tree is looked at next, and whether it is inlined. A policy is made for each compilation
/// (<see cref="InliningPolicies"/>) and sees all that is known then in its <see cref="InliningState"/>: the tree so far, the feedback, what
/// functions consist of, what was spent. The same feedback gives the same tree.
/// </summary>
internal interface IInliningPolicy
{
    /// <summary>Candidates with a higher score are looked at first, of equal ones the function that the module defines first.</summary>
    /// <param name="candidate">The function at its call site. Its caller is inlined, or the compiled function.</param>
    double Score(InliningTree candidate);

    /// <summary>Decides about a candidate that could be inlined: it is defined in the module, and not nested too deep.</summary>
    /// <param name="candidate">The function at its call site.</param>
    InliningVerdict Judge(InliningTree candidate);
}

/// <summary>What a policy says about a candidate.</summary>
/// <param name="Decision">
/// Whether it is inlined, and why or why not. <see cref="InliningDecision.Deferred"/> asks to be asked again once all others were
/// decided about.
/// </param>
/// <param name="Estimate">What the policy expects of inlining it; null where it makes no estimate.</param>
internal readonly record struct InliningVerdict(InliningDecision Decision, InliningEstimate? Estimate = null)
{
    /// <summary>The candidate's <see cref="CallFeatures"/>, from a policy that writes down what others can learn from; null from all others.</summary>
    public double[]? Features { get; init; }

    /// <summary>
    /// What the call does where another target comes, if the candidate is inlined and its target is a guess; of no account else. The call has one handling for all of its targets
    /// (<see cref="InliningCallSite.Miss"/>).
    /// </summary>
    public MissHandling Miss { get; init; }

    /// <summary>Why, in a policy's own words on one line; null where <see cref="Decision"/> says all.</summary>
    public string? Reason { get; init; }
}

/// <summary>What inlining a candidate is expected to give and to cost.</summary>
/// <param name="CyclesSaved">Cycles saved each time the call is executed.</param>
/// <param name="NodesAdded">IR nodes that the function grows by, after simplification; not above zero where it shrinks.</param>
internal readonly record struct InliningEstimate(double CyclesSaved, double NodesAdded);
