using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Inlining;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build;

/// <summary>
/// Tail calls. What is inlined at one returns in place of this function, whose frame is gone: the frame states of its body go on with
/// the frame below. A tail call that stays one ends the compiled function; in an inlined body it is a call whose results are returned.
/// </summary>
internal sealed partial class FunctionBuilder
{
    private void VisitReturnCall()
    {
        int offset = assembler.BytecodeOffset;
        FunctionInfo target = Module.Functions[reader.ReadIndex()];
        int[] arguments = Pop(target.Type.Parameters.Length);
        if (tree.SiteAt(offset) is { } site && site.Targets[0].IsInlined && CanReplaceFrame(target.Index))
        {
            InlineAndReturn(site.Targets[0], arguments, offset);
            return;
        }

        TailCall(IrOp.CallDirect, target.Type, arguments, target.Index, target.CanonicalTypeId);
    }

    /// <summary>
    /// Whether a deopt can put the frame of a function where this one's frame is. The compiled function's own frame has room for
    /// its own stack parameters only, which the function that returns takes off the stack.
    /// </summary>
    private bool CanReplaceFrame(int functionIndex) =>
        frameBelow is not null
        || SignatureLayout.StackParameterBytesOf(Module.Functions[functionIndex].Type)
            == SignatureLayout.StackParameterBytesOf(Module.Functions[Graph.FunctionIndex].Type);

    private void InlineAndReturn(InliningTree target, int[] arguments, int offset)
    {
        int[] results = new FunctionBuilder(assembler, target, this, isTail: true).Build(arguments);
        assembler.BytecodeOffset = offset;
        if (assembler.Current is not null)
        {
            Return(results);
        }
    }

    /// <summary>Builds a tail call that is not inlined.</summary>
    private void TailCall(Opcode op, FunctionType type, int[] inputs, int functionIndex, int typeId)
    {
        if (frameBelow is null)
        {
            Block block = assembler.Terminate(TerminatorKind.TailCall, -1, [], functionIndex, inputs);
            block.Terminator.Aux = typeId;
            return;
        }

        Return(Call(op, type, inputs, Math.Max(functionIndex, 0), typeId, frameBelow.InnermostCatcher));
    }

    /// <summary>Returns values from this function.</summary>
    private void Return(int[] values)
    {
        int height = stack.Count;
        stack.AddRange(values);
        BranchTo(control.Count - 1);
        stack.RemoveRange(height, stack.Count - height);
    }
}
