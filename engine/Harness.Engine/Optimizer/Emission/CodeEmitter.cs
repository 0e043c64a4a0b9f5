using Harness.Engine.Deoptimization;
using Harness.Engine.Optimizer.Emission.Emitters;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.Runtime;
using Harness.Engine.Vectors;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission;

/// <summary>Writes the machine code of allocated low-level code: blocks in their order, then what is seldom reached.</summary>
/// <remarks>
/// What is known meanwhile is in an <see cref="EmissionState"/> and in what knows of operands, labels and sites; each family of instructions has an
/// emitter, to which this class hands them.
/// </remarks>
internal sealed class CodeEmitter
{
    /// <summary>Frames up to this size, in bytes, of functions that call nobody do without a check of the stack.</summary>
    private const int LeafFrameSize = 1024;

    /// <summary>Largest frame, in bytes: what lies below the limit of the stack must hold it.</summary>
    private const int MaxFrameSize = 128 * 1024;

    private readonly Assembler _asm;
    private readonly LifetimeBuilder _builder;
    private readonly LinearScan _scan;
    private readonly MoveInserter _moves;
    private readonly ParallelMoves _group = new();
    private readonly TypeMentions _types;
    private readonly VectorEmitter _vectors;
    private readonly EmissionState _state;
    private readonly OperandLocations _locations;
    private readonly SiteRecorder _sites;
    private readonly BlockLabels _blocks;
    private readonly ColdPaths _coldPaths;
    private readonly FrameStateDescriber _frameStates;
    private readonly MoveEmitter _moveEmitter;
    private readonly ConditionEmitter _conditions;
    private readonly IntegerEmitter _integers;
    private readonly WideEmitter _wide;
    private readonly MemoryEmitter _memories;
    private readonly AtomicEmitter _atomics;
    private readonly FloatEmitter _floats;
    private readonly ConversionEmitter _conversions;
    private readonly VectorInstructionEmitter _vectorInstructions;
    private readonly CheckEmitter _checks;
    private readonly ArgumentEmitter _argumentPassing;
    private readonly CallEmitter _calls;
    private readonly AllocationEmitter _allocations;
    private readonly WriteBarrierEmitter _writeBarriers;
    private readonly TypeTestEmitter _typeTests;
    private readonly TerminatorEmitter _terminators;
    private readonly ColdPathEmitter _coldCode;
    private int _nextMove;

    /// <summary>Makes an emitter for what the phases before leave.</summary>
    public CodeEmitter(
        Assembler asm, LifetimeBuilder builder, LinearScan scan, MoveInserter moves, Safepoints safepoints, SignatureCache signatures)
    {
        _asm = asm;
        _builder = builder;
        _scan = scan;
        _moves = moves;
        _vectors = new VectorEmitter(asm);
        _types = new TypeMentions(asm);
        _state = new EmissionState(scan, signatures);
        _locations = new OperandLocations(_state, builder);
        _sites = new SiteRecorder(_state, asm, safepoints);
        _blocks = new BlockLabels(_state, asm, moves);
        _coldPaths = new ColdPaths(_state, asm);
        _frameStates = new FrameStateDescriber(_state, _locations);
        _moveEmitter = new MoveEmitter(_state, asm, _vectors);
        _conditions = new ConditionEmitter(_state, _locations, _sites, _moveEmitter, asm, _vectors, _types);
        _integers = new IntegerEmitter(_locations, _sites, _coldPaths, _moveEmitter, asm);
        _wide = new WideEmitter(_locations, _moveEmitter, asm);
        _memories = new MemoryEmitter(_locations, _sites, _coldPaths, asm);
        _atomics = new AtomicEmitter(_locations, _sites, _moveEmitter, asm);
        _floats = new FloatEmitter(_locations, _sites, _coldPaths, _moveEmitter, asm);
        _conversions = new ConversionEmitter(_coldPaths, _moveEmitter, _floats, asm);
        _vectorInstructions = new VectorInstructionEmitter(_state, _locations, _sites, _moveEmitter, _vectors);
        _checks = new CheckEmitter(_state, _sites, _coldPaths, _frameStates, _conditions, asm);
        _argumentPassing = new ArgumentEmitter(_state, _locations, _moveEmitter, asm, _group);
        _calls = new CallEmitter(_state, _locations, _sites, _moveEmitter, _argumentPassing, asm, signatures, _group);
        var tailCalls = new TailCallEmitter(_state, _locations, _sites, _coldPaths, _moveEmitter, _argumentPassing, _calls, asm, signatures);
        _allocations = new AllocationEmitter(_state, _locations, _sites, _coldPaths, _moveEmitter, _argumentPassing, asm, safepoints, _group, _types);
        _writeBarriers = new WriteBarrierEmitter(_state, _locations, _sites, _coldPaths, asm);
        var branches = new BranchEmitter(_locations, _blocks, _conditions, asm);
        _typeTests = new TypeTestEmitter(_locations, _sites, _blocks, _coldPaths, _conditions, branches, asm, _types);
        _terminators = new TerminatorEmitter(
            _state, _sites, _blocks, _coldPaths, _frameStates, _moveEmitter, _conditions, _checks, _argumentPassing, tailCalls, branches, _typeTests,
            asm, _group);
        _coldCode = new ColdPathEmitter(_state, _sites, _coldPaths, _floats, _conversions, _checks, tailCalls, _allocations, _writeBarriers, asm);
    }

