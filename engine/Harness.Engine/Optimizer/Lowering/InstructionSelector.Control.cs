using System.Collections.Immutable;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering;

/// <content>The entry, calls, guards, traps and ends of blocks.</content>
internal sealed partial class InstructionSelector
{
    /// <summary>Number of a floating-point register among all registers.</summary>
    private const int FirstXmm = 16;

    private const uint AllRegisters = uint.MaxValue;

    private static ReadOnlySpan<Gpr> SystemVParameters => [Gpr.Rdi, Gpr.Rsi, Gpr.Rdx, Gpr.Rcx, Gpr.R8, Gpr.R9];

    /// <summary>Gives the parameters of the function their virtual registers: as many results as there are parameters.</summary>
    private void SelectEntry(Block source)
    {
        FunctionInfo function = Module.Functions[graph.FunctionIndex];
        ImmutableArray<ArgumentPlace> places = signatures.Get(function.CanonicalTypeId).Parameters;
        int count = graph.ArgumentCount;
        Span<int> values = count <= 64 ? stackalloc int[count] : new int[count];
        values.Clear();
        foreach (int id in source.Nodes)
        {
            if (graph[id].Op == IrOp.Argument)
            {
                values[(int)graph[id].Immediate] = code.ValueOfNode[id];
            }
        }

        bytecodeOffset = function.BodyStart;
        inlining = -1;
        ref LirInstruction instruction = ref Emit(LirOp.Entry, OpSize.Qword);
        for (int i = 0; i < count; i++)
        {
            if (graph.LoopOffset < 0) Def(values[i], OperandPlace.Any, HintOf(places[i]));
            else Def(values[i], OperandPlace.Any);
        }
    }

    private void SelectCall(int id, Opcode op)
    {
        bool isReference = op == IrOp.CallReference;
        SignatureLayout layout = signatures.Get(graph[id].Aux);
        int first = isReference ? 1 : 0;
        int count = graph[id].InputCount;
        int reference = isReference ? Register(graph.Input(id, 0)) : 0;
        Span<int> arguments = count <= 64 ? stackalloc int[count] : new int[count];
        for (int i = first; i < count; i++)
        {
            arguments[i] = Anywhere(graph.Input(id, i));
        }

        int function = (int)graph[id].Immediate;
        LirOp call = isReference ? LirOp.CallReference
            : module.Layout.IsImportedFunction(function) ? LirOp.CallImport
            : LirOp.CallDirect;
        ref LirInstruction instruction = ref Emit(call, OpSize.Qword);
        instruction.Clobbers = AllRegisters;
        instruction.Aux = function;
        instruction.Immediate = graph[id].Aux;
        AddResults(id, layout.Results);
        if (isReference)
        {
            Use(reference, OperandPlace.Any);
        }

        for (int i = first; i < count; i++)
        {
            Use(arguments[i], OperandPlace.Any, hint: HintOf(layout.Parameters[i - first]));
        }
    }

    /// <summary>All results of a call, those without a use as virtual register 0.</summary>
    private void AddResults(int id, ImmutableArray<ArgumentPlace> places)
    {
        Span<int> values = places.Length <= 64 ? stackalloc int[places.Length] : new int[places.Length];
        values.Clear();
        for (int projection = nodes[id].FirstProjection; projection != 0; projection = nextProjection[projection])
        {
            int index = (int)graph[projection].Immediate;
            if (index > 0)
            {
                values[index] = code.ValueOfNode[projection];
            }
        }

        for (int i = 0; i < places.Length; i++)
        {
            Def(i == 0 ? code.ValueOfNode[id] : values[i], OperandPlace.Any, HintOf(places[i]));
        }
    }

    private void SelectCallBuiltin(int id)
    {
        int count = graph[id].InputCount;
        Span<int> arguments = stackalloc int[count];
        for (int i = 0; i < count; i++)
        {
            arguments[i] = Anywhere(graph.Input(id, i));
        }

        ref LirInstruction instruction = ref Emit(LirOp.CallBuiltin, OpSize.Qword);
        instruction.Clobbers = AllRegisters;
        instruction.Sub = (ushort)graph[id].Immediate;
        if (graph[id].Type != IrType.None)
        {
            Def(code.ValueOfNode[id], OperandPlace.Any, RaxHint);
        }

        for (int i = 0; i < count; i++)
        {
            Use(arguments[i], OperandPlace.Any, hint: (byte)SystemVParameters[i + 1]);
        }
    }

    private void SelectTrapIf(int id, bool whenTrue)
    {
        Comparison comparison = Compare(graph.Input(id, 0), whenTrue, mayFault: true);
        ref LirInstruction instruction = ref Emit(LirOp.TrapIf, comparison.Size);
        instruction.Sub = (ushort)graph[id].Immediate;
        AddComparison(ref instruction, comparison);
    }

    private void SelectGuard(int id)
    {
        Comparison comparison = Compare(graph.Input(id, 0), whenTrue: false, mayFault: false);
        ref LirInstruction instruction = ref Emit(LirOp.DeoptimizeIf, comparison.Size);
        instruction.Sub = (ushort)graph[id].Immediate;
        instruction.Aux = graph[id].Aux;
        AddComparison(ref instruction, comparison);
        AddFrameState(graph[id].Aux);
    }

