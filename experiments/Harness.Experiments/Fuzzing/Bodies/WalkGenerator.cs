using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Bodies;

/// <summary>Loops over the elements of arrays and along lists.</summary>
internal sealed class WalkGenerator(BodyGenerator parts)
{
    private readonly BodyScope _scope = parts.Scope;
    private readonly ProgramContext _context = parts.Scope.Context;
    private readonly RandomSource _random = parts.Scope.Random;
    private readonly List<BlockNode> _labels = parts.Scope.Labels;

    /// <summary>A loop over the elements of an array: mostly in bounds in a way that can be proven, sometimes not quite.</summary>
    public SequenceNode ArrayWalk(int depth)
    {
        var type = _random.Pick(_context.Arrays);
        var array = _scope.NewLocal(ProgramType.ReferenceTo(type), isWritable: false);
        var index = _scope.NewLocal(ProgramType.I32, isWritable: false);
        var nodes = new List<ProgramNode> { Nodes.Fixed(Opcode.LocalSet, array, parts.Objects.Target(type, depth)) };
        var isUpwards = _random.Percent(70);
        var bound = Bound(array, nodes);
        nodes.Add(Nodes.Fixed(Opcode.LocalSet, index, isUpwards ? ProgramNode.I32Const(_random.Percent(80) ? 0 : 1, Reducibility.Fixed) : bound()));

        var exit = _scope.Block(Opcode.Block, new ProgramSignature([], []), Reducibility.Fixed);
        var loop = _scope.Block(Opcode.Loop, new ProgramSignature([], []), Reducibility.Fixed);
        exit.Body.Add(loop);
        nodes.Add(exit);
        _labels.Add(exit);
        loop.Body.Add(Nodes.LeaveIf(exit, isUpwards ? AtEnd(index, bound()) : Nodes.Fixed(Opcode.I32Eqz, ProgramType.I32, _scope.FixedLocal(index))));
        loop.Body.Add(Nodes.LeaveIf(exit, Nodes.Fixed(Opcode.I32Eqz, ProgramType.I32, _scope.HasFuelLeft())));
        loop.Body.Add(_scope.BurnFuel());
        if (!isUpwards)
        {
            loop.Body.Add(Step(index, -1));
        }

        for (var i = _random.Between(1, 2); i > 0; i--)
        {
            loop.Body.Add(UseElement(type, _scope.FixedLocal(array), _scope.FixedLocal(index), depth));
        }

        parts.Statements.Fill(loop, loop.Body, depth - 1);
        if (isUpwards)
        {
            loop.Body.Add(Step(index, 1));
        }

        loop.Body.Add(new ProgramNode(Opcode.Br, []) { Targets = [loop], Reducibility = Reducibility.Fixed });
        _labels.RemoveAt(_labels.Count - 1);
        return new SequenceNode([], [.. nodes]) { Reducibility = Reducibility.Whole };
    }

    /// <summary>How far a loop over an array goes: its length, as it is asked for each time or once; or what every array has.</summary>
    private Func<ProgramNode> Bound(int array, List<ProgramNode> before)
    {
        switch (_random.Weighted(60, 25, 15))
        {
            case 0:
                return () => Nodes.Fixed(Opcode.ArrayLen, ProgramType.I32, _scope.FixedLocal(array));
            case 1:
                var length = _scope.NewLocal(ProgramType.I32, isWritable: false);
                before.Add(Nodes.Fixed(Opcode.LocalSet, length, Nodes.Fixed(Opcode.ArrayLen, ProgramType.I32, _scope.FixedLocal(array))));
                return () => _scope.FixedLocal(length);
            default:
                return () => ProgramNode.I32Const(ObjectFactory.MinimumLength, Reducibility.Fixed);
        }
    }

    private ProgramNode AtEnd(int index, ProgramNode bound)
    {
        Opcode[] comparisons = _scope.Dares() ? [Opcode.I32GtU, Opcode.I32GtS] : [Opcode.I32GeU, Opcode.I32GeS];
        return Nodes.Fixed(_random.Pick(comparisons), ProgramType.I32, _scope.FixedLocal(index), bound);
    }

