using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Numbers;

/// <summary>The forms that numeric instructions have in machine code. Each compiler has one method for a form.</summary>
internal enum NumericFormKind : byte
{
    /// <summary>The instruction is no numeric one, or it has no form.</summary>
    None,

    /// <summary>Result = left op right; the operation is an <see cref="AluOp"/>.</summary>
    Alu,

    /// <summary>Result = left * right.</summary>
    Multiply,

    /// <summary>Result = quotient, or remainder if the operation is 1.</summary>
    Divide,

    /// <summary>
    /// Results = low and high half of left op right, which are low and high halves too; the operation is <see cref="AluOp.Add"/> or
    /// <see cref="AluOp.Sub"/>.
    /// </summary>
    WideAlu,

    /// <summary>Results = low and high half of left * right.</summary>
    WideMultiply,

    /// <summary>Result = left shifted by right; the operation is a <see cref="ShiftOp"/>.</summary>
    Shift,

    /// <summary>Result = number of zeros before the first one.</summary>
    LeadingZeros,

    /// <summary>Result = number of zeros behind the last one.</summary>
    TrailingZeros,

    /// <summary>Result = an instruction on bits, right for every operand; the operation is a <see cref="BitOp"/>.</summary>
    Bits,

    /// <summary>Result = 1 if the operand is zero, else 0.</summary>
    EqualsZero,

    /// <summary>Result = 1 or 0 by a comparison; the operation is a <see cref="Condition"/>.</summary>
    CompareIntegers,

    /// <summary>Result = 1 or 0 by a comparison; the operation is a <see cref="FloatRelation"/>.</summary>
    CompareFloats,

    /// <summary>Result = left op right; the operation is a <see cref="SseOp"/>.</summary>
    FloatBinary,

    /// <summary>Result = op operand, a change of width among them; the operation is a <see cref="SseOp"/>.</summary>
    FloatUnary,

    /// <summary>Result = the operand rounded; the operation is a <see cref="RoundingMode"/>.</summary>
    FloatRound,

    /// <summary>Result = the operand without its sign.</summary>
    FloatAbs,

    /// <summary>Result = the operand with the other sign.</summary>
    FloatNegate,

    /// <summary>Result = the smaller.</summary>
    FloatMin,

    /// <summary>Result = the larger.</summary>
    FloatMax,

    /// <summary>Result = the magnitude of left with the sign of right.</summary>
    FloatCopySign,

    /// <summary>Result = the low part of the operand, extended; the operation is the part's <see cref="OpSize"/>.</summary>
    Extend,

    /// <summary>Result = the integer as a float.</summary>
    ConvertToFloat,

    /// <summary>Result = the float as an integer, or a trap.</summary>
    Truncate,

    /// <summary>Result = the float as an integer, or the nearest that there is.</summary>
    TruncateSaturating,

    /// <summary>Result = the bits of the operand.</summary>
    Reinterpret,
}

/// <summary>The relations of floats, in the order of their opcodes.</summary>
internal enum FloatRelation : byte
{
    /// <summary>Equal: not if one is not a number.</summary>
    Equal,

    /// <summary>Not equal: also if one is not a number.</summary>
    NotEqual,

    /// <summary>Less.</summary>
    Less,

    /// <summary>Greater.</summary>
    Greater,

    /// <summary>Less or equal.</summary>
    LessOrEqual,

    /// <summary>Greater or equal.</summary>
    GreaterOrEqual,
}

/// <summary>What a numeric instruction is in machine code.</summary>
/// <param name="Kind">Its form.</param>
/// <param name="Operation">Which of the form's operations; see <see cref="NumericFormKind"/>.</param>
/// <param name="IsSigned">Whether integers are signed, where the operation does not tell.</param>
/// <param name="IsCommutative">
/// Whether operands may be exchanged. Operations on floats may, since no instruction says which of two NaNs it gives.
/// </param>
internal readonly record struct NumericForm(
    NumericFormKind Kind, ushort Operation = 0, bool IsSigned = false, bool IsCommutative = false)
{
    /// <summary>The kind of the first operand.</summary>
    public ValueKind Operand { get; init; }

    /// <summary>The kind of the result, of each if there are two.</summary>
    public ValueKind Result { get; init; }

    /// <summary>Whether it compares.</summary>
    public bool IsComparison => Kind is >= NumericFormKind.EqualsZero and <= NumericFormKind.CompareFloats;

    /// <summary>Width of the operands.</summary>
    public OpSize Size => SizeOf(Operand);

    /// <summary>Width of the result.</summary>
    public OpSize ResultSize => SizeOf(Result);

    private static OpSize SizeOf(ValueKind kind) => kind is ValueKind.I32 or ValueKind.F32 ? OpSize.Dword : OpSize.Qword;
}