    /// <summary>Where the code mentions types, if it is kept beyond the process.</summary>
    public TypeMentions Types => _types;

    /// <summary>The sites of the code.</summary>
    public ReadOnlySpan<CodeSite> Sites => _sites.All;

    /// <summary>Offsets in the code and in the module's bytes.</summary>
    public ReadOnlySpan<(int CodeOffset, int BytecodeOffset)> SourceMap => _sites.SourceMap;

    /// <summary>The deopt points of the code, in ascending order.</summary>
    public List<DeoptPoint> DeoptPoints => _coldPaths.DeoptPoints;

    /// <inheritdoc cref="EmissionState.LoopValueSize"/>
    public int LoopValueSize => _state.LoopValueSize;

    /// <inheritdoc cref="EmissionState.LoopValues"/>
    public int LoopValues => _state.LoopValues;

    /// <inheritdoc cref="EmissionState.FrameSize"/>
    public int FrameSize => _state.FrameSize;

    /// <summary>Bytes of the frame, if there is one: spill slots, and the values of the loop that the code begins at.</summary>
    private int FrameBytes
    {
        get
        {
            var graph = _state.Code.Graph;
            var slots = _scan.SlotCount + (graph.LoopOffset >= 0 ? graph.ArgumentCount * _state.LoopValueSize / sizeof(long) : 0);
            return (((slots + 1) & ~1) + 1) * sizeof(long);
        }
    }

    /// <summary>Offsets in the code of where exceptions come in.</summary>
    public int[] LandingPadOffsets() => _sites.LandingPadOffsets();

    /// <summary>Lets go of the module.</summary>
    public void Forget() => _state.Module = null!;

    /// <summary>Begins with a function whose registers have just been allocated.</summary>
    /// <exception cref="NotSupportedException">Its frame is too large.</exception>
    public void Open(LirCode lir, ModuleCode moduleCode)
    {
        _state.Code = lir;
        _state.Module = moduleCode;
        if (FrameBytes > MaxFrameSize)
        {
            throw new NotSupportedException($"a frame of {FrameBytes} bytes is too large for optimized code");
        }
    }

    /// <summary>Emits the function, whose moves and safepoints have been found.</summary>
    public void Run(bool withSourceMap)
    {
        Prepare(withSourceMap);
        EmitPrologue();
        var order = _state.Code.EmissionOrder;
        for (var i = 0; i < order.Count; i++)
        {
            _blocks.CurrentBlock = order[i];
            _blocks.NextBlock = i + 1 < order.Count ? order[i + 1] : -1;
            EmitBlock(_blocks.CurrentBlock);
        }

        _coldCode.EmitColdPaths();
    }

    private void Prepare(bool keepsSourceMap)
    {
        _asm.Reset();
        _types.Open(CodeReference.AreNoted(_state.Module.Options));
        _sites.Clear(keepsSourceMap);
        _coldPaths.Clear();
        _frameStates.Clear();
        _moveEmitter.Clear();
        _locations.Clear();
        _vectors.Features = VectorFeatures.OfOptimizedCode(_state.Module.Options);
        _nextMove = 0;
        _state.Position = 0;
        _blocks.Run();
    }

    private void EmitPrologue()
    {
        _state.HasFrame = !FrameElision.Applies(_state.Code, _scan, _state.Signature);
        _state.FrameSize = 0;
        if (!_state.HasFrame)
        {
            return;
        }

        var frame = FrameBytes;
        _state.FrameSize = sizeof(long) + frame;

        // The frame of code that begins at a loop is made by the stub that enters it.
        if (_state.Code.Graph.LoopOffset >= 0)
        {
            return;
        }

        _asm.Push(Gpr.Rbp);
        _asm.Mov(OpSize.Qword, Gpr.Rbp, Gpr.Rsp);
        _asm.Push(CallingConvention.Instance);
        _asm.Alu(AluOp.Sub, OpSize.Qword, Gpr.Rsp, frame);
        if (_builder.Calls.Count > 0 || frame > LeafFrameSize)
        {
            _checks.EmitStackCheck(_state.Code.Instruction(0));
            if (_state.Module.Options.InterruptEpochs)
            {
                _checks.EmitEpochCheck(_state.Code.Instruction(0));
            }
        }
    }

