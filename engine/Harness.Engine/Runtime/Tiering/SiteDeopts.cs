using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Harness.Engine.Modules;

namespace Harness.Engine.Runtime.Tiering;

/// <summary>By offset of a call in the module's bytes, how often optimized code was left since another target came there. Safe for use by several threads.</summary>
/// <param name="profiled">What an earlier process has counted; null if that is nothing.</param>
internal sealed class SiteDeopts(Dictionary<int, int>? profiled)
{
    private readonly Lock _gate = new();
    private Dictionary<int, int>? _counts = profiled;

    /// <summary>How often that was at a call.</summary>
    public int At(int bytecodeOffset)
    {
        lock (_gate)
        {
            return _counts?.GetValueOrDefault(bytecodeOffset) ?? 0;
        }
    }

    /// <summary>Counts it once more.</summary>
    public void Count(int bytecodeOffset)
    {
        lock (_gate)
        {
            _counts ??= [];
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, bytecodeOffset, out _)++;
        }
    }

    /// <summary>The calls of a function where it was ever so.</summary>
    public ImmutableSortedDictionary<int, int> Of(FunctionInfo function)
    {
        lock (_gate)
        {
            return _counts is null
                ? ImmutableSortedDictionary<int, int>.Empty
                : _counts.Where(site => site.Key >= function.BodyStart && site.Key < function.BodyEnd).ToImmutableSortedDictionary();
        }
    }
}
