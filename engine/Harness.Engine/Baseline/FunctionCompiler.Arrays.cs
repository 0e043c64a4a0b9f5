using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline;

/// <content>Arrays.</content>
internal sealed partial class FunctionCompiler
{
    private void CompileArray(Opcode opcode)
    {
        if (opcode == Opcode.ArrayLen)
        {
            EmitArrayLength();
            return;
        }

        var type = _module.GetType(_reader.ReadIndex());
        var element = type.Array!.Element;
        switch (opcode)
        {
            case Opcode.ArrayNew or Opcode.ArrayNewDefault when element.Type.IsVector:
                EmitVectorArrayNew(type.CanonicalId, isDefault: opcode == Opcode.ArrayNewDefault);
                break;
            case Opcode.ArrayNew:
            case Opcode.ArrayNewDefault:
                EmitArrayNew(type.CanonicalId, element, isDefault: opcode == Opcode.ArrayNewDefault);
                break;
            case Opcode.ArrayNewFixed:
                EmitArrayNewFixed(type.CanonicalId, element, _reader.ReadIndex());
                break;
            case Opcode.ArrayNewData:
                EmitArrayFromSegment(Builtin.ArrayNewData, type.CanonicalId);
                break;
            case Opcode.ArrayNewElem:
                EmitArrayFromSegment(Builtin.ArrayNewElem, type.CanonicalId);
                break;
            case Opcode.ArraySet:
                EmitArraySet(element);
                break;
            case Opcode.ArrayFill when element.Type.IsVector:
                EmitVectorArrayFill();
                break;
            case Opcode.ArrayFill:
                ReinterpretAsInteger(_cache.Height - 2);
                EmitBuiltinStatus(Builtin.ArrayFill, null, 4);
                break;
            case Opcode.ArrayCopy:
                _reader.ReadIndex();
                EmitBuiltinStatus(Builtin.ArrayCopy, null, 5);
                break;
            case Opcode.ArrayInitData:
                EmitBuiltinStatus(Builtin.ArrayInitData, _reader.ReadIndex(), 4);
                break;
            case Opcode.ArrayInitElem:
                EmitBuiltinStatus(Builtin.ArrayInitElem, _reader.ReadIndex(), 4);
                break;
            default:
                EmitArrayGet(element, isSigned: opcode == Opcode.ArrayGetS);
                break;
        }
    }

    private void EmitArrayLength()
    {
        var array = _cache.Pop(RegisterSet.None).Gpr;
        var length = _cache.AllocateGpr(RegisterSet.None);
        AddFaultSite(TrapKind.NullArray);
        _asm.Mov(OpSize.Dword, length, Mem.Base(array, ObjectLayout.ArrayLength));
        _cache.Push(ValueKind.I32, length);
    }

    private void EmitArrayGet(FieldType element, bool isSigned) =>
        PushFrom(PopElement(element, RegisterSet.None, out _), element, isSigned, TrapKind.None);

    private void EmitArraySet(FieldType element)
    {
        var value = PopValue(RegisterSet.None);
        var place = PopElement(element, BitOf(value), out var array);
        StoreValue(place, element, value);
        EmitBarrier(array, element, value, place);
    }

    /// <summary>Pops an array and an index into it, checks both, and gives the operand for the element.</summary>
    private Mem PopElement(FieldType element, uint pinned, out Gpr array)
    {
        int scale = ObjectLayout.SizeOf(element);
        var index = _cache.Peek();
        long offset = ObjectLayout.ArrayElements + ((uint)index.Constant * (long)scale);
        if (index.IsConstant && offset <= int.MaxValue)
        {
            _cache.Drop();
            array = _cache.Pop(pinned).Gpr;
            AddFaultSite(TrapKind.NullArray);
            _asm.Alu(AluOp.Cmp, OpSize.Dword, Mem.Base(array, ObjectLayout.ArrayLength), index.Constant);
            _asm.Jcc(Condition.BelowOrEqual, AddTrap(TrapKind.ArrayOutOfBounds));
            return Mem.Base(array, (int)offset);
        }

        var register = _cache.Pop(pinned);
        array = _cache.Pop(pinned | register.Bit).Gpr;
        AddFaultSite(TrapKind.NullArray);
        _asm.Alu(AluOp.Cmp, OpSize.Dword, register.Gpr, Mem.Base(array, ObjectLayout.ArrayLength));
        _asm.Jcc(Condition.AboveOrEqual, AddTrap(TrapKind.ArrayOutOfBounds));
        if (!element.Type.IsVector)
        {
            return Mem.BaseIndex(array, register.Gpr, scale, ObjectLayout.ArrayElements);
        }

        // An index is scaled by 8 at most.
        var offset16 = _cache.AllocateGpr(pinned | register.Bit | RegisterSet.Of(array));
        _asm.Mov(OpSize.Dword, offset16, register.Gpr);
        _asm.Shift(ShiftOp.Shl, OpSize.Qword, offset16, 4);
        return Mem.BaseIndex(array, offset16, 1, ObjectLayout.ArrayElements);
    }

