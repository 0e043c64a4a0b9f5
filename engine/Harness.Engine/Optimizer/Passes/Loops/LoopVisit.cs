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
    private readonly Graph _graph;
    private readonly ControlFlow _flow;
    private HashSet<ObjectPlace> _writtenPlaces = [];
    private bool _writesAnyPlace;
    private Effects _written;
    private int _alwaysEnd;

    private LoopVisit(Graph graph, ControlFlow flow)
    {
        _graph = graph;
        _flow = flow;
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
        foreach (var id in loop.OwnBlocks)
        {
            var block = graph.Blocks[id];
            visit.Candidates.Add((block, block.Nodes));
            foreach (var node in block.Nodes)
            {
                visit.NoteWrites(node);
            }
        }

        foreach (var inside in loop.Inner)
        {
            visit.Include(inner[inside]);
        }

        long steps = 0;
        foreach (var (_, nodes) in visit.Candidates)
        {
            steps += 1L + nodes.Count;
        }

        graph.Budget.TryDraw(steps);
        visit.Candidates.Sort((a, b) => flow.PositionOf(a.Block.Id).CompareTo(flow.PositionOf(b.Block.Id)));
        visit._alwaysEnd = loop.Header.LoopEntryState < 0 ? -1 : visit.FindAlwaysEnd(loop);
        return visit;
    }

    /// <summary>Whether every iteration comes to a block, and to all before it.</summary>
    public bool IsAlways(Block block) => _flow.PositionOf(block.Id) < _alwaysEnd;

    /// <summary>Whether the loop may change what a node reads.</summary>
    public bool IsChanging(int id, Effects effects) =>
        ((effects & Effects.ReadsGlobal) != 0 && (_written & Effects.WritesGlobal) != 0)
        || ((effects & Effects.ReadsTable) != 0 && (_written & Effects.WritesTable) != 0)
        || ((effects & Effects.ReadsSize) != 0 && (_written & Effects.WritesSize) != 0)
        || ((effects & Effects.ReadsHeap) != 0 && (_writesAnyPlace || _writtenPlaces.Contains(Access.Of(_graph, id).Place)));

    private void NoteWrites(int id)
    {
        var effects = OperatorTable.EffectsOf(_graph, id) & Effects.AnyWrite;
        _written |= effects;
        if ((effects & Effects.WritesHeap) == 0)
        {
            return;
        }

        if (Access.WritesObject(_graph[id].Op))
        {
            _writtenPlaces.Add(Access.Of(_graph, id).Place);
        }
        else
        {
            _writesAnyPlace = true;
        }
    }

    /// <summary>Takes over what is known of a loop inside.</summary>
    private void Include(LoopVisit inside)
    {
        Candidates.AddRange(inside.Left);
        _written |= inside._written;
        _writesAnyPlace |= inside._writesAnyPlace;

        // The smaller set goes into the larger one, which the loop inside needs no more.
        if (inside._writtenPlaces.Count > _writtenPlaces.Count)
        {
            (_writtenPlaces, inside._writtenPlaces) = (inside._writtenPlaces, _writtenPlaces);
        }

        _writtenPlaces.UnionWith(inside._writtenPlaces);
    }

    /// <summary>The first position of a block of the loop that some iterations do not come to, or that lies behind all that every one comes to.</summary>
    private int FindAlwaysEnd(Loop loop)
    {
        var last = _flow.CommonDominatorOf(loop.BackEdgeSources);
        var first = _flow.PositionOf(loop.Header.Id);
        for (var i = first; i <= _flow.PositionOf(last); i++)
        {
            var block = _flow.Order[i].Id;
            if (loop.Contains(block) && !_flow.Dominates(block, last))
            {
                _graph.Budget.TryDraw(i - first);
                return i;
            }
        }

        _graph.Budget.TryDraw(_flow.PositionOf(last) - first);
        return _flow.PositionOf(last) + 1;
    }
}
