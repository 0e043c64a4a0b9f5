using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Loops;

/// <summary>
/// What <see cref="LoopInvariantCodeMotion"/> looks at in a loop: the blocks that belong to no loop inside, and of those inside only the nodes that
/// have waited there, since all others stay wherever loops are around them. What the loops inside write is summed up, so that a nest of loops is
/// not looked through once for each of them.
/// </summary>
internal sealed class LoopVisit
{
    private readonly Graph graph;
    private readonly ControlFlow flow;
    private HashSet<ObjectPlace> writtenPlaces = [];
    private bool writesAnyPlace;
    private Effects written;
    private int alwaysEnd;

    private LoopVisit(Graph graph, ControlFlow flow)
    {
        this.graph = graph;
        this.flow = flow;
    }

    /// <summary>The nodes to look at, by block, in the order of the blocks.</summary>
    public List<(Block Block, List<int> Nodes)> Candidates { get; private set; } = [];

    /// <summary>The nodes that may move before a loop around this one, although they do not move before it.</summary>
    public List<(Block Block, List<int> Nodes)> Left { get; } = [];

    /// <summary>Prepares the visit of a loop, as far as the budget goes.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="flow">Its control flow.</param>
    /// <param name="loop">The loop.</param>
    /// <param name="inner">The visits of the loops inside, which are over.</param>
    public static LoopVisit Of(Graph graph, ControlFlow flow, Loop loop, Dictionary<Loop, LoopVisit> inner)
    {
        var visit = new LoopVisit(graph, flow);
        foreach (int id in loop.OwnBlocks)
        {
            Block block = graph.Blocks[id];
            visit.Candidates.Add((block, block.Nodes));
            foreach (int node in block.Nodes)
            {
                visit.NoteWrites(node);
            }
        }

        foreach (Loop inside in loop.Inner)
        {
            visit.Include(inner[inside]);
        }

        long steps = 0;
        foreach ((_, List<int> nodes) in visit.Candidates)
        {
            steps += 1L + nodes.Count;
        }

        graph.Budget.TryDraw(steps);
        visit.Candidates.Sort((a, b) => flow.PositionOf(a.Block.Id).CompareTo(flow.PositionOf(b.Block.Id)));
        visit.alwaysEnd = loop.Header.LoopEntryState < 0 ? -1 : visit.FindAlwaysEnd(loop);
        return visit;
    }

    /// <summary>Whether every iteration comes to a block, and to all before it.</summary>
    public bool IsAlways(Block block) => flow.PositionOf(block.Id) < alwaysEnd;

    /// <summary>Whether the loop may change what a node reads.</summary>
    public bool IsChanging(int id, Effects effects) =>
        ((effects & Effects.ReadsGlobal) != 0 && (written & Effects.WritesGlobal) != 0)
        || ((effects & Effects.ReadsTable) != 0 && (written & Effects.WritesTable) != 0)
        || ((effects & Effects.ReadsSize) != 0 && (written & Effects.WritesSize) != 0)
        || ((effects & Effects.ReadsHeap) != 0 && (writesAnyPlace || writtenPlaces.Contains(Access.Of(graph, id).Place)));

    private void NoteWrites(int id)
    {
        Effects effects = OperatorTable.EffectsOf(graph, id) & Effects.AnyWrite;
        written |= effects;
        if ((effects & Effects.WritesHeap) == 0)
        {
            return;
        }

        if (Access.WritesObject(graph[id].Op))
        {
            writtenPlaces.Add(Access.Of(graph, id).Place);
        }
        else
        {
            writesAnyPlace = true;
        }
    }

    /// <summary>Takes over what is known of a loop inside.</summary>
    private void Include(LoopVisit inside)
    {
        Candidates.AddRange(inside.Left);
        written |= inside.written;
        writesAnyPlace |= inside.writesAnyPlace;

        // The smaller set goes into the larger one, which the loop inside needs no more.
        if (inside.writtenPlaces.Count > writtenPlaces.Count)
        {
            (writtenPlaces, inside.writtenPlaces) = (inside.writtenPlaces, writtenPlaces);
        }

        writtenPlaces.UnionWith(inside.writtenPlaces);
    }

    /// <summary>The first position of a block of the loop that some iterations do not come to, or that lies behind all that every one comes to.</summary>
    private int FindAlwaysEnd(Loop loop)
    {
        int last = flow.CommonDominatorOf(loop.BackEdgeSources);
        int first = flow.PositionOf(loop.Header.Id);
        for (int i = first; i <= flow.PositionOf(last); i++)
        {
            int block = flow.Order[i].Id;
            if (loop.Contains(block) && !flow.Dominates(block, last))
            {
                graph.Budget.TryDraw(i - first);
                return i;
            }
        }

        graph.Budget.TryDraw(flow.PositionOf(last) - first);
        return flow.PositionOf(last) + 1;
    }
}
