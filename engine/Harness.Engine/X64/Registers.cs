namespace Harness.Engine.X64;

/// <summary>A general purpose register; the value is its number in the encoding.</summary>
internal enum Gpr : byte
{
    Rax,
    Rcx,
    Rdx,
    Rbx,
    Rsp,
    Rbp,
    Rsi,
    Rdi,
    R8,
    R9,
    R10,
    R11,
    R12,
    R13,
    R14,
    R15,

    /// <summary>No register: an absent base or index of a memory operand.</summary>
    None = 0xFF,
}

/// <summary>A vector register; the value is its number in the encoding.</summary>
internal enum Xmm : byte
{
    Xmm0,
    Xmm1,
    Xmm2,
    Xmm3,
    Xmm4,
    Xmm5,
    Xmm6,
    Xmm7,
    Xmm8,
    Xmm9,
    Xmm10,
    Xmm11,
    Xmm12,
    Xmm13,
    Xmm14,
    Xmm15,

    /// <summary>No register.</summary>
    None = 0xFF,
}

/// <summary>The width of an integer operand, or of a scalar floating-point one (dword: single, qword: double).</summary>
internal enum OpSize : byte
{
    /// <summary>8 bits.</summary>
    Byte,

    /// <summary>16 bits.</summary>
    Word,

    /// <summary>32 bits.</summary>
    Dword,

    /// <summary>64 bits.</summary>
    Qword,
}
