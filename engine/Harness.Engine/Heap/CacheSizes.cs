using System.Runtime.InteropServices;

namespace Harness.Engine.Heap;

/// <summary>What the processor's caches say about sensible sizes.</summary>
internal static partial class CacheSizes
{
    private const int Level3Size = 194;

    /// <summary>Bounds for processors that tell nothing, or of caches that many others share.</summary>
    private const long Smallest = 8L << 20;

    private const long Largest = 32L << 20;

    /// <summary>Most bytes of a nursery that is to stay in the last cache: half of that, but 8 to 32 MiB.</summary>
    public static nuint SharedNursery { get; } = (nuint)Math.Clamp(RoundDown(SystemConfiguration(Level3Size) / 2), Smallest, Largest);

    private static long RoundDown(long size) => size <= 0 ? 0 : 1L << (int)long.Log2(size);

    [LibraryImport("libc", EntryPoint = "sysconf")]
    private static partial nint SystemConfiguration(int name);
}
