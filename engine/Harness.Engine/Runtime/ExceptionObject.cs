using Harness.Engine.Heap;

namespace Harness.Engine.Runtime;

/// <summary>Exceptions as heap objects: made from those of the host, and made known to the host. Nothing here collects garbage.</summary>
internal static unsafe class ExceptionObject
{
    /// <summary>Makes the exception that one thrown by the host stands for.</summary>
    /// <exception cref="ArgumentException">A value is not of its type, or is of another store.</exception>
    public static ulong New(WasmException thrown)
    {
        Tag tag = thrown.Tag;
        Store store = tag.Store;
        ulong exception = store.Heap.NewException(tag.Data, Allocation.NeverCollect);
        for (int i = 0; i < thrown.Values.Count; i++)
        {
            store.Heap.WriteExceptionValue(exception, i, store.ToNative(thrown.Values[i], tag.Type.Type.Parameters[i]));
        }

        return exception;
    }

    /// <summary>An exception as the host sees it.</summary>
    public static WasmException ToHost(ulong exception)
    {
        Tag tag = Tag.Of(*(TagData**)(exception + ObjectLayout.ExceptionTag));
        var values = new WasmValue[tag.Data->ValueCount];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = tag.Store.FromNative(ObjectHeap.ReadExceptionValue(exception, i), tag.Type.Type.Parameters[i]);
        }

        return new WasmException(tag, values);
    }
}
