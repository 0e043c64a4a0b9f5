using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Stack maps of one function, which share what is equal in them.</summary>
public sealed class StackMapBuilderTests
{
    private const int SlotSize = 8;
    private readonly StackMapBuilder _builder = new();

    [Fact]
    public void EqualMapsHaveOneNumber()
    {
        int first = Add(3, 5);
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
        int registers = _builder.MapOf(StackMapBuilder.NoSlots, 6);
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
        int map = Add(1, slot);
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
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < slots; i++)
        {
            words[i / 64] |= 1UL << i;
            Assert.Equal(i, _builder.MapOf(_builder.SetOf(words), 0));
        }

        StackMap[] maps = _builder.ToArray(-16, SlotSize);
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
        for (int i = 0; i < 5000; i++)
        {
            // Most changes are in one run; now and then the set becomes shorter, or another one altogether.
            words[random.Next(words.Length)] ^= 1UL << random.Next(64);
            if (i % 50 == 0) words.AsSpan(random.Next(words.Length)).Clear();
            if (i % 700 == 0) _builder.SetOf([7]);
            int set = _builder.SetOf(words);
            ulong[] trimmed = [.. words.AsSpan().TrimEnd(0UL)];
            if (set == StackMapBuilder.NoSlots)
            {
                Assert.Empty(trimmed);
                continue;
            }

            Assert.Equal(known.TryGetValue(set, out ulong[]? before) ? before : trimmed, trimmed);
            known[set] = trimmed;
        }

        var listed = new List<ulong>();
        foreach ((int set, ulong[] expected) in known)
        {
            _builder.ListWords(set, listed);
            Assert.Equal(expected, listed);
        }
    }

    [Fact]
    public void ABuilderServesOneFunctionAfterTheOther()
    {
        for (int i = 0; i < 3000; i++) Add(i);
        _builder.Clear();
        Assert.Empty(_builder.ToArray(-16, SlotSize));
        Assert.Equal(0, Add(7));
        Assert.Equal([-16 - (7 * SlotSize)], _builder.ToArray(-16, SlotSize)[0].RbpOffsets);
    }

    private int Add(params int[] slots) => _builder.MapOf(_builder.SetOf(Words(slots)), 0);

    private static ulong[] Words(params int[] slots)
    {
        var words = new ulong[(slots.Max() / 64) + 1];
        foreach (int slot in slots) words[slot / 64] |= 1UL << slot;
        return words;
    }
}
