using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>The labels of blocks, where jumps to them really go, and how far they are apart.</summary>
internal sealed class BlockLabels(EmissionState state, Assembler asm, MoveInserter moves)
{
    /// <summary>Alignment of loop headers, in bytes.</summary>
    public const int LoopAlignment = 32;

    /// <summary>How far behind its block a target may be for short jumps, less than 127 bytes for the jumps themselves.</summary>
    private const int ShortReach = 100;

    private readonly LoopLayout _loopLayout = new();
    private int[] _targets = new int[64];
    private int[] _starts = new int[64];
    private int[] _ends = new int[64];

    /// <summary>The label of each block.</summary>
    public Label[] Labels { get; private set; } = new Label[64];

    /// <summary>The number of the first move in each block, or behind the last one.</summary>
    public int[] FirstMoves { get; private set; } = new int[65];

    /// <summary>The block that is being emitted.</summary>
    public int CurrentBlock { get; set; }

    /// <summary>The block that comes next; -1 if none does.</summary>
    public int NextBlock { get; set; }

    /// <summary>Labels and orders the blocks of a function.</summary>
    public void Run()
    {
        if (Labels.Length < state.Code.BlockCount)
        {
            Labels = new Label[state.Code.BlockCount * 2];
            _targets = new int[state.Code.BlockCount * 2];
            FirstMoves = new int[(state.Code.BlockCount * 2) + 1];
            _starts = new int[state.Code.BlockCount * 2];
            _ends = new int[state.Code.BlockCount * 2];
        }

        FindTargets();
        _loopLayout.Run(state.Code, _targets);
        EstimatePlaces();
    }

    /// <summary>Where a jump to a successor of a block really goes.</summary>
    public int TargetOf(in LirBlock block, int index) => _targets[state.Code.Successors[block.FirstSuccessor + index]];

    /// <summary>Whether a block comes so soon behind the current one that the shortest jumps reach it.</summary>
    public bool IsNear(int target) =>
        _starts[target] >= _ends[CurrentBlock] && _starts[target] - _ends[CurrentBlock] <= ShortReach;

    /// <summary>Whether a block is where a loop that is not cold comes back to.</summary>
    public bool IsLoopStart(int index)
    {
        ref var block = ref state.Code.Block(index);
        return block.IsLoopHeader && !block.IsCold;
    }

    /// <summary>Finds where a jump to each block really goes: blocks that only jump on are left out.</summary>
    private void FindTargets()
    {
        var move = 0;
        for (var i = 0; i < state.Code.BlockCount; i++)
        {
            Labels[i] = asm.NewLabel();
            ref var block = ref state.Code.Block(i);
            var isJump = block.EndInstruction - block.FirstInstruction == 1
                && state.Code.Instruction(block.FirstInstruction).Op == LirOp.Jump;
            var hasMoves = false;
            FirstMoves[i] = move;
            for (; move < moves.Count && moves.InstructionOf(move) < block.EndInstruction; move++)
            {
                hasMoves = true;
            }

            _targets[i] = isJump && !hasMoves ? state.Code.Successors[block.FirstSuccessor] : i;
        }

        FirstMoves[state.Code.BlockCount] = move;

        for (var i = 0; i < state.Code.BlockCount; i++)
        {
            var target = _targets[i];
            for (var steps = 0; _targets[target] != target; steps++)
            {
                target = _targets[target];
                if (steps > state.Code.BlockCount)
                {
                    // Blocks that jump in a circle: one of them stays.
                    _targets[target] = target;
                }
            }

            for (var jump = i; _targets[jump] != target;)
            {
                // Each block of a chain is followed once.
                var next = _targets[jump];
                _targets[jump] = target;
                jump = next;
            }
        }
    }

    /// <summary>Bounds the distance of each block from the beginning of the function.</summary>
    private void EstimatePlaces()
    {
        var place = 0;
        foreach (var index in state.Code.EmissionOrder.Span)
        {
            ref var block = ref state.Code.Block(index);
            place += IsLoopStart(index) ? LoopAlignment : 0;
            _starts[index] = place;
            for (var i = block.FirstInstruction; i < block.EndInstruction; i++)
            {
                place += SizeEstimate.Of(state.Code.Instruction(i));
            }

            place += (FirstMoves[index + 1] - FirstMoves[index]) * (state.Code.HasVectors ? SizeEstimate.VectorMove : SizeEstimate.Move);
            _ends[index] = place;
        }
    }
}
