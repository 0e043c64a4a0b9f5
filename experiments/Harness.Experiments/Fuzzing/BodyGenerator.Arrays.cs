using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing;

/// <content>Arrays: making them, in part from segments, walking over them, and operations on many elements.</content>
internal sealed partial class BodyGenerator
{
    /// <summary>The locals that hold an array while its length is asked for, by type.</summary>
    private readonly Dictionary<int, int> arrayLocals = [];

    private ProgramNode NewArray(int type, int depth)
    {
        var element = context.Aggregate(type).Fields[0].Type;
        ProgramType[] results = [ProgramType.ReferenceTo(type, nullable: false)];
        if (random.Percent(20) && NewArrayFromSegment(type, depth) is { } made)
            return made;
        switch (random.Weighted(30, 30, 40))
        {
            case 0:
                return new ProgramNode(Opcode.ArrayNewFixed, results, Expressions([.. Enumerable.Repeat(element, ObjectFactory.MinimumLength)], depth - 1))
                {
                    Immediates = [type, ObjectFactory.MinimumLength],
                };
            case 1:
                return new ProgramNode(Opcode.ArrayNewDefault, results, ArrayLength(depth)) { Immediates = [type] };
            default:
                return new ProgramNode(Opcode.ArrayNew, results, Expression(element, depth - 1), ArrayLength(depth)) { Immediates = [type] };
        }
    }

    /// <summary>An array made from a passive segment; null where none fits.</summary>
    private ProgramNode? NewArrayFromSegment(int type, int depth)
    {
        var element = context.Aggregate(type).Fields[0];
        var size = SizeOf(element);
        var segments = SegmentsFor(element);
        if (segments.Count == 0)
            return null;
        var segment = random.Pick(segments);
        var available = element.Type.IsReference ? context.Program.Elements[segment].Items.Count : context.Program.Data[segment].Bytes.Length;
        var length = ObjectFactory.MinimumLength + random.Below(4);
        if (length * size > available)
            return null;
        var from = Dares() ? Expression(ProgramType.I32, depth - 1) : ProgramNode.I32Const(random.Between(0, available - length * size));
        return new ProgramNode(element.Type.IsReference ? Opcode.ArrayNewElem : Opcode.ArrayNewData, [ProgramType.ReferenceTo(type, nullable: false)],
            from, ProgramNode.I32Const(length, Reducibility.Fixed))
        {
            Immediates = [type, segment],
            Reducibility = Reducibility.Fixed,
        };
    }

    /// <summary>The passive segments that elements can come from.</summary>
    private IReadOnlyList<int> SegmentsFor(ProgramField element) =>
        element.Type.IsReference ? context.Program.PassiveElements(element.Type) : [RandomProgram.PassiveData];

    /// <summary>How much of a segment an element takes: bytes, or items.</summary>
    private static int SizeOf(ProgramField element) => element.Type.IsReference ? 1 : (element.Packing, element.Type.Kind) switch
    {
        (Packing.I8, _) => sizeof(byte),
        (Packing.I16, _) => sizeof(ushort),
        (_, ValueKind.I32 or ValueKind.F32) => sizeof(uint),
        _ => sizeof(ulong),
    };

    private ProgramNode ArrayLength(int depth) => random.Percent(60)
        ? ProgramNode.I32Const(ObjectFactory.Length(random), Reducibility.Fixed)
        : new ProgramNode(Opcode.I32Add, [ProgramType.I32],
            Constrained(Opcode.I32And, ProgramType.I32, Expression(ProgramType.I32, depth - 1), 31),
            ProgramNode.I32Const(ObjectFactory.MinimumLength, Reducibility.Fixed))
        {
            Reducibility = Reducibility.Whole,
        };

