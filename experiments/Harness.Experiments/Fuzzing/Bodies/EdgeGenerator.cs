using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Bodies;

/// <summary>
/// Expressions with the constants at which comparisons, shifts and arithmetic change their ways, and the bits of floats that are moved but not computed, so
/// that those of a NaN are certain.
/// </summary>
internal sealed class EdgeGenerator(BodyGenerator parts)
{
    private static readonly Opcode[] Shifts32 = [Opcode.I32Shl, Opcode.I32ShrS, Opcode.I32ShrU, Opcode.I32Rotl, Opcode.I32Rotr];
    private static readonly Opcode[] Shifts64 = [Opcode.I64Shl, Opcode.I64ShrS, Opcode.I64ShrU, Opcode.I64Rotl, Opcode.I64Rotr];
    private static readonly Opcode[] Above32 = [Opcode.I32GeS, Opcode.I32GtS, Opcode.I32GeU, Opcode.I32GtU];
    private static readonly Opcode[] Above64 = [Opcode.I64GeS, Opcode.I64GtS, Opcode.I64GeU, Opcode.I64GtU];
    private static readonly Opcode[] Below32 = [Opcode.I32LtS, Opcode.I32LeS, Opcode.I32LtU, Opcode.I32LeU];
    private static readonly Opcode[] Below64 = [Opcode.I64LtS, Opcode.I64LeS, Opcode.I64LtU, Opcode.I64LeU];

    /// <summary>Widths of values and what is next to them.</summary>
    private static readonly int[] Counts = [0, 1, 7, 8, 15, 16, 24, 31, 32, 33, 48, 56, 63, 64, 65, -1, -32, int.MinValue];

    private readonly BodyScope _scope = parts.Scope;
    private readonly RandomSource _random = parts.Scope.Random;

    /// <summary>The locals that floats are moved through, by type.</summary>
    private readonly Dictionary<ProgramType, int> _movedThrough = [];

    /// <summary>A number.</summary>
    public ProgramNode Value(ProgramType type, int depth)
    {
        if (type.IsFloat)
        {
            return Arithmetic(type, depth);
        }

        var truths = type == ProgramType.I32 ? 1 : 0;
        return _random.Weighted(20, 35, 20, 30 * truths, 15 * truths) switch
        {
            0 => Arithmetic(type, depth),
            1 => Shifts(type, depth),
            2 => BitsOfFloat(type, depth),
            3 => Comparison(depth),
            _ => InRange(depth),
        };
    }

    private ProgramNode Arithmetic(ProgramType type, int depth)
    {
        var info = _random.Pick(OperatorCatalog.Arithmetic(type.Kind));
        var (left, right) = WithEdge(type, depth);
        if (OperatorCatalog.IsDivision(info.Opcode) && !_scope.Dares())
        {
            right = Nodes.Constrained(type == ProgramType.I32 ? Opcode.I32Or : Opcode.I64Or, type, right, 1);
        }

        if (OperatorCatalog.SeesBitsOfNaN(info.Opcode))
        {
            right = _scope.Canonical(right);
        }

        return new ProgramNode(info.Opcode, [type], left, right);
    }

    private ProgramNode Comparison(int depth)
    {
        var info = _random.Pick(OperatorCatalog.Comparisons);
        var (left, right) = WithEdge(new ProgramType(info.Parameters[0]), depth);
        return new ProgramNode(info.Opcode, [ProgramType.I32], left, right);
    }

    /// <summary>Two operands, one of them a constant.</summary>
    private (ProgramNode Left, ProgramNode Right) WithEdge(ProgramType type, int depth)
    {
        var edge = Constants.Edge(type, _random);
        var other = parts.Expressions.Of(type, depth - 1);
        return _random.Percent(65) ? (other, edge) : (edge, other);
    }

