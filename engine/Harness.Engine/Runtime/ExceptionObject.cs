using Harness.Engine.Heap;

namespace Harness.Engine.Runtime;

/// <summary>Exceptions as heap objects: made from those of the host, and made known to the host. Nothing here collects garbage.</summary>
internal static unsafe class ExceptionObject
{
    /// <summary>Makes the exception that one thrown by the host stands for.</summary>
    /// <exception cref="ArgumentException">A value is not of its type, or is of another store.</exception>
    public static ulong New(WasmException thrown)
    {
        var tag = thrown.Tag;
        var store = tag.Store;
        var exception = store.Heap.NewException(tag.Data, Allocation.NeverCollect);
        Span<ulong> words = stackalloc ulong[2];
        var written = 0;
        for (var i = 0; i < thrown.Values.Count; i++)
        {
            var count = store.ToWords(thrown.Values[i], tag.Type.Type.Parameters[i], ref words[0]);
            for (var j = 0; j < count; j++)
            {
                store.Heap.WriteExceptionValue(exception, written++, words[j]);
            }
        }

        return exception;
    }

    /// <summary>An exception as the host sees it.</summary>
    public static WasmException ToHost(ulong exception)
    {
        var tag = Tag.Of(*(TagData**)(exception + ObjectLayout.ExceptionTag));
        var types = tag.Type.Type.Parameters;
        var values = new WasmValue[types.Length];
        Span<ulong> words = stackalloc ulong[2];
        var read = 0;
        for (var i = 0; i < values.Length; i++)
        {
            for (var j = 0; j < types[i].WordCount; j++)
            {
                words[j] = ObjectHeap.ReadExceptionValue(exception, read++);
            }

            values[i] = tag.Store.FromWords(in words[0], types[i]);
        }

        return new WasmException(tag, values);
    }
}
