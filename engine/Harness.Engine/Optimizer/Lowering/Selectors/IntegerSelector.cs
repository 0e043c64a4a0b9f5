using System.Numerics;
using Harness.Engine.Modules;
using Harness.Engine.Numbers;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>Integer arithmetic.</summary>
internal sealed class IntegerSelector(SelectionState state, LirWriter writer, AluWriter alu, OperandSelector operands, LoadFolding loads)
{
    /// <summary>Addition, subtraction and operations on bits.</summary>
    public void SelectAluOperator(int id, AluOp op, OpSize size)
    {
        switch (op)
        {
            case AluOp.Add:
                SelectAdd(id, size);
                break;
            case AluOp.Sub:
                SelectSub(id, size);
                break;
            case AluOp.And:
                SelectAnd(id, size);
                break;
            case AluOp.Xor:
                SelectXor(id, size);
                break;
            default:
                SelectAlu(id, op, size);
                break;
        }
    }

    /// <summary>The low part of a value, extended. What has 32 bits is zero-extended in its register.</summary>
    public void SelectExtend(int id, NumericForm form)
    {
        if (!form.IsSigned)
        {
            SelectMove(id, state.Graph.Input(id, 0), OpSize.Dword);
            return;
        }

        int value = operands.Register(state.Graph.Input(id, 0));
        ref LirInstruction instruction = ref writer.Emit(LirOp.Extend, form.ResultSize);
        instruction.AccessSize = (OpSize)form.Operation;
        instruction.Sub = (ushort)(form.ResultSize == OpSize.Qword ? LoadExtension.SignTo64 : LoadExtension.SignTo32);
        writer.Def(state.Value(id));
        writer.Use(value);
        writer.Hint(state.Value(id), value);
    }

    private void SelectAdd(int id, OpSize size)
    {
        var (left, right) = loads.OrderedInputs(id);
        if (!Constants.IsConstant(state.Graph, right) && (TrySelectScaledAdd(id, left, right, size) || TrySelectScaledAdd(id, right, left, size)))
        {
            return;
        }

        SelectAlu(id, AluOp.Add, size, left, right, isCommutative: true);
    }

    /// <summary><c>base + (index &lt;&lt; 1..3)</c> as an address.</summary>
    private bool TrySelectScaledAdd(int id, int @base, int shift, OpSize size)
    {
        Opcode shiftOp = size == OpSize.Dword ? Opcode.I32Shl : Opcode.I64Shl;
        if (state.Graph[shift].Op != shiftOp || !state.IsOnlyHere(shift)
            || !Constants.TryGetInteger(state.Graph, state.Graph.Input(shift, 1), out long scale) || scale is < 1 or > 3)
        {
            return false;
        }

        var address = new Address
        {
            FixedBase = Gpr.None,
            Base = operands.Register(@base),
            Index = operands.Register(state.Graph.Input(shift, 0)),
            ScaleLog2 = (byte)scale,
        };
        writer.Lea(state.Value(id), address, size);
        return true;
    }

    private void SelectSub(int id, OpSize size)
    {
        if (Constants.TryGetInteger(state.Graph, state.Graph.Input(id, 0), out long minuend) && minuend == 0)
        {
            SelectUnary(id, UnaryOp.Neg, size);
            return;
        }

        SelectAlu(id, AluOp.Sub, size, state.Graph.Input(id, 0), state.Graph.Input(id, 1), isCommutative: false);
    }

    private void SelectAnd(int id, OpSize size)
    {
        var (left, right) = loads.OrderedInputs(id);
        if (Constants.TryGetInteger(state.Graph, right, out long mask))
        {
            switch (mask)
            {
                case 0xFF:
                    SelectZeroExtension(id, left, OpSize.Byte);
                    return;
                case 0xFFFF:
                    SelectZeroExtension(id, left, OpSize.Word);
                    return;
                case 0xFFFF_FFFF when size == OpSize.Qword:
                    SelectMove(id, left, OpSize.Dword);
                    return;
            }
        }

        SelectAlu(id, AluOp.And, size, left, right, isCommutative: true);
    }

    private void SelectZeroExtension(int id, int input, OpSize from)
    {
        int value = operands.Register(input);
        ref LirInstruction instruction = ref writer.Emit(LirOp.Extend, OpSize.Dword);
        instruction.AccessSize = from;
        instruction.Sub = (ushort)LoadExtension.Zero;
        writer.Def(state.Value(id));
        writer.Use(value);
    }

    private void SelectMove(int id, int input, OpSize size)
    {
        int value = operands.Register(input);
        writer.Emit(LirOp.Move, size);
        writer.Def(state.Value(id));
        writer.Use(value);
        writer.Hint(state.Value(id), value);
    }

    private void SelectXor(int id, OpSize size)
    {
        if (Constants.TryGetInteger(state.Graph, state.Graph.Input(id, 1), out long mask) && mask == -1)
        {
            SelectUnary(id, UnaryOp.Not, size);
            return;
        }

        SelectAlu(id, AluOp.Xor, size);
    }

