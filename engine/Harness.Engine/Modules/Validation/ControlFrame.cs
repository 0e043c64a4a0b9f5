using System.Collections.Immutable;

namespace Harness.Engine.Modules.Validation;

/// <summary>An open block.</summary>
internal struct ControlFrame
{
    /// <summary>Its type.</summary>
    public BlockSignature Signature;

    /// <summary>What opened it, or its last part.</summary>
    public Opcode Opcode;

    /// <summary>The operand height at its start.</summary>
    public int Floor;

    /// <summary>How many locals had been set at its start of those that have no initial value.</summary>
    public int InitializedLocals;

    /// <summary>Whether the block outside is unreachable already where this one starts.</summary>
    public bool OuterUnreachable;

    /// <summary>The number of operands that a branch to the block takes.</summary>
    public readonly int LabelArity => Opcode == Opcode.Loop ? Signature.ParameterCount : Signature.ResultCount;

    /// <summary>Whether branches to both blocks certainly take the same operands.</summary>
    public readonly bool TakesSameAs(in ControlFrame other) =>
        Opcode != Opcode.Loop && other.Opcode != Opcode.Loop && Signature.IsSame(other.Signature);

    /// <summary>
    /// The types of the operands that a branch to the block takes, where these are more than one. Such arrays are equal if they are the same array, as they are where function type and kind of block are the same.
    /// </summary>
    public readonly ImmutableArray<ValueType> LabelTypes => Opcode == Opcode.Loop ? Signature.Parameters : Signature.Results;

    /// <summary>The type of an operand that a branch to the block takes.</summary>
    public readonly ValueType LabelType(int index) =>
        Opcode == Opcode.Loop ? Signature.Parameter(index) : Signature.Result(index);
}
