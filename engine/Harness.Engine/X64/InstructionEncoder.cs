using System.Runtime.CompilerServices;
using static Harness.Engine.X64.InstructionBits;

namespace Harness.Engine.X64;

/// <summary>
/// How an instruction is written: prefixes, opcode, operands in registers and memory, immediates, in the legacy and in the VEX encoding. Each method writes at the cursor and
/// returns where it goes on, for the caller to make that the cursor.
/// </summary>
internal abstract unsafe class InstructionEncoder : LabelledBuffer
{
    private protected InstructionEncoder(int capacity)
        : base(capacity)
    {
    }

    /// <summary>The bits of an operand size for instructions whose lowest opcode bit tells bytes from wider operands.</summary>
    private static ReadOnlySpan<ushort> SizeBits => [ByteReg | ByteRm, P66 | 1, 1, W | 1];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected static int Sized(OpSize size) => SizeBits[(int)size];

    /// <summary>As <see cref="Sized"/>, where the <c>reg</c> field extends the opcode.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected static int GroupSized(OpSize size) => SizeBits[(int)size] & ~ByteReg;

    /// <summary>As <see cref="Sized"/>, for instructions that have no byte form.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected static int Wide(OpSize size) => SizeBits[(int)size] & (P66 | W);

    /// <summary>Writes an instruction up to its immediate: a register in <c>reg</c> (or an opcode extension) and one in <c>rm</c>.</summary>
    /// <returns>The new cursor, for the caller to store.</returns>
    private protected byte* Encode(int bits, int reg, int rm)
    {
        var rex = ((bits & W) >> (WShift - 3)) | ((reg & 8) >> 1) | (rm >> 3);
        if (((bits & ByteReg) != 0 && reg >= 4) || ((bits & ByteRm) != 0 && rm >= 4))
        {
            rex |= 0x40;
        }

        var p = EncodeOpcode(Reserve(), bits, rex);
        *p = (byte)(0xC0 | ((reg & 7) << 3) | (rm & 7));
        return p + 1;
    }

    /// <summary>Writes an instruction up to its immediate: a register in <c>reg</c> (or an opcode extension) and memory.</summary>
    /// <param name="bits">The encoding.</param>
    /// <param name="reg">The register or opcode extension.</param>
    /// <param name="mem">The memory operand.</param>
    /// <param name="immediateBytes">How many bytes follow, which <c>rip</c>-relative addresses must know.</param>
    private protected byte* Encode(int bits, int reg, Mem mem, int immediateBytes = 0)
    {
        var rex = ((bits & W) >> (WShift - 3)) | ((reg & 8) >> 1) | ExtensionBits(mem);
        if ((bits & ByteReg) != 0 && reg >= 4)
        {
            rex |= 0x40;
        }

        var p = EncodeOpcode(Reserve(), bits, rex);
        return EncodeAddress(p, reg, mem, immediateBytes);
    }

    /// <summary>Writes an instruction whose register is in the low three bits of its only opcode byte.</summary>
    private protected byte* EncodeShort(int bits, int register)
    {
        var rex = ((bits & W) >> (WShift - 3)) | (register >> 3);
        if ((bits & ByteRm) != 0 && register >= 4)
        {
            rex |= 0x40;
        }

        return EncodeOpcode(Reserve(), bits | (register & 7), rex);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected static byte* EncodeOpcode(byte* p, int bits, int rex)
    {
        var prefix = (bits >> PrefixShift) & 3;
        if (prefix != 0)
        {
            *p++ = (byte)(0xF2F36600 >> (prefix * 8));
        }

        if (rex != 0)
        {
            *p++ = (byte)(0x40 | rex);
        }

        var map = (bits >> MapShift) & 3;
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
        var extension = 0;
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
        var regField = (reg & 7) << 3;
        if (mem.IsLabel)
        {
            *p = (byte)(regField | rmRip);
            return LabelDistance32(p + 1, mem.Label, immediateBytes);
        }

        var displacement = mem.Displacement;
        if (mem.BaseRegister == Gpr.None)
        {
            // No base is base 5 without displacement bits; the displacement then always has four bytes.
            var index = mem.IndexRegister == Gpr.None ? indexNone : (int)mem.IndexRegister & 7;
            *p = (byte)(regField | rmSib);
            p[1] = (byte)((mem.ScaleLog2 << 6) | (index << 3) | 5);
            *(int*)(p + 2) = displacement;
            return p + 6;
        }

        // rbp and r13 as a base always have a displacement, rsp and r12 always an SIB byte.
        var @base = (int)mem.BaseRegister & 7;
        var mode = displacement == 0 && @base != 5 ? 0x00 : displacement == (sbyte)displacement ? 0x40 : 0x80;
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

    /// <summary>As <see cref="Encode(int, int, int)"/> in the VEX encoding, with one more register.</summary>
    private protected byte* EncodeVex(int bits, int reg, int vvvv, int rm)
    {
        var p = EncodeVexOpcode(Reserve(), bits, reg, vvvv, rm >> 3);
        *p = (byte)(0xC0 | ((reg & 7) << 3) | (rm & 7));
        return p + 1;
    }

    /// <summary>As <see cref="Encode(int, int, Mem, int)"/> in the VEX encoding, with one more register.</summary>
    private protected byte* EncodeVex(int bits, int reg, int vvvv, Mem mem, int immediateBytes = 0)
    {
        var p = EncodeVexOpcode(Reserve(), bits, reg, vvvv, ExtensionBits(mem));
        return EncodeAddress(p, reg, mem, immediateBytes);
    }

    /// <summary>Writes a VEX prefix, of two bytes if that suffices, and the opcode.</summary>
    private static byte* EncodeVexOpcode(byte* p, int bits, int reg, int vvvv, int extensionBits)
    {
        // The prefix holds the extension bits and the register complemented.
        var prefix = (bits >> PrefixShift) & 3;
        var map = (bits >> MapShift) & 3;
        var low = ((~vvvv & 0xF) << 3) | prefix;
        var r = ~reg << 4 & 0x80;
        if (extensionBits == 0 && map == 1 && (bits & W) == 0)
        {
            *p = 0xC5;
            p[1] = (byte)(r | low);
            p[2] = (byte)bits;
            return p + 3;
        }

        *p = 0xC4;
        p[1] = (byte)(r | ((~extensionBits & 3) << 5) | map);
        p[2] = (byte)(((bits & W) >> (WShift - 7)) | low);
        p[3] = (byte)bits;
        return p + 4;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected static byte* Immediate8(byte* p, int value)
    {
        *p = (byte)value;
        return p + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected static byte* Immediate32(byte* p, int value)
    {
        *(int*)p = value;
        return p + 4;
    }

    /// <summary>An immediate as wide as the operand, but at most 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected static byte* Immediate(byte* p, OpSize size, int value)
    {
        *(int*)p = value;
        return p + ImmediateBytes(size);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected static int ImmediateBytes(OpSize size) => size >= OpSize.Dword ? 4 : 1 << (int)size;
}
