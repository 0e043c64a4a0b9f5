using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Model;

/// <summary>How a test treats operands that are not ordered because one of them is not a number.</summary>
internal enum UnorderedRule : byte
{
    /// <summary>The condition alone is right, for integers and for floating-point orderings.</summary>
    None,

    /// <summary>Equality: false if unordered.</summary>
    IsFalse,

    /// <summary>Inequality: true if unordered.</summary>
    IsTrue,
}

/// <summary>A test of the processor's flags.</summary>
/// <param name="Condition">The condition.</param>
/// <param name="Unordered">What the parity flag adds to it.</param>
internal readonly record struct FlagTest(Condition Condition, UnorderedRule Unordered = UnorderedRule.None)
{
    /// <summary>The test that holds exactly when this one does not.</summary>
    public FlagTest Negate() => new(Condition.Negate(), Unordered switch
    {
        UnorderedRule.IsFalse => UnorderedRule.IsTrue,
        UnorderedRule.IsTrue => UnorderedRule.IsFalse,
        _ => UnorderedRule.None,
    });
}
