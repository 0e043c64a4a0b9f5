using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Bodies;

/// <summary>Atomic instructions. A program has one thread, so that all of them are deterministic, and waits end by their timeouts.</summary>
internal sealed class AtomicGenerator(BodyGenerator parts)
{
    private readonly BodyScope _scope = parts.Scope;
    private readonly ProgramContext _context = parts.Scope.Context;
    private readonly RandomSource _random = parts.Scope.Random;

    /// <summary>A store, a fence, or something whose result nobody wants.</summary>
    public ProgramNode Statement(int depth) => _random.Weighted(60, 10, 30) switch
    {
        0 => Access(_random.Pick(OperatorCatalog.AtomicStores), [], depth),
        1 => new ProgramNode(Opcode.AtomicFence, []) { Immediates = [0] },
        _ => new ProgramNode(Opcode.Drop, [], Value(_random.Percent(50) ? ProgramType.I32 : ProgramType.I64, depth)),
    };

    /// <summary>An integer: a load, or what was in memory before it was changed.</summary>
    public ProgramNode Value(ProgramType type, int depth)
    {
        if (type == ProgramType.I32 && _random.Percent(8))
        {
            return WaitOrNotify(depth);
        }

        return Access(_random.Pick(OperatorCatalog.AtomicReads(type.Kind)), [type], depth);
    }

    private ProgramNode Access(OpcodeInfo info, ProgramType[] results, int depth)
    {
        var memory = _random.Below(_context.Program.Memories.Count);
        var (address, offset) = Address(memory, depth - 1);
        var operands = new List<ProgramNode> { address };
        for (var i = 1; i < info.Parameters.Length; i++)
        {
            // Most of a memory is zero: a comparison with it often succeeds.
            var type = new ProgramType(info.Parameters[i]);
            var isExpected = i == 1 && info.Parameters.Length == 3;
            operands.Add(isExpected && _random.Percent(50) ? ProgramNode.Zero(type) : parts.Expressions.Of(type, depth - 1));
        }

        return new ProgramNode(info.Opcode, results, [.. operands]) { Immediates = [info.NaturalAlignment, offset, memory] };
    }

    private ProgramNode WaitOrNotify(int depth)
    {
        var shared = Enumerable.Range(0, _context.Program.Memories.Count).Where(index => _context.Program.Memories[index].IsShared).ToList();
        if (shared.Count == 0 || _random.Percent(40))
        {
            var notified = _random.Below(_context.Program.Memories.Count);
            var (place, placeOffset) = Address(notified, depth - 1);
            return new ProgramNode(Opcode.MemoryAtomicNotify, [ProgramType.I32], place, parts.Expressions.Of(ProgramType.I32, depth - 1))
            {
                Immediates = [2, placeOffset, notified],
            };
        }

        var memory = _random.Pick(shared);
        var is64 = _random.Percent(50);
        var (address, offset) = Address(memory, depth - 1);
        var type = is64 ? ProgramType.I64 : ProgramType.I32;
        var expected = _random.Percent(50) ? ProgramNode.Zero(type) : parts.Expressions.Of(type, depth - 1);
        var timeout = ProgramNode.I64Const(_random.Pick([0, 1, 1000]), Reducibility.Fixed);
        return new ProgramNode(is64 ? Opcode.MemoryAtomicWait64 : Opcode.MemoryAtomicWait32, [ProgramType.I32], address, expected, timeout)
        {
            Immediates = [is64 ? 3 : 2, offset, memory],
            Reducibility = Reducibility.Whole,
        };
    }

    /// <summary>An address and a constant offset, mostly such that their sum is a multiple of eight within the memory.</summary>
    private (ProgramNode Address, long Offset) Address(int memory, int depth)
    {
        var is64 = _context.Program.Memories[memory].Is64;
        var type = is64 ? ProgramType.I64 : ProgramType.I32;
        var address = parts.Expressions.Of(type, depth);
        var (mask, offset) = _scope.Dares()
            ? _random.Below(2) == 0 ? (0x1FFFF, _random.Below(100)) : (0xFF, _random.Below(16))
            : _random.Weighted(50, 25, 25) switch
            {
                0 => (0xF8, 8 * _random.Below(8)),
                1 => (0x38, 0),
                _ => (0xFF8, 8 * _random.Below(0xE00)),
            };
        return (Nodes.Constrained(is64 ? Opcode.I64And : Opcode.I32And, type, address, mask), offset);
    }
}
