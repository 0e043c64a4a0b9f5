using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Harness.Experiments.Results;

/// <summary>What else happened on the machine while a process was measured, seen from outside of it.</summary>
/// <param name="ElapsedMs">How long the process took, from its start to its end.</param>
/// <param name="StealMs">Time, over all processors, that the hypervisor gave to other machines although this one wanted it.</param>
/// <param name="OthersMs">CPU time of everything but the harness and the process.</param>
internal readonly record struct Interference(double ElapsedMs, double StealMs, double OthersMs)
{
    /// <summary>Share of the process's time from which on stolen time counts as a disturbance.</summary>
    public const double MostSteal = 0.01;

    /// <summary>CPU time of others, as a share of a processor, from which on it counts as a disturbance.</summary>
    public const double MostOthers = 0.1;

    /// <summary>
    /// By how much longer than where the machine is quiet a probe of its speed (<see cref="MachineSpeed"/>) may take, as a share, before the machine counts as slow. Caches that machines share make the reads of a
    /// probe slower by half where programs notice nothing (METHODOLOGY.md).
    /// </summary>
    public const double MostSlowdown = 1;

    /// <summary>
    /// Time in ms up to which nothing counts as a disturbance: the kernel counts in steps of 10 ms for each processor, and what is within a few of them may be nothing. So of processes shorter than
    /// 5 s (stolen time) or half a second (others) more than the shares above is passed over.
    /// </summary>
    public const double Resolution = 50;

    /// <summary>Whether anything is known of it: a process that took no time is one that nobody metered.</summary>
    public bool IsKnown => ElapsedMs > 0;

    /// <summary>Whether the process was disturbed by more than can be passed over.</summary>
    public bool IsDisturbance => StealMs > Math.Max(Resolution, MostSteal * ElapsedMs) || OthersMs > Math.Max(Resolution, MostOthers * ElapsedMs);
}

/// <summary>Takes the times before a process is started, and compares with those after its end.</summary>
internal sealed class InterferenceMeter
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly SystemTimes _before = SystemTimes.Now();
    private readonly double _ownBefore = OwnCpuMs();

    /// <summary>What happened since the meter was made.</summary>
    /// <param name="reportedCpuMs">CPU time that the process told of itself or was seen to use: where its children outlive it, the system knows less.</param>
    public Interference Stop(double reportedCpuMs)
    {
        var after = SystemTimes.Now();
        var elapsed = Stopwatch.GetElapsedTime(_start).TotalMilliseconds;
        var own = Math.Max(OwnCpuMs() - _ownBefore, reportedCpuMs);
        return new Interference(Math.Round(elapsed, 1), after.StealMs - _before.StealMs, Math.Max(0, Math.Round(after.BusyMs - _before.BusyMs - own, 1)));
    }

    /// <summary>CPU time of the harness and of all its children that have ended.</summary>
    private static double OwnCpuMs()
    {
        const int children = -1;
        var own = Environment.CpuUsage.TotalTime.TotalMilliseconds;
        return Native.GetUsage(children, out var usage) == 0
            ? own + ((usage.UserSeconds + usage.SystemSeconds) * 1e3) + ((usage.UserMicroseconds + usage.SystemMicroseconds) / 1e3)
            : own;
    }

    /// <summary>struct rusage of Linux on 64 bits: two times, and fourteen numbers that do not matter here.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    private struct ResourceUsage
    {
        public long UserSeconds;
        public long UserMicroseconds;
        public long SystemSeconds;
        public long SystemMicroseconds;
    }

    private static class Native
    {
        [DllImport("libc", EntryPoint = "getrusage")]
        public static extern int GetUsage(int who, out ResourceUsage usage);
    }
}

/// <summary>What the processors did since the system started, from <c>/proc/stat</c>.</summary>
/// <param name="BusyMs">Time that they worked for anybody on this machine.</param>
/// <param name="StealMs">Time that the hypervisor gave to others.</param>
internal readonly record struct SystemTimes(double BusyMs, double StealMs)
{
    /// <summary>A tick of the kernel's accounting (USER_HZ), which is the same on all machines that Linux runs on but Alpha.</summary>
    private const double TickMs = 10;

    /// <summary>Now; nothing where the system does not tell.</summary>
    public static SystemTimes Now()
    {
        const string path = "/proc/stat";
        return File.Exists(path) && File.ReadLines(path).FirstOrDefault() is { } line ? Parse(line) : default;
    }

    /// <summary>Reads the line <c>cpu user nice system idle iowait irq softirq steal …</c>.</summary>
    public static SystemTimes Parse(string line)
    {
        var ticks = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        return ticks is [var user, var nice, var system, _, _, var interrupts, var softInterrupts, var steal, ..]
            ? new SystemTimes((user + nice + system + interrupts + softInterrupts) * TickMs, steal * TickMs)
            : default;
    }
}
