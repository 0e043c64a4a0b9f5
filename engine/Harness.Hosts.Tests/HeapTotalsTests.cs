namespace Harness.Hosts.Tests;

/// <summary>What the heaps of several stores have done together.</summary>
public sealed class HeapTotalsTests
{
    [Fact]
    public void TimesAddUpAndTheLongestCollectionIsTheLongestOfAnyHeap()
    {
        HeapTotals first = new(1, 0, TimeSpan.FromMilliseconds(3), TimeSpan.FromMilliseconds(3), 10, 1);
        HeapTotals second = new(2, 1, TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(4), 20, 2);
        HeapTotals both = new(3, 1, TimeSpan.FromMilliseconds(8), TimeSpan.FromMilliseconds(4), 30, 3);
        Assert.Equal(both, first + second);
        Assert.Equal(both, second + first);
        Assert.Equal(first, default(HeapTotals) + first);
    }
}
