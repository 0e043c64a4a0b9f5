using Harness.Engine.Modules;
using Harness.Engine.Numbers;
using Harness.Engine.Optimizer.Rules;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>
/// The graph as the rules of selection see it, and the machine instructions on integers that they choose. Commutative operators have their operands in the order in which they are best
/// computed, constants last. A pattern looks only into values that nobody else needs, which then are not computed by themselves.
/// </summary>
internal readonly struct IntegerInstructions(SelectionState state, LirWriter writer, AluWriter alu, OperandSelector operands, LoadFolding loads) : ISelectionTarget
{
    public Opcode OpOf(int form) => state.Graph[form].Op;

    public int InputOf(int form, int index) => loads.OrderedInput(form, index);

    public int FirstFormOf(int value) => state.IsOnlyHere(value) ? value : -1;

    public int FormAfter(int form) => -1;

    public bool IsSame(int value, int other) => value == other;

    public bool TryConstant(int value, out long bits) => Constants.TryGetInteger(state.Graph, value, out bits);

    public bool IsBoolean(int value) => NumericForms.Of(state.Graph[value].Op).IsComparison;

    public void AddConstant(int id, OpSize size, int x, long a) => Alu(id, AluOp.Add, size, x, a);

    public void SubConstant(int id, OpSize size, int x, long a) => Alu(id, AluOp.Sub, size, x, a);

    public void AndConstant(int id, OpSize size, int x, long a) => Alu(id, AluOp.And, size, x, a);

    public void OrConstant(int id, OpSize size, int x, long a) => Alu(id, AluOp.Or, size, x, a);

    public void XorConstant(int id, OpSize size, int x, long a) => Alu(id, AluOp.Xor, size, x, a);

    public void MulConstant(int id, OpSize size, int x, long a)
    {
        var value = operands.Register(x);
        alu.EmitMultiply(size, state.Value(id), value, (int)a);
    }

    public void ShlConstant(int id, OpSize size, int x, long a) => ShiftByConstant(id, ShiftOp.Shl, size, x, a);

    public void ShrSConstant(int id, OpSize size, int x, long a) => ShiftByConstant(id, ShiftOp.Sar, size, x, a);

    public void ShrUConstant(int id, OpSize size, int x, long a) => ShiftByConstant(id, ShiftOp.Shr, size, x, a);

    public void RotlConstant(int id, OpSize size, int x, long a) => ShiftByConstant(id, ShiftOp.Rol, size, x, a);

    public void RotrConstant(int id, OpSize size, int x, long a) => ShiftByConstant(id, ShiftOp.Ror, size, x, a);

    public void Lea(int id, OpSize size, int x, int y, long a)
    {
        var @base = operands.Register(x);
        var address = new Address { FixedBase = Gpr.None, Base = @base, Index = x == y ? @base : operands.Register(y), ScaleLog2 = (byte)a };
        writer.Lea(state.Value(id), address, size);
    }

    public void Neg(int id, OpSize size, int x) => Unary(id, UnaryOp.Neg, size, x);

    public void Not(int id, OpSize size, int x) => Unary(id, UnaryOp.Not, size, x);

    public void ZeroExtend8(int id, OpSize size, int x) => ZeroExtend(id, OpSize.Byte, x);

    public void ZeroExtend16(int id, OpSize size, int x) => ZeroExtend(id, OpSize.Word, x);

    public void ZeroExtend32(int id, OpSize size, int x)
    {
        var value = operands.Register(x);
        writer.Emit(LirOp.Move, OpSize.Dword);
        writer.Def(state.Value(id));
        writer.Use(value);
        writer.Hint(state.Value(id), value);
    }

    public void Shl(int id, OpSize size, int x, int y) => Shift(id, ShiftOp.Shl, size, x, y);

    public void ShrS(int id, OpSize size, int x, int y) => Shift(id, ShiftOp.Sar, size, x, y);

    public void ShrU(int id, OpSize size, int x, int y) => Shift(id, ShiftOp.Shr, size, x, y);

    public void Rotl(int id, OpSize size, int x, int y) => Shift(id, ShiftOp.Rol, size, x, y);

    public void Rotr(int id, OpSize size, int x, int y) => Shift(id, ShiftOp.Ror, size, x, y);

    private void Alu(int id, AluOp op, OpSize size, int x, long a)
    {
        var value = operands.Register(x);
        alu.EmitAlu(op, size, state.Value(id), value, 0, isConstant: true, a, hasAddress: false, default, isCommutative: true);
    }

    private void Unary(int id, UnaryOp op, OpSize size, int x)
    {
        var value = operands.Register(x);
        ref var instruction = ref writer.Emit(LirOp.Unary, size);
        instruction.Sub = (ushort)op;
        writer.Def(state.Value(id));
        writer.Use(value);
        writer.Hint(state.Value(id), value);
    }

    private void ZeroExtend(int id, OpSize from, int x)
    {
        var value = operands.Register(x);
        ref var instruction = ref writer.Emit(LirOp.Extend, OpSize.Dword);
        instruction.AccessSize = from;
        instruction.Sub = (ushort)LoadExtension.Zero;
        writer.Def(state.Value(id));
        writer.Use(value);
    }

    private void ShiftByConstant(int id, ShiftOp op, OpSize size, int x, long a)
    {
        var value = operands.Register(x);
        alu.EmitShift(op, size, state.Value(id), value, (int)a);
    }

    /// <summary>A shift by a register: any with BMI2, which has no rotations, else rcx.</summary>
    private void Shift(int id, ShiftOp op, OpSize size, int x, int y)
    {
        var value = operands.Register(x);
        var count = operands.Register(y);
        ref var instruction = ref writer.Emit(LirOp.Shift, size);
        instruction.Sub = (ushort)op;
        writer.Def(state.Value(id));
        if (CpuFeatures.Bmi2 && op is not (ShiftOp.Rol or ShiftOp.Ror))
        {
            writer.Use(value, OperandPlace.Any);
            writer.Use(count);
        }
        else
        {
            instruction.Clobbers = 1u << (int)Gpr.Rcx;
            writer.Use(value);
            writer.Use(count, hint: LirWriter.RcxHint);
        }
    }
}
