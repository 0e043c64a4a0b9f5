using Harness.Engine.Heap;

namespace Harness.Hosts.JavaScript;

/// <summary>
/// The values of JavaScript that a store refers to. Its realm counts those that come (<c>idOfValue</c> in realms.js), and asks at times to have others released: a sweep of the table finds the values
/// that no object of the heap stands for any more. It waits for what the store's own allocations collect, and has the heap collected itself only where nothing was since the last sweep, or where so
/// many values have become old that they pay for a full collection.
/// </summary>
/// <param name="heap">The store's heap.</param>
internal sealed class ScriptValueTable(ObjectHeap heap)
{
    /// <summary>Fewest values more than after the last full collection for which there is another.</summary>
    private const int LeastForFull = 8192;

    /// <summary>Bytes of old objects, all of which a full collection may have to copy, for each of which such a collection waits for one more value.</summary>
    private const int BytesPerValue = 64;

    private ScriptValue?[] _values = new ScriptValue?[64];
    private bool _isAsked;

    /// <summary>Collections that the heap had made when the last sweep ended.</summary>
    private long _collections;

    /// <summary>Full ones that it had made then.</summary>
    private long _fullCollections;

    /// <summary>How many values the first sweep after the last full collection has left.</summary>
    private int _leftByFull;

    /// <summary>The highest id that the sweep has left; -1 if there is none.</summary>
    private int _highest;

    /// <summary>How many values there are.</summary>
    public int Count => _values.Count(value => value is not null);

    /// <summary>One more than the highest id that has come since the last sweep, or was left by it.</summary>
    public int End { get; private set; }

    /// <summary>How many values were released so far.</summary>
    public long Released { get; private set; }

    /// <summary>How many places sweeps have looked at so far.</summary>
    public long Swept { get; private set; }

    /// <summary>How many values the last sweep, or the one that is under way, has left.</summary>
    public int Left { get; private set; }

    /// <summary>Whether a sweep was asked for that would find something: the heap has been collected since.</summary>
    public bool IsSweepDue => _isAsked && !heap.IsCollectionDue;

    /// <summary>The value with an id: always the same object until the value is released.</summary>
    public ScriptValue Get(int id)
    {
        if (id >= _values.Length)
        {
            Array.Resize(ref _values, Math.Max(id + 1, 2 * _values.Length));
        }

        End = Math.Max(End, id + 1);
        return _values[id] ??= new ScriptValue(id);
    }

    /// <summary>Asks for a sweep, and for a collection before it if there was none since the last one. May be called while values are on their way.</summary>
    public void AskForSweep()
    {
        if (!_isAsked && heap.Collections == _collections)
        {
            heap.AskForCollection(isFull: false);
        }

        _isAsked = true;
    }

    /// <summary>Begins a sweep, which goes through the blocks of the table from the last one to the first.</summary>
    public void BeginSweep() => (Left, _highest) = (0, -1);

    /// <summary>Forgets those values of a block that nothing of the heap refers to. No value of the block may be on its way between heap and JavaScript.</summary>
    /// <param name="from">The first id of the block.</param>
    /// <param name="left">Gets a bit for each id, beginning with the lowest one of the first byte: whether the value is left.</param>
    /// <returns>The id behind the block: it ends where the table or the bits do.</returns>
    public int Sweep(int from, Span<byte> left)
    {
        var count = Math.Min(End - from, 8 * left.Length);
        left[..((count + 7) / 8)].Clear();
        Swept += count;
        for (var i = 0; i < count; i++)
        {
            if (_values[from + i] is not { } value)
            {
                continue;
            }

            if (heap.HostObjects.WrapperOf(value) != 0)
            {
                left[i / 8] |= (byte)(1 << (i % 8));
                Left++;
                _highest = Math.Max(_highest, from + i);
            }
            else
            {
                value.Release();
                _values[from + i] = null;
                Released++;
            }
        }

        return from + count;
    }

    /// <summary>Ends a sweep. Where too many values are left that young collections have not found dead, another one comes after a full collection.</summary>
    public void EndSweep()
    {
        _isAsked = false;
        End = _highest + 1;
        var isAfterFull = heap.FullCollections != _fullCollections;
        _collections = heap.Collections;
        _fullCollections = heap.FullCollections;
        if (isAfterFull)
        {
            _leftByFull = Left;
            return;
        }

        if (Left - _leftByFull < Math.Max(Math.Max(_leftByFull, LeastForFull), (long)heap.OldBytes / BytesPerValue))
        {
            return;
        }

        _isAsked = true;
        heap.AskForCollection(isFull: true);
    }
}
