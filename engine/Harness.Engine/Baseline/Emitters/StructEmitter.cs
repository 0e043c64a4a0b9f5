using Harness.Engine.Baseline.Model;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Structures.</summary>
internal sealed class StructEmitter(BaselineState state, AllocationEmitter allocations, FieldEmitter fields)
{
    /// <summary>The bytes from address 0 on that are never mapped, so that an access to a null object faults.</summary>
    private const int NullPage = 4096;

    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly ValueStack _stack = state.Stack;
    private readonly CodeSites _sites = state.Sites;
    private readonly ColdPaths _cold = state.Cold;
    private readonly AllocationEmitter _allocations = allocations;
    private readonly FieldEmitter _fields = fields;

    /// <summary>Compiles an instruction on structures.</summary>
    public void Compile(Opcode opcode)
    {
        var type = _body.Module.GetType(_body.Reader.ReadIndex());
        var layout = ObjectLayout.Of(type.CanonicalId);
        switch (opcode)
        {
            case Opcode.StructNew or Opcode.StructNewDesc:
                EmitStructNew(type, layout);
                break;
            case Opcode.StructNewDefault or Opcode.StructNewDefaultDesc:
                EmitStructNewDefault(type, layout);
                break;
            case Opcode.RefGetDesc:
                EmitStructGet(type.Slots[type.DescriptorSlot], layout.SlotOffsets[type.DescriptorSlot], isSigned: false, TrapKind.NullReference);
                break;
            default:
                var slot = type.SlotOf(_body.Reader.ReadIndex());
                var access = OpcodeTable.GetAccess(opcode);
                if (access.IsWrite)
                {
                    EmitStructSet(type.Slots[slot], layout.SlotOffsets[slot]);
                }
                else
                {
                    EmitStructGet(type.Slots[slot], layout.SlotOffsets[slot], isSigned: access.Extension == AccessExtension.Sign, TrapKind.NullStructure);
                }

                break;
        }
    }

    private void EmitStructNew(DefinedType type, ObjectLayout layout)
    {
        EmitDescriptorCheck(type);
        var instance = _allocations.EmitAllocation(layout.Size, layout.Header);
        PopDescriptor(instance, type, layout);
        for (var i = type.Struct!.Fields.Length - 1; i >= 0; i--)
        {
            var slot = type.SlotOf(i);
            _fields.PopIntoNew(instance, layout.SlotOffsets[slot], type.Slots[slot]);
        }

        _stack.Push(ValueKind.Ref, instance);
    }

    private void EmitStructNewDefault(DefinedType type, ObjectLayout layout)
    {
        EmitDescriptorCheck(type);
        var instance = _allocations.EmitAllocation(layout.Size, layout.Header);
        _allocations.EmitClear(instance, ObjectHeader.Size, layout.Size);
        PopDescriptor(instance, type, layout);
        _stack.Push(ValueKind.Ref, instance);
    }

    /// <summary>Traps if the descriptor of an object that is about to be made is null. It stays on the stack, where a collection finds it.</summary>
    private void EmitDescriptorCheck(DefinedType type)
    {
        if (type.DescriptorSlot < 0)
        {
            return;
        }

        var descriptor = _stack.Pop(RegisterSet.None);
        _asm.Test(OpSize.Qword, descriptor.Gpr, descriptor.Gpr);
        _asm.Jcc(Condition.Zero, _cold.AddTrap(TrapKind.NullDescriptor));
        _stack.Push(ValueKind.Ref, descriptor);
    }

    private void PopDescriptor(Gpr instance, DefinedType type, ObjectLayout layout)
    {
        if (type.DescriptorSlot >= 0)
        {
            _fields.PopIntoNew(instance, layout.SlotOffsets[type.DescriptorSlot], type.Slots[type.DescriptorSlot]);
        }
    }

    private void EmitStructGet(FieldType field, int offset, bool isSigned, TrapKind trap)
    {
        var instance = _stack.Pop(RegisterSet.None).Gpr;
        var isChecked = EmitFarNullCheck(instance, offset, trap);
        _fields.PushFrom(Mem.Base(instance, offset), field, isSigned, isChecked ? TrapKind.None : trap);
    }

    private void EmitStructSet(FieldType field, int offset)
    {
        var value = _stack.PopValue(RegisterSet.None);
        var instance = _stack.Pop(RegisterSet.Of(value)).Gpr;
        if (!EmitFarNullCheck(instance, offset, TrapKind.NullStructure))
        {
            _sites.AddFaultSite(TrapKind.NullStructure);
        }

        _fields.StoreValue(Mem.Base(instance, offset), field, value);
        _fields.EmitBarrier(instance, field, value);
    }

    /// <summary>
    /// Checks for null where an access would reach past the page that faults: by a look at the header, which faults as any access to a near field does. A branch to code of its own out of
    /// line would take several times as much memory as the access itself.
    /// </summary>
    /// <returns>Whether the object is known not to be null now.</returns>
    private bool EmitFarNullCheck(Gpr instance, int offset, TrapKind trap)
    {
        if (offset < NullPage)
        {
            return false;
        }

        _sites.AddFaultSite(trap);
        _asm.Alu(AluOp.Cmp, OpSize.Dword, Mem.Base(instance, 0), instance);
        return true;
    }
}
