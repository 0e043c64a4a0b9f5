using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Inlining;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build.Builders;

/// <summary>
/// Tail calls. What is inlined at one returns in place of this function, whose frame is gone: the frame states of its body go on with
/// the frame below. A tail call that stays one ends the compiled function; in an inlined body it is a call whose results are returned.
/// </summary>
internal sealed class TailCallBuilder(
    BuildState state, BranchBuilder branches, ExceptionBuilder exceptions, CallBuilder calls, FunctionBuilder builder,
    GraphAssembler assembler)
{
    /// <summary>
    /// Whether a deopt can put the frame of a function where this one's frame is. The compiled function's own frame has room for
    /// its own stack parameters only, which the function that returns takes off the stack.
    /// </summary>
    public bool CanReplaceFrame(int functionIndex) =>
        state.FrameBelow is not null
        || SignatureLayout.StackParameterBytesOf(assembler.Module.Functions[functionIndex].Type)
            == SignatureLayout.StackParameterBytesOf(assembler.Module.Functions[assembler.Graph.FunctionIndex].Type);

    /// <summary>Builds the body of a function in place of its tail call.</summary>
    public void InlineAndReturn(InliningTree target, int[] arguments, int offset)
    {
        var results = new FunctionBuilder(assembler, target, builder, isTail: true).Build(arguments);
        assembler.BytecodeOffset = offset;
        if (assembler.Current is not null)
        {
            Return(results);
        }
    }

    /// <summary>Builds a tail call that is not inlined.</summary>
    public void TailCall(Opcode op, FunctionType type, int[] inputs, int functionIndex, int typeId)
    {
        if (state.FrameBelow is null)
        {
            var block = assembler.Terminate(TerminatorKind.TailCall, -1, [], functionIndex, inputs);
            block.Terminator.Aux = typeId;
            return;
        }

        Return(calls.Call(op, type, inputs, Math.Max(functionIndex, 0), typeId, exceptions.CatcherBelow));
    }

    /// <summary>Returns values from this function.</summary>
    private void Return(int[] values)
    {
        var height = state.Stack.Count;
        state.Stack.AddRange(values);
        branches.BranchTo(state.Control.Count - 1);
        state.Stack.RemoveRange(height, state.Stack.Count - height);
    }
}
