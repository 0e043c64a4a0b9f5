using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;

namespace Harness.Experiments.Tuning.Oracle;

/// <summary>A decision about a call that a policy could have made otherwise.</summary>
/// <param name="Path">The way to it, as <see cref="InliningDecisions.PathOf"/> writes it.</param>
/// <param name="Function">Name of the compiled function.</param>
/// <param name="Target">Name of the function called.</param>
/// <param name="Calls">How often the call was executed before the code was made.</param>
/// <param name="WireBytes">Size of the called function's body.</param>
/// <param name="IsInlined">What was decided.</param>
/// <param name="Features">What a model would be told of it, in the order of <see cref="InliningFeature"/>; empty where nobody wrote it down.</param>
internal sealed record CallDecision(string Path, string Function, string Target, long Calls, int WireBytes, bool IsInlined, IReadOnlyList<double> Features)
{
    /// <summary>What the call does with targets that are not inlined; null where it has one target for certain, or none is inlined.</summary>
    public MissHandling? Miss { get; init; }

    /// <summary>Whether a policy or a decision has said so, and not the knobs.</summary>
    public bool IsMissByPolicy { get; init; }

    /// <summary>How many targets the call has had.</summary>
    public int SiteTargets { get; init; }

    /// <summary>The way to the call instruction, whatever it calls.</summary>
    public string Site => InliningDecisions.SiteOf(Path);

    /// <summary>Index of the compiled function.</summary>
    public string Root => Path[..Path.IndexOf(' ', StringComparison.Ordinal)];

    /// <summary>Whether this call is in the body of another one that is inlined.</summary>
    public bool IsBelow(string path) => Path.StartsWith(path + " ", StringComparison.Ordinal);

    /// <summary>
    /// The decisions of the last optimizing compilation of each function. Trees are walked with a list of what is still to be visited: their depth is
    /// bounded by a knob that goes far.
    /// </summary>
    public static IReadOnlyList<CallDecision> Of(Explanation explanation)
    {
        var decisions = new List<CallDecision>();
        foreach (var function in explanation.Functions)
        {
            var last = function.Compilations.LastOrDefault(compilation => compilation.Tier == CompilationTier.Optimized && compilation.Failure is null);
            var pending = new Stack<((int Offset, int Target)[] Way, CallSiteDecision Site)>((last?.Inlining ?? []).Select(site => (Array.Empty<(int, int)>(), site)));
            while (pending.TryPop(out var next))
            {
                foreach (var target in next.Site.Targets.Where(target => target.IsCandidate))
                {
                    (int, int)[] way = [.. next.Way, (next.Site.Offset, target.FunctionIndex)];
                    decisions.Add(new CallDecision(InliningDecisions.PathOf(function.Index, way), function.Name, target.Name, target.Count, target.WireBytes, target.IsInlined, target.Features ?? [])
                    {
                        Miss = next.Site.Miss,
                        IsMissByPolicy = next.Site.IsMissByPolicy,
                        SiteTargets = next.Site.Targets.Count,
                    });
                    foreach (var inner in target.CallSites)
                    {
                        pending.Push((way, inner));
                    }
                }
            }
        }

        return [.. decisions.OrderByDescending(decision => decision.Calls).ThenBy(decision => decision.Path, StringComparer.Ordinal)];
    }
}
