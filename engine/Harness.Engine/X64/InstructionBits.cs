namespace Harness.Engine.X64;

/// <summary>
/// The fixed part of an instruction's encoding packed into 16 bits: the opcode byte, its map, the mandatory prefix and the
/// width bit. The legacy and the VEX encoding are both made from it. Enumerations of instructions have these as values.
/// </summary>
internal static class InstructionBits
{
    /// <summary>Mandatory prefix (or operand size prefix) 66.</summary>
    public const int P66 = 1 << PrefixShift;

    /// <summary>Mandatory prefix F3.</summary>
    public const int PF3 = 2 << PrefixShift;

    /// <summary>Mandatory prefix F2.</summary>
    public const int PF2 = 3 << PrefixShift;

    /// <summary>Opcode map 0F.</summary>
    public const int M0F = 1 << MapShift;

    /// <summary>Opcode map 0F 38.</summary>
    public const int M0F38 = 2 << MapShift;

    /// <summary>Opcode map 0F 3A.</summary>
    public const int M0F3A = 3 << MapShift;

    /// <summary>REX.W or VEX.W: a 64-bit operand.</summary>
    public const int W = 1 << WShift;

    /// <summary>The register of the <c>reg</c> field is a byte register, so that numbers 4 to 7 need a REX prefix.</summary>
    public const int ByteReg = 1 << 13;

    /// <summary>The register of the <c>rm</c> field is a byte register.</summary>
    public const int ByteRm = 1 << 14;

    /// <summary>The position of the prefix: 0 none, 1 66, 2 F3, 3 F2, as in a VEX prefix.</summary>
    public const int PrefixShift = 8;

    /// <summary>The position of the map: 0 none, 1 0F, 2 0F 38, 3 0F 3A, as in a VEX prefix.</summary>
    public const int MapShift = 10;

    /// <summary>The position of <see cref="W"/>.</summary>
    public const int WShift = 12;
}
