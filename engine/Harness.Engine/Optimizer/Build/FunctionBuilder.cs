using System.Runtime.InteropServices;
using Harness.Engine.Deoptimization;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Inlining;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build;

/// <summary>
/// Builds the body of one function into the graph: the compiled function itself, or one that is inlined. Locals and the operand
/// stack hold node ids; code that control cannot reach is skipped.
/// </summary>
internal sealed partial class FunctionBuilder
{
    private readonly GraphAssembler assembler;
    private readonly InliningTree tree;
    private readonly FunctionBuilder? caller;
    private readonly FunctionBuilder? frameBelow;
    private readonly FunctionInfo function;
    private readonly short inlining;
    private readonly Block? loopEntry;
    private readonly FuelPlan? fuel;
    private readonly List<int> stack = [];
    private readonly List<ControlFrame> control = [];
    private BytecodeReader reader;
    private LocalValues locals = new([]);
    private Modules.ValueType[] localTypes = [];
    private LoopAssignments? loopAssignments;
    private int bodyOffset;
    private int skippedDepth;
    private int callState = -1;
    private bool keepsLoopStates;

    /// <summary>Prepares for a function.</summary>
    /// <param name="assembler">Where the graph grows.</param>
    /// <param name="tree">The function and what to inline into it.</param>
    /// <param name="caller">The builder of the function it is inlined into; null for the compiled function itself.</param>
    /// <param name="isTail">Whether it is inlined at a tail call: then the frame of the caller is gone.</param>
    /// <param name="loopEntry">Where the graph begins, if that is at a loop of the function; null if it begins with the function.</param>
    public FunctionBuilder(
        GraphAssembler assembler, InliningTree tree, FunctionBuilder? caller, bool isTail = false, Block? loopEntry = null)
    {
        this.loopEntry = loopEntry;
        this.assembler = assembler;
        this.tree = tree;
        this.caller = caller;
        frameBelow = isTail ? caller?.frameBelow : caller;
        function = assembler.Module.Functions[tree.FunctionIndex];
        fuel = assembler.Options.InterruptFuel ? FuelPlan.Of(assembler.Module, function) : null;
        inlining = -1;
        if (caller is not null)
        {
            inlining = (short)Graph.InliningPositions.Count;
            Graph.InliningPositions.Add(new InliningPosition(tree.FunctionIndex, assembler.BytecodeOffset, caller.inlining));
        }
    }

    private Graph Graph => assembler.Graph;

    private WasmModule Module => assembler.Module;

    /// <summary>Builds the body, from the assembler's current block on.</summary>
    /// <param name="arguments">The parameters.</param>
    /// <returns>
    /// The results in the assembler's current block, which is null if the function never returns. Of the compiled
    /// function itself, nothing: it ends in return terminators.
    /// </returns>
    public int[] Build(int[] arguments)
    {
        assembler.Inlining = inlining;
        keepsLoopStates = assembler.AllowDeopt && assembler.Options.PassLicm && tree.HasSpeculation;
        reader = Module.OpenBody(function);
        ReadLocals(arguments);
        bodyOffset = reader.Offset;
        control.Add(new ControlFrame
        {
            Kind = ControlKind.Function,
            Signature = new BlockSignature(function.Type),
            Frequency = assembler.Current!.Frequency,
        });
        while (control.Count > 0)
        {
            Graph.Budget.CheckSize(Graph.NodeCount);
            assembler.BytecodeOffset = reader.Offset;
            Graph.Budget.CountStep();
            if (fuel is not null && assembler.Current is not null && fuel.TryFind(reader.Offset, out FuelCharge charge))
            {
                assembler.Append(IrOp.UseFuel, IrType.None, [], charge.Units, charge.IsChecked ? 1 : 0);
            }

            Opcode opcode = reader.ReadOpcode();
            if (assembler.Current is null)
            {
                Skip(opcode);
            }
            else
            {
                Visit(opcode);
            }
        }

        if (caller is not null)
        {
            assembler.Inlining = caller.inlining;
        }

        return [.. stack];
    }

    private void ReadLocals(int[] arguments)
    {
        var values = new List<int>(arguments);
        var types = new List<Modules.ValueType>(function.Type.Parameters);
        for (int groups = reader.ReadIndex(); groups > 0; groups--)
        {
            int count = reader.ReadIndex();
            Modules.ValueType type = reader.ReadValueType();
            int zero = assembler.Zero(GraphAssembler.TypeOf(type));
            CollectionsMarshal.SetCount(values, values.Count + count);
            CollectionsMarshal.AsSpan(values)[^count..].Fill(zero);
            CollectionsMarshal.SetCount(types, values.Count);
            CollectionsMarshal.AsSpan(types)[^count..].Fill(type);
        }

        locals = new LocalValues(CollectionsMarshal.AsSpan(values));
        localTypes = [.. types];
    }

