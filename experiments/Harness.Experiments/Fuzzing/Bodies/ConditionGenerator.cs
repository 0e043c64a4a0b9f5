using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Bodies;

/// <summary>One condition that several users near each other have: branches, selects, and what takes it as a number.</summary>
internal sealed class ConditionGenerator(BodyGenerator parts)
{
    private static readonly Opcode[] Combinations =
        [Opcode.I32And, Opcode.I32Or, Opcode.I32Xor, Opcode.I32Add, Opcode.I32Sub, Opcode.I32Mul, Opcode.I32Shl, Opcode.I32Eq, Opcode.I32Ne];

    private readonly BodyScope _scope = parts.Scope;
    private readonly ProgramContext _context = parts.Scope.Context;
    private readonly RandomSource _random = parts.Scope.Random;
    private readonly List<BlockNode> _labels = parts.Scope.Labels;

    /// <summary>Keeps a condition in a local, and uses it a few times.</summary>
    public BlockNode Statement(int depth)
    {
        var condition = _scope.NewLocal(ProgramType.I32, isWritable: false);
        var block = _scope.Block(Opcode.Block, new ProgramSignature([], []), Reducibility.Whole);
        block.Body.Add(new ProgramNode(Opcode.LocalSet, [], Negated(Condition(depth - 1))) { Immediates = [condition] });
        _labels.Add(block);
        for (var i = _random.Between(2, 5); i > 0; i--)
        {
            block.Body.Add(User(condition, block, depth - 1));
            if (_random.Percent(15))
            {
                block.Body.Add(parts.Statements.Any(depth - 2));
            }
        }

        _labels.RemoveAt(_labels.Count - 1);
        return block;
    }

    /// <summary>A comparison, often of what memory has; or a bit, a number or a question about objects.</summary>
    private ProgramNode Condition(int depth)
    {
        switch (_random.Weighted(70, 10, 5, _context.Aggregates.Count > 0 ? 15 : 0))
        {
            case 0:
                var info = _random.Pick(OperatorCatalog.Comparisons);
                var type = new ProgramType(info.Parameters[0]);
                return new ProgramNode(info.Opcode, [ProgramType.I32], Compared(type, depth), Compared(type, depth));
            case 1:
                return Nodes.Constrained(Opcode.I32And, ProgramType.I32, Compared(ProgramType.I32, depth), 1L << _random.Below(32));
            case 2:
                return Compared(ProgramType.I32, depth);
            default:
                return parts.Objects.QueryOfObject(depth);
        }
    }

    private ProgramNode Compared(ProgramType type, int depth) => _random.Weighted(35, 30, 20, 15) switch
    {
        0 => parts.Memories.Load(type, depth),
        1 => parts.Expressions.Simple(type),
        2 => Constants.Edge(type, _random),
        _ => parts.Expressions.Of(type, depth - 1),
    };

    /// <summary>A condition as it is, or negated once or several times.</summary>
    private ProgramNode Negated(ProgramNode condition)
    {
        for (var i = _random.Weighted(55, 20, 15, 10); i > 0; i--)
        {
            condition = new ProgramNode(Opcode.I32Eqz, [ProgramType.I32], condition);
        }

        return condition;
    }

    private ProgramNode User(int condition, BlockNode exit, int depth)
    {
        var use = Negated(_scope.Local(condition));
        switch (_random.Weighted(28, 24, 12, 12, 14, 10))
        {
            case 0:
                return Select(use, depth);
            case 1:
                return Branch(use, depth);
            case 2:
                return new ProgramNode(Opcode.BrIf, [], use) { Targets = [exit], Reducibility = Reducibility.Whole };
            case 3:
                return _scope.Observe(use);
            case 4:
                var combined = new ProgramNode(_random.Pick(Combinations), [ProgramType.I32], parts.Expressions.Simple(ProgramType.I32), use);
                return new ProgramNode(Opcode.LocalSet, [], combined) { Immediates = [_scope.WritableLocal(ProgramType.I32)] };
            default:
                return Branch(new ProgramNode(_random.Percent(50) ? Opcode.I32And : Opcode.I32Or, [ProgramType.I32], use, Condition(depth - 1)), depth);
        }
    }

    private ProgramNode Select(ProgramNode condition, int depth)
    {
        var type = parts.Statements.AnyNumber();
        var selected = new ProgramNode(Opcode.Select, [type], parts.Expressions.Of(type, depth - 1), parts.Expressions.Of(type, depth - 1), condition);
        return _random.Percent(30)
            ? _scope.Observe(selected)
            : new ProgramNode(Opcode.LocalSet, [], selected) { Immediates = [_scope.WritableLocal(type)] };
    }

    private BlockNode Branch(ProgramNode condition, int depth)
    {
        var node = _scope.Block(Opcode.If, [], condition);
        parts.Statements.Fill(node, node.Body, depth - 1);
        if (_random.Percent(50))
        {
            node.Else = [];
            parts.Statements.Fill(node, node.Else, depth - 1);
        }

        return node;
    }
}
