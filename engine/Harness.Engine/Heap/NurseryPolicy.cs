using Harness.Engine.Configuration;

namespace Harness.Engine.Heap;

/// <summary>
/// Decides after each young collection how large the nursery is to be and how long objects stay young. A nursery that is small enough
/// for a cache is cheap to allocate in; but what is collected often survives more, and to copy costs far more than to miss the cache. So the nursery
/// grows while much survives and less does for it, and shrinks after little survived for some time. Where survivors survive again, or nearly all
/// survives, as while a program builds what it needs, to keep objects young only copies them twice: then they become old at once for some
/// collections, twice as many each time.
/// </summary>
internal sealed class NurseryPolicy
{
    /// <summary>The nursery grows when the work of a collection is more than this part of what was allocated.</summary>
    private const double GrowAbove = 1.0 / 10;

    /// <summary>It shrinks when it is less than this part.</summary>
    private const double ShrinkBelow = 1.0 / 50;

    /// <summary>Collections in a row with little work before it shrinks.</summary>
    private const int Patience = 16;

    /// <summary>Where more than this part of the nursery survives, neither a larger one nor aging lets it die.</summary>
    private const double BuildingSurvival = 0.7;

    /// <summary>Survivors of which more than this part survives again gain nothing by aging.</summary>
    private const double FutileSurvival = 0.8;

    /// <summary>A nursery that has grown is kept if the work, as a part of what was allocated, has become less than this part of what it was.</summary>
    private const double UsefulGrowth = 0.85;

    /// <summary>Fewest and most collections for which aging or growth pauses.</summary>
    private const int ShortestPause = 4;

    private const int LongestPause = 64;

    private readonly int _promotionAge;
    private readonly bool _isAdaptive;
    private readonly nuint _minimum;
    private readonly nuint _maximum;
    private Pause _aging = new();
    private Pause _growth = new();

    /// <summary>The work before the nursery grew; 0 if it did not grow last time.</summary>
    private double _shareBefore;

    private int _quiet;

    /// <summary>Makes the policy of a heap.</summary>
    public NurseryPolicy(EngineOptions options)
    {
        _promotionAge = options.HeapPromotionAge;
        _isAdaptive = options.HeapAdaptiveNursery && options.StressGcInterval == 0;
        _minimum = (nuint)options.HeapNurserySize << 10;
        var maximum = options.HeapNurseryMaxSize > 0 ? (nuint)options.HeapNurseryMaxSize << 10 : CacheSizes.SharedNursery;
        _maximum = _isAdaptive ? Math.Max(_minimum, Math.Min(maximum, ((nuint)options.HeapLimit << 20) / 8)) : _minimum;
    }

    /// <summary>Bytes of the nursery at first, and at least.</summary>
    public nuint InitialSize => _minimum;

    /// <summary>Most bytes of the nursery.</summary>
    public nuint MaximumSize => _maximum;

    /// <summary>Collections that an object survives before it becomes old in the next one.</summary>
    public int PromotionAge => _aging.IsOn ? 0 : _promotionAge;

    /// <summary>Learns from a young collection.</summary>
    /// <param name="work">What it did.</param>
    /// <param name="nurserySize">Bytes that the nursery has.</param>
    /// <returns>Bytes that it is to have.</returns>
    public nuint Adapt(in YoungCollectionWork work, nuint nurserySize)
    {
        // Nothing can be told from a collection that somebody asked for.
        if (!_isAdaptive || work.Allocated < nurserySize / 2)
        {
            return nurserySize;
        }

        var survival = (double)(work.Copied - work.SurvivedAgain) / work.Allocated;
        AdaptAging(work, survival);
        _growth.Count();
        var share = (work.Copied + (work.Read / 4.0)) / work.Allocated;
        var before = _shareBefore;
        _shareBefore = 0;
        if (before > 0 && share > before * UsefulGrowth)
        {
            _growth.Begin();
            return Math.Max(nurserySize / 2, _minimum);
        }

        _quiet = share < ShrinkBelow ? _quiet + 1 : 0;
        if (share > GrowAbove && survival <= BuildingSurvival && nurserySize < _maximum && !_growth.IsOn)
        {
            _shareBefore = share;
            return Math.Min(2 * nurserySize, _maximum);
        }

        if (_quiet < Patience)
        {
            return nurserySize;
        }

        _quiet = 0;
        return Math.Max(nurserySize / 2, _minimum);
    }

    private void AdaptAging(in YoungCollectionWork work, double survival)
    {
        if (_aging.IsOn)
        {
            _aging.Count();
        }
        else if (survival > BuildingSurvival)
        {
            _aging.Begin();
        }
        else if (work.Survivors < _minimum / 32)
        {
            return;
        }
        else if (work.SurvivedAgain > FutileSurvival * work.Survivors)
        {
            _aging.Begin();
        }
        else
        {
            _aging = new Pause();
        }
    }

    /// <summary>A number of collections for which something is not tried, twice as many each time that it did not help.</summary>
    private struct Pause()
    {
        private int _left;
        private int _next = ShortestPause;

        public readonly bool IsOn => _left > 0;

        public void Begin()
        {
            _left = _next;
            _next = Math.Min(2 * _next, LongestPause);
        }

        public void Count() => _left -= _left > 0 ? 1 : 0;
    }
}

/// <summary>What a young collection did, in bytes.</summary>
/// <param name="Allocated">Made in the nursery since the collection before.</param>
/// <param name="Survivors">In the survivor space before it.</param>
/// <param name="SurvivedAgain">Copied from there.</param>
/// <param name="Copied">Copied in all.</param>
/// <param name="Read">Of old objects that were read because they might refer to young ones.</param>
internal readonly record struct YoungCollectionWork(nuint Allocated, nuint Survivors, nuint SurvivedAgain, nuint Copied, nuint Read);
