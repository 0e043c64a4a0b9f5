using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Arrays of vectors: what the runtime makes and fills.</summary>
internal sealed class VectorArrayEmitter(BaselineState state, BuiltinCalls builtins)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly FrameSlots _frame = state.Frame;
    private readonly ValueStack _stack = state.Stack;
    private readonly ParallelMove _moves = state.Moves;
    private readonly CodeSites _sites = state.Sites;
    private readonly TypeMentions _types = state.Types;
    private readonly ColdPaths _cold = state.Cold;
    private readonly BuiltinCalls _builtins = builtins;

    /// <summary>Fills a part of an array of vectors.</summary>
    public void EmitVectorArrayFill()
    {
        const int operands = 4;
        var first = _stack.Height - operands;
        var vector = first + 2;
        _stack.SpillBelow(first);
        _stack.StoreToSlot(vector);
        _moves.Add(BuiltinCalls.Arguments[0], _stack[first], first);
        _moves.Add(BuiltinCalls.Arguments[1], _stack[first + 1], first + 1);
        _moves.Add(BuiltinCalls.Arguments[4], _stack[first + 3], first + 3);
        _moves.Execute(CallingConvention.Scratch);
        LoadVectorArguments(vector);
        _stack.Drop(operands);
        _builtins.CallBuiltin(Builtin.ArrayFillVector, _sites.MapReferences());
        _asm.Test(OpSize.Dword, Gpr.Rax, Gpr.Rax);
        _asm.Jcc(Condition.NotZero, _cold.AddTrap(TrapKind.Pending));
    }

    /// <summary>Makes an array of vectors by the runtime, and fills it.</summary>
    public void EmitVectorArrayNew(int canonicalType, bool isDefault)
    {
        var operands = isDefault ? 1 : 2;
        var length = _stack.Height - 1;
        var first = _stack.Height - operands;
        for (var i = first; i < _stack.Height; i++)
        {
            _stack.StoreToSlot(i);
        }

        _stack.SpillBelow(_stack.Height);
        _types.Load(BuiltinCalls.Arguments[0], canonicalType);
        _asm.Mov(OpSize.Dword, BuiltinCalls.Arguments[1], _frame.Slot(length));
        _asm.Zero(BuiltinCalls.Arguments[2]);
        _builtins.CallBuiltin(Builtin.ArrayNew, _sites.MapReferences());
        _asm.Test(OpSize.Qword, Gpr.Rax, Gpr.Rax);
        _asm.Jcc(Condition.Zero, _cold.AddTrap(TrapKind.Pending));
        _stack.Drop(operands);
        if (isDefault)
        {
            _stack.Push(ValueKind.Ref, Gpr.Rax);
            return;
        }

        // Filling collects nothing, so that the array can be in the slot of the vector, where nobody looks for references meanwhile.
        _asm.Mov(OpSize.Qword, BuiltinCalls.Arguments[0], Gpr.Rax);
        _asm.Zero(BuiltinCalls.Arguments[1]);
        _asm.Mov(OpSize.Dword, BuiltinCalls.Arguments[4], _frame.Slot(length));
        LoadVectorArguments(first);
        _asm.Mov(OpSize.Qword, _frame.Slot(first), Gpr.Rax);
        _builtins.CallBuiltin(Builtin.ArrayFillVector, _sites.MapReferences());
        _stack.Push(StackValue.InFrame(ValueKind.Ref));
    }

    /// <summary>Loads the halves of a vector in the frame as arguments of a runtime function.</summary>
    private void LoadVectorArguments(int height)
    {
        _asm.Mov(OpSize.Qword, BuiltinCalls.Arguments[2], _frame.Slot(height));
        _asm.Mov(OpSize.Qword, BuiltinCalls.Arguments[3], _frame.Slot(height).Offset(sizeof(long)));
    }
}
