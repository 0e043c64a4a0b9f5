using Harness.Engine.Optimizer.Lowering;

namespace Harness.Engine.Optimizer.RegisterAllocation;

/// <summary>
/// Computes the lifetimes of virtual registers, block by block from the end. What is live at the end of blocks is found by walking
/// from each use up to the definition (Boissinot and others, "Fast Liveness Checking for SSA-Form Programs", 2008; "Computing
/// Liveness Sets for SSA-Form Programs", 2011).
/// </summary>
/// <remarks>
/// That takes as many steps as there are pairs of a value and a block that it lives through. Where these are many more than instructions, values that live
/// through many blocks for each of their uses lie in the frame: of such a number only one range is known, from the definition to where no block behind can come
/// back from, and what uses it in a register loads it there. Where references lie must be known at each safepoint: of one in the frame the range has the blocks
/// alone that its definition dominates. In these its slot holds it, though it may be dead, and in no other can it be alive.
/// </remarks>
internal sealed class LifetimeBuilder
{
    private const uint AllRegisters = uint.MaxValue;

    /// <summary>Most pairs of a value and a block at whose beginning or end it is live: memory and time are by their number.</summary>
    private const int MaxLive = 1 << 23;

    /// <summary>Pairs that every function may have, however small it is.</summary>
    private const int FreePairs = 1 << 14;

    /// <summary>Where there are too many pairs, blocks that a value may live through for each block that uses it.</summary>
    private const int BlocksPerUse = 32;

    /// <summary>Most blocks that are looked at to find out where a reference may lie in the frame.</summary>
    private const int MostSteps = 64;

    private readonly GrowList<Link> useBlocks = new();
    private readonly LiveSets live = new();
    private readonly GrowList<int> work = new();
    private readonly GrowList<int> touched = new();
    private readonly GrowList<int> lastBlocks = new();
    private readonly GrowList<(int First, int Last)> rows = new();
    private LirCode code = null!;
    private ValueState[] values = new ValueState[512];

    /// <summary>Pairs so far: of them, those at a block's beginning are listed, and those at its end follow from the blocks behind it.</summary>
    private int pairs;
    private BlockState[] blocks = new BlockState[64];
    private int mostPairs;
    private long vainPairs;
    private int blocksPerUse;
    private bool hasDominators;

    /// <summary>The lifetimes.</summary>
    public Lifetimes Lifetimes { get; } = new();

    /// <summary>The dominators of blocks, once <see cref="FindDominators"/> has found them.</summary>
    public Dominators Dominators { get; } = new();

    /// <summary>Values in the order of their definitions.</summary>
    public GrowList<int> Definitions { get; } = new();

    /// <summary>Positions at which all registers are overwritten.</summary>
    public GrowList<int> Calls { get; } = new();

    /// <summary>Positions at which single registers are overwritten, and which.</summary>
    public GrowList<(int Position, uint Registers)> Clobbers { get; } = new();

    /// <summary>The register in which a value is needed, or else is made; <see cref="LirOperand.NoHint"/> if none.</summary>
    public byte RegisterHint(int value) => values[value].Hint;

    /// <summary>Whether a value lies in the frame but for the instructions that need it in a register.</summary>
    public bool LivesInFrame(int value) => values[value].LivesInFrame;

    /// <summary>Computes the lifetimes of a function's values.</summary>
    /// <param name="lir">The function.</param>
    /// <param name="liveBlocks">See <see cref="Configuration.EngineOptions.CompileLiveBlocks"/>.</param>
    public void Run(LirCode lir, int liveBlocks)
    {
        code = lir;
        mostPairs = liveBlocks == 0 ? 0 : (int)Math.Min(MaxLive, FreePairs + ((long)liveBlocks * lir.InstructionCount));
        blocksPerUse = liveBlocks == 0 ? 0 : BlocksPerUse;
        lastBlocks.Clear();
        hasDominators = false;
        if (values.Length < code.ValueCount)
        {
            values = new ValueState[code.ValueCount * 2];
        }

        Array.Fill(values, new ValueState { Hint = LirOperand.NoHint }, 0, code.ValueCount);
        if (blocks.Length < code.BlockCount)
        {
            blocks = new BlockState[code.BlockCount * 2];
        }

        Array.Clear(blocks, 0, code.BlockCount);
        useBlocks.Clear();
        useBlocks.Add(default);
        live.Clear();
        work.Clear();
        touched.Clear();
        pairs = 0;
        vainPairs = 0;
        Definitions.Clear();
        Calls.Clear();
        Clobbers.Clear();
        Lifetimes.Reset(code.ValueCount);
        for (int i = 0; i < code.BlockCount; i++)
        {
            ScanBlock(i);
        }

        foreach (int value in Definitions.Span)
        {
            code.Graph.Budget.CountStep();
            FindLiveBlocks(value);
        }

        for (int i = code.BlockCount - 1; i >= 0; i--)
        {
            BuildBlock(i);
        }
    }

    /// <summary>Finds the dominators of the function's blocks, unless they are known.</summary>
    public void FindDominators()
    {
        if (!hasDominators)
        {
            hasDominators = true;
            Dominators.Run(code);
        }
    }

