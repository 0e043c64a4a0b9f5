using System.Numerics;
using Harness.Engine.Heap;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission;

/// <content>Allocation and write barriers.</content>
internal sealed partial class CodeEmitter
{
    /// <summary>Takes room in the nursery, or makes some first; no register but the result's is overwritten.</summary>
    private void EmitAllocate(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        int size = (int)instruction.Immediate;
        Gpr result = Result(operands).Gpr;
        ref ColdPath cold = ref AddColdPath(ColdPathKind.CollectGarbage, instruction);
        cold.Resume = asm.NewBoundLabel();
        Label collect = cold.Entry;
        asm.Mov(OpSize.Qword, Scratch, Mem.Base(CallingConvention.Instance, InstanceHeader.ContextOffset));
        asm.Mov(OpSize.Qword, result, Mem.Base(Scratch, StoreContext.AllocationTopOffset));
        asm.Alu(AluOp.Add, OpSize.Qword, result, size);
        asm.Alu(AluOp.Cmp, OpSize.Qword, result, Mem.Base(Scratch, StoreContext.AllocationLimitOffset));
        asm.Jcc(Condition.Above, collect);
        asm.Mov(OpSize.Qword, Mem.Base(Scratch, StoreContext.AllocationTopOffset), result);
        asm.Alu(AluOp.Sub, OpSize.Qword, result, size);
        EmitHeader(result, instruction.Aux, (ObjectFlags)instruction.Sub);
    }

    private void EmitHeader(Gpr target, int type, ObjectFlags flags)
    {
        asm.MovImm(Scratch, (long)ObjectHeader.Of(type, flags));
        asm.Mov(OpSize.Qword, Mem.Base(target), Scratch);
    }

    private void EmitCollectGarbage(in LirInstruction instruction)
    {
        asm.Call(NativeRuntime.AddressOf(Stub.CollectGarbage));
        AddSite(instruction, asm.Position, TrapKind.None, safepoints.MapOf(position >> 2));
    }

    private void EmitAllocateArray(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        ArrayOperands array = ArrayOperandsOf(instruction, operands);
        ref ColdPath large = ref AddColdPath(ColdPathKind.LargeArray, instruction);
        Label largeEntry = large.Entry;
        Label done = large.Resume = asm.NewLabel();
        EmitArraySize(array);
        asm.Alu(AluOp.Cmp, OpSize.Qword, array.End, ObjectHeap.MaxInlineSize);
        asm.Jcc(Condition.Above, largeEntry);
        ref ColdPath cold = ref AddColdPath(ColdPathKind.CollectForArray, instruction);
        cold.Resume = asm.NewBoundLabel();
        Label collect = cold.Entry;
        asm.Mov(OpSize.Qword, Scratch, Mem.Base(CallingConvention.Instance, InstanceHeader.ContextOffset));
        asm.Mov(OpSize.Qword, array.Result, Mem.Base(Scratch, StoreContext.AllocationTopOffset));
        asm.Alu(AluOp.Add, OpSize.Qword, array.End, array.Result);
        asm.Alu(AluOp.Cmp, OpSize.Qword, array.End, Mem.Base(Scratch, StoreContext.AllocationLimitOffset));
        asm.Jcc(Condition.Above, collect);
        asm.Mov(OpSize.Qword, Mem.Base(Scratch, StoreContext.AllocationTopOffset), array.End);
        EmitHeader(array.Result, instruction.Aux, ObjectFlags.Array);
        asm.Mov(OpSize.Dword, Mem.Base(array.Result, ObjectLayout.ArrayLength), array.Length);
        EmitFill(array);
        asm.Bind(done);
    }

    /// <summary>Computes the bytes of an array; a length has 32 bits, so that nothing overflows.</summary>
    private void EmitArraySize(in ArrayOperands array)
    {
        int rounding = Math.Max(0, ObjectHeader.Alignment - array.ElementSize);
        Mem size = array.ElementSize == 1
            ? Mem.Base(array.Length, ObjectLayout.ArrayElements + ObjectHeader.Alignment - 1)
            : Mem.Index(array.Length, array.ElementSize, ObjectLayout.ArrayElements + rounding);
        asm.Lea(OpSize.Qword, array.End, size);
        if (rounding > 0)
        {
            asm.Alu(AluOp.And, OpSize.Qword, array.End, -ObjectHeader.Alignment);
        }
    }

