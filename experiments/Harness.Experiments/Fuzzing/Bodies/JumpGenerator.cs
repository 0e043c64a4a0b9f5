using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Bodies;

/// <summary>Branches and other ways to leave a block.</summary>
internal sealed class JumpGenerator(BodyGenerator parts)
{
    private readonly BodyScope scope = parts.Scope;
    private readonly ProgramContext context = parts.Scope.Context;
    private readonly RandomSource random = parts.Scope.Random;
    private readonly List<BlockNode> labels = parts.Scope.Labels;

    /// <summary>Nested blocks that a <c>br_table</c> jumps out of, as a switch statement is compiled.</summary>
    public BlockNode Switch(int depth)
    {
        var outer = scope.Block(Opcode.Block, []);
        var blocks = new List<BlockNode> { outer };
        for (var i = random.Between(1, 3); i > 0; i--)
        {
            var inner = scope.Block(Opcode.Block, new ProgramSignature([], []), Reducibility.Whole);
            blocks[^1].Body.Add(inner);
            blocks.Add(inner);
        }
        var index = random.Percent(70)
            ? Nodes.Constrained(Opcode.I32And, ProgramType.I32, parts.Expressions.Of(ProgramType.I32, depth - 1), 3)
            : parts.Expressions.Of(ProgramType.I32, depth - 1);
        var targets = labels.Where(label => label.Opcode != Opcode.Loop && label.LabelTypes.Length == 0).Concat(blocks).ToList();
        blocks[^1].Body.Add(new ProgramNode(Opcode.BrTable, [], index)
        {
            Targets = [.. Enumerable.Range(0, random.Between(1, 5)).Select(_ => random.Pick(targets))],
            Reducibility = Reducibility.Whole,
        });
        for (var i = blocks.Count - 2; i >= 0; i--)
        {
            labels.AddRange(blocks[..(i + 1)]);
            for (var n = random.Between(0, 2); n > 0; n--)
                blocks[i].Body.Add(parts.Statements.Any(depth - 1));
            if (random.Percent(50))
                blocks[i].Body.Add(new ProgramNode(Opcode.Br, []) { Targets = [outer] });
            labels.RemoveRange(labels.Count - i - 1, i + 1);
        }
        return outer;
    }

    /// <summary>An if whose arm leaves the function or a block.</summary>
    public BlockNode ConditionalExit(int depth)
    {
        var condition = parts.Expressions.Of(ProgramType.I32, depth - 1);
        var node = scope.Block(Opcode.If, [], random.Percent(70) ? new ProgramNode(Opcode.I32Eqz, [ProgramType.I32], condition) : condition);
        labels.Add(node);
        if (random.Percent(50))
            node.Body.Add(parts.Statements.Any(depth - 1));
        node.Body.Add(Exit(depth - 1));
        labels.RemoveAt(labels.Count - 1);
        return node;
    }

    /// <summary>A jump without condition, often followed by code that nobody reaches.</summary>
    public SequenceNode Exit(int depth)
    {
        var nodes = new List<ProgramNode> { Jump(depth) };
        for (var i = random.Weighted(50, 25, 25); i > 0; i--)
        {
            // Operands that are missing come from nowhere in unreachable code.
            var info = random.Pick(OperatorCatalog.Operators(parts.Statements.AnyNumber().Kind));
            nodes.Add(new ProgramNode(info.Opcode, [new ProgramType(info.Results[0])]) { Reducibility = Reducibility.Fixed });
            nodes.Add(Nodes.TakeOff(random.Percent(50) ? scope.WritableLocal(new ProgramType(info.Results[0])) : -1));
        }
        return new SequenceNode([], [.. nodes]) { Reducibility = Reducibility.Whole };
    }

    private ProgramNode Jump(int depth)
    {
        var targets = labels.Where(label => label.Opcode != Opcode.Loop).ToList();
        var results = scope.Role == FunctionRole.Run ? [ProgramType.I64] : scope.Signature.Results;
        switch (random.Weighted(40, 40, 15, Math.Min(5, context.Danger), scope.Role == FunctionRole.Leaf ? 0 : 6, context.Program.Tags.Count > 0 ? 20 : 0))
        {
            case 5:
                return parts.Exceptions.Throw(depth);
            case 1 when targets.Count > 0:
                var target = random.Pick(targets);
                return new ProgramNode(Opcode.Br, [], parts.Expressions.All(target.LabelTypes, depth - 1)) { Targets = [target], Reducibility = Reducibility.Fixed };
            case 2 when targets.Count > 0:
                var types = random.Pick(targets).LabelTypes;
                var alike = targets.Where(label => label.LabelTypes.SequenceEqual(types)).ToList();
                return new ProgramNode(Opcode.BrTable, [], [.. parts.Expressions.All(types, depth - 1), parts.Expressions.Of(ProgramType.I32, depth - 1)])
                {
                    Targets = [.. Enumerable.Range(0, random.Between(1, 4)).Select(_ => random.Pick(alike))],
                    Reducibility = Reducibility.Fixed,
                };
            case 3:
                return new ProgramNode(Opcode.Unreachable, []) { Reducibility = Reducibility.Fixed };
            case 4 when parts.Calls.CalleesWith(results) is { Count: > 0 } callees:
                return parts.Calls.TailCall(random.Pick(callees), depth);
            default:
                return new ProgramNode(Opcode.Return, [], parts.Expressions.All(results, depth - 1)) { Reducibility = Reducibility.Fixed };
        }
    }

    /// <summary>Branches out of an enclosing block on a condition, with the values that its label takes.</summary>
    public ProgramNode BranchIf(int depth)
    {
        var targets = labels.Where(label => label.Opcode != Opcode.Loop).ToList();
        if (targets.Count == 0)
            return parts.Statements.SetLocal(depth);
        var target = random.Pick(targets);
        var condition = new ProgramNode(Opcode.I32Eqz, [ProgramType.I32], parts.Expressions.Of(ProgramType.I32, depth - 1));
        return parts.Statements.Spread(new ProgramNode(Opcode.BrIf, target.LabelTypes, [.. parts.Expressions.All(target.LabelTypes, depth - 1), condition])
        {
            Targets = [target],
            Reducibility = Reducibility.Fixed,
        });
    }
}