    private void EmitArrayNewFixed(int canonicalType, FieldType element, int count)
    {
        var layout = ObjectLayout.Of(canonicalType);
        int size = (int)layout.ArraySize((uint)count);
        Gpr array;
        if (size <= ObjectHeap.MaxInlineSize)
        {
            array = EmitAllocation(size, layout.Header);
            _asm.Mov(OpSize.Dword, Mem.Base(array, ObjectLayout.ArrayLength), count);
        }
        else
        {
            // Only vectors can take so much.
            array = EmitLargeAllocation(canonicalType, count);
        }

        for (int i = count - 1; i >= 0; i--)
        {
            PopIntoNew(array, ObjectLayout.ArrayElements + (i * layout.ElementSize), element);
        }

        _cache.Push(ValueKind.Ref, array);
    }

    /// <summary>Makes an array that is too large for the code to make it.</summary>
    /// <returns>A register that holds nothing else, and is not counted as used.</returns>
    private Gpr EmitLargeAllocation(int canonicalType, int count)
    {
        _cache.SpillBelow(_cache.Height);
        _asm.MovImm(BuiltinArguments[0], canonicalType);
        _asm.MovImm(BuiltinArguments[1], count);
        _asm.Zero(BuiltinArguments[2]);
        CallBuiltin(Builtin.ArrayNew, MapReferences());
        _asm.Test(OpSize.Qword, Gpr.Rax, Gpr.Rax);
        _asm.Jcc(Condition.Zero, AddTrap(TrapKind.Pending));
        return Gpr.Rax;
    }

    private void EmitArrayFromSegment(Builtin builtin, int canonicalType)
    {
        EmitBuiltin(builtin, Pack(canonicalType, _reader.ReadIndex()), 2);
        _asm.Test(OpSize.Qword, Gpr.Rax, Gpr.Rax);
        _asm.Jcc(Condition.Zero, AddTrap(TrapKind.Pending));
        _cache.Push(ValueKind.Ref, Gpr.Rax);
    }

    /// <summary>
    /// Allocates an array whose elements are all the same. Arrays above <see cref="ObjectHeap.MaxInlineSize"/> are made by the runtime;
    /// therefore nothing outlives this in a register.
    /// </summary>
    private void EmitArrayNew(int canonicalType, FieldType element, bool isDefault)
    {
        const Gpr array = Gpr.Rax;
        const Gpr length = Gpr.Rdx;
        const Gpr size = Gpr.Rsi;
        const Gpr end = Gpr.Rdi;
        var layout = ObjectLayout.Of(canonicalType);
        long? bits = PopArrayNewOperands(element, isDefault, length);
        var large = AddColdPath(new ColdPath
        {
            Kind = ColdPathKind.NewLargeArray,
            Operand = canonicalType,
            Bits = bits,
            StackMap = MapReferences(),
            Resume = _asm.NewLabel(),
        });
        var done = _cold[_coldCount - 1].Resume;
        int maxLength = (ObjectHeap.MaxInlineSize - ObjectLayout.ArrayElements) / layout.ElementSize;
        _asm.Alu(AluOp.Cmp, OpSize.Dword, length, maxLength);
        _asm.Jcc(Condition.Above, large);

        // The size is a multiple of 8.
        int rounding = ObjectHeader.Alignment - Math.Min(layout.ElementSize, ObjectHeader.Alignment);
        _asm.Lea(OpSize.Qword, size, Mem.Index(length, layout.ElementSize, ObjectLayout.ArrayElements + rounding));
        if (rounding != 0)
        {
            _asm.Alu(AluOp.And, OpSize.Qword, size, -ObjectHeader.Alignment);
        }

        var context = CallingConvention.Scratch;
        uint initial = bits is null && element.Type.IsReference ? RegisterSet.Of(InitialBits) : RegisterSet.None;
        var collect = AddReturningPath(ColdPathKind.CollectGarbage, a: size, stackMap: MapReferences(initial));
        BindResume();
        _asm.Mov(OpSize.Qword, context, InstanceField(InstanceHeader.ContextOffset));
        _asm.Mov(OpSize.Qword, array, Mem.Base(context, StoreContext.AllocationTopOffset));
        _asm.Lea(OpSize.Qword, end, Mem.BaseIndex(array, size));
        _asm.Alu(AluOp.Cmp, OpSize.Qword, end, Mem.Base(context, StoreContext.AllocationLimitOffset));
        _asm.Jcc(Condition.Above, collect);
        _asm.Mov(OpSize.Qword, Mem.Base(context, StoreContext.AllocationTopOffset), end);
        EmitHeader(array, layout.Header);
        _asm.Mov(OpSize.Dword, Mem.Base(array, ObjectLayout.ArrayLength), length);
        EmitFillNewArray(array, size, layout.ElementSize, bits);
        _asm.Bind(done);
        _cache.Push(ValueKind.Ref, array);
    }

