using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Bodies;

/// <summary>Several tests of one reference that lead to the same place, and reads of the object that they have found.</summary>
internal sealed class MergedCastGenerator(BodyGenerator parts)
{
    private readonly BodyScope _scope = parts.Scope;
    private readonly ProgramContext _context = parts.Scope.Context;
    private readonly RandomSource _random = parts.Scope.Random;
    private readonly List<BlockNode> _labels = parts.Scope.Labels;

    /// <summary>Tests in one of four forms, in a loop or not.</summary>
    public ProgramNode Statement(int depth)
    {
        var type = _random.Pick(_context.Aggregates);
        var above = parts.Casts.Above(ProgramType.ReferenceTo(type));
        var tested = _scope.NewLocal(above, isWritable: false);
        var found = _scope.NewLocal(ProgramType.ReferenceTo(type), isWritable: false);
        var exit = _scope.Block(Opcode.Block, new ProgramSignature([], []), Reducibility.Whole);
        _labels.Add(exit);
        exit.Body.Add(SetTested(tested, type, depth - 1));
        exit.Body.AddRange(_random.Weighted(45, 20, 15, 20) switch
        {
            0 => BranchesOnSuccess(exit, tested, found, depth - 1),
            1 => BranchesOnFailure(exit, tested, found, depth - 1),
            2 => BranchesOnNull(exit, type, found, depth - 1),
            _ => Tests(exit, tested, found, depth - 1),
        });
        var used = _scope.Block(Opcode.Block, []);
        used.Body.AddRange(Uses(found, depth - 1));
        exit.Body.Add(IsRepeated() ? parts.Loops.Repeat(used, depth) : used);
        _labels.RemoveAt(_labels.Count - 1);
        return IsRepeated() ? parts.Loops.Repeat(exit, depth) : exit;
    }

    private bool IsRepeated() => _scope.Role != FunctionRole.Leaf && _random.Percent(50);

    /// <summary>Sets the reference that is tested: mostly to something that passes.</summary>
    private ProgramNode SetTested(int tested, int type, int depth) => new(Opcode.LocalSet, [], _random.Percent(70)
        ? parts.Casts.Disguised(ProgramType.ReferenceTo(type), _scope.Locals[tested], depth)
        : parts.Expressions.Of(_scope.Locals[tested], depth - 1))
    {
        Immediates = [tested],
    };

    /// <summary>What may be between two tests: nothing, any statement, or another reference for the second one.</summary>
    private ProgramNode[] Between(int tested, int type, int depth) => _random.Weighted(60, 20, 20) switch
    {
        0 => [],
        1 => [parts.Statements.Any(depth - 1)],
        _ => [SetTested(tested, type, depth - 1)],
    };

    /// <summary>A type or one below it.</summary>
    private int Below(int type) => _random.Pick([.. _context.Aggregates.Where(other => _context.Program.IsSubtype(other, type))]);

    /// <summary>Several branches that take a reference to one block, and behind that block what was found in a local.</summary>
    private List<ProgramNode> BranchesOnSuccess(BlockNode exit, int tested, int found, int depth)
    {
        var type = _scope.Locals[found].Heap;
        var block = _scope.Block(Opcode.Block, new ProgramSignature([], [ProgramType.ReferenceTo(type, nullable: false)]), Reducibility.Fixed);
        block.Body.AddRange(BranchOnSuccess(block, tested, type, depth));
        for (var i = _random.Between(1, 2); i > 0; i--)
        {
            block.Body.AddRange(Between(tested, type, depth));
            block.Body.AddRange(BranchOnSuccess(block, tested, type, depth));
        }

        block.Body.Add(new ProgramNode(Opcode.Br, []) { Targets = [exit], Reducibility = Reducibility.Fixed });
        return [Nodes.Fixed(Opcode.LocalSet, found, block)];
    }

    private ProgramNode[] BranchOnSuccess(BlockNode target, int tested, int type, int depth)
    {
        switch (_random.Weighted(60, 20, 20))
        {
            case 0:
                return [CastGenerator.Branch(Opcode.BrOnCast, _scope.FixedLocal(tested), Below(type), target), Nodes.TakeOff(-1)];
            case 1:
                return
                [
                    new ProgramNode(Opcode.BrOnNonNull, [], parts.Expressions.Of(ProgramType.ReferenceTo(type), depth - 1))
                    {
                        Targets = [target],
                        Reducibility = Reducibility.Whole,
                    },
                ];
            default:
                var chosen = Below(type);
                var node = _scope.Block(Opcode.If, new ProgramSignature([], []), Reducibility.Whole, Test(tested, chosen));
                node.Body.Add(new ProgramNode(Opcode.Br, [], Cast(tested, chosen)) { Targets = [target], Reducibility = Reducibility.Fixed });
                return [node];
        }
    }