    private ProgramNode Step(int index, int step) => Nodes.Fixed(Opcode.LocalSet, index,
        Nodes.Fixed(Opcode.I32Add, ProgramType.I32, _scope.FixedLocal(index), ProgramNode.I32Const(step, Reducibility.Fixed)));

    /// <summary>Reads or writes an element of an array at an index.</summary>
    public ProgramNode UseElement(int type, ProgramNode array, ProgramNode index, int depth)
    {
        var element = _context.Aggregate(type).Fields[0];
        if (element.Mutable && _random.Percent(40))
        {
            return new ProgramNode(Opcode.ArraySet, [], array, index, parts.Expressions.Of(element.Type, depth - 1)) { Immediates = [type] };
        }

        var opcode = element.Packing == Packing.None ? Opcode.ArrayGet : _random.Percent(50) ? Opcode.ArrayGetS : Opcode.ArrayGetU;
        return Accumulate(new ProgramNode(opcode, [element.Type], array, index) { Immediates = [type] });
    }

    /// <summary>Adds a number to a local, or puts a reference into one.</summary>
    private ProgramNode Accumulate(ProgramNode value)
    {
        var type = value.Results[0];
        var local = type.IsDefaultable ? _scope.WritableLocal(type) : -1;
        Opcode? add = type.Kind switch
        {
            ValueKind.I32 => Opcode.I32Add,
            ValueKind.I64 => Opcode.I64Add,
            ValueKind.F32 => Opcode.F32Add,
            ValueKind.F64 => Opcode.F64Add,
            _ => null,
        };
        var result = add is { } operation ? new ProgramNode(operation, [type], _scope.Local(local), value) : value;
        return new ProgramNode(local < 0 ? Opcode.Drop : Opcode.LocalSet, [], result) { Immediates = local < 0 ? [] : [local] };
    }

    /// <summary>A loop that puts new objects before a list.</summary>
    public SequenceNode BuildList(int depth)
    {
        var (type, link) = _random.Pick(_context.Links);
        var fields = _context.Aggregate(type).Fields;
        var head = _scope.NewLocal(fields[link].Type, isWritable: false);
        var counter = _scope.NewLocal(ProgramType.I32, isWritable: false);
        var none = new ProgramSignature([], []);
        var loop = _scope.Block(Opcode.Loop, none, Reducibility.Fixed);
        _labels.Add(loop);
        loop.Body.Add(_scope.BurnFuel());
        if (_random.Percent(30))
        {
            loop.Body.Add(parts.Statements.Any(depth - 1));
        }

        var values = fields.Select((field, index) => index == link ? _scope.FixedLocal(head) : parts.Expressions.Of(field.Type, depth - 2)).ToArray();
        loop.Body.Add(Nodes.Fixed(Opcode.LocalSet, head,
            new ProgramNode(Opcode.StructNew, [ProgramType.ReferenceTo(type, nullable: false)], values) { Immediates = [type], Reducibility = Reducibility.Fixed }));
        loop.Body.Add(parts.Loops.BranchBack(loop, parts.Loops.HasWorkLeft(counter), depth));
        _labels.RemoveAt(_labels.Count - 1);
        return new SequenceNode([],
            Nodes.Fixed(Opcode.LocalSet, head, parts.Expressions.Of(fields[link].Type, depth - 1)),
            Nodes.Fixed(Opcode.LocalSet, counter, ProgramNode.I32Const(_random.Between(1, 12))),
            loop,
            TakeList(head, fields[link].Type))
        {
            Reducibility = Reducibility.Whole,
        };
    }

    /// <summary>Puts a list where others find it.</summary>
    private ProgramNode TakeList(int head, ProgramType type)
    {
        var globals = Enumerable.Range(0, _context.Program.Globals.Count)
            .Where(index => _context.Program.Globals[index].Mutable && _context.Program.Globals[index].Type == type).ToList();
        return globals.Count > 0 && _random.Percent(50)
            ? Nodes.Fixed(Opcode.GlobalSet, _random.Pick(globals), _scope.FixedLocal(head))
            : Nodes.Fixed(Opcode.LocalSet, _scope.WritableLocal(type), _scope.FixedLocal(head));
    }

