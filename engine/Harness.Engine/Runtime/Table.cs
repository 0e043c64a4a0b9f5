using System.Runtime.InteropServices;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime.Instances;

namespace Harness.Engine.Runtime;

/// <summary>A table of references.</summary>
public sealed unsafe class Table : Extern
{
    private readonly ulong _maximum;
    private readonly bool _hasObjects;

    /// <summary>The elements while they belong to an instance; else null.</summary>
    private InstanceTable? _ofInstance;
    private ulong _capacity;
    private nuint _cardCount;

    /// <summary>Makes a table outside of any instance, for modules to import.</summary>
    /// <param name="store">The store.</param>
    /// <param name="type">The table's type.</param>
    /// <param name="initial">The initial value of all elements.</param>
    /// <exception cref="ArgumentException">The initial value is not of the element type.</exception>
    /// <exception cref="InsufficientMemoryException">
    /// The table is larger than <see cref="Configuration.EngineOptions.TableLimit"/>, or than what is left of <see cref="Configuration.EngineOptions.MemoryLimit"/>.
    /// </exception>
    public Table(Store store, TableType type, WasmValue initial)
        : this(
            store ?? throw new ArgumentNullException(nameof(store)),
            type ?? throw new ArgumentNullException(nameof(type)),
            (TableData*)store.AllocateNative(TableData.Size),
            (nint)store.ToNative(initial, type.ElementType))
    {
    }

    internal Table(Store store, TableType type, TableData* data, nint initial)
        : this(store, type, data)
    {
        _capacity = type.Limits.Minimum;
        data->Elements = (nint*)NativeMemory.AllocZeroed((nuint)Math.Max(_capacity, 1), (nuint)sizeof(nint));
        data->Length = _capacity;
        if (initial != 0)
        {
            Elements.Fill(initial);
        }

        ResizeCards(_capacity);
        MarkCards(0, _capacity);
        store.Own(this);
    }

    /// <summary>Makes a table of functions whose elements belong to an instance, as long as they suffice.</summary>
    internal Table(Store store, TableType type, TableData* data, InstanceTable elements)
        : this(store, type, data)
    {
        _ofInstance = elements;
        _capacity = (ulong)elements.Capacity;
        data->Elements = elements.Elements;
        data->Length = type.Limits.Minimum;
        store.Own(this);
    }

    private Table(Store store, TableType type, TableData* data)
        : base(store)
    {
        Type = type;
        TypeGroup = TypeRegistry.GroupOf(type.ElementType);
        Data = data;
        _hasObjects = ObjectLayout.IsHeapReference(type.ElementType);
        CheckLimit(store, type);
        if (!store.MemoryBudget.TryTake(BytesOf(type.Limits.Minimum)))
        {
            throw NoRoom(store, type);
        }

        var limit = (ulong)store.Engine.Options.TableLimit;
        _maximum = Math.Min(type.Limits.Maximum ?? limit, limit);
    }

    /// <summary>Its type, with the limits that it was made with.</summary>
    public TableType Type { get; }

    /// <summary>What the type of elements stays by.</summary>
    internal TypeGroup? TypeGroup { get; }

    /// <inheritdoc/>
    public override ExternalKind Kind => ExternalKind.Table;

    /// <summary>The number of elements.</summary>
    /// <exception cref="ObjectDisposedException">The store was disposed of.</exception>
    public ulong Length
    {
        get
        {
            Store.ThrowIfDisposed();
            return Data->Length;
        }
    }

    internal TableData* Data { get; }

    internal Span<nint> Elements => new(Data->Elements, (int)Data->Length);

    /// <summary>An element.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is not below <see cref="Length"/>.</exception>
    /// <exception cref="ArgumentException">Set: the value is not of the element type.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed of.</exception>
    public WasmValue this[ulong index]
    {
        get => Store.FromNative((ulong)Element(index), Type.ElementType);
        set
        {
            Store.CatchUpOnCollection();
            MarkChanged();
            Element(index) = (nint)Store.ToNative(value, Type.ElementType);
            MarkCards(index, 1);
        }
    }

    /// <summary>Adds elements at the end.</summary>
    /// <param name="delta">How many.</param>
    /// <param name="value">Their value.</param>
    /// <returns>The length before, or -1 if the table cannot grow by so much.</returns>
    /// <exception cref="ArgumentException">The value is not of the element type.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed of.</exception>
    /// <exception cref="InvalidOperationException">The store is in use by another thread.</exception>
    public long Grow(ulong delta, WasmValue value)
    {
        Store.CatchUpOnCollection();
        return Grow(delta, (nint)Store.ToNative(value, Type.ElementType));
    }

    internal long Grow(ulong delta, nint value)
    {
        var length = Data->Length;
        if (length > _maximum || delta > _maximum - length)
        {
            return -1;
        }

        MarkChanged();
        var newLength = length + delta;
        var bytes = BytesOf(newLength) - BytesOf(length);
        if (!Store.MemoryBudget.TryTake(bytes))
        {
            return -1;
        }

        if (newLength > _capacity && !TryEnlarge(newLength))
        {
            Store.MemoryBudget.GiveBack(bytes);
            return -1;
        }

        Data->Length = newLength;
        Elements[(int)length..].Fill(value);
        MarkCards(length, delta);
        return (long)length;
    }

