using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Bodies;

/// <summary>Memories: loads, stores, and what works on many bytes.</summary>
internal sealed class MemoryGenerator(BodyGenerator parts)
{
    private readonly BodyScope _scope = parts.Scope;
    private readonly ProgramContext _context = parts.Scope.Context;
    private readonly RandomSource _random = parts.Scope.Random;

    public ProgramNode Load(ProgramType type, int depth)
    {
        var info = _random.Pick(OperatorCatalog.Loads(type.Kind));
        var memory = _random.Below(_context.Program.Memories.Count);
        var (address, offset) = Address(memory, depth - 1);
        return new ProgramNode(info.Opcode, [type], address) { Immediates = [_random.Between(0, info.NaturalAlignment), offset, memory] };
    }

    public ProgramNode Store(int depth)
    {
        var info = _random.Pick(OperatorCatalog.Stores);
        var memory = _random.Below(_context.Program.Memories.Count);
        var (address, offset) = Address(memory, depth - 1);
        var value = parts.Expressions.Of(new ProgramType(info.Parameters[1]), depth - 1);
        if (OperatorCatalog.SeesBitsOfNaN(info.Opcode))
        {
            value = _scope.Canonical(value);
        }

        return new ProgramNode(info.Opcode, [], address, value) { Immediates = [_random.Between(0, info.NaturalAlignment), offset, memory] };
    }

    /// <summary>An address and a constant offset, mostly such that eight bytes lie within the memory.</summary>
    public (ProgramNode Address, long Offset) Address(int memory, int depth)
    {
        var is64 = _context.Program.Memories[memory].Is64;
        var type = is64 ? ProgramType.I64 : ProgramType.I32;
        var address = parts.Expressions.Of(type, depth);
        if (_scope.Dares())
        {
            return _random.Below(3) switch
            {
                0 => (address, _random.Below(100)),
                1 => (Nodes.Constrained(is64 ? Opcode.I64And : Opcode.I32And, type, address, 0xFFFF), 65536 * _random.Below(4)),
                _ => (address, is64 ? (long)(_random.Next() >> _random.Between(1, 40)) : (uint)_random.Next()),
            };
        }

        // Low addresses meet again more often than high ones.
        var (mask, offset) = _random.Weighted(40, 30, 20, 10) switch
        {
            0 => (0xFF, _random.Below(64)),
            1 => (0x38, 0),
            2 => (0xFFF, _random.Below(0x7000)),
            _ => (0xFFF0, _random.Below(9)),
        };
        return (Nodes.Constrained(is64 ? Opcode.I64And : Opcode.I32And, type, address, mask), offset);
    }

    public ProgramNode BulkMemory(int depth)
    {
        var to = _random.Below(_context.Program.Memories.Count);
        switch (_random.Weighted(35, 40, 20, Math.Min(5, _context.Danger)))
        {
            case 0:
                return new ProgramNode(Opcode.MemoryFill, [], BulkAddress(to, depth), parts.Expressions.Of(ProgramType.I32, depth - 1), BulkLength(Is64(to), depth))
                {
                    Immediates = [to],
                };
            case 1:
                var from = _random.Below(_context.Program.Memories.Count);
                return new ProgramNode(Opcode.MemoryCopy, [], BulkAddress(to, depth), BulkAddress(from, depth), BulkLength(Is64(to) && Is64(from), depth))
                {
                    Immediates = [to, from],
                };
            case 2:
                return InitializeMemory(to, depth);
            default:
                return new ProgramNode(Opcode.DataDrop, []) { Immediates = [_random.Below(_context.Program.Data.Count)] };
        }
    }

    private ProgramNode InitializeMemory(int to, int depth)
    {
        var size = _context.Program.Data[RandomProgram.PassiveData].Bytes.Length;
        var (segment, from, length) = _scope.Dares()
            ? (_random.Below(2), parts.Expressions.Of(ProgramType.I32, depth - 1), BulkLength(is64: false, depth))
            : (RandomProgram.PassiveData, ProgramNode.I32Const(_random.Between(0, size / 2)), ProgramNode.I32Const(_random.Between(0, size / 2)));
        return new ProgramNode(Opcode.MemoryInit, [], BulkAddress(to, depth), from, length) { Immediates = [segment, to] };
    }

    private bool Is64(int memory) => _context.Program.Memories[memory].Is64;

    private ProgramNode BulkAddress(int memory, int depth)
    {
        var (address, _) = Address(memory, depth - 1);
        return address;
    }

    private ProgramNode BulkLength(bool is64, int depth)
    {
        var type = is64 ? ProgramType.I64 : ProgramType.I32;
        var length = parts.Expressions.Of(type, depth - 1);
        return _scope.Dares() ? length : Nodes.Constrained(is64 ? Opcode.I64And : Opcode.I32And, type, length, _random.Pick([7, 15, 63]));
    }

    /// <summary>Grows a memory or a table by a little.</summary>
    public SequenceNode Grow(int depth)
    {
        if (_random.Percent(50))
        {
            var memory = _random.Below(_context.Program.Memories.Count);
            var type = Is64(memory) ? ProgramType.I64 : ProgramType.I32;
            var pages = Nodes.Fixed(Is64(memory) ? Opcode.I64And : Opcode.I32And, type, parts.Expressions.Of(type, depth - 1), Nodes.Constant(type, 1));
            return parts.Statements.Spread(BytePagesNode.Grow(_context.Program, memory, pages));
        }

        var table = _random.Below(_context.Program.Tables.Count);
        var declared = _context.Program.Tables[table];
        if (declared.IsFixed)
        {
            return parts.Statements.Spread(parts.Tables.Size(table));
        }

        var entries = parts.Tables.Index(table, Nodes.Constrained(Opcode.I32And, ProgramType.I32, parts.Expressions.Of(ProgramType.I32, depth - 1), 3));
        return parts.Statements.Spread(new ProgramNode(Opcode.TableGrow, [declared.AddressType], parts.Expressions.Of(declared.Type, depth - 1), entries)
        {
            Immediates = [table],
        });
    }
}
