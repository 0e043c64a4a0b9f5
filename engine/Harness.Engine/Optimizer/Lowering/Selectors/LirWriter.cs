using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>
/// Appends instructions to the low-level code, with their operands and addresses: those that need no decision, loads, stores and
/// constants among them.
/// </summary>
internal sealed class LirWriter(SelectionState state)
{
    /// <summary>Number of a floating-point register among all registers.</summary>
    private const int FirstXmm = 16;

    /// <summary>What an instruction clobbers that leaves no register alone.</summary>
    public const uint AllRegisters = uint.MaxValue;

    /// <summary>Number of rax among all registers.</summary>
    public const byte RaxHint = (byte)Gpr.Rax;

    /// <summary>Number of rdx among all registers.</summary>
    public const byte RdxHint = (byte)Gpr.Rdx;

    /// <summary>Number of rcx among all registers.</summary>
    public const byte RcxHint = (byte)Gpr.Rcx;

    /// <summary>Begins an instruction; its operands are added right after.</summary>
    public ref LirInstruction Emit(LirOp op, OpSize size)
    {
        ref var instruction = ref state.Code.Append();
        instruction.Op = op;
        instruction.Size = size;
        instruction.BytecodeOffset = state.BytecodeOffset;
        instruction.Inlining = state.Inlining;
        return ref instruction;
    }

    /// <summary>Adds a result to the instruction that was begun last.</summary>
    public void Def(int value, OperandPlace place = OperandPlace.Register, byte hint = LirOperand.NoHint)
    {
        state.Code.AppendOperand(new LirOperand(value, OperandRole.Def, place, hint));
        state.Code.Instruction(state.Code.InstructionCount - 1).ResultCount++;
    }

    /// <summary>Adds an input to the instruction that was begun last.</summary>
    public void Use(
        int value,
        OperandPlace place = OperandPlace.Register,
        OperandRole role = OperandRole.Use,
        byte hint = LirOperand.NoHint) =>
        state.Code.AppendOperand(new LirOperand(value, role, place, hint));

    /// <summary>Lets a result prefer the register of an input.</summary>
    public void Hint(int result, int input)
    {
        ref var hint = ref state.Code.HintOf(result);
        if (hint == 0)
        {
            hint = input;
        }
    }

    /// <summary>The size of a scalar or a reference.</summary>
    public static OpSize SizeOf(IrType type) => type is IrType.I32 or IrType.F32 ? OpSize.Dword : OpSize.Qword;

    /// <summary>Whether a constant fits in the 32 bits, sign-extended, that an instruction has for it.</summary>
    public static bool FitsInt32(long value) => value == (int)value;

    /// <summary>The register in which an argument or result is passed; none if that is on the stack.</summary>
    public static byte HintOf(ArgumentPlace place) => place.Kind switch
    {
        ArgumentPlaceKind.Gpr => (byte)place.Index,
        ArgumentPlaceKind.Xmm => (byte)(place.Index + FirstXmm),
        _ => LirOperand.NoHint,
    };

    /// <summary>Begins an instruction with a result and a memory operand.</summary>
    public ref LirInstruction EmitWithAddress(LirOp op, OpSize size, int result, in Address address)
    {
        ref var instruction = ref Emit(op, size);
        instruction.AccessSize = size;
        Def(result);
        AddAddress(ref instruction, address, OperandRole.Use);
        return ref instruction;
    }

    /// <summary>Adds a memory operand to an instruction.</summary>
    public void AddAddress(ref LirInstruction instruction, in Address address, OperandRole role)
    {
        instruction.HasAddress = true;
        instruction.FixedBase = address.FixedBase;
        instruction.ScaleLog2 = address.ScaleLog2;
        instruction.Displacement = address.Displacement;
        instruction.Fault = address.Fault;
        if (address.Base != 0)
        {
            instruction.HasBase = true;
            Use(address.Base, role: role);
        }

        if (address.Index != 0)
        {
            instruction.HasIndex = true;
            Use(address.Index, role: role);
        }
    }

    /// <summary>Loads an integer or a reference.</summary>
    public void Load(int value, in Address address, OpSize size, LoadExtension extension = LoadExtension.Zero)
    {
        ref var instruction = ref EmitWithAddress(LirOp.Load, size, value, address);
        instruction.Sub = (ushort)extension;
    }

    /// <summary>Stores a virtual register; the constant <c>bits</c> where that is 0.</summary>
    public void Store(in Address address, OpSize size, bool isFloat, int value, long bits)
    {
        ref var instruction = ref Emit(isFloat && value != 0 ? LirOp.StoreScalar : LirOp.Store, size);
        instruction.AccessSize = size;
        if (value == 0)
        {
            instruction.HasImmediate = true;
            instruction.Immediate = bits;
        }
        else
        {
            Use(value);
        }

        AddAddress(ref instruction, address, OperandRole.Use);
    }

    /// <summary>Computes an address.</summary>
    public void Lea(int value, in Address address, OpSize size) => EmitWithAddress(LirOp.Lea, size, value, address);

    /// <summary>Loads a vector.</summary>
    public void LoadVector(int value, in Address address)
    {
        ref var instruction = ref EmitWithAddress(LirOp.VectorLoad, OpSize.Qword, value, address);
        instruction.Sub = (ushort)Opcode.V128Load;
    }

    /// <summary>Stores a vector.</summary>
    public void StoreVector(in Address address, int value)
    {
        ref var instruction = ref Emit(LirOp.VectorStore, OpSize.Qword);
        instruction.Sub = (ushort)Opcode.V128Store;
        Use(value);
        AddAddress(ref instruction, address, OperandRole.Use);
    }

    /// <summary>A virtual register with an integer.</summary>
    public int Constant(long bits, IrType type = IrType.I64)
    {
        var value = state.Code.NewValue(type);
        ref var instruction = ref Emit(LirOp.LoadConstant, OpSize.Qword);
        instruction.Immediate = bits;
        Def(value);
        return value;
    }

    /// <summary>Loads the canonical id of a type into a virtual register.</summary>
    /// <param name="value">The register.</param>
    /// <param name="bits">What is loaded.</param>
    /// <param name="isAbove">Whether the type is the high half of it.</param>
    public void LoadType(int value, long bits, bool isAbove)
    {
        ref var instruction = ref Emit(LirOp.LoadType, OpSize.Qword);
        instruction.Immediate = bits;
        instruction.Sub = (ushort)(isAbove ? 1 : 0);
        Def(value);
    }

    /// <summary>A virtual register with a float.</summary>
    public int FloatConstant(IrType type, long bits)
    {
        var value = state.Code.NewValue(type);
        ref var instruction = ref Emit(LirOp.LoadFloat, SizeOf(type));
        instruction.Immediate = bits;
        Def(value);
        return value;
    }

    /// <summary>A virtual register with a constant vector.</summary>
    public int VectorConstant(long number)
    {
        var value = state.Code.NewValue(IrType.V128);
        ref var instruction = ref Emit(LirOp.LoadVector, OpSize.Qword);
        instruction.Immediate = number;
        Def(value);
        return value;
    }
}
