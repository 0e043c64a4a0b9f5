using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Harness.Engine.Heap;
using Harness.Engine.Modules;

namespace Harness.Engine.Runtime.Stubs;

/// <summary>The functions of <see cref="Builtin"/>.</summary>
internal static unsafe partial class RuntimeFunctions
{
    /// <summary>Writes their addresses into a table indexed by <see cref="Builtin"/>.</summary>
    public static void FillTable(nint* table)
    {
        table[(int)Builtin.MemoryGrow] = (nint)(delegate* unmanaged<InstanceHeader*, int, ulong, long>)&MemoryGrow;
        table[(int)Builtin.MemoryFill] = (nint)(delegate* unmanaged<InstanceHeader*, int, ulong, int, ulong, int>)&MemoryFill;
        table[(int)Builtin.MemoryCopy] = (nint)(delegate* unmanaged<InstanceHeader*, ulong, ulong, ulong, ulong, int>)&MemoryCopy;
        table[(int)Builtin.MemoryInit] = (nint)(delegate* unmanaged<InstanceHeader*, ulong, ulong, ulong, ulong, int>)&MemoryInit;
        table[(int)Builtin.DataDrop] = (nint)(delegate* unmanaged<InstanceHeader*, int, void>)&DataDrop;
        table[(int)Builtin.TableGrow] = (nint)(delegate* unmanaged<InstanceHeader*, int, nint, ulong, long>)&TableGrow;
        table[(int)Builtin.TableFill] = (nint)(delegate* unmanaged<InstanceHeader*, int, ulong, nint, ulong, int>)&TableFill;
        table[(int)Builtin.TableCopy] = (nint)(delegate* unmanaged<InstanceHeader*, ulong, ulong, ulong, ulong, int>)&TableCopy;
        table[(int)Builtin.TableInit] = (nint)(delegate* unmanaged<InstanceHeader*, ulong, ulong, ulong, ulong, int>)&TableInit;
        table[(int)Builtin.ElemDrop] = (nint)(delegate* unmanaged<InstanceHeader*, int, void>)&ElemDrop;
        table[(int)Builtin.ArrayNew] = (nint)(delegate* unmanaged<InstanceHeader*, int, uint, ulong, ulong>)&ArrayNew;
        table[(int)Builtin.ArrayNewData] = (nint)(delegate* unmanaged<InstanceHeader*, ulong, uint, uint, ulong>)&ArrayNewData;
        table[(int)Builtin.ArrayNewElem] = (nint)(delegate* unmanaged<InstanceHeader*, ulong, uint, uint, ulong>)&ArrayNewElem;
        table[(int)Builtin.ArrayFill] = (nint)(delegate* unmanaged<InstanceHeader*, ulong, uint, ulong, uint, int>)&ArrayFill;
        table[(int)Builtin.ArrayFillVector] = (nint)(delegate* unmanaged<InstanceHeader*, ulong, uint, ulong, ulong, uint, int>)&ArrayFillVector;
        table[(int)Builtin.ArrayCopy] = (nint)(delegate* unmanaged<InstanceHeader*, ulong, uint, ulong, uint, uint, int>)&ArrayCopy;
        table[(int)Builtin.ArrayInitData] = (nint)(delegate* unmanaged<InstanceHeader*, int, ulong, uint, uint, uint, int>)&ArrayInitData;
        table[(int)Builtin.ArrayInitElem] = (nint)(delegate* unmanaged<InstanceHeader*, int, ulong, uint, uint, uint, int>)&ArrayInitElem;
        table[(int)Builtin.ExceptionNew] = (nint)(delegate* unmanaged<InstanceHeader*, int, ulong>)&ExceptionNew;
        table[(int)Builtin.MemoryWait32] = (nint)(delegate* unmanaged<InstanceHeader*, int, ulong, uint, long, ulong, long>)&MemoryWait32;
        table[(int)Builtin.MemoryWait64] = (nint)(delegate* unmanaged<InstanceHeader*, int, ulong, ulong, long, ulong, long>)&MemoryWait64;
        table[(int)Builtin.MemoryNotify] = (nint)(delegate* unmanaged<InstanceHeader*, int, ulong, uint, ulong, long>)&MemoryNotify;
        table[(int)Builtin.IsSubtype] = (nint)(delegate* unmanaged<InstanceHeader*, int, int, int>)&IsSubtype;
    }

    /// <summary>Copies a part of a data segment into a memory (<c>memory.init</c>); false if it is out of bounds.</summary>
    internal static bool InitializeMemory(
        Instance instance, int memoryIndex, int segment, ulong destination, ulong source, ulong count)
    {
        var memory = instance.Memories[memoryIndex];
        var data = instance.Data(segment);
        if (!IsInside(source, count, (ulong)data.Length) || !memory.Contains(destination, count))
        {
            return false;
        }

        data.Slice((int)source, (int)count).CopyTo(new Span<byte>(memory.Data->Base + destination, (int)count));
        return true;
    }

