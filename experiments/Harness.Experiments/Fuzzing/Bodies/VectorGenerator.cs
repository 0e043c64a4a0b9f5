using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Bodies;

/// <summary>
/// Vectors: operators that make and take them, and accesses to memories. Floats are made canonical before their bits become lanes, and lanes
/// of floats after they were computed.
/// </summary>
internal sealed class VectorGenerator(BodyGenerator parts)
{
    private const int VectorBytes = 16;

    private readonly BodyScope _scope = parts.Scope;
    private readonly ProgramContext _context = parts.Scope.Context;
    private readonly RandomSource _random = parts.Scope.Random;

    /// <summary>A vector, or a number that an instruction on vectors gives.</summary>
    public ProgramNode Operator(ProgramType type, int depth)
    {
        var info = _random.Pick(OperatorCatalog.VectorOperators(type.Kind));
        var operands = new ProgramNode[info.Parameters.Length];
        for (var i = 0; i < operands.Length; i++)
        {
            var operand = new ProgramType(info.Parameters[i]);
            operands[i] = operand == ProgramType.I32 && _random.Percent(50) ? Constants.Random(operand, _random) : parts.Expressions.Of(operand, depth - 1);
            if (operand.IsFloat)
            {
                operands[i] = _scope.Canonical(operands[i]);
            }
        }

        var node = new ProgramNode(info.Opcode, [type], operands) { Immediates = ImmediatesOf(info) };
        return OperatorCatalog.MakesNaN(info) ? _scope.CanonicalLanes(node, info.Name.StartsWith("f32", StringComparison.Ordinal)) : node;
    }

    /// <summary>A vector from memory, or one with a lane from there.</summary>
    public ProgramNode Load(int depth)
    {
        var info = _random.Pick(OperatorCatalog.VectorLoads);
        var memory = _random.Below(_context.Program.Memories.Count);
        var (address, offset) = parts.Memories.Address(memory, depth - 1);
        ProgramNode[] operands = info.Parameters.Length == 1 ? [address] : [address, parts.Expressions.Of(ProgramType.V128, depth - 1)];
        return new ProgramNode(info.Opcode, [ProgramType.V128], operands) { Immediates = AccessOf(info, offset, memory) };
    }

    /// <summary>Stores a vector, or a lane of one.</summary>
    public ProgramNode Store(int depth)
    {
        var info = _random.Pick(OperatorCatalog.VectorStores);
        var memory = _random.Below(_context.Program.Memories.Count);
        var (address, offset) = parts.Memories.Address(memory, depth - 1);
        return new ProgramNode(info.Opcode, [], address, parts.Expressions.Of(ProgramType.V128, depth - 1)) { Immediates = AccessOf(info, offset, memory) };
    }

    private long[] AccessOf(OpcodeInfo info, long offset, int memory)
    {
        long alignment = _random.Between(0, info.NaturalAlignment);
        return info.Immediates == ImmediateKind.MemoryLane
            ? [alignment, offset, memory, _random.Below(VectorBytes >> info.NaturalAlignment)]
            : [alignment, offset, memory];
    }

    private long[] ImmediatesOf(OpcodeInfo info) => info.Immediates switch
    {
        ImmediateKind.Lane => [_random.Below(LaneCount(info.Name))],
        ImmediateKind.Shuffle => [Numbers(), Numbers()],
        _ => [],
    };

    /// <summary>The number of lanes of the shape that a name begins with, as in <c>i8x16</c>.</summary>
    private static int LaneCount(string name) =>
        int.Parse(name.AsSpan(name.IndexOf('x') + 1, name.IndexOf('.') - name.IndexOf('x') - 1), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Eight numbers of bytes of a shuffle: in rows that lanes of some width have, so that better instructions are found at times.</summary>
    private long Numbers()
    {
        var width = 1 << _random.Below(4);
        var bytes = new byte[sizeof(long)];
        for (var i = 0; i < bytes.Length; i += width)
        {
            var first = _random.Below(2 * VectorBytes / width) * width;
            for (var j = 0; j < width; j++)
            {
                bytes[i + j] = (byte)(first + j);
            }
        }

        return BitConverter.ToInt64(bytes);
    }
}
