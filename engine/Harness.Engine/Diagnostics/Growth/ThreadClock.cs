using System.Runtime.InteropServices;

namespace Harness.Engine.Diagnostics.Growth;

/// <summary>The processor time of the calling thread: what a busy machine changes little.</summary>
internal static partial class ThreadClock
{
    private const int ThreadCpuTime = 3;

    /// <summary>Processor time that the thread has used, in nanoseconds.</summary>
    public static long Now
    {
        get
        {
            _ = ReadClock(ThreadCpuTime, out var time);
            return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ReadClock(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
