using System.Runtime.CompilerServices;
using static Harness.Engine.X64.InstructionBits;

namespace Harness.Engine.X64;

/// <summary>Integer arithmetic, logic, shifts, bit counts and comparisons.</summary>
internal abstract unsafe class IntegerAssembler : MoveAssembler
{
    private protected IntegerAssembler(int capacity)
        : base(capacity)
    {
    }

    /// <summary><c>op dst, src</c>.</summary>
    public void Alu(AluOp op, OpSize size, Gpr dst, Gpr src) =>
        _cursor = Encode(((int)op << 3) | 2 | Sized(size), (int)dst, (int)src);

    /// <summary><c>op dst, [src]</c>.</summary>
    public void Alu(AluOp op, OpSize size, Gpr dst, Mem src) =>
        _cursor = Encode(((int)op << 3) | 2 | Sized(size), (int)dst, src);

    /// <summary><c>op [dst], src</c>.</summary>
    public void Alu(AluOp op, OpSize size, Mem dst, Gpr src) =>
        _cursor = Encode(((int)op << 3) | Sized(size), (int)src, dst);

    /// <summary><c>op dst, immediate</c>; a 64-bit operation sign-extends the immediate, a narrow one takes its low bits.</summary>
    public void Alu(AluOp op, OpSize size, Gpr dst, int immediate)
    {
        if (size != OpSize.Byte && FitsByte(size, immediate))
        {
            _cursor = Immediate8(Encode(0x82 | GroupSized(size), (int)op, (int)dst), immediate);
        }
        else if (dst == Gpr.Rax)
        {
            var bits = ((int)op << 3) | 4 | GroupSized(size);
            _cursor = Immediate(EncodeOpcode(Reserve(), bits, (bits & W) >> (WShift - 3)), size, immediate);
        }
        else
        {
            _cursor = Immediate(Encode(0x80 | GroupSized(size), (int)op, (int)dst), size, immediate);
        }
    }

    /// <summary><c>op [dst], immediate</c>; a 64-bit operation sign-extends the immediate, a narrow one takes its low bits.</summary>
    public void Alu(AluOp op, OpSize size, Mem dst, int immediate)
    {
        if (size != OpSize.Byte && FitsByte(size, immediate))
        {
            _cursor = Immediate8(Encode(0x82 | GroupSized(size), (int)op, dst, 1), immediate);
        }
        else
        {
            _cursor = Immediate(Encode(0x80 | GroupSized(size), (int)op, dst, ImmediateBytes(size)), size, immediate);
        }
    }

    /// <summary><c>op dst, 0</c> with a 32-bit immediate for <see cref="CodeBuffer.PatchInt32"/>, such as a frame size.</summary>
    /// <param name="op">The operation.</param>
    /// <param name="size">32 or 64 bits.</param>
    /// <param name="dst">The register.</param>
    /// <returns>The offset of the immediate.</returns>
    public int AluPatchable(AluOp op, OpSize size, Gpr dst)
    {
        var p = Encode(0x80 | GroupSized(size), (int)op, (int)dst);
        _cursor = Immediate32(p, 0);
        return PositionOf(p);
    }

    /// <summary><c>op [dst], immediate</c> with a 32-bit immediate whatever its value is, for code in which it may be replaced.</summary>
    /// <param name="op">The operation.</param>
    /// <param name="size">32 or 64 bits.</param>
    /// <param name="dst">The place.</param>
    /// <param name="immediate">The immediate, which a 64-bit operation sign-extends.</param>
    /// <returns>The offset of the immediate.</returns>
    public int AluPatchable(AluOp op, OpSize size, Mem dst, int immediate)
    {
        var p = Encode(0x80 | GroupSized(size), (int)op, dst, sizeof(int));
        _cursor = Immediate32(p, immediate);
        return PositionOf(p);
    }

    /// <summary>Clears all 64 bits of a register (<c>xor</c>), which changes the flags.</summary>
    public void Zero(Gpr dst) => Alu(AluOp.Xor, OpSize.Dword, dst, dst);

    /// <summary><c>test a, b</c>.</summary>
    public void Test(OpSize size, Gpr a, Gpr b) => _cursor = Encode(0x84 | Sized(size), (int)b, (int)a);

    /// <summary><c>test [a], b</c>.</summary>
    public void Test(OpSize size, Mem a, Gpr b) => _cursor = Encode(0x84 | Sized(size), (int)b, a);

    /// <summary><c>test a, immediate</c>.</summary>
    public void Test(OpSize size, Gpr a, int immediate)
    {
        var bits = GroupSized(size);
        var p = a == Gpr.Rax
            ? EncodeOpcode(Reserve(), 0xA8 | bits, (bits & W) >> (WShift - 3))
            : Encode(0xF6 | bits, 0, (int)a);
        _cursor = Immediate(p, size, immediate);
    }

    /// <summary><c>test [a], immediate</c>.</summary>
    public void Test(OpSize size, Mem a, int immediate) =>
        _cursor = Immediate(Encode(0xF6 | GroupSized(size), 0, a, ImmediateBytes(size)), size, immediate);

    /// <summary><c>op operand</c>.</summary>
    public void Unary(UnaryOp op, OpSize size, Gpr operand) =>
        _cursor = Encode(UnaryOpcode(op) | GroupSized(size), (int)op & 7, (int)operand);

    /// <summary><c>op [operand]</c>.</summary>
    public void Unary(UnaryOp op, OpSize size, Mem operand) =>
        _cursor = Encode(UnaryOpcode(op) | GroupSized(size), (int)op & 7, operand);

