using System.Runtime.InteropServices;
using Harness.Engine.Deoptimization;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Build;

/// <summary>Structured control.</summary>
internal sealed partial class FunctionBuilder
{
    /// <summary>Iterations that a loop is expected to make.</summary>
    private const double LoopIterations = 10;

    /// <summary>Opens a construct that begins where it stands and to whose end branches go.</summary>
    private void Open(ControlKind kind, BlockSignature signature, CatchClause[]? clauses = null) =>
        control.Add(new ControlFrame
        {
            Kind = kind,
            Signature = signature,
            StackHeight = stack.Count - signature.ParameterCount,
            Frequency = assembler.Current!.Frequency,
            Clauses = clauses ?? [],
        });

    private void VisitLoop()
    {
        int offset = assembler.BytecodeOffset;
        BlockSignature signature = reader.ReadBlockType();
        bool isEntered = loopEntry is not null && offset == Graph.LoopOffset;
        int entryState = keepsLoopStates && !isEntered ? NewFrameState(offset, ResumeKind.LoopEntry) : -1;
        int[] assigned = isEntered ? [.. Enumerable.Range(0, locals.Count)] : AssignmentsIn(offset);
        Block header = assembler.NewBlock(assembler.Current!.Frequency * LoopIterations);
        header.IsLoopHeader = true;
        header.LoopEntryState = entryState;
        int parameterCount = signature.ParameterCount;
        var frame = new ControlFrame
        {
            Kind = ControlKind.Loop,
            Signature = signature,
            StackHeight = stack.Count - parameterCount,
            Frequency = assembler.Current.Frequency,
            Header = header,
            CarriedCount = isEntered ? stack.Count - parameterCount : 0,
            AssignedLocals = assigned,
        };
        control.Add(frame);
        assembler.Terminate(TerminatorKind.Jump, -1, [LoopEdge(frame)]);
        for (int i = 0; i < frame.CarriedCount; i++)
        {
            stack[i] = Graph.AppendParameter(header, Graph[stack[i]].Type);
        }

        for (int i = 0; i < parameterCount; i++)
        {
            int position = frame.StackHeight + i;
            stack[position] = LoopParameter(header, stack[position], signature.Parameter(i));
        }

        foreach (int local in assigned)
        {
            locals[local] = LoopParameter(header, locals[local], localTypes[local]);
        }

        if (isEntered) EnterAt(frame, offset);
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
        int parameter = Graph.AppendParameter(header, Graph[entering].Type);
        Graph[parameter].ReferenceType = declared.IsReference && Graph[entering].ReferenceType.IsNullable
            ? declared.WithNull(true)
            : declared;
        return parameter;
    }

    private int[] AssignmentsIn(int loopOffset)
    {
        if (loopAssignments is null)
        {
            BytecodeReader ahead = reader;
            ahead.Offset = bodyOffset;
            loopAssignments = new LoopAssignments(ahead, Graph.Budget);
        }

        return loopAssignments.In(loopOffset);
    }

    /// <summary>How likely the branch that is being visited is taken by what the module says; null if it says nothing.</summary>
    private double? BranchLikelihood() =>
        assembler.Options.PassBranchHints && Module.BranchHints.Find(function, assembler.BytecodeOffset) is { } isLikely
            ? isLikely ? 1 - SlowPathFrequency : SlowPathFrequency
            : null;

    private void VisitIf()
    {
        BlockSignature signature = reader.ReadBlockType();
        int condition = Pop();
        double frequency = assembler.Current!.Frequency;
        double likelihood = BranchLikelihood() ?? 0.5;
        Block thenBlock = assembler.NewBlock(frequency * likelihood);
        Block elseBlock = assembler.NewBlock(frequency * (1 - likelihood));
        control.Add(new ControlFrame
        {
            Kind = ControlKind.If,
            Signature = signature,
            StackHeight = stack.Count - signature.ParameterCount,
            Frequency = frequency,
            ElseBlock = elseBlock,
            ElseState = StateWith(signature.ParameterCount),
        });
        assembler.Terminate(
            TerminatorKind.Branch, condition, [new Edge(thenBlock.Id, []), new Edge(elseBlock.Id, [])]);
        assembler.Current = thenBlock;
    }

