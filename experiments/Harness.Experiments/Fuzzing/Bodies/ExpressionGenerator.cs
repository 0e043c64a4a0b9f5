using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Bodies;

/// <summary>Nodes that leave one value.</summary>
internal sealed class ExpressionGenerator(BodyGenerator parts)
{
    private readonly BodyScope _scope = parts.Scope;
    private readonly ProgramContext _context = parts.Scope.Context;
    private readonly RandomSource _random = parts.Scope.Random;
    private readonly List<BlockNode> _labels = parts.Scope.Labels;

    public ProgramNode[] All(ProgramType[] types, int depth)
    {
        var nodes = new ProgramNode[types.Length];
        for (var i = 0; i < nodes.Length; i++)
        {
            nodes[i] = Of(types[i], depth);
        }

        return nodes;
    }

    /// <summary>A node that leaves a value of a type.</summary>
    public ProgramNode Of(ProgramType type, int depth)
    {
        _scope.Budget--;
        if (depth <= 0 || _scope.Budget < 0)
        {
            return Simple(type);
        }

        if (type.IsReference)
        {
            return Reference(type, depth);
        }

        var atomics = _context.Program.HasAtomics && (type == ProgramType.I32 || type == ProgramType.I64) ? 14 : 0;
        var edges = type == ProgramType.V128 ? 0 : _context.Shapes.Edges;
        return _random.Weighted(16, 46, 9, 4, 5, 7, 5, 3, _scope.Role == FunctionRole.Leaf ? 0 : 11, _context.Aggregates.Count > 0 ? 28 : 0, atomics, edges) switch
        {
            11 => parts.Edges.Value(type, depth),
            10 => parts.Atomics.Value(type, depth),
            9 => parts.Objects.FieldValue(type, depth) ?? (type == ProgramType.I32 ? parts.Objects.QueryOfObject(depth) : Operator(type, depth)),
            0 => Simple(type),
            1 => Operator(type, depth),
            2 => type == ProgramType.V128 ? parts.Vectors.Load(depth) : parts.Memories.Load(type, depth),
            3 => new ProgramNode(Opcode.LocalTee, [type], Of(type, depth - 1)) { Immediates = [_scope.WritableLocal(type)] },
            4 => Select(type, depth),
            5 => IfExpression(type, depth),
            6 => BlockExpression(type, depth),
            7 => BranchExpression(type, depth) ?? Simple(type),
            _ => parts.Calls.CallExpression(type, depth) ?? Operator(type, depth),
        };
    }

    /// <summary>A local, a global or a constant.</summary>
    public ProgramNode Simple(ProgramType type)
    {
        switch (_random.Weighted(60, 15, 25))
        {
            case 0:
                var candidates = Enumerable.Range(0, _scope.Locals.Count).Where(index => _scope.Locals[index] == type).ToList();
                if (candidates.Count > 0)
                {
                    return _scope.Local(_random.Pick(candidates));
                }

                break;
            case 1:
                var globals = Enumerable.Range(0, _context.Program.Globals.Count)
                    .Where(index => _context.Program.Globals[index].Type == type && index != ProgramGenerator.FuelGlobal).ToList();
                if (globals.Count > 0)
                {
                    return new ProgramNode(Opcode.GlobalGet, [type]) { Immediates = [_random.Pick(globals)] };
                }

                break;
        }

        if (!type.IsReference)
        {
            return Constants.Random(type, _random);
        }

        if (!_context.IsFunction(type))
        {
            return parts.Objects.SimpleObject(type);
        }

        return type.Nullable && _random.Percent(_context.Danger * 3) ? ProgramNode.Zero(type) : FunctionReference(type.Heap);
    }

    public ProgramNode FunctionReference(int wanted) => ObjectFactory.Function(wanted, _context, _random);

    public ProgramNode Reference(ProgramType type, int depth)
    {
        if (!_context.IsFunction(type))
        {
            return parts.Objects.ObjectReference(type, depth);
        }

        switch (_random.Weighted(20, 10, 8, 62))
        {
            case 0:
                return Select(type, depth);
            case 1 when parts.Objects.FieldValue(type, depth) is { } field:
                return field;
            case 2 when parts.Casts.Cast(type, depth) is { } cast:
                return cast;
        }

        var tables = Enumerable.Range(0, _context.Program.Tables.Count).Where(index => _context.Program.Tables[index].Type == type).ToList();
        if (tables.Count == 0 || _random.Percent(60))
        {
            return Simple(type);
        }

        var table = _random.Pick(tables);
        return new ProgramNode(Opcode.TableGet, [type], parts.Calls.TableIndex(table, type.Heap, depth - 1)) { Immediates = [table] };
    }

