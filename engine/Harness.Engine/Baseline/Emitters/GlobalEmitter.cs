using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Globals.</summary>
internal sealed class GlobalEmitter(BaselineState state, InstanceFields instance)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly FrameSlots _frame = state.Frame;
    private readonly ValueStack _stack = state.Stack;
    private readonly InstanceFields _instance = instance;

    /// <summary><c>global.get</c>.</summary>
    public void EmitGlobalGet(int index)
    {
        var kind = _body.Module.Globals[index].Type.Type.Kind;
        var size = RegisterSet.SizeOf(kind);
        var result = _stack.Allocate(kind, RegisterSet.None);
        var place = _instance.FieldOf(_body.Layout.Global(index), 0, CallingConvention.Scratch);
        if (kind == ValueKind.V128)
        {
            _asm.MovUps(result.Xmm, place);
        }
        else if (result.IsXmm)
        {
            _asm.MovScalar(size, result.Xmm, place);
        }
        else
        {
            _asm.Mov(size, result.Gpr, place);
        }

        _stack.Push(kind, result);
    }

    /// <summary><c>global.set</c>.</summary>
    public void EmitGlobalSet(int index)
    {
        if (_stack.Peek().Kind == ValueKind.V128)
        {
            var vector = _stack.PopValue(RegisterSet.None);
            _frame.StoreVector(_instance.FieldOf(_body.Layout.Global(index), 0, CallingConvention.Scratch), vector);
            return;
        }

        var size = RegisterSet.SizeOf(_stack.Peek().Kind);
        if (_stack.Peek().IsConstant)
        {
            var constant = _stack.Peek().Constant;
            _stack.Drop();
            _asm.Mov(size, _instance.FieldOf(_body.Layout.Global(index), 0, CallingConvention.Scratch), constant);
            return;
        }

        var value = _stack.Pop(RegisterSet.None);
        var place = _instance.FieldOf(_body.Layout.Global(index), 0, CallingConvention.Scratch);
        if (value.IsXmm)
        {
            _asm.MovScalar(size, place, value.Xmm);
        }
        else
        {
            _asm.Mov(size, place, value.Gpr);
        }
    }
}
