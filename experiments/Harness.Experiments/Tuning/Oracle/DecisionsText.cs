using System.Globalization;
using System.Text;
using Harness.Engine.Configuration;

namespace Harness.Experiments.Tuning.Oracle;

/// <summary>Writes decisions as the knob <c>inlining.decisions</c> reads them.</summary>
internal static class DecisionsText
{
    /// <summary>The file's text.</summary>
    /// <param name="choice">The policy for all other calls, and the decisions.</param>
    /// <param name="moduleHash">SHA-256 of the module's bytes; null where there are no decisions.</param>
    /// <param name="known">What is known of the calls, for comments.</param>
    public static string Write(OracleChoice choice, string? moduleHash, IEnumerable<CallDecision> known)
    {
        var (calls, sites) = (new Dictionary<string, CallDecision>(), new Dictionary<string, CallDecision>());
        foreach (var call in known)
        {
            calls.TryAdd(call.Path, call);
            sites.TryAdd(call.Site, call);
        }

        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"inlining-decisions 1\nrest {choice.Start.Policy}\n");
        if (moduleHash is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"module {moduleHash}\n");
        }

        foreach (var (path, isInlined) in choice.Decisions)
        {
            text.Append(isInlined ? "inline " : "refuse ").Append(path);
            if (calls.TryGetValue(path, out var call))
            {
                text.Append(CultureInfo.InvariantCulture, $"  # in {OneLine.Of(call.Function)}: {OneLine.Of(call.Target)}, {call.WireBytes} wire bytes");
            }

            text.Append('\n');
        }

        foreach (var (site, miss) in choice.Misses)
        {
            text.Append(miss == MissHandling.Guard ? "guard " : "generic ").Append(site);
            if (sites.TryGetValue(site, out var call))
            {
                text.Append(CultureInfo.InvariantCulture, $"  # in {OneLine.Of(call.Function)}: where {OneLine.Of(call.Target)} is called");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The configuration that follows decisions, as a file of knob values beside theirs.</summary>
    /// <param name="choice">The policy with its knobs, and the decisions.</param>
    /// <param name="file">Name of the file with the decisions, in the same folder.</param>
    public static string WriteConfiguration(OracleChoice choice, string file) =>
        string.Concat(choice.KnobsWith(file).Select(pair => $"{pair.Key}: {pair.Value}\n"));
}