    private void VisitElse()
    {
        ControlFrame frame = control[^1];
        FallThrough(frame);
        BeginElse(frame);
    }

    private void BeginElse(ControlFrame frame)
    {
        frame.Kind = ControlKind.Else;
        assembler.Current = frame.ElseBlock;
        Restore(frame, frame.ElseState);
    }

    private void VisitEnd()
    {
        ControlFrame frame = control[^1];
        if (frame.Kind == ControlKind.If)
        {
            FallThrough(frame);
            BeginElse(frame);
        }

        if (frame.Kind == ControlKind.Loop)
        {
            control.RemoveAt(control.Count - 1);
            if (assembler.Current is { } block)
            {
                block.Frequency = Math.Min(block.Frequency, frame.Frequency);
            }

            return;
        }

        FallThrough(frame);
        control.RemoveAt(control.Count - 1);
        EndHandler(frame);
        GoOnBehind(frame);
    }

    /// <summary>Goes on at the end of a construct that has been closed, if control comes there.</summary>
    private void GoOnBehind(ControlFrame frame)
    {
        if (frame.End.IsReached)
        {
            double frequency = frame.End.IsUnlikely ? frame.Frequency * SlowPathFrequency : frame.Frequency;
            assembler.Current = frame.End.Seal(Graph, frequency, out PathValues values);
            Restore(frame, values);
            NarrowResults(frame.Signature);
        }
    }

    /// <summary>Whatever edges led here, the operands of the label have its types.</summary>
    private void NarrowResults(BlockSignature signature)
    {
        int first = stack.Count - signature.ResultCount;
        for (int i = 0; i < signature.ResultCount; i++)
        {
            Modules.ValueType type = signature.Result(i);
            int value = stack[first + i];
            if (!type.IsReference || Graph[value].ReferenceType.IsSubtypeOf(type))
            {
                continue;
            }

            if (Graph[value].Op == IrOp.BlockParameter && Graph[value].Block == assembler.Current!.Id)
            {
                Graph[value].ReferenceType = ReferenceTypes.Meet(Graph[value].ReferenceType, type);
            }
            else
            {
                stack[first + i] = assembler.Narrow(value, type);
            }
        }
    }

    /// <summary>Goes on at the end of a construct from the current block, if control comes there.</summary>
    private void FallThrough(ControlFrame frame)
    {
        if (assembler.Current is null)
        {
            return;
        }

        if (frame.Kind == ControlKind.Function && caller is null)
        {
            assembler.Terminate(TerminatorKind.Return, -1, [], values: Pop(frame.Signature.ResultCount));
            return;
        }

        PathValues state = LabelState(frame);
        frame.End.Add(assembler.Terminate(TerminatorKind.Jump, -1, [default]), 0, state);
    }

    private void BranchTo(int depth)
    {
        ControlFrame frame = control[^(depth + 1)];
        switch (frame.Kind)
        {
            case ControlKind.Loop:
                assembler.Terminate(TerminatorKind.Jump, -1, [LoopEdge(frame)]);
                break;
            default:
                FallThrough(frame);
                break;
        }
    }

    /// <summary>Branches to a label when a condition is not 0 (or is 0), and goes on after it otherwise.</summary>
    private void BranchIf(int condition, int depth, bool branchWhen)
    {
        ControlFrame frame = control[^(depth + 1)];
        double frequency = assembler.Current!.Frequency;
        double? likelihood = BranchLikelihood();
        Block next = assembler.NewBlock(frequency * (1 - (likelihood ?? 0)));
        int taken = branchWhen ? 0 : 1;
        var edges = new Edge[2];
        edges[1 - taken] = new Edge(next.Id, []);
        if (frame.Kind == ControlKind.Loop)
        {
            edges[taken] = LoopEdge(frame);
            assembler.Terminate(TerminatorKind.Branch, condition, edges);
        }
        else if (frame.Kind == ControlKind.Function && caller is null)
        {
            Block exit = assembler.NewBlock(frequency / 2);
            edges[taken] = new Edge(exit.Id, []);
            assembler.Terminate(TerminatorKind.Branch, condition, edges);
            assembler.Current = exit;
            int count = frame.Signature.ResultCount;
            assembler.Terminate(
                TerminatorKind.Return, -1, [], values: CollectionsMarshal.AsSpan(stack)[^count..].ToArray());
        }
        else
        {
            PathValues state = LabelState(frame);
            frame.End.Add(assembler.Terminate(TerminatorKind.Branch, condition, edges), taken, state, isUnlikely: likelihood < 0.5);
        }

        assembler.Current = next;
    }

