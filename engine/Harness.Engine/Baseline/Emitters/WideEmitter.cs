using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Arithmetic on 128 bits: halves are values of their own, the low one below the high one.</summary>
internal sealed class WideEmitter(BaselineState state)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly ValueStack _stack = state.Stack;

    /// <summary>Addition and subtraction: the carry goes from half to half.</summary>
    public void EmitWideAlu(AluOp op)
    {
        var rightHigh = _stack.PopValue(RegisterSet.None);
        var pinned = rightHigh.IsRegister ? rightHigh.Register.Bit : RegisterSet.None;
        var rightLow = _stack.PopValue(pinned);
        pinned |= rightLow.IsRegister ? rightLow.Register.Bit : RegisterSet.None;
        var high = _stack.PopOwned(pinned);
        var low = _stack.PopOwned(pinned | high.Bit);
        EmitHalf(op, low.Gpr, rightLow);
        EmitHalf(op == AluOp.Add ? AluOp.Adc : AluOp.Sbb, high.Gpr, rightHigh);
        _stack.Push(ValueKind.I64, low);
        _stack.Push(ValueKind.I64, high);
    }

    private void EmitHalf(AluOp op, Gpr result, StackValue right)
    {
        if (right.IsConstant)
        {
            _asm.Alu(op, OpSize.Qword, result, right.Constant);
        }
        else
        {
            _asm.Alu(op, OpSize.Qword, result, right.Register.Gpr);
        }
    }

    /// <summary>Multiplication of two numbers of 64 bits: the processor has the product in rdx and rax.</summary>
    public void EmitWideMultiply(bool isSigned)
    {
        const uint fixedRegisters = (1u << (int)Gpr.Rax) | (1u << (int)Gpr.Rdx);
        var right = _stack.PopOutside(fixedRegisters);
        var left = _stack.Pop(right.Bit | RegisterSet.Of(Gpr.Rdx));
        _stack.Vacate(Gpr.Rax, fixedRegisters | right.Bit | left.Bit);
        _stack.Vacate(Gpr.Rdx, fixedRegisters | right.Bit | left.Bit);
        if (left != Gpr.Rax)
        {
            _asm.Mov(OpSize.Qword, Gpr.Rax, left.Gpr);
        }

        _asm.Unary(isSigned ? UnaryOp.Imul : UnaryOp.Mul, OpSize.Qword, right.Gpr);
        _stack.Push(ValueKind.I64, Gpr.Rax);
        _stack.Push(ValueKind.I64, Gpr.Rdx);
    }
}
