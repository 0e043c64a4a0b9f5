using Harness.Engine.Heap;

namespace Harness.Engine.Tests.Heap;

public sealed unsafe class WorkDequeTests
{
    [Fact]
    public void TheOwnerTakesTheLastAndThievesTheFirst()
    {
        using var deque = new WorkDeque();
        Assert.True(deque.IsEmpty);
        Assert.False(deque.TryPop(out _));
        Assert.False(deque.TrySteal(out _));
        for (var i = 1; i <= 3; i++)
        {
            deque.Push(Item(i));
        }

        Assert.True(deque.TryPop(out var last));
        Assert.Equal(3, NumberOf(last));
        Assert.True(deque.TrySteal(out var first));
        Assert.Equal(1, NumberOf(first));
        Assert.False(deque.IsEmpty);
        Assert.True(deque.TryPop(out var only));
        Assert.Equal(2, NumberOf(only));
        Assert.True(deque.IsEmpty);
        Assert.False(deque.TryPop(out _));
    }

    [Fact]
    public void ItemsSayWhatTheyAreAbout()
    {
        var places = WorkItem.Places((byte*)8, (byte*)64);
        var objects = WorkItem.Objects((byte*)8, (byte*)64);
        Assert.True(places.IsPlaces);
        Assert.False(objects.IsPlaces);
        Assert.True(places.Start == (byte*)8 && places.End == (byte*)64 && objects.Start == (byte*)8 && objects.End == (byte*)64);
    }

    /// <summary>Whatever the owner and thieves do at the same time, each item is taken once, also while the deque grows.</summary>
    [Fact]
    public void EachItemIsTakenOnce()
    {
        const int Count = 300_000;
        const int Thieves = 3;
        using var deque = new WorkDeque();
        var taken = new int[Count + 1];
        var isOver = false;
        Thread[] thieves = [.. Enumerable.Range(0, Thieves).Select(_ => new Thread(Steal))];
        foreach (var thief in thieves)
        {
            thief.Start();
        }

        var random = new Random(1);
        for (var i = 1; i <= Count; i++)
        {
            deque.Push(Item(i));
            for (var pops = i % 50_000 < 40_000 ? 0 : random.Next(4); pops > 0 && deque.TryPop(out var item); pops--)
            {
                Take(item);
            }
        }

        while (deque.TryPop(out var item))
        {
            Take(item);
        }

        Volatile.Write(ref isOver, true);
        foreach (var thief in thieves)
        {
            thief.Join();
        }

        Assert.All(taken.Skip(1), times => Assert.Equal(1, times));

        // An empty deque gives memory back and goes on.
        deque.Trim();
        Assert.True(deque.IsEmpty);
        deque.Push(Item(7));
        Assert.True(deque.TrySteal(out var again));
        Assert.Equal(7, NumberOf(again));

        void Steal()
        {
            while (!Volatile.Read(ref isOver))
            {
                if (deque.TrySteal(out var item))
                {
                    Take(item);
                }
            }
        }

        void Take(WorkItem item) => Interlocked.Increment(ref taken[NumberOf(item)]);
    }

    private static WorkItem Item(int number) => WorkItem.Objects((byte*)(8 * (nuint)number), (byte*)(8 * ((nuint)number + 1)));

    private static int NumberOf(WorkItem item)
    {
        var number = (int)((nuint)item.Start / 8);
        Assert.True(item.End == (byte*)(8 * ((nuint)number + 1)), "an item of two halves");
        return number;
    }
}
