using Harness.Engine.Deoptimization;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Build;

/// <content>The entry of a graph that begins at a loop, for on-stack replacement.</content>
internal sealed partial class FunctionBuilder
{
    /// <summary>
    /// Lets the graph begin at a loop that has just been opened, with a parameter of its header for every value. What was built before
    /// cannot be reached then. The loop is in no other, so that it stays a natural one.
    /// </summary>
    private void EnterAt(ControlFrame frame, int offset)
    {
        if (control.Any(outer => outer != frame && outer.Kind == ControlKind.Loop))
        {
            throw new NotSupportedException("a loop within a loop is not entered in optimized code");
        }

        if (stack.Take(frame.CarriedCount).Any(operand => Graph[operand].Type == IrType.Ref))
        {
            throw new NotSupportedException("a loop above references on the operand stack is not entered in optimized code");
        }

        int[][][] headerLocals = locals.Share();
        int[] headerStack = [.. stack];
        assembler.Current = loopEntry;
        for (int i = 0; i < locals.Count; i++)
        {
            locals[i] = AppendEntryArgument(locals[i]);
        }

        for (int i = 0; i < stack.Count; i++)
        {
            stack[i] = AppendEntryArgument(headerStack[i]);
        }

        if (keepsLoopStates) frame.Header!.LoopEntryState = NewFrameState(offset, ResumeKind.LoopEntry);
        assembler.Terminate(TerminatorKind.Jump, -1, [LoopEdge(frame)]);
        locals.Restore(headerLocals);
        stack.Clear();
        stack.AddRange(headerStack);
    }

    /// <summary>The next argument of the graph, for a parameter of the loop's header.</summary>
    private int AppendEntryArgument(int parameter)
    {
        int argument = assembler.Append(IrOp.Argument, Graph[parameter].Type, [], Graph.ArgumentCount++);
        Graph[argument].ReferenceType = Graph[parameter].ReferenceType;
        return argument;
    }
}
