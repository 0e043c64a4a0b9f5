namespace Harness.Engine.X64;

/// <summary>A condition on the flags; the value is the <c>cc</c> field of <c>jcc</c>, <c>setcc</c> and <c>cmovcc</c>.</summary>
internal enum Condition : byte
{
    Overflow = 0x0,
    NoOverflow = 0x1,
    Below = 0x2,
    AboveOrEqual = 0x3,
    Equal = 0x4,
    NotEqual = 0x5,
    BelowOrEqual = 0x6,
    Above = 0x7,
    Sign = 0x8,
    NoSign = 0x9,
    Parity = 0xA,
    NoParity = 0xB,
    Less = 0xC,
    GreaterOrEqual = 0xD,
    LessOrEqual = 0xE,
    Greater = 0xF,

    Zero = Equal,
    NotZero = NotEqual,
    Carry = Below,
    NoCarry = AboveOrEqual,
}

/// <summary>Relations between conditions.</summary>
internal static class ConditionExtensions
{
    /// <summary>The condition that holds exactly when <paramref name="condition"/> does not.</summary>
    public static Condition Negate(this Condition condition) => (Condition)((int)condition ^ 1);

    /// <summary>The condition that holds of <c>cmp b, a</c> exactly when <paramref name="condition"/> holds of <c>cmp a, b</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The condition is not an ordering or an equality.</exception>
    public static Condition Swap(this Condition condition) => condition switch
    {
        Condition.Equal or Condition.NotEqual => condition,
        Condition.Below => Condition.Above,
        Condition.Above => Condition.Below,
        Condition.BelowOrEqual => Condition.AboveOrEqual,
        Condition.AboveOrEqual => Condition.BelowOrEqual,
        Condition.Less => Condition.Greater,
        Condition.Greater => Condition.Less,
        Condition.LessOrEqual => Condition.GreaterOrEqual,
        Condition.GreaterOrEqual => Condition.LessOrEqual,
        _ => throw new ArgumentOutOfRangeException(nameof(condition), condition, "not a comparison"),
    };
}