    private void EmitBlock(int index)
    {
        ref var block = ref _state.Code.Block(index);
        if (_blocks.IsLoopStart(index))
        {
            _asm.Align(BlockLabels.LoopAlignment);
        }

        _asm.Bind(_blocks.Labels[index]);
        _nextMove = _blocks.FirstMoves[index];
        for (var i = block.FirstInstruction; i < block.EndInstruction; i++)
        {
            ref var instruction = ref _state.Code.Instruction(i);
            if (_sites.KeepsSourceMap)
            {
                _sites.NoteSource(instruction);
            }

            _state.Position = 4 * i;
            _state.Code.Graph.Budget.CountStep();
            EmitMovesBefore(i);
            EmitInstruction(ref instruction);
        }
    }

    private void EmitMovesBefore(int instruction)
    {
        while (_nextMove < _moves.Count && _moves.InstructionOf(_nextMove) <= instruction)
        {
            var key = _moves.GroupOf(_nextMove);
            for (; _nextMove < _moves.Count && _moves.GroupOf(_nextMove) == key; _nextMove++)
            {
                _group.Add(_moves[_nextMove]);
            }

            _group.Emit(_moveEmitter);
        }
    }

    private void EmitInstruction(ref LirInstruction instruction)
    {
        var operands = _state.Code.Operands(instruction);
        switch (instruction.Op)
        {
            case LirOp.Entry:
                _argumentPassing.EmitEntry(operands);
                break;
            case LirOp.LoadConstant:
                _moveEmitter.EmitConstant(_locations.Result(operands).Gpr, instruction.Immediate);
                break;
            case LirOp.LoadFloat:
                _moveEmitter.EmitFloatConstant(_locations.Result(operands).Xmm, instruction.Size, instruction.Immediate);
                break;
            case LirOp.LoadType when instruction.Sub != 0:
                _types.LoadWithTypeAbove(_locations.Result(operands).Gpr, instruction.Immediate);
                break;
            case LirOp.LoadType:
                _types.Load(_locations.Result(operands).Gpr, (int)instruction.Immediate);
                break;
            case LirOp.Move:
                var input = _locations.Input(operands, 1).Gpr;
                _asm.Mov(instruction.Size, _locations.Result(operands).Gpr, input);
                break;
            case LirOp.Lea:
                _memories.EmitLea(instruction, operands);
                break;
            case LirOp.Alu:
                _integers.EmitAlu(instruction, operands);
                break;
            case LirOp.Multiply:
                _integers.EmitMultiply(instruction, operands);
                break;
            case LirOp.ShiftConstant:
                _integers.EmitShiftConstant(instruction, operands);
                break;
            case LirOp.Shift:
                _integers.EmitShift(instruction, operands);
                break;
            case LirOp.Unary:
                _integers.EmitUnary(instruction, operands);
                break;
            case LirOp.CountBits:
                _integers.EmitCountBits(instruction, operands);
                break;
            case LirOp.Extend:
                _integers.EmitExtend(instruction, operands);
                break;
            case LirOp.Divide:
                _integers.EmitDivide(instruction, operands);
                break;
            case LirOp.WideAlu:
                _wide.EmitWideAlu(instruction, operands);
                break;
            case LirOp.WideMultiply:
                _wide.EmitWideMultiply(instruction, operands);
                break;
            case LirOp.Load:
                _memories.EmitLoad(instruction, operands);
                break;
            case LirOp.Store:
                _memories.EmitStore(instruction, operands);
                break;
            case LirOp.LoadScalar:
                var source = _locations.AddressOf(instruction, operands, 1);
                _sites.NoteFault(instruction);
                _moveEmitter.EmitLoadScalar(instruction.Size, _locations.Result(operands).Xmm, source);
                break;
            case LirOp.StoreScalar:
                var target = _locations.AddressOf(instruction, operands, 1);
                _sites.NoteFault(instruction);
                _asm.MovScalar(instruction.Size, target, _locations.Input(operands, 0).Xmm);
                break;
            case LirOp.BoundsCheck:
                _memories.EmitBoundsCheck(instruction, operands);
                break;
            case >= LirOp.LoadVector and <= LirOp.VectorStore:
                _vectorInstructions.EmitVector(instruction, operands);
                break;
            case LirOp.Atomic:
                _atomics.EmitAtomic(instruction, operands);
                break;
            case LirOp.Fence:
                _asm.MFence();
                break;
            case LirOp.SetCondition:
                _conditions.EmitSetCondition(instruction, operands);
                break;
            case LirOp.Select:
                _conditions.EmitSelect(instruction, operands);
                break;
            case LirOp.TrapIf:
                _conditions.EmitCompare(instruction, operands, 0);
                _conditions.EmitJumpIf(instruction.Condition, _coldPaths.AddTrap(instruction, (TrapKind)instruction.Sub));
                break;
            case LirOp.DeoptimizeIf:
                _checks.EmitGuard(instruction, operands);
                break;
            case LirOp.StackCheck:
                _checks.EmitStackCheck(instruction);
                break;
            case LirOp.EpochCheck:
                _checks.EmitEpochCheck(instruction);
                break;
            case LirOp.UseFuel:
                _checks.EmitUseFuel(instruction);
                break;
            case LirOp.Allocate:
                _allocations.EmitAllocate(instruction, operands);
                break;
            case LirOp.AllocateArray:
                _allocations.EmitAllocateArray(instruction, operands);
                break;
            case LirOp.WriteBarrier:
                _writeBarriers.EmitWriteBarrier(instruction, operands);
                break;
            case LirOp.TestType:
                _typeTests.EmitTestType(instruction, operands);
                break;
            case LirOp.CheckType:
                _typeTests.EmitCheckType(instruction, operands);
                break;
            case >= LirOp.CallDirect and <= LirOp.CallBuiltin:
                _calls.EmitCall(instruction, operands);
                break;
            case LirOp.Catch:
                var caught = _locations.Result(operands);
                if (!caught.IsNone)
                {
                    _moveEmitter.EmitCopy(OpSize.Qword, caught, Location.Of(Gpr.Rax));
                }

                break;
            case >= LirOp.Jump:
                _terminators.EmitTerminator(instruction, operands);
                break;
            default:
                EmitFloat(instruction, operands);
                break;
        }
    }