    private void VisitBrTable()
    {
        int count = reader.ReadBrTable();
        int index = Pop();
        var edges = new Edge[count + 1];
        var ends = new List<(ControlFrame Frame, int Successor)>();
        var returns = new List<int>();
        for (int i = 0; i <= count; i++)
        {
            ControlFrame frame = control[^(reader.ReadIndex() + 1)];
            if (frame.Kind == ControlKind.Loop)
            {
                edges[i] = LoopEdge(frame);
            }
            else if (frame.Kind == ControlKind.Function && caller is null)
            {
                returns.Add(i);
            }
            else
            {
                ends.Add((frame, i));
            }
        }

        int results = control[0].Signature.ResultCount;
        double frequency = assembler.Current!.Frequency;
        var states = new Dictionary<ControlFrame, PathValues>();
        Block block = count == 0
            ? assembler.Terminate(TerminatorKind.Jump, -1, edges)
            : assembler.Terminate(TerminatorKind.Switch, index, edges);
        foreach ((ControlFrame frame, int successor) in ends)
        {
            if (!states.TryGetValue(frame, out PathValues state))
            {
                state = LabelState(frame);
                states.Add(frame, state);
            }

            frame.End.Add(block, successor, state);
        }

        if (returns.Count > 0)
        {
            Block exit = assembler.NewBlock(frequency / 2);
            assembler.Current = exit;
            assembler.Terminate(
                TerminatorKind.Return, -1, [], values: CollectionsMarshal.AsSpan(stack)[^results..].ToArray());
            foreach (int successor in returns)
            {
                edges[successor] = new Edge(exit.Id, []);
            }
        }
    }

    /// <summary>An edge to a loop's header, with the label's operands and the assigned locals as they are now.</summary>
    private Edge LoopEdge(ControlFrame frame)
    {
        int operandCount = frame.CarriedCount + frame.Signature.ParameterCount;
        Graph.Budget.Reserve(operandCount + frame.AssignedLocals.Length);
        var arguments = new int[operandCount + frame.AssignedLocals.Length];
        CollectionsMarshal.AsSpan(stack)[..frame.CarriedCount].CopyTo(arguments);
        CollectionsMarshal.AsSpan(stack)[^frame.Signature.ParameterCount..].CopyTo(arguments.AsSpan(frame.CarriedCount));
        for (int i = 0; i < frame.AssignedLocals.Length; i++)
        {
            arguments[operandCount + i] = locals[frame.AssignedLocals[i]];
        }

        return new Edge(frame.Header!.Id, arguments);
    }

    /// <summary>
    /// What the code after a construct depends on: the locals, unless the function ends with it, and the construct's results.
    /// </summary>
    private PathValues LabelState(ControlFrame frame) =>
        frame.Kind == ControlKind.Function
            ? PathValues.Of(CollectionsMarshal.AsSpan(stack)[^frame.Signature.ResultCount..].ToArray())
            : StateWith(frame.Signature.ResultCount);

    private PathValues StateWith(int operands) => new(locals.Share(), CollectionsMarshal.AsSpan(stack)[^operands..].ToArray());

    private void Restore(ControlFrame frame, in PathValues state)
    {
        if (frame.Kind != ControlKind.Function)
        {
            locals.Restore(state.Locals);
        }

        stack.RemoveRange(frame.StackHeight, stack.Count - frame.StackHeight);
        stack.AddRange(state.Operands);
    }
}
