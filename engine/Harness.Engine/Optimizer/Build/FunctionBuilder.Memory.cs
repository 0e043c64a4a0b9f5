using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build;

/// <summary>Memories and tables.</summary>
internal sealed partial class FunctionBuilder
{
    private const int PageSizeLog2 = 16;

    /// <summary>Builds a memory or table instruction; says whether it was one.</summary>
    private bool VisitMemoryOrTable(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.MemorySize:
                VisitMemorySize(reader.ReadIndex());
                return true;
            case Opcode.MemoryGrow:
                VisitMemoryGrow(reader.ReadIndex());
                return true;
            case Opcode.MemoryFill:
                int filled = reader.ReadIndex();
                VisitBulk(Builtin.MemoryFill, filled, Memory64(filled), false, Memory64(filled));
                return true;
            case Opcode.MemoryCopy:
                int to = reader.ReadIndex();
                int from = reader.ReadIndex();
                VisitBulk(
                    Builtin.MemoryCopy, Pair(to, from), Memory64(to), Memory64(from), Memory64(to) && Memory64(from));
                return true;
            case Opcode.MemoryInit:
                int data = reader.ReadIndex();
                int initialized = reader.ReadIndex();
                VisitBulk(Builtin.MemoryInit, Pair(initialized, data), Memory64(initialized), false, false);
                return true;
            case Opcode.DataDrop:
                assembler.Append(
                    IrOp.CallBuiltin, IrType.None, [assembler.I64(reader.ReadIndex())], (long)Builtin.DataDrop);
                return true;
            case Opcode.TableGet:
                int read = reader.ReadIndex();
                Push(LoadElement(read, Pop(), TrapKind.TableOutOfBounds));
                return true;
            case Opcode.TableSet:
                VisitTableSet(reader.ReadIndex());
                return true;
            case Opcode.TableSize:
                Push(TableLength(reader.ReadIndex()));
                return true;
            case Opcode.TableGrow:
                VisitTableGrow(reader.ReadIndex());
                return true;
            case Opcode.TableFill:
                int table = reader.ReadIndex();
                VisitBulk(Builtin.TableFill, table, Table64(table), false, Table64(table));
                return true;
            case Opcode.TableCopy:
                int toTable = reader.ReadIndex();
                int fromTable = reader.ReadIndex();
                VisitBulk(
                    Builtin.TableCopy,
                    Pair(toTable, fromTable),
                    Table64(toTable),
                    Table64(fromTable),
                    Table64(toTable) && Table64(fromTable));
                return true;
            case Opcode.TableInit:
                int segment = reader.ReadIndex();
                int initializedTable = reader.ReadIndex();
                VisitBulk(Builtin.TableInit, Pair(initializedTable, segment), Table64(initializedTable), false, false);
                return true;
            case Opcode.ElemDrop:
                assembler.Append(
                    IrOp.CallBuiltin, IrType.None, [assembler.I64(reader.ReadIndex())], (long)Builtin.ElemDrop);
                return true;
            case >= Opcode.MemoryAtomicNotify:
                VisitAtomic(opcode);
                return true;
            default:
                return VisitAccess(opcode);
        }
    }

    /// <summary>A load or a store.</summary>
    private bool VisitAccess(Opcode opcode)
    {
        OpcodeInfo info = OpcodeTable.Get(opcode);
        if (info.Immediates != ImmediateKind.MemoryArgument || !info.HasSignature)
        {
            return false;
        }

        reader.ReadMemArg(out int memory, out ulong offset, out _);
        if (info.Results.Length == 0)
        {
            int value = Pop();
            int address = Pop();
            assembler.Append(opcode, IrType.None, [address, value], (long)offset, memory);
        }
        else
        {
            Push(assembler.Append(opcode, GraphAssembler.TypeOf(info.Results[0]), [Pop()], (long)offset, memory));
        }

        return true;
    }

    private void VisitMemorySize(int memory)
    {
        int bytes = assembler.Append(IrOp.MemoryByteLength, IrType.I64, [], memory);
        int pages = assembler.Append(Opcode.I64ShrU, IrType.I64, [bytes, assembler.I64(PageSizeLog2)]);
        Push(Narrow(pages, Memory64(memory)));
    }

    private void VisitMemoryGrow(int memory)
    {
        int delta = Widen(Pop(), Memory64(memory));
        int previous = assembler.Append(
            IrOp.CallBuiltin, IrType.I64, [assembler.I64(memory), delta], (long)Builtin.MemoryGrow);
        Push(Narrow(previous, Memory64(memory)));
    }

    private void VisitTableGrow(int table)
    {
        int delta = Widen(Pop(), Table64(table));
        int initial = Pop();
        int previous = assembler.Append(
            IrOp.CallBuiltin, IrType.I64, [assembler.I64(table), initial, delta], (long)Builtin.TableGrow);
        Push(Narrow(previous, Table64(table)));
    }

    private void VisitTableSet(int table)
    {
        int element = Pop();
        int index = Pop();
        CheckIndex(table, index, TrapKind.TableOutOfBounds);
        assembler.Append(IrOp.StoreTableElement, IrType.None, [index, element], table);
    }

    /// <summary>
    /// A bulk instruction with three operands, as a call of the runtime that fails with a trap.
    /// </summary>
    /// <param name="builtin">The runtime function.</param>
    /// <param name="what">Its first argument.</param>
    /// <param name="first64">Whether the first operand, an index, is an i64.</param>
    /// <param name="second64">Whether the second operand is an i64.</param>
    /// <param name="third64">Whether the third operand, a count, is an i64.</param>
    private void VisitBulk(Builtin builtin, long what, bool first64, bool second64, bool third64)
    {
        int third = Widen(Pop(), third64);
        int second = Widen(Pop(), second64);
        int first = Widen(Pop(), first64);
        int status = assembler.Append(
            IrOp.CallBuiltin, IrType.I32, [assembler.I64(what), first, second, third], (long)builtin);
        assembler.TrapIf(status, TrapKind.Pending);
    }

    /// <summary>Loads an element after a check of its index.</summary>
    private int LoadElement(int table, int index, TrapKind outOfBounds)
    {
        CheckIndex(table, index, outOfBounds);
        return assembler.Append(IrOp.LoadTableElement, Module.Tables[table].Type.ElementType, [index], table);
    }

    private void CheckIndex(int table, int index, TrapKind outOfBounds)
    {
        Opcode less = Table64(table) ? Opcode.I64LtU : Opcode.I32LtU;
        assembler.TrapUnless(assembler.Append(less, IrType.I32, [index, TableLength(table)]), outOfBounds);
    }

    /// <summary>The length of a table, in the type of its indices; a constant where it cannot grow.</summary>
    private int TableLength(int table)
    {
        TableType type = Module.Tables[table].Type;
        bool isFixed = type.Limits.Maximum == type.Limits.Minimum;
        if (type.Is64)
        {
            return isFixed
                ? assembler.I64((long)type.Limits.Minimum)
                : assembler.Append(IrOp.TableLength, IrType.I64, [], table);
        }

        return isFixed
            ? assembler.I32((int)type.Limits.Minimum)
            : assembler.Append(IrOp.TableLength, IrType.I32, [], table);
    }

    private bool Memory64(int memory) => Module.Memories[memory].Type.Is64;

    private bool Table64(int table) => Module.Tables[table].Type.Is64;

    private int Widen(int value, bool is64)
    {
        bool isInteger32 = Graph[value].Type == IrType.I32;
        return is64 || !isInteger32 ? value : assembler.Append(Opcode.I64ExtendI32U, IrType.I64, [value]);
    }

    private int Narrow(int value, bool is64) =>
        is64 ? value : assembler.Append(Opcode.I32WrapI64, IrType.I32, [value]);

    private static long Pair(int high, int low) => ((long)high << 32) | (uint)low;
}
