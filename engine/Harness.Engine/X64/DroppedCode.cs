using System.Diagnostics;

namespace Harness.Engine.X64;

/// <summary>
/// Code whose module nobody refers to any more is freed when the .NET runtime collects garbage, which knows little of how much code there is: where
/// there is no room left, it is asked to, though not again and again where all code is in use.
/// </summary>
internal static class DroppedCode
{
    /// <summary>How long nothing is collected again, where it has not helped.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static long _last = long.MinValue;

    /// <summary>Frees the code of dropped modules.</summary>
    /// <returns>False if that was done a short while ago.</returns>
    public static bool Collect()
    {
        var last = Volatile.Read(ref _last);
        if (last != long.MinValue && Stopwatch.GetElapsedTime(last) < Interval)
        {
            return false;
        }

        Volatile.Write(ref _last, Stopwatch.GetTimestamp());
        GC.Collect();

        // A finalizer may wait for what this thread holds.
        Task.Run(GC.WaitForPendingFinalizers).Wait(Interval);
        return true;
    }
}
