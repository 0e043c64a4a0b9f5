using System.Numerics;

namespace Harness.Engine.Heap;

/// <summary>
/// Times of collections, counted in buckets whose width is a sixteenth of a power of two, so that any number of them takes constant
/// memory and the median is known to within 4%.
/// </summary>
internal sealed class PauseHistogram
{
    private const int SubBucketBits = 4;
    private const int SubBuckets = 1 << SubBucketBits;

    private readonly long[] _buckets = new long[64 * SubBuckets];
    private long _count;

    /// <summary>The longest time.</summary>
    public TimeSpan Maximum { get; private set; }

    /// <summary>The sum of all times.</summary>
    public TimeSpan Total { get; private set; }

    /// <summary>The middle of the bucket that the median falls in; zero without times.</summary>
    public TimeSpan Median
    {
        get
        {
            long before = 0;
            for (var i = 0; i < _buckets.Length; i++)
            {
                before += _buckets[i];
                if (before * 2 > _count)
                {
                    return TimeSpan.FromTicks((LowerBound(i) + LowerBound(i + 1)) / 2);
                }
            }

            return TimeSpan.Zero;
        }
    }

    /// <summary>Counts a time.</summary>
    public void Add(TimeSpan pause)
    {
        _count++;
        _buckets[BucketOf(pause.Ticks)]++;
        Total += pause;
        if (pause > Maximum)
        {
            Maximum = pause;
        }
    }

    private static int BucketOf(long ticks)
    {
        if (ticks < SubBuckets)
        {
            return (int)ticks;
        }

        var exponent = BitOperations.Log2((ulong)ticks) - SubBucketBits;
        return (exponent * SubBuckets) + (int)(ticks >> exponent);
    }

    private static long LowerBound(int bucket)
    {
        if (bucket < SubBuckets)
        {
            return bucket;
        }

        var exponent = (bucket / SubBuckets) - 1;
        return (long)((bucket % SubBuckets) + SubBuckets) << exponent;
    }
}
