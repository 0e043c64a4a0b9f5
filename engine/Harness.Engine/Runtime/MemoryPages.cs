using System.ComponentModel;
using System.Runtime.InteropServices;
using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime;

/// <summary>
/// The addresses of a linear memory, and the pages at their beginning that can be used. All addresses that the memory may ever need are
/// reserved when it is made, so that it never moves: accesses of a memory with 32-bit addresses cannot leave the reservation, and those that
/// leave the memory itself fault. One thread at a time may change it; others may use what there is meanwhile.
/// </summary>
/// <remarks>
/// Its size is a multiple of its own pages, which need not be one of the system's: of the last of those, what lies behind the end can be used and is
/// not, as accesses are checked before (<see cref="FaultsBehindEnd"/>). It stays zero.
/// </remarks>
internal sealed unsafe class MemoryPages
{
    /// <summary>Most bytes of a memory that a host has mapped, too: those of one with 32-bit addresses.</summary>
    public const ulong MostHostBytes = 1UL << 32;

    private const ulong SystemPage = 4096;

    /// <summary>A 32-bit address, a 32-bit offset, and the widest access.</summary>
    private const ulong Reservation32 = (1UL << 33) + MemoryType.UsualPageSize;

    private readonly MemoryType _type;
    private readonly ulong _maximumPages;
    private readonly ulong _reservedBytes;
    private MemoryBudget _budget;
    private byte* _base;

    /// <summary>The pages, mapped a first time, of a memory that a host has mapped, too; null for one that is not.</summary>
    private byte* _hostPages;

    /// <summary>Reserves the addresses of a memory and gives it its first pages.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="data">What is to say where it lies and how large it is.</param>
    /// <param name="budget">What counts its bytes.</param>
    /// <exception cref="InsufficientMemoryException">
    /// The system has no room for it, it is above <see cref="Memory.MaximumBytes64"/>, or the budget has too little left.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The type's pages are neither of one byte nor of 64 KiB.</exception>
    public MemoryPages(MemoryType type, MemoryData* data, MemoryBudget budget)
    {
        if (type.PageSizeLog2 is not (0 or MemoryType.UsualPageSizeLog2))
        {
            throw new ArgumentOutOfRangeException(nameof(type), type.PageSizeLog2, "the pages of a memory have 1 byte or 64 KiB");
        }

        Data = data;
        _type = type;
        _budget = budget;
        _maximumPages = Math.Min(
            type.Limits.Maximum ?? ulong.MaxValue, type.Is64 ? Memory.MaximumBytes64 >> type.PageSizeLog2 : type.AddressablePages);
        _reservedBytes = type.Is64 ? MaximumBytes : Reservation32;
        if (type.Limits.Minimum > _maximumPages)
        {
            throw new InsufficientMemoryException(
                $"a memory of {type.Limits.Minimum} pages is larger than the limit of {_maximumPages}");
        }

        try
        {
            data->Base = _base = LinuxMemory.Reserve((nuint)_reservedBytes);
        }
        catch (Win32Exception e)
        {
            throw new InsufficientMemoryException($"no addresses left for a memory of {_reservedBytes} bytes", e);
        }

        if (Grow(type.Limits.Minimum) >= 0)
        {
            return;
        }

        Free();
        throw NoRoom();
    }

    /// <summary>Where the memory lies, and how large it is: compiled code reads it.</summary>
    public MemoryData* Data { get; }

    /// <summary>Adds zeroed pages at the end.</summary>
    /// <param name="delta">How many.</param>
    /// <returns>The number of pages before, or -1 if the memory cannot grow by so much.</returns>
    public long Grow(ulong delta)
    {
        var length = Data->ByteLength;
        var pages = length >> _type.PageSizeLog2;
        if (delta > MostPages - pages)
        {
            return -1;
        }

        if (delta == 0)
        {
            return (long)pages;
        }

        var grown = length + (delta << _type.PageSizeLog2);
        var bytes = Usable(grown) - Usable(length);
        if (!_budget.TryTake(bytes))
        {
            return -1;
        }

        try
        {
            if (bytes > 0)
            {
                Commit(Usable(length), (nuint)bytes);
            }
        }
        catch (Win32Exception)
        {
            _budget.GiveBack(bytes);
            return -1;
        }

        // Who sees the new size sees the pages.
        Volatile.Write(ref Data->ByteLength, grown);
        return (long)pages;
    }

    /// <summary>Whether limits allow pages to be added: then only the system can refuse them.</summary>
    /// <param name="delta">How many.</param>
    public bool CanGrow(ulong delta)
    {
        var length = Data->ByteLength;
        return delta <= MostPages - (length >> _type.PageSizeLog2) && _budget.HasRoom(Usable(length + (delta << _type.PageSizeLog2)) - Usable(length));
    }

    /// <summary>
    /// Whether every access behind the end of a memory of a type faults: no address leaves the reservation, and the memory ends where a page of the system does.
    /// </summary>
    public static bool FaultsBehindEnd(MemoryType type) => !type.Is64 && type.PageSize % (int)SystemPage == 0;

