using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Analysis;

/// <summary>A natural loop.</summary>
internal sealed class Loop(ControlFlow flow, Block header)
{
    /// <summary>The block that every iteration starts with.</summary>
    public Block Header { get; } = header;

    /// <summary>The loop around this one, or null.</summary>
    public Loop? Parent { get; set; }

    /// <summary>Whether there is no loop inside.</summary>
    public bool IsInnermost { get; set; } = true;

    /// <summary>Ids of the blocks that go back to the header, once per edge.</summary>
    public List<int> BackEdgeSources { get; } = [];

    /// <summary>Ids of the blocks of the loop, of inner loops as well; the header first.</summary>
    public List<int> Blocks { get; } = [];

    /// <summary>Whether a block belongs to the loop or to one inside it.</summary>
    public bool Contains(int block)
    {
        for (Loop? loop = flow.LoopOf(block); loop is not null; loop = loop.Parent)
        {
            if (loop == this)
            {
                return true;
            }
        }

        return false;
    }
}