    /// <summary>An array and an index into it, kept in range by the array's length.</summary>
    private (ProgramNode Array, ProgramNode Index) Element(int aggregate, int depth)
    {
        var array = Target(aggregate, depth);
        if (Dares())
            return (array, Expression(ProgramType.I32, depth - 1));
        if (random.Percent(40))
            return (array, ProgramNode.I32Const(random.Below(ObjectFactory.MinimumLength), Reducibility.Fixed));
        if (!arrayLocals.TryGetValue(aggregate, out var local))
        {
            local = NewLocal(ProgramType.ReferenceTo(aggregate), isWritable: false);
            arrayLocals.Add(aggregate, local);
        }
        var tee = new ProgramNode(Opcode.LocalTee, [locals[local]], array) { Immediates = [local], Reducibility = Reducibility.Fixed };
        var length = Fixed(Opcode.ArrayLen, ProgramType.I32, FixedLocal(local));
        return (tee, new ProgramNode(Opcode.I32RemU, [ProgramType.I32], Simple(ProgramType.I32), length) { Reducibility = Reducibility.Fixed });
    }

    /// <summary>Fills a part of an array, with one value, from another array, or from a segment.</summary>
    private ProgramNode BulkArray(int depth)
    {
        var arrays = context.Arrays.Where(index => context.Aggregate(index).Fields[0].Mutable).ToList();
        if (arrays.Count == 0)
            return SetField(depth);
        var type = random.Pick(arrays);
        var element = context.Aggregate(type).Fields[0];
        var start = ProgramNode.I32Const(random.Below(2), Reducibility.Fixed);
        var length = Dares() ? Expression(ProgramType.I32, depth - 1) : ProgramNode.I32Const(random.Between(0, 3), Reducibility.Fixed);
        var segments = SegmentsFor(element);
        switch (random.Weighted(35, 35, segments.Count > 0 ? 30 : 0))
        {
            case 0:
                return new ProgramNode(Opcode.ArrayFill, [], Target(type, depth), start, Expression(element.Type, depth - 1), length) { Immediates = [type] };
            case 1:
                var source = random.Pick([.. context.Arrays.Where(other => CanCopy(context.Aggregate(other).Fields[0], element))]);
                return new ProgramNode(Opcode.ArrayCopy, [],
                    Target(type, depth), start, Target(source, depth), ProgramNode.I32Const(random.Below(2), Reducibility.Fixed), length)
                {
                    Immediates = [type, source],
                };
            default:
                var segment = random.Pick(segments);
                var (opcode, available) = element.Type.IsReference
                    ? (Opcode.ArrayInitElem, context.Program.Elements[segment].Items.Count)
                    : (Opcode.ArrayInitData, context.Program.Data[segment].Bytes.Length / SizeOf(element));
                var (from, count) = PartOfSegment(available, 3);
                return new ProgramNode(opcode, [], Target(type, depth), start, from, count) { Immediates = [type, segment] };
        }
    }

    /// <summary>Whether elements can be copied to elements of another kind.</summary>
    private bool CanCopy(ProgramField source, ProgramField target) => source.Packing == target.Packing
        && (source.Type == target.Type
            || (source.Type.Heap >= 0 && target.Type.IsReference && !context.IsFunction(source.Type) && context.IsBelow(source.Type.Heap, target.Type)));

    /// <summary>A loop over the elements of an array: mostly in bounds in a way that can be proven, sometimes not quite.</summary>
    private SequenceNode ArrayWalk(int depth)
    {
        var type = random.Pick(context.Arrays);
        var array = NewLocal(ProgramType.ReferenceTo(type), isWritable: false);
        var index = NewLocal(ProgramType.I32, isWritable: false);
        var nodes = new List<ProgramNode> { Fixed(Opcode.LocalSet, array, Target(type, depth)) };
        var isUpwards = random.Percent(70);
        var bound = Bound(array, nodes);
        nodes.Add(Fixed(Opcode.LocalSet, index, isUpwards ? ProgramNode.I32Const(random.Percent(80) ? 0 : 1, Reducibility.Fixed) : bound()));

        var exit = Block(Opcode.Block, new ProgramSignature([], []), Reducibility.Fixed);
        var loop = Block(Opcode.Loop, new ProgramSignature([], []), Reducibility.Fixed);
        exit.Body.Add(loop);
        nodes.Add(exit);
        labels.Add(exit);
        loop.Body.Add(LeaveIf(exit, isUpwards ? AtEnd(index, bound()) : Fixed(Opcode.I32Eqz, ProgramType.I32, FixedLocal(index))));
        loop.Body.Add(LeaveIf(exit, Fixed(Opcode.I32Eqz, ProgramType.I32, HasFuelLeft())));
        loop.Body.Add(BurnFuel());
        if (!isUpwards)
            loop.Body.Add(Step(index, -1));
        for (var i = random.Between(1, 2); i > 0; i--)
            loop.Body.Add(UseElement(type, array, index, depth));
        Fill(loop, loop.Body, depth - 1);
        if (isUpwards)
            loop.Body.Add(Step(index, 1));
        loop.Body.Add(new ProgramNode(Opcode.Br, []) { Targets = [loop], Reducibility = Reducibility.Fixed });
        labels.RemoveAt(labels.Count - 1);
        return new SequenceNode([], [.. nodes]) { Reducibility = Reducibility.Whole };
    }