    /// <summary>Stores an array's elements from the last to the first; zeros as whole words.</summary>
    private void EmitFill(in ArrayOperands array)
    {
        int step = sizeof(long);
        if (array.HasValue)
        {
            step = array.ElementSize;
            asm.Lea(
                OpSize.Qword,
                array.End,
                Mem.BaseIndex(array.Result, array.Length, array.ElementSize, ObjectLayout.ArrayElements));
        }

        Label filled = asm.NewLabel();
        asm.Lea(OpSize.Qword, Scratch, Mem.Base(array.Result, ObjectLayout.ArrayElements));
        asm.Alu(AluOp.Cmp, OpSize.Qword, array.End, Scratch);
        asm.JccShort(Condition.Equal, filled);
        Label next = asm.NewBoundLabel();
        asm.Alu(AluOp.Sub, OpSize.Qword, array.End, step);
        if (!array.HasValue)
        {
            asm.Mov(OpSize.Qword, Mem.Base(array.End), 0);
        }
        else if (array.Value.IsXmm)
        {
            asm.MovScalar((OpSize)int.Log2(step), Mem.Base(array.End), array.Value.Xmm);
        }
        else
        {
            asm.Mov((OpSize)int.Log2(step), Mem.Base(array.End), array.Value.Gpr);
        }

        asm.Alu(AluOp.Cmp, OpSize.Qword, array.End, Scratch);
        asm.JccShort(Condition.NotEqual, next);
        asm.Bind(filled);
    }

    private void EmitCollectForArray(in LirInstruction instruction)
    {
        ArrayOperands array = ArrayOperandsOf(instruction, code.Operands(instruction));
        asm.Alu(AluOp.Sub, OpSize.Qword, array.End, array.Result);
        asm.Mov(OpSize.Qword, Scratch, array.End);
        EmitCollectGarbage(instruction);
    }

    /// <summary>Calls the runtime with all registers saved that are in use, so that the usual way need not care.</summary>
    private void EmitLargeArray(in LirInstruction instruction)
    {
        ArrayOperands array = ArrayOperandsOf(instruction, code.Operands(instruction));
        uint saved = safepoints.RegistersAt(position >> 2);
        uint vectors = safepoints.VectorsAt(position >> 2);
        int bytes = (((BitOperations.PopCount(saved) + BitOperations.PopCount(vectors)) * sizeof(long)) + 15) & ~15;
        asm.Alu(AluOp.Sub, OpSize.Qword, Gpr.Rsp, bytes);
        EmitSaved(saved, vectors, restore: false);
        group.Add(new Move(Location.Of(array.Length), Location.Of(SystemVParameters[2]), IrType.I32));
        if (array.HasValue)
        {
            group.Add(new Move(array.Value, Location.Of(SystemVParameters[3]), array.ValueType));
        }
        else
        {
            group.Add(new Move(Location.None, Location.Of(SystemVParameters[3]), IrType.I64, 0));
        }

        group.Emit(this);
        asm.MovImm(SystemVParameters[1], instruction.Aux);
        asm.Mov(OpSize.Qword, SystemVParameters[0], CallingConvention.Instance);
        asm.Mov(OpSize.Qword, Gpr.Rax, Mem.Base(CallingConvention.Instance, InstanceHeader.BuiltinsOffset));
        asm.Call(Mem.Base(Gpr.Rax, (int)Builtin.ArrayNew * sizeof(long)));
        AddSite(instruction, asm.Position, TrapKind.None, safepoints.MapWithSavedRegisters(position >> 2, -FrameSize - bytes));
        asm.Mov(OpSize.Qword, Scratch, Gpr.Rax);
        EmitSaved(saved, vectors, restore: true);
        asm.Alu(AluOp.Add, OpSize.Qword, Gpr.Rsp, bytes);
        asm.Mov(OpSize.Qword, array.Result, Scratch);
        asm.Test(OpSize.Qword, Scratch, Scratch);
        asm.Jcc(Condition.Zero, AddTrap(instruction, TrapKind.Pending));
    }

