using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Bodies;

/// <summary>Nodes that leave nothing on the stack.</summary>
internal sealed class StatementGenerator(BodyGenerator parts)
{
    private readonly BodyScope _scope = parts.Scope;
    private readonly ProgramContext _context = parts.Scope.Context;
    private readonly RandomSource _random = parts.Scope.Random;
    private readonly List<BlockNode> _labels = parts.Scope.Labels;

    public ProgramNode Any(int depth)
    {
        _scope.Budget--;
        if (depth <= 0 || _scope.Budget < 0)
        {
            return SetLocal(1);
        }

        var general = _scope.Role == FunctionRole.Leaf ? 0 : 1;
        var emphasis = _context.Emphasis;
        var calls = _scope.Role switch { FunctionRole.Leaf => 0, FunctionRole.General => 16, _ => 34 } * emphasis.Calls;
        var objects = _context.Aggregates.Count > 0 ? emphasis.Objects : 0;
        var exceptions = _context.Program.Tags.Count > 0 ? emphasis.Exceptions : 0;
        var walks = general * emphasis.Walks;
        var state = emphasis.State;
        var kind = _random.Weighted(
            24, 9 * state, 13 * state, 3, 9, 4, 9 * general, 4, calls, 3 * state, 3 * state, 4, 5, 2 * general, state, 4, 1,
            14 * objects, 8 * objects, 5 * exceptions, 4 * objects,
            5 * walks * Math.Min(1, _context.Arrays.Count), 5 * walks * Math.Min(1, _context.Links.Count), 3 * emphasis.Calls,
            _context.Program.HasAtomics ? 12 : 0,
            _context.Shapes.Conditions, _context.Shapes.Overlaps, _context.Aggregates.Count > 0 ? _context.Shapes.Casts : 0,
            _context.Program.Tags.Count > 0 ? _context.Shapes.Handlers : 0);
        return kind switch
        {
            0 => SetLocal(depth),
            1 => SetGlobal(depth),
            2 => _context.Program.HasVectors && _random.Percent(30) ? parts.Vectors.Store(depth) : parts.Memories.Store(depth),
            3 => new ProgramNode(Opcode.Drop, [], parts.Expressions.Of(AnyValue(), depth - 1)),
            4 => IfStatement(depth),
            5 => BlockStatement(depth),
            6 => parts.Loops.Loop(depth),
            7 => parts.Jumps.Switch(depth),
            8 => Spread(parts.Calls.Call(_random.Below(_context.Signatures.Count), depth)),
            9 => parts.Memories.BulkMemory(depth),
            10 => parts.Tables.TableOperation(depth),
            11 => parts.Jumps.ConditionalExit(depth),
            12 => parts.Jumps.BranchIf(depth),
            13 => parts.Loops.Continue(depth) ?? SetLocal(depth),
            14 => parts.Memories.Grow(depth),
            15 => MultiValueBlock(depth),
            16 => parts.Jumps.Exit(depth),
            17 => parts.Objects.SetField(depth),
            18 => parts.Objects.SetObject(depth),
            19 => parts.Exceptions.TryStatement(depth),
            20 => parts.Arrays.BulkArray(depth),
            21 => parts.Walks.ArrayWalk(depth),
            22 => _random.Percent(50) ? parts.Walks.BuildList(depth) : parts.Walks.ListWalk(depth),
            23 => parts.Calls.CallHost(depth) ?? SetLocal(depth),
            24 => parts.Atomics.Statement(depth),
            25 => parts.Conditions.Statement(depth),
            26 => parts.Overlaps.Statement(depth),
            27 => parts.MergedCasts.Statement(depth),
            _ => parts.Handlers.Statement(depth),
        };
    }

    public ProgramType AnyNumber() => _random.Pick(ProgramType.Numbers);

    /// <summary>A number, or a vector where the program has some.</summary>
    public ProgramType AnyValue() => _context.Program.HasVectors && _random.Percent(30) ? ProgramType.V128 : AnyNumber();

    public ProgramType[] AnyValues(int count)
    {
        var types = new ProgramType[count];
        for (var i = 0; i < count; i++)
        {
            types[i] = AnyValue();
        }

        return types;
    }

    public ProgramNode SetLocal(int depth)
    {
        var type = _random.Percent(95) ? AnyValue()
            : _random.Percent(50) ? ProgramType.FuncRef
            : ProgramType.ReferenceTo(_random.Below(_context.Signatures.Count));
        var value = parts.Expressions.Of(type, depth - 1);
        return new ProgramNode(Opcode.LocalSet, [], value) { Immediates = [_scope.WritableLocal(type)] };
    }

    private ProgramNode SetGlobal(int depth)
    {
        var globals = Enumerable.Range(0, _context.Program.Globals.Count)
            .Where(index => _context.Program.Globals[index].Mutable && index > ProgramGenerator.PhaseGlobal).ToList();
        var global = _random.Pick(globals);
        return new ProgramNode(Opcode.GlobalSet, [], parts.Expressions.Of(_context.Program.Globals[global].Type, depth - 1)) { Immediates = [global] };
    }

    private BlockNode IfStatement(int depth)
    {
        var node = _scope.Block(Opcode.If, [], parts.Expressions.Condition(depth - 1));
        Fill(node, node.Body, depth - 1);
        if (_random.Percent(50))
        {
            node.Else = [];
            Fill(node, node.Else, depth - 1);
        }

        return node;
    }

    private BlockNode BlockStatement(int depth)
    {
        var node = _scope.Block(Opcode.Block, []);
        Fill(node, node.Body, depth - 1);
        return node;
    }

    /// <summary>Gives a block a few statements and its results.</summary>
    public void Fill(BlockNode block, List<ProgramNode> body, int depth)
    {
        _labels.Add(block);
        for (var i = _random.Weighted(30, 40, 20, 10); i > 0; i--)
        {
            body.Add(Any(depth));
        }

        body.AddRange(parts.Expressions.All(block.Type.Results, depth));
        _labels.RemoveAt(_labels.Count - 1);
    }

    /// <summary>A node with any number of results, each of which goes to a local or is dropped.</summary>
    public SequenceNode Spread(ProgramNode source)
    {
        var nodes = new List<ProgramNode> { source };
        foreach (var type in source.Results.Reverse())
        {
            nodes.Add(Nodes.TakeOff(_random.Percent(75) ? _scope.WritableLocal(type) : -1));
        }

        return new SequenceNode([], [.. nodes]) { Reducibility = Reducibility.Whole };
    }

    /// <summary>A block, loop-free, that takes some values from the stack and leaves others.</summary>
    private SequenceNode MultiValueBlock(int depth)
    {
        var type = new ProgramSignature(AnyValues(_random.Between(0, 3)), AnyValues(_random.Between(0, 3)));
        var inputs = parts.Expressions.All(type.Parameters, depth - 1);
        var isIf = _random.Percent(50);
        var node = isIf
            ? _scope.Block(Opcode.If, type, Reducibility.Whole, [.. inputs, parts.Expressions.Of(ProgramType.I32, depth - 1)])
            : _scope.Block(Opcode.Block, type, Reducibility.Whole, inputs);
        node.Body.AddRange(TakeParameters(type));
        Fill(node, node.Body, depth - 1);
        if (isIf)
        {
            node.Else = [.. TakeParameters(type)];
            Fill(node, node.Else, depth - 1);
        }

        return Spread(node);
    }

    public IEnumerable<ProgramNode> TakeParameters(ProgramSignature type) =>
        type.Parameters.Reverse().Select(parameter => Nodes.TakeOff(_scope.WritableLocal(parameter)));
}
