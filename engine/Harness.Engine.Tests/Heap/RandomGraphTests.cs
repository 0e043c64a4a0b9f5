using Harness.Engine.Heap;
using Harness.Engine.Modules;

namespace Harness.Engine.Tests.Heap;

/// <summary>Random changes of a graph of heap objects, done to a graph of C# objects as well: both must stay the same.</summary>
public sealed unsafe class RandomGraphTests
{
    private static readonly int Record = FakeRoots.StructType(
        FakeRoots.Number(ValueKind.I32), FakeRoots.Reference, FakeRoots.Number(ValueKind.I32, Packing.I16), FakeRoots.Reference);

    private static readonly int References = FakeRoots.ArrayType(FakeRoots.Reference);
    private static readonly int Longs = FakeRoots.ArrayType(FakeRoots.Number(ValueKind.I64));

    [Theory]
    [InlineData(1, "0", "1", "1", "0")]
    [InlineData(2, "0", "0", "1", "0")]
    [InlineData(3, "1", "1", "1", "0")]
    [InlineData(4, "7", "1", "2", "0")]
    [InlineData(5, "50", "0", "1", "0")]
    [InlineData(6, "0", "1", "0", "0")]
    [InlineData(7, "0", "1", "15", "0")]
    [InlineData(8, "20", "4", "3", "0")]
    [InlineData(9, "0", "0", "1", "2")]
    [InlineData(10, "1", "1", "1", "3")]
    [InlineData(11, "7", "1", "2", "4")]
    [InlineData(12, "0", "1", "0", "1")]
    [InlineData(13, "0", "1", "15", "8")]
    public void StayTheSame(int seed, string stressInterval, string minimumThreshold, string promotionAge, string threads)
    {
        using var roots = new FakeRoots(
            ("heap.nursery-size", "256"),
            ("stress.gc-interval", stressInterval),
            ("heap.minimum-threshold", minimumThreshold),
            ("heap.promotion-age", promotionAge),
            ("stress.gc-threads", threads));
        var random = new Random(seed);
        var model = new Node?[FakeRoots.Count];
        for (var step = 0; step < (stressInterval == "1" ? 4_000 : 40_000); step++)
        {
            var slot = random.Next(FakeRoots.Count);
            switch (random.Next(10))
            {
                case < 5:
                    Allocate(roots, model, slot, random);
                    break;
                case < 8:
                    Link(roots, model, slot, random);
                    break;
                case 8:
                    Descend(roots, model, slot, random);
                    break;
                default:
                    roots.Slots[slot] = 0;
                    model[slot] = null;
                    break;
            }

            if (step % 500 == 0)
            {
                roots.Heap.Verify();
            }

            if (step % 4000 == 0)
            {
                Compare(roots, model);
            }
        }

        roots.Heap.Collect(isFull: true);
        roots.Heap.Verify();
        Compare(roots, model);
        var statistics = roots.Heap.Statistics;
        Assert.True(statistics.YoungCollections + statistics.FullCollections > 2 && statistics.FullCollections > 1, statistics.ToString());
    }

    private static void Allocate(FakeRoots roots, Node?[] model, int slot, Random random)
    {
        var heap = roots.Heap;
        var allocation = random.Next(4) == 0 ? Allocation.NeverCollect : Allocation.MayCollect;
        ulong address;
        Node node;
        switch (random.Next(8))
        {
            case < 5:
                node = new Node(2, random.Next());
                address = heap.NewStruct(Record, allocation);
                heap.WriteField(address, 0, (uint)node.Number);
                heap.WriteField(address, 2, (ushort)node.Number);
                break;
            case 5:
                var length = random.Next(100) switch { 0 => 15_000, < 20 => random.Next(2_000), _ => random.Next(20) };
                node = new Node(length, 0);
                address = heap.NewArray(References, (uint)node.References.Length, allocation);
                break;
            case 6:
                node = new Node(0, random.Next(random.Next(100) == 0 ? 30_000 : 100));
                address = heap.NewArray(Longs, (uint)node.Number, allocation);
                for (uint i = 0; i < node.Number; i++)
                {
                    heap.WriteElement(address, i, i * 0x1234567);
                }

                break;
            default:
                node = new Node(0, random.Next(1000)) { Text = random.Next(1000).ToString() };
                address = heap.NewString(node.Text, allocation);
                break;
        }

        roots.Slots[slot] = address;
        model[slot] = node;
    }

