using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build.Builders;

/// <summary>Elements and lengths of tables.</summary>
internal sealed class TableBuilder(BuildState state, RuntimeCalls runtime, GraphAssembler assembler)
{
    /// <summary>Loads an element after a check of its index; where both the index and the table are constant, and a function is there, that is known without.</summary>
    public int LoadElement(int table, int index, TrapKind outOfBounds)
    {
        if (Constant(table) is { } elements && TryGetConstant(index, out var value)
            && elements.FunctionAt(Unsigned(table, value)) is var function && function >= 0)
        {
            return assembler.FunctionAddress(function);
        }

        CheckIndex(table, index, outOfBounds);
        return assembler.Append(IrOp.LoadTableElement, assembler.Module.Tables[table].Type.ElementType, [index], table);
    }

    /// <summary>Whether a function is all that is in a row of elements, and nowhere else in its table, which nobody can change.</summary>
    public bool TryFindRun(int table, int function, out ConstantTable.Run run)
    {
        run = default;
        return Constant(table) is { } elements && elements.TryFindRun(function, out run);
    }

    /// <summary>
    /// Whether an index is one of a row, as i32. An index that is a sum with a constant, as those of rows of methods that begin somewhere in the table are, is asked for its other part, so that
    /// two calls of methods of one object ask the same.
    /// </summary>
    public int IsIndexIn(int table, int index, ConstantTable.Run run)
    {
        var is64 = runtime.Table64(table);
        var add = is64 ? Opcode.I64Add : Opcode.I32Add;
        var part = index;
        long first = run.First;
        if (assembler.Graph[index].Op == add && TryGetConstant(assembler.Graph.Input(index, 1), out var offset))
        {
            part = assembler.Graph.Input(index, 0);
            first -= offset;
        }

        int Number(long value) => is64 ? assembler.I64(value) : assembler.I32((int)value);
        return run.First == run.Last
            ? assembler.Append(is64 ? Opcode.I64Eq : Opcode.I32Eq, IrType.I32, [part, Number(first)])
            : assembler.Append(
                is64 ? Opcode.I64LeU : Opcode.I32LeU,
                IrType.I32,
                [assembler.Append(add, is64 ? IrType.I64 : IrType.I32, [part, Number(-first)]), Number(run.Last - run.First)]);
    }

    private void CheckIndex(int table, int index, TrapKind outOfBounds)
    {
        var less = runtime.Table64(table) ? Opcode.I64LtU : Opcode.I32LtU;
        assembler.TrapUnless(assembler.Append(less, IrType.I32, [index, TableLength(table)]), outOfBounds);
    }

    /// <summary>The length of a table, in the type of its indices; a constant where it cannot grow.</summary>
    public int TableLength(int table)
    {
        var type = assembler.Module.Tables[table].Type;
        var isFixed = type.Limits.Maximum == type.Limits.Minimum || Constant(table) is not null;
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

    private ConstantTable? Constant(int table) => assembler.Options.PassConstantTables ? assembler.Module.ConstantTables[table] : null;

    private bool TryGetConstant(int id, out long value)
    {
        value = assembler.Graph[id].Immediate;
        return assembler.Graph[id].Op is Opcode.I32Const or Opcode.I64Const;
    }

    /// <summary>An index as the unsigned number that it is: those of tables with 32-bit indices are kept with their sign.</summary>
    private ulong Unsigned(int table, long index) => runtime.Table64(table) ? (ulong)index : (uint)index;

    /// <summary>Grows a table.</summary>
    public void VisitTableGrow(int table)
    {
        var delta = runtime.Widen(state.Pop(), runtime.Table64(table));
        var initial = state.Pop();
        var previous = assembler.Append(
            IrOp.CallBuiltin, IrType.I64, [assembler.I64(table), initial, delta], (long)Builtin.TableGrow);
        state.Push(runtime.Narrow(previous, runtime.Table64(table)));
    }

    /// <summary>Sets an element of a table.</summary>
    public void VisitTableSet(int table)
    {
        var element = state.Pop();
        var index = state.Pop();
        CheckIndex(table, index, TrapKind.TableOutOfBounds);
        assembler.Append(IrOp.StoreTableElement, IrType.None, [index, element], table);
    }
}
