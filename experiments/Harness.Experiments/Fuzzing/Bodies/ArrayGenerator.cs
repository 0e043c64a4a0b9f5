using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Bodies;

/// <summary>Arrays: making them, in part from segments, and operations on many elements.</summary>
internal sealed class ArrayGenerator(BodyGenerator parts)
{
    private readonly BodyScope _scope = parts.Scope;
    private readonly ProgramContext _context = parts.Scope.Context;
    private readonly RandomSource _random = parts.Scope.Random;

    /// <summary>The locals that hold an array while its length is asked for, by type.</summary>
    private readonly Dictionary<int, int> _arrayLocals = [];

    public ProgramNode NewArray(int type, int depth)
    {
        var element = _context.Aggregate(type).Fields[0].Type;
        ProgramType[] results = [ProgramType.ReferenceTo(type, nullable: false)];
        if (_random.Percent(20) && NewArrayFromSegment(type, depth) is { } made)
        {
            return made;
        }

        switch (_random.Weighted(30, 30, 40))
        {
            case 0:
                return new ProgramNode(Opcode.ArrayNewFixed, results, parts.Expressions.All([.. Enumerable.Repeat(element, ObjectFactory.MinimumLength)], depth - 1))
                {
                    Immediates = [type, ObjectFactory.MinimumLength],
                };
            case 1:
                return new ProgramNode(Opcode.ArrayNewDefault, results, ArrayLength(depth)) { Immediates = [type] };
            default:
                return new ProgramNode(Opcode.ArrayNew, results, parts.Expressions.Of(element, depth - 1), ArrayLength(depth)) { Immediates = [type] };
        }
    }

    /// <summary>An array made from a passive segment; null where none fits.</summary>
    private ProgramNode? NewArrayFromSegment(int type, int depth)
    {
        var element = _context.Aggregate(type).Fields[0];
        var size = SizeOf(element);
        var segments = SegmentsFor(element);
        if (segments.Count == 0)
        {
            return null;
        }

        var segment = _random.Pick(segments);
        var available = element.Type.IsReference ? _context.Program.Elements[segment].Items.Count : _context.Program.Data[segment].Bytes.Length;
        var length = ObjectFactory.MinimumLength + _random.Below(4);
        if (length * size > available)
        {
            return null;
        }

        var from = _scope.Dares() ? parts.Expressions.Of(ProgramType.I32, depth - 1) : ProgramNode.I32Const(_random.Between(0, available - length * size));
        return new ProgramNode(element.Type.IsReference ? Opcode.ArrayNewElem : Opcode.ArrayNewData, [ProgramType.ReferenceTo(type, nullable: false)],
            from, ProgramNode.I32Const(length, Reducibility.Fixed))
        {
            Immediates = [type, segment],
            Reducibility = Reducibility.Fixed,
        };
    }

    /// <summary>The passive segments that elements can come from.</summary>
    private IReadOnlyList<int> SegmentsFor(ProgramField element) =>
        element.Type.IsReference ? _context.Program.PassiveElements(element.Type) : [RandomProgram.PassiveData];

    /// <summary>How much of a segment an element takes: bytes, or items.</summary>
    private static int SizeOf(ProgramField element) => element.Type.IsReference ? 1 : (element.Packing, element.Type.Kind) switch
    {
        (Packing.I8, _) => sizeof(byte),
        (Packing.I16, _) => sizeof(ushort),
        (_, ValueKind.I32 or ValueKind.F32) => sizeof(uint),
        (_, ValueKind.V128) => 2 * sizeof(ulong),
        _ => sizeof(ulong),
    };

    private ProgramNode ArrayLength(int depth) => _random.Percent(60)
        ? ProgramNode.I32Const(ObjectFactory.Length(_random), Reducibility.Fixed)
        : new ProgramNode(Opcode.I32Add, [ProgramType.I32],
            Nodes.Constrained(Opcode.I32And, ProgramType.I32, parts.Expressions.Of(ProgramType.I32, depth - 1), 31),
            ProgramNode.I32Const(ObjectFactory.MinimumLength, Reducibility.Fixed))
        {
            Reducibility = Reducibility.Whole,
        };

