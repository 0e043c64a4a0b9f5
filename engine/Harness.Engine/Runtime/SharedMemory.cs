using System.Runtime.InteropServices;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <summary>
/// A linear memory that any number of stores can import, each on a thread of its own (threads proposal). It belongs to no store: it lives as
/// long as one of them has it, and as whoever made it has not disposed of it. Safe for use by several threads.
/// </summary>
/// <remarks>
/// Compiled code reads where it lies and how large it is from one place that all instances share, <see cref="MemoryData"/>. The addresses for its
/// maximum are reserved, so that to grow is to make more of them usable and then to write the new size: no thread has to stop for it.
/// </remarks>
public sealed unsafe class SharedMemory : IDisposable
{
    private readonly Lock _growth = new();
    private readonly MemoryData* _data;

    /// <summary>How many stores have it, and one more for whoever made it outside of a store.</summary>
    private int _users;
    private int _isDisposed;

    /// <summary>Makes a shared memory outside of any store.</summary>
    /// <param name="type">Its type, a shared one, which has a maximum.</param>
    /// <param name="options">Says how many bytes it may have at most (<see cref="EngineOptions.MemoryLimit"/>); null for the defaults.</param>
    /// <exception cref="ArgumentException">The type is not a shared one, or has no maximum.</exception>
    /// <exception cref="InsufficientMemoryException">The system has no room for it, or it is above the limit.</exception>
    public SharedMemory(MemoryType type, EngineOptions? options = null)
        : this(Check(type), new MemoryBudget((options ?? EngineOptions.Default).MemoryLimit))
    {
    }

    internal SharedMemory(MemoryType type, MemoryBudget budget)
    {
        Type = type;
        _data = (MemoryData*)NativeMemory.AlignedAlloc(MemoryData.Size, 64);
        NativeMemory.Clear(_data, MemoryData.Size);
        try
        {
            Pages = new MemoryPages(type, _data, budget);
            _users = 1;
        }
        catch (InsufficientMemoryException)
        {
            NativeMemory.AlignedFree(_data);
            throw;
        }
    }

    /// <summary>Frees what nobody has disposed of. No store has it: stores that were not disposed of keep it reachable.</summary>
    ~SharedMemory()
    {
        if (_users != 0)
        {
            Free();
        }
    }

    /// <summary>Its type, with the limits that it was made with.</summary>
    public MemoryType Type { get; }

    /// <summary>The size in bytes, which only grows.</summary>
    /// <exception cref="ObjectDisposedException">Nobody has it any more.</exception>
    public ulong ByteLength
    {
        get
        {
            Retain();
            var length = Volatile.Read(ref _data->ByteLength);
            Release();
            return length;
        }
    }

    /// <summary>The threads that wait at its addresses.</summary>
    internal WaiterLists Waiters { get; } = new();

    internal MemoryPages Pages { get; }

    /// <summary>The memory as a store sees it, always the same one.</summary>
    /// <exception cref="ObjectDisposedException">The store was disposed of, or nobody has the memory any more.</exception>
    public Memory In(Store store)
    {
        ArgumentNullException.ThrowIfNull(store);
        return store.ViewOf(this);
    }

    /// <summary>Adds zeroed pages at the end.</summary>
    /// <param name="delta">How many.</param>
    /// <returns>The number of pages before, or -1 if the memory cannot grow by so much.</returns>
    /// <exception cref="ObjectDisposedException">Nobody has it any more.</exception>
    public long Grow(ulong delta)
    {
        Retain();
        try
        {
            lock (_growth)
            {
                return Pages.Grow(delta);
            }
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Wakes threads that wait at an address (<c>memory.atomic.notify</c>), the longest waiting ones first.</summary>
    /// <param name="address">The address.</param>
    /// <param name="count">How many at most.</param>
    /// <returns>How many were woken.</returns>
    public uint Notify(ulong address, uint count) => Waiters.Notify(address, count);

    /// <summary>Lets go of the memory. It lives on while stores have it.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            Release();
        }

        // What users there are now are stores.
        GC.SuppressFinalize(this);
    }

    /// <summary>Adds a user.</summary>
    /// <exception cref="ObjectDisposedException">There is none any more.</exception>
    internal void Retain()
    {
        for (var users = Volatile.Read(ref _users); ;)
        {
            ObjectDisposedException.ThrowIf(users == 0, this);
            var before = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (before == users)
            {
                return;
            }

            users = before;
        }
    }

    /// <summary>Removes a user; the last one frees the memory.</summary>
    internal void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            Free();
        }
    }

    private void Free()
    {
        Pages.Free();
        NativeMemory.AlignedFree(_data);
    }

    private static MemoryType Check(MemoryType type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return type is { IsShared: true, Limits.Maximum: not null }
            ? type
            : throw new ArgumentException("the type of a shared memory is shared and has a maximum", nameof(type));
    }
}
