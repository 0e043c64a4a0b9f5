using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build.Builders;

/// <summary>Elements and lengths of tables.</summary>
internal sealed class TableBuilder(BuildState state, RuntimeCalls runtime, GraphAssembler assembler)
{
    /// <summary>Loads an element after a check of its index.</summary>
    public int LoadElement(int table, int index, TrapKind outOfBounds)
    {
        CheckIndex(table, index, outOfBounds);
        return assembler.Append(IrOp.LoadTableElement, assembler.Module.Tables[table].Type.ElementType, [index], table);
    }

    private void CheckIndex(int table, int index, TrapKind outOfBounds)
    {
        Opcode less = runtime.Table64(table) ? Opcode.I64LtU : Opcode.I32LtU;
        assembler.TrapUnless(assembler.Append(less, IrType.I32, [index, TableLength(table)]), outOfBounds);
    }

    /// <summary>The length of a table, in the type of its indices; a constant where it cannot grow.</summary>
    public int TableLength(int table)
    {
        TableType type = assembler.Module.Tables[table].Type;
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

    /// <summary>Grows a table.</summary>
    public void VisitTableGrow(int table)
    {
        int delta = runtime.Widen(state.Pop(), runtime.Table64(table));
        int initial = state.Pop();
        int previous = assembler.Append(
            IrOp.CallBuiltin, IrType.I64, [assembler.I64(table), initial, delta], (long)Builtin.TableGrow);
        state.Push(runtime.Narrow(previous, runtime.Table64(table)));
    }

    /// <summary>Sets an element of a table.</summary>
    public void VisitTableSet(int table)
    {
        int element = state.Pop();
        int index = state.Pop();
        CheckIndex(table, index, TrapKind.TableOutOfBounds);
        assembler.Append(IrOp.StoreTableElement, IrType.None, [index, element], table);
    }
}