    private ProgramNode Operator(ProgramType type, int depth)
    {
        if (type == ProgramType.V128 || (_context.Program.HasVectors && _random.Percent(15)))
        {
            return parts.Vectors.Operator(type, depth);
        }

        if (type == ProgramType.I32 && _random.Percent(6))
        {
            return QueryOfState(depth);
        }

        if (type == ProgramType.I32 && _context.Program.HasStrings && _random.Percent(12))
        {
            return parts.Strings.QueryOfText(depth);
        }

        if (type == ProgramType.I32 && _context.Aggregates.Count > 0 && _random.Percent(15))
        {
            return parts.Objects.QueryOfObject(depth);
        }

        if (type == ProgramType.I64 && _context.Program.FirstWideFunction >= 0 && _random.Percent(15))
        {
            return WideOperator(depth);
        }

        if (type == ProgramType.I64 && _context.Program.DescriptorFunction >= 0 && _random.Percent(10))
        {
            return new ProgramNode(Opcode.Call, [type], Of(ProgramType.I64, depth - 1), Of(ProgramType.I64, depth - 1), Of(ProgramType.I32, depth - 1))
            {
                Immediates = [_context.Program.DescriptorFunction],
            };
        }

        var info = _random.Pick(OperatorCatalog.Operators(type.Kind));
        var operands = new ProgramNode[info.Parameters.Length];
        for (var i = 0; i < operands.Length; i++)
        {
            operands[i] = Of(new ProgramType(info.Parameters[i]), depth - 1);
        }

        ref var last = ref operands[^1];
        if (OperatorCatalog.IsDivision(info.Opcode) && !_scope.Dares())
        {
            last = Nodes.Constrained(type == ProgramType.I32 ? Opcode.I32Or : Opcode.I64Or, type, last, 1);
        }

        if (OperatorCatalog.IsTrappingConversion(info.Opcode) && !_scope.Dares())
        {
            last = SmallFloat(last.Results[0], depth - 1);
        }

        if (OperatorCatalog.SeesBitsOfNaN(info.Opcode))
        {
            last = _scope.Canonical(last);
        }

        return new ProgramNode(info.Opcode, [type], operands);
    }

    /// <summary>Both halves of what an instruction on 128 bits gives, made one number.</summary>
    private ProgramNode WideOperator(int depth)
    {
        var opcode = _random.Pick(WideFunctions.Operators);
        var operands = new ProgramNode[OpcodeTable.Get(opcode).Parameters.Length];
        for (var i = 0; i < operands.Length; i++)
        {
            operands[i] = Of(ProgramType.I64, depth - 1);
        }

        var combination = _random.Pick([Opcode.I64Xor, Opcode.I64Sub, Opcode.I64Add]);
        return new ProgramNode(combination, [ProgramType.I64], new WideNode(_context.Program, opcode, operands));
    }

    /// <summary>Whether a reference is null, or the size of a memory or table, which growing it may change.</summary>
    private ProgramNode QueryOfState(int depth)
    {
        switch (_random.Below(3))
        {
            case 0:
                return new ProgramNode(Opcode.RefIsNull, [ProgramType.I32], Of(ProgramType.FuncRef, depth - 1));
            case 1:
                return parts.Tables.Size(_random.Below(_context.Program.Tables.Count));
            default:
                return BytePagesNode.SizeOf(_context.Program, 0);
        }
    }

    /// <summary>A float between 0 and a million, which every conversion to an integer can take.</summary>
    private ProgramNode SmallFloat(ProgramType type, int depth)
    {
        var isSingle = type == ProgramType.F32;
        var integer = Nodes.Constrained(Opcode.I32And, ProgramType.I32, Of(ProgramType.I32, depth), 0xFFFFF);
        return new ProgramNode(isSingle ? Opcode.F32Mul : Opcode.F64Mul, [type],
            new ProgramNode(isSingle ? Opcode.F32ConvertI32U : Opcode.F64ConvertI32U, [type], integer),
            new ProgramNode(isSingle ? Opcode.F32Const : Opcode.F64Const, [type])
            {
                Immediates = [isSingle ? BitConverter.SingleToInt32Bits(0.375f) : BitConverter.DoubleToInt64Bits(0.375)],
            });
    }

    public ProgramNode Select(ProgramType type, int depth)
    {
        var isTyped = type.IsReference || _random.Percent(30);
        return new ProgramNode(isTyped ? Opcode.SelectTyped : Opcode.Select, [type],
            Of(type, depth - 1), Of(type, depth - 1), Condition(depth - 1));
    }

    /// <summary>A condition: any number, or one that holds in some phases, so that what has never happened before does later.</summary>
    public ProgramNode Condition(int depth) => _random.Percent(20)
        ? Nodes.Constrained(Opcode.I32And, ProgramType.I32, Nodes.Phase(_random.Below(3)), 1)
        : Of(ProgramType.I32, depth);

    public BlockNode IfExpression(ProgramType type, int depth)
    {
        var node = _scope.Block(Opcode.If, [type], Condition(depth - 1));
        parts.Statements.Fill(node, node.Body, depth - 1);
        node.Else = [];
        parts.Statements.Fill(node, node.Else, depth - 1);
        return node;
    }

    private BlockNode BlockExpression(ProgramType type, int depth)
    {
        var node = _scope.Block(Opcode.Block, [type]);
        parts.Statements.Fill(node, node.Body, depth - 1);
        return node;
    }

    /// <summary>A value that a <c>br_if</c> may carry off to a label.</summary>
    private ProgramNode? BranchExpression(ProgramType type, int depth)
    {
        var targets = _labels.Where(label => label.Opcode != Opcode.Loop && label.LabelTypes is [var only] && only == type).ToList();
        return targets.Count == 0 ? null : new ProgramNode(Opcode.BrIf, [type], Of(type, depth - 1), Of(ProgramType.I32, depth - 1))
        {
            Targets = [_random.Pick(targets)],
            Reducibility = Reducibility.Whole,
        };
    }
}
