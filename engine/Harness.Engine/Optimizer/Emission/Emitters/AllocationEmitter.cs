using System.Numerics;
using Harness.Engine.Heap;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>New objects: room in the nursery, their headers, and equal elements of arrays.</summary>
internal sealed class AllocationEmitter(
    EmissionState state, OperandLocations locations, SiteRecorder sites, ColdPaths coldPaths, MoveEmitter moveEmitter,
    ArgumentEmitter argumentPassing, Assembler asm, Safepoints safepoints, ParallelMoves group, TypeMentions types)
{
    /// <summary>Takes room in the nursery, or makes some first; no register but the result's is overwritten.</summary>
    public void EmitAllocate(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var size = (int)instruction.Immediate;
        var result = locations.Result(operands).Gpr;
        ref var cold = ref coldPaths.AddColdPath(ColdPathKind.CollectGarbage, instruction);
        cold.Resume = asm.NewBoundLabel();
        var collect = cold.Entry;
        asm.Mov(OpSize.Qword, CallingConvention.Scratch, Mem.Base(CallingConvention.Instance, InstanceHeader.ContextOffset));
        asm.Mov(OpSize.Qword, result, Mem.Base(CallingConvention.Scratch, StoreContext.AllocationTopOffset));
        asm.Alu(AluOp.Add, OpSize.Qword, result, size);
        asm.Alu(AluOp.Cmp, OpSize.Qword, result, Mem.Base(CallingConvention.Scratch, StoreContext.AllocationLimitOffset));
        asm.Jcc(Condition.Above, collect);
        asm.Mov(OpSize.Qword, Mem.Base(CallingConvention.Scratch, StoreContext.AllocationTopOffset), result);
        asm.Alu(AluOp.Sub, OpSize.Qword, result, size);
        EmitHeader(result, instruction.Aux, (ObjectFlags)instruction.Sub);
    }

    private void EmitHeader(Gpr target, int type, ObjectFlags flags)
    {
        types.LoadHeader(CallingConvention.Scratch, ObjectHeader.Of(type, flags));
        asm.Mov(OpSize.Qword, Mem.Base(target), CallingConvention.Scratch);
    }

    /// <summary>Collects garbage, so that there is room.</summary>
    public void EmitCollectGarbage(in LirInstruction instruction)
    {
        asm.Call(NativeRuntime.AddressOf(Stub.CollectGarbage));
        sites.AddSite(instruction, asm.Position, TrapKind.None, safepoints.MapOf(state.Position >> 2));
    }

    /// <summary>Takes room for an array and fills it.</summary>
    public void EmitAllocateArray(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var array = ArrayOperandsOf(instruction, operands);
        ref var large = ref coldPaths.AddColdPath(ColdPathKind.LargeArray, instruction);
        var largeEntry = large.Entry;
        var done = large.Resume = asm.NewLabel();
        EmitArraySize(array);
        asm.Alu(AluOp.Cmp, OpSize.Qword, array.End, ObjectHeap.MaxInlineSize);
        asm.Jcc(Condition.Above, largeEntry);
        ref var cold = ref coldPaths.AddColdPath(ColdPathKind.CollectForArray, instruction);
        cold.Resume = asm.NewBoundLabel();
        var collect = cold.Entry;
        asm.Mov(OpSize.Qword, CallingConvention.Scratch, Mem.Base(CallingConvention.Instance, InstanceHeader.ContextOffset));
        asm.Mov(OpSize.Qword, array.Result, Mem.Base(CallingConvention.Scratch, StoreContext.AllocationTopOffset));
        asm.Alu(AluOp.Add, OpSize.Qword, array.End, array.Result);
        asm.Alu(AluOp.Cmp, OpSize.Qword, array.End, Mem.Base(CallingConvention.Scratch, StoreContext.AllocationLimitOffset));
        asm.Jcc(Condition.Above, collect);
        asm.Mov(OpSize.Qword, Mem.Base(CallingConvention.Scratch, StoreContext.AllocationTopOffset), array.End);
        EmitHeader(array.Result, instruction.Aux, ObjectFlags.Array);
        asm.Mov(OpSize.Dword, Mem.Base(array.Result, ObjectLayout.ArrayLength), array.Length);
        EmitFill(array);
        asm.Bind(done);
    }

    /// <summary>Computes the bytes of an array; a length has 32 bits, so that nothing overflows.</summary>
    private void EmitArraySize(in ArrayOperands array)
    {
        var rounding = Math.Max(0, ObjectHeader.Alignment - array.ElementSize);
        var size = array.ElementSize == 1
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
        var step = sizeof(long);
        if (array.HasValue)
        {
            step = array.ElementSize;
            asm.Lea(
                OpSize.Qword,
                array.End,
                Mem.BaseIndex(array.Result, array.Length, array.ElementSize, ObjectLayout.ArrayElements));
        }

        var filled = asm.NewLabel();
        asm.Lea(OpSize.Qword, CallingConvention.Scratch, Mem.Base(array.Result, ObjectLayout.ArrayElements));
        asm.Alu(AluOp.Cmp, OpSize.Qword, array.End, CallingConvention.Scratch);
        asm.JccShort(Condition.Equal, filled);
        var next = asm.NewBoundLabel();
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

        asm.Alu(AluOp.Cmp, OpSize.Qword, array.End, CallingConvention.Scratch);
        asm.JccShort(Condition.NotEqual, next);
        asm.Bind(filled);
    }

    /// <summary>Collects garbage, so that there is room for an array.</summary>
    public void EmitCollectForArray(in LirInstruction instruction)
    {
        var array = ArrayOperandsOf(instruction, state.Code.Operands(instruction));
        asm.Alu(AluOp.Sub, OpSize.Qword, array.End, array.Result);
        asm.Mov(OpSize.Qword, CallingConvention.Scratch, array.End);
        EmitCollectGarbage(instruction);
    }

    /// <summary>Calls the runtime with all registers saved that are in use, so that the usual way need not care.</summary>
    public void EmitLargeArray(in LirInstruction instruction)
    {
        var array = ArrayOperandsOf(instruction, state.Code.Operands(instruction));
        var saved = safepoints.RegistersAt(state.Position >> 2);
        var vectorRegisters = safepoints.VectorsAt(state.Position >> 2);
        var bytes = (((BitOperations.PopCount(saved) + BitOperations.PopCount(vectorRegisters)) * sizeof(long)) + 15) & ~15;
        asm.Alu(AluOp.Sub, OpSize.Qword, Gpr.Rsp, bytes);
        EmitSaved(saved, vectorRegisters, restore: false);
        group.Add(new Move(Location.Of(array.Length), Location.Of(CallingConvention.SystemVParameters[2]), IrType.I32));
        if (array.HasValue)
        {
            group.Add(new Move(array.Value, Location.Of(CallingConvention.SystemVParameters[3]), array.ValueType));
        }
        else
        {
            group.Add(new Move(Location.None, Location.Of(CallingConvention.SystemVParameters[3]), IrType.I64, 0));
        }

        group.Emit(moveEmitter);
        types.Load(CallingConvention.SystemVParameters[1], instruction.Aux);
        asm.Mov(OpSize.Qword, CallingConvention.SystemVParameters[0], CallingConvention.Instance);
        asm.Mov(OpSize.Qword, Gpr.Rax, Mem.Base(CallingConvention.Instance, InstanceHeader.BuiltinsOffset));
        asm.Call(Mem.Base(Gpr.Rax, (int)Builtin.ArrayNew * sizeof(long)));
        sites.AddSite(instruction, asm.Position, TrapKind.None, safepoints.MapWithSavedRegisters(state.Position >> 2, -state.FrameSize - bytes));
        asm.Mov(OpSize.Qword, CallingConvention.Scratch, Gpr.Rax);
        EmitSaved(saved, vectorRegisters, restore: true);
        asm.Alu(AluOp.Add, OpSize.Qword, Gpr.Rsp, bytes);
        asm.Mov(OpSize.Qword, array.Result, CallingConvention.Scratch);
        asm.Test(OpSize.Qword, CallingConvention.Scratch, CallingConvention.Scratch);
        asm.Jcc(Condition.Zero, coldPaths.AddTrap(instruction, TrapKind.Pending));
    }

    /// <summary>Saves registers at rsp, or loads them from there, in the order of their numbers; vectorRegisters take 16 bytes.</summary>
    private void EmitSaved(uint registers, uint vectorRegisters, bool restore)
    {
        var offset = 0;
        for (; registers != 0; registers &= registers - 1, offset += sizeof(long))
        {
            var register = new Location(BitOperations.TrailingZeroCount(registers));
            var place = Mem.Base(Gpr.Rsp, offset);
            if ((vectorRegisters & registers & (uint)-(int)registers) != 0)
            {
                if (restore)
                {
                    asm.MovUps(register.Xmm, place);
                }
                else
                {
                    asm.MovUps(place, register.Xmm);
                }

                offset += sizeof(long);
            }
            else if (restore)
            {
                argumentPassing.EmitReceive(register, OpSize.Qword, place);
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
        var hasValue = operands.Length > 3;
        return new ArrayOperands(
            locations.Result(operands).Gpr,
            locations.Result(operands, 1).Gpr,
            locations.Input(operands, 2).Gpr,
            hasValue ? locations.Input(operands, 3) : Location.None,
            hasValue ? state.Code.TypeOf(operands[3].Value) : IrType.None,
            1 << (int)instruction.AccessSize);
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
