namespace Harness.Dart.Semantics;

/// <summary>
/// Static types of arithmetic on numbers, which follow from those of the operands, and what the context of an operation wants of these (specification of the feature "sound null safety", "Static typing of members
/// of num").
/// </summary>
internal sealed class NumberTypes(DartProgram program)
{
    private readonly TypeSystem _types = program.Types;

    /// <summary>Whether the type of an operator's or method's result follows from the type of its only argument.</summary>
    public static bool IsArithmetic(string member) => member is "+" or "-" or "*" or "%" or "remainder";

    /// <summary>Whether all values of a type are numbers, and there are some.</summary>
    public bool IsNumber(DartType type) => !TypeSystem.IsNever(type) && !TypeSystem.IsDynamic(type) && _types.IsSubtype(type, program.Num);

    /// <summary>What the right operand of an arithmetic operation should be.</summary>
    /// <param name="left">The type of the left operand, a number's.</param>
    /// <param name="context">What the operation's own context wants; null for nothing.</param>
    public DartType OperandContext(DartType left, DartType? context)
    {
        if (WantsOnly(program.Int, context) && _types.IsSubtype(left, program.Int))
        {
            return program.Int;
        }

        return WantsOnly(program.Double, context) && !_types.IsSubtype(left, program.Double) ? program.Double : program.Num;
    }

    /// <summary>What the limits of <c>clamp</c> should be.</summary>
    /// <param name="receiver">The type of the receiver, a number's.</param>
    /// <param name="context">What the call's own context wants; null for nothing.</param>
    public DartType LimitContext(DartType receiver, DartType? context)
    {
        if (WantsOnly(program.Int, context) && _types.IsSubtype(receiver, program.Int))
        {
            return program.Int;
        }

        return WantsOnly(program.Double, context) && _types.IsSubtype(receiver, program.Double) ? program.Double : program.Num;
    }

    /// <summary>The type of an arithmetic operation.</summary>
    /// <param name="left">The type of the left operand, a number's.</param>
    /// <param name="right">The type of the right operand.</param>
    public DartType OperationType(DartType left, DartType right)
    {
        if (_types.IsSubtype(left, program.Double))
        {
            return program.Double;
        }

        if (TypeSystem.IsNever(right))
        {
            return program.Num;
        }

        if (_types.IsSubtype(right, program.Double))
        {
            return program.Double;
        }

        return _types.IsSubtype(left, program.Int) && _types.IsSubtype(right, program.Int) ? program.Int : program.Num;
    }

    /// <summary>The type of <c>clamp</c>.</summary>
    /// <param name="types">The types of the receiver and the limits.</param>
    public DartType ClampType(params DartType[] types)
    {
        if (!Array.TrueForAll(types, IsNumber))
        {
            return program.Num;
        }

        if (Array.TrueForAll(types, type => _types.IsSubtype(type, program.Int)))
        {
            return program.Int;
        }

        return Array.TrueForAll(types, type => _types.IsSubtype(type, program.Double)) ? program.Double : program.Num;
    }

    private bool WantsOnly(InterfaceType type, DartType? context) => context is not null && _types.IsSubtype(type, context) && !_types.IsSubtype(program.Num, context);
}
