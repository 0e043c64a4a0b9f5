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
        var fields = type.Struct!.Fields;
        switch (opcode)
        {
            case Opcode.StructNew:
                var instance = _allocations.EmitAllocation(layout.Size, layout.Header);
                for (int i = fields.Length - 1; i >= 0; i--)
                {
                    _fields.PopIntoNew(instance, layout.FieldOffsets[i], fields[i]);
                }

                _stack.Push(ValueKind.Ref, instance);
                break;
            case Opcode.StructNewDefault:
                var empty = _allocations.EmitAllocation(layout.Size, layout.Header);
                _allocations.EmitClear(empty, ObjectHeader.Size, layout.Size);
                _stack.Push(ValueKind.Ref, empty);
                break;
            default:
                int field = _body.Reader.ReadIndex();
                var access = OpcodeTable.GetAccess(opcode);
                if (access.IsWrite)
                {
                    EmitStructSet(fields[field], layout.FieldOffsets[field]);
                }
                else
                {
                    EmitStructGet(fields[field], layout.FieldOffsets[field], isSigned: access.Extension == AccessExtension.Sign);
                }

                break;
        }
    }

    private void EmitStructGet(FieldType field, int offset, bool isSigned)
    {
        var instance = _stack.Pop(RegisterSet.None).Gpr;
        EmitFarNullCheck(instance, offset);
        _fields.PushFrom(Mem.Base(instance, offset), field, isSigned, TrapKind.NullStructure);
    }

    private void EmitStructSet(FieldType field, int offset)
    {
        var value = _stack.PopValue(RegisterSet.None);
        var instance = _stack.Pop(RegisterSet.Of(value)).Gpr;
        EmitFarNullCheck(instance, offset);
        _sites.AddFaultSite(TrapKind.NullStructure);
        _fields.StoreValue(Mem.Base(instance, offset), field, value);
        _fields.EmitBarrier(instance, field, value);
    }

    /// <summary>Checks for null where an access would reach past the page that faults.</summary>
    private void EmitFarNullCheck(Gpr instance, int offset)
    {
        if (offset < NullPage)
        {
            return;
        }

        _asm.Test(OpSize.Qword, instance, instance);
        _asm.Jcc(Condition.Zero, _cold.AddTrap(TrapKind.NullStructure));
    }
}
