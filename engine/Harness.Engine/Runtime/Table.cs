using System.Runtime.InteropServices;
using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <summary>A table of references.</summary>
public sealed unsafe class Table : Extern
{
    /// <summary>The most elements that any table can have, whatever its type says.</summary>
    public const ulong MaximumLength = 10_000_000;

    private readonly ulong _maximum;
    private ulong _capacity;

    /// <summary>Makes a table outside of any instance, for modules to import.</summary>
    /// <param name="store">The store.</param>
    /// <param name="type">The table's type.</param>
    /// <param name="initial">The initial value of all elements.</param>
    /// <exception cref="ArgumentException">The initial value is not of the element type.</exception>
    /// <exception cref="InsufficientMemoryException">The table is larger than <see cref="MaximumLength"/>.</exception>
    public Table(Store store, TableType type, WasmValue initial)
        : this(
            store ?? throw new ArgumentNullException(nameof(store)),
            type ?? throw new ArgumentNullException(nameof(type)),
            (TableData*)store.AllocateNative(TableData.Size),
            (nint)store.ToNative(initial, type.ElementType))
    {
    }

    internal Table(Store store, TableType type, TableData* data, nint initial)
        : base(store)
    {
        Type = type;
        Data = data;
        _maximum = Math.Min(type.Limits.Maximum ?? MaximumLength, MaximumLength);
        if (type.Limits.Minimum > MaximumLength)
        {
            throw new InsufficientMemoryException(
                $"a table of {type.Limits.Minimum} elements is larger than the limit of {MaximumLength}");
        }

        _capacity = type.Limits.Minimum;
        data->Elements = (nint*)NativeMemory.AllocZeroed((nuint)Math.Max(_capacity, 1), (nuint)sizeof(nint));
        data->Length = _capacity;
        if (initial != 0) Elements.Fill(initial);
        store.Own(this);
    }

    /// <summary>Its type, with the limits that it was made with.</summary>
    public TableType Type { get; }

    /// <inheritdoc/>
    public override ExternalKind Kind => ExternalKind.Table;

    /// <summary>The number of elements.</summary>
    public ulong Length => Data->Length;

    internal TableData* Data { get; }

    internal Span<nint> Elements => new(Data->Elements, (int)Data->Length);

    /// <summary>An element.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is not below <see cref="Length"/>.</exception>
    /// <exception cref="ArgumentException">Set: the value is not of the element type.</exception>
    public WasmValue this[ulong index]
    {
        get => Store.FromNative((ulong)Element(index), Type.ElementType);
        set
        {
            Store.CatchUpOnCollection();
            Element(index) = (nint)Store.ToNative(value, Type.ElementType);
        }
    }

    /// <summary>Adds elements at the end.</summary>
    /// <param name="delta">How many.</param>
    /// <param name="value">Their value.</param>
    /// <returns>The length before, or -1 if the table cannot grow by so much.</returns>
    /// <exception cref="ArgumentException">The value is not of the element type.</exception>
    public long Grow(ulong delta, WasmValue value) => Grow(delta, (nint)Store.ToNative(value, Type.ElementType));

    internal long Grow(ulong delta, nint value)
    {
        ulong length = Data->Length;
        if (length > _maximum || delta > _maximum - length) return -1;
        ulong newLength = length + delta;
        if (newLength > _capacity)
        {
            _capacity = Math.Min(Math.Max(newLength, _capacity * 2), MaximumLength);
            Data->Elements = (nint*)NativeMemory.Realloc(Data->Elements, (nuint)_capacity * (nuint)sizeof(nint));
        }

        Data->Length = newLength;
        Elements[(int)length..].Fill(value);
        return (long)length;
    }

    internal void Free() => NativeMemory.Free(Data->Elements);

    private ref nint Element(ulong index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Data->Length);
        return ref Data->Elements[index];
    }
}
