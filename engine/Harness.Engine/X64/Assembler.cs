using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Harness.Engine.X64.InstructionBits;

namespace Harness.Engine.X64;

/// <summary>
/// Writes x86-64 instructions into a native buffer that grows as needed, with labels, constants, jump tables and references
/// to code elsewhere. One assembler serves many functions, one after the other: <see cref="Reset"/> keeps all buffers, so that
/// emitting allocates nothing once they have their size.
/// </summary>
/// <remarks>
/// A method takes the operation, the operand size, the destination and then the sources; of several encodings the shortest is
/// chosen, the operation itself is never exchanged for another one. Not safe for use by several threads at once.
/// <para>
/// This file has the buffer and how an instruction is written. The other parts have encodings, a line or two each, and no state of their own but for labels and what lies behind the code
/// (<c>Labels</c>, <c>Data</c>). They are parts of one class, and not classes for families of instructions over a shared buffer, since all of it writes at the one cursor: a class would reach that
/// by one more pointer with each instruction, and a compiler would have to hold them all and name one with each.
/// </para>
/// </remarks>
internal sealed unsafe partial class Assembler : IDisposable
{
    /// <summary>The room that is always left at the cursor; an instruction has at most 15 bytes.</summary>
    private const int Headroom = 32;

    private byte* _start;
    private byte* _cursor;
    private byte* _limit;

    /// <summary>Makes an assembler with room for <paramref name="capacity"/> bytes to begin with.</summary>
    public Assembler(int capacity = 16 * 1024)
    {
        CpuFeatures.RequireSupportedMachine();
        Allocate(Math.Max(capacity, 2 * Headroom));
    }

    /// <summary>Frees the buffer if <see cref="Dispose"/> was not called.</summary>
    ~Assembler() => NativeMemory.Free(_start);

