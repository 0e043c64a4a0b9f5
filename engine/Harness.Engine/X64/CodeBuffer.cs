using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Harness.Engine.X64;

/// <summary>The bytes of a function's code in native memory that grows as needed, and is kept from one function to the next.</summary>
internal abstract unsafe class CodeBuffer : IDisposable
{
    /// <summary>The room that is always left at the cursor; an instruction has at most 15 bytes.</summary>
    private const int Headroom = 32;

    /// <summary>Where the next byte is written.</summary>
    private protected byte* _cursor;

    private byte* _start;
    private byte* _limit;

    private protected CodeBuffer(int capacity) => Allocate(Math.Max(capacity, 2 * Headroom));

    /// <summary>Frees the buffer if <see cref="Dispose"/> was not called.</summary>
    ~CodeBuffer() => NativeMemory.Free(_start);

    /// <summary>How many bytes were written so far: the offset of the next instruction.</summary>
    public int Position
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (int)(_cursor - _start);
    }

    /// <summary>The bytes written so far, valid until the next one is written.</summary>
    public ReadOnlySpan<byte> Code => new(_start, Position);

    /// <summary>Overwrites four bytes that were written earlier.</summary>
    /// <param name="offset">Where they begin.</param>
    /// <param name="value">The new bytes, little-endian.</param>
    public void PatchInt32(int offset, int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Position - sizeof(int));
        *(int*)AddressOf(offset) = value;
    }

    /// <summary>Frees the buffer. It cannot be used any more.</summary>
    public void Dispose()
    {
        NativeMemory.Free(_start);
        _start = _cursor = _limit = null;
        GC.SuppressFinalize(this);
    }

    /// <summary>Forgets what was written.</summary>
    private protected void ResetBytes() => _cursor = _start;

    /// <summary>The cursor, with room for an instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected byte* Reserve()
    {
        if (_cursor >= _limit)
        {
            Grow(Headroom);
        }

        return _cursor;
    }

    /// <summary>The offset of a place in the buffer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected int PositionOf(byte* place) => (int)(place - _start);

    /// <summary>The place of an offset, until the buffer grows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected byte* AddressOf(int offset) => _start + offset;

    private void Allocate(int capacity)
    {
        var used = Position;
        _start = (byte*)NativeMemory.Realloc(_start, (nuint)capacity);
        _cursor = _start + used;
        _limit = _start + capacity - Headroom;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int bytes)
    {
        ObjectDisposedException.ThrowIf(_start == null, this);
        var capacity = (int)(_limit - _start) + Headroom;
        Allocate(checked(Math.Max(capacity * 2, Position + bytes + Headroom)));
    }
}
