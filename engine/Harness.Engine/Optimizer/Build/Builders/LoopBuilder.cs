using Harness.Engine.Deoptimization;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Build.Builders;

/// <summary>Loops, and the entry of a graph that begins at one, for on-stack replacement.</summary>
internal sealed class LoopBuilder(BuildState state, BranchBuilder branches, GraphAssembler assembler, Block? loopEntry)
{
    /// <summary>Iterations that a loop is expected to make.</summary>
    private const double LoopIterations = 10;

    private LoopAssignments? _loopAssignments;

    /// <summary>Opens a loop.</summary>
    public void VisitLoop()
    {
        var offset = assembler.BytecodeOffset;
        var signature = state.Reader.ReadBlockType();
        var isEntered = loopEntry is not null && offset == assembler.Graph.LoopOffset;
        var entryState = state.KeepsLoopStates && !isEntered ? state.NewFrameState(offset, ResumeKind.LoopEntry) : -1;
        var assigned = isEntered ? [.. Enumerable.Range(0, state.Locals.Count)] : AssignmentsIn(offset);
        var header = assembler.NewBlock(assembler.Current!.Frequency * LoopIterations);
        header.IsLoopHeader = true;
        header.LoopEntryState = entryState;
        var parameterCount = signature.ParameterCount;
        var frame = new ControlFrame
        {
            Kind = ControlKind.Loop,
            Signature = signature,
            StackHeight = state.Stack.Count - parameterCount,
            Frequency = assembler.Current.Frequency,
            Header = header,
            CarriedCount = isEntered ? state.Stack.Count - parameterCount : 0,
            AssignedLocals = assigned,
            OuterCatcher = state.InnermostCatcher,
        };
        state.Control.Add(frame);
        assembler.Terminate(TerminatorKind.Jump, -1, [branches.LoopEdge(frame)]);
        for (var i = 0; i < frame.CarriedCount; i++)
        {
            state.Stack[i] = assembler.Graph.AppendParameter(header, assembler.Graph[state.Stack[i]].Type);
        }

        for (var i = 0; i < parameterCount; i++)
        {
            var position = frame.StackHeight + i;
            state.Stack[position] = LoopParameter(header, state.Stack[position], signature.Parameter(i));
        }

        foreach (var local in assigned)
        {
            state.Locals[local] = LoopParameter(header, state.Locals[local], state.LocalTypes[local]);
        }

        if (isEntered)
        {
            EnterAt(frame, offset);
        }

        assembler.Current = header;
        assembler.Append(IrOp.LoopStackCheck, IrType.None, []);
        if (assembler.Options.InterruptEpochs)
        {
            assembler.Append(IrOp.LoopEpochCheck, IrType.None, []);
        }
    }

    /// <summary>
    /// A parameter of a loop's header. Its type is the declared one; with null if it may be a local that has not been set yet.
    /// </summary>
    private int LoopParameter(Block header, int entering, Modules.ValueType declared)
    {
        var parameter = assembler.Graph.AppendParameter(header, assembler.Graph[entering].Type);
        assembler.Graph[parameter].ReferenceType = declared.IsReference && assembler.Graph[entering].ReferenceType.IsNullable
            ? declared.WithNull(true)
            : declared;
        return parameter;
    }

    private int[] AssignmentsIn(int loopOffset)
    {
        if (_loopAssignments is null)
        {
            var ahead = state.Reader;
            ahead.Offset = state.BodyOffset;
            _loopAssignments = new LoopAssignments(ahead, assembler.Graph.Budget);
        }

        return _loopAssignments.In(loopOffset);
    }

    /// <summary>
    /// Lets the graph begin at a loop that has just been opened, with a parameter of its header for every value. What was built before
    /// cannot be reached then. The loop is in no other, so that it stays a natural one.
    /// </summary>
    private void EnterAt(ControlFrame frame, int offset)
    {
        if (state.Control.Any(outer => outer != frame && outer.Kind == ControlKind.Loop))
        {
            throw new NotSupportedException("a loop within a loop is not entered in optimized code");
        }

        if (state.Stack.Take(frame.CarriedCount).Any(operand => assembler.Graph[operand].Type == IrType.Ref))
        {
            throw new NotSupportedException("a loop above references on the operand stack is not entered in optimized code");
        }

        var headerLocals = state.Locals.Share();
        int[] headerStack = [.. state.Stack];
        assembler.Current = loopEntry;
        for (var i = 0; i < state.Locals.Count; i++)
        {
            state.Locals[i] = AppendEntryArgument(state.Locals[i]);
        }

        for (var i = 0; i < state.Stack.Count; i++)
        {
            state.Stack[i] = AppendEntryArgument(headerStack[i]);
        }

        if (state.KeepsLoopStates)
        {
            frame.Header!.LoopEntryState = state.NewFrameState(offset, ResumeKind.LoopEntry);
        }

        assembler.Terminate(TerminatorKind.Jump, -1, [branches.LoopEdge(frame)]);
        state.Locals.Restore(headerLocals);
        state.Stack.Clear();
        state.Stack.AddRange(headerStack);
    }

    /// <summary>The next argument of the graph, for a parameter of the loop's header.</summary>
    private int AppendEntryArgument(int parameter)
    {
        var argument = assembler.Append(IrOp.Argument, assembler.Graph[parameter].Type, [], assembler.Graph.ArgumentCount++);
        assembler.Graph[argument].ReferenceType = assembler.Graph[parameter].ReferenceType;
        return argument;
    }
}
