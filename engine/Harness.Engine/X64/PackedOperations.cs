using static Harness.Engine.X64.InstructionBits;

namespace Harness.Engine.X64;

/// <summary>
/// An operation on all lanes of vector registers, named as its mnemonic. What it overwrites is its first source, if it has two. All are
/// in x86-64-v2, below which .NET does not run.
/// </summary>
internal enum PackedOp : ushort
{
    /// <summary>No operation.</summary>
    None = 0,

    SqrtPs = M0F | 0x51,
    AddPs = M0F | 0x58,
    MulPs = M0F | 0x59,
    CvtPs2Pd = M0F | 0x5A,
    CvtDq2Ps = M0F | 0x5B,
    SubPs = M0F | 0x5C,
    MinPs = M0F | 0x5D,
    DivPs = M0F | 0x5E,
    MaxPs = M0F | 0x5F,
    UnpckLPs = M0F | 0x14,
    SqrtPd = P66 | M0F | 0x51,
    AddPd = P66 | M0F | 0x58,
    MulPd = P66 | M0F | 0x59,
    CvtPd2Ps = P66 | M0F | 0x5A,
    SubPd = P66 | M0F | 0x5C,
    MinPd = P66 | M0F | 0x5D,
    DivPd = P66 | M0F | 0x5E,
    MaxPd = P66 | M0F | 0x5F,
    UnpckLPd = P66 | M0F | 0x14,
    CvttPd2Dq = P66 | M0F | 0xE6,
    CvttPs2Dq = PF3 | M0F | 0x5B,
    CvtDq2Pd = PF3 | M0F | 0xE6,
    MovDdup = PF2 | M0F | 0x12,
    PunpckLbw = P66 | M0F | 0x60,
    PunpckLwd = P66 | M0F | 0x61,
    PunpckLdq = P66 | M0F | 0x62,
    PackSswb = P66 | M0F | 0x63,
    PcmpGtb = P66 | M0F | 0x64,
    PcmpGtw = P66 | M0F | 0x65,
    PcmpGtd = P66 | M0F | 0x66,
    PackUswb = P66 | M0F | 0x67,
    PunpckHbw = P66 | M0F | 0x68,
    PunpckHwd = P66 | M0F | 0x69,
    PunpckHdq = P66 | M0F | 0x6A,
    PackSsdw = P66 | M0F | 0x6B,
    PunpckLqdq = P66 | M0F | 0x6C,
    PunpckHqdq = P66 | M0F | 0x6D,
    PcmpEqb = P66 | M0F | 0x74,
    PcmpEqw = P66 | M0F | 0x75,
    PcmpEqd = P66 | M0F | 0x76,
    Psrlw = P66 | M0F | 0xD1,
    Psrld = P66 | M0F | 0xD2,
    Psrlq = P66 | M0F | 0xD3,
    Paddq = P66 | M0F | 0xD4,
    PmulLw = P66 | M0F | 0xD5,
    PsubUsb = P66 | M0F | 0xD8,
    PsubUsw = P66 | M0F | 0xD9,
    PminUb = P66 | M0F | 0xDA,
    Pand = P66 | M0F | 0xDB,
    PaddUsb = P66 | M0F | 0xDC,
    PaddUsw = P66 | M0F | 0xDD,
    PmaxUb = P66 | M0F | 0xDE,
    Pandn = P66 | M0F | 0xDF,
    Pavgb = P66 | M0F | 0xE0,
    Psraw = P66 | M0F | 0xE1,
    Psrad = P66 | M0F | 0xE2,
    Pavgw = P66 | M0F | 0xE3,
    PmulHuw = P66 | M0F | 0xE4,
    PmulHw = P66 | M0F | 0xE5,
    PsubSb = P66 | M0F | 0xE8,
    PsubSw = P66 | M0F | 0xE9,
    PminSw = P66 | M0F | 0xEA,
    Por = P66 | M0F | 0xEB,
    PaddSb = P66 | M0F | 0xEC,
    PaddSw = P66 | M0F | 0xED,
    PmaxSw = P66 | M0F | 0xEE,
    Pxor = P66 | M0F | 0xEF,
    Psllw = P66 | M0F | 0xF1,
    Pslld = P66 | M0F | 0xF2,
    Psllq = P66 | M0F | 0xF3,
    PmulUdq = P66 | M0F | 0xF4,
    PmaddWd = P66 | M0F | 0xF5,
    Psubb = P66 | M0F | 0xF8,
    Psubw = P66 | M0F | 0xF9,
    Psubd = P66 | M0F | 0xFA,
    Psubq = P66 | M0F | 0xFB,
    Paddb = P66 | M0F | 0xFC,
    Paddw = P66 | M0F | 0xFD,
    Paddd = P66 | M0F | 0xFE,
    Pshufb = P66 | M0F38 | 0x00,
    PmaddUbsw = P66 | M0F38 | 0x04,
    PmulHrsw = P66 | M0F38 | 0x0B,
    Ptest = P66 | M0F38 | 0x17,
    Pabsb = P66 | M0F38 | 0x1C,
    Pabsw = P66 | M0F38 | 0x1D,
    Pabsd = P66 | M0F38 | 0x1E,
    PmovSxbw = P66 | M0F38 | 0x20,
    PmovSxwd = P66 | M0F38 | 0x23,
    PmovSxdq = P66 | M0F38 | 0x25,
    PmulDq = P66 | M0F38 | 0x28,
    PcmpEqq = P66 | M0F38 | 0x29,
    PackUsdw = P66 | M0F38 | 0x2B,
    PmovZxbw = P66 | M0F38 | 0x30,
    PmovZxwd = P66 | M0F38 | 0x33,
    PmovZxdq = P66 | M0F38 | 0x35,
    PcmpGtq = P66 | M0F38 | 0x37,
    PminSb = P66 | M0F38 | 0x38,
    PminSd = P66 | M0F38 | 0x39,
    PminUw = P66 | M0F38 | 0x3A,
    PminUd = P66 | M0F38 | 0x3B,
    PmaxSb = P66 | M0F38 | 0x3C,
    PmaxSd = P66 | M0F38 | 0x3D,
    PmaxUw = P66 | M0F38 | 0x3E,
    PmaxUd = P66 | M0F38 | 0x3F,
    PmulLd = P66 | M0F38 | 0x40,
}