    /// <summary>How many bytes were written so far: the offset of the next instruction.</summary>
    public int Position
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (int)(_cursor - _start);
    }

    /// <summary>The bytes written so far, valid until the next one is written.</summary>
    public ReadOnlySpan<byte> Code => new(_start, Position);

    /// <summary>Forgets all code, labels and constants, and keeps the buffers.</summary>
    public void Reset()
    {
        _cursor = _start;
        ResetLabels();
        ResetData();
        _relocationCount = 0;
    }

    /// <summary>Overwrites four bytes that were written earlier.</summary>
    /// <param name="offset">Where they begin.</param>
    /// <param name="value">The new bytes, little-endian.</param>
    public void PatchInt32(int offset, int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Position - sizeof(int));
        *(int*)(_start + offset) = value;
    }

    /// <summary>Frees the buffer. The assembler cannot be used any more.</summary>
    public void Dispose()
    {
        NativeMemory.Free(_start);
        _start = _cursor = _limit = null;
        GC.SuppressFinalize(this);
    }

    private void Allocate(int capacity)
    {
        int used = Position;
        _start = (byte*)NativeMemory.Realloc(_start, (nuint)capacity);
        _cursor = _start + used;
        _limit = _start + capacity - Headroom;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int bytes)
    {
        ObjectDisposedException.ThrowIf(_start == null, this);
        int capacity = (int)(_limit - _start) + Headroom;
        Allocate(checked(Math.Max(capacity * 2, Position + bytes + Headroom)));
    }

    /// <summary>The cursor, with room for an instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Reserve()
    {
        if (_cursor >= _limit)
        {
            Grow(Headroom);
        }

        return _cursor;
    }

    /// <summary>The bits of an operand size for instructions whose lowest opcode bit tells bytes from wider operands.</summary>
    private static ReadOnlySpan<ushort> SizeBits => [ByteReg | ByteRm, P66 | 1, 1, W | 1];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Sized(OpSize size) => SizeBits[(int)size];

    /// <summary>As <see cref="Sized"/>, where the <c>reg</c> field extends the opcode.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int GroupSized(OpSize size) => SizeBits[(int)size] & ~ByteReg;

    /// <summary>As <see cref="Sized"/>, for instructions that have no byte form.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Wide(OpSize size) => SizeBits[(int)size] & (P66 | W);

    /// <summary>Writes an instruction up to its immediate: a register in <c>reg</c> (or an opcode extension) and one in <c>rm</c>.</summary>
    /// <returns>The new cursor, for the caller to store.</returns>
    private byte* Encode(int bits, int reg, int rm)
    {
        int rex = ((bits & W) >> (WShift - 3)) | ((reg & 8) >> 1) | (rm >> 3);
        if (((bits & ByteReg) != 0 && reg >= 4) || ((bits & ByteRm) != 0 && rm >= 4))
        {
            rex |= 0x40;
        }

        byte* p = EncodeOpcode(Reserve(), bits, rex);
        *p = (byte)(0xC0 | ((reg & 7) << 3) | (rm & 7));
        return p + 1;
    }

    /// <summary>Writes an instruction up to its immediate: a register in <c>reg</c> (or an opcode extension) and memory.</summary>
    /// <param name="bits">The encoding.</param>
    /// <param name="reg">The register or opcode extension.</param>
    /// <param name="mem">The memory operand.</param>
    /// <param name="immediateBytes">How many bytes follow, which <c>rip</c>-relative addresses must know.</param>
    private byte* Encode(int bits, int reg, Mem mem, int immediateBytes = 0)
    {
        int rex = ((bits & W) >> (WShift - 3)) | ((reg & 8) >> 1) | ExtensionBits(mem);
        if ((bits & ByteReg) != 0 && reg >= 4)
        {
            rex |= 0x40;
        }

        byte* p = EncodeOpcode(Reserve(), bits, rex);
        return EncodeAddress(p, reg, mem, immediateBytes);
    }

    /// <summary>Writes an instruction whose register is in the low three bits of its only opcode byte.</summary>
    private byte* EncodeShort(int bits, int register)
    {
        int rex = ((bits & W) >> (WShift - 3)) | (register >> 3);
        if ((bits & ByteRm) != 0 && register >= 4)
        {
            rex |= 0x40;
        }

        return EncodeOpcode(Reserve(), bits | (register & 7), rex);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* EncodeOpcode(byte* p, int bits, int rex)
    {
        int prefix = (bits >> PrefixShift) & 3;
        if (prefix != 0)
        {
            *p++ = (byte)(0xF2F36600 >> (prefix * 8));
        }

        if (rex != 0)
        {
            *p++ = (byte)(0x40 | rex);
        }

        int map = (bits >> MapShift) & 3;
        if (map != 0)
        {
            *p++ = 0x0F;
            if (map != 1)
            {
                *p++ = (byte)(0x3A380000 >> (map * 8));
            }
        }

        *p = (byte)bits;
        return p + 1;
    }

    /// <summary>The REX.X and REX.B bits of a memory operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ExtensionBits(Mem mem)
    {
        int extension = 0;
        if (mem.BaseRegister != Gpr.None)
        {
            extension = (int)mem.BaseRegister >> 3;
        }

        if (mem.IndexRegister != Gpr.None)
        {
            extension |= ((int)mem.IndexRegister & 8) >> 2;
        }

        return extension;
    }

    /// <summary>Writes the ModRM byte of a memory operand with what follows it.</summary>
    private byte* EncodeAddress(byte* p, int reg, Mem mem, int immediateBytes)
    {
        const int indexNone = 4;
        const int rmSib = 4;
        const int rmRip = 5;
        int regField = (reg & 7) << 3;
        if (mem.IsLabel)
        {
            *p = (byte)(regField | rmRip);
            return LabelDistance32(p + 1, mem.Label, immediateBytes);
        }

        int displacement = mem.Displacement;
        if (mem.BaseRegister == Gpr.None)
        {
            // No base is base 5 without displacement bits; the displacement then always has four bytes.
            int index = mem.IndexRegister == Gpr.None ? indexNone : (int)mem.IndexRegister & 7;
            *p = (byte)(regField | rmSib);
            p[1] = (byte)((mem.ScaleLog2 << 6) | (index << 3) | 5);
            *(int*)(p + 2) = displacement;
            return p + 6;
        }

        // rbp and r13 as a base always have a displacement, rsp and r12 always an SIB byte.
        int @base = (int)mem.BaseRegister & 7;
        int mode = displacement == 0 && @base != 5 ? 0x00 : displacement == (sbyte)displacement ? 0x40 : 0x80;
        if (mem.IndexRegister != Gpr.None)
        {
            *p = (byte)(mode | regField | rmSib);
            p[1] = (byte)((mem.ScaleLog2 << 6) | (((int)mem.IndexRegister & 7) << 3) | @base);
            p += 2;
        }
        else if (@base == 4)
        {
            *p = (byte)(mode | regField | rmSib);
            p[1] = (indexNone << 3) | 4;
            p += 2;
        }
        else
        {
            *p++ = (byte)(mode | regField | @base);
        }

        *(int*)p = displacement;
        return p + (mode == 0x80 ? 4 : mode >> 6);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Immediate8(byte* p, int value)
    {
        *p = (byte)value;
        return p + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Immediate32(byte* p, int value)
    {
        *(int*)p = value;
        return p + 4;
    }

    /// <summary>An immediate as wide as the operand, but at most 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Immediate(byte* p, OpSize size, int value)
    {
        *(int*)p = value;
        return p + ImmediateBytes(size);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ImmediateBytes(OpSize size) => size >= OpSize.Dword ? 4 : 1 << (int)size;
}
