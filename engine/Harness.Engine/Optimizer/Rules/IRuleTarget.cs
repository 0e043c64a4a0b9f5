using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Rules;

/// <summary>
/// What the matcher of rules looks at and puts results into. A value is a number; where several operations are known to give it, as in an e-graph, each is a form of it.
/// Constants are bits, those of 32-bit types sign-extended.
/// </summary>
internal interface IRuleTarget
{
    /// <summary>The operator of a form.</summary>
    Opcode OpOf(int form);

    /// <summary>An operand of a form: a value.</summary>
    int InputOf(int form, int index);

    /// <summary>The first form of a value.</summary>
    int FirstFormOf(int value);

    /// <summary>The form of the same value after another one; -1 if there is none.</summary>
    int FormAfter(int form);

    /// <summary>Whether two values are known to be the same.</summary>
    bool IsSame(int value, int other);

    /// <summary>The bits of a value that is a constant.</summary>
    bool TryConstant(int value, out long bits);

    /// <summary>Whether a value, an i32, is 0 or 1.</summary>
    bool IsBoolean(int value);

    /// <summary>A constant.</summary>
    int Constant(IrType type, long bits);

    /// <summary>An operation within a result.</summary>
    int Make(Opcode op, IrType type, int x, int y = -1);

    /// <summary>The form that rules were applied to is the same as a value.</summary>
    /// <returns>Whether that is enough; else further rules are tried.</returns>
    bool Becomes(int root, int value);

    /// <summary>The form that rules were applied to is a constant of its type.</summary>
    /// <inheritdoc cref="Becomes(int, int)"/>
    bool BecomesConstant(int root, long bits);

    /// <summary>The form that rules were applied to gives the same as an operation of its type on values.</summary>
    /// <inheritdoc cref="Becomes(int, int)"/>
    bool Becomes(int root, Opcode op, int x, int y = -1, int z = -1);
}
