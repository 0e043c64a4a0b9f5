using Harness.Engine.Optimizer.Lowering;

namespace Harness.Engine.Optimizer.RegisterAllocation;

/// <summary>
/// Which blocks lie on all paths to others: Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm" (2001). Blocks are
/// numbered so that each comes after its dominators.
/// </summary>
internal sealed class Dominators
{
    private int[] immediate = new int[64];

    /// <summary>Computes the dominators of a function's blocks.</summary>
    public void Run(LirCode code)
    {
        if (immediate.Length < code.BlockCount)
        {
            immediate = new int[code.BlockCount * 2];
        }

        Array.Fill(immediate, -1, 0, code.BlockCount);
        immediate[0] = 0;
        for (bool isChanged = true; isChanged;)
        {
            isChanged = false;
            for (int i = 1; i < code.BlockCount; i++)
            {
                ref LirBlock block = ref code.Block(i);
                int dominator = -1;
                for (int p = 0; p < block.PredecessorCount; p++)
                {
                    int predecessor = code.Predecessors[block.FirstPredecessor + p];
                    if (immediate[predecessor] >= 0)
                    {
                        dominator = dominator < 0 ? predecessor : Common(predecessor, dominator);
                    }
                }

                isChanged |= immediate[i] != dominator;
                immediate[i] = dominator;
            }
        }
    }

    /// <summary>Whether every path to a block leads through another one, or they are the same.</summary>
    public bool Dominates(int block, int other)
    {
        while (other > block)
        {
            other = immediate[other];
        }

        return other == block;
    }

    private int Common(int a, int b)
    {
        while (a != b)
        {
            if (a > b)
            {
                a = immediate[a];
            }
            else
            {
                b = immediate[b];
            }
        }

        return a;
    }
}
