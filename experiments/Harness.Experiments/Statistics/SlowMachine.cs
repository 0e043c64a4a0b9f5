using System.Globalization;
using Harness.Experiments.Results;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Statistics;

/// <summary>
/// Beside which processes the machine itself was slow, although its system may have counted nothing: judged from the columns of the rows, so that it holds for results from anywhere. A probe is compared with those of the same
/// machine and format alone.
/// </summary>
internal static class SlowMachine
{
    /// <summary>Fewest processes of a machine that are judged: beside fewer the lower quartile of the probes lies below the second fastest, so that a single lucky one makes all others slow.</summary>
    private const int LeastProcesses = 4;

    /// <summary>Says how many processes that were and how the probes were spread, in a sentence; null where there were none, or where the rows do not tell, or are too few.</summary>
    public static string? Describe(IReadOnlyList<IMeteredRow> rows)
    {
        var processes = rows.Where(row => row.Speed.IsKnown)
            .DistinctBy(row => row.Process)
            .GroupBy(row => (row.Speed.Machine, row.ProbeFormat), row => row.Speed)
            .Where(machine => machine.Count() >= LeastProcesses)
            .SelectMany(machine => DividedByQuietLevel([.. machine]))
            .ToList();
        var slow = processes.Count(process => Math.Max(process.Before, process.After) > 1 + Interference.MostSlowdown);
        if (slow == 0)
        {
            return null;
        }

        double[] probes = [.. processes.SelectMany(process => (double[])[process.Before, process.After]).Order()];
        return string.Create(CultureInfo.InvariantCulture,
            $"Slow machine: beside {slow} of {processes.Count} processes a fixed piece of work took more than {1 + Interference.MostSlowdown:0.#} times as long as where the machine was quiet (half of all probes up to {SortedArrayStatistics.Median(probes):0.00} times as long, three quarters up to {SortedArrayStatistics.UpperQuartile(probes):0.00}, the slowest {probes[^1]:0.00}), as it does where others use the same cores, which neither steal nor CPU time shows; times may be too long, and intervals too wide or, where it drifted, wrong.");
    }

    /// <summary>
    /// How long the probe takes on a machine where nothing slows it down, in ms: the lower quartile of all probes. A single lucky one does not move it, nor does the machine's being slow as long as that was for less than three
    /// quarters of the probes.
    /// </summary>
    /// <param name="speeds">The probes of one machine, at least one pair.</param>
    public static double QuietLevel(IEnumerable<MachineSpeed> speeds)
    {
        double[] sorted = [.. speeds.SelectMany(speed => (double[])[speed.BeforeMs, speed.AfterMs]).Order()];
        return SortedArrayStatistics.LowerQuartile(sorted);
    }

    private static IEnumerable<(double Before, double After)> DividedByQuietLevel(List<MachineSpeed> speeds)
    {
        var level = QuietLevel(speeds);
        return speeds.Select(speed => (speed.BeforeMs / level, speed.AfterMs / level));
    }
}
