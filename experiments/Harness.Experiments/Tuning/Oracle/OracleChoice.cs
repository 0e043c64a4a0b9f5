using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Harness.Engine.Configuration;

namespace Harness.Experiments.Tuning.Oracle;

/// <summary>Where a search of decisions may start: a policy with its knobs.</summary>
/// <param name="Name">Its name in rows and tables.</param>
/// <param name="Policy">Name of the policy, which decides about what no decision names; empty where nothing is inlined.</param>
/// <param name="Knobs">All its knob values, the policy's among them.</param>
internal sealed record OracleStart(string Name, string Policy, IReadOnlyDictionary<string, string> Knobs)
{
    /// <summary>Whether a guard may leave the code at all.</summary>
    public bool MayDeoptimize => !Knobs.TryGetValue("deopt", out var value) || (bool)KnobRegistry.Find("deopt").Parse(value);
}

/// <summary>A policy and decisions that differ from what it decides, by the path of the call: whether it is inlined.</summary>
internal sealed record OracleChoice(OracleStart Start, ImmutableSortedDictionary<string, bool> Decisions)
{
    /// <summary>Decisions about what calls do with targets that are not inlined, by the path of the site.</summary>
    public ImmutableSortedDictionary<string, MissHandling> Misses { get; init; } = ImmutableSortedDictionary.Create<string, MissHandling>(StringComparer.Ordinal);

    /// <summary>Whether there are no decisions but the policy's own.</summary>
    public bool IsPolicyAlone => Decisions.Count + Misses.Count == 0;

    /// <summary>A policy as it is.</summary>
    public static OracleChoice Of(OracleStart start) => new(start, ImmutableSortedDictionary.Create<string, bool>(StringComparer.Ordinal));

    /// <summary>A name that another choice has only if it is the same.</summary>
    public string Name => IsPolicyAlone ? Start.Name : $"{Start.Name}+{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Lines))))[..12]}";

    private IEnumerable<string> Lines => Decisions.Select(pair => $"{pair.Key}={pair.Value}").Concat(Misses.Select(pair => $"{pair.Key}={pair.Value}"));

    /// <summary>Knob values with which the engine decides so: those that it was measured with.</summary>
    /// <param name="file">The file that has the decisions; not looked at where there are none.</param>
    public IReadOnlyDictionary<string, string> KnobsWith(string file) => IsPolicyAlone ? Start.Knobs : new Dictionary<string, string>(Start.Knobs)
    {
        ["inlining.policy"] = "oracle", ["inlining.decisions"] = file,
    };

    /// <summary>The same with one decision more. What was decided about calls below one that is refused means nothing any more.</summary>
    public OracleChoice With(CallDecision call, bool isInlined) => isInlined
        ? this with { Decisions = Decisions.SetItem(call.Path, true) }
        : this with { Decisions = Without(Decisions, call.Path).SetItem(call.Path, false), Misses = Without(Misses, call.Path) };

    /// <summary>The same with another decision about targets that are not inlined.</summary>
    /// <param name="site">The path of the site.</param>
    /// <param name="miss">What it does with them.</param>
    public OracleChoice With(string site, MissHandling miss) => this with { Misses = Misses.SetItem(site, miss) };

    /// <summary>The same with the decisions about one compiled function replaced.</summary>
    /// <param name="root">Index of the function.</param>
    /// <param name="decisions">The decisions about its calls.</param>
    public OracleChoice With(string root, IReadOnlyCollection<CallDecision> decisions) => this with
    {
        Decisions = Without(Decisions, root).SetItems(decisions.Select(decision => KeyValuePair.Create(decision.Path, decision.IsInlined))),
        Misses = Without(Misses, root).SetItems(
            decisions.Where(decision => decision is { IsMissByPolicy: true, Miss: not null }).Select(decision => KeyValuePair.Create(decision.Site, decision.Miss!.Value))),
    };

    /// <summary>Decisions but for those about calls below a way.</summary>
    private static ImmutableSortedDictionary<string, T> Without<T>(ImmutableSortedDictionary<string, T> decisions, string way) =>
        decisions.RemoveRange(decisions.Keys.Where(path => path.StartsWith(way + " ", StringComparison.Ordinal)));
}
