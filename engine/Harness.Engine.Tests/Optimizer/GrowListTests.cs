using Harness.Engine.Optimizer.Lowering;

namespace Harness.Engine.Tests.Optimizer;

/// <summary>The list that code generation keeps its elements in.</summary>
public sealed class GrowListTests
{
    /// <summary>Of lengths around those where sorting goes another way, and where the list has sorted more before.</summary>
    [Fact]
    public void SortingLeavesEqualElementsInTheirOrder()
    {
        var random = new Random(1);
        var list = new GrowList<(int Key, int Place)>();
        foreach (var count in (int[])[0, 1, 2, 15, 16, 17, 31, 32, 33, 64, 65, 100, 1000, 17, 300, 5000, 40])
        {
            list.Clear();
            for (var i = 0; i < count; i++)
            {
                list.Add((random.Next(1 + (count / 4)), i));
            }

            (int Key, int Place)[] expected = [.. list.Span.ToArray().OrderBy(element => element.Key)];
            list.Sort(static (a, b) => a.Key.CompareTo(b.Key));
            Assert.Equal(expected, list.Span.ToArray());
        }
    }
}
