using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Rules;

/// <summary>What the rules of algebra look at and put results into.</summary>
internal interface IRuleTarget : IRulePattern
{
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