    /// <summary>
    /// The values live at the beginning of a block, its parameters apart, as indices for <see cref="NextLiveIn"/>; 0 if none.
    /// </summary>
    public int FirstLiveIn(int block) => blocks[block].LiveIn;

    /// <summary>An entry of a block's list of live values, and the index of the next one, 0 at the end.</summary>
    public (int Value, int Next) NextLiveIn(int index) => (live[index], live.Next(index));

    /// <summary>Notes definitions, uses in other blocks, and overwritten registers.</summary>
    private void ScanBlock(int index)
    {
        ref LirBlock block = ref code.Block(index);
        if (block.GraphBlock >= 0)
        {
            foreach (int parameter in code.Graph.Blocks[block.GraphBlock].Parameters)
            {
                Define(code.ValueOfNode[parameter], index);
            }
        }

        for (int i = block.FirstInstruction; i < block.EndInstruction; i++)
        {
            ref LirInstruction instruction = ref code.Instruction(i);
            if (instruction.Clobbers == AllRegisters)
            {
                Calls.Add((4 * i) + 1);
            }
            else if (instruction.Clobbers != 0)
            {
                Clobbers.Add(((4 * i) + 1, instruction.Clobbers));
            }

            foreach (LirOperand operand in code.Operands(instruction))
            {
                if (operand.Value <= 0)
                {
                    continue;
                }

                if (operand.Role == OperandRole.Def)
                {
                    Define(operand.Value, index);
                    values[operand.Value].MayBeMissing = i == block.EndInstruction - 2 && code.Instruction(i + 1).Op == LirOp.Invoke;
                    continue;
                }

                ref ValueState value = ref values[operand.Value];
                if (value.DefinitionBlock != index && value.LastUseBlock != index)
                {
                    value.LastUseBlock = index;
                    value.UseBlocks = useBlocks.Add(new Link(index, value.UseBlocks));
                }
            }
        }
    }

    private void Define(int value, int block)
    {
        if (value != 0)
        {
            values[value].DefinitionBlock = block;
            values[value].LastUseBlock = -1;
            Definitions.Add(value);
        }
    }

    private void FindLiveBlocks(int value)
    {
        int definition = values[value].DefinitionBlock;
        int first = live.Count;
        int firstPair = pairs;
        int most = firstPair;
        bool isFollowed = false;
        touched.Clear();
        for (int use = values[value].UseBlocks; use != 0; use = useBlocks[use].Next)
        {
            most += 2 * blocksPerUse;
            AddLiveIn(value, useBlocks[use].Item);
            while (work.Count > 0)
            {
                if (pairs >= mostPairs && pairs > most && !isFollowed)
                {
                    if (CanLieInFrame(value))
                    {
                        CountVainPairs(pairs - firstPair);
                        pairs = firstPair;
                        LeaveInFrame(value, first);
                        return;
                    }

                    isFollowed = true;
                }

                ref LirBlock block = ref code.Block(work[work.Count - 1]);
                work.Truncate(work.Count - 1);
                for (int i = 0; i < block.PredecessorCount; i++)
                {
                    int predecessor = code.Predecessors[block.FirstPredecessor + i];
                    ref BlockState state = ref blocks[predecessor];
                    if (state.LastLiveOut != value)
                    {
                        state.LastLiveOut = value;
                        pairs++;
                    }

                    if (predecessor != definition)
                    {
                        AddLiveIn(value, predecessor);
                    }
                }
            }
        }
    }

    private void AddLiveIn(int value, int block)
    {
        if (blocks[block].LastLiveIn != value)
        {
            blocks[block].LastLiveIn = value;
            touched.Add(block);
            live.Add(ref blocks[block].LiveIn, value);
            work.Add(block);
            if (++pairs >= MaxLive)
            {
                throw new NotSupportedException("too many values are live in too many blocks for optimized code");
            }
        }
    }

    /// <summary>
    /// Counts pairs of a value that goes to the frame in the end. Where so many are found in vain as there may be at all, values are given up sooner: what is
    /// left below the limit would be used up by each of them anew.
    /// </summary>
    private void CountVainPairs(int count)
    {
        vainPairs += count;
        if (vainPairs > mostPairs)
        {
            mostPairs = 0;
        }
    }

    /// <summary>Forgets in which blocks a value lives, and notes that it lies in the frame.</summary>
    private void LeaveInFrame(int value, int first)
    {
        foreach (int block in touched.Span)
        {
            live.RemoveLast(ref blocks[block].LiveIn);
        }

        live.Truncate(first);
        work.Clear();
        values[value].LivesInFrame = true;
    }

    /// <summary>Whether a value can lie in the frame without being followed block by block.</summary>
    private bool CanLieInFrame(int value)
    {
        if (lastBlocks.Count == 0)
        {
            FindLastBlocks();
        }

        if (code.TypeOf(value) != Ir.IrType.Ref)
        {
            return true;
        }

        // Where a call has thrown, its result is not in the slot.
        FindDominators();
        return !values[value].MayBeMissing && TryListRows(value, useBlocks[values[value].UseBlocks].Item);
    }

