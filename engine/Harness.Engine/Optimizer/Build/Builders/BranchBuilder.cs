using System.Runtime.InteropServices;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Build.Builders;

/// <summary>Branches, and what comes together at the labels that they go to.</summary>
internal sealed class BranchBuilder(BuildState state, GraphAssembler assembler)
{
    /// <summary>An edge to a loop's header, with the label's operands and the assigned locals as they are now.</summary>
    public Edge LoopEdge(ControlFrame frame)
    {
        var operandCount = frame.CarriedCount + frame.Signature.ParameterCount;
        assembler.Graph.Budget.Reserve(operandCount + frame.AssignedLocals.Length);
        var arguments = new int[operandCount + frame.AssignedLocals.Length];
        CollectionsMarshal.AsSpan(state.Stack)[..frame.CarriedCount].CopyTo(arguments);
        CollectionsMarshal.AsSpan(state.Stack)[^frame.Signature.ParameterCount..].CopyTo(arguments.AsSpan(frame.CarriedCount));
        for (var i = 0; i < frame.AssignedLocals.Length; i++)
        {
            arguments[operandCount + i] = state.Locals[frame.AssignedLocals[i]];
        }

        return new Edge(frame.Header!.Id, arguments);
    }

    /// <summary>Opens a construct that begins where it stands and to whose end branches go.</summary>
    public void Open(ControlKind kind, BlockSignature signature, CatchClause[]? clauses = null) =>
        state.Control.Add(new ControlFrame
        {
            Kind = kind,
            Signature = signature,
            StackHeight = state.Stack.Count - signature.ParameterCount,
            Frequency = assembler.Current!.Frequency,
            Clauses = clauses ?? [],
            OuterCatcher = state.InnermostCatcher,
        });

