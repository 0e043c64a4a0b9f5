using static Harness.Engine.X64.InstructionBits;

namespace Harness.Engine.X64;

/// <summary>Scalar floating point, in the legacy and in the three-operand encoding.</summary>
internal abstract unsafe class ScalarAssembler : ControlAssembler
{
    private const int Roundss = P66 | M0F3A | 0x0A;
    private const int Roundsd = P66 | M0F3A | 0x0B;

    private protected ScalarAssembler(int capacity)
        : base(capacity)
    {
    }

    /// <summary><c>op dst, src</c>.</summary>
    public void Sse(SseOp op, Xmm dst, Xmm src) => _cursor = Encode((int)op, (int)dst, (int)src);

    /// <summary><c>op dst, [src]</c>; packed operations want the memory aligned to 16 bytes.</summary>
    public void Sse(SseOp op, Xmm dst, Mem src) => _cursor = Encode((int)op, (int)dst, src);

    /// <summary><c>op dst, src</c>; keeps the upper bits of <paramref name="dst"/>, on which it therefore depends.</summary>
    public void Cvt(IntToFloatOp op, Xmm dst, Gpr src) => _cursor = Encode((int)op, (int)dst, (int)src);

    /// <summary><c>op dst, [src]</c>; keeps the upper bits of <paramref name="dst"/>, on which it therefore depends.</summary>
    public void Cvt(IntToFloatOp op, Xmm dst, Mem src) => _cursor = Encode((int)op, (int)dst, src);

    /// <summary><c>op dst, src</c>.</summary>
    public void Cvt(FloatToIntOp op, Gpr dst, Xmm src) => _cursor = Encode((int)op, (int)dst, (int)src);

    /// <summary><c>op dst, [src]</c>; not for the extraction of sign bits.</summary>
    public void Cvt(FloatToIntOp op, Gpr dst, Mem src) => _cursor = Encode((int)op, (int)dst, src);

    /// <summary><c>roundss</c> (dword) or <c>roundsd</c> (qword).</summary>
    public void Round(OpSize size, Xmm dst, Xmm src, RoundingMode mode) =>
        _cursor = Immediate8(Encode(RoundOpcode(size), (int)dst, (int)src), (int)mode);

    /// <summary><c>roundss</c> (dword) or <c>roundsd</c> (qword) from memory.</summary>
    public void Round(OpSize size, Xmm dst, Mem src, RoundingMode mode) =>
        _cursor = Immediate8(Encode(RoundOpcode(size), (int)dst, src, 1), (int)mode);

    /// <summary>
    /// Clears the upper parts of all vector registers (<c>vzeroupper</c>), where there are any. After code of the host, which
    /// may have used them, mixing legacy and three-operand encodings costs tens of nanoseconds an instruction otherwise.
    /// </summary>
    public void ClearUpperVectors()
    {
        if (!CpuFeatures.Avx)
        {
            return;
        }

        var p = Reserve();
        p[0] = 0xC5;
        p[1] = 0xF8;
        p[2] = 0x77;
        _cursor = p + 3;
    }

    /// <summary>Copies a whole vector register (<c>movaps</c>).</summary>
    public void MovAps(Xmm dst, Xmm src) => _cursor = Encode(M0F | 0x28, (int)dst, (int)src);

    /// <summary><c>movaps dst, [src]</c>, aligned to 16 bytes.</summary>
    public void MovAps(Xmm dst, Mem src) => _cursor = Encode(M0F | 0x28, (int)dst, src);

    /// <summary><c>movaps [dst], src</c>, aligned to 16 bytes.</summary>
    public void MovAps(Mem dst, Xmm src) => _cursor = Encode(M0F | 0x29, (int)src, dst);

    /// <summary><c>movups dst, [src]</c>.</summary>
    public void MovUps(Xmm dst, Mem src) => _cursor = Encode(M0F | 0x10, (int)dst, src);

    /// <summary><c>movups [dst], src</c>.</summary>
    public void MovUps(Mem dst, Xmm src) => _cursor = Encode(M0F | 0x11, (int)src, dst);

    /// <summary>Loads a single (dword) or double (qword) and clears the rest: <c>movss</c>, <c>movsd</c>.</summary>
    public void MovScalar(OpSize size, Xmm dst, Mem src) =>
        Sse(size == OpSize.Dword ? SseOp.MovSs : SseOp.MovSd, dst, src);

    /// <summary>Stores a single (dword) or double (qword): <c>movss</c>, <c>movsd</c>.</summary>
    public void MovScalar(OpSize size, Mem dst, Xmm src) =>
        _cursor = Encode((int)(size == OpSize.Dword ? SseOp.MovSs : SseOp.MovSd) | 1, (int)src, dst);