    private void SelectUnary(int id, UnaryOp op, OpSize size)
    {
        int value = operands.Register(state.Graph.Input(id, op == UnaryOp.Neg ? 1 : 0));
        ref LirInstruction instruction = ref writer.Emit(LirOp.Unary, size);
        instruction.Sub = (ushort)op;
        writer.Def(state.Value(id));
        writer.Use(value);
        writer.Hint(state.Value(id), value);
    }

    private void SelectAlu(int id, AluOp op, OpSize size)
    {
        var (left, right) = loads.OrderedInputs(id);
        SelectAlu(id, op, size, left, right, isCommutative: true);
    }

    private void SelectAlu(int id, AluOp op, OpSize size, int left, int right, bool isCommutative)
    {
        bool isConstant = operands.TryImmediate(right, size, out long immediate);
        Address address = default;
        bool hasAddress = !isConstant && loads.TryCoverLoad(right, size, out address);
        int leftValue = operands.Register(left);
        int rightValue = isConstant || hasAddress ? 0 : operands.Register(right);
        alu.EmitAlu(op, size, state.Value(id), leftValue, rightValue, isConstant, immediate, hasAddress, address, isCommutative);
    }

    /// <summary>Multiplication.</summary>
    public void SelectMultiply(int id, OpSize size)
    {
        var (left, right) = loads.OrderedInputs(id);
        if (operands.TryImmediate(right, size, out long factor))
        {
            SelectMultiply(id, left, (int)factor, size);
            return;
        }

        bool hasAddress = loads.TryCoverLoad(right, size, out Address address);
        int leftValue = operands.Register(left);
        int rightValue = hasAddress ? 0 : operands.Register(right);
        ref LirInstruction instruction = ref writer.Emit(LirOp.Multiply, size);
        writer.Def(state.Value(id));
        writer.Use(leftValue);
        writer.Hint(state.Value(id), leftValue);
        if (hasAddress)
        {
            writer.AddAddress(ref instruction, address, OperandRole.UseLate);
        }
        else
        {
            writer.Use(rightValue, OperandPlace.Any);
        }
    }

    /// <summary>Multiplication.</summary>
    public void SelectMultiply(int id, int left, int factor, OpSize size)
    {
        int value = operands.Register(left);
        if (BitOperations.IsPow2(factor) && factor > 0)
        {
            alu.EmitShift(ShiftOp.Shl, size, state.Value(id), value, BitOperations.Log2((uint)factor));
        }
        else if (factor is 3 or 5 or 9)
        {
            var address = new Address
            {
                FixedBase = Gpr.None,
                Base = value,
                Index = value,
                ScaleLog2 = (byte)BitOperations.Log2((uint)factor - 1),
            };
            writer.Lea(state.Value(id), address, size);
        }
        else
        {
            alu.EmitMultiply(size, state.Value(id), value, factor);
        }
    }

    /// <summary>Questions about single bits, answered by one instruction.</summary>
    public void SelectCount(int id, BitOp op, OpSize size)
    {
        bool hasAddress = loads.TryCoverLoad(state.Graph.Input(id, 0), size, out Address address);
        int value = hasAddress ? 0 : operands.Register(state.Graph.Input(id, 0));
        ref LirInstruction instruction = ref writer.Emit(LirOp.CountBits, size);
        instruction.Sub = (ushort)op;
        writer.Def(state.Value(id));
        if (hasAddress)
        {
            writer.AddAddress(ref instruction, address, OperandRole.Use);
        }
        else
        {
            writer.Use(value);
        }
    }

    /// <summary>Shifts and rotations.</summary>
    public void SelectShift(int id, ShiftOp shift, OpSize size)
    {
        int left = operands.Register(state.Graph.Input(id, 0));
        if (Constants.TryGetInteger(state.Graph, state.Graph.Input(id, 1), out long constant))
        {
            alu.EmitShift(shift, size, state.Value(id), left, (int)constant & (size == OpSize.Dword ? 31 : 63));
            return;
        }

        int count = operands.Register(StripMask(state.Graph.Input(id, 1), size));
        ref LirInstruction instruction = ref writer.Emit(LirOp.Shift, size);
        instruction.Sub = (ushort)shift;
        writer.Def(state.Value(id));
        if (CpuFeatures.Bmi2 && shift is not (ShiftOp.Rol or ShiftOp.Ror))
        {
            writer.Use(left, OperandPlace.Any);
            writer.Use(count);
        }
        else
        {
            instruction.Clobbers = 1u << (int)Gpr.Rcx;
            writer.Use(left);
            writer.Use(count, hint: LirWriter.RcxHint);
        }
    }

    /// <summary>A shift count without the masking that the shift does itself.</summary>
    private int StripMask(int id, OpSize size)
    {
        Opcode and = size == OpSize.Dword ? Opcode.I32And : Opcode.I64And;
        int mask = size == OpSize.Dword ? 31 : 63;
        return state.Graph[id].Op == and && state.IsOnlyHere(id)
            && Constants.TryGetInteger(state.Graph, state.Graph.Input(id, 1), out long constant) && (constant & mask) == mask
            ? state.Graph.Input(id, 0)
            : id;
    }
}
