using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing;

/// <content>Nodes that leave one value.</content>
internal sealed partial class BodyGenerator
{
    private ProgramNode[] Expressions(ProgramType[] types, int depth)
    {
        var nodes = new ProgramNode[types.Length];
        for (var i = 0; i < nodes.Length; i++)
            nodes[i] = Expression(types[i], depth);
        return nodes;
    }

    /// <summary>A node that leaves a value of a type.</summary>
    private ProgramNode Expression(ProgramType type, int depth)
    {
        budget--;
        if (depth <= 0 || budget < 0)
            return Simple(type);
        if (type.IsReference)
            return Reference(type, depth);
        return random.Weighted(16, 46, 9, 4, 5, 7, 5, 3, role == FunctionRole.Leaf ? 0 : 11, context.Aggregates.Count > 0 ? 28 : 0) switch
        {
            9 => FieldValue(type, depth) ?? (type == ProgramType.I32 ? QueryOfObject(depth) : Operator(type, depth)),
            0 => Simple(type),
            1 => Operator(type, depth),
            2 => Load(type, depth),
            3 => new ProgramNode(Opcode.LocalTee, [type], Expression(type, depth - 1)) { Immediates = [WritableLocal(type)] },
            4 => Select(type, depth),
            5 => IfExpression(type, depth),
            6 => BlockExpression(type, depth),
            7 => BranchExpression(type, depth) ?? Simple(type),
            _ => CallExpression(type, depth) ?? Operator(type, depth),
        };
    }

    /// <summary>A local, a global or a constant.</summary>
    private ProgramNode Simple(ProgramType type)
    {
        switch (random.Weighted(60, 15, 25))
        {
            case 0:
                var candidates = Enumerable.Range(0, locals.Count).Where(index => locals[index] == type).ToList();
                if (candidates.Count > 0)
                    return Local(random.Pick(candidates));
                break;
            case 1:
                var globals = Enumerable.Range(0, context.Program.Globals.Count)
                    .Where(index => context.Program.Globals[index].Type == type && index != ProgramGenerator.FuelGlobal).ToList();
                if (globals.Count > 0)
                    return new ProgramNode(Opcode.GlobalGet, [type]) { Immediates = [random.Pick(globals)] };
                break;
        }
        if (!type.IsReference)
            return Constants.Random(type, random);
        if (!context.IsFunction(type))
            return SimpleObject(type);
        return type.Nullable && random.Percent(context.Danger * 3) ? ProgramNode.Zero(type) : FunctionReference(type.Heap);
    }

    private ProgramNode FunctionReference(int wanted) => ObjectFactory.Function(wanted, context, random);

    private ProgramNode Reference(ProgramType type, int depth)
    {
        if (!context.IsFunction(type))
            return ObjectReference(type, depth);
        switch (random.Weighted(20, 10, 8, 62))
        {
            case 0:
                return Select(type, depth);
            case 1 when FieldValue(type, depth) is { } field:
                return field;
            case 2 when Cast(type, depth) is { } cast:
                return cast;
        }
        var tables = Enumerable.Range(0, context.Program.Tables.Count).Where(index => context.Program.Tables[index].Type == type).ToList();
        if (tables.Count == 0 || random.Percent(60))
            return Simple(type);
        var table = random.Pick(tables);
        return new ProgramNode(Opcode.TableGet, [type], TableIndex(table, type.Heap, depth - 1)) { Immediates = [table] };
    }

    private ProgramNode Operator(ProgramType type, int depth)
    {
        if (type == ProgramType.I32 && random.Percent(6))
            return QueryOfState(depth);
        if (type == ProgramType.I32 && context.Program.HasStrings && random.Percent(12))
            return QueryOfText(depth);
        if (type == ProgramType.I32 && context.Aggregates.Count > 0 && random.Percent(15))
            return QueryOfObject(depth);
        var info = random.Pick(OperatorCatalog.Operators(type.Kind));
        var operands = new ProgramNode[info.Parameters.Length];
        for (var i = 0; i < operands.Length; i++)
            operands[i] = Expression(new ProgramType(info.Parameters[i]), depth - 1);
        ref var last = ref operands[^1];
        if (OperatorCatalog.IsDivision(info.Opcode) && !Dares())
            last = Constrained(type == ProgramType.I32 ? Opcode.I32Or : Opcode.I64Or, type, last, 1);
        if (OperatorCatalog.IsTrappingConversion(info.Opcode) && !Dares())
            last = SmallFloat(last.Results[0], depth - 1);
        if (OperatorCatalog.SeesBitsOfNaN(info.Opcode))
            last = Canonical(last);
        return new ProgramNode(info.Opcode, [type], operands);
    }

    /// <summary>Whether a reference is null, or the size of a memory or table, which growing it may change.</summary>
    private ProgramNode QueryOfState(int depth)
    {
        switch (random.Below(3))
        {
            case 0:
                return new ProgramNode(Opcode.RefIsNull, [ProgramType.I32], Expression(ProgramType.FuncRef, depth - 1));
            case 1:
                return new ProgramNode(Opcode.TableSize, [ProgramType.I32]) { Immediates = [random.Below(context.Program.Tables.Count)] };
            default:
                return new ProgramNode(Opcode.MemorySize, [ProgramType.I32]) { Immediates = [0] };
        }
    }

