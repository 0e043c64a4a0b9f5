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
    private readonly FuelPlan? _fuel;
    private readonly BuildState _state;
    private readonly GraphAssembler _assembler;
    private readonly BranchBuilder _branches;
    private readonly ExceptionBuilder _exceptions;
    private readonly LoopBuilder _loops;
    private readonly BlockBuilder _blocks;
    private readonly MemoryBuilder _memories;
    private readonly ReferenceBuilder _references;
    private readonly DescriptorBuilder _descriptors;
    private readonly VectorBuilder _vectors;
    private readonly ObjectBuilder _objects;
    private readonly DirectCallBuilder _directCalls;
    private readonly ReferenceCallBuilder _referenceCalls;
    private int _skippedDepth;

    /// <summary>Prepares for a function.</summary>
    /// <param name="assembler">Where the graph grows.</param>
    /// <param name="tree">The function and what to inline into it.</param>
    /// <param name="caller">The builder of the function it is inlined into; null for the compiled function itself.</param>
    /// <param name="isTail">Whether it is inlined at a tail call: then the frame of the caller is gone.</param>
    /// <param name="loopEntry">Where the graph begins, if that is at a loop of the function; null if it begins with the function.</param>
    public FunctionBuilder(
        GraphAssembler assembler, InliningTree tree, FunctionBuilder? caller, bool isTail = false, Block? loopEntry = null)
    {
        _assembler = assembler;
        _state = new BuildState(assembler, tree, caller?._state, isTail);
        _fuel = assembler.Options.InterruptFuel ? FuelPlan.Of(assembler.Module, _state.Function) : null;

        // What others build on, and control without calls.
        var checks = new ReferenceChecks(assembler);
        var runtime = new RuntimeCalls(assembler);
        _branches = new BranchBuilder(_state, assembler);
        _exceptions = new ExceptionBuilder(_state, checks, _branches, isTail ? caller?._exceptions.Below : caller?._exceptions, assembler);
        _loops = new LoopBuilder(_state, _branches, assembler, loopEntry);
        _blocks = new BlockBuilder(_state, _branches, _exceptions, assembler);

        // Memories, tables, references and objects.
        var tables = new TableBuilder(_state, runtime, assembler);
        _memories = new MemoryBuilder(_state, runtime, tables, new AtomicBuilder(_state, runtime, assembler), assembler);
        _references = new ReferenceBuilder(_state, checks, _branches, assembler);
        _descriptors = new DescriptorBuilder(_state, checks, _branches, assembler);
        _vectors = new VectorBuilder(_state, assembler);
        _objects = new ObjectBuilder(_state, checks, runtime, new VectorArrayBuilder(checks, runtime, assembler), assembler);

        // Calls.
        var calls = new CallBuilder(_state, _exceptions, this, assembler);
        var strings = new StringBuiltinBuilder(checks, _objects, calls, assembler);
        var tailCalls = new TailCallBuilder(_state, _branches, _exceptions, calls, this, assembler);
        _directCalls = new DirectCallBuilder(_state, _exceptions, calls, strings, tailCalls, assembler);
        _referenceCalls = new ReferenceCallBuilder(_state, checks, _exceptions, tables, calls, tailCalls, assembler);
    }

    /// <summary>Builds the body, from the assembler's current block on.</summary>
    /// <param name="arguments">The parameters.</param>
    /// <returns>
    /// The results in the assembler's current block, which is null if the function never returns. Of the compiled
    /// function itself, nothing: it ends in return terminators.
    /// </returns>
    public int[] Build(int[] arguments)
    {
        _assembler.Inlining = _state.Inlining;
        _state.Reader = _assembler.Module.OpenBody(_state.Function);
        ReadLocals(arguments);
        _state.BodyOffset = _state.Reader.Offset;
        _state.Control.Add(new ControlFrame
        {
            Kind = ControlKind.Function,
            Signature = new BlockSignature(_state.Function.Type),
            Frequency = _assembler.Current!.Frequency,
            OuterCatcher = -1,
        });
        while (_state.Control.Count > 0)
        {
            _assembler.Graph.Budget.CheckSize(_assembler.Graph.NodeCount);
            _assembler.BytecodeOffset = _state.Reader.Offset;
            _assembler.Graph.Budget.CountStep();
            if (_fuel is not null && _assembler.Current is not null && _fuel.TryFind(_state.Reader.Offset, out var charge))
            {
                _assembler.Append(IrOp.UseFuel, IrType.None, [], charge.Units, charge.IsChecked ? 1 : 0);
            }

            var opcode = _state.Reader.ReadOpcode();
            if (_assembler.Current is null)
            {
                Skip(opcode);
            }
            else
            {
                Visit(opcode);
            }
        }

        if (_state.Caller is not null)
        {
            _assembler.Inlining = _state.Caller.Inlining;
        }

        return [.. _state.Stack];
    }

    private void ReadLocals(int[] arguments)
    {
        var values = new List<int>(arguments);
        var types = new List<Modules.ValueType>(_state.Function.Type.Parameters);
        for (var groups = _state.Reader.ReadIndex(); groups > 0; groups--)
        {
            var count = _state.Reader.ReadIndex();
            var type = _state.Reader.ReadValueType();
            var zero = _assembler.Zero(GraphAssembler.TypeOf(type));
            CollectionsMarshal.SetCount(values, values.Count + count);
            CollectionsMarshal.AsSpan(values)[^count..].Fill(zero);
            CollectionsMarshal.SetCount(types, values.Count);
            CollectionsMarshal.AsSpan(types)[^count..].Fill(type);
        }

        _state.Locals = new LocalValues(CollectionsMarshal.AsSpan(values));
        _state.LocalTypes = [.. types];
        _state.PrepareDeadValues();
    }

    /// <summary>Passes over an instruction that cannot be reached; only what closes a construct matters.</summary>
    private void Skip(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.Block or Opcode.Loop or Opcode.If or Opcode.TryTable or Opcode.Try:
                _state.Reader.SkipImmediates(opcode);
                _skippedDepth++;
                break;
            case Opcode.Else when _skippedDepth == 0:
                _blocks.VisitElse();
                break;
            case Opcode.End when _skippedDepth == 0:
                _blocks.VisitEnd();
                break;
            case Opcode.End:
                _skippedDepth--;
                break;
            case Opcode.Catch or Opcode.CatchAll or Opcode.Delegate when _skippedDepth == 0:
                _exceptions.VisitException(opcode);
                break;
            case Opcode.Delegate:
                _state.Reader.SkipImmediates(opcode);
                _skippedDepth--;
                break;
            default:
                _state.Reader.SkipImmediates(opcode);
                break;
        }
    }

    private void Visit(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.Unreachable:
                _assembler.Terminate(TerminatorKind.Trap, -1, [], (long)TrapKind.Unreachable);
                break;
            case Opcode.Nop:
                break;
            case Opcode.Block:
                _branches.Open(ControlKind.Block, _state.Reader.ReadBlockType());
                break;
            case Opcode.Loop:
                _loops.VisitLoop();
                break;
            case Opcode.If:
                _blocks.VisitIf();
                break;
            case Opcode.Else:
                _blocks.VisitElse();
                break;
            case Opcode.End:
                _blocks.VisitEnd();
                break;
            case Opcode.Br:
                _branches.BranchTo(_state.Reader.ReadIndex());
                break;
            case Opcode.BrIf:
                var label = _state.Reader.ReadIndex();
                _branches.BranchIf(_state.Pop(), label, branchWhen: true);
                break;
            case Opcode.BrTable:
                _branches.VisitBrTable();
                break;
            case Opcode.Return:
                _branches.BranchTo(_state.Control.Count - 1);
                break;
            case Opcode.Call:
                _directCalls.VisitCall();
                break;
            case Opcode.CallIndirect:
                _referenceCalls.VisitCallIndirect(isTail: false);
                break;
            case Opcode.CallRef:
                _referenceCalls.VisitCallRef(isTail: false);
                break;
            case Opcode.ReturnCall:
                _directCalls.VisitReturnCall();
                break;
            case Opcode.ReturnCallIndirect:
                _referenceCalls.VisitCallIndirect(isTail: true);
                break;
            case Opcode.ReturnCallRef:
                _referenceCalls.VisitCallRef(isTail: true);
                break;
            case Opcode.Drop:
                _state.Pop();
                break;
            case Opcode.Select or Opcode.SelectTyped:
                _state.Reader.SkipImmediates(opcode);
                VisitSelect();
                break;
            case Opcode.LocalGet:
                _state.Push(_state.Locals[_state.Reader.ReadIndex()]);
                break;
            case Opcode.LocalSet:
                _state.Locals[_state.Reader.ReadIndex()] = _state.Pop();
                break;
            case Opcode.LocalTee:
                _state.Locals[_state.Reader.ReadIndex()] = _state.Stack[^1];
                break;
            case Opcode.GlobalGet:
                var read = _state.Reader.ReadIndex();
                _state.Push(_assembler.Append(Opcode.GlobalGet, _assembler.Module.Globals[read].Type.Type, [], read));
                break;
            case Opcode.GlobalSet:
                var written = _state.Reader.ReadIndex();
                _assembler.Append(Opcode.GlobalSet, IrType.None, [_state.Pop()], written);
                break;
            case Opcode.I32Const:
                _state.Push(_assembler.I32(_state.Reader.ReadVarI32()));
                break;
            case Opcode.I64Const:
                _state.Push(_assembler.I64(_state.Reader.ReadVarI64()));
                break;
            case Opcode.F32Const:
                _state.Push(_assembler.Constant(opcode, IrType.F32, (int)_state.Reader.ReadF32Bits()));
                break;
            case Opcode.F64Const:
                _state.Push(_assembler.Constant(opcode, IrType.F64, (long)_state.Reader.ReadF64Bits()));
                break;
            case >= Opcode.V128Load and < Opcode.MemoryAtomicNotify:
                _vectors.VisitVector(opcode);
                break;
            default:
                if (!_memories.VisitMemoryOrTable(opcode) && !_references.VisitReference(opcode) && !_objects.VisitObject(opcode)
                    && !_descriptors.VisitDescriptor(opcode) && !_exceptions.VisitException(opcode))
                {
                    VisitSimple(opcode);
                }

                break;
        }
    }

    /// <summary>An operator whose operands and results the opcode table tells.</summary>
    private void VisitSimple(Opcode opcode)
    {
        var info = OpcodeTable.Get(opcode);
        if (!info.HasSignature || info.Immediates != ImmediateKind.None)
        {
            throw new NotSupportedException(
                $"{info.Name} at offset 0x{_assembler.BytecodeOffset:x} of function {_state.Function} cannot be optimized");
        }

        var count = info.Parameters.Length;
        var inputs = CollectionsMarshal.AsSpan(_state.Stack)[^count..];
        var id = _assembler.Append(opcode, GraphAssembler.TypeOf(info.Results[0]), inputs);
        _state.Stack.RemoveRange(_state.Stack.Count - count, count);
        _state.Push(id);
        for (var i = 1; i < info.Results.Length; i++)
        {
            _state.Push(_assembler.Append(IrOp.Projection, GraphAssembler.TypeOf(info.Results[i]), [id], i));
        }
    }

    private void VisitSelect()
    {
        var condition = _state.Pop();
        var second = _state.Pop();
        var first = _state.Pop();
        var selected = _assembler.Append(Opcode.Select, _assembler.Graph[first].Type, [first, second, condition]);
        if (_assembler.Graph[selected].Type == IrType.Ref)
        {
            _assembler.Graph[selected].ReferenceType = ReferenceTypes.Join(_assembler.Graph[first].ReferenceType, _assembler.Graph[second].ReferenceType);
        }

        _state.Push(selected);
    }
}
