using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Analysis;

/// <summary>A natural loop. One object describes a loop of one graph after the other.</summary>
internal sealed class Loop(ControlFlow flow)
{
    /// <summary>The block that every iteration starts with.</summary>
    public Block Header { get; private set; } = null!;

    /// <summary>The loop around this one, or null.</summary>
    public Loop? Parent { get; set; }

    /// <summary>The loops right inside of this one.</summary>
    public List<Loop> Inner { get; } = [];

    /// <summary>Whether there is no loop inside.</summary>
    public bool IsInnermost => Inner.Count == 0;

    /// <summary>Ids of the blocks that go back to the header, once per edge.</summary>
    public List<int> BackEdgeSources { get; } = [];

    /// <summary>Ids of the blocks that belong to no loop inside; the header first.</summary>
    public List<int> OwnBlocks { get; } = [];

    /// <summary>Its number in a walk over the loops, each before those inside.</summary>
    public int First { get; set; }

    /// <summary>The largest number of the loops inside, or its own.</summary>
    public int Last { get; set; }

    /// <summary>Ids of all blocks of the loop, those of inner loops as well; the header first.</summary>
    public IEnumerable<int> AllBlocks
    {
        get
        {
            var work = new Stack<Loop>();
            work.Push(this);
            while (work.TryPop(out var loop))
            {
                foreach (var block in loop.OwnBlocks)
                {
                    yield return block;
                }

                foreach (var inner in loop.Inner)
                {
                    work.Push(inner);
                }
            }
        }
    }

    /// <summary>Ids of the blocks outside that lead to the header, each once.</summary>
    public List<int> EntrySources()
    {
        var sources = new List<int>(1);
        foreach (var predecessor in Header.Predecessors)
        {
            if (!Contains(predecessor) && (sources.Count == 0 || sources[^1] != predecessor))
            {
                sources.Add(predecessor);
            }
        }

        return sources;
    }

    /// <summary>Begins to describe a loop, of which only the header is known.</summary>
    public void Begin(Block header)
    {
        Header = header;
        OwnBlocks.Add(header.Id);
    }

    /// <summary>Lets go of the loop.</summary>
    public void Forget()
    {
        Header = null!;
        Parent = null;
        Inner.ClearForReuse();
        BackEdgeSources.ClearForReuse();
        OwnBlocks.ClearForReuse();
    }

    /// <summary>Whether a block belongs to the loop or to one inside it.</summary>
    public bool Contains(int block) => flow.LoopOf(block) is { } loop && First <= loop.First && loop.First <= Last;
}
