namespace Harness.Hosts.JavaScript;

/// <summary>
/// A buffer that both sides see, through which whole blocks of elements cross: JavaScript cannot see the heap, nor the host a typed array while no script runs, as where the host has called the
/// code that copies. So do the bits of values that a sweep has left.
/// </summary>
internal sealed unsafe class StagingBuffer
{
    /// <summary>Its size in bytes: what is longer crosses in several blocks.</summary>
    private const int Size = 1 << 18;

    /// <summary>How many bytes of it the bits of a block of values take.</summary>
    private const int SweepSize = 1 << 12;

    private readonly byte* _bytes;
    private ScriptFunctions? _functions;

    /// <summary>Makes the buffer, and leaves it in the global object, for the script that takes it away from there.</summary>
    public StagingBuffer(V8Realm realm) => _bytes = realm.DefineBuffer("harness:staging", Size);

    /// <summary>Says what copies between the buffer and typed arrays.</summary>
    public void Connect(ScriptFunctions functions) => _functions = functions;

    /// <summary>Copies elements between a typed array and memory.</summary>
    /// <param name="store">Number of the store whose realm has the typed array.</param>
    /// <param name="value">Its place among the values of the realm.</param>
    /// <param name="from">Index of the first element in the typed array.</param>
    /// <param name="elements">The first element in memory.</param>
    /// <param name="length">Number of elements.</param>
    /// <param name="shift">Size of an element, as a power of two.</param>
    /// <param name="transfer">Direction, and kind of elements.</param>
    /// <returns>False, with nothing copied, if the value is no typed array of such elements or too short.</returns>
    public bool Copy(int store, int value, int from, byte* elements, int length, int shift, ArrayTransfer transfer)
    {
        if (!_functions!.HasElements(store, value, from, length, (int)transfer.Element))
        {
            return false;
        }

        for (var done = 0; done < length;)
        {
            var count = Math.Min(length - done, Size >> shift);
            var bytes = count << shift;
            var block = elements + ((long)done << shift);
            if (!transfer.IsToHeap)
            {
                Buffer.MemoryCopy(block, _bytes, Size, bytes);
            }

            _functions.CopyElements(store, value, from + done, count, transfer.IsToHeap);
            if (transfer.IsToHeap)
            {
                Buffer.MemoryCopy(_bytes, block, bytes, bytes);
            }

            done += count;
        }

        return true;
    }

    /// <summary>Sweeps the values of a store (<see cref="StoreRealm.ReleaseValues"/>).</summary>
    /// <param name="store">Its number.</param>
    /// <param name="values">The values.</param>
    public void Sweep(int store, ScriptValueTable values) => _functions!.ReleaseValues(store, values, new Span<byte>(_bytes, SweepSize));
}
