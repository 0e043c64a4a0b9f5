using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.Runtime;
using Harness.Engine.Vectors;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission;

/// <summary>Writes the machine code of allocated low-level code: blocks in their order, then what is seldom reached.</summary>
internal sealed partial class CodeEmitter : IMoveEmitter
{
    /// <summary>Alignment of loop headers, in bytes.</summary>
    private const int LoopAlignment = 32;

    /// <summary>How far behind its block a target may be for short jumps, less than 127 bytes for the jumps themselves.</summary>
    private const int ShortReach = 100;

    /// <summary>Frames up to this size, in bytes, of functions that call nobody do without a check of the stack.</summary>
    private const int LeafFrameSize = 1024;

    /// <summary>Largest frame, in bytes: what lies below the limit of the stack must hold it.</summary>
    private const int MaxFrameSize = 128 * 1024;

    private readonly Assembler asm;
    private readonly LifetimeBuilder builder;
    private readonly LinearScan scan;
    private readonly MoveInserter moves;
    private readonly Safepoints safepoints;
    private readonly SignatureCache signatures;
    private readonly ParallelMoves group = new();
    private readonly LoopLayout layout = new();
    private readonly GrowList<CodeSite> sites = new();
    private readonly GrowList<(int CodeOffset, int BytecodeOffset)> sourceMap = new();
    private LirCode code = null!;
    private ModuleCode module = null!;
    private Label[] labels = new Label[64];
    private int[] targets = new int[64];
    private int[] firstMoves = new int[65];
    private int[] places = new int[64];
    private int[] ends = new int[64];
    private int[] cursors = new int[512];
    private int position;
    private int nextMove;
    private int currentBlock;
    private int nextBlock;
    private bool keepsSourceMap;
    private bool hasFrame;
    private int moveSize;

    /// <summary>Makes an emitter for what the phases before leave.</summary>
    public CodeEmitter(
        Assembler assembler,
        LifetimeBuilder builder,
        LinearScan scan,
        MoveInserter moves,
        Safepoints safepoints,
        SignatureCache signatures)
    {
        asm = assembler;
        this.builder = builder;
        this.scan = scan;
        this.moves = moves;
        this.safepoints = safepoints;
        this.signatures = signatures;
        vectors = new VectorEmitter(assembler);
    }

    /// <summary>The sites of the code.</summary>
    public ReadOnlySpan<CodeSite> Sites => sites.Span;

    /// <summary>Offsets in the code and in the module's bytes.</summary>
    public ReadOnlySpan<(int CodeOffset, int BytecodeOffset)> SourceMap => sourceMap.Span;

    /// <summary>Bytes that each value of the loop takes that the code begins at.</summary>
    public int LoopValueSize => FrameLayout.SlotSizeOf(module.Module.Functions[code.Graph.FunctionIndex]);

    /// <summary>Offset from rbp of the first value of the loop that the code begins at: the values lie below the spill slots.</summary>
    public int LoopValues => FrameLayout.OptimizedFirstSlot + sizeof(long) - (scan.SlotCount * sizeof(long)) - LoopValueSize;

    /// <summary>Bytes between rbp and rsp in the body of the function; 0 if it has no frame.</summary>
    public int FrameSize { get; private set; }

    private Lifetimes Lifetimes => builder.Lifetimes;

    private SignatureLayout Signature =>
        signatures.Get(module.Module.Functions[code.Graph.FunctionIndex].CanonicalTypeId);

    /// <summary>Lets go of the module.</summary>
    public void Forget() => module = null!;

    /// <summary>Emits a function.</summary>
    public void Run(LirCode lir, ModuleCode moduleCode, bool withSourceMap)
    {
        code = lir;
        module = moduleCode;
        keepsSourceMap = withSourceMap;
        Prepare();
        EmitPrologue();
        GrowList<int> order = code.EmissionOrder;
        for (int i = 0; i < order.Count; i++)
        {
            currentBlock = order[i];
            nextBlock = i + 1 < order.Count ? order[i + 1] : -1;
            EmitBlock(currentBlock);
        }

        EmitColdPaths();
    }

