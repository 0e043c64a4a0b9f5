using System.ComponentModel;
using System.Runtime.CompilerServices;
using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime;

/// <summary>
/// A linear memory. Its addresses are reserved when it is made, so that it never moves: accesses of a memory with 32-bit
/// addresses cannot leave the reservation, and those that leave the memory itself fault.
/// </summary>
public sealed unsafe class Memory : Extern
{
    /// <summary>The most pages that a memory with 64-bit addresses can have, whatever its type says: 16 GiB.</summary>
    public const ulong MaximumPages64 = 1 << 18;

    /// <summary>A 32-bit address, a 32-bit offset, and the widest access.</summary>
    private const ulong Reservation32 = (1UL << 33) + MemoryType.PageSize;

    private readonly ulong _maximumPages;
    private readonly ulong _reservedBytes;

    /// <summary>The pages, mapped a first time, of a memory that is shared with a host; null for one that is not.</summary>
    private byte* _shared;

    /// <summary>Makes a memory outside of any instance, for modules to import.</summary>
    /// <exception cref="InsufficientMemoryException">The system has no room for it, or it is above <see cref="MaximumPages64"/>.</exception>
    public Memory(Store store, MemoryType type)
        : this(
            store ?? throw new ArgumentNullException(nameof(store)),
            type ?? throw new ArgumentNullException(nameof(type)),
            (MemoryData*)store.AllocateNative(MemoryData.Size))
    {
    }

    internal Memory(Store store, MemoryType type, MemoryData* data)
        : base(store)
    {
        Type = type;
        Data = data;
        _maximumPages = Math.Min(
            type.Limits.Maximum ?? ulong.MaxValue, type.Is64 ? MaximumPages64 : ImplementationLimits.MemoryPages32);
        _reservedBytes = type.Is64 ? Math.Max(_maximumPages, 1) * MemoryType.PageSize : Reservation32;
        if (type.Limits.Minimum > _maximumPages)
        {
            throw new InsufficientMemoryException(
                $"a memory of {type.Limits.Minimum} pages is larger than the limit of {_maximumPages}");
        }

        try
        {
            data->Base = LinuxMemory.Reserve((nuint)_reservedBytes);
        }
        catch (Win32Exception e)
        {
            throw new InsufficientMemoryException($"no addresses left for a memory of {_reservedBytes} bytes", e);
        }

        store.Own(this);
        if (Grow(type.Limits.Minimum) < 0)
        {
            throw new InsufficientMemoryException(
                $"no room for a memory of {type.Limits.Minimum} pages: the memories of a store take at most {store.Engine.Options.MemoryLimit} MiB (knob memory.limit)");
        }
    }

    /// <summary>Its type, with the limits that it was made with.</summary>
    public MemoryType Type { get; }

    /// <inheritdoc/>
    public override ExternalKind Kind => ExternalKind.Memory;

    /// <summary>The size in bytes.</summary>
    public ulong ByteLength => Data->ByteLength;

    /// <summary>The size in pages of 64 KiB.</summary>
    public ulong Pages => Data->ByteLength / MemoryType.PageSize;

    internal MemoryData* Data { get; }

    /// <summary>Adds zeroed pages at the end.</summary>
    /// <param name="delta">How many.</param>
    /// <returns>The number of pages before, or -1 if the memory cannot grow by so much.</returns>
    public long Grow(ulong delta)
    {
        ulong pages = Pages;
        if (delta > _maximumPages - pages) return -1;
        if (delta != 0)
        {
            ulong bytes = delta * MemoryType.PageSize;
            if (!Store.TryTakeMemory(bytes)) return -1;
            try
            {
                Commit((nuint)bytes);
            }
            catch (Win32Exception)
            {
                Store.GiveBackMemory(bytes);
                return -1;
            }

            Data->ByteLength += bytes;
            Grown?.Invoke(delta);
        }

        return (long)pages;
    }

    /// <summary>A part of the memory, valid as long as the store is.</summary>
    /// <param name="address">The first byte.</param>
    /// <param name="length">The number of bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part reaches past the end.</exception>
    public Span<byte> Span(ulong address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        CheckRange(address, (ulong)length);
        return new Span<byte>(Data->Base + address, length);
    }

    /// <summary>Reads a value, little-endian.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It reaches past the end.</exception>
    public T Read<T>(ulong address)
        where T : unmanaged
    {
        CheckRange(address, (ulong)sizeof(T));
        return Unsafe.ReadUnaligned<T>(Data->Base + address);
    }

    /// <summary>Writes a value, little-endian.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It reaches past the end.</exception>
    public void Write<T>(ulong address, T value)
        where T : unmanaged
    {
        CheckRange(address, (ulong)sizeof(T));
        Unsafe.WriteUnaligned(Data->Base + address, value);
    }

    internal bool Contains(ulong address, ulong length) =>
        length <= Data->ByteLength && address <= Data->ByteLength - length;

    /// <summary>Is told of pages that were added, by code or by the host.</summary>
    internal Action<ulong>? Grown { get; set; }

    /// <summary>
    /// Moves the content into pages that can be mapped elsewhere, too, by <see cref="MapAt"/>, so that a host has them in an object of its own.
    /// </summary>
    /// <exception cref="Win32Exception">The system has no addresses left.</exception>
    internal void Share()
    {
        if (_shared != null) return;
        byte* pages = LinuxMemory.ReserveSharedPages((nuint)SharedBytes);
        Buffer.MemoryCopy(Data->Base, pages, SharedBytes, Data->ByteLength);
        _shared = pages;
        if (Data->ByteLength > 0) LinuxMemory.MapAgainAt(pages, (nuint)Data->ByteLength, Data->Base);
    }

    /// <summary>Maps the pages of a shared memory at an address, in place of what is there.</summary>
    /// <param name="address">The address, a multiple of the size of pages.</param>
    internal void MapAt(nint address)
    {
        if (Data->ByteLength > 0) LinuxMemory.MapAgainAt(_shared, (nuint)Data->ByteLength, (byte*)address);
    }

    internal void Free()
    {
        if (_shared != null) LinuxMemory.Unmap(_shared, (nuint)SharedBytes);
        if (Data->Base != null) LinuxMemory.Unmap(Data->Base, (nuint)_reservedBytes);
    }

    private ulong SharedBytes => Math.Max(Math.Min(_maximumPages, ImplementationLimits.MemoryPages32), 1) * MemoryType.PageSize;

    /// <summary>Makes the next bytes of the reservation usable.</summary>
    private void Commit(nuint bytes)
    {
        byte* end = Data->Base + Data->ByteLength;
        if (_shared == null) LinuxMemory.Protect(end, bytes, LinuxMemory.ProtRead | LinuxMemory.ProtWrite);
        else LinuxMemory.MapAgainAt(_shared + Data->ByteLength, bytes, end);
    }

    private void CheckRange(ulong address, ulong length)
    {
        if (!Contains(address, length))
        {
            throw new ArgumentOutOfRangeException(
                nameof(address), address, $"{length} bytes there reach past the end of a memory of {ByteLength} bytes");
        }
    }
}