    /// <summary>Where the runtime expects the initial bits of an array's elements.</summary>
    private const Gpr InitialBits = Gpr.Rcx;

    /// <summary>Pops the initial value, if there is one, and the length.</summary>
    /// <returns>The initial bits; null if they are in <see cref="InitialBits"/>.</returns>
    private long? PopArrayNewOperands(FieldType element, bool isDefault, Gpr length)
    {
        int lengthHeight = _cache.Height - 1;
        int operands = isDefault ? 1 : 2;
        long? bits = isDefault ? 0 : null;
        _cache.SpillBelow(_cache.Height - operands);
        if (!isDefault)
        {
            ReinterpretAsInteger(lengthHeight - 1);
            ref readonly var value = ref _cache[lengthHeight - 1];
            if (value.IsConstant)
            {
                bits = value.ConstantBits;
            }
            else
            {
                _moves.Add(InitialBits, value, lengthHeight - 1);
            }
        }

        _moves.Add(length, _cache[lengthHeight], lengthHeight);
        _moves.Execute(CallingConvention.Scratch);
        _cache.Drop(operands);
        return bits;
    }

    /// <summary>Fills the elements of a new array, and the rest of its last 8 bytes.</summary>
    /// <param name="array">The array.</param>
    /// <param name="size">Its size, which is overwritten.</param>
    /// <param name="elementSize">Bytes of an element.</param>
    /// <param name="bits">The bits of each; null if they are in <see cref="InitialBits"/>.</param>
    private void EmitFillNewArray(Gpr array, Gpr size, int elementSize, long? bits)
    {
        long ones = elementSize switch { 1 => 0x0101010101010101, 2 => 0x0001000100010001, 4 => 0x0000000100000001, _ => 1 };
        if (bits is { } known)
        {
            long mask = (long)(ulong.MaxValue >> (64 - (8 * elementSize)));
            _asm.MovImm(InitialBits, (known & mask) * ones);
        }
        else if (elementSize < sizeof(long))
        {
            _asm.MovZx((OpSize)System.Numerics.BitOperations.Log2((uint)elementSize), InitialBits, InitialBits);
            _asm.MovImm(CallingConvention.Scratch, ones);
            _asm.Imul(OpSize.Qword, InitialBits, CallingConvention.Scratch);
        }

        var filled = _asm.NewLabel();
        _asm.Alu(AluOp.Sub, OpSize.Qword, size, ObjectLayout.ArrayElements);
        _asm.JccShort(Condition.Zero, filled);
        var next = _asm.NewBoundLabel();
        _asm.Mov(OpSize.Qword, Mem.BaseIndex(array, size, 1, ObjectLayout.ArrayElements - sizeof(long)), InitialBits);
        _asm.Alu(AluOp.Sub, OpSize.Qword, size, sizeof(long));
        _asm.JccShort(Condition.NotZero, next);
        _asm.Bind(filled);
    }

    /// <summary>Makes a floating-point value the integer with the same bits, for the runtime.</summary>
    private void ReinterpretAsInteger(int height)
    {
        var value = _cache[height];
        if (!RegisterSet.IsFloat(value.Kind))
        {
            return;
        }

        var kind = value.Kind == ValueKind.F32 ? ValueKind.I32 : ValueKind.I64;
        if (value.IsRegister)
        {
            var register = _cache.AllocateGpr(RegisterSet.None);
            _asm.MovBits(RegisterSet.SizeOf(kind), register, value.Register.Xmm);
            _cache.Replace(height, StackValue.In(register, kind));
        }
        else
        {
            value.Kind = kind;
            _cache.Replace(height, value);
        }
    }
}
