using Microsoft.ClearScript;
using Microsoft.ClearScript.JavaScript;
using Microsoft.ClearScript.V8;

namespace Harness.Hosts.JavaScript;

/// <summary>A buffer that both sides see, through which whole blocks of elements cross: JavaScript cannot see the heap, nor the host a typed array.</summary>
internal sealed unsafe class StagingBuffer : IDisposable
{
    /// <summary>Its size in bytes: what is longer crosses in several blocks.</summary>
    private const int Size = 1 << 18;

    private readonly byte* _bytes;
    private ScriptFunctions? _functions;

    /// <summary>Makes the buffer in V8's heap, where it never moves.</summary>
    public StagingBuffer(V8ScriptEngine script)
    {
        Buffer = (IArrayBuffer)script.Evaluate("staging", $"new ArrayBuffer({Size})");
        nint address = 0;
        Buffer.InvokeWithDirectAccess(pointer => address = pointer);
        _bytes = (byte*)address;
    }

    /// <summary>The buffer as JavaScript has it.</summary>
    public IArrayBuffer Buffer { get; }

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
        if (!_functions!.HasElements(store, value, from, length, (int)transfer.Element)) return false;
        for (int done = 0; done < length;)
        {
            int count = Math.Min(length - done, Size >> shift);
            int bytes = count << shift;
            byte* block = elements + ((long)done << shift);
            if (!transfer.IsToHeap) System.Buffer.MemoryCopy(block, _bytes, Size, bytes);
            _functions.CopyElements(store, value, from + done, count, transfer.IsToHeap);
            if (transfer.IsToHeap) System.Buffer.MemoryCopy(_bytes, block, bytes, bytes);
            done += count;
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => ((ScriptObject)Buffer).Dispose();
}
