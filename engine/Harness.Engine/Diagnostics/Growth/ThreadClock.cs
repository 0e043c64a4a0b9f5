using System.Runtime.InteropServices;

namespace Harness.Engine.Diagnostics.Growth;

/// <summary>What the calling thread has used of the machine, which a busy machine changes little.</summary>
internal static unsafe partial class ThreadClock
{
    private const int ThreadCpuTime = 3;
    private const int ThisThread = 1;

    /// <summary>Processor time that the thread has used, its own and the kernel's for it, in nanoseconds.</summary>
    public static long Now
    {
        get
        {
            _ = ReadClock(ThreadCpuTime, out var time);
            return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
        }
    }

    /// <summary>How often the thread has touched memory that had no page yet.</summary>
    public static long PageFaults
    {
        get
        {
            _ = GetUsage(ThisThread, out var usage);
            return usage.MinorFaults + usage.MajorFaults;
        }
    }

    /// <summary>How long it takes to be given a page of new memory, in nanoseconds, in the mean of many that are touched now.</summary>
    public static double MeasurePageFault()
    {
        const nuint size = 64 << 20;
        var memory = (byte*)NativeMemory.Alloc(size);
        var faults = PageFaults;
        var start = Now;
        for (nuint i = 0; i < size; i += 4096)
        {
            Volatile.Write(ref memory[i], 1);
        }

        var time = Now - start;
        faults = PageFaults - faults;
        NativeMemory.Free(memory);
        return (double)time / Math.Max(1, faults);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ReadClock(int clock, out TimeSpec time);

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetUsage(int who, out ResourceUsage usage);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary>struct rusage of Linux on 64 bits.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 144)]
    private struct ResourceUsage
    {
        [FieldOffset(64)]
        public long MinorFaults;

        [FieldOffset(72)]
        public long MajorFaults;
    }
}
