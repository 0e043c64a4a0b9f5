using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Bodies;

/// <summary>Loads and stores of several widths at the same and at neighbouring addresses, so that some see what others wrote, or a part of it.</summary>
internal sealed class OverlapGenerator(BodyGenerator parts)
{
    private const int AddressMask = 0xFF8;

    /// <summary>Distances from the common address; a vector reaches beyond the largest, and all stay within the first page.</summary>
    private static readonly int[] Distances = [0, 0, 0, 0, 0, 1, 2, 3, 4, 4, 6, 7, 8, 12];

    private readonly BodyScope _scope = parts.Scope;
    private readonly ProgramContext _context = parts.Scope.Context;
    private readonly RandomSource _random = parts.Scope.Random;

    /// <summary>A few accesses near one address, in a loop or not.</summary>
    public ProgramNode Statement(int depth)
    {
        var memory = _random.Below(_context.Program.Memories.Count);
        var type = AddressType(memory);
        var block = _scope.Block(Opcode.Block, new ProgramSignature([], []), Reducibility.Whole);
        var place = Place(block, type, depth);
        for (var i = _random.Between(3, 7); i > 0; i--)
        {
            block.Body.Add(Step(memory, place, depth - 1));
        }

        return _scope.Role == FunctionRole.Leaf || _random.Percent(60) ? block : parts.Loops.Repeat(block, depth);
    }

    private ProgramType AddressType(int memory) => _context.Program.Memories[memory].Is64 ? ProgramType.I64 : ProgramType.I32;

    /// <summary>The common address: a constant, or in a local that the block begins by setting.</summary>
    private Func<ProgramNode> Place(BlockNode block, ProgramType type, int depth)
    {
        if (_random.Percent(30))
        {
            var constant = 8 * _random.Below(64);
            return () => Nodes.Constant(type, constant);
        }

        var local = _scope.NewLocal(type, isWritable: false);
        var address = Nodes.Constrained(type == ProgramType.I64 ? Opcode.I64And : Opcode.I32And, type, parts.Expressions.Of(type, depth - 1), AddressMask);
        block.Body.Add(new ProgramNode(Opcode.LocalSet, [], address) { Immediates = [local] });
        return () => _scope.Local(local);
    }

    private ProgramNode Step(int memory, Func<ProgramNode> place, int depth)
    {
        switch (_random.Weighted(42, 36, 6, 5, 5, 6))
        {
            case 0:
                return Store(memory, place, depth);
            case 1:
                return Load(memory, place);
            case 2:
                // Whether it is written is known when it runs.
                var node = _scope.Block(Opcode.If, [], parts.Expressions.Condition(depth - 1));
                node.Body.Add(Store(memory, place, depth));
                return node;
            case 3:
                var value = parts.Expressions.Of(ProgramType.I32, depth - 1);
                return new ProgramNode(Opcode.MemoryFill, [], place(), value, Nodes.Constant(AddressType(memory), _random.Between(0, 9))) { Immediates = [memory] };
            case 4:
                return _scope.Observe(BytePagesNode.SizeOf(_context.Program, memory));
            default:
                return parts.Statements.Any(depth - 1);
        }
    }

    /// <summary>An address near a place, and the offset to give with it.</summary>
    private (ProgramNode Address, long Offset) Near(Func<ProgramNode> place)
    {
        var address = place();
        var type = address.Results[0];
        var distance = _random.Pick(Distances);
        return _random.Percent(70)
            ? (address, distance)
            : (Nodes.Constrained(type == ProgramType.I64 ? Opcode.I64Add : Opcode.I32Add, type, address, distance), 0);
    }

    private ProgramNode Store(int memory, Func<ProgramNode> place, int depth)
    {
        var (address, offset) = Near(place);
        if (_context.Program.HasVectors && _random.Percent(15))
        {
            return new ProgramNode(Opcode.V128Store, [], address, Stored(ProgramType.V128, depth))
            {
                Immediates = [_random.Between(0, OpcodeTable.Get(Opcode.V128Store).NaturalAlignment), offset, memory],
            };
        }

        var info = _random.Pick(OperatorCatalog.Stores);
        return new ProgramNode(info.Opcode, [], address, Stored(new ProgramType(info.Parameters[1]), depth))
        {
            Immediates = [_random.Between(0, info.NaturalAlignment), offset, memory],
        };
    }

    /// <summary>A constant, which may be a NaN with any bits, or what is computed, in which a NaN is canonical.</summary>
    private ProgramNode Stored(ProgramType type, int depth)
    {
        if (_random.Percent(45))
        {
            return Constants.Edge(type, _random);
        }

        var value = parts.Expressions.Of(type, depth - 1);
        return type.IsFloat ? _scope.Canonical(value) : value;
    }

    private ProgramNode Load(int memory, Func<ProgramNode> place)
    {
        var (address, offset) = Near(place);
        if (_context.Program.HasVectors && _random.Percent(15))
        {
            return _scope.Observe(new ProgramNode(Opcode.V128Load, [ProgramType.V128], address)
            {
                Immediates = [_random.Between(0, OpcodeTable.Get(Opcode.V128Load).NaturalAlignment), offset, memory],
            });
        }

        var type = parts.Statements.AnyNumber();
        var info = _random.Pick(OperatorCatalog.Loads(type.Kind));
        var loaded = new ProgramNode(info.Opcode, [type], address) { Immediates = [_random.Between(0, info.NaturalAlignment), offset, memory] };
        if (type.IsFloat && _random.Percent(50))
        {
            return _scope.Observe(BitsOf(loaded));
        }

        return _random.Percent(50) ? _scope.Observe(loaded) : new ProgramNode(Opcode.LocalSet, [], loaded) { Immediates = [_scope.WritableLocal(type)] };
    }

    /// <summary>The bits of a float as they are in memory.</summary>
    private static ProgramNode BitsOf(ProgramNode loaded) => loaded.Results[0] == ProgramType.F32
        ? new ProgramNode(Opcode.I32ReinterpretF32, [ProgramType.I32], loaded)
        : new ProgramNode(Opcode.I64ReinterpretF64, [ProgramType.I64], loaded);
}
