using System.Runtime.InteropServices;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Build.Builders;
using Harness.Engine.Optimizer.Inlining;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build;

/// <summary>
/// Builds the body of one function into the graph: the compiled function itself, or one that is inlined. Locals and the operand
/// stack hold node ids; code that control cannot reach is skipped.
/// </summary>
/// <remarks>
/// What is known of the function is in a <see cref="BuildState"/>; each family of instructions has a builder, to which this class hands them.
/// </remarks>
internal sealed class FunctionBuilder
{
    private readonly FuelPlan? fuel;
    private readonly BuildState state;
    private readonly GraphAssembler assembler;
    private readonly BranchBuilder branches;
    private readonly ExceptionBuilder exceptions;
    private readonly LoopBuilder loops;
    private readonly BlockBuilder blocks;
    private readonly MemoryBuilder memories;
    private readonly ReferenceBuilder references;
    private readonly DescriptorBuilder descriptors;
    private readonly VectorBuilder vectors;
    private readonly ObjectBuilder objects;
    private readonly DirectCallBuilder directCalls;
    private readonly ReferenceCallBuilder referenceCalls;
    private int skippedDepth;

    /// <summary>Prepares for a function.</summary>
    /// <param name="assembler">Where the graph grows.</param>
    /// <param name="tree">The function and what to inline into it.</param>
    /// <param name="caller">The builder of the function it is inlined into; null for the compiled function itself.</param>
    /// <param name="isTail">Whether it is inlined at a tail call: then the frame of the caller is gone.</param>
    /// <param name="loopEntry">Where the graph begins, if that is at a loop of the function; null if it begins with the function.</param>
    public FunctionBuilder(
        GraphAssembler assembler, InliningTree tree, FunctionBuilder? caller, bool isTail = false, Block? loopEntry = null)
    {
        this.assembler = assembler;
        state = new BuildState(assembler, tree, caller?.state, isTail);
        fuel = assembler.Options.InterruptFuel ? FuelPlan.Of(assembler.Module, state.Function) : null;

        // What others build on, and control without calls.
        var checks = new ReferenceChecks(assembler);
        var runtime = new RuntimeCalls(assembler);
        branches = new BranchBuilder(state, assembler);
        exceptions = new ExceptionBuilder(state, checks, branches, isTail ? caller?.exceptions.Below : caller?.exceptions, assembler);
        loops = new LoopBuilder(state, branches, assembler, loopEntry);
        blocks = new BlockBuilder(state, branches, exceptions, assembler);

        // Memories, tables, references and objects.
        var tables = new TableBuilder(state, runtime, assembler);
        memories = new MemoryBuilder(state, runtime, tables, new AtomicBuilder(state, runtime, assembler), assembler);
        references = new ReferenceBuilder(state, checks, branches, assembler);
        descriptors = new DescriptorBuilder(state, checks, branches, assembler);
        vectors = new VectorBuilder(state, assembler);
        objects = new ObjectBuilder(state, checks, runtime, new VectorArrayBuilder(checks, runtime, assembler), assembler);

        // Calls.
        var calls = new CallBuilder(state, exceptions, this, assembler);
        var strings = new StringBuiltinBuilder(checks, objects, calls, assembler);
        var tailCalls = new TailCallBuilder(state, branches, exceptions, calls, this, assembler);
        directCalls = new DirectCallBuilder(state, exceptions, calls, strings, tailCalls, assembler);
        referenceCalls = new ReferenceCallBuilder(state, checks, exceptions, tables, calls, tailCalls, assembler);
    }