    /// <summary>
    /// Moves the content into pages that can be mapped elsewhere, too, by <see cref="MapAt"/>, so that a host has them in an object of its own. From then on the memory has
    /// <see cref="MostHostBytes"/> at most.
    /// </summary>
    /// <exception cref="NotSupportedException">It has more.</exception>
    /// <exception cref="Win32Exception">The system has no addresses left.</exception>
    public void ShareWithHost()
    {
        if (_hostPages != null)
        {
            return;
        }

        if (Data->ByteLength > HostBytes)
        {
            throw new NotSupportedException($"a memory of {Data->ByteLength} bytes cannot be mapped by a host: it may have {MostHostBytes} at most");
        }

        var pages = LinuxMemory.ReserveSharedPages((nuint)HostBytes);
        CopyContent(Data->Base, pages, Data->ByteLength);
        _hostPages = pages;
        if (Data->ByteLength > 0)
        {
            LinuxMemory.MapAgainAt(pages, (nuint)Usable(Data->ByteLength), Data->Base);
        }
    }

    /// <summary>Maps the pages of a memory that is shared with a host at an address, in place of what is there.</summary>
    /// <param name="address">The address, a multiple of the size of pages.</param>
    public void MapAt(nint address)
    {
        if (Data->ByteLength > 0)
        {
            LinuxMemory.MapAgainAt(_hostPages, (nuint)Usable(Data->ByteLength), (byte*)address);
        }
    }

    /// <summary>
    /// Makes the memory as it was before anything was written: its first pages hold zeros, or the file that is mapped there. Nobody has it any more.
    /// </summary>
    /// <returns>False if it cannot be used again, as one whose pages a host has mapped.</returns>
    public bool TryEmpty()
    {
        if (_hostPages != null || _base == null)
        {
            return false;
        }

        var length = Usable(Data->ByteLength);
        var first = Usable(_type.InitialBytes);
        try
        {
            if (length > 0)
            {
                LinuxMemory.Discard(_base, (nuint)length);
            }

            if (length > first)
            {
                LinuxMemory.Protect(_base + first, (nuint)(length - first), LinuxMemory.ProtNone);
            }

            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Overwrites all bytes that there are.</summary>
    public void Overwrite(byte value)
    {
        if (Data->Base != null)
        {
            NativeMemory.Fill(Data->Base, (nuint)Data->ByteLength, value);
        }
    }

    /// <summary>Gives a memory that was emptied to an instance, which has its data in the same place.</summary>
    /// <param name="budget">What counts its bytes from now on.</param>
    /// <exception cref="InsufficientMemoryException">The budget has too little left.</exception>
    public void Reopen(MemoryBudget budget)
    {
        if (!budget.TryTake(Usable(_type.InitialBytes)))
        {
            throw NoRoom(budget);
        }

        _budget = budget;
        Data->Base = _base;
        Data->ByteLength = _type.InitialBytes;
    }

    /// <summary>Gives back addresses and memory. What counted the bytes goes on counting them: it dies with the memories that it is for.</summary>
    public void Free()
    {
        if (_hostPages != null)
        {
            LinuxMemory.Unmap(_hostPages, (nuint)HostBytes);
        }

        if (_base != null)
        {
            LinuxMemory.Unmap(_base, (nuint)_reservedBytes);
        }

        _hostPages = null;
        _base = null;
        Data->Base = null;
    }

    /// <summary>The most bytes that it can have, in whole pages of the system, and one of them at least.</summary>
    private ulong MaximumBytes => Usable(Math.Max(_maximumPages << _type.PageSizeLog2, 1));

    private InsufficientMemoryException NoRoom(MemoryBudget? budget = null) => new(
        $"no room for a memory of {_type.Limits.Minimum} pages: the memories and tables of a store take at most {(budget ?? _budget).LimitMebibytes} MiB (knob memory.limit)");

    private ulong HostBytes => Math.Min(MaximumBytes, MostHostBytes);

    /// <summary>The most pages that it can have now: those of a host cannot be more than were reserved for them, behind which other mappings lie.</summary>
    private ulong MostPages => _hostPages == null ? _maximumPages : Math.Min(_maximumPages, HostBytes >> _type.PageSizeLog2);

    /// <summary>Copies into pages of zeros. Where there are zeros to copy, nothing is written: most of a new memory has never been, and takes no memory of the system's before or after.</summary>
    private static void CopyContent(byte* from, byte* to, ulong length)
    {
        var bytes = (nuint)Usable(length);
        LinuxMemory.PopulateForReading(from, bytes);
        for (nuint at = 0; at < bytes; at += (nuint)SystemPage)
        {
            if (!IsZero((ulong*)(from + at)))
            {
                Buffer.MemoryCopy(from + at, to + at, SystemPage, SystemPage);
            }
        }
    }

    /// <summary>Whether a page of the system holds nothing but zeros. A loop of its own, as those of the framework run unoptimized at first where the processor has wider vectors than they were compiled for.</summary>
    private static bool IsZero(ulong* page)
    {
        for (var end = page + (SystemPage / sizeof(ulong)); page < end; page += 8)
        {
            if ((page[0] | page[1] | page[2] | page[3] | page[4] | page[5] | page[6] | page[7]) != 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The bytes that can be used where a memory has a length: those of whole pages of the system.</summary>
    private static ulong Usable(ulong length) => (length + SystemPage - 1) & ~(SystemPage - 1);

    /// <summary>Makes bytes of the reservation usable, from the end of those that are.</summary>
    private void Commit(ulong usable, nuint bytes)
    {
        var end = Data->Base + usable;
        if (_hostPages == null)
        {
            LinuxMemory.Protect(end, bytes, LinuxMemory.ProtRead | LinuxMemory.ProtWrite);
        }
        else
        {
            LinuxMemory.MapAgainAt(_hostPages + usable, bytes, end);
        }
    }
}
