using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Rules;

/// <summary>
/// What a matcher of rules looks at. A value is a number; where several operations are known to give it, as in an e-graph, each is a form of it. Constants are bits, those of 32-bit types
/// sign-extended.
/// </summary>
internal interface IRulePattern
{
    /// <summary>The operator of a form.</summary>
    Opcode OpOf(int form);

    /// <summary>An operand of a form: a value.</summary>
    int InputOf(int form, int index);

    /// <summary>The first form of a value that a pattern may look into; -1 if there is none.</summary>
    int FirstFormOf(int value);

    /// <summary>The form of the same value after another one; -1 if there is none.</summary>
    int FormAfter(int form);

    /// <summary>Whether two values are known to be the same.</summary>
    bool IsSame(int value, int other);

    /// <summary>The bits of a value that is a constant.</summary>
    bool TryConstant(int value, out long bits);

    /// <summary>Whether a value, an i32, is 0 or 1.</summary>
    bool IsBoolean(int value);
}