    /// <summary>Builds the body, from the assembler's current block on.</summary>
    /// <param name="arguments">The parameters.</param>
    /// <returns>
    /// The results in the assembler's current block, which is null if the function never returns. Of the compiled
    /// function itself, nothing: it ends in return terminators.
    /// </returns>
    public int[] Build(int[] arguments)
    {
        assembler.Inlining = state.Inlining;
        state.Reader = assembler.Module.OpenBody(state.Function);
        ReadLocals(arguments);
        state.BodyOffset = state.Reader.Offset;
        state.Control.Add(new ControlFrame
        {
            Kind = ControlKind.Function,
            Signature = new BlockSignature(state.Function.Type),
            Frequency = assembler.Current!.Frequency,
            OuterCatcher = -1,
        });
        while (state.Control.Count > 0)
        {
            assembler.Graph.Budget.CheckSize(assembler.Graph.NodeCount);
            assembler.BytecodeOffset = state.Reader.Offset;
            assembler.Graph.Budget.CountStep();
            if (fuel is not null && assembler.Current is not null && fuel.TryFind(state.Reader.Offset, out FuelCharge charge))
            {
                assembler.Append(IrOp.UseFuel, IrType.None, [], charge.Units, charge.IsChecked ? 1 : 0);
            }

            Opcode opcode = state.Reader.ReadOpcode();
            if (assembler.Current is null)
            {
                Skip(opcode);
            }
            else
            {
                Visit(opcode);
            }
        }

        if (state.Caller is not null)
        {
            assembler.Inlining = state.Caller.Inlining;
        }

        return [.. state.Stack];
    }

    private void ReadLocals(int[] arguments)
    {
        var values = new List<int>(arguments);
        var types = new List<Modules.ValueType>(state.Function.Type.Parameters);
        for (int groups = state.Reader.ReadIndex(); groups > 0; groups--)
        {
            int count = state.Reader.ReadIndex();
            Modules.ValueType type = state.Reader.ReadValueType();
            int zero = assembler.Zero(GraphAssembler.TypeOf(type));
            CollectionsMarshal.SetCount(values, values.Count + count);
            CollectionsMarshal.AsSpan(values)[^count..].Fill(zero);
            CollectionsMarshal.SetCount(types, values.Count);
            CollectionsMarshal.AsSpan(types)[^count..].Fill(type);
        }

        state.Locals = new LocalValues(CollectionsMarshal.AsSpan(values));
        state.LocalTypes = [.. types];
        state.PrepareDeadValues();
    }

