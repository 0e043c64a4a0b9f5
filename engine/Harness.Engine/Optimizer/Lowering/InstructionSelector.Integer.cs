using System.Numerics;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering;

/// <content>Integer arithmetic.</content>
internal sealed partial class InstructionSelector
{
    private const byte RaxHint = (byte)Gpr.Rax;
    private const byte RdxHint = (byte)Gpr.Rdx;
    private const byte RcxHint = (byte)Gpr.Rcx;

    /// <summary>
    /// The inputs of a commutative node: a constant last, and first a value that ends here, best the result of a call, which
    /// is in a register while others had to go to the frame.
    /// </summary>
    private (int Left, int Right) OrderedInputs(int id)
    {
        int left = graph.Input(id, 0);
        int right = graph.Input(id, 1);
        if (Constants.IsConstant(graph, left))
        {
            return (right, left);
        }

        bool swap = !Constants.IsConstant(graph, right) && nodes[right].Uses == 1 && !IsCoverableLoad(right)
            && (nodes[left].Uses > 1 || (IsCallInBlock(right) && !IsCallInBlock(left)));
        return swap ? (right, left) : (left, right);
    }

    private bool IsCallInBlock(int id) => graph[id].Op is IrOp.CallDirect or IrOp.CallReference && IsInBlock(id);

    private bool IsCoverableLoad(int id) =>
        graph[id].Op is Opcode.I32Load or Opcode.I64Load or Opcode.StructGet or Opcode.ArrayGet or Opcode.ArrayLen && IsOnlyHere(id) && LevelAfter(id) == level;

    private void SelectAdd(int id, OpSize size)
    {
        var (left, right) = OrderedInputs(id);
        if (!Constants.IsConstant(graph, right) && (TrySelectScaledAdd(id, left, right, size) || TrySelectScaledAdd(id, right, left, size)))
        {
            return;
        }

        SelectAlu(id, AluOp.Add, size, left, right, isCommutative: true);
    }

    /// <summary><c>base + (index &lt;&lt; 1..3)</c> as an address.</summary>
    private bool TrySelectScaledAdd(int id, int @base, int shift, OpSize size)
    {
        Opcode shiftOp = size == OpSize.Dword ? Opcode.I32Shl : Opcode.I64Shl;
        if (graph[shift].Op != shiftOp || !IsOnlyHere(shift)
            || !Constants.TryGetInteger(graph, graph.Input(shift, 1), out long scale) || scale is < 1 or > 3)
        {
            return false;
        }

        var address = new Address
        {
            FixedBase = Gpr.None,
            Base = Register(@base),
            Index = Register(graph.Input(shift, 0)),
            ScaleLog2 = (byte)scale,
        };
        Lea(Value(id), address, size);
        return true;
    }

    private void SelectSub(int id, OpSize size)
    {
        if (Constants.TryGetInteger(graph, graph.Input(id, 0), out long minuend) && minuend == 0)
        {
            SelectUnary(id, UnaryOp.Neg, size);
            return;
        }

        SelectAlu(id, AluOp.Sub, size, graph.Input(id, 0), graph.Input(id, 1), isCommutative: false);
    }

    private void SelectAnd(int id, OpSize size)
    {
        var (left, right) = OrderedInputs(id);
        if (Constants.TryGetInteger(graph, right, out long mask))
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
        int value = Register(input);
        ref LirInstruction instruction = ref Emit(LirOp.Extend, OpSize.Dword);
        instruction.AccessSize = from;
        instruction.Sub = (ushort)LoadExtension.Zero;
        Def(Value(id));
        Use(value);
    }

    private void SelectMove(int id, int input, OpSize size)
    {
        int value = Register(input);
        Emit(LirOp.Move, size);
        Def(Value(id));
        Use(value);
        Hint(Value(id), value);
    }

    private void SelectXor(int id, OpSize size)
    {
        if (Constants.TryGetInteger(graph, graph.Input(id, 1), out long mask) && mask == -1)
        {
            SelectUnary(id, UnaryOp.Not, size);
            return;
        }

        SelectAlu(id, AluOp.Xor, size);
    }

    private void SelectUnary(int id, UnaryOp op, OpSize size)
    {
        int value = Register(graph.Input(id, op == UnaryOp.Neg ? 1 : 0));
        ref LirInstruction instruction = ref Emit(LirOp.Unary, size);
        instruction.Sub = (ushort)op;
        Def(Value(id));
        Use(value);
        Hint(Value(id), value);
    }

    private void SelectAlu(int id, AluOp op, OpSize size)
    {
        var (left, right) = OrderedInputs(id);
        SelectAlu(id, op, size, left, right, isCommutative: true);
    }

    private void SelectAlu(int id, AluOp op, OpSize size, int left, int right, bool isCommutative)
    {
        bool isConstant = TryImmediate(right, size, out long immediate);
        Address address = default;
        bool hasAddress = !isConstant && TryCoverLoad(right, size, out address);
        int leftValue = Register(left);
        int rightValue = isConstant || hasAddress ? 0 : Register(right);
        EmitAlu(op, size, Value(id), leftValue, rightValue, isConstant, immediate, hasAddress, address, isCommutative);
    }

