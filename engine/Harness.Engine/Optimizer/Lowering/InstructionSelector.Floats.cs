using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering;

/// <content>Floats and conversions. Operators of both widths are named by the 64-bit opcode.</content>
internal sealed partial class InstructionSelector
{
    private void SelectFloat(int id, Opcode op, OpSize size)
    {
        bool isSingle = size == OpSize.Dword;
        switch (op)
        {
            case Opcode.F64Abs:
                EmitFloatUnary(LirOp.FloatAbs, id, size);
                break;
            case Opcode.F64Neg:
                EmitFloatUnary(LirOp.FloatNegate, id, size);
                break;
            case Opcode.F64Ceil:
                EmitFloatUnary(LirOp.FloatRound, id, size, (ushort)RoundingMode.Ceiling);
                break;
            case Opcode.F64Floor:
                EmitFloatUnary(LirOp.FloatRound, id, size, (ushort)RoundingMode.Floor);
                break;
            case Opcode.F64Trunc:
                EmitFloatUnary(LirOp.FloatRound, id, size, (ushort)RoundingMode.Truncate);
                break;
            case Opcode.F64Nearest:
                EmitFloatUnary(LirOp.FloatRound, id, size, (ushort)RoundingMode.Nearest);
                break;
            case Opcode.F64Sqrt:
                EmitFloatUnary(LirOp.FloatUnary, id, size, (ushort)(isSingle ? SseOp.SqrtSs : SseOp.SqrtSd));
                break;
            case Opcode.F64Add:
                SelectFloatBinary(id, isSingle ? SseOp.AddSs : SseOp.AddSd, size, isCommutative: true);
                break;
            case Opcode.F64Sub:
                SelectFloatBinary(id, isSingle ? SseOp.SubSs : SseOp.SubSd, size, isCommutative: false);
                break;
            case Opcode.F64Mul:
                SelectFloatBinary(id, isSingle ? SseOp.MulSs : SseOp.MulSd, size, isCommutative: true);
                break;
            case Opcode.F64Div:
                SelectFloatBinary(id, isSingle ? SseOp.DivSs : SseOp.DivSd, size, isCommutative: false);
                break;
            case Opcode.F64Min:
                EmitFloatPair(LirOp.FloatMin, id, size);
                break;
            case Opcode.F64Max:
                EmitFloatPair(LirOp.FloatMax, id, size);
                break;
            default:
                EmitFloatPair(LirOp.FloatCopySign, id, size);
                break;
        }
    }

    private void SelectFloatBinary(int id, SseOp op, OpSize size, bool isCommutative)
    {
        int left = graph.Input(id, 0);
        int right = graph.Input(id, 1);
        if (isCommutative && Constants.IsConstant(graph, left) && !Constants.IsConstant(graph, right))
        {
            (left, right) = (right, left);
        }

        // A constant right operand is read from memory.
        bool isConstant = Constants.IsConstant(graph, right);
        bool hasAddress = TryCoverLoad(right, size, out Address address);
        int leftValue = Register(left);
        int rightValue = hasAddress || isConstant ? 0 : Register(right);
        ref LirInstruction instruction = ref Emit(LirOp.FloatBinary, size);
        instruction.Sub = (ushort)op;
        Def(Value(id));
        Use(leftValue);
        Hint(Value(id), leftValue);
        if (hasAddress)
        {
            AddAddress(ref instruction, address, OperandRole.Use);
        }
        else if (isConstant)
        {
            instruction.HasImmediate = true;
            instruction.Immediate = graph[right].Immediate;
        }
        else
        {
            Use(rightValue, OperandPlace.Any, CpuFeatures.Avx ? OperandRole.Use : OperandRole.UseLate);
        }
    }

    private void EmitFloatUnary(LirOp op, int id, OpSize size, ushort sub = 0)
    {
        int value = Register(graph.Input(id, 0));
        ref LirInstruction instruction = ref Emit(op, size);
        instruction.Sub = sub;
        Def(Value(id));
        Use(value);
        Hint(Value(id), value);
    }

    private void EmitFloatPair(LirOp op, int id, OpSize size)
    {
        int left = Register(graph.Input(id, 0));
        int right = Register(graph.Input(id, 1));
        Emit(op, size);
        Def(Value(id));
        Use(left);
        Use(right, role: OperandRole.UseLate);
        Hint(Value(id), left);
    }

    private void SelectConversion(int id, Opcode op)
    {
        switch (op)
        {
            case Opcode.I32WrapI64:
                SelectMove(id, graph.Input(id, 0), OpSize.Dword);
                break;
            case Opcode.I64ExtendI32S:
                SelectSignExtension(id);
                break;
            case >= Opcode.I32TruncF32S and <= Opcode.I32TruncF64U or >= Opcode.I64TruncF32S and <= Opcode.I64TruncF64U:
                EmitConversion(LirOp.Truncate, id, op);
                break;
            case >= Opcode.I32TruncSatF32S and <= Opcode.I64TruncSatF64U:
                EmitConversion(LirOp.TruncateSaturating, id, op);
                break;
            case Opcode.F32DemoteF64:
                EmitFloatUnary(LirOp.FloatUnary, id, OpSize.Qword, (ushort)SseOp.CvtSd2Ss);
                break;
            case Opcode.F64PromoteF32:
                EmitFloatUnary(LirOp.FloatUnary, id, OpSize.Dword, (ushort)SseOp.CvtSs2Sd);
                break;
            case >= Opcode.I32ReinterpretF32 and <= Opcode.F64ReinterpretI64:
                int value = Register(graph.Input(id, 0));
                Emit(LirOp.Reinterpret, SizeOf(graph[id].Type));
                Def(Value(id));
                Use(value);
                break;
            default:
                EmitConversion(LirOp.ConvertToFloat, id, op);
                break;
        }
    }

    private void SelectSignExtension(int id)
    {
        int value = Register(graph.Input(id, 0));
        ref LirInstruction instruction = ref Emit(LirOp.Extend, OpSize.Qword);
        instruction.AccessSize = OpSize.Dword;
        instruction.Sub = (ushort)LoadExtension.SignTo64;
        Def(Value(id));
        Use(value);
        Hint(Value(id), value);
    }

    private void EmitConversion(LirOp op, int id, Opcode opcode)
    {
        int value = Register(graph.Input(id, 0));
        ref LirInstruction instruction = ref Emit(op, SizeOf(graph[id].Type));
        instruction.Sub = (ushort)opcode;
        Def(Value(id));
        Use(value, role: OperandRole.UseLate);
    }
}
