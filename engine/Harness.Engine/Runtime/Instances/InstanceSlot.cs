using Harness.Engine.Modules;

namespace Harness.Engine.Runtime.Instances;

/// <summary>
/// What an instance has in native memory: its data, the memories that its module defines, shared ones aside, and the tables whose first content is known (<see cref="TableImage"/>). When the instance's store is
/// disposed of, the slot can be emptied and stay, at the same addresses, for another instance of the module (<see cref="InstanceSlots"/>): then function references and tables are there already,
/// and memories are mapped.
/// </summary>
internal sealed unsafe class InstanceSlot
{
    /// <summary>What <c>stress.instance-pool</c> overwrites words with: no address, and no small number.</summary>
    public static readonly nint StressWord = unchecked((nint)0xA5A5A5A5A5A5A5A5);

    private const byte StressByte = 0xA5;

    private readonly bool _isMapped;
    private readonly MemoryPages?[] _memories;
    private readonly InstanceTable?[] _tables;

    /// <summary>Makes the slot of a first instance.</summary>
    public InstanceSlot(ModuleCode code)
    {
        Code = code;
        Data = code.Template.Create(out _isMapped);
        _memories = new MemoryPages?[code.Module.Memories.Length];
        _tables = new InstanceTable?[code.Module.Tables.Length];
    }

    /// <summary>The code of the module.</summary>
    public ModuleCode Code { get; }

    /// <summary>The instance's data, which begins with its <see cref="InstanceHeader"/>.</summary>
    public byte* Data { get; }

    /// <summary>Whether the memories have their first content mapped, so that it is there.</summary>
    public bool HasImages { get; set; }

    /// <summary>Its place in the <see cref="InstancePool"/>; null while an instance has it.</summary>
    public LinkedListNode<WeakReference<InstanceSlots>>? Age { get; set; }

    /// <summary>A memory that the module defines and that is not shared.</summary>
    /// <exception cref="InsufficientMemoryException">There is no room for it.</exception>
    public Memory OpenMemory(Store store, int index)
    {
        var type = Code.Module.Memories[index].Type;
        if (_memories[index] is { } pages)
        {
            pages.Reopen(store.MemoryBudget);
        }
        else
        {
            _memories[index] = new MemoryPages(type, (MemoryData*)(Data + Code.Layout.Memory(index).Offset), store.MemoryBudget);
        }

        return new Memory(store, type, _memories[index]!);
    }

    /// <summary>A table that the module defines; null if it is none of those whose content is known.</summary>
    /// <exception cref="InsufficientMemoryException">It is larger than tables may be, or there is no room for it.</exception>
    public Table? OpenTable(Store store, int index)
    {
        if (Code.TableImages[index] is not { } image)
        {
            return null;
        }

        var type = Code.Module.Tables[index].Type;
        Table.CheckLimit(store, type);
        var isLazy = Code.Options.InstanceLazyTables && (image.Length >= LazyTables.LeastElements || Code.Options.StressInstancePool);
        var elements = _tables[index] ??= new InstanceTable(image, Data, isLazy);
        elements.Open();
        return new Table(store, type, (TableData*)(Data + Code.Layout.Table(index).Offset), elements);
    }

    /// <summary>Makes all as it was before there was an instance. Nobody has the slot any more.</summary>
    /// <returns>False if it cannot be used again.</returns>
    public bool TryEmpty()
    {
        var stress = Code.Options.StressInstancePool;
        foreach (var memory in _memories)
        {
            if (memory is null)
            {
                continue;
            }

            if (stress)
            {
                memory.Overwrite(StressByte);
            }

            if (!memory.TryEmpty())
            {
                return false;
            }
        }

        for (var i = 0; i < _tables.Length; i++)
        {
            if (_tables[i] is { } table && !table.TryEmpty(Code.Module.Bodies.IsWritten(i), stress))
            {
                return false;
            }
        }

        if (stress)
        {
            new Span<byte>(Data, Code.Layout.OwnSize).Fill(StressByte);
        }

        new Span<byte>(Data, Code.Layout.OwnSize).Clear();
        Code.Restore(Data);
        return true;
    }

    /// <summary>Checks that the data is as in a new instance, before there is one.</summary>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    public void VerifyData()
    {
        if (Code.Template.FindDifference(Data) is >= 0 and int offset)
        {
            throw new InvalidOperationException($"stress.instance-pool: byte {offset} of the data of an instance is not as in a new one");
        }
    }

    /// <summary>Checks that memories and tables, which are open now, are as in a new instance.</summary>
    /// <exception cref="InvalidOperationException">Something is not.</exception>
    public void VerifyContents()
    {
        for (var i = 0; i < _tables.Length; i++)
        {
            if (_tables[i]?.IsAsNew() == false)
            {
                throw new InvalidOperationException($"stress.instance-pool: table {i} of an instance is not as in a new one");
            }
        }

        for (var i = 0; i < _memories.Length; i++)
        {
            if (_memories[i] is { } memory && !IsAsNew(i, memory))
            {
                throw new InvalidOperationException($"stress.instance-pool: memory {i} of an instance is not as in a new one");
            }
        }
    }

    /// <summary>Gives all back to the system.</summary>
    public void Free()
    {
        foreach (var memory in _memories)
        {
            memory?.Free();
        }

        foreach (var table in _tables)
        {
            table?.Free();
        }

        Code.Template.Free(Data, _isMapped);
    }

    private bool IsAsNew(int index, MemoryPages memory)
    {
        var length = (int)Math.Min(memory.Data->ByteLength, int.MaxValue);
        var expected = new byte[length];
        foreach (var segment in HasImages ? Code.Module.Data : [])
        {
            if (segment.Mode == SegmentMode.Active && segment.MemoryIndex == index)
            {
                Code.Module.Bytes.Slice(segment.Start, segment.Length).CopyTo(expected.AsSpan((int)segment.Offset!.Operations[0].Bits));
            }
        }

        return new ReadOnlySpan<byte>(memory.Data->Base, length).SequenceEqual(expected);
    }
}
