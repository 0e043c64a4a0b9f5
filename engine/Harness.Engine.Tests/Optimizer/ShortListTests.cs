using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Tests.Optimizer;

/// <summary>The list of ids in a block, against a list.</summary>
public sealed class ShortListTests
{
    [Fact]
    public void ItHasWhatAListHas()
    {
        var random = new Random(1);
        var list = default(ShortList);
        var expected = new List<int>();
        for (var i = 0; i < 2000; i++)
        {
            switch (random.Next(12))
            {
                case 0:
                    list.Clear();
                    expected.Clear();
                    break;
                case 1:
                    list.ClearForReuse();
                    expected.Clear();
                    break;
                case 2:
                    var left = random.Next(expected.Count + 1);
                    list.Truncate(left);
                    expected.RemoveRange(left, expected.Count - left);
                    break;
                case 3 when expected.Count > 0:
                    var index = random.Next(expected.Count);
                    list[index] = expected[index] = -i;
                    break;
                default:
                    for (var count = random.Next(20); count > 0; count--)
                    {
                        list.Add(i + count);
                        expected.Add(i + count);
                    }

                    break;
            }

            var found = new List<int>();
            foreach (var id in list)
            {
                found.Add(id);
            }

            Assert.Equal(expected, found);
            Assert.Equal(expected.Count, list.Count);
            Assert.Equal(expected.Count == 1, list is [_]);
        }
    }
}
