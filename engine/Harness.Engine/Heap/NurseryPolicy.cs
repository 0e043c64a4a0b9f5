using Harness.Engine.Configuration;

namespace Harness.Engine.Heap;

/// <summary>
/// Decides after each young collection how large the nursery is to be and how long objects stay young. A nursery that is small enough
/// for a cache is cheap to allocate in; but what is collected often survives more, and to copy costs far more than to miss the cache. So the nursery
/// grows while much survives, and shrinks after little did for some time. Where survivors survive again, to keep them young only copies them twice: then
/// objects become old at once for some collections, twice as many each time.
/// </summary>
internal sealed class NurseryPolicy
{
    /// <summary>The nursery grows when the work of a collection is more than this part of what was allocated.</summary>
    private const double GrowAbove = 1.0 / 10;

    /// <summary>It shrinks when it is less than this part.</summary>
    private const double ShrinkBelow = 1.0 / 50;

    /// <summary>Collections in a row with little work before it shrinks.</summary>
    private const int Patience = 16;

    /// <summary>Objects of this part of survivors' bytes that survive again make aging a loss.</summary>
    private const double FutileSurvival = 0.8;

    /// <summary>Most collections for which aging pauses.</summary>
    private const int LongestPause = 64;

    private readonly int _promotionAge;
    private readonly bool _isAdaptive;
    private readonly nuint _minimum;
    private readonly nuint _maximum;
    private int _quiet;
    private int _agingPause;
    private int _nextPause = 1;

    /// <summary>Makes the policy of a heap.</summary>
    public NurseryPolicy(EngineOptions options)
    {
        _promotionAge = options.HeapPromotionAge;
        _isAdaptive = options.HeapAdaptiveNursery && options.StressGcInterval == 0;
        _minimum = (nuint)options.HeapNurserySize << 10;
        nuint maximum = options.HeapNurseryMaxSize > 0 ? (nuint)options.HeapNurseryMaxSize << 10 : CacheSizes.SharedNursery;
        _maximum = _isAdaptive ? Math.Max(_minimum, Math.Min(maximum, ((nuint)options.HeapLimit << 20) / 8)) : _minimum;
    }

    /// <summary>Bytes of the nursery at first, and at least.</summary>
    public nuint InitialSize => _minimum;

    /// <summary>Most bytes of the nursery.</summary>
    public nuint MaximumSize => _maximum;

    /// <summary>Collections that an object survives before it becomes old in the next one.</summary>
    public int PromotionAge => _agingPause > 0 ? 0 : _promotionAge;

    /// <summary>Learns from a young collection.</summary>
    /// <param name="work">What it did.</param>
    /// <param name="nurserySize">Bytes that the nursery has.</param>
    /// <returns>Bytes that it is to have.</returns>
    public nuint Adapt(in YoungCollectionWork work, nuint nurserySize)
    {
        if (!_isAdaptive) return nurserySize;
        AdaptAging(work);

        // Nothing can be told from a collection that somebody asked for.
        if (work.Allocated < nurserySize / 2) return nurserySize;
        double share = (work.Copied + (work.Read / 4.0)) / work.Allocated;
        _quiet = share < ShrinkBelow ? _quiet + 1 : 0;
        if (share > GrowAbove) return Math.Min(2 * nurserySize, _maximum);
        if (_quiet < Patience) return nurserySize;
        _quiet = 0;
        return Math.Max(nurserySize / 2, _minimum);
    }

    private void AdaptAging(in YoungCollectionWork work)
    {
        if (_agingPause > 0)
        {
            _agingPause--;
            return;
        }

        if (work.Survivors < _minimum / 32) return;
        if (work.SurvivedAgain < FutileSurvival * work.Survivors)
        {
            _nextPause = 1;
            return;
        }

        _agingPause = _nextPause;
        _nextPause = Math.Min(2 * _nextPause, LongestPause);
    }
}

/// <summary>What a young collection did, in bytes.</summary>
/// <param name="Allocated">Made in the nursery since the collection before.</param>
/// <param name="Survivors">In the survivor space before it.</param>
/// <param name="SurvivedAgain">Copied from there.</param>
/// <param name="Copied">Copied in all.</param>
/// <param name="Read">Of old objects that were read because they might refer to young ones.</param>
internal readonly record struct YoungCollectionWork(nuint Allocated, nuint Survivors, nuint SurvivedAgain, nuint Copied, nuint Read);
