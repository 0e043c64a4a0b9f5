using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using Harness.Experiments.Engines;
using Harness.Experiments.Workloads;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Costs;

/// <summary>
/// Measures what instances of one module cost, on any engine within this process: the memory of one that does nothing, the time to make one and to leave it, and how many come and go on several
/// threads. The rules are the same for all engines: an instance has a store of its own, and imports that are ready before.
/// </summary>
internal sealed record InstanceCost
{
    /// <summary>Threads that make instances at the same time.</summary>
    public const int Threads = 4;

    private const int IdleInstances = 100;
    private const int FirstInstances = 8;
    private const int Samples = 2000;
    private const int ThreadStackBytes = 16 << 20;
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Sampling = TimeSpan.FromSeconds(1);

    /// <summary>The names of the times, in the order of charts: <see cref="MakeUs"/>, <see cref="LeaveUs"/>, <see cref="ThreadsUs"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["make", "leave", "threads"];

    /// <summary>How the times are read from what <see cref="ToString"/> prints.</summary>
    public static MetricPattern Metric { get; } = new(new("^(?<name>make|leave|threads): (?<value>[0-9.]+) us"), MetricPattern.Units["us"], Names);

    /// <summary>Time to make a store and an instance in it, in microseconds: the median.</summary>
    public required double MakeUs { get; init; }

    /// <summary>Time to dispose of both, in microseconds: the median.</summary>
    public required double LeaveUs { get; init; }

    /// <summary>Time that passes for each instance which <see cref="Threads"/> threads make and leave, in microseconds. Its reciprocal is the instances a microsecond.</summary>
    public required double ThreadsUs { get; init; }

    /// <summary>Memory of an instance that has not run anything but its start function, in bytes: what the process has more with 100 of them, by proportional set size and page tables.</summary>
    public required long InstanceBytes { get; init; }

    /// <summary>Measures.</summary>
    /// <param name="make">Makes a store with an instance, on any thread; to dispose of the result is to leave both.</param>
    /// <param name="checks">Whether it is only to be seen that it works.</param>
    public static InstanceCost Measure(Func<IDisposable> make, bool checks)
    {
        for (var i = 0; i < FirstInstances; i++)
        {
            make().Dispose();
        }

        var bytes = MeasureMemory(make, checks ? 2 : IdleInstances);
        var start = Stopwatch.GetTimestamp();
        while (!checks && Stopwatch.GetElapsedTime(start) < WarmUp)
        {
            make().Dispose();
        }

        var (makeTimes, leaveTimes) = (new List<double>(Samples), new List<double>(Samples));
        start = Stopwatch.GetTimestamp();
        do
        {
            var begun = Stopwatch.GetTimestamp();
            var instance = make();
            var made = Stopwatch.GetTimestamp();
            instance.Dispose();
            var left = Stopwatch.GetTimestamp();
            makeTimes.Add(1000 * WorkerLoop.ElapsedMs(begun, made));
            leaveTimes.Add(1000 * WorkerLoop.ElapsedMs(made, left));
        }
        while (!checks && makeTimes.Count < Samples && Stopwatch.GetElapsedTime(start) < Sampling);

        return new InstanceCost
        {
            MakeUs = makeTimes.Median(),
            LeaveUs = leaveTimes.Median(),
            ThreadsUs = MeasureThreads(make, checks ? TimeSpan.Zero : Sampling),
            InstanceBytes = bytes,
        };
    }

    /// <summary>The times in words, a line each.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"make: {MakeUs:0.###} us\nleave: {LeaveUs:0.###} us\nthreads: {ThreadsUs:0.###} us\n");

    private static long MeasureMemory(Func<IDisposable> make, int count)
    {
        var instances = new IDisposable[count];
        var before = ProcessMemory();
        for (var i = 0; i < count; i++)
        {
            instances[i] = make();
        }

        var after = ProcessMemory();
        foreach (var instance in instances)
        {
            instance.Dispose();
        }

        return Math.Max(0, (after - before) / count);
    }

    private static double MeasureThreads(Func<IDisposable> make, TimeSpan time)
    {
        long count = 0;
        Exception? failure = null;
        using var barrier = new Barrier(Threads + 1);
        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(Work, ThreadStackBytes) { IsBackground = true }).ToList();
        foreach (var thread in threads)
        {
            thread.Start();
        }

        var start = Stopwatch.GetTimestamp();
        barrier.SignalAndWait();
        foreach (var thread in threads)
        {
            thread.Join();
        }

        if (failure is not null)
        {
            throw new HarnessException($"on several threads: {failure.Message}", failure);
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / count;

        void Work()
        {
            barrier.SignalAndWait();
            try
            {
                long own = 0;
                var begun = Stopwatch.GetTimestamp();
                do
                {
                    make().Dispose();
                    own++;
                }
                while (Stopwatch.GetElapsedTime(begun) < time);
                Interlocked.Add(ref count, own);
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref failure, exception, null);
            }
        }
    }

    /// <summary>The memory of this process: its share of resident pages, and the tables by which the processor finds them (proc(5): Pss, VmPTE). Garbage of .NET is collected before.</summary>
    private static long ProcessMemory()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return Kilobytes("/proc/self/smaps_rollup", "Pss:") + Kilobytes("/proc/self/status", "VmPTE:");
    }

    private static long Kilobytes(string file, string field)
    {
        var line = File.ReadLines(file).First(line => line.StartsWith(field, StringComparison.Ordinal));
        return 1024 * long.Parse(line.AsSpan(field.Length, line.Length - field.Length - 2), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
    }
}