    /// <summary>Branches to a label.</summary>
    public void BranchTo(int depth)
    {
        var frame = state.Control[^(depth + 1)];
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
    /// <param name="condition">The condition.</param>
    /// <param name="depth">The label.</param>
    /// <param name="branchWhen">Whether to branch when it is not 0.</param>
    /// <param name="isAuxiliary">
    /// Whether the instruction branches by another condition in the end, and by this one as well. A hint is about the instruction as a whole: if that is likely to branch, nothing is
    /// said of this condition; if it is not, then it is not by this one either.
    /// </param>
    public void BranchIf(int condition, int depth, bool branchWhen, bool isAuxiliary = false)
    {
        var frame = state.Control[^(depth + 1)];
        var frequency = assembler.Current!.Frequency;
        var likelihood = BranchLikelihood();
        if (isAuxiliary && likelihood > 0.5)
        {
            likelihood = null;
        }

        var next = assembler.NewBlock(frequency * (1 - (likelihood ?? 0)));
        var taken = branchWhen ? 0 : 1;
        Span<Edge> edges = [default, default];
        edges[1 - taken] = new Edge(next.Id, []);
        if (frame.Kind == ControlKind.Loop)
        {
            edges[taken] = LoopEdge(frame);
            assembler.Terminate(TerminatorKind.Branch, condition, edges);
        }
        else if (frame.Kind == ControlKind.Function && state.Caller is null)
        {
            var exit = assembler.NewBlock(frequency / 2);
            edges[taken] = new Edge(exit.Id, []);
            assembler.Terminate(TerminatorKind.Branch, condition, edges);
            assembler.Current = exit;
            var count = frame.Signature.ResultCount;
            assembler.Graph.Budget.Reserve(count);
            assembler.Terminate(
                TerminatorKind.Return, -1, [], values: CollectionsMarshal.AsSpan(state.Stack)[^count..].ToArray());
        }
        else
        {
            var label = LabelState(frame);
            frame.End.Add(assembler.Terminate(TerminatorKind.Branch, condition, edges), taken, label, isUnlikely: likelihood < 0.5);
        }

        assembler.Current = next;
    }

    /// <summary>A branch to one of several labels.</summary>
    public void VisitBrTable()
    {
        var count = state.Reader.ReadBrTable();
        var index = state.Pop();
        var frequency = assembler.Current!.Frequency;
        var block = count == 0
            ? assembler.Terminate(TerminatorKind.Jump, -1, [])
            : assembler.Terminate(TerminatorKind.Switch, index, []);
        var edges = block.NewSuccessors(count + 1);
        var ends = new List<(ControlFrame Frame, int Successor)>();
        var returns = new List<int>();
        for (var i = 0; i <= count; i++)
        {
            var frame = state.Control[^(state.Reader.ReadIndex() + 1)];
            if (frame.Kind == ControlKind.Loop)
            {
                edges[i] = LoopEdge(frame);
            }
            else if (frame.Kind == ControlKind.Function && state.Caller is null)
            {
                returns.Add(i);
            }
            else
            {
                ends.Add((frame, i));
            }
        }

        var results = state.Control[0].Signature.ResultCount;
        var states = new Dictionary<ControlFrame, PathValues>();
        foreach (var (frame, successor) in ends)
        {
            if (!states.TryGetValue(frame, out var label))
            {
                label = LabelState(frame);
                states.Add(frame, label);
            }

            frame.End.Add(block, successor, label);
        }

        if (returns.Count > 0)
        {
            var exit = assembler.NewBlock(frequency / 2);
            assembler.Current = exit;
            assembler.Graph.Budget.Reserve(results);
            assembler.Terminate(
                TerminatorKind.Return, -1, [], values: CollectionsMarshal.AsSpan(state.Stack)[^results..].ToArray());
            foreach (var successor in returns)
            {
                edges[successor] = new Edge(exit.Id, []);
            }
        }
    }

    /// <summary>Goes on at the end of a construct from the current block, if control comes there.</summary>
    public void FallThrough(ControlFrame frame)
    {
        if (assembler.Current is null)
        {
            return;
        }

        if (frame.Kind == ControlKind.Function && state.Caller is null)
        {
            assembler.Graph.Budget.Reserve(frame.Signature.ResultCount);
            assembler.Terminate(TerminatorKind.Return, -1, [], values: state.Pop(frame.Signature.ResultCount));
            return;
        }

        var label = LabelState(frame);
        frame.End.Add(assembler.Terminate(TerminatorKind.Jump, -1, [default]), 0, label);
    }

    /// <summary>Goes on at the end of a construct that has been closed, if control comes there.</summary>
    public void GoOnBehind(ControlFrame frame)
    {
        if (frame.End.IsReached)
        {
            var frequency = frame.End.IsUnlikely ? frame.Frequency * BuildState.SlowPathFrequency : frame.Frequency;
            assembler.Current = frame.End.Seal(assembler.Graph, frequency, out var values);
            state.Restore(frame, values);
            NarrowResults(frame.Signature);
        }
    }

    /// <summary>Whatever edges led here, the operands of the label have its types.</summary>
    private void NarrowResults(BlockSignature signature)
    {
        var first = state.Stack.Count - signature.ResultCount;
        for (var i = 0; i < signature.ResultCount; i++)
        {
            var type = signature.Result(i);
            var value = state.Stack[first + i];
            if (!type.IsReference || assembler.Graph[value].ReferenceType.IsSubtypeOf(type))
            {
                continue;
            }

            if (assembler.Graph[value].Op == IrOp.BlockParameter && assembler.Graph[value].Block == assembler.Current!.Id)
            {
                assembler.Graph[value].ReferenceType = ReferenceTypes.Meet(assembler.Graph[value].ReferenceType, type);
            }
            else
            {
                state.Stack[first + i] = assembler.Narrow(value, type);
            }
        }
    }

    /// <summary>
    /// How likely the branch that is being visited is taken by what the module says; null if it says nothing. Feedback of our own counts calls, not branches. What is unlikely lies out of line.
    /// </summary>
    public double? BranchLikelihood() =>
        assembler.Options.PassBranchHints && assembler.Module.BranchHints.Find(state.Function, assembler.BytecodeOffset) is { } isLikely
            ? isLikely ? 1 - BuildState.SlowPathFrequency : BuildState.SlowPathFrequency
            : null;

    /// <summary>
    /// What the code after a construct depends on: the locals, unless the function ends with it, and the construct's results.
    /// </summary>
    private PathValues LabelState(ControlFrame frame) =>
        frame.Kind == ControlKind.Function
            ? state.StateWithout(frame.Signature.ResultCount)
            : state.StateWith(frame.Signature.ResultCount);
}