    /// <summary>Lists the rows of blocks in which a reference lies in the frame, if it can.</summary>
    /// <param name="value">The reference.</param>
    /// <param name="lastUse">The last block that uses it.</param>
    private bool TryListRows(int value, int lastUse) =>
        Dominators.TryListDominated(values[value].DefinitionBlock, lastBlocks[lastUse], rows, MostSteps);

    /// <summary>
    /// Finds for each block the last one that a value may live in which is used in the block: behind it none leads back to a block before.
    /// </summary>
    private void FindLastBlocks()
    {
        int last = 0;
        for (int i = 0; i < code.BlockCount; i++)
        {
            // Predecessors are listed in ascending order.
            ref LirBlock block = ref code.Block(i);
            last = block.PredecessorCount == 0 ? last : Math.Max(last, code.Predecessors[block.FirstPredecessor + block.PredecessorCount - 1]);
            lastBlocks.Add(last);
        }

        for (int i = code.BlockCount - 1; i >= 0; i--)
        {
            lastBlocks[i] = lastBlocks[i] <= i ? i : lastBlocks[lastBlocks[i]];
        }
    }

    private void BuildBlock(int index)
    {
        ref LirBlock block = ref code.Block(index);
        int start = 4 * block.FirstInstruction;
        int end = 4 * block.EndInstruction;
        for (int s = 0; s < block.SuccessorCount; s++)
        {
            ref BlockState successor = ref blocks[code.Successors[block.FirstSuccessor + s]];
            if (successor.LastSource == index + 1)
            {
                continue;
            }

            successor.LastSource = index + 1;
            for (int i = successor.LiveIn; i != 0; i = live.Next(i))
            {
                Lifetimes.AddRange(live[i], start, end);
            }
        }

        for (int i = block.EndInstruction - 1; i >= block.FirstInstruction; i--)
        {
            code.Graph.Budget.CountStep();
            BuildInstruction(ref code.Instruction(i), 4 * i, start, end, index);
        }
    }

    private void BuildInstruction(ref LirInstruction instruction, int position, int blockStart, int blockEnd, int block)
    {
        foreach (LirOperand operand in code.Operands(instruction))
        {
            int value = operand.Value;
            if (value <= 0)
            {
                continue;
            }

            ref byte hint = ref values[value].Hint;
            if (operand.Role == OperandRole.Def)
            {
                bool isUsed = Lifetimes.TryDefine(value, position + 2);
                if (operand.Place == OperandPlace.Register)
                {
                    if (!isUsed)
                    {
                        Lifetimes.AddRange(value, position + 2, position + 3);
                    }

                    Lifetimes.AddUse(value, position + 2, UseKind.Must);
                }

                hint = hint == LirOperand.NoHint ? operand.Hint : hint;
                continue;
            }

            int end = operand.Role switch
            {
                OperandRole.Use => position + 1,
                OperandRole.UseAfterClobber => position + 2,
                OperandRole.UseLate => position + 4,
                _ => blockEnd,
            };
            if (values[value].LivesInFrame && values[value].DefinitionBlock != block)
            {
                AddRangesInFrame(value, block);
            }
            else
            {
                Lifetimes.AddRange(value, blockStart, end);
            }

            if (operand.Place != OperandPlace.Anywhere || operand.Role == OperandRole.UseAtEnd)
            {
                Lifetimes.AddUse(
                    value, position, operand.Place == OperandPlace.Register ? UseKind.Must : UseKind.Should);
            }

            hint = operand.Hint == LirOperand.NoHint ? hint : operand.Hint;
        }
    }

    /// <summary>Adds where a value lies in the frame that a block behind its definition uses.</summary>
    private void AddRangesInFrame(int value, int block)
    {
        if (code.TypeOf(value) != Ir.IrType.Ref)
        {
            AddRange(value, values[value].DefinitionBlock, lastBlocks[block]);
        }
        else if (Lifetimes[value].FirstRange == 0)
        {
            // Its last use, which is seen first, tells all.
            TryListRows(value, block);
            for (int i = rows.Count - 1; i >= 0; i--)
            {
                AddRange(value, rows[i].First, rows[i].Last);
            }
        }
    }

    private void AddRange(int value, int firstBlock, int lastBlock) =>
        Lifetimes.AddRange(value, 4 * code.Block(firstBlock).FirstInstruction, 4 * code.Block(lastBlock).EndInstruction);

    private record struct Link(int Item, int Next);

    private struct ValueState
    {
        public int DefinitionBlock;
        public int LastUseBlock;
        public int UseBlocks;
        public byte Hint;
        public bool LivesInFrame;

        /// <summary>Whether it is the result of a call that may throw to the function itself, which then has no result.</summary>
        public bool MayBeMissing;
    }

    private struct BlockState
    {
        /// <summary>The values live at the beginning.</summary>
        public int LiveIn;

        /// <summary>The value that was seen last to live at the end, and at the beginning.</summary>
        public int LastLiveOut;
        public int LastLiveIn;

        /// <summary>The block, from 1, that was seen last to lead here.</summary>
        public int LastSource;
    }
}
