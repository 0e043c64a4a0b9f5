using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Harness.Engine.X64;

/// <summary>
/// A range of addresses for code, near enough to each other for 32-bit distances. Its pages are mapped twice: where they are written they cannot be executed, and where they
/// are executed they cannot be written. What is freed is taken again before the used part grows. It begins with code that all regions of a <see cref="CodeSpace"/> have,
/// which guards what is done here but for the addresses.
/// </summary>
/// <remarks>The collector does not see frames of generated code, so there is no finalizer: the owner must dispose of it.</remarks>
internal sealed unsafe class CodeRegion : IDisposable
{
    private readonly byte* _writable;
    private readonly FreeRanges _free = new();
    private int _used;
    private bool _isDisposed;

    /// <summary>Reserves the addresses. Only pages with code take memory.</summary>
    /// <param name="size">How many, in bytes: a multiple of the page size.</param>
    /// <param name="sharedCode">What all regions begin with; it refers to nothing outside of itself by distances.</param>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public CodeRegion(int size, ReadOnlySpan<byte> sharedCode)
    {
        Size = size;
        _writable = LinuxMemory.MapSharedPages((nuint)size);
        try
        {
            Start = LinuxMemory.MapAgain(_writable, (nuint)size);
            LinuxMemory.Protect(Start, (nuint)size, LinuxMemory.ProtRead | LinuxMemory.ProtExec);
        }
        catch (Win32Exception)
        {
            Dispose();
            throw;
        }

        AddSharedCode(sharedCode);
    }

    /// <summary>The first address, where code is executed.</summary>
    public byte* Start { get; }

    /// <summary>The address behind the last one.</summary>
    public byte* End => Start + Size;

    /// <summary>Its size in bytes.</summary>
    public int Size { get; }

    /// <summary>What all regions begin with.</summary>
    public CodeBlock SharedCode { get; private set; }

    /// <summary>Whether nothing is taken but for the shared code.</summary>
    public bool IsEmpty => _used == SharedSize;

    /// <summary>Bytes that the shared code takes.</summary>
    private int SharedSize => Round(SharedCode.Size);

    /// <summary>Whether an address lies in the region.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(nint address) => (nuint)(address - (nint)Start) < (nuint)Size;

    /// <summary>Puts shared code into a region that is empty and has none yet.</summary>
    /// <exception cref="InsufficientMemoryException">There is no room for it.</exception>
    public void AddSharedCode(ReadOnlySpan<byte> code)
    {
        if (code.IsEmpty)
        {
            return;
        }

        if (!TryTake(code.Length, 0, out var block))
        {
            throw new InsufficientMemoryException($"a region of {Size} bytes is too small for {code.Length} bytes of shared code");
        }

        code.CopyTo(new Span<byte>(block.Writable, code.Length));
        SharedCode = block;
    }

    /// <summary>Takes a block.</summary>
    /// <param name="size">Its size in bytes, above 0.</param>
    /// <param name="padding">Bytes to leave free before it: a multiple of <see cref="CodeSpace.BlockAlignment"/>.</param>
    /// <param name="block">The block.</param>
    /// <returns>Whether there was room.</returns>
    public bool TryTake(int size, int padding, out CodeBlock block)
    {
        var rounded = checked(padding + Round(size));
        var offset = _free.Take(rounded);
        if (offset < 0 && rounded <= Size - _used)
        {
            offset = _used;
            _used += rounded;
        }

        block = offset < 0 ? default : new CodeBlock(_writable + offset + padding, Start + offset + padding, size, padding);
        return offset >= 0;
    }

    /// <summary>Gives a block back.</summary>
    public void Give(CodeBlock block)
    {
        _free.Add((int)(block.Executable - Start) - block.Padding, block.Padding + Round(block.Size));
        _used = _free.TakeBefore(_used);
    }

    /// <summary>Gives the memory of an empty region back to the system, but for that of the shared code. The addresses stay.</summary>
    public void DiscardPages()
    {
        var page = Environment.SystemPageSize;
        var first = (SharedSize + page - 1) / page * page;
        if (first < Size)
        {
            LinuxMemory.Remove(_writable + first, (nuint)(Size - first));
        }
    }

    /// <summary>Removes the mappings. No thread may be in any of the code, or return to it.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (Start != null)
        {
            LinuxMemory.Unmap(Start, (nuint)Size);
        }

        LinuxMemory.Unmap(_writable, (nuint)Size);
    }

    private static int Round(int size) => checked(size + CodeSpace.BlockAlignment - 1) & -CodeSpace.BlockAlignment;
}
