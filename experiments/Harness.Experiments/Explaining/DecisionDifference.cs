using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;

namespace Harness.Experiments.Explaining;

/// <summary>
/// A call that two configurations treat differently: one inlines it into a function's code and the other does not, or both do and only one leaves the code where another target comes.
/// </summary>
internal sealed record DecisionDifference
{
    /// <summary>The function whose code it is about.</summary>
    public required string Function { get; init; }

    /// <summary>The way to the call: the calls inlined around it, outermost first, as function and offset, and its own offset.</summary>
    public required string Site { get; init; }

    /// <summary>The call instruction.</summary>
    public required string Instruction { get; init; }

    /// <summary>The function that is called.</summary>
    public required string Target { get; init; }

    /// <summary>What inlining saves: how often the call was executed before the code was made, by the side that counted more.</summary>
    public required long Calls { get; init; }

    /// <summary>What inlining costs: the size of the called function's body in bytes.</summary>
    public required int WireBytes { get; init; }

    /// <summary>What inlining saves each time the call is executed, in cycles, by estimate; null where nobody made one.</summary>
    public required double? CyclesSaved { get; init; }

    /// <summary>What inlining costs in IR nodes, by the same estimate.</summary>
    public required double? NodesAdded { get; init; }

    /// <summary>What the first configuration decided, and why; null where it did not come to consider the call.</summary>
    public required Verdict? A { get; init; }

    /// <summary>What the second one decided.</summary>
    public required Verdict? B { get; init; }

    /// <summary>Finds the differences between two explanations of the same run: by function, in the order of the calls that count most.</summary>
    public static IReadOnlyList<DecisionDifference> Between(Explanation a, Explanation b)
    {
        var (first, second) = (Collect(a), Collect(b));
        return [.. first.Keys.Union(second.Keys)
            .Select(key => Compare(first.GetValueOrDefault(key), second.GetValueOrDefault(key)))
            .OfType<DecisionDifference>()
            .OrderByDescending(difference => difference.Calls)
            .ThenBy(difference => difference.Function, StringComparer.Ordinal)
            .ThenBy(difference => difference.Site, StringComparer.Ordinal)];
    }

    /// <summary>The size of the optimized code that a function had at the end; null where it has none.</summary>
    public static int? CodeBytes(Explanation explanation, string function) =>
        explanation.Functions.FirstOrDefault(candidate => candidate.Name == function) is { } found ? LastOptimized(found)?.CodeBytes : null;

    private static DecisionDifference? Compare(Decision? a, Decision? b)
    {
        if (TreatmentOf(a) == TreatmentOf(b))
        {
            return null;
        }

        var known = (a ?? b)!;
        return new DecisionDifference
        {
            Function = known.Function,
            Site = known.Site,
            Instruction = known.At.Instruction,
            Target = known.Target.Name,
            Calls = Math.Max(a?.Target.Count ?? 0, b?.Target.Count ?? 0),
            WireBytes = known.Target.WireBytes,
            CyclesSaved = a?.Target.CyclesSaved ?? b?.Target.CyclesSaved,
            NodesAdded = a?.Target.NodesAdded ?? b?.Target.NodesAdded,
            A = Verdict.Of(a?.Target),
            B = Verdict.Of(b?.Target),
        };
    }

    /// <summary>
    /// The decisions of the last optimizing compilation of each function, by what identifies them. Trees are walked with a list of what is still to be
    /// visited: their depth is bounded by a knob that goes far.
    /// </summary>
    private static Dictionary<(string Function, string Site, int Target), Decision> Collect(Explanation explanation)
    {
        var decisions = new Dictionary<(string, string, int), Decision>();
        foreach (var function in explanation.Functions)
        {
            if (LastOptimized(function) is not { } compilation)
            {
                continue;
            }

            var pending = new Stack<(string Path, CallSiteDecision Site)>(compilation.Inlining.Select(site => ("", site)));
            while (pending.TryPop(out var next))
            {
                var place = $"{next.Path}+{next.Site.Offset}";
                foreach (var target in next.Site.Targets)
                {
                    decisions.TryAdd((function.Name, place, target.FunctionIndex), new Decision(function.Name, place, next.Site, target));
                    foreach (var inner in target.CallSites)
                    {
                        pending.Push(($"{place} {target.Name}", inner));
                    }
                }
            }
        }

        return decisions;
    }

    private static CompilationExplanation? LastOptimized(FunctionExplanation function) =>
        function.Compilations.LastOrDefault(compilation => compilation.Tier == CompilationTier.Optimized && compilation.Failure is null);

    /// <summary>Whether a call is inlined, and if it is, what it does with other targets.</summary>
    private static (bool IsInlined, MissHandling? Miss) TreatmentOf(Decision? decision) => decision is { Target.IsInlined: true } ? (true, decision.At.Miss) : (false, null);

    /// <summary>A decision, and where it was made.</summary>
    private sealed record Decision(string Function, string Site, CallSiteDecision At, TargetDecision Target);
}

/// <summary>What was decided about a call.</summary>
/// <param name="IsInlined">Whether it was inlined.</param>
/// <param name="Reason">Why.</param>
internal sealed record Verdict(bool IsInlined, string Reason)
{
    /// <summary>The verdict about a target; null where there is none.</summary>
    public static Verdict? Of(TargetDecision? target) => target is null ? null : new Verdict(target.IsInlined, target.Reason);
}