    /// <summary>Copies 32 or 64 bits to a vector register and clears the rest: <c>movd</c>, <c>movq</c>.</summary>
    public void MovBits(OpSize size, Xmm dst, Gpr src) => _cursor = Encode(P66 | M0F | 0x6E | (Wide(size) & W), (int)dst, (int)src);

    /// <summary>Copies 32 or 64 bits from a vector register: <c>movd</c>, <c>movq</c>.</summary>
    public void MovBits(OpSize size, Gpr dst, Xmm src) => _cursor = Encode(P66 | M0F | 0x7E | (Wide(size) & W), (int)src, (int)dst);

    /// <summary><c>vop dst, a, b</c>. Needs <see cref="CpuFeatures.Avx"/>; not for <c>ucomis</c>.</summary>
    /// <param name="op">The operation.</param>
    /// <param name="dst">The destination.</param>
    /// <param name="a">The first operand, and the source of the upper bits. Square roots and conversions have only upper bits from it.</param>
    /// <param name="b">The second operand.</param>
    public void Vex(SseOp op, Xmm dst, Xmm a, Xmm b) => _cursor = EncodeVex((int)op, (int)dst, (int)a, (int)b);

    /// <summary><c>vop dst, a, [b]</c>; not for <c>ucomis</c>, <c>movss</c> and <c>movsd</c>.</summary>
    /// <inheritdoc cref="Vex(SseOp, Xmm, Xmm, Xmm)"/>
    public void Vex(SseOp op, Xmm dst, Xmm a, Mem b) => _cursor = EncodeVex((int)op, (int)dst, (int)a, b);

    /// <summary>Copies a whole vector register (<c>vmovaps</c>). Needs <see cref="CpuFeatures.Avx"/>.</summary>
    public void VexMovAps(Xmm dst, Xmm src) => _cursor = EncodeVex(M0F | 0x28, (int)dst, 0, (int)src);

    /// <summary>
    /// Loads a single (dword) or double (qword) and clears the rest: <c>vmovss</c>, <c>vmovsd</c>. Needs
    /// <see cref="CpuFeatures.Avx"/>.
    /// </summary>
    public void VexMovScalar(OpSize size, Xmm dst, Mem src) =>
        _cursor = EncodeVex((int)(size == OpSize.Dword ? SseOp.MovSs : SseOp.MovSd), (int)dst, 0, src);

    /// <summary>
    /// Copies 32 or 64 bits to a vector register and clears the rest: <c>vmovd</c>, <c>vmovq</c>. Needs
    /// <see cref="CpuFeatures.Avx"/>.
    /// </summary>
    public void VexMovBits(OpSize size, Xmm dst, Gpr src) =>
        _cursor = EncodeVex(P66 | M0F | 0x6E | (Wide(size) & W), (int)dst, 0, (int)src);

    /// <summary><c>vcvtsi2s* dst, upper, src</c>. Needs <see cref="CpuFeatures.Avx"/>.</summary>
    public void Vex(IntToFloatOp op, Xmm dst, Xmm upper, Gpr src) => _cursor = EncodeVex((int)op, (int)dst, (int)upper, (int)src);

    /// <summary><c>vcvtsi2s* dst, upper, [src]</c>. Needs <see cref="CpuFeatures.Avx"/>.</summary>
    public void Vex(IntToFloatOp op, Xmm dst, Xmm upper, Mem src) => _cursor = EncodeVex((int)op, (int)dst, (int)upper, src);

    /// <summary><c>vroundss</c> (dword) or <c>vroundsd</c> (qword). Needs <see cref="CpuFeatures.Avx"/>.</summary>
    public void VexRound(OpSize size, Xmm dst, Xmm upper, Xmm src, RoundingMode mode) =>
        _cursor = Immediate8(EncodeVex(RoundOpcode(size), (int)dst, (int)upper, (int)src), (int)mode);

    /// <summary><c>vroundss</c> (dword) or <c>vroundsd</c> (qword) from memory. Needs <see cref="CpuFeatures.Avx"/>.</summary>
    public void VexRound(OpSize size, Xmm dst, Xmm upper, Mem src, RoundingMode mode) =>
        _cursor = Immediate8(EncodeVex(RoundOpcode(size), (int)dst, (int)upper, src, 1), (int)mode);

    private static int RoundOpcode(OpSize size) => size == OpSize.Dword ? Roundss : Roundsd;
}
