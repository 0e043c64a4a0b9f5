using Harness.Engine.Baseline.Model;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Accesses to the data of the running instance.</summary>
internal sealed class InstanceFields(BaselineState state)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;

    /// <summary>A field of the running instance's data.</summary>
    public static Mem At(int offset) => Mem.Base(CallingConvention.Instance, offset);

    /// <summary>Loads 8 bytes of something that lies in the instance's data, or that a pointer there leads to.</summary>
    public void LoadField(InstanceLayout.Slot slot, int fieldOffset, Gpr target)
    {
        if (slot.IsPointer)
        {
            _asm.Mov(OpSize.Qword, target, At(slot.Offset));
            _asm.Mov(OpSize.Qword, target, Mem.Base(target, fieldOffset));
        }
        else
        {
            _asm.Mov(OpSize.Qword, target, At(slot.Offset + fieldOffset));
        }
    }

    /// <summary>The operand for a field of something; if a pointer leads there, that is loaded into the given register.</summary>
    public Mem FieldOf(InstanceLayout.Slot slot, int fieldOffset, Gpr pointer)
    {
        if (!slot.IsPointer)
        {
            return At(slot.Offset + fieldOffset);
        }

        _asm.Mov(OpSize.Qword, pointer, At(slot.Offset));
        return Mem.Base(pointer, fieldOffset);
    }

    /// <summary>Loads the address of a function's reference: own ones lie in the instance, to imported ones there is a pointer.</summary>
    public void LoadFunctionReference(int functionIndex, Gpr target)
    {
        if (_body.Layout.IsImportedFunction(functionIndex))
        {
            _asm.Mov(OpSize.Qword, target, At(_body.Layout.ImportedFunction(functionIndex)));
        }
        else
        {
            _asm.Lea(OpSize.Qword, target, At(_body.Layout.FunctionReferenceOf(functionIndex)));
        }
    }
}