    /// <summary>Notes that references were stored in elements.</summary>
    internal void MarkCards(ulong index, ulong count)
    {
        if (!_hasObjects || count == 0)
        {
            return;
        }

        var first = (int)(index >> TableData.CardShift);
        var last = (int)((index + count - 1) >> TableData.CardShift);
        new Span<byte>(Data->Cards + first, last - first + 1).Fill(1);
    }

    /// <summary>Shows a visitor the elements that may refer to young objects; those that do not afterwards are not shown again until they are written.</summary>
    internal void VisitYoung(IRootVisitor visitor, ObjectHeap heap)
    {
        var cards = new Span<byte>(Data->Cards, (int)CardsFor(Length));
        for (var card = cards.IndexOf((byte)1); card >= 0;)
        {
            var first = (ulong)card << TableData.CardShift;
            var count = Math.Min(Length - first, 1UL << TableData.CardShift);
            var elements = (ulong*)Data->Elements + first;
            visitor.Visit(elements, (nuint)count);
            var isYoung = false;
            for (ulong i = 0; i < count; i++)
            {
                isYoung |= heap.IsYoung(elements[i]);
            }

            cards[card] = isYoung ? (byte)1 : (byte)0;
            var next = cards[(card + 1)..].IndexOf((byte)1);
            card = next < 0 ? -1 : card + 1 + next;
        }
    }

    /// <summary>Notes that the host, or another instance, has changed elements or may do so.</summary>
    internal void MarkChanged()
    {
        if (_ofInstance is not null)
        {
            _ofInstance.IsChanged = true;
        }
    }

    /// <exception cref="InsufficientMemoryException">
    /// A table of the type is larger than <see cref="Configuration.EngineOptions.TableLimit"/>, or than what is left of <see cref="Configuration.EngineOptions.MemoryLimit"/>.
    /// </exception>
    internal static void CheckLimit(Store store, TableType type)
    {
        if (type.Limits.Minimum > (ulong)store.Engine.Options.TableLimit)
        {
            throw new InsufficientMemoryException(
                $"a table of {type.Limits.Minimum} elements is larger than the limit of {store.Engine.Options.TableLimit} (knob table.limit)");
        }

        if (!store.MemoryBudget.HasRoom(type.Limits.Minimum * (ulong)sizeof(nint)))
        {
            throw NoRoom(store, type);
        }
    }

    /// <summary>Frees the elements. What counted their bytes goes on counting them: it dies with the store.</summary>
    internal void Free()
    {
        if (_ofInstance is null)
        {
            NativeMemory.Free(Data->Elements);
        }

        NativeMemory.Free(Data->Cards);
    }

    private static ulong CardsFor(ulong elements) => (elements + (1UL << TableData.CardShift) - 1) >> TableData.CardShift;

    private static InsufficientMemoryException NoRoom(Store store, TableType type) => new(
        $"no room for a table of {type.Limits.Minimum} elements: the memories and tables of a store take at most {store.MemoryBudget.LimitMebibytes} MiB (knob memory.limit)");

    /// <summary>What so many elements take, with their cards. Room that is there for more, which differs by knobs, is not counted, so that a program grows as far with all of them.</summary>
    private ulong BytesOf(ulong elements) => (elements * (ulong)sizeof(nint)) + (_hasObjects ? CardsFor(elements) : 0);

    /// <summary>Makes room for so many elements, and for twice as many as there was room for. Those of an instance are copied, and stay as they are.</summary>
    /// <returns>False if the system has no room.</returns>
    private bool TryEnlarge(ulong length)
    {
        var capacity = Math.Min(Math.Max(length, _capacity * 2), _maximum);
        try
        {
            ResizeCards(capacity);
            var old = _ofInstance is null ? Data->Elements : null;
            var elements = (nint*)NativeMemory.Realloc(old, (nuint)capacity * (nuint)sizeof(nint));
            if (_ofInstance is not null)
            {
                Elements.CopyTo(new Span<nint>(elements, (int)Data->Length));
            }

            Data->Elements = elements;
            _ofInstance = null;
        }
        catch (OutOfMemoryException)
        {
            return false;
        }

        _capacity = capacity;
        return true;
    }

    /// <summary>Makes room for the cards of so many elements; new ones are not marked.</summary>
    private void ResizeCards(ulong capacity)
    {
        var count = (nuint)CardsFor(capacity);
        if (!_hasObjects || count <= _cardCount)
        {
            return;
        }

        Data->Cards = (byte*)NativeMemory.Realloc(Data->Cards, count);
        NativeMemory.Clear(Data->Cards + _cardCount, count - _cardCount);
        _cardCount = count;
    }

    private ref nint Element(ulong index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Length);
        return ref Data->Elements[index];
    }
}
