namespace Harness.Engine.Optimizer.Lowering;

/// <summary>What an operand is to its instruction, and until when an input is read.</summary>
internal enum OperandRole : byte
{
    /// <summary>Read before anything is written: it may share its register with a result.</summary>
    Use,

    /// <summary>Read after the instruction's fixed registers are written.</summary>
    UseAfterClobber,

    /// <summary>Read to the end: it shares its register with no result.</summary>
    UseLate,

    /// <summary>Passed to a block parameter at the end of the block.</summary>
    UseAtEnd,

    /// <summary>Written.</summary>
    Def,
}

/// <summary>Where an operand must be.</summary>
internal enum OperandPlace : byte
{
    /// <summary>Anywhere; being in a register makes nothing faster.</summary>
    Anywhere,

    /// <summary>In a register or in a slot of the frame.</summary>
    Any,

    /// <summary>In a register.</summary>
    Register,
}

/// <summary>An operand of a low-level instruction.</summary>
/// <param name="Value">
/// A virtual register; or, if negative, the complement of a constant node's id. Constants occur only where an operand may be
/// anywhere.
/// </param>
/// <param name="Role">What it is to the instruction.</param>
/// <param name="Place">Where it must be.</param>
/// <param name="Hint">Number of the register that would suit it best; <see cref="NoHint"/> if none.</param>
internal readonly record struct LirOperand(int Value, OperandRole Role, OperandPlace Place, byte Hint = LirOperand.NoHint)
{
    /// <summary>No register would suit better than another.</summary>
    public const byte NoHint = 0xFF;

    /// <summary>Whether it is a constant rather than a virtual register.</summary>
    public bool IsConstant => Value < 0;

    /// <summary>The node of a constant.</summary>
    public int ConstantNode => ~Value;
}
