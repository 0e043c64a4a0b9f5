using Harness.Engine.Runtime;
using Harness.Engine.Runtime.Stacks;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Stack maps of one function, which share what is equal in them.</summary>
public sealed class StackMapBuilderTests
{
    private const int SlotSize = 8;
    private readonly StackMapBuilder _builder = new();

    [Fact]
    public void EqualMapsHaveOneNumber()
    {
        var first = Add(3, 5);
        Assert.Equal(first, Add(3, 5));
        Assert.NotEqual(first, Add(3, 6));
        Assert.NotEqual(first, _builder.MapOf(_builder.SetOf(Words(3, 5)), 1));
        Assert.Equal(3, _builder.ToArray(-16, SlotSize).Length);
    }

    [Fact]
    public void AnEmptyMapHasNoNumber()
    {
        Assert.Equal(StackMapBuilder.NoSlots, _builder.SetOf([0, 0]));
        Assert.Equal(-1, _builder.MapOf(StackMapBuilder.NoSlots, 0));
        var registers = _builder.MapOf(StackMapBuilder.NoSlots, 6);
        Assert.Equal(6u, _builder.ToArray(-16, SlotSize)[registers].Registers);
        Assert.Empty(_builder.ToArray(-16, SlotSize)[registers].RbpOffsets);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(StackMap.SlotsPerRun - 1)]
    [InlineData(StackMap.SlotsPerRun)]
    [InlineData((5 * StackMap.SlotsPerRun) + 77)]
    [InlineData((StackMap.RunsPerGroup * StackMap.SlotsPerRun) - 1)]
    [InlineData(StackMap.RunsPerGroup * StackMap.SlotsPerRun)]
    [InlineData((3 * StackMap.RunsPerGroup * StackMap.SlotsPerRun) + 77)]
    public void AMapNamesTheSlotsThatItWasMadeOf(int slot)
    {
        var map = Add(1, slot);
        int[] expected = [.. new[] { 1, slot }.Distinct().Order().Select(each => -16 - (each * SlotSize))];
        Assert.Equal(expected, _builder.ToArray(-16, SlotSize)[map].RbpOffsets);
        var words = new List<ulong>();
        _builder.ListWords(_builder.SetOf(Words(1, slot)), words);
        Assert.Equal(Words(1, slot), words);
    }

    [Fact]
    public void ManyMapsOfManySlotsStaySmall()
    {
        const int slots = 20 * StackMap.SlotsPerRun;
        var words = new ulong[slots / 64];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < slots; i++)
        {
            words[i / 64] |= 1UL << i;
            Assert.Equal(i, _builder.MapOf(_builder.SetOf(words), 0));
        }

        var maps = _builder.ToArray(-16, SlotSize);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2000L * slots);
        Assert.Equal(slots, maps[^1].RbpOffsets.Length);
        Assert.Equal(StackMap.SlotsPerRun + 9, maps[StackMap.SlotsPerRun + 8].RbpOffsets.Length);
    }

    [Fact]
    public void SetsThatFollowEachOtherAreToldApart()
    {
        var random = new Random(3);
        var words = new ulong[20 * StackMap.SlotsPerRun / 64];
        var known = new Dictionary<int, ulong[]>();
        for (var i = 0; i < 5000; i++)
        {
            // Most changes are in one run; now and then the set becomes shorter, or another one altogether.
            words[random.Next(words.Length)] ^= 1UL << random.Next(64);
            if (i % 50 == 0)
            {
                words.AsSpan(random.Next(words.Length)).Clear();
            }

            if (i % 700 == 0)
            {
                _builder.SetOf([7]);
            }

            var set = _builder.SetOf(words);
            ulong[] trimmed = [.. words.AsSpan().TrimEnd(0UL)];
            if (set == StackMapBuilder.NoSlots)
            {
                Assert.Empty(trimmed);
                continue;
            }

            Assert.Equal(known.TryGetValue(set, out var before) ? before : trimmed, trimmed);
            known[set] = trimmed;
        }

        var listed = new List<ulong>();
        foreach (var (set, expected) in known)
        {
            _builder.ListWords(set, listed);
            Assert.Equal(expected, listed);
        }
    }

    [Fact]
    public void ItIsEnoughToSayWhatHasChanged()
    {
        var random = new Random(9);
        var whole = new StackMapBuilder();
        var words = new ulong[20 * StackMap.SlotsPerRun / 64];
        var listed = new List<ulong>();
        var expected = new List<ulong>();
        var height = words.Length * 64;
        for (var i = 0; i < 5000; i++)
        {
            // A stack has changed in some places, be it above its end, and is as high as before or not.
            var changed = new SortedSet<int>();
            for (var place = random.Next(4); place > 0; place--)
            {
                var from = random.Next(words.Length);
                changed.UnionWith(Enumerable.Range(from, Math.Min(random.Next(4), words.Length - from)));
            }

            foreach (var word in changed)
            {
                words[word] = random.Next(3) == 0 ? 0 : (ulong)random.NextInt64() & (ulong)random.NextInt64();
            }

            if (i % 3 == 0)
            {
                height = Math.Clamp(height + random.Next(-200, 200), 1, words.Length * 64);
            }

            if (i % 500 == 0)
            {
                height = random.Next(1, words.Length * 64);
            }

            var count = (height + 63) / 64;
            var mask = height % 64 == 0 ? ulong.MaxValue : (1UL << height) - 1;
            var visible = words[..count];
            visible[^1] &= mask;

            _builder.ListWords(_builder.SetOf(words.AsSpan(0, count), mask, [.. changed.Where(word => word < count)]), listed);
            whole.ListWords(whole.SetOf(visible), expected);
            ulong[] trimmed = [.. visible.AsSpan().TrimEnd(0UL)];
            Assert.Equal(trimmed, expected);
            Assert.Equal(expected, listed);
        }
    }

    [Fact]
    public void ABuilderServesOneFunctionAfterTheOther()
    {
        for (var i = 0; i < 3000; i++)
        {
            Add(i);
        }

        _builder.Clear();
        Assert.Empty(_builder.ToArray(-16, SlotSize));
        Assert.Equal(0, Add(7));
        Assert.Equal([-16 - (7 * SlotSize)], _builder.ToArray(-16, SlotSize)[0].RbpOffsets);
    }

    private int Add(params int[] slots) => _builder.MapOf(_builder.SetOf(Words(slots)), 0);

    private static ulong[] Words(params int[] slots)
    {
        var words = new ulong[(slots.Max() / 64) + 1];
        foreach (var slot in slots)
        {
            words[slot / 64] |= 1UL << slot;
        }

        return words;
    }
}
