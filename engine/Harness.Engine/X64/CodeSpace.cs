using System.Runtime.CompilerServices;

namespace Harness.Engine.X64;

/// <summary>
/// The address range in which all code of the process lies, near enough for 32-bit distances. Its pages are mapped twice: where
/// they are written they cannot be executed, and where they are executed they cannot be written. What is freed is taken again before the range grows.
/// Safe for use by several threads.
/// </summary>
/// <remarks>The collector does not see frames of generated code, so there is no finalizer: the owner must dispose of it.</remarks>
internal sealed unsafe class CodeSpace : IDisposable
{
    /// <summary>The alignment of code blocks, in bytes: a cache line.</summary>
    public const int BlockAlignment = 64;

    /// <summary>The default size of the range, in bytes. Only pages with code take memory.</summary>
    public const int DefaultSize = 1 << 30;

    private const byte Breakpoint = 0xCC;

    private readonly Lock _lock = new();
    private readonly byte* _writable;
    private readonly int _size;
    private readonly FreeRanges _free = new();
    private int _used;
    private bool _isDisposed;

    /// <summary>Reserves the range.</summary>
    /// <param name="size">Its size in bytes: a multiple of the page size, at most 1 GiB.</param>
    /// <exception cref="PlatformNotSupportedException">Code cannot be generated on this machine.</exception>
    public CodeSpace(int size = DefaultSize)
    {
        CpuFeatures.RequireSupportedMachine();
        ArgumentOutOfRangeException.ThrowIfLessThan(size, Environment.SystemPageSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, DefaultSize);
        _size = size;
        _writable = LinuxMemory.MapSharedPages((nuint)size);
        Start = LinuxMemory.MapAgain(_writable, (nuint)size);
        LinuxMemory.Protect(Start, (nuint)size, LinuxMemory.ProtRead | LinuxMemory.ProtExec);
    }

    /// <summary>The first address of the range, where code is executed.</summary>
    public byte* Start { get; }

    /// <summary>The address behind the range.</summary>
    public byte* End => Start + _size;

    /// <summary>Whether an address lies in the range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(nint address) => (nuint)(address - (nint)Start) < (nuint)_size;

    /// <summary>Takes a block.</summary>
    /// <param name="size">Its size in bytes, above 0.</param>
    /// <param name="padding">Bytes to leave free before it: a multiple of <see cref="BlockAlignment"/>.</param>
    /// <exception cref="InsufficientMemoryException">There is no room left, not even after garbage was collected that owned code.</exception>
    public CodeBlock Allocate(int size, int padding = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ArgumentOutOfRangeException.ThrowIfNotEqual(padding & (BlockAlignment - 1), 0, nameof(padding));
        int rounded = checked(padding + size + BlockAlignment - 1) & -BlockAlignment;
        int offset = Take(rounded);
        if (offset < 0 && DroppedCode.Collect())
        {
            offset = Take(rounded);
        }

        return offset >= 0
            ? new CodeBlock(_writable + offset + padding, Start + offset + padding, size, padding)
            : throw new InsufficientMemoryException(
                $"no room for {size} bytes of machine code: the {_size >> 20} MiB that all engines of the process share are full; dispose of engines and stores, or drop modules, that are not needed");
    }

    /// <summary>Gives a block back. No thread may be in its code, or return to it; whoever does runs into a breakpoint.</summary>
    /// <exception cref="ArgumentException">The block is not of this code space.</exception>
    public void Free(CodeBlock block)
    {
        int size = SizeOf(block);
        new Span<byte>(block.Writable, size - block.Padding).Fill(Breakpoint);
        Give(block, size);
    }

    /// <summary>Gives a block back in which nothing was written.</summary>
    /// <exception cref="ArgumentException">The block is not of this code space.</exception>
    public void Abandon(CodeBlock block) => Give(block, SizeOf(block));

    /// <summary>Finishes the code of an assembler and puts it into a block of its own.</summary>
    /// <param name="assembler">The assembler.</param>
    /// <param name="padding">Bytes to leave free before it: a multiple of <see cref="BlockAlignment"/>.</param>
    /// <exception cref="InvalidOperationException">A label was not bound, or a target lies too far away.</exception>
    public CodeBlock Publish(Assembler assembler, int padding = 0)
    {
        assembler.Finish();
        ReadOnlySpan<byte> code = assembler.Code;
        CodeBlock block = Allocate(code.Length, padding);
        code.CopyTo(new Span<byte>(block.Writable, code.Length));
        foreach (Relocation relocation in assembler.Relocations)
        {
            nint distance = relocation.Target - (block.Address + relocation.Offset + sizeof(int));
            if (distance != (int)distance)
            {
                Free(block);
                throw new InvalidOperationException($"the target {relocation.Target:x} is more than 2 GiB away from the code");
            }

            *(int*)(block.Writable + relocation.Offset) = (int)distance;
        }

        return block;
    }

    /// <summary>Removes the mappings. No thread may be in any of the code, or return to it.</summary>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            LinuxMemory.Unmap(Start, (nuint)_size);
            LinuxMemory.Unmap(_writable, (nuint)_size);
        }
    }

    /// <summary>Takes a range; negative if there is none.</summary>
    private int Take(int size)
    {
        lock (_lock)
        {
            int offset = _free.Take(size);
            if (offset < 0 && size <= _size - _used)
            {
                offset = _used;
                _used += size;
            }

            return offset;
        }
    }

    private int SizeOf(CodeBlock block) => Contains(block.Address)
        ? (block.Padding + block.Size + BlockAlignment - 1) & -BlockAlignment
        : throw new ArgumentException("the block is not of this code space", nameof(block));

    private void Give(CodeBlock block, int size)
    {
        lock (_lock)
        {
            _free.Add((int)(block.Executable - Start) - block.Padding, size);
            _used = _free.TakeBefore(_used);
        }
    }
}
