using Harness.Engine.Optimizer.Passes;
using Harness.Engine.Optimizer.Passes.Numbering;

namespace Harness.Engine.Tests.Optimizer.Passes;

/// <summary>What the walk over the dominator tree knows, and forgets.</summary>
public sealed class KnownConditionsTests
{
    [Fact]
    public void WhatIsLearnedIsKnownUntilItIsForgotten()
    {
        var conditions = new KnownConditions();
        Assert.True(conditions.TryLearn(3, isTrue: true));
        var outer = conditions.Count;
        Assert.True(conditions.TryLearn(100_000, isTrue: false));
        Assert.False(conditions.TryLearn(3, isTrue: false));
        Assert.True(conditions.IsKnown(3, out var isTrue) && isTrue);
        Assert.True(conditions.IsKnown(100_000, out isTrue) && !isTrue);
        Assert.False(conditions.IsKnown(4, out _));
        conditions.Forget(outer);
        Assert.False(conditions.IsKnown(100_000, out _));
        Assert.True(conditions.IsKnown(3, out isTrue) && isTrue);
        conditions.Forget(0);
        Assert.True(conditions.TryLearn(3, isTrue: false));
    }

    [Fact]
    public void ALaterValueHidesAnEarlierOneUntilItIsRemoved()
    {
        var table = new ValueTable();
        for (var i = 0; i < 5000; i++)
        {
            table.Add(KeyOf(i), i);
        }

        var outer = table.Count;
        for (var i = 0; i < 5000; i++)
        {
            table.Add(KeyOf(i), -1 - i);
        }

        Assert.Equal(-4712, table.Find(KeyOf(4711)));
        Assert.Equal(-4712, table.FindOrAdd(KeyOf(4711), 7));
        Assert.Equal(2 * outer, table.Count);
        table.Shrink(outer);
        Assert.Equal(4711, table.Find(KeyOf(4711)));
        table.Shrink(0);
        Assert.Equal(-1, table.Find(KeyOf(4711)));
        Assert.Equal(7, table.FindOrAdd(KeyOf(4711), 7));

        static ValueKey KeyOf(int i) => new(default, i, i, -1, 0, 0, 0);
    }
}
