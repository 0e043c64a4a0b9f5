using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Build.Builders;

/// <summary>Calls and tail calls of functions by index: as calls, or with the bodies that the inlining tree admits in their place.</summary>
internal sealed class DirectCallBuilder(
    BuildState state, ExceptionBuilder exceptions, CallBuilder calls, StringBuiltinBuilder strings, TailCallBuilder tailCalls,
    GraphAssembler assembler)
{
    /// <summary>A call.</summary>
    public void VisitCall()
    {
        var offset = assembler.BytecodeOffset;
        var target = assembler.Module.Functions[state.Reader.ReadIndex()];
        var arguments = state.Pop(target.Type.Parameters.Length);
        if (target.Builtin is { } builtin)
        {
            state.Push(strings.CallStringBuiltin(builtin, target, arguments));
            return;
        }

        if (state.Tree.SiteAt(offset) is { } site && site.Targets[0].IsInlined)
        {
            state.Stack.AddRange(calls.Inline(site.Targets[0], arguments, offset));
            return;
        }

        state.Stack.AddRange(calls.Call(IrOp.CallDirect, target.Type, arguments, target.Index, target.CanonicalTypeId, exceptions.InnermostCatcher));
    }

    /// <summary>A tail call.</summary>
    public void VisitReturnCall()
    {
        var offset = assembler.BytecodeOffset;
        var target = assembler.Module.Functions[state.Reader.ReadIndex()];
        var arguments = state.Pop(target.Type.Parameters.Length);
        if (state.Tree.SiteAt(offset) is { } site && site.Targets[0].IsInlined && tailCalls.CanReplaceFrame(target.Index))
        {
            tailCalls.InlineAndReturn(site.Targets[0], arguments, offset);
            return;
        }

        tailCalls.TailCall(IrOp.CallDirect, target.Type, arguments, target.Index, target.CanonicalTypeId);
    }
}
