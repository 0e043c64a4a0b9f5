using Harness.Engine.X64;

namespace Harness.Engine.Vectors;

/// <summary>The registers and immediates of one vector instruction; which of them count follows from its <see cref="VectorSelection"/>.</summary>
internal struct VectorOperands
{
    /// <summary>The result, unless that is an integer.</summary>
    public Xmm Result;

    /// <summary>The result if it is an integer.</summary>
    public Gpr IntegerResult;

    /// <summary>The first operand, after the exchange of operands that the selection asks for: a vector, or a float in a register.</summary>
    public Xmm A;

    /// <summary>The second operand: a vector or a float. Not the register of the result, unless that may be any.</summary>
    public Xmm B;

    /// <summary>The third operand. Not the register of the result.</summary>
    public Xmm C;

    /// <summary>A register that may be overwritten, where the selection asks for one.</summary>
    public Xmm Temporary;

    /// <summary>An operand that is an integer.</summary>
    public Gpr Integer;

    /// <summary>An operand in memory.</summary>
    public Mem Memory;

    /// <summary>The number of a lane.</summary>
    public int Lane;

    /// <summary>The numbers of the first eight bytes of a shuffle.</summary>
    public ulong Low;

    /// <summary>The numbers of the other eight bytes of a shuffle.</summary>
    public ulong High;
}
