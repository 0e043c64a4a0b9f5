using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Calls of functions of the runtime.</summary>
internal sealed class BuiltinCalls(BaselineState state)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly ValueStack _stack = state.Stack;
    private readonly ParallelMove _moves = state.Moves;
    private readonly CodeSites _sites = state.Sites;
    private readonly TypeMentions _types = state.Types;
    private readonly ColdPaths _cold = state.Cold;

    /// <summary>Registers of the arguments of runtime functions, after the instance's data.</summary>
    public static ReadOnlySpan<Gpr> Arguments => [Gpr.Rsi, Gpr.Rdx, Gpr.Rcx, Gpr.R8, Gpr.R9];

    /// <summary>Two indices in one argument of a runtime function.</summary>
    public static long Pack(int high, int low) => ((long)high << 32) | (uint)low;

    /// <summary>Calls a runtime function with a constant, if there is one, and a number of operands, and traps if it fails.</summary>
    public void EmitBuiltinStatus(Builtin builtin, long? immediate, int operands)
    {
        EmitBuiltin(builtin, immediate, operands);
        _asm.Test(OpSize.Dword, Gpr.Rax, Gpr.Rax);
        _asm.Jcc(Condition.NotZero, _cold.AddTrap(TrapKind.Pending));
    }

    /// <summary>Calls a runtime function with a constant, if there is one, and a number of operands, which it pops.</summary>
    /// <param name="builtin">The function.</param>
    /// <param name="immediate">The constant that comes before the operands.</param>
    /// <param name="operands">How many operands.</param>
    /// <param name="last">A constant that comes behind them.</param>
    /// <param name="hasType">Whether the high half of the constant before them is a type.</param>
    public void EmitBuiltin(Builtin builtin, long? immediate, int operands, long? last = null, bool hasType = false)
    {
        var first = _stack.Height - operands;
        var constants = immediate is null ? 0 : 1;
        _stack.SpillBelow(first);
        for (var i = 0; i < operands; i++)
        {
            _moves.Add(Arguments[constants + i], _stack[first + i], first + i);
        }

        _moves.Execute(CallingConvention.Scratch);
        _stack.Drop(operands);
        if (immediate is { } typed && hasType)
        {
            _types.LoadWithTypeAbove(Arguments[0], typed);
        }
        else if (immediate is { } bits)
        {
            _asm.MovImm(Arguments[0], bits);
        }

        if (last is { } lastBits)
        {
            _asm.MovImm(Arguments[constants + operands], lastBits);
        }

        CallBuiltin(builtin, _sites.MapReferences());
    }

    /// <summary>Calls a runtime function whose arguments are in place.</summary>
    public void CallBuiltin(Builtin builtin, int stackMap)
    {
        _asm.Mov(OpSize.Qword, Gpr.Rdi, CallingConvention.Instance);
        _asm.Mov(OpSize.Qword, CallingConvention.Scratch, InstanceFields.At(InstanceHeader.BuiltinsOffset));
        _asm.Call(Mem.Base(CallingConvention.Scratch, (int)builtin * sizeof(long)));
        _sites.AddSafepoint(stackMap);
        _asm.ClearUpperVectors();
    }

    /// <summary>Pushes the size that a runtime function returned, -1 included.</summary>
    public void PushBuiltinResult(ValueKind kind)
    {
        if (kind == ValueKind.I32)
        {
            _asm.Mov(OpSize.Dword, Gpr.Rax, Gpr.Rax);
        }

        _stack.Push(kind, Gpr.Rax);
    }
}
