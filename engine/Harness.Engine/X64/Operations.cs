using static Harness.Engine.X64.InstructionBits;

namespace Harness.Engine.X64;

/// <summary>A two-operand integer operation; the value is its number in the encoding.</summary>
internal enum AluOp : byte
{
    Add,
    Or,
    Adc,
    Sbb,
    And,
    Sub,
    Xor,
    Cmp,
}

/// <summary>A shift or rotation; the value is the opcode extension.</summary>
internal enum ShiftOp : byte
{
    Rol = 0,
    Ror = 1,
    Shl = 4,
    Shr = 5,
    Sar = 7,
}

/// <summary>
/// An operation of one register or memory operand. The multiplications and divisions have <c>rdx:rax</c> as the other.
/// The value is the opcode extension, plus 8 for the second opcode group.
/// </summary>
internal enum UnaryOp : byte
{
    Not = 2,
    Neg = 3,
    Mul = 4,
    Imul = 5,
    Div = 6,
    Idiv = 7,
    Inc = 8,
    Dec = 9,
}

/// <summary>A bit count or scan of a 16-, 32- or 64-bit operand.</summary>
internal enum BitOp : ushort
{
    Bsf = M0F | 0xBC,
    Bsr = M0F | 0xBD,
    Popcnt = PF3 | M0F | 0xB8,

    /// <summary>Needs <see cref="CpuFeatures.Bmi1"/>.</summary>
    Tzcnt = PF3 | M0F | 0xBC,

    /// <summary>Needs <see cref="CpuFeatures.Lzcnt"/>.</summary>
    Lzcnt = PF3 | M0F | 0xBD,
}

/// <summary>A shift by any register that leaves the flags alone. Needs <see cref="CpuFeatures.Bmi2"/>.</summary>
internal enum ShiftXOp : ushort
{
    Shlx = P66 | M0F38 | 0xF7,
    Sarx = PF3 | M0F38 | 0xF7,
    Shrx = PF2 | M0F38 | 0xF7,
}

/// <summary>
/// An operation between vector registers. The legacy form overwrites its first source; the three-operand form, of the same
/// bits, needs <see cref="CpuFeatures.Avx"/>.
/// </summary>
internal enum SseOp : ushort
{
    /// <summary>From memory: loads and clears the rest; between registers: replaces the low 32 bits.</summary>
    MovSs = PF3 | M0F | 0x10,

    /// <summary>From memory: loads and clears the rest; between registers: replaces the low 64 bits.</summary>
    MovSd = PF2 | M0F | 0x10,

    AddSs = PF3 | M0F | 0x58,
    AddSd = PF2 | M0F | 0x58,
    MulSs = PF3 | M0F | 0x59,
    MulSd = PF2 | M0F | 0x59,
    SubSs = PF3 | M0F | 0x5C,
    SubSd = PF2 | M0F | 0x5C,
    MinSs = PF3 | M0F | 0x5D,
    MinSd = PF2 | M0F | 0x5D,
    DivSs = PF3 | M0F | 0x5E,
    DivSd = PF2 | M0F | 0x5E,
    MaxSs = PF3 | M0F | 0x5F,
    MaxSd = PF2 | M0F | 0x5F,
    SqrtSs = PF3 | M0F | 0x51,
    SqrtSd = PF2 | M0F | 0x51,

    /// <summary>Single to double precision.</summary>
    CvtSs2Sd = PF3 | M0F | 0x5A,

    /// <summary>Double to single precision.</summary>
    CvtSd2Ss = PF2 | M0F | 0x5A,

    AndPs = M0F | 0x54,
    AndPd = P66 | M0F | 0x54,
    AndnPs = M0F | 0x55,
    AndnPd = P66 | M0F | 0x55,
    OrPs = M0F | 0x56,
    OrPd = P66 | M0F | 0x56,
    XorPs = M0F | 0x57,
    XorPd = P66 | M0F | 0x57,

    /// <summary>Sets the flags; has only the two-operand form.</summary>
    UcomiSs = M0F | 0x2E,

    /// <summary>Sets the flags; has only the two-operand form.</summary>
    UcomiSd = P66 | M0F | 0x2E,
}

/// <summary>A conversion from a signed integer of 32 or 64 bits to floating point.</summary>
internal enum IntToFloatOp : ushort
{
    CvtSi32ToSs = PF3 | M0F | 0x2A,
    CvtSi32ToSd = PF2 | M0F | 0x2A,
    CvtSi64ToSs = PF3 | M0F | W | 0x2A,
    CvtSi64ToSd = PF2 | M0F | W | 0x2A,
}

/// <summary>A truncating conversion to a signed integer of 32 or 64 bits, or the extraction of sign bits.</summary>
internal enum FloatToIntOp : ushort
{
    CvttSsToSi32 = PF3 | M0F | 0x2C,
    CvttSdToSi32 = PF2 | M0F | 0x2C,
    CvttSsToSi64 = PF3 | M0F | W | 0x2C,
    CvttSdToSi64 = PF2 | M0F | W | 0x2C,

    /// <summary>The sign bits of four singles; from a register only.</summary>
    MovMskPs = M0F | 0x50,

    /// <summary>The sign bits of two doubles; from a register only.</summary>
    MovMskPd = P66 | M0F | 0x50,

    /// <summary>The sign bits of sixteen bytes; from a register only.</summary>
    PMovMskB = P66 | M0F | 0xD7,
}

/// <summary>Rounding to an integral floating-point value: the immediate of <c>roundss</c> and <c>roundsd</c>.</summary>
internal enum RoundingMode : byte
{
    Nearest = 8,
    Floor = 9,
    Ceiling = 10,
    Truncate = 11,
}
