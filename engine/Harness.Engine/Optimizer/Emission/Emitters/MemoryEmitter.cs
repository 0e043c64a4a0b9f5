using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>Loads, stores, addresses, and checks of bounds.</summary>
internal sealed class MemoryEmitter(OperandLocations locations, SiteRecorder sites, ColdPaths coldPaths, Assembler asm)
{
    /// <summary>Loads an integer or a reference.</summary>
    public void EmitLoad(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var address = locations.AddressOf(instruction, operands, 1);
        var result = locations.Result(operands).Gpr;
        sites.NoteFault(instruction);
        switch ((LoadExtension)instruction.Sub)
        {
            case LoadExtension.Zero:
                asm.MovZx(instruction.AccessSize, result, address);
                break;
            case LoadExtension.SignTo32:
                asm.MovSx(OpSize.Dword, instruction.AccessSize, result, address);
                break;
            default:
                asm.MovSx(OpSize.Qword, instruction.AccessSize, result, address);
                break;
        }
    }

    /// <summary>Stores an integer or a reference.</summary>
    public void EmitStore(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        if (instruction.HasImmediate)
        {
            var address = locations.AddressOf(instruction, operands, 0);
            sites.NoteFault(instruction);
            asm.Mov(instruction.AccessSize, address, (int)instruction.Immediate);
            return;
        }

        var value = locations.Input(operands, 0).Gpr;
        var target = locations.AddressOf(instruction, operands, 1);
        sites.NoteFault(instruction);
        asm.Mov(instruction.AccessSize, target, value);
    }

    /// <summary>Computes an address.</summary>
    public void EmitLea(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var result = locations.Result(operands).Gpr;
        asm.Lea(instruction.Size, result, locations.AddressOf(instruction, operands, 1));
    }

    /// <summary>Traps where an access is out of bounds.</summary>
    public void EmitBoundsCheck(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var index = locations.Input(operands, 0).Gpr;
        var length = locations.AddressOf(instruction, operands, 1);
        var trap = coldPaths.AddTrap(instruction, TrapKind.MemoryOutOfBounds);
        if (instruction.Immediate == (int)instruction.Immediate)
        {
            asm.Mov(OpSize.Qword, CallingConvention.Scratch, index);
            asm.Alu(AluOp.Add, OpSize.Qword, CallingConvention.Scratch, (int)instruction.Immediate);
        }
        else
        {
            asm.MovImm(CallingConvention.Scratch, instruction.Immediate);
            asm.Alu(AluOp.Add, OpSize.Qword, CallingConvention.Scratch, index);
        }

        asm.Jcc(Condition.Carry, trap);
        asm.Alu(AluOp.Cmp, OpSize.Qword, CallingConvention.Scratch, length);
        asm.Jcc(Condition.Above, trap);
    }
}