    /// <summary>Several branches to one block where casts fail, each of which leaves what it has found otherwise.</summary>
    private List<ProgramNode> BranchesOnFailure(BlockNode exit, int tested, int found, int depth)
    {
        var type = _scope.Locals[found].Heap;
        var failed = _scope.Block(Opcode.Block, new ProgramSignature([], [_scope.Locals[tested]]), Reducibility.Fixed);
        failed.Body.Add(Nodes.Fixed(Opcode.LocalSet, found, CastGenerator.Branch(Opcode.BrOnCastFail, _scope.FixedLocal(tested), type, failed)));
        failed.Body.AddRange(Uses(found, depth));
        failed.Body.AddRange(Between(tested, type, depth));
        failed.Body.Add(Nodes.Fixed(Opcode.LocalSet, found, CastGenerator.Branch(Opcode.BrOnCastFail, _scope.FixedLocal(tested), Below(type), failed)));
        failed.Body.AddRange(Uses(found, depth));
        failed.Body.Add(new ProgramNode(Opcode.Br, []) { Targets = [exit], Reducibility = Reducibility.Fixed });

        // Behind, nothing is found, and what failed is tested once more.
        return
        [
            Nodes.Fixed(Opcode.LocalSet, tested, failed),
            Nodes.Fixed(Opcode.LocalSet, found, new ProgramNode(Opcode.RefCast, [ProgramType.ReferenceTo(type, nullable: false)], Certain(tested, type))
            {
                Immediates = [type],
                Reducibility = Reducibility.Fixed,
            }),
        ];
    }

    /// <summary>The tested reference if it is of a type, else an object that is, in the type of the first.</summary>
    private ProgramNode Certain(int tested, int type) => new(Opcode.SelectTyped, [_scope.Locals[tested]],
        _scope.FixedLocal(tested), parts.Casts.Certain(ProgramType.ReferenceTo(type, nullable: false)), Test(tested, type))
    {
        Reducibility = Reducibility.Fixed,
    };

    /// <summary>Two references, each of which leaves the block where it is null.</summary>
    private List<ProgramNode> BranchesOnNull(BlockNode exit, int type, int found, int depth)
    {
        var other = _scope.NewLocal(_scope.Locals[found], isWritable: false);
        ProgramNode Checked(int local) => Nodes.Fixed(Opcode.LocalSet, local,
            new ProgramNode(Opcode.BrOnNull, [ProgramType.ReferenceTo(type, nullable: false)], parts.Expressions.Of(ProgramType.ReferenceTo(type), depth - 1))
            {
                Targets = [exit],
                Reducibility = Reducibility.Fixed,
            });
        return [Checked(other), Checked(found), .. Uses(other, depth), .. Uses(found, depth)];
    }

    /// <summary>Tests that branch to one block without taking the reference along, which is cast behind it.</summary>
    private List<ProgramNode> Tests(BlockNode exit, int tested, int found, int depth)
    {
        var type = _scope.Locals[found].Heap;
        var block = _scope.Block(Opcode.Block, new ProgramSignature([], []), Reducibility.Fixed);
        block.Body.Add(Nodes.LeaveIf(block, Test(tested, Below(type))));
        block.Body.AddRange(Between(tested, type, depth));
        block.Body.Add(Nodes.LeaveIf(block, Test(tested, type)));
        block.Body.Add(new ProgramNode(Opcode.Br, []) { Targets = [exit], Reducibility = Reducibility.Fixed });
        return [block, Nodes.Fixed(Opcode.LocalSet, found, Cast(tested, type))];
    }

    private ProgramNode Test(int tested, int type) =>
        new(Opcode.RefTest, [ProgramType.I32], _scope.FixedLocal(tested)) { Immediates = [type], Reducibility = Reducibility.Fixed };

    private ProgramNode Cast(int tested, int type) =>
        new(Opcode.RefCast, [ProgramType.ReferenceTo(type, nullable: false)], _scope.FixedLocal(tested)) { Immediates = [type], Reducibility = Reducibility.Fixed };

    /// <summary>Reads and writes of what a local refers to.</summary>
    private List<ProgramNode> Uses(int found, int depth)
    {
        var nodes = new List<ProgramNode>();
        for (var i = _random.Between(1, 3); i > 0; i--)
        {
            nodes.Add(Use(found, depth));
        }

        return nodes;
    }

    private ProgramNode Use(int found, int depth)
    {
        var type = _scope.Locals[found].Heap;
        var aggregate = _context.Aggregate(type);
        if (aggregate.IsArray && _random.Percent(50))
        {
            return _scope.Observe(Nodes.Fixed(Opcode.ArrayLen, ProgramType.I32, _scope.FixedLocal(found)));
        }

        if (aggregate.IsArray)
        {
            return parts.Walks.UseElement(type, _scope.FixedLocal(found), ProgramNode.I32Const(_random.Below(ObjectFactory.MinimumLength), Reducibility.Fixed), depth);
        }

        return aggregate.Fields.Length == 0
            ? _scope.Observe(_scope.FixedLocal(found))
            : parts.Walks.UseField(type, _random.Below(aggregate.Fields.Length), _scope.FixedLocal(found), depth);
    }
}