    /// <summary>Passes over an instruction that cannot be reached; only what closes a construct matters.</summary>
    private void Skip(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.Block or Opcode.Loop or Opcode.If or Opcode.TryTable or Opcode.Try:
                reader.SkipImmediates(opcode);
                skippedDepth++;
                break;
            case Opcode.Else when skippedDepth == 0:
                VisitElse();
                break;
            case Opcode.End when skippedDepth == 0:
                VisitEnd();
                break;
            case Opcode.End:
                skippedDepth--;
                break;
            case Opcode.Catch or Opcode.CatchAll or Opcode.Delegate when skippedDepth == 0:
                VisitException(opcode);
                break;
            case Opcode.Delegate:
                reader.SkipImmediates(opcode);
                skippedDepth--;
                break;
            default:
                reader.SkipImmediates(opcode);
                break;
        }
    }

    private void Visit(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.Unreachable:
                assembler.Terminate(TerminatorKind.Trap, -1, [], (long)TrapKind.Unreachable);
                break;
            case Opcode.Nop:
                break;
            case Opcode.Block:
                Open(ControlKind.Block, reader.ReadBlockType());
                break;
            case Opcode.Loop:
                VisitLoop();
                break;
            case Opcode.If:
                VisitIf();
                break;
            case Opcode.Else:
                VisitElse();
                break;
            case Opcode.End:
                VisitEnd();
                break;
            case Opcode.Br:
                BranchTo(reader.ReadIndex());
                break;
            case Opcode.BrIf:
                int label = reader.ReadIndex();
                BranchIf(Pop(), label, branchWhen: true);
                break;
            case Opcode.BrTable:
                VisitBrTable();
                break;
            case Opcode.Return:
                BranchTo(control.Count - 1);
                break;
            case Opcode.Call:
                VisitCall();
                break;
            case Opcode.CallIndirect:
                VisitCallIndirect(isTail: false);
                break;
            case Opcode.CallRef:
                VisitCallRef(isTail: false);
                break;
            case Opcode.ReturnCall:
                VisitReturnCall();
                break;
            case Opcode.ReturnCallIndirect:
                VisitCallIndirect(isTail: true);
                break;
            case Opcode.ReturnCallRef:
                VisitCallRef(isTail: true);
                break;
            case Opcode.Drop:
                Pop();
                break;
            case Opcode.Select or Opcode.SelectTyped:
                reader.SkipImmediates(opcode);
                VisitSelect();
                break;
            case Opcode.LocalGet:
                Push(locals[reader.ReadIndex()]);
                break;
            case Opcode.LocalSet:
                locals[reader.ReadIndex()] = Pop();
                break;
            case Opcode.LocalTee:
                locals[reader.ReadIndex()] = stack[^1];
                break;
            case Opcode.GlobalGet:
                int read = reader.ReadIndex();
                Push(assembler.Append(Opcode.GlobalGet, Module.Globals[read].Type.Type, [], read));
                break;
            case Opcode.GlobalSet:
                int written = reader.ReadIndex();
                assembler.Append(Opcode.GlobalSet, IrType.None, [Pop()], written);
                break;
            case Opcode.I32Const:
                Push(assembler.I32(reader.ReadVarI32()));
                break;
            case Opcode.I64Const:
                Push(assembler.I64(reader.ReadVarI64()));
                break;
            case Opcode.F32Const:
                Push(assembler.Constant(opcode, IrType.F32, (int)reader.ReadF32Bits()));
                break;
            case Opcode.F64Const:
                Push(assembler.Constant(opcode, IrType.F64, (long)reader.ReadF64Bits()));
                break;
            case >= Opcode.V128Load and < Opcode.MemoryAtomicNotify:
                VisitVector(opcode);
                break;
            default:
                if (!VisitMemoryOrTable(opcode) && !VisitReference(opcode) && !VisitObject(opcode) && !VisitException(opcode))
                {
                    VisitSimple(opcode);
                }

                break;
        }
    }

    /// <summary>An operator whose operands and result the opcode table tells.</summary>
    private void VisitSimple(Opcode opcode)
    {
        OpcodeInfo info = OpcodeTable.Get(opcode);
        if (!info.HasSignature || info.Immediates != ImmediateKind.None)
        {
            throw new NotSupportedException(
                $"{info.Name} at offset 0x{assembler.BytecodeOffset:x} of function {function} cannot be optimized");
        }

        int count = info.Parameters.Length;
        Span<int> inputs = CollectionsMarshal.AsSpan(stack)[^count..];
        int id = assembler.Append(opcode, GraphAssembler.TypeOf(info.Results[0]), inputs);
        stack.RemoveRange(stack.Count - count, count);
        Push(id);
    }

    private void VisitSelect()
    {
        int condition = Pop();
        int second = Pop();
        int first = Pop();
        int selected = assembler.Append(Opcode.Select, Graph[first].Type, [first, second, condition]);
        if (Graph[selected].Type == IrType.Ref)
        {
            Graph[selected].ReferenceType = ReferenceTypes.Join(Graph[first].ReferenceType, Graph[second].ReferenceType);
        }

        Push(selected);
    }

    private void Push(int id) => stack.Add(id);

    private int Pop()
    {
        int id = stack[^1];
        stack.RemoveAt(stack.Count - 1);
        return id;
    }

    /// <summary>Takes operands off the stack, bottom first.</summary>
    private int[] Pop(int count)
    {
        int[] values = CollectionsMarshal.AsSpan(stack)[^count..].ToArray();
        stack.RemoveRange(stack.Count - count, count);
        return values;
    }

    /// <summary>The state with all locals and operands as they are now.</summary>
    private int NewFrameState(int bytecodeOffset, ResumeKind resume)
    {
        Graph.Budget.Reserve(locals.Count + stack.Count);
        Graph.FrameStates.Add(new FrameState(
            function.Index,
            bytecodeOffset,
            resume,
            locals.Count,
            locals.With(CollectionsMarshal.AsSpan(stack)),
            frameBelow?.CallState() ?? -1));
        return Graph.FrameStates.Count - 1;
    }

    /// <summary>The state of the call that is being inlined, for the frames above it; made when first asked for.</summary>
    private int CallState()
    {
        if (callState < 0)
        {
            callState = NewFrameState(inlinedCallOffset, ResumeKind.AfterCall);
        }

        return callState;
    }
}
