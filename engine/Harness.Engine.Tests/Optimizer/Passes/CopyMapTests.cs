using Harness.Engine.Optimizer.Passes.Loops;

namespace Harness.Engine.Tests.Optimizer.Passes;

/// <summary>What numbers have become in one copy after the other, against a dictionary for each.</summary>
public sealed class CopyMapTests
{
    [Fact]
    public void ItHasWhatTheLastCopyHas()
    {
        var random = new Random(1);
        using var map = new CopyMap(10);
        for (var copy = 0; copy < 20; copy++)
        {
            // Numbers that came about since it was made, too: it grows.
            map.Clear();
            var expected = new Dictionary<int, int>();
            for (var i = 0; i < 50; i++)
            {
                var original = random.Next(10 * (copy + 1));
                if (expected.TryAdd(original, i))
                {
                    map.Add(original, i);
                }
            }

            for (var original = -2; original < 300; original++)
            {
                Assert.Equal(expected.TryGetValue(original, out var known), map.TryGetValue(original, out var found));
                Assert.Equal(expected.ContainsKey(original) ? known : -1, found);
            }

            Assert.All(expected, pair => Assert.Equal(pair.Value, map[pair.Key]));
        }
    }
}
