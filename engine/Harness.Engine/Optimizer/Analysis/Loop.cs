using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Analysis;

/// <summary>A natural loop.</summary>
internal sealed class Loop(Block header)
{
    private readonly HashSet<int> members = [];

    /// <summary>The block that every iteration starts with.</summary>
    public Block Header { get; } = header;

    /// <summary>The loop around this one, or null.</summary>
    public Loop? Parent { get; set; }

    /// <summary>The loops directly inside.</summary>
    public List<Loop> Children { get; } = [];

    /// <summary>Ids of the blocks that go back to the header, once per edge.</summary>
    public List<int> BackEdgeSources { get; } = [];

    /// <summary>Ids of the blocks of the loop, of inner loops as well; the header first.</summary>
    public List<int> Blocks { get; } = [];

    /// <summary>Whether a block belongs to the loop or to one inside it.</summary>
    public bool Contains(int block) => members.Contains(block);

    /// <summary>Adds a block; says whether it is new.</summary>
    public bool Add(int block)
    {
        if (!members.Add(block))
        {
            return false;
        }

        Blocks.Add(block);
        return true;
    }
}