    /// <summary>A loop along a list, to its end or as long as there is fuel.</summary>
    public SequenceNode ListWalk(int depth)
    {
        var (type, link) = _random.Pick(_context.Links);
        var fields = _context.Aggregate(type).Fields;
        var cursor = _scope.NewLocal(fields[link].Type, isWritable: false);
        var exit = _scope.Block(Opcode.Block, new ProgramSignature([], []), Reducibility.Fixed);
        var loop = _scope.Block(Opcode.Loop, new ProgramSignature([], []), Reducibility.Fixed);
        exit.Body.Add(loop);
        _labels.Add(exit);
        loop.Body.Add(Nodes.LeaveIf(exit, Nodes.Fixed(Opcode.I32Eqz, ProgramType.I32, _scope.HasFuelLeft())));
        loop.Body.Add(_scope.BurnFuel());
        var node = CheckNode(type, cursor, exit, loop);
        for (var i = _random.Between(1, 2); i > 0; i--)
        {
            loop.Body.Add(UseField(type, _random.Below(fields.Length), node(), depth));
        }

        parts.Statements.Fill(loop, loop.Body, depth - 1);
        loop.Body.Add(Nodes.Fixed(Opcode.LocalSet, cursor,
            new ProgramNode(Opcode.StructGet, [fields[link].Type], node()) { Immediates = [type, link], Reducibility = Reducibility.Fixed }));
        loop.Body.Add(new ProgramNode(Opcode.Br, []) { Targets = [loop], Reducibility = Reducibility.Fixed });
        _labels.RemoveAt(_labels.Count - 1);
        return new SequenceNode([], Nodes.Fixed(Opcode.LocalSet, cursor, parts.Expressions.Of(fields[link].Type, depth - 1)), exit) { Reducibility = Reducibility.Whole };
    }

    /// <summary>Leaves a loop where its list ends or has an object of another type; gives what then refers to the object.</summary>
    private Func<ProgramNode> CheckNode(int type, int cursor, BlockNode exit, BlockNode loop)
    {
        ProgramType[] results = [ProgramType.ReferenceTo(type, nullable: false)];
        if (_scope.Locals[cursor].Heap != type)
        {
            var isOther = Nodes.Fixed(Opcode.I32Eqz, ProgramType.I32,
                new ProgramNode(Opcode.RefTest, [ProgramType.I32], _scope.FixedLocal(cursor)) { Immediates = [type], Reducibility = Reducibility.Fixed });
            loop.Body.Add(Nodes.LeaveIf(exit, isOther));
            return () => new ProgramNode(Opcode.RefCast, results, _scope.FixedLocal(cursor)) { Immediates = [type], Reducibility = Reducibility.Fixed };
        }

        if (_random.Percent(40))
        {
            // Into the object's own local, through the branch that tells that it is one.
            var present = _scope.NewLocal(ProgramType.ReferenceTo(type), isWritable: false);
            loop.Body.Add(Nodes.Fixed(Opcode.LocalSet, present,
                new ProgramNode(Opcode.BrOnNull, results, _scope.FixedLocal(cursor)) { Targets = [exit], Reducibility = Reducibility.Fixed }));
            return () => _scope.FixedLocal(present);
        }

        loop.Body.Add(Nodes.LeaveIf(exit, Nodes.Fixed(Opcode.RefIsNull, ProgramType.I32, _scope.FixedLocal(cursor))));
        return _random.Percent(50)
            ? () => _scope.FixedLocal(cursor)
            : () => new ProgramNode(Opcode.RefAsNonNull, results, _scope.FixedLocal(cursor)) { Reducibility = Reducibility.Fixed };
    }

    /// <summary>Reads or writes a field of an object.</summary>
    public ProgramNode UseField(int type, int index, ProgramNode node, int depth)
    {
        var field = _context.Aggregate(type).Fields[index];
        if (field.Mutable && _random.Percent(40))
        {
            return new ProgramNode(Opcode.StructSet, [], node, parts.Expressions.Of(field.Type, depth - 1)) { Immediates = [type, index] };
        }

        var opcode = field.Packing == Packing.None ? Opcode.StructGet : _random.Percent(50) ? Opcode.StructGetS : Opcode.StructGetU;
        return Accumulate(new ProgramNode(opcode, [field.Type], node) { Immediates = [type, index] });
    }
}
