using Harness.Engine.Optimizer.Ir;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>The entry of a function and the ends of blocks.</summary>
internal sealed class ControlSelector(
    SelectionState state, LirWriter writer, OperandSelector operands, ConditionSelector conditions, TypeTestSelector typeTests,
    SignatureCache signatures)
{
    /// <summary>Gives the parameters of the function their virtual registers: as many results as there are parameters.</summary>
    public void SelectEntry(Block source)
    {
        var function = state.Module.Functions[state.Graph.FunctionIndex];
        var places = signatures.Get(function.CanonicalTypeId).Parameters;
        var count = state.Graph.ArgumentCount;
        var values = count <= 64 ? stackalloc int[count] : new int[count];
        values.Clear();
        foreach (var id in source.Nodes)
        {
            if (state.Graph[id].Op == IrOp.Argument)
            {
                values[(int)state.Graph[id].Immediate] = state.Code.ValueOfNode[id];
            }
        }

        state.BytecodeOffset = function.BodyStart;
        state.Inlining = -1;
        ref var instruction = ref writer.Emit(LirOp.Entry, OpSize.Qword);
        for (var i = 0; i < count; i++)
        {
            if (state.Graph.LoopOffset < 0)
            {
                writer.Def(values[i], OperandPlace.Any, LirWriter.HintOf(places[i]));
            }
            else
            {
                writer.Def(values[i], OperandPlace.Any);
            }
        }
    }

    /// <summary>Ends a block that stands for an edge.</summary>
    public void SelectEdge(int index)
    {
        ref var edge = ref state.Code.Block(index);
        var source = state.Graph.Blocks[edge.EdgeSource];
        state.BytecodeOffset = source.Terminator.BytecodeOffset;
        state.Inlining = source.Terminator.Inlining;
        state.Block = -1;
        var start = state.Code.InstructionCount;
        SelectJump(source.Successors[edge.EdgeIndex]);
        state.Code.ReverseFrom(start);
    }

    private void SelectJump(in Edge edge)
    {
        var arguments = edge.Arguments;
        var parameters = state.Graph.Blocks[edge.Target].Parameters;
        var values = arguments.Length <= 64 ? stackalloc int[arguments.Length] : new int[arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            values[i] = operands.Anywhere(arguments[i]);
        }

        writer.Emit(LirOp.Jump, OpSize.Qword);
        for (var i = 0; i < arguments.Length; i++)
        {
            writer.Use(values[i], OperandPlace.Anywhere, OperandRole.UseAtEnd);
            if (values[i] > 0)
            {
                var parameter = state.Value(parameters[i]);
                writer.Hint(values[i], parameter);
                state.Code.HintOf(parameter) = values[i];
            }
        }
    }

    /// <summary>Selects the end of a block.</summary>
    public void SelectTerminator(Block source, int index)
    {
        ref var terminator = ref source.Terminator;
        state.BytecodeOffset = terminator.BytecodeOffset;
        state.Inlining = terminator.Inlining;
        switch (terminator.Kind)
        {
            case TerminatorKind.Jump:
                SelectJump(source.Successors[0]);
                break;
            case TerminatorKind.Branch when typeTests.TrySelectBranchOnType(terminator.Value):
                break;
            case TerminatorKind.Branch:
                var comparison = conditions.Compare(terminator.Value, whenTrue: true, mayFault: true);
                ref var branch = ref writer.Emit(LirOp.Branch, comparison.Size);
                conditions.AddComparison(ref branch, comparison);
                break;
            case TerminatorKind.Switch:
                var selector = operands.Register(terminator.Value);
                ref var jump = ref writer.Emit(LirOp.Switch, OpSize.Dword);
                jump.Clobbers = 1u << (int)Gpr.Rax;
                writer.Use(selector);
                break;
            case TerminatorKind.Return:
                SelectReturn(terminator.Values);
                break;
            case TerminatorKind.Trap:
                writer.Emit(LirOp.Trap, OpSize.Qword).Sub = (ushort)terminator.Immediate;
                break;
            case TerminatorKind.Deoptimize:
                ref var exit = ref writer.Emit(LirOp.Deoptimize, OpSize.Qword);
                exit.Sub = (ushort)terminator.Immediate;
                exit.Aux = terminator.FrameState;
                operands.AddFrameState(terminator.FrameState);
                break;
            case TerminatorKind.Throw:
                var exception = operands.Anywhere(terminator.Values[0]);
                ref var thrower = ref writer.Emit(LirOp.Throw, OpSize.Qword);
                thrower.Clobbers = LirWriter.AllRegisters;
                writer.Use(exception, OperandPlace.Any, hint: LirWriter.RaxHint);
                break;
            case TerminatorKind.Invoke:
                writer.Emit(LirOp.Invoke, OpSize.Qword);
                break;
            case TerminatorKind.TailCall:
                SelectTailCall(terminator);
                break;
            default:
                throw new InvalidOperationException($"block {source.Id} does not end");
        }
    }

    private void SelectTailCall(in Terminator terminator)
    {
        var layout = signatures.Get(terminator.Aux);
        var function = (int)terminator.Immediate;
        var first = function < 0 ? 1 : 0;
        var count = terminator.Values.Length;
        var arguments = count <= 64 ? stackalloc int[count] : new int[count];
        for (var i = 0; i < count; i++)
        {
            arguments[i] = i < first ? operands.Register(terminator.Values[i]) : operands.Anywhere(terminator.Values[i]);
        }

        ref var instruction = ref writer.Emit(LirOp.TailCall, OpSize.Qword);
        instruction.Clobbers = LirWriter.AllRegisters;
        instruction.Aux = function;
        instruction.Immediate = terminator.Aux;
        for (var i = 0; i < count; i++)
        {
            var hint = i < first ? LirOperand.NoHint : LirWriter.HintOf(layout.Parameters[i - first]);
            writer.Use(arguments[i], OperandPlace.Any, hint: hint);
        }
    }

    private void SelectReturn(int[] results)
    {
        var places =
            signatures.Get(state.Module.Functions[state.Graph.FunctionIndex].CanonicalTypeId).Results;
        var values = results.Length <= 64 ? stackalloc int[results.Length] : new int[results.Length];
        for (var i = 0; i < results.Length; i++)
        {
            values[i] = operands.Anywhere(results[i]);
        }

        writer.Emit(LirOp.Return, OpSize.Qword);
        for (var i = 0; i < results.Length; i++)
        {
            writer.Use(values[i], OperandPlace.Any, hint: LirWriter.HintOf(places[i]));
        }
    }
}
