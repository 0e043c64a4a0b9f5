using System.Text;
using Harness.Engine.Configuration;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Inlining;

namespace Harness.Engine.Diagnostics;

/// <summary>Turns inlining trees, and the names of what they hold, into words.</summary>
internal static class InliningReport
{
    /// <summary>The decisions about the calls of a function and of those inlined into it.</summary>
    public static IReadOnlyList<CallSiteDecision> Of(WasmModule module, InliningTree caller)
    {
        if (caller.CallSites.Length == 0)
        {
            return [];
        }

        var function = module.Functions[caller.FunctionIndex];
        return Array.ConvertAll(caller.CallSites, site => new CallSiteDecision(
            site.BytecodeOffset,
            InstructionText.At(function, site.BytecodeOffset),
            NameOf(site.State),
            Array.ConvertAll(site.Targets, target => Of(module, site, target)))
        {
            Miss = MissOf(site),
            IsMissByPolicy = site.Miss != MissHandling.ByKnobs,
        });
    }

    /// <summary>The name of a function, which may be one that the module does not know.</summary>
    public static string NameOf(WasmModule module, int functionIndex) =>
        functionIndex < 0 ? "(foreign)" : module.Functions[functionIndex].ToString();

    /// <summary>The name of a state of feedback.</summary>
    public static string NameOf(FeedbackState state) => Words(state.ToString());

    /// <summary>The function that a direct call calls, or null for other calls.</summary>
    public static FunctionInfo? DirectTarget(FunctionInfo caller, int offset)
    {
        var reader = caller.Module.OpenBody(caller);
        reader.Offset = offset;
        return reader.ReadOpcode() is Opcode.Call or Opcode.ReturnCall ? caller.Module.Functions[reader.ReadIndex()] : null;
    }

    /// <summary>A name in words: <c>WrongCallTarget</c> is <c>wrong call target</c>.</summary>
    public static string Words(string name)
    {
        var words = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && words.Length > 0)
            {
                words.Append(' ');
            }

            words.Append(char.ToLowerInvariant(letter));
        }

        return words.ToString();
    }

    /// <summary>What a site does with targets that are not inlined, in words to be put behind others; empty where that does not arise.</summary>
    public static string OtherTargets(CallSiteDecision site) =>
        site.Miss is { } miss ? $", {Words(miss.ToString())} for other targets{(site.IsMissByPolicy ? " by the policy" : "")}" : "";

    /// <summary>What a site does with targets that are not inlined; null where the target is certain or none is inlined.</summary>
    private static MissHandling? MissOf(InliningCallSite site) => !site.IsIndirect || !Array.Exists(site.Targets, static target => target.IsInlined) ? null
        : site.Deoptimizes ? MissHandling.Guard
        : MissHandling.GenericCall;

    private static TargetDecision Of(WasmModule module, InliningCallSite site, InliningTree target) => new(
        target.FunctionIndex,
        NameOf(module, target.FunctionIndex),
        target.CallCount,
        target.WireSize,
        target.Depth,
        target.Score,
        target.IsInlined,
        target.Order,
        ReasonOf(site, target),
        Of(module, target))
    {
        CyclesSaved = target.Estimate?.CyclesSaved,
        NodesAdded = target.Estimate?.NodesAdded,
        Features = target.Features,
        IsCandidate = target.Decision is not (InliningDecision.Imported or InliningDecision.Foreign or InliningDecision.NotValid or InliningDecision.HasVectors or InliningDecision.TooDeep
            or InliningDecision.Disabled or InliningDecision.RareTarget or InliningDecision.NotConsidered),
    };

    private static string ReasonOf(InliningCallSite site, InliningTree target) => target is { Reason: { } reason, Decision: not InliningDecision.NotAdmitted }
        ? $"{DecisionOf(site, target)}; {reason}"
        : DecisionOf(site, target);

    private static string DecisionOf(InliningCallSite site, InliningTree target) => target.Decision switch
    {
        InliningDecision.Inlined when site is { IsIndirect: true, Miss: MissHandling.Guard } => "inlined behind a check of the target; a guard for others, by the policy",
        InliningDecision.Inlined when site is { IsIndirect: true, Miss: MissHandling.GenericCall } => "inlined behind a check of the target; a generic call for others, by the policy",
        InliningDecision.Inlined when site is { IsIndirect: true, MayDeoptimize: false } => "inlined behind a check of the target, never deoptimizes",
        InliningDecision.Inlined when site is { IsIndirect: true, Deoptimizes: false } => "inlined behind a check of the target; others that were seen are called generically",
        InliningDecision.Inlined when site.IsIndirect => "inlined behind a check of the target",
        InliningDecision.Inlined => "inlined",
        InliningDecision.NotConsidered => "not considered",
        InliningDecision.Imported => "the function is imported",
        InliningDecision.Foreign => "the target belongs to another instance or to the host",
        InliningDecision.TooLarge => "larger than inlining.max-size",
        InliningDecision.TooCold => "not called often enough for its size",
        InliningDecision.BudgetExceeded => "would exceed the inlining budget",
        InliningDecision.TooManyInlined => "inlining.max-count calls were inlined already",
        InliningDecision.TooDeep => "nested deeper than inlining.max-depth",
        InliningDecision.Disabled => "inlining of this kind of call is off",
        InliningDecision.RareTarget => "fewer of the site's calls than polymorphism-share",
        InliningDecision.LongRunning => "runs so long that the call is a trifle",
        InliningDecision.TooLittleGain => "would gain too little for its size",
        InliningDecision.NotAdmitted when target.Reason is { } reason => $"not admitted by the policy of inlining.custom: {reason}",
        InliningDecision.NotAdmitted => "not admitted by the policy of inlining.custom",
        InliningDecision.Refused => "refused by the file inlining.decisions",
        InliningDecision.NotValid => "the body is not valid, which is found out late with compile.lazy-validation",
        InliningDecision.HasVectors => "the function has vectors, which stay in baseline code without vectors.optimize",
        _ => throw new ArgumentOutOfRangeException(nameof(target), target.Decision, null),
    };
}
