using System.Globalization;
using System.Runtime.InteropServices;

namespace Harness.Experiments.Engines.Shells;

/// <summary>What a process and its descendants have used so far, seen from outside.</summary>
/// <param name="CpuMs">CPU time on all threads.</param>
/// <param name="PeakMemoryBytes">Sum of the most memory that each had resident.</param>
internal sealed record ProcessUsage(double CpuMs, long PeakMemoryBytes)
{
    /// <summary>The CPU-time clock of another process (clock_getcpuclockid of the C library): its complement, shifted, with the kind "scheduler".</summary>
    private const int SchedulerClock = 2;

    /// <summary>A process and its descendants.</summary>
    public static ProcessUsage OfTree(int processId)
    {
        var tree = Tree(processId);
        return new ProcessUsage(tree.Sum(CpuMsOf), tree.Sum(PeakMemoryOf));
    }

    /// <summary>CPU time of a process and its descendants.</summary>
    public static double CpuMsOfTree(int processId) => Tree(processId).Sum(CpuMsOf);

    private static List<int> Tree(int root)
    {
        var tree = new List<int> { root };
        for (var i = 0; i < tree.Count; i++)
        {
            foreach (var task in TasksOf(tree[i]))
            {
                if (ReadText(Path.Combine(task, "children")) is { } children)
                {
                    tree.AddRange(children.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(child => int.Parse(child, CultureInfo.InvariantCulture)).Except(tree));
                }
            }
        }

        return tree;
    }

    private static string[] TasksOf(int processId)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{processId}/task");
        }
        catch (IOException)
        {
            // It has just ended.
            return [];
        }
    }

    private static double CpuMsOf(int processId) =>
        Native.GetTime((~processId << 3) | SchedulerClock, out var time) == 0 ? (time.Seconds * 1e3) + (time.Nanoseconds / 1e6) : 0;

    private static long PeakMemoryOf(int processId)
    {
        var line = ReadText($"/proc/{processId}/status")?.Split('\n').FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return line is null ? 0 : 1024 * long.Parse(line["VmHWM:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }

    private static string? ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            // It has just ended.
            return null;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpecification
    {
        public long Seconds;
        public long Nanoseconds;
    }

    private static class Native
    {
        [DllImport("libc", EntryPoint = "clock_gettime")]
        public static extern int GetTime(int clock, out TimeSpecification time);
    }
}
