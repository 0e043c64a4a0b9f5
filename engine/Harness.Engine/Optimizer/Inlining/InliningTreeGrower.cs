using Harness.Engine.Configuration;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Inlining;

/// <summary>
/// Grows the inlining tree of a function from feedback, before its graph is built: the best candidate by the policy's score is
/// decided about first, and its own calls join the candidates when it is admitted.
/// </summary>
internal sealed class InliningTreeGrower(WasmModule module, EngineOptions options, IFeedbackSource feedback)
{
    /// <summary>What a call costs its caller, in wire bytes: inlining saves it.</summary>
    private const int CallSize = 6;

    private readonly IInliningPolicy policy = InliningPolicies.Create(options, module);
    private readonly PriorityQueue<InliningTree, (double NegatedScore, int Function, int Arrival)> candidates = new();
    private int arrivals;

    /// <summary>Grows the tree of a function.</summary>
    public InliningTree Grow(int functionIndex)
    {
        int rootSize = module.Functions[functionIndex].BodySize;
        var root = new InliningTree(functionIndex, null, 0, 0, rootSize) { Decision = InliningDecision.Inlined };
        if (!options.Inlining)
        {
            return root;
        }

        AddCallSites(root);
        int inlinedSize = 0;
        int inlinedCount = 0;
        while (candidates.TryDequeue(out InliningTree? candidate, out _))
        {
            candidate.Decision = Decide(candidate, rootSize, inlinedSize, inlinedCount);
            if (!candidate.IsInlined)
            {
                continue;
            }

            inlinedSize += Math.Max(0, candidate.WireSize - CallSize);
            candidate.Order = ++inlinedCount;
            AddCallSites(candidate);
        }

        return root;
    }

    private InliningDecision Decide(InliningTree candidate, int rootSize, int inlinedSize, int inlinedCount)
    {
        if (candidate.FunctionIndex < 0)
        {
            return InliningDecision.Foreign;
        }

        if (module.Functions[candidate.FunctionIndex].IsImported)
        {
            return InliningDecision.Imported;
        }

        if (candidate.Depth > options.InliningMaxDepth)
        {
            return InliningDecision.TooDeep;
        }

        return inlinedCount >= options.InliningMaxCount
            ? InliningDecision.TooManyInlined
            : policy.Admit(candidate, rootSize, inlinedSize);
    }

    private void AddCallSites(InliningTree caller)
    {
        if (feedback.FeedbackOf(caller.FunctionIndex) is not { } function)
        {
            return;
        }

        BytecodeReader reader = module.OpenBody(module.Functions[caller.FunctionIndex]);
        var sites = new List<InliningCallSite>(function.Sites.Length);
        foreach (CallSiteFeedback site in function.Sites)
        {
            reader.Offset = site.BytecodeOffset;
            Opcode opcode = reader.ReadOpcode();
            bool isIndirect = opcode is not (Opcode.Call or Opcode.ReturnCall);
            InliningTree[] targets = isIndirect
                ? Array.ConvertAll(site.Targets, target => Candidate(target.FunctionIndex, target.Count))
                : [Candidate(reader.ReadIndex(), site.Count)];
            sites.Add(new InliningCallSite(site.BytecodeOffset, isIndirect, site.State, targets));
            bool isEnabled = opcode switch
            {
                Opcode.CallIndirect or Opcode.ReturnCallIndirect => options.InliningCallIndirect,
                Opcode.CallRef or Opcode.ReturnCallRef => options.InliningCallRef,
                _ => true,
            };
            foreach (InliningTree target in targets)
            {
                target.Score = policy.Score(target);
                if (isEnabled)
                {
                    candidates.Enqueue(target, (-target.Score, target.FunctionIndex, arrivals++));
                }
                else
                {
                    target.Decision = InliningDecision.Disabled;
                }
            }
        }

        caller.CallSites = [.. sites];

        InliningTree Candidate(int functionIndex, long count) => new(
            functionIndex, caller, count, function.Invocations, functionIndex < 0 ? 0 : module.Functions[functionIndex].BodySize);
    }
}
