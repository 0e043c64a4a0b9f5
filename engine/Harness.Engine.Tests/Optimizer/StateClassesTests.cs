using Harness.Engine.Optimizer.Analysis;

namespace Harness.Engine.Tests.Optimizer;

/// <summary>Sets of state classes against integers of 128 bits.</summary>
public sealed class StateClassesTests
{
    [Fact]
    public void SetsAreThoseOfTheirBits()
    {
        for (var i = 0; i < StateClasses.MaxCount; i++)
        {
            Assert.Equal(UInt128.One << i, BitsOf(StateClasses.Of(i)));
            Assert.Equal(UInt128.MaxValue << i, BitsOf(StateClasses.From(i)));
            Assert.Equal(i, StateClasses.Of(i).Lowest);
            Assert.Equal(i, StateClasses.From(i).Lowest);
        }

        Assert.Equal(UInt128.MaxValue, BitsOf(StateClasses.All));
        Assert.True(default(StateClasses).IsEmpty);
        Assert.Equal(StateClasses.MaxCount, default(StateClasses).Lowest);
    }

    [Fact]
    public void OperationsAreThoseOfTheirBits()
    {
        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            var left = Next(random);
            var right = Next(random);
            var bits = BitsOf(left);
            Assert.Equal(bits | BitsOf(right), BitsOf(left | right));
            Assert.Equal(bits & ~BitsOf(right), BitsOf(left.Except(right)));
            Assert.Equal(bits == 0, left.IsEmpty);
            Assert.Equal((int)UInt128.TrailingZeroCount(bits), left.Lowest);
            Assert.Equal(bits & (bits - 1), BitsOf(left.WithoutLowest));
        }
    }

    private static UInt128 BitsOf(StateClasses classes) => new(classes.High, classes.Low);

    /// <summary>A few numbers, often none in one of the words.</summary>
    private static StateClasses Next(Random random) => new(NextWord(random), NextWord(random));

    private static ulong NextWord(Random random)
    {
        ulong word = 0;
        for (var left = random.Next(4); left > 0; left--)
        {
            word |= 1UL << random.Next(64);
        }

        return word;
    }
}
