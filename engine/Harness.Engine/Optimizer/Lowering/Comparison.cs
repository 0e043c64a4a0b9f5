using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering;

/// <summary>A comparison that an instruction makes itself: how the flags are set, and what they are asked.</summary>
internal struct Comparison
{
    /// <summary>How the flags are set.</summary>
    public CompareKind Kind;

    /// <summary>Width of the operands.</summary>
    public OpSize Size;

    /// <summary>What the flags are asked.</summary>
    public FlagCondition Condition;

    /// <summary>The left operand; 0 if it is the address.</summary>
    public int Left;

    /// <summary>The right operand; 0 if it is the constant or the address.</summary>
    public int Right;

    /// <summary>Whether the right operand is <see cref="Immediate"/>.</summary>
    public bool HasImmediate;

    /// <summary>The right operand as a constant.</summary>
    public long Immediate;

    /// <summary>Whether <see cref="Immediate"/> is the canonical id of a type.</summary>
    public bool IsType;

    /// <summary>Whether an operand is <see cref="Address"/>.</summary>
    public bool HasAddress;

    /// <summary>An operand in memory.</summary>
    public Address Address;
}