    private void Prepare()
    {
        asm.Reset();
        sites.Clear();
        sourceMap.Clear();
        coldPaths.Clear();
        deoptPoints.Clear();
        landingPads.Clear();
        PrepareVectors();
        nextMove = 0;
        position = 0;
        if (labels.Length < code.BlockCount)
        {
            labels = new Label[code.BlockCount * 2];
            targets = new int[code.BlockCount * 2];
            firstMoves = new int[(code.BlockCount * 2) + 1];
            places = new int[code.BlockCount * 2];
            ends = new int[code.BlockCount * 2];
        }

        if (cursors.Length < code.ValueCount)
        {
            cursors = new int[code.ValueCount * 2];
        }

        for (int i = 0; i < code.ValueCount; i++)
        {
            cursors[i] = i;
        }

        FindTargets();
        layout.Run(code, targets);
        EstimatePlaces();
    }

    /// <summary>Bounds the distance of each block from the beginning of the function.</summary>
    private void EstimatePlaces()
    {
        int place = 0;
        foreach (int index in code.EmissionOrder.Span)
        {
            ref LirBlock block = ref code.Block(index);
            place += IsLoopStart(index) ? LoopAlignment : 0;
            places[index] = place;
            for (int i = block.FirstInstruction; i < block.EndInstruction; i++)
            {
                place += SizeEstimate.Of(code.Instruction(i));
            }

            place += (firstMoves[index + 1] - firstMoves[index]) * moveSize;
            ends[index] = place;
        }
    }

    /// <summary>Whether a block comes so soon behind the current one that the shortest jumps reach it.</summary>
    private bool IsNear(int target) =>
        places[target] >= ends[currentBlock] && places[target] - ends[currentBlock] <= ShortReach;

    /// <summary>Finds where a jump to each block really goes: blocks that only jump on are left out.</summary>
    private void FindTargets()
    {
        int move = 0;
        for (int i = 0; i < code.BlockCount; i++)
        {
            labels[i] = asm.NewLabel();
            ref LirBlock block = ref code.Block(i);
            bool isJump = block.EndInstruction - block.FirstInstruction == 1
                && code.Instruction(block.FirstInstruction).Op == LirOp.Jump;
            bool hasMoves = false;
            firstMoves[i] = move;
            for (; move < moves.Count && moves.InstructionOf(move) < block.EndInstruction; move++)
            {
                hasMoves = true;
            }

            targets[i] = isJump && !hasMoves ? code.Successors[block.FirstSuccessor] : i;
        }

        firstMoves[code.BlockCount] = move;

        for (int i = 0; i < code.BlockCount; i++)
        {
            int target = targets[i];
            for (int steps = 0; targets[target] != target; steps++)
            {
                target = targets[target];
                if (steps > code.BlockCount)
                {
                    // Blocks that jump in a circle: one of them stays.
                    targets[target] = target;
                }
            }

            for (int jump = i; targets[jump] != target;)
            {
                // Each block of a chain is followed once.
                int next = targets[jump];
                targets[jump] = target;
                jump = next;
            }
        }
    }

    private void EmitPrologue()
    {
        hasFrame = !FrameElision.Applies(code, scan, Signature);
        FrameSize = 0;
        if (!hasFrame)
        {
            return;
        }

        bool beginsAtLoop = code.Graph.LoopOffset >= 0;
        int slots = scan.SlotCount + (beginsAtLoop ? code.Graph.ArgumentCount * LoopValueSize / sizeof(long) : 0);
        int size = ((slots + 1) & ~1) * sizeof(long);
        int frame = size + sizeof(long);
        if (frame > MaxFrameSize)
        {
            throw new NotSupportedException($"a frame of {frame} bytes is too large for optimized code");
        }

        FrameSize = sizeof(long) + frame;

        // The frame of code that begins at a loop is made by the stub that enters it.
        if (beginsAtLoop) return;
        asm.Push(Gpr.Rbp);
        asm.Mov(OpSize.Qword, Gpr.Rbp, Gpr.Rsp);
        asm.Push(CallingConvention.Instance);
        asm.Alu(AluOp.Sub, OpSize.Qword, Gpr.Rsp, frame);
        if (builder.Calls.Count > 0 || frame > LeafFrameSize)
        {
            EmitStackCheck(code.Instruction(0));
            if (module.Options.InterruptEpochs)
            {
                EmitEpochCheck(code.Instruction(0));
            }
        }
    }

