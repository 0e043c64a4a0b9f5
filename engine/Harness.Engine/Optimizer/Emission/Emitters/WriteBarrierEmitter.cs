using Harness.Engine.Heap;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>What tells the collector of references that are stored in old objects.</summary>
internal sealed class WriteBarrierEmitter(
    EmissionState state, OperandLocations locations, SiteRecorder sites, ColdPaths coldPaths, Assembler asm)
{
    /// <summary>Looks whether the collector must be told.</summary>
    public void EmitWriteBarrier(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var target = locations.Input(operands, 0).Gpr;
        ref var cold = ref coldPaths.AddColdPath(ColdPathKind.Remember, instruction);
        cold.Integer = target;
        cold.Resume = asm.NewLabel();
        var flags = instruction.Immediate != 0 ? ObjectFlags.Unremembered | ObjectFlags.Carded : ObjectFlags.Unremembered;
        asm.Test(OpSize.Byte, Mem.Base(target, ObjectHeader.FlagsOffset), (int)flags);
        asm.Jcc(Condition.NotZero, cold.Entry);
        asm.Bind(cold.Resume);
    }

    /// <summary>Marks the card of an element that was written, and remembers the object unless that was done before.</summary>
    public void EmitRemember(in ColdPath path, in LirInstruction instruction)
    {
        if (instruction.Immediate != 0)
        {
            var operands = state.Code.Operands(instruction);
            var offset = (int)instruction.Immediate;
            asm.Lea(
                OpSize.Qword,
                CallingConvention.Scratch,
                operands.Length > 1 ? Mem.BaseIndex(path.Integer, locations.Input(operands, 1).Gpr, sizeof(long), offset) : Mem.Base(path.Integer, offset));
            asm.Call(NativeRuntime.AddressOf(Stub.MarkCard));
            asm.Test(OpSize.Byte, Mem.Base(path.Integer, ObjectHeader.FlagsOffset), (int)ObjectFlags.Unremembered);
            asm.Jcc(Condition.Zero, path.Resume);
        }

        asm.Mov(OpSize.Qword, CallingConvention.Scratch, path.Integer);
        asm.Call(NativeRuntime.AddressOf(Stub.Remember));
        sites.AddSite(instruction, asm.Position, TrapKind.None);
    }
}
