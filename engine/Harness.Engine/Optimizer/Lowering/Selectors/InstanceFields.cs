using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>What code reads of the instance's data: fields of memories and tables, functions, tags.</summary>
internal sealed class InstanceFields(SelectionState state, LirWriter writer)
{
    /// <summary>A field of the data of a memory, table or global, which is in the instance's data or pointed to from there.</summary>
    public Address Field(InstanceLayout.Slot slot, int field)
    {
        if (!slot.IsPointer)
        {
            return Address.OfInstance(slot.Offset + field);
        }

        var pointer = state.Code.NewValue(IrType.I64);
        writer.Load(pointer, Address.OfInstance(slot.Offset), OpSize.Qword);
        return Address.OfBase(pointer, field);
    }

    /// <summary>A field of a memory's data.</summary>
    public Address MemoryField(int memory, int field) => Field(state.ModuleCode.Layout.Memory(memory), field);

    /// <summary>A field of the data of the table that a node names.</summary>
    public Address TableField(int id, int field) => Field(state.ModuleCode.Layout.Table((int)state.Graph[id].Immediate), field);

    /// <summary>The identity of a tag, in a virtual register.</summary>
    public int LoadTag(int index)
    {
        var tag = state.Code.NewValue(IrType.I64);
        writer.Load(tag, Address.OfInstance(state.ModuleCode.Layout.Tag(index)), OpSize.Qword);
        return tag;
    }

    /// <summary>The reference to a function, in a virtual register.</summary>
    public void MakeFunctionAddress(int id, int value)
    {
        var function = (int)state.Graph[id].Immediate;
        if (state.ModuleCode.Layout.IsImportedFunction(function))
        {
            writer.Load(value, Address.OfInstance(state.ModuleCode.Layout.ImportedFunction(function)), OpSize.Qword);
        }
        else
        {
            writer.Lea(value, Address.OfInstance(state.ModuleCode.Layout.FunctionReferenceOf(function)), OpSize.Qword);
        }
    }
}