    private static bool IsFloat(IrType type) => type is IrType.F32 or IrType.F64;

    private void EmitFloat(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var size = instruction.Size;
        var input = instruction.Op == LirOp.FloatBinary ? default : _locations.Input(operands, 1);
        switch (instruction.Op)
        {
            case LirOp.FloatBinary:
                _floats.EmitFloatBinary(instruction, operands);
                break;
            case LirOp.FloatUnary:
                _floats.EmitFloatUnary((SseOp)instruction.Sub, _locations.Result(operands).Xmm, input.Xmm);
                break;
            case LirOp.FloatRound:
                _floats.EmitRound(size, _locations.Result(operands).Xmm, input.Xmm, (RoundingMode)instruction.Sub);
                break;
            case LirOp.FloatMin or LirOp.FloatMax:
                _floats.EmitMinMax(instruction, operands);
                break;
            case LirOp.FloatAbs:
                _floats.EmitBitwise(SseOp.AndPs, _locations.Result(operands).Xmm, input.Xmm, _floats.MaskConstant(~FloatEmitter.SignMask(size)));
                break;
            case LirOp.FloatNegate:
                _floats.EmitBitwise(SseOp.XorPs, _locations.Result(operands).Xmm, input.Xmm, _floats.MaskConstant(FloatEmitter.SignMask(size)));
                break;
            case LirOp.FloatCopySign:
                var sign = _locations.Input(operands, 2).Xmm;
                _floats.EmitBitwise(SseOp.AndPs, CallingConvention.ScratchXmm, sign, _floats.MaskConstant(FloatEmitter.SignMask(size)));
                var result = _locations.Result(operands).Xmm;
                _floats.EmitBitwise(SseOp.AndPs, result, input.Xmm, _floats.MaskConstant(~FloatEmitter.SignMask(size)));
                _floats.EmitFloatInPlace(SseOp.OrPs, result, CallingConvention.ScratchXmm);
                break;
            case LirOp.Reinterpret:
                _conversions.EmitReinterpret(size, _locations.Result(operands), input);
                break;
            case LirOp.ConvertToFloat:
                _conversions.EmitConvertToFloat(instruction, _locations.Result(operands).Xmm, input.Gpr);
                break;
            case LirOp.Truncate:
                _conversions.EmitTruncate(instruction, _locations.Result(operands).Gpr, input.Xmm);
                break;
            case LirOp.TruncateSaturating:
                _conversions.EmitTruncateSaturating(instruction, _locations.Result(operands).Gpr, input.Xmm);
                break;
            default:
                throw new InvalidOperationException($"{instruction.Op} cannot be emitted");
        }
    }
}