    /// <summary>A float between 0 and a million, which every conversion to an integer can take.</summary>
    private ProgramNode SmallFloat(ProgramType type, int depth)
    {
        var isSingle = type == ProgramType.F32;
        var integer = Constrained(Opcode.I32And, ProgramType.I32, Expression(ProgramType.I32, depth), 0xFFFFF);
        return new ProgramNode(isSingle ? Opcode.F32Mul : Opcode.F64Mul, [type],
            new ProgramNode(isSingle ? Opcode.F32ConvertI32U : Opcode.F64ConvertI32U, [type], integer),
            new ProgramNode(isSingle ? Opcode.F32Const : Opcode.F64Const, [type])
            {
                Immediates = [isSingle ? BitConverter.SingleToInt32Bits(0.375f) : BitConverter.DoubleToInt64Bits(0.375)],
            });
    }

    private ProgramNode Load(ProgramType type, int depth)
    {
        var info = random.Pick(OperatorCatalog.Loads(type.Kind));
        var memory = random.Below(context.Program.Memories.Count);
        var (address, offset) = Address(memory, depth - 1);
        return new ProgramNode(info.Opcode, [type], address) { Immediates = [random.Between(0, info.NaturalAlignment), offset, memory] };
    }

    /// <summary>An address and a constant offset, mostly such that eight bytes lie within the memory.</summary>
    private (ProgramNode Address, long Offset) Address(int memory, int depth)
    {
        var is64 = context.Program.Memories[memory].Is64;
        var type = is64 ? ProgramType.I64 : ProgramType.I32;
        var address = Expression(type, depth);
        if (Dares())
        {
            return random.Below(3) switch
            {
                0 => (address, random.Below(100)),
                1 => (Constrained(is64 ? Opcode.I64And : Opcode.I32And, type, address, 0xFFFF), 65536 * random.Below(4)),
                _ => (address, is64 ? (long)(random.Next() >> random.Between(1, 40)) : (uint)random.Next()),
            };
        }

        // Low addresses meet again more often than high ones.
        var (mask, offset) = random.Weighted(40, 30, 20, 10) switch
        {
            0 => (0xFF, random.Below(64)),
            1 => (0x38, 0),
            2 => (0xFFF, random.Below(0x7000)),
            _ => (0xFFF0, random.Below(9)),
        };
        return (Constrained(is64 ? Opcode.I64And : Opcode.I32And, type, address, mask), offset);
    }

    private ProgramNode Select(ProgramType type, int depth)
    {
        var isTyped = type.IsReference || random.Percent(30);
        return new ProgramNode(isTyped ? Opcode.SelectTyped : Opcode.Select, [type],
            Expression(type, depth - 1), Expression(type, depth - 1), Condition(depth - 1));
    }

    /// <summary>A condition: any number, or one that holds in some phases, so that what has never happened before does later.</summary>
    private ProgramNode Condition(int depth) => random.Percent(20)
        ? Constrained(Opcode.I32And, ProgramType.I32, Phase(random.Below(3)), 1)
        : Expression(ProgramType.I32, depth);

    private BlockNode IfExpression(ProgramType type, int depth)
    {
        var node = Block(Opcode.If, [type], Condition(depth - 1));
        Fill(node, node.Body, depth - 1);
        node.Else = [];
        Fill(node, node.Else, depth - 1);
        return node;
    }

    private BlockNode BlockExpression(ProgramType type, int depth)
    {
        var node = Block(Opcode.Block, [type]);
        Fill(node, node.Body, depth - 1);
        return node;
    }

    /// <summary>Gives a block a few statements and its results.</summary>
    private void Fill(BlockNode block, List<ProgramNode> body, int depth)
    {
        labels.Add(block);
        for (var i = random.Weighted(30, 40, 20, 10); i > 0; i--)
            body.Add(Statement(depth));
        body.AddRange(Expressions(block.Type.Results, depth));
        labels.RemoveAt(labels.Count - 1);
    }

    /// <summary>A value that a <c>br_if</c> may carry off to a label.</summary>
    private ProgramNode? BranchExpression(ProgramType type, int depth)
    {
        var targets = labels.Where(label => label.Opcode != Opcode.Loop && label.LabelTypes is [var only] && only == type).ToList();
        return targets.Count == 0 ? null : new ProgramNode(Opcode.BrIf, [type], Expression(type, depth - 1), Expression(ProgramType.I32, depth - 1))
        {
            Targets = [random.Pick(targets)],
            Reducibility = Reducibility.Whole,
        };
    }

    private ProgramNode? CallExpression(ProgramType type, int depth)
    {
        var candidates = CalleesWith([type]);
        return candidates.Count == 0 ? null : Call(random.Pick(candidates), depth);
    }

    /// <summary>The signatures with the given results.</summary>
    private List<int> CalleesWith(ProgramType[] results) =>
        [.. Enumerable.Range(0, context.Signatures.Count).Where(index => context.Signatures[index].Results.SequenceEqual(results))];