    /// <summary>An array and an index into it, kept in range by the array's length.</summary>
    public (ProgramNode Array, ProgramNode Index) Element(int aggregate, int depth)
    {
        var array = parts.Objects.Target(aggregate, depth);
        if (_scope.Dares())
        {
            return (array, parts.Expressions.Of(ProgramType.I32, depth - 1));
        }

        if (_random.Percent(40))
        {
            return (array, ProgramNode.I32Const(_random.Below(ObjectFactory.MinimumLength), Reducibility.Fixed));
        }

        if (!_arrayLocals.TryGetValue(aggregate, out var local))
        {
            local = _scope.NewLocal(ProgramType.ReferenceTo(aggregate), isWritable: false);
            _arrayLocals.Add(aggregate, local);
        }

        var tee = new ProgramNode(Opcode.LocalTee, [_scope.Locals[local]], array) { Immediates = [local], Reducibility = Reducibility.Fixed };
        var length = Nodes.Fixed(Opcode.ArrayLen, ProgramType.I32, _scope.FixedLocal(local));
        return (tee, new ProgramNode(Opcode.I32RemU, [ProgramType.I32], parts.Expressions.Simple(ProgramType.I32), length) { Reducibility = Reducibility.Fixed });
    }

    /// <summary>Fills a part of an array, with one value, from another array, or from a segment.</summary>
    public ProgramNode BulkArray(int depth)
    {
        var arrays = _context.Arrays.Where(index => _context.Aggregate(index).Fields[0].Mutable).ToList();
        if (arrays.Count == 0)
        {
            return parts.Objects.SetField(depth);
        }

        var type = _random.Pick(arrays);
        var element = _context.Aggregate(type).Fields[0];
        var start = ProgramNode.I32Const(_random.Below(2), Reducibility.Fixed);
        var length = _scope.Dares() ? parts.Expressions.Of(ProgramType.I32, depth - 1) : ProgramNode.I32Const(_random.Between(0, 3), Reducibility.Fixed);
        var segments = SegmentsFor(element);
        switch (_random.Weighted(35, 35, segments.Count > 0 ? 30 : 0))
        {
            case 0:
                return new ProgramNode(Opcode.ArrayFill, [], parts.Objects.Target(type, depth), start, parts.Expressions.Of(element.Type, depth - 1), length) { Immediates = [type] };
            case 1:
                var source = _random.Pick([.. _context.Arrays.Where(other => CanCopy(_context.Aggregate(other).Fields[0], element))]);
                return new ProgramNode(Opcode.ArrayCopy, [],
                    parts.Objects.Target(type, depth), start, parts.Objects.Target(source, depth), ProgramNode.I32Const(_random.Below(2), Reducibility.Fixed), length)
                {
                    Immediates = [type, source],
                };
            default:
                var segment = _random.Pick(segments);
                var (opcode, available) = element.Type.IsReference
                    ? (Opcode.ArrayInitElem, _context.Program.Elements[segment].Items.Count)
                    : (Opcode.ArrayInitData, _context.Program.Data[segment].Bytes.Length / SizeOf(element));
                var (from, count) = parts.Tables.PartOfSegment(available, 3);
                return new ProgramNode(opcode, [], parts.Objects.Target(type, depth), start, from, count) { Immediates = [type, segment] };
        }
    }

    /// <summary>Whether elements can be copied to elements of another kind.</summary>
    private bool CanCopy(ProgramField source, ProgramField target) => source.Packing == target.Packing
        && (source.Type == target.Type
            || (source.Type.Heap >= 0 && target.Type.IsReference && !_context.IsFunction(source.Type) && _context.IsBelow(source.Type.Heap, target.Type)));
}
