using Harness.Engine.Optimizer.Lowering;

namespace Harness.Engine.Optimizer.RegisterAllocation;

/// <summary>
/// Computes the lifetimes of virtual registers, block by block from the end. What is live at the end of blocks is found by walking
/// from each use up to the definition (Boissinot and others, "Fast Liveness Checking for SSA-Form Programs", 2008; "Computing
/// Liveness Sets for SSA-Form Programs", 2011).
/// </summary>
/// <remarks>
/// That takes as many steps as there are pairs of a value and a block that it lives through. Where these are many more than instructions, numbers that live
/// through many blocks for each of their uses lie in the frame: of such a value only one range is known, from the definition to where no block behind can come
/// back from, and what uses it in a register loads it there.
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

    private readonly GrowList<Link> useBlocks = new();
    private readonly GrowList<Link> live = new();
    private readonly GrowList<int> work = new();
    private readonly GrowList<int> touched = new();
    private readonly GrowList<int> lastBlocks = new();
    private LirCode code = null!;
    private ValueState[] values = new ValueState[512];
    private BlockState[] blocks = new BlockState[64];
    private int mostPairs;
    private int blocksPerUse;

    /// <summary>The lifetimes.</summary>
    public Lifetimes Lifetimes { get; } = new();

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
        live.Add(default);
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

    /// <summary>
    /// The values live at the beginning of a block, its parameters apart, as indices for <see cref="NextLiveIn"/>; 0 if none.
    /// </summary>
    public int FirstLiveIn(int block) => blocks[block].LiveIn;

    /// <summary>An entry of a block's list of live values, and the index of the next one, 0 at the end.</summary>
    public (int Value, int Next) NextLiveIn(int index) => (live[index].Item, live[index].Next);

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
        int most = first;
        touched.Clear();
        for (int use = values[value].UseBlocks; use != 0; use = useBlocks[use].Next)
        {
            most += 2 * blocksPerUse;
            AddLiveIn(value, useBlocks[use].Item);
            while (work.Count > 0)
            {
                // Where references lie must be known at each safepoint.
                if (live.Count > mostPairs && live.Count > most && code.TypeOf(value) != Ir.IrType.Ref)
                {
                    LeaveInFrame(value, first);
                    return;
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
                        touched.Add(predecessor);
                        state.LiveOut = live.Add(new Link(value, state.LiveOut));
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
            blocks[block].LiveIn = live.Add(new Link(value, blocks[block].LiveIn));
            work.Add(block);
            if (live.Count > MaxLive)
            {
                throw new NotSupportedException("too many values are live in too many blocks for optimized code");
            }
        }
    }

    /// <summary>Forgets in which blocks a value lives, and notes that it lies in the frame.</summary>
    private void LeaveInFrame(int value, int first)
    {
        foreach (int block in touched.Span)
        {
            ref BlockState state = ref blocks[block];
            state.LiveIn = state.LiveIn >= first ? live[state.LiveIn].Next : state.LiveIn;
            state.LiveOut = state.LiveOut >= first ? live[state.LiveOut].Next : state.LiveOut;
        }

        live.Truncate(first);
        work.Clear();
        values[value].LivesInFrame = true;
        if (lastBlocks.Count == 0)
        {
            FindLastBlocks();
        }
    }

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
        for (int i = blocks[index].LiveOut; i != 0; i = live[i].Next)
        {
            Lifetimes.AddRange(live[i].Item, start, end);
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
                Lifetimes.AddRange(
                    value, 4 * code.Block(values[value].DefinitionBlock).FirstInstruction, 4 * code.Block(lastBlocks[block]).EndInstruction);
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

    private record struct Link(int Item, int Next);

    private struct ValueState
    {
        public int DefinitionBlock;
        public int LastUseBlock;
        public int UseBlocks;
        public byte Hint;
        public bool LivesInFrame;
    }

    private struct BlockState
    {
        public int LiveIn;
        public int LiveOut;
        public int LastLiveOut;
        public int LastLiveIn;
    }
}
