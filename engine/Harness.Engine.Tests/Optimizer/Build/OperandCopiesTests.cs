using Harness.Engine.Optimizer.Build;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Tests.Optimizer.Build;

/// <summary>Operands that branches take along are copied as far as they have changed.</summary>
public sealed class OperandCopiesTests
{
    private const int Count = 1000;

    private readonly OperandCopies _copies = new(new CompilationBudget(visitsPerNode: 1, mostNodes: 1_000_000));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(OperandCopies.ChunkSize)]
    [InlineData(OperandCopies.ChunkSize + 1)]
    [InlineData(Count)]
    public void AllOperandsAreThereInTheirOrder(int count)
    {
        int[] operands = [.. Enumerable.Range(7, count)];
        Assert.Equal(operands, Listed(_copies.With([], operands)));
        int[] others = [.. Enumerable.Range(0, count).Select(i => count - i)];
        Assert.Equal(others, Listed(_copies.With([], others)));
    }

    [Fact]
    public void WhatHasNotChangedIsShared()
    {
        int[] operands = [.. Enumerable.Range(7, Count)];
        var first = _copies.With([], operands);
        var same = _copies.With([], operands);
        Assert.Same(first.Operands, same.Operands);
        Assert.Same(first.FurtherOperands, same.FurtherOperands);

        operands[^1] = 0;
        var other = _copies.With([], operands);
        Assert.Same(first.Operands, other.Operands);
        Assert.Single(Enumerable.Range(0, first.FurtherOperands.Length), i => first.FurtherOperands[i] != other.FurtherOperands[i]);
        Assert.Equal(operands, Listed(other));
        operands[^1] = 7 + Count - 1;
        Assert.Equal(operands, Listed(first));
    }

    [Fact]
    public void AnotherNumberOfOperandsIsAnotherPath()
    {
        int[] operands = [.. Enumerable.Range(7, Count)];
        _copies.With([], operands);
        Assert.Equal(operands[..^1], Listed(_copies.With([], operands.AsSpan(..^1))));
        Assert.Equal(operands[..3], Listed(_copies.With([], operands.AsSpan(..3))));
        Assert.Equal(operands[..500], Listed(_copies.With([], operands.AsSpan(..500))));
        Assert.Equal(operands, Listed(_copies.With([], operands)));
    }

    [Fact]
    public void VeryManyCopiesAreRefused()
    {
        var copies = new OperandCopies(new CompilationBudget(visitsPerNode: 1, mostNodes: 1000));
        Assert.Throws<NotSupportedException>(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                copies.With([], Enumerable.Range(i, Count).ToArray());
            }
        });
    }

    private static int[] Listed(PathValues values) => [.. values.Operands, .. values.FurtherOperands.SelectMany(static chunk => chunk)];
}
