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

    private readonly GrowList<Link> _useBlocks = new();
    private readonly LiveSets _live = new();
    private readonly GrowList<int> _work = new();
    private readonly GrowList<int> _touched = new();
    private readonly GrowList<int> _lastBlocks = new();
    private readonly GrowList<(int First, int Last)> _rows = new();
    private LirCode _code = null!;
    private ValueState[] _values = new ValueState[512];

    /// <summary>Pairs so far: of them, those at a block's beginning are listed, and those at its end follow from the blocks behind it.</summary>
    private int _pairs;
    private BlockState[] _blocks = new BlockState[64];
    private int _mostPairs;
    private long _vainPairs;
    private int _blocksPerUse;
    private bool _hasDominators;

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
    public byte RegisterHint(int value) => _values[value].Hint;

    /// <summary>Whether a value lies in the frame but for the instructions that need it in a register.</summary>
    public bool LivesInFrame(int value) => _values[value].LivesInFrame;

    /// <summary>Computes the lifetimes of a function's values.</summary>
    /// <param name="lir">The function.</param>
    /// <param name="liveBlocks">See <see cref="Configuration.EngineOptions.CompileLiveBlocks"/>.</param>
    public void Run(LirCode lir, int liveBlocks)
    {
        _code = lir;
        _mostPairs = liveBlocks == 0 ? 0 : (int)Math.Min(MaxLive, FreePairs + ((long)liveBlocks * lir.InstructionCount));
        _blocksPerUse = liveBlocks == 0 ? 0 : BlocksPerUse;
        _lastBlocks.Clear();
        _hasDominators = false;
        if (_values.Length < _code.ValueCount)
        {
            _values = new ValueState[_code.ValueCount * 2];
        }

        Array.Fill(_values, new ValueState { Hint = LirOperand.NoHint }, 0, _code.ValueCount);
        if (_blocks.Length < _code.BlockCount)
        {
            _blocks = new BlockState[_code.BlockCount * 2];
        }

        Array.Clear(_blocks, 0, _code.BlockCount);
        _useBlocks.Clear();
        _useBlocks.Add(default);
        _live.Clear();
        _work.Clear();
        _touched.Clear();
        _pairs = 0;
        _vainPairs = 0;
        Definitions.Clear();
        Calls.Clear();
        Clobbers.Clear();
        Lifetimes.Reset(_code.ValueCount);
        for (var i = 0; i < _code.BlockCount; i++)
        {
            ScanBlock(i);
        }

        foreach (var value in Definitions.Span)
        {
            _code.Graph.Budget.CountStep();
            FindLiveBlocks(value);
        }

        for (var i = _code.BlockCount - 1; i >= 0; i--)
        {
            BuildBlock(i);
        }
    }

    /// <summary>Finds the dominators of the function's blocks, unless they are known.</summary>
    public void FindDominators()
    {
        if (!_hasDominators)
        {
            _hasDominators = true;
            Dominators.Run(_code);
        }
    }

    /// <summary>
    /// The values live at the beginning of a block, its parameters apart, as indices for <see cref="NextLiveIn"/>; 0 if none.
    /// </summary>
    public int FirstLiveIn(int block) => _blocks[block].LiveIn;

    /// <summary>An entry of a block's list of live values, and the index of the next one, 0 at the end.</summary>
    public (int Value, int Next) NextLiveIn(int index) => (_live[index], _live.Next(index));

    /// <summary>Notes definitions, uses in other blocks, and overwritten registers.</summary>
    private void ScanBlock(int index)
    {
        ref var block = ref _code.Block(index);
        if (block.GraphBlock >= 0)
        {
            foreach (var parameter in _code.Graph.Blocks[block.GraphBlock].Parameters)
            {
                Define(_code.ValueOfNode[parameter], index);
            }
        }

        for (var i = block.FirstInstruction; i < block.EndInstruction; i++)
        {
            ref var instruction = ref _code.Instruction(i);
            if (instruction.Clobbers == AllRegisters)
            {
                Calls.Add((4 * i) + 1);
            }
            else if (instruction.Clobbers != 0)
            {
                Clobbers.Add(((4 * i) + 1, instruction.Clobbers));
            }

            foreach (var operand in _code.Operands(instruction))
            {
                if (operand.Value <= 0)
                {
                    continue;
                }

                if (operand.Role == OperandRole.Def)
                {
                    Define(operand.Value, index);
                    _values[operand.Value].MayBeMissing = i == block.EndInstruction - 2 && _code.Instruction(i + 1).Op == LirOp.Invoke;
                    continue;
                }

                ref var value = ref _values[operand.Value];
                if (value.DefinitionBlock != index && value.LastUseBlock != index)
                {
                    value.LastUseBlock = index;
                    value.UseBlocks = _useBlocks.Add(new Link(index, value.UseBlocks));
                }
            }
        }
    }

    private void Define(int value, int block)
    {
        if (value != 0)
        {
            _values[value].DefinitionBlock = block;
            _values[value].LastUseBlock = -1;
            Definitions.Add(value);
        }
    }

    private void FindLiveBlocks(int value)
    {
        var definition = _values[value].DefinitionBlock;
        var first = _live.Count;
        var firstPair = _pairs;
        var most = firstPair;
        var isFollowed = false;
        _touched.Clear();
        for (var use = _values[value].UseBlocks; use != 0; use = _useBlocks[use].Next)
        {
            most += 2 * _blocksPerUse;
            AddLiveIn(value, _useBlocks[use].Item);
            while (_work.Count > 0)
            {
                if (_pairs >= _mostPairs && _pairs > most && !isFollowed)
                {
                    if (CanLieInFrame(value))
                    {
                        CountVainPairs(_pairs - firstPair);
                        _pairs = firstPair;
                        LeaveInFrame(value, first);
                        return;
                    }

                    isFollowed = true;
                }

                ref var block = ref _code.Block(_work[_work.Count - 1]);
                _work.Truncate(_work.Count - 1);
                for (var i = 0; i < block.PredecessorCount; i++)
                {
                    var predecessor = _code.Predecessors[block.FirstPredecessor + i];
                    ref var state = ref _blocks[predecessor];
                    if (state.LastLiveOut != value)
                    {
                        state.LastLiveOut = value;
                        _pairs++;
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
        if (_blocks[block].LastLiveIn != value)
        {
            _blocks[block].LastLiveIn = value;
            _touched.Add(block);
            _live.Add(ref _blocks[block].LiveIn, value);
            _work.Add(block);
            if (++_pairs >= MaxLive)
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
        _vainPairs += count;
        if (_vainPairs > _mostPairs)
        {
            _mostPairs = 0;
        }
    }

    /// <summary>Forgets in which blocks a value lives, and notes that it lies in the frame.</summary>
    private void LeaveInFrame(int value, int first)
    {
        foreach (var block in _touched.Span)
        {
            _live.RemoveLast(ref _blocks[block].LiveIn);
        }

        _live.Truncate(first);
        _work.Clear();
        _values[value].LivesInFrame = true;
    }

    /// <summary>Whether a value can lie in the frame without being followed block by block.</summary>
    private bool CanLieInFrame(int value)
    {
        if (_lastBlocks.Count == 0)
        {
            FindLastBlocks();
        }

        if (_code.TypeOf(value) != Ir.IrType.Ref)
        {
            return true;
        }

        // Where a call has thrown, its result is not in the slot.
        FindDominators();
        return !_values[value].MayBeMissing && TryListRows(value, _useBlocks[_values[value].UseBlocks].Item);
    }

    /// <summary>Lists the rows of blocks in which a reference lies in the frame, if it can.</summary>
    /// <param name="value">The reference.</param>
    /// <param name="lastUse">The last block that uses it.</param>
    private bool TryListRows(int value, int lastUse) =>
        Dominators.TryListDominated(_values[value].DefinitionBlock, _lastBlocks[lastUse], _rows, MostSteps);

    /// <summary>
    /// Finds for each block the last one that a value may live in which is used in the block: behind it none leads back to a block before.
    /// </summary>
    private void FindLastBlocks()
    {
        var last = 0;
        for (var i = 0; i < _code.BlockCount; i++)
        {
            // Predecessors are listed in ascending order.
            ref var block = ref _code.Block(i);
            last = block.PredecessorCount == 0 ? last : Math.Max(last, _code.Predecessors[block.FirstPredecessor + block.PredecessorCount - 1]);
            _lastBlocks.Add(last);
        }

        for (var i = _code.BlockCount - 1; i >= 0; i--)
        {
            _lastBlocks[i] = _lastBlocks[i] <= i ? i : _lastBlocks[_lastBlocks[i]];
        }
    }

    private void BuildBlock(int index)
    {
        ref var block = ref _code.Block(index);
        var start = 4 * block.FirstInstruction;
        var end = 4 * block.EndInstruction;
        for (var s = 0; s < block.SuccessorCount; s++)
        {
            ref var successor = ref _blocks[_code.Successors[block.FirstSuccessor + s]];
            if (successor.LastSource == index + 1)
            {
                continue;
            }

            successor.LastSource = index + 1;
            for (var i = successor.LiveIn; i != 0; i = _live.Next(i))
            {
                Lifetimes.AddRange(_live[i], start, end);
            }
        }

        for (var i = block.EndInstruction - 1; i >= block.FirstInstruction; i--)
        {
            _code.Graph.Budget.CountStep();
            BuildInstruction(ref _code.Instruction(i), 4 * i, start, end, index);
        }
    }

    private void BuildInstruction(ref LirInstruction instruction, int position, int blockStart, int blockEnd, int block)
    {
        foreach (var operand in _code.Operands(instruction))
        {
            var value = operand.Value;
            if (value <= 0)
            {
                continue;
            }

            ref var hint = ref _values[value].Hint;
            if (operand.Role == OperandRole.Def)
            {
                var isUsed = Lifetimes.TryDefine(value, position + 2);
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

            var end = operand.Role switch
            {
                OperandRole.Use => position + 1,
                OperandRole.UseAfterClobber => position + 2,
                OperandRole.UseLate => position + 4,
                _ => blockEnd,
            };
            if (_values[value].LivesInFrame && _values[value].DefinitionBlock != block)
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
        if (_code.TypeOf(value) != Ir.IrType.Ref)
        {
            AddRange(value, _values[value].DefinitionBlock, _lastBlocks[block]);
        }
        else if (Lifetimes[value].FirstRange == 0)
        {
            // Its last use, which is seen first, tells all.
            TryListRows(value, block);
            for (var i = _rows.Count - 1; i >= 0; i--)
            {
                AddRange(value, _rows[i].First, _rows[i].Last);
            }
        }
    }

    private void AddRange(int value, int firstBlock, int lastBlock) =>
        Lifetimes.AddRange(value, 4 * _code.Block(firstBlock).FirstInstruction, 4 * _code.Block(lastBlock).EndInstruction);

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
