using System.Buffers;

namespace Harness.Engine.Optimizer.Passes.Loops;

/// <summary>
/// What blocks, nodes or frame states have become in a copy, by number. It serves one copy after the other: to forget what it has takes as long as it took to add that, however many
/// numbers there are.
/// </summary>
internal sealed class CopyMap : IDisposable
{
    private readonly List<int> _originals = [];

    /// <summary>By number the copy's and one; 0 where there is none.</summary>
    private int[] _copies;

    /// <summary>Makes an empty map.</summary>
    /// <param name="count">How many numbers there are so far.</param>
    public CopyMap(int count)
    {
        _copies = ArrayPool<int>.Shared.Rent(count);
        Array.Clear(_copies);
    }

    /// <summary>What a number has become, which is there.</summary>
    public int this[int original] => _copies[original] - 1;

    /// <summary>What a number has become, if it is there; negative ones are not.</summary>
    public bool TryGetValue(int original, out int copy)
    {
        copy = (uint)original < (uint)_copies.Length ? _copies[original] - 1 : -1;
        return copy >= 0;
    }

    /// <summary>Notes what a number has become, which is not there yet.</summary>
    public void Add(int original, int copy)
    {
        if (original >= _copies.Length)
        {
            Grow(original + 1);
        }

        _copies[original] = copy + 1;
        _originals.Add(original);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        foreach (var original in _originals)
        {
            _copies[original] = 0;
        }

        _originals.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(_copies);
        _copies = [];
    }

    private void Grow(int least)
    {
        var larger = ArrayPool<int>.Shared.Rent(Math.Max(least, 2 * _copies.Length));
        _copies.CopyTo(larger, 0);
        Array.Clear(larger, _copies.Length, larger.Length - _copies.Length);
        ArrayPool<int>.Shared.Return(_copies);
        _copies = larger;
    }
}
