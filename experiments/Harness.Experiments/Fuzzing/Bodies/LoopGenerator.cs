using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Bodies;

/// <summary>Loops that run a limited number of times.</summary>
internal sealed class LoopGenerator(BodyGenerator parts)
{
    private readonly BodyScope _scope = parts.Scope;
    private readonly RandomSource _random = parts.Scope.Random;
    private readonly List<BlockNode> _labels = parts.Scope.Labels;

    /// <summary>A loop that runs a limited number of times.</summary>
    public SequenceNode Loop(int depth)
    {
        var counter = _scope.NewLocal(ProgramType.I32, isWritable: false);
        var count = _random.Percent(60)
            ? ProgramNode.I32Const(_random.Between(1, 20))
            : Nodes.Constrained(Opcode.I32And, ProgramType.I32, parts.Expressions.Of(ProgramType.I32, depth - 1), 15);
        return new SequenceNode([], Nodes.Fixed(Opcode.LocalSet, counter, count), _random.Percent(50) ? TestedFirst(counter, depth) : TestedLast(counter, depth))
        {
            Reducibility = Reducibility.Whole,
        };
    }

    /// <summary>A <c>while</c> loop: a block around a loop, with the exit at the top and a branch back at the bottom.</summary>
    private BlockNode TestedFirst(int counter, int depth)
    {
        var none = new ProgramSignature([], []);
        var exit = _scope.Block(Opcode.Block, none, Reducibility.Fixed);
        var loop = _scope.Block(Opcode.Loop, none, Reducibility.Fixed);
        exit.Body.Add(loop);
        _labels.Add(exit);
        loop.Body.Add(new ProgramNode(Opcode.BrIf, [], Nodes.Fixed(Opcode.I32Eqz, ProgramType.I32, HasWorkLeft(counter))) { Targets = [exit], Reducibility = Reducibility.Fixed });
        loop.Body.Add(_scope.BurnFuel());
        parts.Statements.Fill(loop, loop.Body, depth - 1);
        loop.Body.Add(new ProgramNode(Opcode.Br, []) { Targets = [loop], Reducibility = Reducibility.Fixed });
        _labels.RemoveAt(_labels.Count - 1);
        return exit;
    }

    /// <summary>A <c>do</c> loop, which may carry values from one iteration to the next on the operand stack.</summary>
    private SequenceNode TestedLast(int counter, int depth)
    {
        var type = new ProgramSignature(parts.Statements.AnyValues(_random.Weighted(60, 20, 10, 10)), parts.Statements.AnyValues(_random.Weighted(60, 30, 10)));
        var loop = _scope.Block(Opcode.Loop, type, Reducibility.Fixed, parts.Expressions.All(type.Parameters, depth - 1));
        loop.Body.AddRange(parts.Statements.TakeParameters(type));
        loop.Body.Add(_scope.BurnFuel());
        _labels.Add(loop);
        for (var i = _random.Between(1, 4); i > 0; i--)
        {
            loop.Body.Add(parts.Statements.Any(depth - 1));
        }

        loop.Body.Add(BranchBack(loop, HasWorkLeft(counter), depth));
        loop.Body.AddRange(parts.Expressions.All(type.Results, depth - 1));
        _labels.RemoveAt(_labels.Count - 1);
        return parts.Statements.Spread(loop);
    }

    /// <summary>A loop around a statement, which is left when it has run some times or the fuel is used up.</summary>
    public SequenceNode Repeat(ProgramNode statement, int depth)
    {
        var counter = _scope.NewLocal(ProgramType.I32, isWritable: false);
        var loop = _scope.Block(Opcode.Loop, new ProgramSignature([], []), Reducibility.Fixed);
        loop.Body.AddRange([_scope.BurnFuel(), statement, BranchBack(loop, HasWorkLeft(counter), depth)]);
        return new SequenceNode([], Nodes.Fixed(Opcode.LocalSet, counter, ProgramNode.I32Const(_random.Between(2, 15))), loop)
        {
            Reducibility = Reducibility.Whole,
        };
    }

    /// <summary>Counts down; true while the counter and the fuel are positive.</summary>
    public ProgramNode HasWorkLeft(int counter) => Nodes.Fixed(Opcode.I32And, ProgramType.I32,
        Nodes.Fixed(Opcode.I32GtS, ProgramType.I32,
            new ProgramNode(Opcode.LocalTee, [ProgramType.I32],
                Nodes.Fixed(Opcode.I32Sub, ProgramType.I32, _scope.FixedLocal(counter), ProgramNode.I32Const(1, Reducibility.Fixed)))
            {
                Immediates = [counter],
                Reducibility = Reducibility.Fixed,
            },
            ProgramNode.I32Const(0, Reducibility.Fixed)),
        _scope.HasFuelLeft());

    /// <summary>Branches to the start of a loop if a condition holds.</summary>
    public SequenceNode BranchBack(BlockNode loop, ProgramNode condition, int depth)
    {
        var branch = new ProgramNode(Opcode.BrIf, loop.LabelTypes, [.. parts.Expressions.All(loop.LabelTypes, depth - 1), condition])
        {
            Targets = [loop],
            Reducibility = Reducibility.Fixed,
        };
        return new SequenceNode([], [branch, .. loop.LabelTypes.Select(_ => Nodes.TakeOff(-1))]) { Reducibility = Reducibility.Fixed };
    }

    /// <summary>Goes on with the next iteration of an enclosing loop, as long as there is fuel.</summary>
    public SequenceNode? Continue(int depth)
    {
        var loops = _labels.Where(label => label.Opcode == Opcode.Loop).ToList();
        if (loops.Count == 0)
        {
            return null;
        }

        var condition = new ProgramNode(Opcode.I32And, [ProgramType.I32],
            new ProgramNode(Opcode.I32Eqz, [ProgramType.I32], parts.Expressions.Of(ProgramType.I32, depth - 1)), _scope.HasFuelLeft())
        {
            Reducibility = Reducibility.Fixed,
        };
        return new SequenceNode([], _scope.BurnFuel(), BranchBack(_random.Pick(loops), condition, depth)) { Reducibility = Reducibility.Whole };
    }
}
