using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline;

/// <content>Allocation, stack maps and write barriers.</content>
internal sealed partial class FunctionCompiler
{
    /// <summary>Objects with up to so many 8-byte words to clear are cleared by instructions in a row.</summary>
    private const int MaxUnrolledWords = 32;

    private readonly StackMapTable _stackMaps = new();

    /// <summary>
    /// The stack map of this place: all references on the stack. Those in registers count only where the call preserves them; at calls
    /// of functions everything that outlives the call is in the frame.
    /// </summary>
    private int MapReferences(uint furtherRegisters = RegisterSet.None) => _stackMaps.Add(_cache.Values, furtherRegisters);

    /// <summary>
    /// Allocates an object of a constant size, at most <see cref="ObjectHeap.MaxInlineSize"/>, and writes its header. Until it is
    /// initialised, it must not be on the stack, nor may anything collect garbage.
    /// </summary>
    /// <returns>A register that holds nothing else, and is not counted as used.</returns>
    private Gpr EmitAllocation(int size, ulong header)
    {
        var instance = _cache.AllocateGpr(RegisterSet.None);
        var context = CallingConvention.Scratch;
        var collect = AddReturningPath(ColdPathKind.CollectGarbage, operand: size, stackMap: MapReferences());
        BindResume();
        _asm.Mov(OpSize.Qword, context, InstanceField(InstanceHeader.ContextOffset));
        _asm.MovImm(instance, size);
        _asm.Alu(AluOp.Add, OpSize.Qword, instance, Mem.Base(context, StoreContext.AllocationTopOffset));
        _asm.Alu(AluOp.Cmp, OpSize.Qword, instance, Mem.Base(context, StoreContext.AllocationLimitOffset));
        _asm.Jcc(Condition.Above, collect);
        _asm.Mov(OpSize.Qword, Mem.Base(context, StoreContext.AllocationTopOffset), instance);
        _asm.Alu(AluOp.Sub, OpSize.Qword, instance, size);
        EmitHeader(instance, header);
        return instance;
    }

    private void EmitHeader(Gpr instance, ulong header)
    {
        _asm.MovImm(CallingConvention.Scratch, (long)header);
        _asm.Mov(OpSize.Qword, Mem.Base(instance), CallingConvention.Scratch);
    }

    /// <summary>Clears an object from an offset to its end, both multiples of 8. Overwrites the scratch registers.</summary>
    private void EmitClear(Gpr instance, int start, int end)
    {
        var zero = CallingConvention.ScratchXmm;
        int words = (end - start) / sizeof(long);
        if (words > 0)
        {
            _asm.Sse(SseOp.XorPs, zero, zero);
        }

        if (words > MaxUnrolledWords)
        {
            var left = CallingConvention.Scratch;
            _asm.MovImm(left, end - start);
            var next = _asm.NewBoundLabel();
            _asm.MovScalar(OpSize.Qword, Mem.BaseIndex(instance, left, 1, start - sizeof(long)), zero);
            _asm.Alu(AluOp.Sub, OpSize.Qword, left, sizeof(long));
            _asm.Jcc(Condition.NotZero, next);
            return;
        }

        for (; words >= 2; words -= 2, start += 2 * sizeof(long))
        {
            _asm.MovUps(Mem.Base(instance, start), zero);
        }

        if (words != 0)
        {
            _asm.MovScalar(OpSize.Qword, Mem.Base(instance, start), zero);
        }
    }

    /// <summary>Pops a value and stores it in a new object. Overwrites the scratch register.</summary>
    private void PopIntoNew(Gpr instance, int offset, FieldType field)
    {
        var place = Mem.Base(instance, offset);
        if (_cache.Peek().IsFrame)
        {
            _cache.Drop();
            var slot = _cache.Slot(_cache.Height);
            if (field.Type.IsVector)
            {
                CopyWords(slot, place, ValueKind.V128);
                return;
            }

            _asm.Mov(RegisterSet.SizeOf(field.Type.Kind), CallingConvention.Scratch, slot);
            _asm.Mov(StorageSize(field), place, CallingConvention.Scratch);
        }
        else
        {
            StoreValue(place, field, PopValue(RegisterSet.Of(instance)));
        }
    }

    /// <summary>Pops a value as a constant or into a register, which may hold other values as well.</summary>
    private StackValue PopValue(uint pinned)
    {
        var value = _cache.Peek();
        if (value.IsConstant)
        {
            _cache.Drop();
            return value;
        }

        return StackValue.In(_cache.Pop(pinned), value.Kind);
    }

    /// <summary>
    /// Stores a constant or a register in a field or an element. The first instruction is the one that faults on null; it is the only one
    /// but for the vector zero.
    /// </summary>
    private void StoreValue(Mem place, FieldType field, in StackValue value)
    {
        var size = StorageSize(field);
        if (field.Type.IsVector)
        {
            _cache.StoreVector(place, value);
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
    private void PushFrom(Mem place, FieldType field, bool isSigned, TrapKind fault)
    {
        var kind = field.Type.Kind;
        var result = _cache.Allocate(kind, RegisterSet.None);
        var size = StorageSize(field);
        if (fault != TrapKind.None)
        {
            AddFaultSite(fault);
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

        _cache.Push(kind, result);
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
    private void EmitBarrier(Gpr instance, FieldType field, in StackValue value, Mem? element = null)
    {
        if (value.IsConstant || !MayBeObject(field))
        {
            return;
        }

        var flags = element is null ? ObjectFlags.Unremembered : ObjectFlags.Unremembered | ObjectFlags.Carded;
        _asm.Test(OpSize.Byte, Mem.Base(instance, ObjectHeader.FlagsOffset), (int)flags);
        _asm.Jcc(Condition.NotZero, AddReturningPath(ColdPathKind.Remember, a: instance, place: element));
        BindResume();
    }

    private void EmitRemember(in ColdPath path)
    {
        if (path.Place is { } place)
        {
            _asm.Lea(OpSize.Qword, CallingConvention.Scratch, place);
            CallStub(Stub.MarkCard);
            _asm.Test(OpSize.Byte, Mem.Base(path.A.Gpr, ObjectHeader.FlagsOffset), (int)ObjectFlags.Unremembered);
            _asm.Jcc(Condition.Zero, path.Resume);
        }

        _asm.Mov(OpSize.Qword, CallingConvention.Scratch, path.A.Gpr);
        CallStub(Stub.Remember);
        AddCallSite();
    }

    private void EmitCollectGarbage(in ColdPath path)
    {
        if (path.Operand != 0)
        {
            _asm.MovImm(CallingConvention.Scratch, path.Operand);
        }
        else
        {
            _asm.Mov(OpSize.Qword, CallingConvention.Scratch, path.A.Gpr);
        }

        CallStub(Stub.CollectGarbage);
        AddSafepoint(path.StackMap);
    }

    private void EmitNewLargeArray(in ColdPath path)
    {
        _asm.MovImm(Gpr.Rsi, path.Operand);
        if (path.Bits is { } bits)
        {
            _asm.MovImm(Gpr.Rcx, bits);
        }

        CallBuiltin(Builtin.ArrayNew, path.StackMap);
        _asm.Test(OpSize.Qword, Gpr.Rax, Gpr.Rax);
        EmitTrapUnless(Condition.NotZero, TrapKind.Pending);
    }
}
