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

    private readonly Assembler asm;
    private readonly LifetimeBuilder builder;
    private readonly LinearScan scan;
    private readonly MoveInserter moves;
    private readonly ParallelMoves group = new();
    private readonly TypeMentions types;
    private readonly VectorEmitter vectors;
    private readonly EmissionState state;
    private readonly OperandLocations locations;
    private readonly SiteRecorder sites;
    private readonly BlockLabels blocks;
    private readonly ColdPaths coldPaths;
    private readonly FrameStateDescriber frameStates;
    private readonly MoveEmitter moveEmitter;
    private readonly ConditionEmitter conditions;
    private readonly IntegerEmitter integers;
    private readonly WideEmitter wide;
    private readonly MemoryEmitter memories;
    private readonly AtomicEmitter atomics;
    private readonly FloatEmitter floats;
    private readonly ConversionEmitter conversions;
    private readonly VectorInstructionEmitter vectorInstructions;
    private readonly CheckEmitter checks;
    private readonly ArgumentEmitter argumentPassing;
    private readonly CallEmitter calls;
    private readonly AllocationEmitter allocations;
    private readonly WriteBarrierEmitter writeBarriers;
    private readonly TypeTestEmitter typeTests;
    private readonly TerminatorEmitter terminators;
    private readonly ColdPathEmitter coldCode;
    private int nextMove;

    /// <summary>Makes an emitter for what the phases before leave.</summary>
    public CodeEmitter(
        Assembler asm, LifetimeBuilder builder, LinearScan scan, MoveInserter moves, Safepoints safepoints, SignatureCache signatures)
    {
        this.asm = asm;
        this.builder = builder;
        this.scan = scan;
        this.moves = moves;
        vectors = new VectorEmitter(asm);
        types = new TypeMentions(asm);
        state = new EmissionState(scan, signatures);
        locations = new OperandLocations(state, builder);
        sites = new SiteRecorder(state, asm, safepoints);
        blocks = new BlockLabels(state, asm, moves);
        coldPaths = new ColdPaths(state, asm);
        frameStates = new FrameStateDescriber(state, locations);
        moveEmitter = new MoveEmitter(state, asm, vectors);
        conditions = new ConditionEmitter(state, locations, sites, moveEmitter, asm, vectors, types);
        integers = new IntegerEmitter(locations, sites, coldPaths, moveEmitter, asm);
        wide = new WideEmitter(locations, moveEmitter, asm);
        memories = new MemoryEmitter(locations, sites, coldPaths, asm);
        atomics = new AtomicEmitter(locations, sites, moveEmitter, asm);
        floats = new FloatEmitter(locations, sites, coldPaths, moveEmitter, asm);
        conversions = new ConversionEmitter(coldPaths, moveEmitter, floats, asm);
        vectorInstructions = new VectorInstructionEmitter(state, locations, sites, moveEmitter, vectors);
        checks = new CheckEmitter(state, sites, coldPaths, frameStates, conditions, asm);
        argumentPassing = new ArgumentEmitter(state, locations, moveEmitter, asm, group);
        calls = new CallEmitter(state, locations, sites, moveEmitter, argumentPassing, asm, signatures, group);
        var tailCalls = new TailCallEmitter(state, locations, sites, coldPaths, moveEmitter, argumentPassing, calls, asm, signatures);
        allocations = new AllocationEmitter(state, locations, sites, coldPaths, moveEmitter, argumentPassing, asm, safepoints, group, types);
        writeBarriers = new WriteBarrierEmitter(state, locations, sites, coldPaths, asm);
        var branches = new BranchEmitter(locations, blocks, conditions, asm);
        typeTests = new TypeTestEmitter(locations, sites, blocks, coldPaths, conditions, branches, asm, types);
        terminators = new TerminatorEmitter(
            state, sites, blocks, coldPaths, frameStates, moveEmitter, conditions, checks, argumentPassing, tailCalls, branches, typeTests,
            asm, group);
        coldCode = new ColdPathEmitter(state, sites, coldPaths, floats, conversions, checks, tailCalls, allocations, writeBarriers, asm);
    }

    /// <summary>Where the code mentions types, if it is kept beyond the process.</summary>
    public TypeMentions Types => types;

    /// <summary>The sites of the code.</summary>
    public ReadOnlySpan<CodeSite> Sites => sites.All;

    /// <summary>Offsets in the code and in the module's bytes.</summary>
    public ReadOnlySpan<(int CodeOffset, int BytecodeOffset)> SourceMap => sites.SourceMap;

    /// <summary>The deopt points of the code, in ascending order.</summary>
    public List<DeoptPoint> DeoptPoints => coldPaths.DeoptPoints;

    /// <inheritdoc cref="EmissionState.LoopValueSize"/>
    public int LoopValueSize => state.LoopValueSize;

    /// <inheritdoc cref="EmissionState.LoopValues"/>
    public int LoopValues => state.LoopValues;

    /// <inheritdoc cref="EmissionState.FrameSize"/>
    public int FrameSize => state.FrameSize;

    /// <summary>Bytes of the frame, if there is one: spill slots, and the values of the loop that the code begins at.</summary>
    private int FrameBytes
    {
        get
        {
            Graph graph = state.Code.Graph;
            int slots = scan.SlotCount + (graph.LoopOffset >= 0 ? graph.ArgumentCount * state.LoopValueSize / sizeof(long) : 0);
            return (((slots + 1) & ~1) + 1) * sizeof(long);
        }
    }

    /// <summary>Offsets in the code of where exceptions come in.</summary>
    public int[] LandingPadOffsets() => sites.LandingPadOffsets();

    /// <summary>Lets go of the module.</summary>
    public void Forget() => state.Module = null!;

    /// <summary>Begins with a function whose registers have just been allocated.</summary>
    /// <exception cref="NotSupportedException">Its frame is too large.</exception>
    public void Open(LirCode lir, ModuleCode moduleCode)
    {
        state.Code = lir;
        state.Module = moduleCode;
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
        GrowList<int> order = state.Code.EmissionOrder;
        for (int i = 0; i < order.Count; i++)
        {
            blocks.CurrentBlock = order[i];
            blocks.NextBlock = i + 1 < order.Count ? order[i + 1] : -1;
            EmitBlock(blocks.CurrentBlock);
        }

        coldCode.EmitColdPaths();
    }

    private void Prepare(bool keepsSourceMap)
    {
        asm.Reset();
        types.Open(CodeReference.AreNoted(state.Module.Options));
        sites.Clear(keepsSourceMap);
        coldPaths.Clear();
        frameStates.Clear();
        moveEmitter.Clear();
        locations.Clear();
        vectors.Features = VectorFeatures.OfOptimizedCode(state.Module.Options);
        nextMove = 0;
        state.Position = 0;
        blocks.Run();
    }

    private void EmitPrologue()
    {
        state.HasFrame = !FrameElision.Applies(state.Code, scan, state.Signature);
        state.FrameSize = 0;
        if (!state.HasFrame)
        {
            return;
        }

        int frame = FrameBytes;
        state.FrameSize = sizeof(long) + frame;

        // The frame of code that begins at a loop is made by the stub that enters it.
        if (state.Code.Graph.LoopOffset >= 0) return;
        asm.Push(Gpr.Rbp);
        asm.Mov(OpSize.Qword, Gpr.Rbp, Gpr.Rsp);
        asm.Push(CallingConvention.Instance);
        asm.Alu(AluOp.Sub, OpSize.Qword, Gpr.Rsp, frame);
        if (builder.Calls.Count > 0 || frame > LeafFrameSize)
        {
            checks.EmitStackCheck(state.Code.Instruction(0));
            if (state.Module.Options.InterruptEpochs)
            {
                checks.EmitEpochCheck(state.Code.Instruction(0));
            }
        }
    }

    private void EmitBlock(int index)
    {
        ref LirBlock block = ref state.Code.Block(index);
        if (blocks.IsLoopStart(index))
        {
            asm.Align(BlockLabels.LoopAlignment);
        }

        asm.Bind(blocks.Labels[index]);
        nextMove = blocks.FirstMoves[index];
        for (int i = block.FirstInstruction; i < block.EndInstruction; i++)
        {
            ref LirInstruction instruction = ref state.Code.Instruction(i);
            if (sites.KeepsSourceMap)
            {
                sites.NoteSource(instruction);
            }

            state.Position = 4 * i;
            state.Code.Graph.Budget.CountStep();
            EmitMovesBefore(i);
            EmitInstruction(ref instruction);
        }
    }

    private void EmitMovesBefore(int instruction)
    {
        while (nextMove < moves.Count && moves.InstructionOf(nextMove) <= instruction)
        {
            long key = moves.GroupOf(nextMove);
            for (; nextMove < moves.Count && moves.GroupOf(nextMove) == key; nextMove++)
            {
                group.Add(moves[nextMove]);
            }

            group.Emit(moveEmitter);
        }
    }

    private void EmitInstruction(ref LirInstruction instruction)
    {
        ReadOnlySpan<LirOperand> operands = state.Code.Operands(instruction);
        switch (instruction.Op)
        {
            case LirOp.Entry:
                argumentPassing.EmitEntry(operands);
                break;
            case LirOp.LoadConstant:
                moveEmitter.EmitConstant(locations.Result(operands).Gpr, instruction.Immediate);
                break;
            case LirOp.LoadFloat:
                moveEmitter.EmitFloatConstant(locations.Result(operands).Xmm, instruction.Size, instruction.Immediate);
                break;
            case LirOp.LoadType when instruction.Sub != 0:
                types.LoadWithTypeAbove(locations.Result(operands).Gpr, instruction.Immediate);
                break;
            case LirOp.LoadType:
                types.Load(locations.Result(operands).Gpr, (int)instruction.Immediate);
                break;
            case LirOp.Move:
                Gpr input = locations.Input(operands, 1).Gpr;
                asm.Mov(instruction.Size, locations.Result(operands).Gpr, input);
                break;
            case LirOp.Lea:
                memories.EmitLea(instruction, operands);
                break;
            case LirOp.Alu:
                integers.EmitAlu(instruction, operands);
                break;
            case LirOp.Multiply:
                integers.EmitMultiply(instruction, operands);
                break;
            case LirOp.ShiftConstant:
                integers.EmitShiftConstant(instruction, operands);
                break;
            case LirOp.Shift:
                integers.EmitShift(instruction, operands);
                break;
            case LirOp.Unary:
                integers.EmitUnary(instruction, operands);
                break;
            case LirOp.CountBits:
                integers.EmitCountBits(instruction, operands);
                break;
            case LirOp.Extend:
                integers.EmitExtend(instruction, operands);
                break;
            case LirOp.Divide:
                integers.EmitDivide(instruction, operands);
                break;
            case LirOp.WideAlu:
                wide.EmitWideAlu(instruction, operands);
                break;
            case LirOp.WideMultiply:
                wide.EmitWideMultiply(instruction, operands);
                break;
            case LirOp.Load:
                memories.EmitLoad(instruction, operands);
                break;
            case LirOp.Store:
                memories.EmitStore(instruction, operands);
                break;
            case LirOp.LoadScalar:
                Mem source = locations.AddressOf(instruction, operands, 1);
                sites.NoteFault(instruction);
                moveEmitter.EmitLoadScalar(instruction.Size, locations.Result(operands).Xmm, source);
                break;
            case LirOp.StoreScalar:
                Mem target = locations.AddressOf(instruction, operands, 1);
                sites.NoteFault(instruction);
                asm.MovScalar(instruction.Size, target, locations.Input(operands, 0).Xmm);
                break;
            case LirOp.BoundsCheck:
                memories.EmitBoundsCheck(instruction, operands);
                break;
            case >= LirOp.LoadVector and <= LirOp.VectorStore:
                vectorInstructions.EmitVector(instruction, operands);
                break;
            case LirOp.Atomic:
                atomics.EmitAtomic(instruction, operands);
                break;
            case LirOp.Fence:
                asm.MFence();
                break;
            case LirOp.SetCondition:
                conditions.EmitSetCondition(instruction, operands);
                break;
            case LirOp.Select:
                conditions.EmitSelect(instruction, operands);
                break;
            case LirOp.TrapIf:
                conditions.EmitCompare(instruction, operands, 0);
                conditions.EmitJumpIf(instruction.Condition, coldPaths.AddTrap(instruction, (TrapKind)instruction.Sub));
                break;
            case LirOp.DeoptimizeIf:
                checks.EmitGuard(instruction, operands);
                break;
            case LirOp.StackCheck:
                checks.EmitStackCheck(instruction);
                break;
            case LirOp.EpochCheck:
                checks.EmitEpochCheck(instruction);
                break;
            case LirOp.UseFuel:
                checks.EmitUseFuel(instruction);
                break;
            case LirOp.Allocate:
                allocations.EmitAllocate(instruction, operands);
                break;
            case LirOp.AllocateArray:
                allocations.EmitAllocateArray(instruction, operands);
                break;
            case LirOp.WriteBarrier:
                writeBarriers.EmitWriteBarrier(instruction, operands);
                break;
            case LirOp.TestType:
                typeTests.EmitTestType(instruction, operands);
                break;
            case LirOp.CheckType:
                typeTests.EmitCheckType(instruction, operands);
                break;
            case >= LirOp.CallDirect and <= LirOp.CallBuiltin:
                calls.EmitCall(instruction, operands);
                break;
            case LirOp.Catch:
                Location caught = locations.Result(operands);
                if (!caught.IsNone)
                {
                    moveEmitter.EmitCopy(OpSize.Qword, caught, Location.Of(Gpr.Rax));
                }

                break;
            case >= LirOp.Jump:
                terminators.EmitTerminator(instruction, operands);
                break;
            default:
                EmitFloat(instruction, operands);
                break;
        }
    }

    private static bool IsFloat(IrType type) => type is IrType.F32 or IrType.F64;

    private void EmitFloat(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        OpSize size = instruction.Size;
        Location input = instruction.Op == LirOp.FloatBinary ? default : locations.Input(operands, 1);
        switch (instruction.Op)
        {
            case LirOp.FloatBinary:
                floats.EmitFloatBinary(instruction, operands);
                break;
            case LirOp.FloatUnary:
                floats.EmitFloatUnary((SseOp)instruction.Sub, locations.Result(operands).Xmm, input.Xmm);
                break;
            case LirOp.FloatRound:
                floats.EmitRound(size, locations.Result(operands).Xmm, input.Xmm, (RoundingMode)instruction.Sub);
                break;
            case LirOp.FloatMin or LirOp.FloatMax:
                floats.EmitMinMax(instruction, operands);
                break;
            case LirOp.FloatAbs:
                floats.EmitBitwise(SseOp.AndPs, locations.Result(operands).Xmm, input.Xmm, floats.MaskConstant(~FloatEmitter.SignMask(size)));
                break;
            case LirOp.FloatNegate:
                floats.EmitBitwise(SseOp.XorPs, locations.Result(operands).Xmm, input.Xmm, floats.MaskConstant(FloatEmitter.SignMask(size)));
                break;
            case LirOp.FloatCopySign:
                Xmm sign = locations.Input(operands, 2).Xmm;
                floats.EmitBitwise(SseOp.AndPs, CallingConvention.ScratchXmm, sign, floats.MaskConstant(FloatEmitter.SignMask(size)));
                Xmm result = locations.Result(operands).Xmm;
                floats.EmitBitwise(SseOp.AndPs, result, input.Xmm, floats.MaskConstant(~FloatEmitter.SignMask(size)));
                floats.EmitFloatInPlace(SseOp.OrPs, result, CallingConvention.ScratchXmm);
                break;
            case LirOp.Reinterpret:
                conversions.EmitReinterpret(size, locations.Result(operands), input);
                break;
            case LirOp.ConvertToFloat:
                conversions.EmitConvertToFloat(instruction, locations.Result(operands).Xmm, input.Gpr);
                break;
            case LirOp.Truncate:
                conversions.EmitTruncate(instruction, locations.Result(operands).Gpr, input.Xmm);
                break;
            case LirOp.TruncateSaturating:
                conversions.EmitTruncateSaturating(instruction, locations.Result(operands).Gpr, input.Xmm);
                break;
            default:
                throw new InvalidOperationException($"{instruction.Op} cannot be emitted");
        }
    }
}