    /// <summary>How far a loop over an array goes: its length, as it is asked for each time or once; or what every array has.</summary>
    private Func<ProgramNode> Bound(int array, List<ProgramNode> before)
    {
        switch (random.Weighted(60, 25, 15))
        {
            case 0:
                return () => Fixed(Opcode.ArrayLen, ProgramType.I32, FixedLocal(array));
            case 1:
                var length = NewLocal(ProgramType.I32, isWritable: false);
                before.Add(Fixed(Opcode.LocalSet, length, Fixed(Opcode.ArrayLen, ProgramType.I32, FixedLocal(array))));
                return () => FixedLocal(length);
            default:
                return () => ProgramNode.I32Const(ObjectFactory.MinimumLength, Reducibility.Fixed);
        }
    }

    private ProgramNode AtEnd(int index, ProgramNode bound)
    {
        Opcode[] comparisons = Dares() ? [Opcode.I32GtU, Opcode.I32GtS] : [Opcode.I32GeU, Opcode.I32GeS];
        return Fixed(random.Pick(comparisons), ProgramType.I32, FixedLocal(index), bound);
    }

    private static ProgramNode LeaveIf(BlockNode exit, ProgramNode condition) =>
        new(Opcode.BrIf, [], condition) { Targets = [exit], Reducibility = Reducibility.Fixed };

    private ProgramNode Step(int index, int step) => Fixed(Opcode.LocalSet, index,
        Fixed(Opcode.I32Add, ProgramType.I32, FixedLocal(index), ProgramNode.I32Const(step, Reducibility.Fixed)));

    /// <summary>Reads or writes an element of an array at an index.</summary>
    private ProgramNode UseElement(int type, int array, int index, int depth)
    {
        var element = context.Aggregate(type).Fields[0];
        if (element.Mutable && random.Percent(40))
        {
            return new ProgramNode(Opcode.ArraySet, [], FixedLocal(array), FixedLocal(index), Expression(element.Type, depth - 1))
            {
                Immediates = [type],
            };
        }
        var opcode = element.Packing == Packing.None ? Opcode.ArrayGet : random.Percent(50) ? Opcode.ArrayGetS : Opcode.ArrayGetU;
        return Accumulate(new ProgramNode(opcode, [element.Type], FixedLocal(array), FixedLocal(index)) { Immediates = [type] });
    }

    /// <summary>Adds a number to a local, or puts a reference into one.</summary>
    private ProgramNode Accumulate(ProgramNode value)
    {
        var type = value.Results[0];
        var local = type.IsDefaultable ? WritableLocal(type) : -1;
        Opcode? add = type.Kind switch
        {
            ValueKind.I32 => Opcode.I32Add,
            ValueKind.I64 => Opcode.I64Add,
            ValueKind.F32 => Opcode.F32Add,
            ValueKind.F64 => Opcode.F64Add,
            _ => null,
        };
        var result = add is { } operation ? new ProgramNode(operation, [type], Local(local), value) : value;
        return new ProgramNode(local < 0 ? Opcode.Drop : Opcode.LocalSet, [], result) { Immediates = local < 0 ? [] : [local] };
    }
}
