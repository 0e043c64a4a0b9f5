using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Harness.Experiments.Tuning.Oracle;

/// <summary>Where a search of decisions may start: a policy with its knobs.</summary>
/// <param name="Name">Its name in rows and tables.</param>
/// <param name="Policy">Name of the policy, which decides about what no decision names; empty where nothing is inlined.</param>
/// <param name="Knobs">All its knob values, the policy's among them.</param>
internal sealed record OracleStart(string Name, string Policy, IReadOnlyDictionary<string, string> Knobs);

/// <summary>A policy and decisions that differ from what it decides, by the path of the call: whether it is inlined.</summary>
internal sealed record OracleChoice(OracleStart Start, ImmutableSortedDictionary<string, bool> Decisions)
{
    /// <summary>A policy as it is.</summary>
    public static OracleChoice Of(OracleStart start) => new(start, ImmutableSortedDictionary.Create<string, bool>(StringComparer.Ordinal));

    /// <summary>A name that another choice has only if it is the same.</summary>
    public string Name => Decisions.Count == 0
        ? Start.Name
        : $"{Start.Name}+{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Decisions.Select(pair => $"{pair.Key}={pair.Value}")))))[..12]}";

    /// <summary>Knob values with which the engine decides so: those that it was measured with.</summary>
    /// <param name="file">The file that has the decisions; not looked at where there are none.</param>
    public IReadOnlyDictionary<string, string> KnobsWith(string file) => Decisions.Count == 0 ? Start.Knobs : new Dictionary<string, string>(Start.Knobs)
    {
        ["inlining.policy"] = "oracle", ["inlining.decisions"] = file,
    };

    /// <summary>The same with one decision more. What was decided about calls below one that is refused means nothing any more.</summary>
    public OracleChoice With(CallDecision call, bool isInlined)
    {
        var kept = isInlined ? Decisions : Decisions.RemoveRange(Decisions.Keys.Where(path => path.StartsWith(call.Path + " ", StringComparison.Ordinal)));
        return this with { Decisions = kept.SetItem(call.Path, isInlined) };
    }

    /// <summary>The same with the decisions about one compiled function replaced.</summary>
    /// <param name="root">Index of the function.</param>
    /// <param name="decisions">The decisions about its calls.</param>
    public OracleChoice With(string root, IEnumerable<CallDecision> decisions) => this with
    {
        Decisions = Decisions.RemoveRange(Decisions.Keys.Where(path => path.StartsWith(root + " ", StringComparison.Ordinal)))
            .SetItems(decisions.Select(decision => KeyValuePair.Create(decision.Path, decision.IsInlined))),
    };
}
