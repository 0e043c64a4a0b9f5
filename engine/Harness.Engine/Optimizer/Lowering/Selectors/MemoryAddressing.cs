using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>Addresses of accesses to memories, after the check of bounds that they may need.</summary>
internal sealed class MemoryAddressing(SelectionState state, LirWriter writer, InstanceFields instance, OperandSelector operands)
{
    /// <summary>The address of an access to a memory, after the check that it may need.</summary>
    public Address MemoryAddress(int id, int bytesLog2)
    {
        var memory = VectorOperators.MemoryOf(in state.Graph[id]);
        var index = state.Graph.Input(id, 0);
        var offset = (ulong)state.Graph[id].Immediate;
        var isGuarded = state.ModuleCode.Options.MemoryGuardPages && MemoryPages.FaultsBehindEnd(state.Module.Memories[memory].Type);
        if (!isGuarded)
        {
            CheckBounds(memory, index, offset, 1u << bytesLog2);
        }

        var address = new Address
        {
            FixedBase = Gpr.None,
            Fault = isGuarded ? TrapKind.MemoryOutOfBounds : TrapKind.None,
        };
        if (memory == 0)
        {
            address.FixedBase = CallingConvention.MemoryBase;
        }
        else
        {
            address.Base = state.Code.NewValue(IrType.I64);
            writer.Load(address.Base, instance.MemoryField(memory, MemoryData.BaseOffset), OpSize.Qword);
        }

        if (Constants.TryGetInteger(state.Graph, index, out _))
        {
            var constant = (ulong)Constants.RegisterBits(state.Graph, index) + offset;
            if (constant <= int.MaxValue)
            {
                address.Displacement = (int)constant;
            }
            else
            {
                address.Index = writer.Constant((long)constant);
            }
        }
        else if (offset <= int.MaxValue)
        {
            address.Index = state.Value(index);
            address.Displacement = (int)offset;
        }
        else
        {
            var far = writer.Constant((long)offset);
            address.Index = state.Code.NewValue(IrType.I64);
            ref var add = ref writer.Emit(LirOp.Alu, OpSize.Qword);
            add.Sub = (ushort)AluOp.Add;
            writer.Def(address.Index);
            writer.Use(far);
            writer.Use(state.Value(index), OperandPlace.Any);
            writer.Hint(address.Index, far);
        }

        return address;
    }

    private void CheckBounds(int memory, int index, ulong offset, uint bytes)
    {
        var end = offset > ulong.MaxValue - bytes ? ulong.MaxValue : offset + bytes;
        var value = operands.Register(index);
        var length = instance.MemoryField(memory, MemoryData.ByteLengthOffset);
        ref var check = ref writer.Emit(LirOp.BoundsCheck, OpSize.Qword);
        check.Immediate = (long)end;
        writer.Use(value);
        writer.AddAddress(ref check, length, OperandRole.Use);
    }
}