    private void EmitBlock(int index)
    {
        ref LirBlock block = ref code.Block(index);
        if (IsLoopStart(index))
        {
            asm.Align(LoopAlignment);
        }

        asm.Bind(labels[index]);
        nextMove = firstMoves[index];
        for (int i = block.FirstInstruction; i < block.EndInstruction; i++)
        {
            ref LirInstruction instruction = ref code.Instruction(i);
            if (keepsSourceMap)
            {
                NoteSource(instruction);
            }

            position = 4 * i;
            code.Graph.Budget.CountStep();
            EmitMovesBefore(i);
            EmitInstruction(ref instruction);
        }
    }

    /// <summary>Whether a block is where a loop that is not cold comes back to.</summary>
    private bool IsLoopStart(int index)
    {
        ref LirBlock block = ref code.Block(index);
        return block.IsLoopHeader && !block.IsCold;
    }

    private void NoteSource(in LirInstruction instruction)
    {
        if (sourceMap.Count == 0 || sourceMap[sourceMap.Count - 1].BytecodeOffset != instruction.BytecodeOffset)
        {
            sourceMap.Add((asm.Position, instruction.BytecodeOffset));
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

            group.Emit(this);
        }
    }

    private void EmitInstruction(ref LirInstruction instruction)
    {
        ReadOnlySpan<LirOperand> operands = code.Operands(instruction);
        switch (instruction.Op)
        {
            case LirOp.Entry:
                EmitEntry(operands);
                break;
            case LirOp.LoadConstant:
                EmitConstant(Result(operands).Gpr, instruction.Immediate);
                break;
            case LirOp.LoadFloat:
                EmitFloatConstant(Result(operands).Xmm, instruction.Size, instruction.Immediate);
                break;
            case LirOp.Move:
                Gpr input = Input(operands, 1).Gpr;
                asm.Mov(instruction.Size, Result(operands).Gpr, input);
                break;
            case LirOp.Lea:
                EmitLea(instruction, operands);
                break;
            case LirOp.Alu:
                EmitAlu(instruction, operands);
                break;
            case LirOp.Multiply:
                EmitMultiply(instruction, operands);
                break;
            case LirOp.ShiftConstant:
                EmitShiftConstant(instruction, operands);
                break;
            case LirOp.Shift:
                EmitShift(instruction, operands);
                break;
            case LirOp.Unary:
                EmitUnary(instruction, operands);
                break;
            case LirOp.CountBits:
                EmitCountBits(instruction, operands);
                break;
            case LirOp.Extend:
                EmitExtend(instruction, operands);
                break;
            case LirOp.Divide:
                EmitDivide(instruction, operands);
                break;
            case LirOp.Load:
                EmitLoad(instruction, operands);
                break;
            case LirOp.Store:
                EmitStore(instruction, operands);
                break;
            case LirOp.LoadScalar:
                Mem source = AddressOf(instruction, operands, 1);
                NoteFault(instruction);
                EmitLoadScalar(instruction.Size, Result(operands).Xmm, source);
                break;
            case LirOp.StoreScalar:
                Mem target = AddressOf(instruction, operands, 1);
                NoteFault(instruction);
                asm.MovScalar(instruction.Size, target, Input(operands, 0).Xmm);
                break;
            case LirOp.BoundsCheck:
                EmitBoundsCheck(instruction, operands);
                break;
            case >= LirOp.LoadVector and <= LirOp.VectorStore:
                EmitVector(instruction, operands);
                break;
            case LirOp.Atomic:
                EmitAtomic(instruction, operands);
                break;
            case LirOp.Fence:
                asm.MFence();
                break;
            case LirOp.SetCondition:
                EmitSetCondition(instruction, operands);
                break;
            case LirOp.Select:
                EmitSelect(instruction, operands);
                break;
            case LirOp.TrapIf:
                EmitCompare(instruction, operands, 0);
                EmitJumpIf(instruction.Condition, AddTrap(instruction, (TrapKind)instruction.Sub));
                break;
            case LirOp.DeoptimizeIf:
                EmitGuard(instruction, operands);
                break;
            case LirOp.StackCheck:
                EmitStackCheck(instruction);
                break;
            case LirOp.EpochCheck:
                EmitEpochCheck(instruction);
                break;
            case LirOp.UseFuel:
                EmitUseFuel(instruction);
                break;
            case LirOp.Allocate:
                EmitAllocate(instruction, operands);
                break;
            case LirOp.AllocateArray:
                EmitAllocateArray(instruction, operands);
                break;
            case LirOp.WriteBarrier:
                EmitWriteBarrier(instruction, operands);
                break;
            case LirOp.TestType:
                EmitTestType(instruction, operands);
                break;
            case LirOp.CheckType:
                EmitCheckType(instruction, operands);
                break;
            case >= LirOp.CallDirect and <= LirOp.CallBuiltin:
                EmitCall(instruction, operands);
                break;
            case LirOp.Catch:
                Location caught = Result(operands);
                if (!caught.IsNone)
                {
                    EmitCopy(OpSize.Qword, caught, Location.Of(Gpr.Rax));
                }

                break;
            case >= LirOp.Jump:
                EmitTerminator(instruction, operands);
                break;
            default:
                EmitFloat(instruction, operands);
                break;
        }
    }

