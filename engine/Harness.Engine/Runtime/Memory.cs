using System.ComponentModel;
using System.Runtime.CompilerServices;
using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <summary>
/// A linear memory of a store. It never moves. One of a shared type is a <see cref="SharedMemory"/> as this store sees it.
/// </summary>
public sealed unsafe class Memory : Extern
{
    /// <summary>The most bytes that a memory with 64-bit addresses can have, whatever its type says: 16 GiB.</summary>
    public const ulong MaximumBytes64 = 1UL << 34;

    private readonly MemoryPages _pages;

    /// <summary>Whether the pages are freed with the instance.</summary>
    private readonly bool _isOfInstance;

    /// <summary>Makes a memory outside of any instance, for modules to import.</summary>
    /// <exception cref="InsufficientMemoryException">The system has no room for it, or it is above <see cref="MaximumBytes64"/>.</exception>
    public Memory(Store store, MemoryType type)
        : this(
            store ?? throw new ArgumentNullException(nameof(store)),
            type ?? throw new ArgumentNullException(nameof(type)),
            type.IsShared ? null : (MemoryData*)store.AllocateNative(MemoryData.Size))
    {
    }

    /// <summary>Makes a memory.</summary>
    /// <param name="store">The store.</param>
    /// <param name="type">Its type.</param>
    /// <param name="data">What is to say where it lies; null for one of a shared type, which has that itself.</param>
    private Memory(Store store, MemoryType type, MemoryData* data)
        : base(store)
    {
        Type = type;
        if (type.IsShared)
        {
            Shared = new SharedMemory(type, store.MemoryBudget);
        }

        _pages = Shared?.Pages ?? new MemoryPages(type, data, store.MemoryBudget);
        store.Own(this);
    }

    /// <summary>Makes a memory of pages that belong to an instance.</summary>
    internal Memory(Store store, MemoryType type, MemoryPages pages)
        : base(store)
    {
        Type = type;
        _pages = pages;
        _isOfInstance = true;
        store.Own(this);
    }

    /// <summary>Shows a shared memory to a store, which counts among its users already.</summary>
    internal Memory(Store store, SharedMemory shared)
        : base(store)
    {
        Type = shared.Type;
        Shared = shared;
        _pages = shared.Pages;
        store.Own(this);
    }

    /// <summary>Its type, with the limits that it was made with.</summary>
    public MemoryType Type { get; }

    /// <summary>What is shared with other stores; null unless the type is a shared one.</summary>
    public SharedMemory? Shared { get; }

    /// <inheritdoc/>
    public override ExternalKind Kind => ExternalKind.Memory;

    /// <summary>The size in bytes. Other threads may make a shared memory larger at any time, never smaller.</summary>
    /// <exception cref="ObjectDisposedException">The store was disposed of.</exception>
    public ulong ByteLength
    {
        get
        {
            Store.ThrowIfDisposed();
            return Volatile.Read(ref Data->ByteLength);
        }
    }

    /// <summary>The size in pages.</summary>
    /// <exception cref="ObjectDisposedException">The store was disposed of.</exception>
    public ulong Pages => ByteLength >> Type.PageSizeLog2;

    internal MemoryData* Data => _pages.Data;

    /// <summary>Adds zeroed pages at the end.</summary>
    /// <param name="delta">How many.</param>
    /// <returns>The number of pages before, or -1 if the memory cannot grow by so much.</returns>
    /// <exception cref="ObjectDisposedException">The store was disposed of.</exception>
    public long Grow(ulong delta)
    {
        Store.ThrowIfDisposed();
        var pages = Shared is null ? _pages.Grow(delta) : Shared.Grow(delta);
        if (pages >= 0 && delta != 0 && Grown is { } told)
        {
            Store.Tell(told, delta);
        }

        return pages;
    }

    /// <summary>A part of the memory, valid as long as the store is.</summary>
    /// <param name="address">The first byte.</param>
    /// <param name="length">The number of bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part reaches past the end.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed of.</exception>
    public Span<byte> Span(ulong address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        CheckRange(address, (ulong)length);
        return new Span<byte>(Data->Base + address, length);
    }

    /// <summary>Reads a value, little-endian.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It reaches past the end.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed of.</exception>
    public T Read<T>(ulong address)
        where T : unmanaged
    {
        CheckRange(address, (ulong)sizeof(T));
        return Unsafe.ReadUnaligned<T>(Data->Base + address);
    }

    /// <summary>Writes a value, little-endian.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It reaches past the end.</exception>
    /// <exception cref="ObjectDisposedException">The store was disposed of.</exception>
    public void Write<T>(ulong address, T value)
        where T : unmanaged
    {
        CheckRange(address, (ulong)sizeof(T));
        Unsafe.WriteUnaligned(Data->Base + address, value);
    }

    /// <summary>Whether a range is in the memory. Of a store that is there: compiled code asks.</summary>
    internal bool Contains(ulong address, ulong length)
    {
        var size = Volatile.Read(ref Data->ByteLength);
        return length <= size && address <= size - length;
    }

    /// <inheritdoc cref="MemoryPages.CanGrow"/>
    internal bool CanGrow(ulong delta) => _pages.CanGrow(delta);

    /// <summary>
    /// Is told of pages that were added by code or by the host in this store. It must not throw, nor can it use the store: the values of code that grows a memory are known to nobody meanwhile.
    /// </summary>
    internal Action<ulong>? Grown { get; set; }

    /// <inheritdoc cref="MemoryPages.ShareWithHost"/>
    /// <exception cref="NotSupportedException">It has more than <see cref="MemoryPages.MostHostBytes"/>.</exception>
    /// <exception cref="Win32Exception">The system has no addresses left.</exception>
    internal void Share() => _pages.ShareWithHost();

    /// <inheritdoc cref="MemoryPages.MapAt"/>
    internal void MapAt(nint address) => _pages.MapAt(address);

    internal void Free()
    {
        if (_isOfInstance)
        {
            return;
        }

        if (Shared is null)
        {
            _pages.Free();
        }
        else
        {
            Shared.Release();
        }
    }

    private void CheckRange(ulong address, ulong length)
    {
        Store.ThrowIfDisposed();
        if (!Contains(address, length))
        {
            throw new ArgumentOutOfRangeException(
                nameof(address), address, $"{length} bytes there reach past the end of a memory of {ByteLength} bytes");
        }
    }
}