/// <summary>An operation on vector registers with an immediate of 8 bits.</summary>
internal enum PackedImmediateOp : ushort
{
    ShufPs = M0F | 0xC6,
    PshufD = P66 | M0F | 0x70,
    PshufHw = PF3 | M0F | 0x70,
    PshufLw = PF2 | M0F | 0x70,

    /// <summary>The immediate is a <see cref="PackedComparison"/>.</summary>
    CmpPs = M0F | 0xC2,

    /// <summary>The immediate is a <see cref="PackedComparison"/>.</summary>
    CmpPd = P66 | M0F | 0xC2,

    /// <summary>The immediate is a <see cref="RoundingMode"/>.</summary>
    RoundPs = P66 | M0F3A | 0x08,

    /// <summary>The immediate is a <see cref="RoundingMode"/>.</summary>
    RoundPd = P66 | M0F3A | 0x09,

    PblendW = P66 | M0F3A | 0x0E,
    Palignr = P66 | M0F3A | 0x0F,

    /// <summary>From memory it takes four bytes.</summary>
    InsertPs = P66 | M0F3A | 0x21,
}

/// <summary>
/// A product and a sum of all lanes that are rounded once. Named as its mnemonic, whose digits say which operands are multiplied, and which
/// is added: the first one, the destination, is overwritten. Needs <see cref="CpuFeatures.Fma"/>.
/// </summary>
internal enum FusedOp : ushort
{
    /// <summary>The second times the first, plus the third.</summary>
    Vfmadd213Ps = P66 | M0F38 | 0xA8,

    /// <inheritdoc cref="Vfmadd213Ps"/>
    Vfmadd213Pd = P66 | M0F38 | W | 0xA8,

    /// <summary>The third minus the second times the first.</summary>
    Vfnmadd213Ps = P66 | M0F38 | 0xAC,

    /// <inheritdoc cref="Vfnmadd213Ps"/>
    Vfnmadd213Pd = P66 | M0F38 | W | 0xAC,

    /// <summary>The second times the third, plus the first.</summary>
    Vfmadd231Ps = P66 | M0F38 | 0xB8,

    /// <inheritdoc cref="Vfmadd231Ps"/>
    Vfmadd231Pd = P66 | M0F38 | W | 0xB8,

    /// <summary>The first minus the second times the third.</summary>
    Vfnmadd231Ps = P66 | M0F38 | 0xBC,

    /// <inheritdoc cref="Vfnmadd231Ps"/>
    Vfnmadd231Pd = P66 | M0F38 | W | 0xBC,
}

/// <summary>Copies the lowest lane to all others. From registers it needs <see cref="CpuFeatures.Avx2"/>.</summary>
internal enum BroadcastOp : ushort
{
    /// <summary>From memory it needs <see cref="CpuFeatures.Avx"/> only.</summary>
    VbroadcastSs = P66 | M0F38 | 0x18,

    /// <summary>From memory too it needs <see cref="CpuFeatures.Avx2"/>.</summary>
    Vpbroadcastb = P66 | M0F38 | 0x78,

    /// <inheritdoc cref="Vpbroadcastb"/>
    Vpbroadcastw = P66 | M0F38 | 0x79,
}

/// <summary>A comparison of floating-point lanes, which gives ones where it holds.</summary>
internal enum PackedComparison : byte
{
    Equal = 0,
    Less = 1,
    LessOrEqual = 2,
    Unordered = 3,
    NotEqual = 4,
}

/// <summary>A shift of all lanes by an immediate. The upper half of the value is the opcode extension.</summary>
internal enum PackedShiftOp
{
    Psrlw = (2 << 16) | P66 | M0F | 0x71,
    Psraw = (4 << 16) | P66 | M0F | 0x71,
    Psllw = (6 << 16) | P66 | M0F | 0x71,
    Psrld = (2 << 16) | P66 | M0F | 0x72,
    Psrad = (4 << 16) | P66 | M0F | 0x72,
    Pslld = (6 << 16) | P66 | M0F | 0x72,
    Psrlq = (2 << 16) | P66 | M0F | 0x73,
    Psllq = (6 << 16) | P66 | M0F | 0x73,
}
