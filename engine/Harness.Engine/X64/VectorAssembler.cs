using static Harness.Engine.X64.InstructionBits;

namespace Harness.Engine.X64;

/// <summary>
/// Operations on all lanes of vector registers, in the legacy and in the three-operand encoding. Memory operands of the former are aligned to
/// 16 bytes where they are so wide.
/// </summary>
internal abstract unsafe class VectorAssembler : ScalarAssembler
{
    private protected VectorAssembler(int capacity)
        : base(capacity)
    {
    }

    /// <summary><c>op dst, src</c>.</summary>
    public void Packed(PackedOp op, Xmm dst, Xmm src) => _cursor = Encode((int)op, (int)dst, (int)src);

    /// <summary><c>op dst, [src]</c>.</summary>
    public void Packed(PackedOp op, Xmm dst, Mem src) => _cursor = Encode((int)op, (int)dst, src);

    /// <summary><c>op dst, src, immediate</c>.</summary>
    public void Packed(PackedImmediateOp op, Xmm dst, Xmm src, int immediate) =>
        _cursor = Immediate8(Encode((int)op, (int)dst, (int)src), immediate);

    /// <summary><c>op dst, [src], immediate</c>.</summary>
    public void Packed(PackedImmediateOp op, Xmm dst, Mem src, int immediate) =>
        _cursor = Immediate8(Encode((int)op, (int)dst, src, 1), immediate);

    /// <summary><c>op dst, immediate</c>.</summary>
    public void Packed(PackedShiftOp op, Xmm dst, int count) =>
        _cursor = Immediate8(Encode((int)op & 0xFFFF, (int)op >> 16, (int)dst), count);

    /// <summary><c>vop dst, a, b</c>, for operations with two operands. Needs <see cref="CpuFeatures.Avx"/>.</summary>
    public void Vex(PackedOp op, Xmm dst, Xmm a, Xmm b) => _cursor = EncodeVex((int)op, (int)dst, (int)a, (int)b);

    /// <summary><c>vop dst, a, [b]</c>, for operations with two operands; the memory may lie anywhere.</summary>
    /// <inheritdoc cref="Vex(PackedOp, Xmm, Xmm, Xmm)"/>
    public void Vex(PackedOp op, Xmm dst, Xmm a, Mem b) => _cursor = EncodeVex((int)op, (int)dst, (int)a, b);

    /// <summary><c>vop dst, a, b, immediate</c>, for operations with two operands. Needs <see cref="CpuFeatures.Avx"/>.</summary>
    public void Vex(PackedImmediateOp op, Xmm dst, Xmm a, Xmm b, int immediate) =>
        _cursor = Immediate8(EncodeVex((int)op, (int)dst, (int)a, (int)b), immediate);

    /// <summary><c>vop dst, a, [b], immediate</c>, for operations with two operands; the memory may lie anywhere.</summary>
    /// <inheritdoc cref="Vex(PackedImmediateOp, Xmm, Xmm, Xmm, int)"/>
    public void Vex(PackedImmediateOp op, Xmm dst, Xmm a, Mem b, int immediate) =>
        _cursor = Immediate8(EncodeVex((int)op, (int)dst, (int)a, b, 1), immediate);

    /// <summary><c>vop dst, src, immediate</c>. Needs <see cref="CpuFeatures.Avx"/>.</summary>
    public void Vex(PackedShiftOp op, Xmm dst, Xmm src, int count) =>
        _cursor = Immediate8(EncodeVex((int)op & 0xFFFF, (int)op >> 16, (int)dst, (int)src), count);

    /// <summary><c>vop dst, a, b</c>, where the destination is an operand too. Needs <see cref="CpuFeatures.Fma"/>.</summary>
    public void Vex(FusedOp op, Xmm dst, Xmm a, Xmm b) => _cursor = EncodeVex((int)op, (int)dst, (int)a, (int)b);

    /// <summary><c>vop dst, src</c>. Needs <see cref="CpuFeatures.Avx2"/>.</summary>
    public void Vex(BroadcastOp op, Xmm dst, Xmm src) => _cursor = EncodeVex((int)op, (int)dst, 0, (int)src);

    /// <summary><c>vop dst, [src]</c>, from as many bytes as a lane has. Needs what the operation says.</summary>
    public void Vex(BroadcastOp op, Xmm dst, Mem src) => _cursor = EncodeVex((int)op, (int)dst, 0, src);

    /// <summary>Copies a lane of 8, 16, 32 or 64 bits, zero-extended (<c>pextrb</c> to <c>pextrq</c>).</summary>
    public void ExtractLane(OpSize size, Gpr dst, Xmm src, int lane) =>
        _cursor = Immediate8(Encode(ExtractOpcode(size), (int)src, (int)dst), lane);

    /// <summary>Stores a lane of 8, 16, 32 or 64 bits.</summary>
    public void ExtractLane(OpSize size, Mem dst, Xmm src, int lane) =>
        _cursor = Immediate8(Encode(ExtractOpcode(size), (int)src, dst, 1), lane);

    /// <summary>Replaces a lane of 8, 16, 32 or 64 bits (<c>pinsrb</c> to <c>pinsrq</c>).</summary>
    public void InsertLane(OpSize size, Xmm dst, Gpr src, int lane) =>
        _cursor = Immediate8(Encode(InsertOpcode(size), (int)dst, (int)src), lane);

    /// <summary>Replaces a lane of 8, 16, 32 or 64 bits by what is in memory.</summary>
    public void InsertLane(OpSize size, Xmm dst, Mem src, int lane) =>
        _cursor = Immediate8(Encode(InsertOpcode(size), (int)dst, src, 1), lane);

    private static int ExtractOpcode(OpSize size) => P66 | M0F3A | size switch
    {
        OpSize.Byte => 0x14,
        OpSize.Word => 0x15,
        OpSize.Dword => 0x16,
        _ => W | 0x16,
    };

    private static int InsertOpcode(OpSize size) => size switch
    {
        OpSize.Byte => P66 | M0F3A | 0x20,
        OpSize.Word => P66 | M0F | 0xC4,
        OpSize.Dword => P66 | M0F3A | 0x22,
        _ => P66 | M0F3A | W | 0x22,
    };
}
