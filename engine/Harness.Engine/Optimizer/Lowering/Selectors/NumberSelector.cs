using Harness.Engine.Modules;
using Harness.Engine.Numbers;
using Harness.Engine.Optimizer.Rules;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>Numeric instructions: by the rules of selection, and where none matches by their forms, for each of which there is a method.</summary>
internal sealed class NumberSelector(
    SelectionState state, IntegerInstructions instructions, ConditionSelector conditions, IntegerSelector integers, WideSelector wide, DivisionSelector divisions,
    FloatSelector floats)
{
    private IntegerInstructions _instructions = instructions;

    /// <summary>Selects a numeric node.</summary>
    public void SelectNumeric(int id, NumericForm form)
    {
        if (SelectionRules.Apply(ref _instructions, id))
        {
            return;
        }

        var size = form.Size;
        switch (form.Kind)
        {
            case NumericFormKind.LeadingZeros:
                integers.SelectCount(id, CpuFeatures.Lzcnt ? BitOp.Lzcnt : BitOp.Bsr, size);
                break;
            case NumericFormKind.TrailingZeros:
                integers.SelectCount(id, CpuFeatures.Bmi1 ? BitOp.Tzcnt : BitOp.Bsf, size);
                break;
            case NumericFormKind.Bits:
                integers.SelectCount(id, (BitOp)form.Operation, size);
                break;
            case NumericFormKind.Alu:
                integers.SelectAlu(id, (AluOp)form.Operation, size);
                break;
            case NumericFormKind.Multiply:
                integers.SelectMultiply(id, size);
                break;
            case NumericFormKind.Divide:
                divisions.SelectDivision(id, DivisionOf(form), size);
                break;
            case NumericFormKind.WideAlu:
                wide.SelectWideAlu(id, (AluOp)form.Operation);
                break;
            case NumericFormKind.WideMultiply:
                wide.SelectWideMultiply(id, form.IsSigned);
                break;
            case NumericFormKind.EqualsZero or NumericFormKind.CompareIntegers or NumericFormKind.CompareFloats:
                conditions.SelectCondition(id);
                break;
            case NumericFormKind.FloatBinary:
                floats.SelectFloatBinary(id, (SseOp)form.Operation, size, form.IsCommutative);
                break;
            case NumericFormKind.FloatMin:
                floats.SelectFloatPair(LirOp.FloatMin, id, size);
                break;
            case NumericFormKind.FloatMax:
                floats.SelectFloatPair(LirOp.FloatMax, id, size);
                break;
            case NumericFormKind.FloatCopySign:
                floats.SelectFloatPair(LirOp.FloatCopySign, id, size);
                break;
            case NumericFormKind.FloatUnary or NumericFormKind.FloatRound or NumericFormKind.FloatAbs or NumericFormKind.FloatNegate:
                floats.SelectFloatUnary(FloatUnaryOf(form.Kind), id, size, form.Operation);
                break;
            case NumericFormKind.Extend:
                integers.SelectExtend(id, form);
                break;
            case NumericFormKind.ConvertToFloat:
                floats.SelectConversion(LirOp.ConvertToFloat, id);
                break;
            case NumericFormKind.Truncate:
                floats.SelectConversion(LirOp.Truncate, id);
                break;
            case NumericFormKind.TruncateSaturating:
                floats.SelectConversion(LirOp.TruncateSaturating, id);
                break;
            case NumericFormKind.Reinterpret:
                floats.SelectReinterpret(id);
                break;
            default:
                throw new NotSupportedException($"no instruction is selected for {state.Graph[id].Op}");
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
}