    /// <summary>Copies a part of an element segment into a table (<c>table.init</c>); false if it is out of bounds.</summary>
    internal static bool InitializeTable(
        Instance instance, int tableIndex, int segment, ulong destination, ulong source, ulong count)
    {
        var table = instance.Tables[tableIndex];
        ReadOnlySpan<nint> elements = MemoryMarshal.Cast<ulong, nint>(instance.Elements(segment));
        if (!IsInside(source, count, (ulong)elements.Length) || !IsInside(destination, count, table.Length))
        {
            return false;
        }

        elements.Slice((int)source, (int)count).CopyTo(table.Elements[(int)destination..]);
        table.MarkCards(destination, count);
        return true;
    }

    [UnmanagedCallersOnly]
    private static long MemoryGrow(InstanceHeader* header, int memory, ulong delta) =>
        Instance.Of(header)!.Memories[memory].Grow(delta);

    [UnmanagedCallersOnly]
    private static int MemoryFill(InstanceHeader* header, int memoryIndex, ulong destination, int value, ulong count)
    {
        var memory = Instance.Of(header)!.Memories[memoryIndex];
        if (!memory.Contains(destination, count))
        {
            return Trap(header, TrapKind.MemoryOutOfBounds);
        }

        NativeMemory.Fill(memory.Data->Base + destination, (nuint)count, (byte)value);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int MemoryCopy(InstanceHeader* header, ulong memories, ulong destination, ulong source, ulong count)
    {
        var instance = Instance.Of(header)!;
        var to = instance.Memories[(int)(memories >> 32)];
        var from = instance.Memories[(int)(uint)memories];
        if (!to.Contains(destination, count) || !from.Contains(source, count))
        {
            return Trap(header, TrapKind.MemoryOutOfBounds);
        }

        NativeMemory.Copy(from.Data->Base + source, to.Data->Base + destination, (nuint)count);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int MemoryInit(InstanceHeader* header, ulong memoryAndSegment, ulong destination, ulong source, ulong count) =>
        InitializeMemory(
            Instance.Of(header)!, (int)(memoryAndSegment >> 32), (int)(uint)memoryAndSegment, destination, source, count)
            ? 0
            : Trap(header, TrapKind.MemoryOutOfBounds);

    [UnmanagedCallersOnly]
    private static void DataDrop(InstanceHeader* header, int segment) => Instance.Of(header)!.DropData(segment);

    [UnmanagedCallersOnly]
    private static long TableGrow(InstanceHeader* header, int table, nint value, ulong delta) =>
        Instance.Of(header)!.Tables[table].Grow(delta, value);

    [UnmanagedCallersOnly]
    private static int TableFill(InstanceHeader* header, int tableIndex, ulong index, nint value, ulong count)
    {
        var table = Instance.Of(header)!.Tables[tableIndex];
        if (!IsInside(index, count, table.Length))
        {
            return Trap(header, TrapKind.TableOutOfBounds);
        }

        table.Elements.Slice((int)index, (int)count).Fill(value);
        table.MarkCards(index, count);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int TableCopy(InstanceHeader* header, ulong tables, ulong destination, ulong source, ulong count)
    {
        var instance = Instance.Of(header)!;
        var to = instance.Tables[(int)(tables >> 32)];
        var from = instance.Tables[(int)(uint)tables];
        if (!IsInside(destination, count, to.Length) || !IsInside(source, count, from.Length))
        {
            return Trap(header, TrapKind.TableOutOfBounds);
        }

        from.Elements.Slice((int)source, (int)count).CopyTo(to.Elements[(int)destination..]);
        to.MarkCards(destination, count);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int TableInit(InstanceHeader* header, ulong tableAndSegment, ulong destination, ulong source, ulong count)
    {
        try
        {
            return InitializeTable(Instance.Of(header)!, (int)(tableAndSegment >> 32), (int)(uint)tableAndSegment, destination, source, count)
                ? 0
                : Trap(header, TrapKind.TableOutOfBounds);
        }
        catch (OutOfMemoryException)
        {
            // The references of a segment are made when somebody first asks for them.
            return Trap(header, TrapKind.OutOfMemory);
        }
    }

    [UnmanagedCallersOnly]
    private static void ElemDrop(InstanceHeader* header, int segment) => Instance.Of(header)!.DropElements(segment);

    [UnmanagedCallersOnly]
    private static ulong ExceptionNew(InstanceHeader* header, int tag)
    {
        var store = Store.Of(header->Context);
        try
        {
            var exception = store.Heap.NewException(Instance.Of(header)!.Tags[tag].Data, Allocation.MayCollect);
            return exception != 0 ? exception : Refuse(header, TrapKind.OutOfMemory);
        }
        catch (Exception e)
        {
            return Refuse(header, store, e);
        }
    }

    [UnmanagedCallersOnly]
    private static int IsSubtype(InstanceHeader* header, int actual, int expected) =>
        TypeRegistry.IsSubtype(actual, expected) ? 1 : 0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Trap(InstanceHeader* header, TrapKind kind)
    {
        header->Context->PendingTrap = kind;
        return 1;
    }

    private static bool IsInside(ulong start, ulong count, ulong length) => count <= length && start <= length - count;
}
