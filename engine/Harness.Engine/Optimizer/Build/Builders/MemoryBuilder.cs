using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build.Builders;

/// <summary>Instructions on memories and tables.</summary>
internal sealed class MemoryBuilder(
    BuildState state, RuntimeCalls runtime, TableBuilder tables, AtomicBuilder atomics, GraphAssembler assembler)
{
    /// <summary>Builds a memory or table instruction; says whether it was one.</summary>
    public bool VisitMemoryOrTable(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.MemorySize:
                VisitMemorySize(state.Reader.ReadIndex());
                return true;
            case Opcode.MemoryGrow:
                VisitMemoryGrow(state.Reader.ReadIndex());
                return true;
            case Opcode.MemoryFill:
                var filled = state.Reader.ReadIndex();
                VisitBulk(Builtin.MemoryFill, filled, runtime.Memory64(filled), false, runtime.Memory64(filled));
                return true;
            case Opcode.MemoryCopy:
                var to = state.Reader.ReadIndex();
                var from = state.Reader.ReadIndex();
                VisitBulk(
                    Builtin.MemoryCopy, RuntimeCalls.Pair(to, from), runtime.Memory64(to), runtime.Memory64(from), runtime.Memory64(to) && runtime.Memory64(from));
                return true;
            case Opcode.MemoryInit:
                var data = state.Reader.ReadIndex();
                var initialized = state.Reader.ReadIndex();
                VisitBulk(Builtin.MemoryInit, RuntimeCalls.Pair(initialized, data), runtime.Memory64(initialized), false, false);
                return true;
            case Opcode.DataDrop:
                assembler.Append(
                    IrOp.CallBuiltin, IrType.None, [assembler.I64(state.Reader.ReadIndex())], (long)Builtin.DataDrop);
                return true;
            case Opcode.TableGet:
                var read = state.Reader.ReadIndex();
                state.Push(tables.LoadElement(read, state.Pop(), TrapKind.TableOutOfBounds));
                return true;
            case Opcode.TableSet:
                tables.VisitTableSet(state.Reader.ReadIndex());
                return true;
            case Opcode.TableSize:
                state.Push(tables.TableLength(state.Reader.ReadIndex()));
                return true;
            case Opcode.TableGrow:
                tables.VisitTableGrow(state.Reader.ReadIndex());
                return true;
            case Opcode.TableFill:
                var table = state.Reader.ReadIndex();
                VisitBulk(Builtin.TableFill, table, runtime.Table64(table), false, runtime.Table64(table));
                return true;
            case Opcode.TableCopy:
                var toTable = state.Reader.ReadIndex();
                var fromTable = state.Reader.ReadIndex();
                VisitBulk(
                    Builtin.TableCopy,
                    RuntimeCalls.Pair(toTable, fromTable),
                    runtime.Table64(toTable),
                    runtime.Table64(fromTable),
                    runtime.Table64(toTable) && runtime.Table64(fromTable));
                return true;
            case Opcode.TableInit:
                var segment = state.Reader.ReadIndex();
                var initializedTable = state.Reader.ReadIndex();
                VisitBulk(Builtin.TableInit, RuntimeCalls.Pair(initializedTable, segment), runtime.Table64(initializedTable), false, false);
                return true;
            case Opcode.ElemDrop:
                assembler.Append(
                    IrOp.CallBuiltin, IrType.None, [assembler.I64(state.Reader.ReadIndex())], (long)Builtin.ElemDrop);
                return true;
            case >= Opcode.MemoryAtomicNotify:
                atomics.VisitAtomic(opcode);
                return true;
            default:
                return VisitAccess(opcode);
        }
    }

    /// <summary>A load or a store.</summary>
    private bool VisitAccess(Opcode opcode)
    {
        var info = OpcodeTable.Get(opcode);
        if (info.Immediates != ImmediateKind.MemoryArgument || !info.HasSignature)
        {
            return false;
        }

        state.Reader.ReadMemArg(out var memory, out var offset, out _);
        if (info.Results.Length == 0)
        {
            var value = state.Pop();
            var address = state.Pop();
            assembler.Append(opcode, IrType.None, [address, value], (long)offset, memory);
        }
        else
        {
            state.Push(assembler.Append(opcode, GraphAssembler.TypeOf(info.Results[0]), [state.Pop()], (long)offset, memory));
        }

        return true;
    }

    private void VisitMemorySize(int memory)
    {
        var bytes = assembler.Append(IrOp.MemoryByteLength, IrType.I64, [], memory);
        var log2 = assembler.Module.Memories[memory].Type.PageSizeLog2;
        var pages = log2 == 0 ? bytes : assembler.Append(Opcode.I64ShrU, IrType.I64, [bytes, assembler.I64(log2)]);
        state.Push(runtime.Narrow(pages, runtime.Memory64(memory)));
    }

    private void VisitMemoryGrow(int memory)
    {
        var delta = runtime.Widen(state.Pop(), runtime.Memory64(memory));
        var previous = assembler.Append(
            IrOp.CallBuiltin, IrType.I64, [assembler.I64(memory), delta], (long)Builtin.MemoryGrow);
        state.Push(runtime.Narrow(previous, runtime.Memory64(memory)));
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
        var third = runtime.Widen(state.Pop(), third64);
        var second = runtime.Widen(state.Pop(), second64);
        var first = runtime.Widen(state.Pop(), first64);
        var status = assembler.Append(
            IrOp.CallBuiltin, IrType.I32, [assembler.I64(what), first, second, third], (long)builtin);
        assembler.TrapIf(status, TrapKind.Pending);
    }
}
