using System.Collections.Immutable;

namespace Harness.Engine.Modules;

/// <summary>One operation of a constant expression, in postfix order.</summary>
/// <param name="Opcode">
/// A constant, <c>global.get</c>, <c>ref.null</c>, <c>ref.func</c>, an i32/i64 addition, subtraction or
/// multiplication, or an allocation of the aggregate instructions.
/// </param>
/// <param name="Bits">
/// The constant's bits (an i32 zero-extended); the index of the global or function; the code of the heap type; the
/// canonical id of the type to allocate.
/// </param>
/// <param name="Count">The number of operands of <c>array.new_fixed</c>, else zero.</param>
/// <param name="HighBits">The high half of a vector constant, else zero.</param>
internal readonly record struct ConstOperation(Opcode Opcode, ulong Bits, int Count = 0, ulong HighBits = 0);

/// <summary>A validated constant expression: an initial value or an offset (specification, section 3.4).</summary>
public sealed class ConstExpression
{
    internal ConstExpression(ImmutableArray<ConstOperation> operations) => Operations = operations;

    /// <summary>The operations in postfix order, without the closing <c>end</c>.</summary>
    internal ImmutableArray<ConstOperation> Operations { get; }
}
