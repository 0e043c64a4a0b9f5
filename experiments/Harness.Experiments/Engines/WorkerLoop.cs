using System.Diagnostics;
using System.Globalization;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Engines;

/// <summary>
/// The course of a repetition in a worker of the harness itself: iterations that warm up, then iterations that are timed. The counterpart of
/// <c>experiments/shells/measure.mjs</c>, which follows the same rules.
/// </summary>
internal sealed record WorkerLoop
{
    /// <summary>A tick of the kernel's clock: sysconf(_SC_CLK_TCK) is 100 on all machines that .NET runs on.</summary>
    private const double MillisecondsPerTick = 10;

    /// <summary>Readings of a clock of which two are right after each other.</summary>
    private const int ClockReadings = 1000;

    /// <summary>The iterations that warmed up.</summary>
    public required List<double> WarmUpMs { get; init; }

    /// <summary>Time that warm-up took.</summary>
    public required double WarmUpTotalMs { get; init; }

    /// <summary>Whether warm-up ended because times had settled, not at its limit.</summary>
    public required bool Settled { get; init; }

    /// <summary>The timed iterations.</summary>
    public required double[] ExecuteMs { get; init; }

    /// <summary>All iterations in order.</summary>
    public double[] AllMs
    {
        get
        {
            var all = new double[WarmUpMs.Count + ExecuteMs.Length];
            WarmUpMs.CopyTo(all);
            ExecuteMs.CopyTo(all, WarmUpMs.Count);
            return all;
        }
    }

    /// <summary>CPU time of a timed iteration on all threads, on average.</summary>
    public required double ExecuteCpuMs { get; init; }

    /// <summary>
    /// Time since a timestamp of <see cref="Stopwatch"/>, in ms, as exactly as the clock tells. A <see cref="TimeSpan"/> counts in steps of 100 ns, of which a call that does nothing takes less than one.
    /// </summary>
    public static double ElapsedMs(long start) => ElapsedMs(start, Stopwatch.GetTimestamp());

    /// <summary>The same between two timestamps.</summary>
    public static double ElapsedMs(long start, long end) => (end - start) * 1000.0 / Stopwatch.Frequency;

    /// <summary>
    /// The least time, in ms, by which the clock of <see cref="ElapsedMs(long)"/> goes on between two readings right after each other: its step, or what it takes to read it where that is more. 0 where it did not
    /// go on at all.
    /// </summary>
    public static double MeasureClockStep()
    {
        var least = long.MaxValue;
        var last = Stopwatch.GetTimestamp();
        for (var i = 0; i < ClockReadings; i++)
        {
            var now = Stopwatch.GetTimestamp();
            if (now > last)
            {
                least = Math.Min(least, now - last);
            }

            last = now;
        }

        return least == long.MaxValue ? 0 : least * 1000.0 / Stopwatch.Frequency;
    }

    /// <summary>CPU time of this process on all threads.</summary>
    public static double CpuMs => Environment.CpuUsage.TotalTime.TotalMilliseconds;

    /// <summary>
    /// Time since this process was started, to some 10 ms, which is as exactly as the kernel tells. The class <see cref="Process"/> would tell the same, and takes
    /// milliseconds to be loaded.
    /// </summary>
    public static double SinceProcessStartMs
    {
        get
        {
            // Of the fields behind the name, which may contain anything, the 20th is the start in ticks since the machine's (proc(5), starttime).
            var stat = File.ReadAllText("/proc/self/stat");
            var start = double.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19], CultureInfo.InvariantCulture);
            var now = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
            return Math.Max(0, (now * 1000) - (start * MillisecondsPerTick));
        }
    }

    /// <summary>Most memory that this process had resident.</summary>
    public static long PeakMemoryBytes
    {
        get
        {
            const string Name = "VmHWM:";
            var status = File.ReadAllText("/proc/self/status");
            var start = status.IndexOf(Name, StringComparison.Ordinal);
            if (start < 0)
            {
                return 0;
            }

            var value = status.AsSpan(start + Name.Length, status.IndexOf("kB", start, StringComparison.Ordinal) - start - Name.Length);
            return 1024 * long.Parse(value, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Whether an iteration of a program is a call of an export.</summary>
    public static bool IsCall(WorkerProgram program) => string.Equals(program.Iteration, nameof(IterationKind.Call), StringComparison.OrdinalIgnoreCase);

    /// <summary>Runs the iterations that a request asks for.</summary>
    /// <param name="request">The request.</param>
    /// <param name="warmUp">Makes an iteration that warms up, and gives its time in ms.</param>
    /// <param name="timed">Makes an iteration that is timed, and gives its time in ms.</param>
    /// <param name="areTiersQuiet">Whether the engine did no more to its code since it was last asked; null where the engine does not tell.</param>
    /// <param name="cpu">Gets the CPU time of the timed part of each iteration, where that is told; null where it never is.</param>
    public static WorkerLoop Run(WorkerRequest request, Func<double> warmUp, Func<double> timed, Func<bool>? areTiersQuiet, TimedCpu? cpu = null)
    {
        var warmUpMs = new List<double>();
        var (total, settled) = (0.0, true);
        var count = request.Program.Iterations;
        if (request.Checks)
        {
            if (IsCall(request.Program))
            {
                warmUp();
            }

            count = request.TimedCalls;
        }
        else if (count == 0)
        {
            (total, settled) = WarmUp(warmUp, request.Settle, areTiersQuiet, warmUpMs);
            count = request.TimedCalls;
        }

        var executeMs = new double[count];
        cpu?.Clear();
        var cpuBefore = CpuMs;
        for (var i = 0; i < executeMs.Length; i++)
        {
            executeMs[i] = timed();
        }

        var cpuAround = CpuMs - cpuBefore;
        return new WorkerLoop
        {
            WarmUpMs = warmUpMs,
            WarmUpTotalMs = total,
            Settled = settled,
            ExecuteMs = executeMs,
            ExecuteCpuMs = count == 0 ? 0 : (cpu?.Count == count ? cpu.TotalMs : cpuAround) / count,
        };
    }

    private static (double Milliseconds, bool Settled) WarmUp(Func<double> iterate, WarmUpRule rule, Func<bool>? areTiersQuiet, List<double> times)
    {
        var watch = new WarmUpWatch(rule);
        var start = Stopwatch.GetTimestamp();
        var quietCalls = 0;
        while (true)
        {
            times.Add(iterate());
            var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            quietCalls = areTiersQuiet?.Invoke() ?? true ? quietCalls + 1 : 0;
            var settled = watch.Add(times[^1], elapsed) && quietCalls >= rule.Window;
            if (settled || elapsed >= rule.LimitMilliseconds)
            {
                return (elapsed, settled);
            }
        }
    }

    /// <summary>CPU time of the timed parts of iterations, where their host tells them from what it does around them, such as making folders.</summary>
    public sealed class TimedCpu
    {
        /// <summary>Their CPU time, in ms.</summary>
        public double TotalMs { get; private set; }

        /// <summary>How many were told.</summary>
        public int Count { get; private set; }

        /// <summary>Adds that of an iteration.</summary>
        /// <param name="milliseconds">CPU time in ms; null where it was not told.</param>
        public void Add(double? milliseconds)
        {
            if (milliseconds is not { } told)
            {
                return;
            }

            TotalMs += told;
            Count++;
        }

        /// <summary>Forgets all.</summary>
        public void Clear() => (TotalMs, Count) = (0, 0);
    }
}