    /// <summary>Writes the reference of another slot, null, or an i31 into the object of a slot.</summary>
    private static void Link(FakeRoots roots, Node?[] model, int slot, Random random)
    {
        if (model[slot] is not { References.Length: > 0 } node)
        {
            return;
        }

        var index = random.Next(node.References.Length);
        var other = random.Next(FakeRoots.Count);
        var word = random.Next(8) == 0 ? 0x2fffffff : roots.Slots[other];
        node.References[index] = word == 0x2fffffff ? Node.Small : model[other];
        var address = roots.Slots[slot];
        if (ObjectHeap.TypeIdOf(address) == Record)
        {
            roots.Heap.WriteField(address, FieldOf(index), word);
        }
        else
        {
            roots.Heap.WriteElement(address, (uint)index, word);
        }
    }

    /// <summary>Replaces a root by what it refers to.</summary>
    private static void Descend(FakeRoots roots, Node?[] model, int slot, Random random)
    {
        if (model[slot] is not { References.Length: > 0 } node)
        {
            return;
        }

        var index = random.Next(node.References.Length);
        if (node.References[index] == Node.Small)
        {
            return;
        }

        roots.Slots[slot] = ReferenceOf(roots.Slots[slot], index);
        model[slot] = node.References[index];
    }

    private static void Compare(FakeRoots roots, Node?[] model)
    {
        var seen = new Dictionary<Node, ulong>(ReferenceEqualityComparer.Instance);
        var addresses = new HashSet<ulong>();
        var pending = new Stack<(Node?, ulong)>();
        for (var i = 0; i < model.Length; i++)
        {
            pending.Push((model[i], roots.Slots[i]));
        }

        while (pending.TryPop(out var pair))
        {
            var (node, address) = pair;
            if (node is null || node == Node.Small)
            {
                Assert.Equal(node is null ? 0ul : 0x2fffffff, address);
                continue;
            }

            if (seen.TryGetValue(node, out var known))
            {
                Assert.Equal(known, address);
                continue;
            }

            seen.Add(node, address);
            Assert.True(addresses.Add(address));
            CompareContents(node, address);
            for (var i = 0; i < node.References.Length; i++)
            {
                pending.Push((node.References[i], ReferenceOf(address, i)));
            }
        }
    }

    private static void CompareContents(Node node, ulong address)
    {
        var typeId = ObjectHeap.TypeIdOf(address);
        if (typeId == Record)
        {
            Assert.Equal((uint)node.Number, ObjectHeap.ReadField(address, 0));
            Assert.Equal((ushort)node.Number, ObjectHeap.ReadField(address, 2));
        }
        else if (typeId == References)
        {
            Assert.Equal((uint)node.References.Length, ObjectHeap.LengthOf(address));
        }
        else if (typeId == Longs)
        {
            Assert.Equal((uint)node.Number, ObjectHeap.LengthOf(address));
            for (uint i = 0; i < node.Number; i++)
            {
                Assert.Equal(i * 0x1234567, (uint)ObjectHeap.ReadElement(address, i));
            }
        }
        else
        {
            Assert.Equal(node.Text, new string(ObjectHeap.CharactersOf(address)));
        }
    }

    private static ulong ReferenceOf(ulong address, int index) => ObjectHeap.TypeIdOf(address) == Record
        ? ObjectHeap.ReadField(address, FieldOf(index))
        : ObjectHeap.ReadElement(address, (uint)index);

    private static int FieldOf(int reference) => (2 * reference) + 1;

    private sealed class Node(int references, int number)
    {
        /// <summary>Stands for an i31.</summary>
        public static readonly Node Small = new(0, 0);

        public Node?[] References { get; } = new Node?[references];

        public int Number { get; } = number;

        public string? Text { get; init; }
    }
}
