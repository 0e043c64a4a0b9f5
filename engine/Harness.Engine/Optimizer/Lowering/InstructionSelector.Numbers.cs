using Harness.Engine.Modules;
using Harness.Engine.Numbers;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering;

/// <content>Numeric instructions by their forms; what a form becomes is chosen by one method each.</content>
internal sealed partial class InstructionSelector
{
    private void SelectNumeric(int id, NumericForm form)
    {
        OpSize size = form.Size;
        switch (form.Kind)
        {
            case NumericFormKind.LeadingZeros:
                SelectCount(id, CpuFeatures.Lzcnt ? BitOp.Lzcnt : BitOp.Bsr, size);
                break;
            case NumericFormKind.TrailingZeros:
                SelectCount(id, CpuFeatures.Bmi1 ? BitOp.Tzcnt : BitOp.Bsf, size);
                break;
            case NumericFormKind.Bits:
                SelectCount(id, (BitOp)form.Operation, size);
                break;
            case NumericFormKind.Alu:
                SelectAluOperator(id, (AluOp)form.Operation, size);
                break;
            case NumericFormKind.Multiply:
                SelectMultiply(id, size);
                break;
            case NumericFormKind.Divide:
                SelectDivision(id, DivisionOf(form), size);
                break;
            case NumericFormKind.Shift:
                SelectShift(id, (ShiftOp)form.Operation, size);
                break;
            case NumericFormKind.EqualsZero or NumericFormKind.CompareIntegers or NumericFormKind.CompareFloats:
                SelectCondition(id);
                break;
            case NumericFormKind.FloatBinary:
                SelectFloatBinary(id, (SseOp)form.Operation, size, form.IsCommutative);
                break;
            case NumericFormKind.FloatMin:
                EmitFloatPair(LirOp.FloatMin, id, size);
                break;
            case NumericFormKind.FloatMax:
                EmitFloatPair(LirOp.FloatMax, id, size);
                break;
            case NumericFormKind.FloatCopySign:
                EmitFloatPair(LirOp.FloatCopySign, id, size);
                break;
            case NumericFormKind.FloatUnary or NumericFormKind.FloatRound or NumericFormKind.FloatAbs or NumericFormKind.FloatNegate:
                EmitFloatUnary(FloatUnaryOf(form.Kind), id, size, form.Operation);
                break;
            case NumericFormKind.Extend:
                SelectExtend(id, form);
                break;
            case NumericFormKind.ConvertToFloat:
                EmitConversion(LirOp.ConvertToFloat, id);
                break;
            case NumericFormKind.Truncate:
                EmitConversion(LirOp.Truncate, id);
                break;
            case NumericFormKind.TruncateSaturating:
                EmitConversion(LirOp.TruncateSaturating, id);
                break;
            case NumericFormKind.Reinterpret:
                SelectReinterpret(id);
                break;
            default:
                throw new NotSupportedException($"no instruction is selected for {graph[id].Op}");
        }
    }

    private void SelectAluOperator(int id, AluOp op, OpSize size)
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

    private static LirOp FloatUnaryOf(NumericFormKind kind) => kind switch
    {
        NumericFormKind.FloatAbs => LirOp.FloatAbs,
        NumericFormKind.FloatNegate => LirOp.FloatNegate,
        NumericFormKind.FloatRound => LirOp.FloatRound,
        _ => LirOp.FloatUnary,
    };

    /// <summary>The division by its 64-bit opcode, by which the low-level representation names those of both widths.</summary>
    private static Opcode DivisionOf(NumericForm form) => (form.IsSigned, IsRemainder: form.Operation != 0) switch
    {
        (true, false) => Opcode.I64DivS,
        (false, false) => Opcode.I64DivU,
        (true, true) => Opcode.I64RemS,
        (false, true) => Opcode.I64RemU,
    };

    /// <summary>The low part of a value, extended. What has 32 bits is zero-extended in its register.</summary>
    private void SelectExtend(int id, NumericForm form)
    {
        if (!form.IsSigned)
        {
            SelectMove(id, graph.Input(id, 0), OpSize.Dword);
            return;
        }

        int value = Register(graph.Input(id, 0));
        ref LirInstruction instruction = ref Emit(LirOp.Extend, form.ResultSize);
        instruction.AccessSize = (OpSize)form.Operation;
        instruction.Sub = (ushort)(form.ResultSize == OpSize.Qword ? LoadExtension.SignTo64 : LoadExtension.SignTo32);
        Def(Value(id));
        Use(value);
        Hint(Value(id), value);
    }

    private void SelectReinterpret(int id)
    {
        int value = Register(graph.Input(id, 0));
        Emit(LirOp.Reinterpret, SizeOf(graph[id].Type));
        Def(Value(id));
        Use(value);
    }
}
