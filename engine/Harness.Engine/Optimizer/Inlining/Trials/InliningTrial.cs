using Harness.Engine.Configuration;

namespace Harness.Engine.Optimizer.Inlining.Trials;

/// <summary>What a call's target is once it is built and simplified in trial, without what is known of the call's arguments and with it.</summary>
/// <param name="Built">Nodes before it is simplified.</param>
/// <param name="Plain">What is left of it in any call.</param>
/// <param name="Left">What is left of it in this call.</param>
/// <param name="PassedObjects">How many arguments are objects that the caller has made.</param>
internal sealed record InliningTrial(int Built, TrialCount Plain, TrialCount Left, int PassedObjects)
{
    /// <summary>Nodes that are left in this call. Objects of the caller that have to be made for it are the caller's own.</summary>
    public int Nodes => Left.Nodes - (PassedObjects > 0 ? Math.Max(0, Left.AllocationNodes - Plain.AllocationNodes) : 0);

    /// <summary>Objects of the caller that need not be made, as far as this call goes.</summary>
    public int VirtualObjects => Math.Max(0, PassedObjects - Math.Max(0, Left.Allocations - Plain.Allocations));

    /// <summary>What is left, in words.</summary>
    public string Description => $"in trial, {Built} nodes become {Nodes}";

    /// <summary>Cycles that the call saves since something is known of its arguments, by what has vanished.</summary>
    public double CyclesSaved(EngineOptions options) =>
        (Gone(Plain.Operations, Left.Operations) * options.InliningBenefitFoldCycles)
        + (Gone(Plain.Branches, Left.Branches) * options.InliningBenefitBranchCycles)
        + (Gone(Plain.Tests, Left.Tests) * options.InliningBenefitTestCycles)
        + (Gone(Plain.Accesses, Left.Accesses) * options.InliningBenefitLoadCycles)
        + (Gone(Plain.ReferenceCalls, Left.ReferenceCalls) * (options.InliningBenefitIndirectCycles + options.InliningBenefitCallCycles))
        + (VirtualObjects * options.InliningBenefitAllocationCycles);

    private static double Gone(double before, double after) => Math.Max(0, before - after);
}