    /// <summary>Where the only result goes.</summary>
    private Location Result(ReadOnlySpan<LirOperand> operands) => LocationAt(operands[0].Value, position + 2);

    /// <summary>Where an input lies.</summary>
    private Location Input(ReadOnlySpan<LirOperand> operands, int index) => LocationAt(operands[index].Value, position);

    /// <summary>Where a value lies at a position.</summary>
    private Location LocationAt(int value, int at)
    {
        if (value == 0)
        {
            return Location.None;
        }

        // Blocks are emitted in the order of positions but for the headers of rotated loops.
        int from = Lifetimes[cursors[value]].Start <= at ? cursors[value] : value;
        int interval = Lifetimes.At(from, at);
        cursors[value] = interval;
        return Lifetimes[interval].Location;
    }

    /// <summary>The address of an instruction, whose registers are the operands from an index on.</summary>
    private Mem AddressOf(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands, int index)
    {
        Gpr register = instruction.FixedBase;
        if (instruction.HasBase)
        {
            register = Input(operands, index++).Gpr;
        }

        if (!instruction.HasIndex)
        {
            return register == Gpr.None ? Mem.Absolute(instruction.Displacement) : Mem.Base(register, instruction.Displacement);
        }

        Gpr scaled = Input(operands, index).Gpr;
        return register == Gpr.None
            ? Mem.Index(scaled, 1 << instruction.ScaleLog2, instruction.Displacement)
            : Mem.BaseIndex(register, scaled, 1 << instruction.ScaleLog2, instruction.Displacement);
    }

    /// <summary>The next instruction may fault.</summary>
    private void NoteFault(in LirInstruction instruction)
    {
        if (instruction.Fault != TrapKind.None)
        {
            AddSite(instruction, asm.Position, instruction.Fault);
        }
    }

    private void AddSite(in LirInstruction instruction, int codeOffset, TrapKind trap, int stackMap = -1) =>
        sites.Add(new CodeSite(codeOffset, instruction.BytecodeOffset, instruction.Inlining, trap, stackMap));

    /// <summary>The call that has just been emitted may collect garbage.</summary>
    private void AddCallSite(in LirInstruction instruction)
    {
        // Behind a tail call nothing of this frame is needed.
        int stackMap = instruction.Op == LirOp.TailCall ? -1 : safepoints.MapOf(position >> 2);
        AddSite(instruction, asm.Position, TrapKind.None, stackMap);
    }

    private static OpSize SizeOf(IrType type) => type is IrType.I32 or IrType.F32 ? OpSize.Dword : OpSize.Qword;

    private static bool IsFloat(IrType type) => type is IrType.F32 or IrType.F64;
}