    /// <summary><c>imul dst, src</c>; not for bytes.</summary>
    public void Imul(OpSize size, Gpr dst, Gpr src) => _cursor = Encode(M0F | 0xAF | Wide(size), (int)dst, (int)src);

    /// <summary><c>imul dst, [src]</c>; not for bytes.</summary>
    public void Imul(OpSize size, Gpr dst, Mem src) => _cursor = Encode(M0F | 0xAF | Wide(size), (int)dst, src);

    /// <summary><c>imul dst, src, immediate</c>; not for bytes.</summary>
    public void Imul(OpSize size, Gpr dst, Gpr src, int immediate) => _cursor = FitsByte(size, immediate)
        ? Immediate8(Encode(0x6B | Wide(size), (int)dst, (int)src), immediate)
        : Immediate(Encode(0x69 | Wide(size), (int)dst, (int)src), size, immediate);

    /// <summary><c>imul dst, [src], immediate</c>; not for bytes.</summary>
    public void Imul(OpSize size, Gpr dst, Mem src, int immediate) => _cursor = FitsByte(size, immediate)
        ? Immediate8(Encode(0x6B | Wide(size), (int)dst, src, 1), immediate)
        : Immediate(Encode(0x69 | Wide(size), (int)dst, src, ImmediateBytes(size)), size, immediate);

    /// <summary>Sign-extends <c>eax</c> into <c>edx:eax</c> (<c>cdq</c>), or <c>rax</c> into <c>rdx:rax</c> (<c>cqo</c>).</summary>
    /// <param name="size">32 or 64 bits.</param>
    public void Cdq(OpSize size)
    {
        var bits = 0x99 | Wide(size);
        _cursor = EncodeOpcode(Reserve(), bits, (bits & W) >> (WShift - 3));
    }

    /// <summary><c>op dst, count</c> with a constant count; the flags stay if the count is 0.</summary>
    public void Shift(ShiftOp op, OpSize size, Gpr dst, int count) => _cursor = count == 1
        ? Encode(0xD0 | GroupSized(size), (int)op, (int)dst)
        : Immediate8(Encode(0xC0 | GroupSized(size), (int)op, (int)dst), count);

    /// <summary><c>op dst, cl</c>.</summary>
    public void ShiftCl(ShiftOp op, OpSize size, Gpr dst) => _cursor = Encode(0xD2 | GroupSized(size), (int)op, (int)dst);

    /// <summary><c>op dst, src, count</c> for 32 and 64 bits. Needs <see cref="CpuFeatures.Bmi2"/>.</summary>
    public void ShiftX(ShiftXOp op, OpSize size, Gpr dst, Gpr src, Gpr count) =>
        _cursor = EncodeVex((int)op | (Wide(size) & W), (int)dst, (int)count, (int)src);

    /// <summary><c>op dst, [src], count</c> for 32 and 64 bits. Needs <see cref="CpuFeatures.Bmi2"/>.</summary>
    public void ShiftX(ShiftXOp op, OpSize size, Gpr dst, Mem src, Gpr count) =>
        _cursor = EncodeVex((int)op | (Wide(size) & W), (int)dst, (int)count, src);

    /// <summary><c>rorx dst, src, count</c> for 32 and 64 bits. Needs <see cref="CpuFeatures.Bmi2"/>.</summary>
    public void Rorx(OpSize size, Gpr dst, Gpr src, int count) =>
        _cursor = Immediate8(EncodeVex(PF2 | M0F3A | 0xF0 | (Wide(size) & W), (int)dst, 0, (int)src), count);

    /// <summary><c>op dst, src</c> for 32 and 64 bits.</summary>
    public void Bits(BitOp op, OpSize size, Gpr dst, Gpr src) => _cursor = Encode((int)op | (Wide(size) & W), (int)dst, (int)src);

    /// <summary><c>op dst, [src]</c> for 32 and 64 bits.</summary>
    public void Bits(BitOp op, OpSize size, Gpr dst, Mem src) => _cursor = Encode((int)op | (Wide(size) & W), (int)dst, src);

    /// <summary><c>bt value, bit</c>: copies a bit into the carry flag; for 32 and 64 bits.</summary>
    public void Bt(OpSize size, Gpr value, Gpr bit) => _cursor = Encode(M0F | 0xA3 | Wide(size), (int)bit, (int)value);

    /// <summary><c>bt value, bit</c>: copies a bit into the carry flag; for 32 and 64 bits.</summary>
    public void Bt(OpSize size, Gpr value, int bit) =>
        _cursor = Immediate8(Encode(M0F | 0xBA | Wide(size), 4, (int)value), bit);

    /// <summary><c>setcc dst</c>: the low byte becomes 1 or 0, the others stay.</summary>
    public void Setcc(Condition condition, Gpr dst) => _cursor = Encode(M0F | ByteRm | 0x90 | (int)condition, 0, (int)dst);

    /// <summary><c>setcc [dst]</c>.</summary>
    public void Setcc(Condition condition, Mem dst) => _cursor = Encode(M0F | 0x90 | (int)condition, 0, dst);

    private static int UnaryOpcode(UnaryOp op) => op >= UnaryOp.Inc ? 0xFE : 0xF6;

    /// <summary>Whether a sign-extended byte stands for the immediate of an operation of this size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool FitsByte(OpSize size, int immediate) =>
        (size == OpSize.Word ? (short)immediate : immediate) == (sbyte)immediate;
}