    /// <summary>Passes over an instruction that cannot be reached; only what closes a construct matters.</summary>
    private void Skip(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.Block or Opcode.Loop or Opcode.If or Opcode.TryTable or Opcode.Try:
                state.Reader.SkipImmediates(opcode);
                skippedDepth++;
                break;
            case Opcode.Else when skippedDepth == 0:
                blocks.VisitElse();
                break;
            case Opcode.End when skippedDepth == 0:
                blocks.VisitEnd();
                break;
            case Opcode.End:
                skippedDepth--;
                break;
            case Opcode.Catch or Opcode.CatchAll or Opcode.Delegate when skippedDepth == 0:
                exceptions.VisitException(opcode);
                break;
            case Opcode.Delegate:
                state.Reader.SkipImmediates(opcode);
                skippedDepth--;
                break;
            default:
                state.Reader.SkipImmediates(opcode);
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
                branches.Open(ControlKind.Block, state.Reader.ReadBlockType());
                break;
            case Opcode.Loop:
                loops.VisitLoop();
                break;
            case Opcode.If:
                blocks.VisitIf();
                break;
            case Opcode.Else:
                blocks.VisitElse();
                break;
            case Opcode.End:
                blocks.VisitEnd();
                break;
            case Opcode.Br:
                branches.BranchTo(state.Reader.ReadIndex());
                break;
            case Opcode.BrIf:
                int label = state.Reader.ReadIndex();
                branches.BranchIf(state.Pop(), label, branchWhen: true);
                break;
            case Opcode.BrTable:
                branches.VisitBrTable();
                break;
            case Opcode.Return:
                branches.BranchTo(state.Control.Count - 1);
                break;
            case Opcode.Call:
                directCalls.VisitCall();
                break;
            case Opcode.CallIndirect:
                referenceCalls.VisitCallIndirect(isTail: false);
                break;
            case Opcode.CallRef:
                referenceCalls.VisitCallRef(isTail: false);
                break;
            case Opcode.ReturnCall:
                directCalls.VisitReturnCall();
                break;
            case Opcode.ReturnCallIndirect:
                referenceCalls.VisitCallIndirect(isTail: true);
                break;
            case Opcode.ReturnCallRef:
                referenceCalls.VisitCallRef(isTail: true);
                break;
            case Opcode.Drop:
                state.Pop();
                break;
            case Opcode.Select or Opcode.SelectTyped:
                state.Reader.SkipImmediates(opcode);
                VisitSelect();
                break;
            case Opcode.LocalGet:
                state.Push(state.Locals[state.Reader.ReadIndex()]);
                break;
            case Opcode.LocalSet:
                state.Locals[state.Reader.ReadIndex()] = state.Pop();
                break;
            case Opcode.LocalTee:
                state.Locals[state.Reader.ReadIndex()] = state.Stack[^1];
                break;
            case Opcode.GlobalGet:
                int read = state.Reader.ReadIndex();
                state.Push(assembler.Append(Opcode.GlobalGet, assembler.Module.Globals[read].Type.Type, [], read));
                break;
            case Opcode.GlobalSet:
                int written = state.Reader.ReadIndex();
                assembler.Append(Opcode.GlobalSet, IrType.None, [state.Pop()], written);
                break;
            case Opcode.I32Const:
                state.Push(assembler.I32(state.Reader.ReadVarI32()));
                break;
            case Opcode.I64Const:
                state.Push(assembler.I64(state.Reader.ReadVarI64()));
                break;
            case Opcode.F32Const:
                state.Push(assembler.Constant(opcode, IrType.F32, (int)state.Reader.ReadF32Bits()));
                break;
            case Opcode.F64Const:
                state.Push(assembler.Constant(opcode, IrType.F64, (long)state.Reader.ReadF64Bits()));
                break;
            case >= Opcode.V128Load and < Opcode.MemoryAtomicNotify:
                vectors.VisitVector(opcode);
                break;
            default:
                if (!memories.VisitMemoryOrTable(opcode) && !references.VisitReference(opcode) && !objects.VisitObject(opcode)
                    && !descriptors.VisitDescriptor(opcode) && !exceptions.VisitException(opcode))
                {
                    VisitSimple(opcode);
                }

                break;
        }
    }

    /// <summary>An operator whose operands and results the opcode table tells.</summary>
    private void VisitSimple(Opcode opcode)
    {
        OpcodeInfo info = OpcodeTable.Get(opcode);
        if (!info.HasSignature || info.Immediates != ImmediateKind.None)
        {
            throw new NotSupportedException(
                $"{info.Name} at offset 0x{assembler.BytecodeOffset:x} of function {state.Function} cannot be optimized");
        }

        int count = info.Parameters.Length;
        Span<int> inputs = CollectionsMarshal.AsSpan(state.Stack)[^count..];
        int id = assembler.Append(opcode, GraphAssembler.TypeOf(info.Results[0]), inputs);
        state.Stack.RemoveRange(state.Stack.Count - count, count);
        state.Push(id);
        for (int i = 1; i < info.Results.Length; i++)
        {
            state.Push(assembler.Append(IrOp.Projection, GraphAssembler.TypeOf(info.Results[i]), [id], i));
        }
    }

    private void VisitSelect()
    {
        int condition = state.Pop();
        int second = state.Pop();
        int first = state.Pop();
        int selected = assembler.Append(Opcode.Select, assembler.Graph[first].Type, [first, second, condition]);
        if (assembler.Graph[selected].Type == IrType.Ref)
        {
            assembler.Graph[selected].ReferenceType = ReferenceTypes.Join(assembler.Graph[first].ReferenceType, assembler.Graph[second].ReferenceType);
        }

        state.Push(selected);
    }
}
