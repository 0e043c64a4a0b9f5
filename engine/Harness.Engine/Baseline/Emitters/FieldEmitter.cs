using Harness.Engine.Baseline.Model;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Fields and elements of objects: loads, stores and the write barrier.</summary>
internal sealed class FieldEmitter(BaselineState state, StubCalls stubs)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly FrameSlots _frame = state.Frame;
    private readonly ValueStack _stack = state.Stack;
    private readonly CodeSites _sites = state.Sites;
    private readonly ColdPaths _cold = state.Cold;
    private readonly StubCalls _stubs = stubs;

    /// <summary>Pops a value and stores it in a new object. Overwrites the scratch register.</summary>
    public void PopIntoNew(Gpr instance, int offset, FieldType field)
    {
        var place = Mem.Base(instance, offset);
        if (_stack.Peek().IsFrame)
        {
            _stack.Drop();
            var slot = _frame.Slot(_stack.Height);
            if (field.Type.IsVector)
            {
                _frame.CopyWords(slot, place, ValueKind.V128);
                return;
            }

            _asm.Mov(RegisterSet.SizeOf(field.Type.Kind), CallingConvention.Scratch, slot);
            _asm.Mov(StorageSize(field), place, CallingConvention.Scratch);
        }
        else
        {
            StoreValue(place, field, _stack.PopValue(RegisterSet.Of(instance)));
        }
    }

    /// <summary>
    /// Stores a constant or a register in a field or an element. The first instruction is the one that faults on null; it is the only one
    /// but for the vector zero.
    /// </summary>
    public void StoreValue(Mem place, FieldType field, in StackValue value)
    {
        var size = StorageSize(field);
        if (field.Type.IsVector)
        {
            _frame.StoreVector(place, value);
        }
        else if (value.IsConstant)
        {
            _asm.Mov(size, place, value.Constant);
        }
        else if (value.Register.IsXmm)
        {
            _asm.MovScalar(size, place, value.Register.Xmm);
        }
        else
        {
            _asm.Mov(size, place, value.Register.Gpr);
        }
    }

    /// <summary>Loads a field or an element, and pushes it.</summary>
    public void PushFrom(Mem place, FieldType field, bool isSigned, TrapKind fault)
    {
        var kind = field.Type.Kind;
        var result = _stack.Allocate(kind, RegisterSet.None);
        var size = StorageSize(field);
        if (fault != TrapKind.None)
        {
            _sites.AddFaultSite(fault);
        }

        if (kind == ValueKind.V128)
        {
            _asm.MovUps(result.Xmm, place);
        }
        else if (result.IsXmm)
        {
            _asm.MovScalar(size, result.Xmm, place);
        }
        else if (isSigned)
        {
            _asm.MovSx(OpSize.Dword, size, result.Gpr, place);
        }
        else
        {
            _asm.MovZx(size, result.Gpr, place);
        }

        _stack.Push(kind, result);
    }

    private static OpSize StorageSize(FieldType field) => field.Packing switch
    {
        Packing.I8 => OpSize.Byte,
        Packing.I16 => OpSize.Word,
        _ => RegisterSet.SizeOf(field.Type.Kind),
    };

    /// <summary>Whether what is stored in a field can be a young object, which old objects that refer to it must remember.</summary>
    private static bool MayBeObject(FieldType field) =>
        ObjectLayout.IsHeapReference(field) && field.Type.HeapType != HeapType.Abstract(AbstractHeapType.I31);

    /// <summary>The write barrier, after a value has been stored in an object.</summary>
    /// <param name="instance">The object.</param>
    /// <param name="field">What it was stored in.</param>
    /// <param name="value">The value.</param>
    /// <param name="element">Where, in an array; else null.</param>
    public void EmitBarrier(Gpr instance, FieldType field, in StackValue value, Mem? element = null)
    {
        if (value.IsConstant || !MayBeObject(field))
        {
            return;
        }

        var flags = element is null ? ObjectFlags.Unremembered : ObjectFlags.Unremembered | ObjectFlags.Carded;
        _asm.Test(OpSize.Byte, Mem.Base(instance, ObjectHeader.FlagsOffset), (int)flags);
        _asm.Jcc(Condition.NotZero, _cold.AddReturning(ColdPathKind.Remember, a: instance, place: element));
        _cold.BindResume();
    }

    /// <summary>Out of line: remembers that a reference was stored in an object.</summary>
    public void EmitRemember(in ColdPath path)
    {
        if (path.Place is { } place)
        {
            _asm.Lea(OpSize.Qword, CallingConvention.Scratch, place);
            _stubs.CallStub(Stub.MarkCard);
            _asm.Test(OpSize.Byte, Mem.Base(path.A.Gpr, ObjectHeader.FlagsOffset), (int)ObjectFlags.Unremembered);
            _asm.Jcc(Condition.Zero, path.Resume);
        }

        _asm.Mov(OpSize.Qword, CallingConvention.Scratch, path.A.Gpr);
        _stubs.CallStub(Stub.Remember);
        _sites.AddCallSite();
    }
}
