using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Bodies;

/// <summary>Branches and other ways to leave a block.</summary>
internal sealed class JumpGenerator(BodyGenerator parts)
{
    private readonly BodyScope _scope = parts.Scope;
    private readonly ProgramContext _context = parts.Scope.Context;
    private readonly RandomSource _random = parts.Scope.Random;
    private readonly List<BlockNode> _labels = parts.Scope.Labels;

    /// <summary>Nested blocks that a <c>br_table</c> jumps out of, as a switch statement is compiled.</summary>
    public BlockNode Switch(int depth)
    {
        var outer = _scope.Block(Opcode.Block, []);
        var blocks = new List<BlockNode> { outer };
        for (var i = _random.Between(1, 3); i > 0; i--)
        {
            var inner = _scope.Block(Opcode.Block, new ProgramSignature([], []), Reducibility.Whole);
            blocks[^1].Body.Add(inner);
            blocks.Add(inner);
        }

        var index = _random.Percent(70)
            ? Nodes.Constrained(Opcode.I32And, ProgramType.I32, parts.Expressions.Of(ProgramType.I32, depth - 1), 3)
            : parts.Expressions.Of(ProgramType.I32, depth - 1);
        var targets = _labels.Where(label => label.Opcode != Opcode.Loop && label.LabelTypes.Length == 0).Concat(blocks).ToList();
        blocks[^1].Body.Add(new ProgramNode(Opcode.BrTable, [], index)
        {
            Targets = [.. Enumerable.Range(0, _random.Between(1, 5)).Select(_ => _random.Pick(targets))],
            Reducibility = Reducibility.Whole,
        });
        for (var i = blocks.Count - 2; i >= 0; i--)
        {
            _labels.AddRange(blocks[..(i + 1)]);
            for (var n = _random.Between(0, 2); n > 0; n--)
            {
                blocks[i].Body.Add(parts.Statements.Any(depth - 1));
            }

            if (_random.Percent(50))
            {
                blocks[i].Body.Add(new ProgramNode(Opcode.Br, []) { Targets = [outer] });
            }

            _labels.RemoveRange(_labels.Count - i - 1, i + 1);
        }

        return outer;
    }

    /// <summary>An if whose arm leaves the function or a block.</summary>
    public BlockNode ConditionalExit(int depth)
    {
        var condition = parts.Expressions.Of(ProgramType.I32, depth - 1);
        var node = _scope.Block(Opcode.If, [], _random.Percent(70) ? new ProgramNode(Opcode.I32Eqz, [ProgramType.I32], condition) : condition);
        _labels.Add(node);
        if (_random.Percent(50))
        {
            node.Body.Add(parts.Statements.Any(depth - 1));
        }

        node.Body.Add(Exit(depth - 1));
        _labels.RemoveAt(_labels.Count - 1);
        return node;
    }

    /// <summary>A jump without condition, often followed by code that nobody reaches.</summary>
    public SequenceNode Exit(int depth)
    {
        var nodes = new List<ProgramNode> { Jump(depth) };
        for (var i = _random.Weighted(50, 25, 25); i > 0; i--)
        {
            // Operands that are missing come from nowhere in unreachable code.
            var info = _random.Pick(OperatorCatalog.Operators(parts.Statements.AnyNumber().Kind));
            nodes.Add(new ProgramNode(info.Opcode, [new ProgramType(info.Results[0])]) { Reducibility = Reducibility.Fixed });
            nodes.Add(Nodes.TakeOff(_random.Percent(50) ? _scope.WritableLocal(new ProgramType(info.Results[0])) : -1));
        }

        return new SequenceNode([], [.. nodes]) { Reducibility = Reducibility.Whole };
    }

    private ProgramNode Jump(int depth)
    {
        var targets = _labels.Where(label => label.Opcode != Opcode.Loop).ToList();
        var results = _scope.Role == FunctionRole.Run ? [ProgramType.I64] : _scope.Signature.Results;
        switch (_random.Weighted(40, 40, 15, Math.Min(5, _context.Danger), _scope.Role == FunctionRole.Leaf ? 0 : 6, _context.Program.Tags.Count > 0 ? 20 : 0))
        {
            case 5:
                return parts.Exceptions.Throw(depth);
            case 1 when targets.Count > 0:
                var target = _random.Pick(targets);
                return new ProgramNode(Opcode.Br, [], parts.Expressions.All(target.LabelTypes, depth - 1)) { Targets = [target], Reducibility = Reducibility.Fixed };
            case 2 when targets.Count > 0:
                var types = _random.Pick(targets).LabelTypes;
                var alike = targets.Where(label => label.LabelTypes.SequenceEqual(types)).ToList();
                return new ProgramNode(Opcode.BrTable, [], [.. parts.Expressions.All(types, depth - 1), parts.Expressions.Of(ProgramType.I32, depth - 1)])
                {
                    Targets = [.. Enumerable.Range(0, _random.Between(1, 4)).Select(_ => _random.Pick(alike))],
                    Reducibility = Reducibility.Fixed,
                };
            case 3:
                return new ProgramNode(Opcode.Unreachable, []) { Reducibility = Reducibility.Fixed };
            case 4 when parts.Calls.CalleesWith(results) is { Count: > 0 } callees:
                return parts.Calls.TailCall(_random.Pick(callees), depth);
            default:
                return new ProgramNode(Opcode.Return, [], parts.Expressions.All(results, depth - 1)) { Reducibility = Reducibility.Fixed };
        }
    }

    /// <summary>Branches out of an enclosing block on a condition, with the values that its label takes.</summary>
    public ProgramNode BranchIf(int depth)
    {
        var targets = _labels.Where(label => label.Opcode != Opcode.Loop).ToList();
        if (targets.Count == 0)
        {
            return parts.Statements.SetLocal(depth);
        }

        var target = _random.Pick(targets);
        var condition = new ProgramNode(Opcode.I32Eqz, [ProgramType.I32], parts.Expressions.Of(ProgramType.I32, depth - 1));
        return parts.Statements.Spread(new ProgramNode(Opcode.BrIf, target.LabelTypes, [.. parts.Expressions.All(target.LabelTypes, depth - 1), condition])
        {
            Targets = [target],
            Reducibility = Reducibility.Fixed,
        });
    }
}