    private void EmitAlu(
        AluOp op, OpSize size, int result, int left, int right, bool isConstant, long immediate, bool hasAddress,
        in Address address, bool isCommutative)
    {
        ref LirInstruction instruction = ref Emit(LirOp.Alu, size);
        instruction.Sub = (ushort)op;
        Def(result);
        Use(left);
        Hint(result, left);
        if (isConstant)
        {
            instruction.HasImmediate = true;
            instruction.Immediate = immediate;
        }
        else if (hasAddress)
        {
            AddAddress(ref instruction, address, OperandRole.UseLate);
        }
        else
        {
            Use(right, OperandPlace.Any, isCommutative ? OperandRole.Use : OperandRole.UseLate);
        }
    }

    /// <summary>Result = left op constant, in a new virtual register.</summary>
    private int AluConstant(AluOp op, OpSize size, int left, long immediate)
    {
        int result = code.NewValue(IrType.I64);
        EmitAlu(op, size, result, left, 0, true, immediate, false, default, true);
        return result;
    }

    private int Alu(AluOp op, OpSize size, int left, int right)
    {
        int result = code.NewValue(IrType.I64);
        EmitAlu(op, size, result, left, right, false, 0, false, default, false);
        return result;
    }

    private int ShiftConstant(ShiftOp op, OpSize size, int left, int count)
    {
        int result = code.NewValue(IrType.I64);
        EmitShift(op, size, result, left, count);
        return result;
    }

    private void EmitShift(ShiftOp op, OpSize size, int result, int left, int count)
    {
        ref LirInstruction instruction = ref Emit(LirOp.ShiftConstant, size);
        instruction.Sub = (ushort)op;
        instruction.Immediate = count;
        Def(result);
        Use(left);
        Hint(result, left);
    }

    /// <summary>Whether an input is a constant that fits in an instruction.</summary>
    private bool TryImmediate(int id, OpSize size, out long immediate) =>
        Constants.TryGetInteger(graph, id, out immediate) && (size == OpSize.Dword || FitsInt32(immediate));

    private void SelectMultiply(int id, OpSize size)
    {
        var (left, right) = OrderedInputs(id);
        if (TryImmediate(right, size, out long factor))
        {
            SelectMultiply(id, left, (int)factor, size);
            return;
        }

        bool hasAddress = TryCoverLoad(right, size, out Address address);
        int leftValue = Register(left);
        int rightValue = hasAddress ? 0 : Register(right);
        ref LirInstruction instruction = ref Emit(LirOp.Multiply, size);
        Def(Value(id));
        Use(leftValue);
        Hint(Value(id), leftValue);
        if (hasAddress)
        {
            AddAddress(ref instruction, address, OperandRole.UseLate);
        }
        else
        {
            Use(rightValue, OperandPlace.Any);
        }
    }

    private void SelectMultiply(int id, int left, int factor, OpSize size)
    {
        int value = Register(left);
        if (BitOperations.IsPow2(factor) && factor > 0)
        {
            EmitShift(ShiftOp.Shl, size, Value(id), value, BitOperations.Log2((uint)factor));
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
            Lea(Value(id), address, size);
        }
        else
        {
            EmitMultiply(size, Value(id), value, factor);
        }
    }

    private void EmitMultiply(OpSize size, int result, int left, int factor)
    {
        ref LirInstruction instruction = ref Emit(LirOp.Multiply, size);
        instruction.HasImmediate = true;
        instruction.Immediate = factor;
        Def(result);
        Use(left, OperandPlace.Any);
        Hint(result, left);
    }

    private void SelectCount(int id, BitOp op, OpSize size)
    {
        bool hasAddress = TryCoverLoad(graph.Input(id, 0), size, out Address address);
        int value = hasAddress ? 0 : Register(graph.Input(id, 0));
        ref LirInstruction instruction = ref Emit(LirOp.CountBits, size);
        instruction.Sub = (ushort)op;
        Def(Value(id));
        if (hasAddress)
        {
            AddAddress(ref instruction, address, OperandRole.Use);
        }
        else
        {
            Use(value);
        }
    }

    private void SelectShift(int id, ShiftOp shift, OpSize size)
    {
        int left = Register(graph.Input(id, 0));
        if (Constants.TryGetInteger(graph, graph.Input(id, 1), out long constant))
        {
            EmitShift(shift, size, Value(id), left, (int)constant & (size == OpSize.Dword ? 31 : 63));
            return;
        }

        int count = Register(StripMask(graph.Input(id, 1), size));
        ref LirInstruction instruction = ref Emit(LirOp.Shift, size);
        instruction.Sub = (ushort)shift;
        Def(Value(id));
        if (CpuFeatures.Bmi2 && shift is not (ShiftOp.Rol or ShiftOp.Ror))
        {
            Use(left, OperandPlace.Any);
            Use(count);
        }
        else
        {
            instruction.Clobbers = 1u << (int)Gpr.Rcx;
            Use(left);
            Use(count, hint: RcxHint);
        }
    }

    /// <summary>A shift count without the masking that the shift does itself.</summary>
    private int StripMask(int id, OpSize size)
    {
        Opcode and = size == OpSize.Dword ? Opcode.I32And : Opcode.I64And;
        int mask = size == OpSize.Dword ? 31 : 63;
        return graph[id].Op == and && IsOnlyHere(id)
            && Constants.TryGetInteger(graph, graph.Input(id, 1), out long constant) && (constant & mask) == mask
            ? graph.Input(id, 0)
            : id;
    }
}