    /// <summary>Adds the values that a frame state needs to an instruction: see <see cref="FrameStateValues"/>.</summary>
    private void AddFrameState(int index)
    {
        stateValues.Collect(graph, index);
        foreach (int id in stateValues.Leaves)
        {
            Use(Constants.IsConstant(graph, id) ? ~id : Value(id), OperandPlace.Anywhere);
        }
    }

    /// <summary>An operand that may be a constant.</summary>
    private int Anywhere(int id) => Constants.IsConstant(graph, id) ? ~id : Register(id);

    private void SelectEdge(int index)
    {
        ref LirBlock edge = ref code.Block(index);
        Block source = graph.Blocks[edge.EdgeSource];
        bytecodeOffset = source.Terminator.BytecodeOffset;
        inlining = source.Terminator.Inlining;
        block = -1;
        int start = code.InstructionCount;
        SelectJump(source.Successors[edge.EdgeIndex]);
        code.ReverseFrom(start);
    }

    private void SelectJump(in Edge edge)
    {
        int[] arguments = edge.Arguments;
        List<int> parameters = graph.Blocks[edge.Target].Parameters;
        Span<int> values = arguments.Length <= 64 ? stackalloc int[arguments.Length] : new int[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            values[i] = Anywhere(arguments[i]);
        }

        Emit(LirOp.Jump, OpSize.Qword);
        for (int i = 0; i < arguments.Length; i++)
        {
            Use(values[i], OperandPlace.Anywhere, OperandRole.UseAtEnd);
            if (values[i] > 0)
            {
                int parameter = Value(parameters[i]);
                Hint(values[i], parameter);
                code.HintOf(parameter) = values[i];
            }
        }
    }

    private void SelectTerminator(Block source, int index)
    {
        ref Terminator terminator = ref source.Terminator;
        bytecodeOffset = terminator.BytecodeOffset;
        inlining = terminator.Inlining;
        switch (terminator.Kind)
        {
            case TerminatorKind.Jump:
                SelectJump(source.Successors[0]);
                break;
            case TerminatorKind.Branch when TrySelectBranchOnType(terminator.Value):
                break;
            case TerminatorKind.Branch:
                Comparison comparison = Compare(terminator.Value, whenTrue: true, mayFault: true);
                ref LirInstruction branch = ref Emit(LirOp.Branch, comparison.Size);
                AddComparison(ref branch, comparison);
                break;
            case TerminatorKind.Switch:
                int selector = Register(terminator.Value);
                ref LirInstruction jump = ref Emit(LirOp.Switch, OpSize.Dword);
                jump.Clobbers = 1u << (int)Gpr.Rax;
                Use(selector);
                break;
            case TerminatorKind.Return:
                SelectReturn(terminator.Values);
                break;
            case TerminatorKind.Trap:
                Emit(LirOp.Trap, OpSize.Qword).Sub = (ushort)terminator.Immediate;
                break;
            case TerminatorKind.Deoptimize:
                ref LirInstruction exit = ref Emit(LirOp.Deoptimize, OpSize.Qword);
                exit.Sub = (ushort)terminator.Immediate;
                exit.Aux = terminator.FrameState;
                AddFrameState(terminator.FrameState);
                break;
            case TerminatorKind.Throw:
                int exception = Anywhere(terminator.Values[0]);
                ref LirInstruction thrower = ref Emit(LirOp.Throw, OpSize.Qword);
                thrower.Clobbers = AllRegisters;
                Use(exception, OperandPlace.Any, hint: RaxHint);
                break;
            case TerminatorKind.Invoke:
                Emit(LirOp.Invoke, OpSize.Qword);
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
        SignatureLayout layout = signatures.Get(terminator.Aux);
        int function = (int)terminator.Immediate;
        int first = function < 0 ? 1 : 0;
        int count = terminator.Values.Length;
        Span<int> arguments = count <= 64 ? stackalloc int[count] : new int[count];
        for (int i = 0; i < count; i++)
        {
            arguments[i] = i < first ? Register(terminator.Values[i]) : Anywhere(terminator.Values[i]);
        }

        ref LirInstruction instruction = ref Emit(LirOp.TailCall, OpSize.Qword);
        instruction.Clobbers = AllRegisters;
        instruction.Aux = function;
        instruction.Immediate = terminator.Aux;
        for (int i = 0; i < count; i++)
        {
            byte hint = i < first ? LirOperand.NoHint : HintOf(layout.Parameters[i - first]);
            Use(arguments[i], OperandPlace.Any, hint: hint);
        }
    }

    private void SelectReturn(int[] results)
    {
        ImmutableArray<ArgumentPlace> places =
            signatures.Get(Module.Functions[graph.FunctionIndex].CanonicalTypeId).Results;
        Span<int> values = results.Length <= 64 ? stackalloc int[results.Length] : new int[results.Length];
        for (int i = 0; i < results.Length; i++)
        {
            values[i] = Anywhere(results[i]);
        }

        Emit(LirOp.Return, OpSize.Qword);
        for (int i = 0; i < results.Length; i++)
        {
            Use(values[i], OperandPlace.Any, hint: HintOf(places[i]));
        }
    }

    private static byte HintOf(ArgumentPlace place) => place.Kind switch
    {
        ArgumentPlaceKind.Gpr => (byte)place.Index,
        ArgumentPlaceKind.Xmm => (byte)(place.Index + FirstXmm),
        _ => LirOperand.NoHint,
    };
}