    /// <summary>A call of a function of a signature: direct, through a table, or by reference.</summary>
    private ProgramNode Call(int callee, int depth)
    {
        var type = context.Signatures[callee];
        var left = role == FunctionRole.Run
            ? ProgramNode.I32Const(random.Between(2, 6), Reducibility.Fixed)
            : Fixed(Opcode.I32Sub, ProgramType.I32, FixedLocal(0), ProgramNode.I32Const(1, Reducibility.Fixed));
        ProgramNode[] arguments = [left, .. type.Parameters[1..].Select(parameter => Argument(parameter, depth - 1))];
        var tables = Enumerable.Range(0, context.Program.Tables.Count)
            .Where(index => context.Program.Tables[index].RegionStart(callee) >= 0).ToList();
        switch (random.Weighted(30, 50, 20))
        {
            case 0:
                return new ProgramNode(Opcode.Call, type.Results, arguments)
                {
                    Immediates = [random.Pick(context.FunctionsBelow[callee])],
                };
            case 1:
                var table = random.Pick(tables);
                return new ProgramNode(Opcode.CallIndirect, type.Results, [.. arguments, TableIndex(table, callee, depth - 1)])
                {
                    Immediates = [callee, table],
                };
            default:
                return new ProgramNode(Opcode.CallRef, type.Results, [.. arguments, CalleeReference(callee, depth - 1)]) { Immediates = [callee] };
        }
    }

    /// <summary>A value to pass: of objects often what another one refers to, so that functions descend into objects.</summary>
    private ProgramNode Argument(ProgramType type, int depth) =>
        type.IsReference && depth > 0 && random.Percent(35) ? FieldValue(type, depth) ?? Expression(type, depth) : Expression(type, depth);

    /// <summary>
    /// The index of a table entry with a function of a signature. What it depends on decides whether the call site sees one
    /// target, several, or another one in each phase.
    /// </summary>
    private ProgramNode TableIndex(int table, int wanted, int depth)
    {
        if (Dares())
            return Expression(ProgramType.I32, depth);
        var declared = context.Program.Tables[table];
        var start = Math.Max(0, declared.RegionStart(wanted >= 0 ? wanted : random.Pick(declared.Regions)));
        var inRegion = random.Weighted(20, 55, 10, 15) switch
        {
            0 => null,
            1 => Phase(random.Below(3)),
            2 => Simple(ProgramType.I32),
            _ => Expression(ProgramType.I32, depth),
        };
        if (inRegion is null)
            return ProgramNode.I32Const(start + random.Below(ProgramGenerator.RegionSize));
        var mask = random.Pick([1, 3, 7, 7]);
        return Constrained(Opcode.I32Add, ProgramType.I32, Constrained(Opcode.I32And, ProgramType.I32, inRegion, mask), start);
    }

    /// <summary>The argument of the exported call, or a part of it that changes more slowly.</summary>
    private static ProgramNode Phase(int shift) => Constrained(Opcode.I32ShrU, ProgramType.I32,
        new ProgramNode(Opcode.GlobalGet, [ProgramType.I32]) { Immediates = [ProgramGenerator.PhaseGlobal] }, shift);

    /// <summary>A reference to call: one that cannot be null, or one whose null is caught in one of three ways.</summary>
    private ProgramNode CalleeReference(int callee, int depth)
    {
        var nullable = ProgramType.ReferenceTo(callee);
        ProgramType[] results = [nullable with { Nullable = false }];
        var targets = labels.Where(label => label.Opcode != Opcode.Loop && label.LabelTypes.Length == 0).ToList();
        switch (random.Weighted(10, 20, 8, 12, 12, 30, 40, 12, 3))
        {
            case 0:
                return FunctionReference(callee);
            case 1:
                return Reference(nullable, depth);
            case 2:
                return new ProgramNode(Opcode.RefAsNonNull, results, Reference(nullable, depth)) { Reducibility = Reducibility.Fixed };
            case 3 when targets.Count > 0:
                return new ProgramNode(Opcode.BrOnNull, results, Reference(nullable, depth))
                {
                    Targets = [random.Pick(targets)],
                    Reducibility = Reducibility.Fixed,
                };
            case 5:
                // Another function in another phase.
                return new ProgramNode(Opcode.SelectTyped, results, FunctionReference(callee), FunctionReference(callee), Phase(random.Below(3)))
                {
                    Reducibility = Reducibility.Fixed,
                };
            case 6 when depth > 0 && FieldValue(results[0], depth) is { } method:
                return method;
            case 7 when CastTo(results[0], depth) is { } cast:
                return cast;
            case 8:
                return TrappingCast(results[0], depth);
            default:
                var block = Block(Opcode.Block, new ProgramSignature([], results), Reducibility.Fixed);
                block.Body.Add(new ProgramNode(Opcode.BrOnNonNull, [], Reference(nullable, depth)) { Targets = [block], Reducibility = Reducibility.Whole });
                block.Body.Add(FunctionReference(callee));
                return block;
        }
    }
}
