using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Harness.Experiments.Results;

/// <summary>
/// Tells how fast the machine itself is at the moment, by how long the thread that asks takes for a fixed piece of work: computation that wants all of a core, and reads beyond a core's own caches. What slows the
/// machine down without being counted by its system, such as neighbours of a virtual machine on the same cores, slows this down. A probe takes some 10 to 20 ms. The work belongs to the format of the rows
/// (<see cref="Measurement.CurrentFormat"/>): who changes it gives the columns a new version.
/// </summary>
internal sealed class MachineSpeedProbe
{
    /// <summary>How often a probe does the work. The median counts: the first one has the caches to fill that another process has left, and an interrupt hits one or two.</summary>
    private const int Pieces = 5;

    /// <summary>Probes before the first one that counts.</summary>
    private const int WarmUps = 3;

    /// <summary>Steps of computation in a piece, of six cycles and more each: so many that they take about as long as the reads, some one to two milliseconds. What slows only one of the two is seen in the sum, if it slows that by half.</summary>
    private const int Steps = 500_000;

    /// <summary>Cache lines that a piece reads: 4 MiB, more than a core has for itself, and read in a ring, so that none is left there when it is read again.</summary>
    private const int Lines = 1 << 16;

    /// <summary>Numbers in a cache line of 64 bytes.</summary>
    private const int LineLength = 64 / sizeof(uint);

    private readonly uint[] _ring = MakeRing();

    /// <summary>Prepares the work, and does it until it is compiled and its memory is there.</summary>
    public MachineSpeedProbe()
    {
        for (var i = 0; i < WarmUps; i++)
        {
            Take();
        }
    }

    /// <summary>What the work gave: the same in every probe on every machine.</summary>
    public ulong Result { get; private set; }

    /// <summary>Does the work now.</summary>
    /// <returns>The time of a piece of it in ms, the median of five.</returns>
    public double Take()
    {
        var times = new double[Pieces];
        for (var i = 0; i < times.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            Result = Walk(_ring, Compute());
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return Math.Round(times[Pieces / 2], 4);
    }

    /// <summary>
    /// Computes with four numbers that do not wait for each other, so that a core has as much to do as it can: what waits for itself would not become slower beside a neighbour on the same core. Like <see cref="Walk"/> it is
    /// compiled once and for all at its first call: in tiers it would become faster while it measures.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static ulong Compute()
    {
        var (a, b, c, d) = (1UL, 2UL, 3UL, 4UL);
        for (var i = 0; i < Steps; i++)
        {
            a = Next(a);
            b = Next(b);
            c = Next(c);
            d = Next(d);
        }

        return a ^ b ^ c ^ d;
    }

    /// <summary>Reads every line of the ring, each of which says where the next one is.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static ulong Walk(uint[] ring, ulong sum)
    {
        var place = 0U;
        for (var i = 0; i < Lines; i++)
        {
            place = ring[place];
            sum = (sum * 31) + place;
        }

        return sum;
    }

    /// <summary>Lines in a random order that is always the same, and that leads through all of them before it comes back (Sattolo's algorithm): a prefetcher finds no stride in it.</summary>
    private static uint[] MakeRing()
    {
        var next = new uint[Lines];
        for (var i = 0U; i < Lines; i++)
        {
            next[i] = i;
        }

        var random = 1UL;
        for (var i = Lines - 1; i > 0; i--)
        {
            random = Next(random);
            var other = (int)(random % (ulong)i);
            (next[i], next[other]) = (next[other], next[i]);
        }

        var ring = new uint[Lines * LineLength];
        for (var i = 0; i < Lines; i++)
        {
            ring[i * LineLength] = next[i] * LineLength;
        }

        return ring;
    }

    /// <summary>The next number of a xorshift generator (Marsaglia 2003).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Next(ulong number)
    {
        number ^= number << 13;
        number ^= number >> 7;
        return number ^ (number << 17);
    }
}
