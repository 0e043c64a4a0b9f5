using System.Globalization;
using Harness.Experiments.Results;

namespace Harness.Experiments.Statistics;

/// <summary>How much of what was measured was disturbed by others on the machine: judged from the columns of the rows, so that it holds for results from anywhere.</summary>
internal static class Disturbances
{
    /// <summary>All that the rows tell of the environment: how much others on the machine disturbed, and where the machine itself was slow; a sentence for each that was so.</summary>
    /// <param name="rows">The rows of a folder of results or of a search: a selection of them would tell less of how fast its machine is where it is quiet.</param>
    public static IReadOnlyList<string> DescribeAll(IReadOnlyList<IMeteredRow> rows) => [.. ((string?[])[Describe(rows), SlowMachine.Describe(rows)]).OfType<string>()];

    /// <summary>Says what there was, in a sentence; null where nothing was, or where the rows do not tell.</summary>
    public static string? Describe(IReadOnlyList<IMeteredRow> rows)
    {
        var processes = ProcessesOf(rows).ToList();
        var disturbed = processes.Where(row => row.Interference.IsDisturbance).ToList();
        if (disturbed.Count == 0)
        {
            return null;
        }

        // Of others the shares say nothing: a tick of the kernel is half of a short process.
        var others = disturbed.Max(row => row.Interference.OthersMs / row.Interference.ElapsedMs);
        var steal = disturbed.Max(row => row.Interference.StealMs / row.Interference.ElapsedMs);
        return string.Create(CultureInfo.InvariantCulture,
            $"Noisy environment: {disturbed.Count} of {processes.Count} processes were disturbed (others used up to {others:0.00} processors beside them, up to {steal:0.00} were taken by the hypervisor; up to {Interference.Resolution:0} ms beside a process do not count, however short it was); times may be too long, and intervals too wide or, where the noise drifted, wrong.");
    }

    /// <summary>A row of each process of which it is known what else happened on the machine.</summary>
    public static IEnumerable<IMeteredRow> ProcessesOf(IEnumerable<IMeteredRow> rows) => rows.Where(row => row.Interference.IsKnown).DistinctBy(row => row.Process);
}
