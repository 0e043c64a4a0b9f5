using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing.Bodies;

/// <summary>Tables, of functions and of objects.</summary>
internal sealed class TableGenerator(BodyGenerator parts)
{
    private readonly BodyScope _scope = parts.Scope;
    private readonly ProgramContext _context = parts.Scope.Context;
    private readonly RandomSource _random = parts.Scope.Random;

    /// <summary>
    /// An i32 as an index into a table, or as a number of its entries: an i64 where the table has such indices, and beyond all i32 where it goes unprotected.
    /// </summary>
    public ProgramNode Index(int table, ProgramNode index)
    {
        if (!_context.Program.Tables[table].Is64)
        {
            return index;
        }

        var wide = index.Opcode == Opcode.I32Const
            ? Nodes.Constant(ProgramType.I64, (uint)index.Immediates[0])
            : new ProgramNode(Opcode.I64ExtendI32U, [ProgramType.I64], index) { Reducibility = Reducibility.Whole };
        return _scope.Dares() ? Nodes.Constrained(Opcode.I64Or, ProgramType.I64, wide, 1L << _random.Between(32, 63)) : wide;
    }

    /// <summary>The size of a table, as an i32.</summary>
    public ProgramNode Size(int table)
    {
        var type = _context.Program.Tables[table].AddressType;
        var size = new ProgramNode(Opcode.TableSize, [type]) { Immediates = [table] };
        return type == ProgramType.I32 ? size : new ProgramNode(Opcode.I32WrapI64, [ProgramType.I32], size);
    }

    public ProgramNode TableOperation(int depth)
    {
        var table = _random.Below(_context.Program.Tables.Count);
        var declared = _context.Program.Tables[table];
        if (declared.IsFixed)
        {
            return new ProgramNode(Opcode.Drop, [], Size(table));
        }

        if (declared.HoldsObjects)
        {
            return ObjectTableOperation(table, declared, depth);
        }

        var callee = _random.Pick(declared.Regions);
        var start = declared.RegionStart(callee);
        var daring = _context.Danger > 0 ? 1 : 0;
        switch (_random.Weighted(50, 15, 20, 10 * daring, 5 * daring))
        {
            case 0:
                return new ProgramNode(Opcode.TableSet, [], parts.Calls.TableIndex(table, callee, depth - 1), ReferenceFor(declared, callee, depth)) { Immediates = [table] };
            case 1:
                return new ProgramNode(Opcode.TableFill, [],
                    Index(table, ProgramNode.I32Const(start + _random.Below(4))), ReferenceFor(declared, callee, depth),
                    Index(table, Nodes.Constrained(Opcode.I32And, ProgramType.I32, parts.Expressions.Of(ProgramType.I32, depth - 1), 3)))
                {
                    Immediates = [table],
                };
            case 2:
                return CopyInTable(table, start);
            case 3 when declared.Type == ProgramType.FuncRef:
                return new ProgramNode(Opcode.TableInit, [],
                    Index(table, ProgramNode.I32Const(_random.Below(declared.Size))), ProgramNode.I32Const(_random.Below(4)), ProgramNode.I32Const(_random.Below(4)))
                {
                    Immediates = [_random.Pick(_context.Program.PassiveElements(ProgramType.FuncRef)), table],
                };
            default:
                return new ProgramNode(Opcode.ElemDrop, []) { Immediates = [_random.Pick(_context.Program.PassiveElements(ProgramType.FuncRef))] };
        }
    }

    private ProgramNode ObjectTableOperation(int table, ProgramTable declared, int depth)
    {
        var segments = _context.Program.PassiveElements(declared.Type);
        switch (_random.Weighted(60, 15, 15, segments.Count > 0 ? 10 : 0))
        {
            case 0:
                return new ProgramNode(Opcode.TableSet, [], Index(table, ObjectTableIndex(depth - 1)), parts.Expressions.Of(declared.Type, depth - 1))
                {
                    Immediates = [table],
                };
            case 1:
                return new ProgramNode(Opcode.TableFill, [],
                    Index(table, ProgramNode.I32Const(_random.Below(4))), parts.Expressions.Of(declared.Type, depth - 1),
                    Index(table, Nodes.Constrained(Opcode.I32And, ProgramType.I32, parts.Expressions.Of(ProgramType.I32, depth - 1), 3)))
                {
                    Immediates = [table],
                };
            case 2:
                return CopyInTable(table, 0);
            default:
                var segment = _random.Pick(segments);
                var (from, length) = PartOfSegment(_context.Program.Elements[segment].Items.Count, 4);
                return new ProgramNode(Opcode.TableInit, [], Index(table, ProgramNode.I32Const(_random.Below(4))), from, length)
                {
                    Immediates = [segment, table],
                };
        }
    }

    private ProgramNode CopyInTable(int table, int start)
    {
        var length = _scope.Dares() ? parts.Expressions.Of(ProgramType.I32, 1) : ProgramNode.I32Const(_random.Between(0, 4));
        return new ProgramNode(Opcode.TableCopy, [],
            Index(table, ProgramNode.I32Const(start + _random.Below(4))), Index(table, ProgramNode.I32Const(start + _random.Below(4))), Index(table, length))
        {
            Immediates = [table, table],
        };
    }

    /// <summary>Where to begin in a segment and how much to take, at most a limit.</summary>
    public (ProgramNode From, ProgramNode Length) PartOfSegment(int size, int limit)
    {
        if (_scope.Dares())
        {
            return (parts.Expressions.Of(ProgramType.I32, 1), ProgramNode.I32Const(_random.Below(limit + 1)));
        }

        var length = _random.Between(0, Math.Min(size, limit));
        return (ProgramNode.I32Const(_random.Between(0, size - length)), ProgramNode.I32Const(length));
    }

    /// <summary>An entry of a table of objects of a type; null if there is no such table.</summary>
    public ProgramNode? TableEntry(ProgramType type, int depth)
    {
        var tables = Enumerable.Range(0, _context.Program.Tables.Count)
            .Where(index => _context.Program.Tables[index].HoldsObjects && _context.Program.Tables[index].Type == type).ToList();
        if (tables.Count == 0)
        {
            return null;
        }

        var index = ObjectTableIndex(depth - 1);
        var table = _random.Pick(tables);
        return new ProgramNode(Opcode.TableGet, [type], Index(table, index)) { Immediates = [table] };
    }

    private ProgramNode ObjectTableIndex(int depth)
    {
        var index = _random.Percent(50) ? Nodes.Phase(_random.Below(3)) : parts.Expressions.Of(ProgramType.I32, depth);
        return _random.Percent(30) ? ProgramNode.I32Const(_random.Below(ProgramGenerator.RegionSize))
            : _scope.Dares() ? index
            : Nodes.Constrained(Opcode.I32And, ProgramType.I32, index, ProgramGenerator.RegionSize - 1);
    }

    /// <summary>A reference that fits into a table and is, unless the operation goes unprotected, a function of the wanted signature.</summary>
    private ProgramNode ReferenceFor(ProgramTable table, int callee, int depth) =>
        _scope.Dares() ? parts.Expressions.Of(table.Type, depth - 1) : parts.Expressions.FunctionReference(callee);
}
