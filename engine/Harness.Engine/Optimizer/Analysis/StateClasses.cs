using System.Numerics;

namespace Harness.Engine.Optimizer.Analysis;

/// <summary>
/// A set of the classes of <see cref="StateVersions"/>: numbers from 0 to 127. Two words rather than an integer of 128 bits, which the .NET runtime compiles in each
/// process anew, together with whatever touches it.
/// </summary>
/// <param name="Low">The numbers below 64, as bits.</param>
/// <param name="High">The others.</param>
internal readonly record struct StateClasses(ulong Low, ulong High)
{
    /// <summary>How many numbers there are.</summary>
    public const int MaxCount = 2 * WordBits;

    private const int WordBits = 64;

    /// <summary>All numbers.</summary>
    public static StateClasses All => new(ulong.MaxValue, ulong.MaxValue);

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => (Low | High) == 0;

    /// <summary>The lowest; <see cref="MaxCount"/> if there is none.</summary>
    public int Lowest => Low != 0 ? BitOperations.TrailingZeroCount(Low) : WordBits + BitOperations.TrailingZeroCount(High);

    /// <summary>All but the lowest.</summary>
    public StateClasses WithoutLowest => Low != 0 ? new(Low & (Low - 1), High) : new(0, High & (High - 1));

    /// <summary>One number.</summary>
    public static StateClasses Of(int number) => number < WordBits ? new(1UL << number, 0) : new(0, 1UL << (number - WordBits));

    /// <summary>A number and all above it.</summary>
    public static StateClasses From(int number) =>
        number < WordBits ? new(ulong.MaxValue << number, ulong.MaxValue) : new(0, ulong.MaxValue << (number - WordBits));

    /// <summary>What is in either.</summary>
    public static StateClasses operator |(StateClasses left, StateClasses right) => new(left.Low | right.Low, left.High | right.High);

    /// <summary>What is in one, but not in the other.</summary>
    public StateClasses Except(StateClasses other) => new(Low & ~other.Low, High & ~other.High);
}
