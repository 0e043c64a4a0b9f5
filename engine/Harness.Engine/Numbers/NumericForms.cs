using Harness.Engine.Modules;
using Harness.Engine.X64;
using Kind = Harness.Engine.Numbers.NumericFormKind;

namespace Harness.Engine.Numbers;

/// <summary>
/// Which machine code each numeric instruction becomes: one table, by which both compilers choose. What an instruction is called and what types it has is in the
/// opcode table.
/// </summary>
internal static class NumericForms
{
    private const ushort Quotient = 0;
    private const ushort Remainder = 1;

    private static readonly NumericForm[] BySlot = MakeTable();

    /// <summary>The form of an instruction; <see cref="NumericFormKind.None"/> if it has none, be it since there is no such instruction.</summary>
    public static NumericForm Of(Opcode opcode)
    {
        var slot = OpcodeTable.Slot(opcode);
        return (uint)slot < (uint)BySlot.Length ? BySlot[slot] : default;
    }

    private static NumericForm[] MakeTable()
    {
        var table = new NumericForm[OpcodeTable.SlotCount];

        void Add(Opcode opcode, NumericForm form)
        {
            var row = OpcodeTable.Get(opcode);
            table[OpcodeTable.Slot(opcode)] = form with { Operand = row.Parameters[0], Result = row.Results[0] };
        }

        void AddBoth(Opcode narrow, Opcode wide, NumericForm form)
        {
            Add(narrow, form);
            Add(wide, form);
        }

        // Arithmetic of integers.
        AddBoth(Opcode.I32Clz, Opcode.I64Clz, new(Kind.LeadingZeros));
        AddBoth(Opcode.I32Ctz, Opcode.I64Ctz, new(Kind.TrailingZeros));
        AddBoth(Opcode.I32Popcnt, Opcode.I64Popcnt, new(Kind.Bits, (ushort)BitOp.Popcnt));
        AddBoth(Opcode.I32Add, Opcode.I64Add, new(Kind.Alu, (ushort)AluOp.Add, IsCommutative: true));
        AddBoth(Opcode.I32Sub, Opcode.I64Sub, new(Kind.Alu, (ushort)AluOp.Sub));
        AddBoth(Opcode.I32Mul, Opcode.I64Mul, new(Kind.Multiply, IsCommutative: true));
        AddBoth(Opcode.I32DivS, Opcode.I64DivS, new(Kind.Divide, Quotient, IsSigned: true));
        AddBoth(Opcode.I32DivU, Opcode.I64DivU, new(Kind.Divide, Quotient));
        AddBoth(Opcode.I32RemS, Opcode.I64RemS, new(Kind.Divide, Remainder, IsSigned: true));
        AddBoth(Opcode.I32RemU, Opcode.I64RemU, new(Kind.Divide, Remainder));
        AddBoth(Opcode.I32And, Opcode.I64And, new(Kind.Alu, (ushort)AluOp.And, IsCommutative: true));
        AddBoth(Opcode.I32Or, Opcode.I64Or, new(Kind.Alu, (ushort)AluOp.Or, IsCommutative: true));
        AddBoth(Opcode.I32Xor, Opcode.I64Xor, new(Kind.Alu, (ushort)AluOp.Xor, IsCommutative: true));
        AddBoth(Opcode.I32Shl, Opcode.I64Shl, new(Kind.Shift, (ushort)ShiftOp.Shl));
        AddBoth(Opcode.I32ShrS, Opcode.I64ShrS, new(Kind.Shift, (ushort)ShiftOp.Sar));
        AddBoth(Opcode.I32ShrU, Opcode.I64ShrU, new(Kind.Shift, (ushort)ShiftOp.Shr));
        AddBoth(Opcode.I32Rotl, Opcode.I64Rotl, new(Kind.Shift, (ushort)ShiftOp.Rol));
        AddBoth(Opcode.I32Rotr, Opcode.I64Rotr, new(Kind.Shift, (ushort)ShiftOp.Ror));

        // Arithmetic on 128 bits.
        Add(Opcode.I64Add128, new(Kind.WideAlu, (ushort)AluOp.Add));
        Add(Opcode.I64Sub128, new(Kind.WideAlu, (ushort)AluOp.Sub));
        Add(Opcode.I64MulWideS, new(Kind.WideMultiply, IsSigned: true, IsCommutative: true));
        Add(Opcode.I64MulWideU, new(Kind.WideMultiply, IsCommutative: true));

        // Comparisons.
        AddBoth(Opcode.I32Eqz, Opcode.I64Eqz, new(Kind.EqualsZero));
        AddBoth(Opcode.I32Eq, Opcode.I64Eq, Compare(Condition.Equal));
        AddBoth(Opcode.I32Ne, Opcode.I64Ne, Compare(Condition.NotEqual));
        AddBoth(Opcode.I32LtS, Opcode.I64LtS, Compare(Condition.Less));
        AddBoth(Opcode.I32LtU, Opcode.I64LtU, Compare(Condition.Below));
        AddBoth(Opcode.I32GtS, Opcode.I64GtS, Compare(Condition.Greater));
        AddBoth(Opcode.I32GtU, Opcode.I64GtU, Compare(Condition.Above));
        AddBoth(Opcode.I32LeS, Opcode.I64LeS, Compare(Condition.LessOrEqual));
        AddBoth(Opcode.I32LeU, Opcode.I64LeU, Compare(Condition.BelowOrEqual));
        AddBoth(Opcode.I32GeS, Opcode.I64GeS, Compare(Condition.GreaterOrEqual));
        AddBoth(Opcode.I32GeU, Opcode.I64GeU, Compare(Condition.AboveOrEqual));
        AddBoth(Opcode.F32Eq, Opcode.F64Eq, Compare(FloatRelation.Equal));
        AddBoth(Opcode.F32Ne, Opcode.F64Ne, Compare(FloatRelation.NotEqual));
        AddBoth(Opcode.F32Lt, Opcode.F64Lt, Compare(FloatRelation.Less));
        AddBoth(Opcode.F32Gt, Opcode.F64Gt, Compare(FloatRelation.Greater));
        AddBoth(Opcode.F32Le, Opcode.F64Le, Compare(FloatRelation.LessOrEqual));
        AddBoth(Opcode.F32Ge, Opcode.F64Ge, Compare(FloatRelation.GreaterOrEqual));

        // Arithmetic of floats.
        AddBoth(Opcode.F32Abs, Opcode.F64Abs, new(Kind.FloatAbs));
        AddBoth(Opcode.F32Neg, Opcode.F64Neg, new(Kind.FloatNegate));
        AddBoth(Opcode.F32Ceil, Opcode.F64Ceil, new(Kind.FloatRound, (ushort)RoundingMode.Ceiling));
        AddBoth(Opcode.F32Floor, Opcode.F64Floor, new(Kind.FloatRound, (ushort)RoundingMode.Floor));
        AddBoth(Opcode.F32Trunc, Opcode.F64Trunc, new(Kind.FloatRound, (ushort)RoundingMode.Truncate));
        AddBoth(Opcode.F32Nearest, Opcode.F64Nearest, new(Kind.FloatRound, (ushort)RoundingMode.Nearest));
        Add(Opcode.F32Sqrt, new(Kind.FloatUnary, (ushort)SseOp.SqrtSs));
        Add(Opcode.F64Sqrt, new(Kind.FloatUnary, (ushort)SseOp.SqrtSd));
        Add(Opcode.F32Add, new(Kind.FloatBinary, (ushort)SseOp.AddSs, IsCommutative: true));
        Add(Opcode.F64Add, new(Kind.FloatBinary, (ushort)SseOp.AddSd, IsCommutative: true));
        Add(Opcode.F32Sub, new(Kind.FloatBinary, (ushort)SseOp.SubSs));
        Add(Opcode.F64Sub, new(Kind.FloatBinary, (ushort)SseOp.SubSd));
        Add(Opcode.F32Mul, new(Kind.FloatBinary, (ushort)SseOp.MulSs, IsCommutative: true));
        Add(Opcode.F64Mul, new(Kind.FloatBinary, (ushort)SseOp.MulSd, IsCommutative: true));
        Add(Opcode.F32Div, new(Kind.FloatBinary, (ushort)SseOp.DivSs));
        Add(Opcode.F64Div, new(Kind.FloatBinary, (ushort)SseOp.DivSd));
        AddBoth(Opcode.F32Min, Opcode.F64Min, new(Kind.FloatMin));
        AddBoth(Opcode.F32Max, Opcode.F64Max, new(Kind.FloatMax));
        AddBoth(Opcode.F32Copysign, Opcode.F64Copysign, new(Kind.FloatCopySign));

        // Conversions.
        Add(Opcode.I32WrapI64, Extend(OpSize.Dword, isSigned: false));
        Add(Opcode.I64ExtendI32S, Extend(OpSize.Dword, isSigned: true));
        Add(Opcode.I64ExtendI32U, Extend(OpSize.Dword, isSigned: false));
        AddBoth(Opcode.I32Extend8S, Opcode.I64Extend8S, Extend(OpSize.Byte, isSigned: true));
        AddBoth(Opcode.I32Extend16S, Opcode.I64Extend16S, Extend(OpSize.Word, isSigned: true));
        Add(Opcode.I64Extend32S, Extend(OpSize.Dword, isSigned: true));
        AddBoth(Opcode.I32TruncF32S, Opcode.I64TruncF32S, new(Kind.Truncate, IsSigned: true));
        AddBoth(Opcode.I32TruncF32U, Opcode.I64TruncF32U, new(Kind.Truncate));
        AddBoth(Opcode.I32TruncF64S, Opcode.I64TruncF64S, new(Kind.Truncate, IsSigned: true));
        AddBoth(Opcode.I32TruncF64U, Opcode.I64TruncF64U, new(Kind.Truncate));
        AddBoth(Opcode.I32TruncSatF32S, Opcode.I64TruncSatF32S, new(Kind.TruncateSaturating, IsSigned: true));
        AddBoth(Opcode.I32TruncSatF32U, Opcode.I64TruncSatF32U, new(Kind.TruncateSaturating));
        AddBoth(Opcode.I32TruncSatF64S, Opcode.I64TruncSatF64S, new(Kind.TruncateSaturating, IsSigned: true));
        AddBoth(Opcode.I32TruncSatF64U, Opcode.I64TruncSatF64U, new(Kind.TruncateSaturating));
        AddBoth(Opcode.F32ConvertI32S, Opcode.F64ConvertI32S, new(Kind.ConvertToFloat, IsSigned: true));
        AddBoth(Opcode.F32ConvertI32U, Opcode.F64ConvertI32U, new(Kind.ConvertToFloat));
        AddBoth(Opcode.F32ConvertI64S, Opcode.F64ConvertI64S, new(Kind.ConvertToFloat, IsSigned: true));
        AddBoth(Opcode.F32ConvertI64U, Opcode.F64ConvertI64U, new(Kind.ConvertToFloat));
        Add(Opcode.F32DemoteF64, new(Kind.FloatUnary, (ushort)SseOp.CvtSd2Ss));
        Add(Opcode.F64PromoteF32, new(Kind.FloatUnary, (ushort)SseOp.CvtSs2Sd));
        AddBoth(Opcode.I32ReinterpretF32, Opcode.I64ReinterpretF64, new(Kind.Reinterpret));
        AddBoth(Opcode.F32ReinterpretI32, Opcode.F64ReinterpretI64, new(Kind.Reinterpret));
        return table;
    }

    private static NumericForm Compare(Condition condition) =>
        new(Kind.CompareIntegers, (ushort)condition, IsCommutative: condition is Condition.Equal or Condition.NotEqual);

    private static NumericForm Compare(FloatRelation relation) =>
        new(Kind.CompareFloats, (ushort)relation, IsCommutative: relation is FloatRelation.Equal or FloatRelation.NotEqual);

    private static NumericForm Extend(OpSize from, bool isSigned) => new(Kind.Extend, (ushort)from, isSigned);
}