    /// <summary>Whether a number lies between two others, or not: by one comparison or by two.</summary>
    private ProgramNode InRange(int depth)
    {
        var is64 = _random.Percent(50);
        var type = is64 ? ProgramType.I64 : ProgramType.I32;
        var value = parts.Expressions.Of(type, depth - 1);
        var (low, high) = (Constants.Edge(type, _random), Constants.Edge(type, _random));
        if (_random.Percent(50))
        {
            var distance = new ProgramNode(is64 ? Opcode.I64Sub : Opcode.I32Sub, [type], value, low);
            return new ProgramNode(_random.Pick(is64 ? Below64 : Below32), [ProgramType.I32], distance, high);
        }

        var local = _scope.WritableLocal(type);
        var kept = new ProgramNode(Opcode.LocalTee, [type], value) { Immediates = [local] };
        return new ProgramNode(_random.Percent(70) ? Opcode.I32And : Opcode.I32Or, [ProgramType.I32],
            new ProgramNode(_random.Pick(is64 ? Above64 : Above32), [ProgramType.I32], kept, low),
            new ProgramNode(_random.Pick(is64 ? Below64 : Below32), [ProgramType.I32], _scope.Local(local), high));
    }

    /// <summary>Shifts one after the other, some with a mask between them.</summary>
    private ProgramNode Shifts(ProgramType type, int depth)
    {
        var is64 = type == ProgramType.I64;
        var value = parts.Expressions.Of(type, depth - 1);
        for (var i = _random.Between(1, 3); i > 0; i--)
        {
            if (_random.Percent(20))
            {
                value = new ProgramNode(is64 ? Opcode.I64And : Opcode.I32And, [type], value, Constants.Edge(type, _random));
            }

            var count = _random.Percent(80) ? Nodes.Constant(type, _random.Pick(Counts)) : parts.Expressions.Simple(type);
            value = new ProgramNode(_random.Pick(is64 ? Shifts64 : Shifts32), [type], value, count);
        }

        return value;
    }

    private ProgramNode BitsOfFloat(ProgramType type, int depth) => type == ProgramType.I32
        ? new ProgramNode(Opcode.I32ReinterpretF32, [type], MovedEdge(ProgramType.F32, depth))
        : new ProgramNode(Opcode.I64ReinterpretF64, [type], MovedEdge(ProgramType.F64, depth));

    private ProgramNode MovedEdge(ProgramType type, int depth)
    {
        var value = Constants.Edge(type, _random);
        for (var i = _random.Weighted(30, 35, 20, 15); i > 0; i--)
        {
            value = Move(value, depth);
        }

        return value;
    }

    /// <summary>Does with a float what leaves its bits as they are, but for the sign.</summary>
    private ProgramNode Move(ProgramNode value, int depth)
    {
        var type = value.Results[0];
        var isSingle = type == ProgramType.F32;
        switch (_random.Below(5))
        {
            case 0:
                return new ProgramNode(Opcode.Select, [type], value, Constants.Edge(type, _random), parts.Expressions.Condition(depth - 1));
            case 1:
                var node = _scope.Block(Opcode.If, [type], parts.Expressions.Condition(depth - 1));
                node.Body.Add(value);
                node.Else = [Constants.Edge(type, _random)];
                return node;
            case 2:
                if (!_movedThrough.TryGetValue(type, out var local))
                {
                    local = _scope.NewLocal(type, isWritable: false);
                    _movedThrough.Add(type, local);
                }

                return new ProgramNode(Opcode.LocalTee, [type], value) { Immediates = [local] };
            case 3:
                return new ProgramNode(isSingle ? Opcode.F32Copysign : Opcode.F64Copysign, [type], value, Constants.Edge(type, _random));
            default:
                var opcode = _random.Percent(50) ? isSingle ? Opcode.F32Neg : Opcode.F64Neg : isSingle ? Opcode.F32Abs : Opcode.F64Abs;
                return new ProgramNode(opcode, [type], value);
        }
    }
}
