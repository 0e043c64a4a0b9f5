using System.Diagnostics;
using System.Globalization;
using System.Text;
using Harness.Experiments.Engines;
using Harness.Experiments.Workloads;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Costs;

/// <summary>
/// Measures what a trap costs by the depth of the stack that it leaves, on any engine within this process: from the call by the host until the host has the exception and has looked at the frames that the engine
/// gives; and the same calls where they return.
/// </summary>
internal static class TrapCost
{
    private const int Samples = 500;
    private const int WarmUpCalls = 200;
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(500);

    /// <summary>The depths of stacks, in frames below the first.</summary>
    public static IReadOnlyList<int> Depths { get; } = [1, 10, 100, 1000, 10_000];

    /// <summary>How the times are read from what <see cref="Measure"/> gives.</summary>
    public static MetricPattern Metric { get; } = new(
        new("^(?<name>(trap|return)-[0-9]+): (?<value>[0-9.]+) us"),
        MetricPattern.Units["us"],
        [.. Depths.Select(depth => $"trap-{depth}"), .. Depths.Select(depth => $"return-{depth}")]);

    /// <summary>Measures.</summary>
    /// <param name="trap">Calls down to a depth and traps there; gives how many frames the host is told.</param>
    /// <param name="comeBack">Calls down to a depth and returns; gives the result, which is the depth.</param>
    /// <param name="checks">Whether it is only to be seen that it works.</param>
    /// <returns>A line for each depth and way.</returns>
    /// <exception cref="HarnessException">A call gave something else than it must.</exception>
    public static string Measure(Func<int, int> trap, Func<int, int> comeBack, bool checks)
    {
        var text = new StringBuilder();
        foreach (var depth in Depths)
        {
            Line("trap", depth, Time(() => trap(depth) >= 1 ? null : "a trap told of no frame", checks));
            Line("return", depth, Time(() => comeBack(depth) == depth ? null : "the depth was another", checks));
        }

        return text.ToString();

        void Line(string name, int depth, double microseconds) => text.Append(CultureInfo.InvariantCulture, $"{name}-{depth}: {microseconds:0.###} us\n");
    }

    private static double Time(Func<string?> call, bool checks)
    {
        for (var i = 0; i < (checks ? 1 : WarmUpCalls); i++)
        {
            Check(call());
        }

        var times = new List<double>(Samples);
        var start = Stopwatch.GetTimestamp();
        do
        {
            var begun = Stopwatch.GetTimestamp();
            var mistake = call();
            times.Add(1000 * WorkerLoop.ElapsedMs(begun));
            Check(mistake);
        }
        while (!checks && times.Count < Samples && Stopwatch.GetElapsedTime(start) < Limit);
        return times.Median();
    }

    private static void Check(string? mistake)
    {
        if (mistake is not null)
        {
            throw new HarnessException(mistake);
        }
    }
}