    /// <summary>Saves registers at rsp, or loads them from there, in the order of their numbers; vectors take 16 bytes.</summary>
    private void EmitSaved(uint registers, uint vectors, bool restore)
    {
        int offset = 0;
        for (; registers != 0; registers &= registers - 1, offset += sizeof(long))
        {
            var register = new Location(BitOperations.TrailingZeroCount(registers));
            Mem place = Mem.Base(Gpr.Rsp, offset);
            if ((vectors & registers & (uint)-(int)registers) != 0)
            {
                if (restore) asm.MovUps(register.Xmm, place);
                else asm.MovUps(place, register.Xmm);
                offset += sizeof(long);
            }
            else if (restore)
            {
                EmitReceive(register, OpSize.Qword, place);
            }
            else if (register.IsGpr)
            {
                asm.Mov(OpSize.Qword, place, register.Gpr);
            }
            else
            {
                asm.MovScalar(OpSize.Qword, place, register.Xmm);
            }
        }
    }

    private ArrayOperands ArrayOperandsOf(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        bool hasValue = operands.Length > 3;
        return new ArrayOperands(
            Result(operands).Gpr,
            LocationAt(operands[1].Value, position + 2).Gpr,
            Input(operands, 2).Gpr,
            hasValue ? Input(operands, 3) : Location.None,
            hasValue ? code.TypeOf(operands[3].Value) : IrType.None,
            1 << (int)instruction.AccessSize);
    }

    private void EmitWriteBarrier(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        Gpr target = Input(operands, 0).Gpr;
        ref ColdPath cold = ref AddColdPath(ColdPathKind.Remember, instruction);
        cold.Integer = target;
        cold.Resume = asm.NewLabel();
        ObjectFlags flags = instruction.Immediate != 0 ? ObjectFlags.Unremembered | ObjectFlags.Carded : ObjectFlags.Unremembered;
        asm.Test(OpSize.Byte, Mem.Base(target, ObjectHeader.FlagsOffset), (int)flags);
        asm.Jcc(Condition.NotZero, cold.Entry);
        asm.Bind(cold.Resume);
    }

    /// <summary>Marks the card of an element that was written, and remembers the object unless that was done before.</summary>
    private void EmitRemember(in ColdPath path, in LirInstruction instruction)
    {
        if (instruction.Immediate != 0)
        {
            ReadOnlySpan<LirOperand> operands = code.Operands(instruction);
            int offset = (int)instruction.Immediate;
            asm.Lea(
                OpSize.Qword,
                Scratch,
                operands.Length > 1 ? Mem.BaseIndex(path.Integer, Input(operands, 1).Gpr, sizeof(long), offset) : Mem.Base(path.Integer, offset));
            asm.Call(NativeRuntime.AddressOf(Stub.MarkCard));
            asm.Test(OpSize.Byte, Mem.Base(path.Integer, ObjectHeader.FlagsOffset), (int)ObjectFlags.Unremembered);
            asm.Jcc(Condition.Zero, path.Resume);
        }

        asm.Mov(OpSize.Qword, Scratch, path.Integer);
        asm.Call(NativeRuntime.AddressOf(Stub.Remember));
        AddSite(instruction, asm.Position, TrapKind.None);
    }

    /// <summary>Where the operands of <see cref="LirOp.AllocateArray"/> lie.</summary>
    /// <param name="Result">The array.</param>
    /// <param name="End">The scratch result: the size, then the end of the array.</param>
    /// <param name="Length">The length.</param>
    /// <param name="Value">The element; nowhere if it is zero.</param>
    /// <param name="ValueType">The element's type.</param>
    /// <param name="ElementSize">Bytes of an element.</param>
    private readonly record struct ArrayOperands(
        Gpr Result, Gpr End, Gpr Length, Location Value, IrType ValueType, int ElementSize)
    {
        public bool HasValue => !Value.IsNone;
    }
}
