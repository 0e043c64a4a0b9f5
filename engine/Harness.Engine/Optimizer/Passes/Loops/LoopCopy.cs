using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Loops;

/// <summary>
/// A copy of blocks of a loop: where the loop goes back to its header, the copy goes there too. It is entered instead of the loop,
/// so that it runs once, before it; or by the loop's back edges, so that it does every other iteration. One object makes all copies of a pass, one after the other: a function may have very many
/// small loops.
/// </summary>
internal sealed class LoopCopy : IDisposable
{
    private readonly Graph _graph;
    private readonly CopyMap _blocks;
    private readonly CopyMap _values;
    private readonly CopyMap _states;
    private readonly Func<int, int> _valueOf;
    private CopiedRegion _region = null!;
    private int _firstBlock;

    private LoopCopy(Graph graph)
    {
        _graph = graph;
        _blocks = new CopyMap(graph.Blocks.Count);
        _values = new CopyMap(graph.NodeCount);
        _states = new CopyMap(graph.FrameStates.Count);
        _valueOf = ValueOf;
    }

    /// <summary>
    /// Copies regions of several loops and lets control enter the copies instead of the loops; every use of a value that now has
    /// two definitions gets the right one. The loops no longer have a frame state for their entry.
    /// </summary>
    public static void InsertBefore(Graph graph, ControlFlow flow, List<CopiedRegion> regions)
    {
        using var uses = Prepare(graph, flow, regions);
        using var copy = new LoopCopy(graph);
        foreach (var region in regions)
        {
            var header = region.Loop.Header;
            var entries = region.Loop.EntrySources().Sum(id => graph.Blocks[id].Frequency);
            copy.Copy(region, Math.Min(1, entries / header.Frequency), leavesChecksOut: false);
            header.LoopEntryState = -1;
            copy.Enter(isFromInside: false);
            uses.Repair(region, copy);
        }
    }

    /// <summary>
    /// Copies whole loops and lets their back edges lead to the copies, which go back to the loops: each does every other
    /// iteration. Only the loops themselves check for interrupts.
    /// </summary>
    public static void InsertBehind(Graph graph, ControlFlow flow, List<CopiedRegion> loops)
    {
        using var uses = Prepare(graph, flow, loops);
        using var copy = new LoopCopy(graph);
        foreach (var loop in loops)
        {
            copy.Copy(loop, 1, leavesChecksOut: true);
            copy.Enter(isFromInside: true);
            uses.Repair(loop, copy);
        }
    }

    private static OutsideUses Prepare(Graph graph, ControlFlow flow, List<CopiedRegion> regions)
    {
        // A region's values may be used in later ones: those are copied after their uses have been repaired.
        regions.Sort((a, b) => flow.PositionOf(a.Loop.Header.Id).CompareTo(flow.PositionOf(b.Loop.Header.Id)));
        return OutsideUses.Find(graph, flow, regions);
    }

    /// <summary>The copy of a value of the loop; other values are their own.</summary>
    public int ValueOf(int id) => _values.TryGetValue(id, out var copy) ? copy : id;

    /// <summary>Whether a block is one of the copies.</summary>
    public bool IsCopy(int block) => (uint)(block - _firstBlock) < (uint)_region.Blocks.Count;

    /// <inheritdoc/>
    public void Dispose()
    {
        _blocks.Dispose();
        _values.Dispose();
        _states.Dispose();
    }

    /// <summary>Copies a region, and forgets the one before. Nothing leads to the copy yet.</summary>
    /// <param name="copied">What is copied.</param>
    /// <param name="frequency">How often the copy runs, for one execution of the region.</param>
    /// <param name="leavesChecksOut">Whether the copy does without a loop's checks for interrupts; fuel is used up by every copy.</param>
    private void Copy(CopiedRegion copied, double frequency, bool leavesChecksOut)
    {
        _region = copied;
        _blocks.Clear();
        _values.Clear();
        _states.Clear();
        _firstBlock = _graph.Blocks.Count;
        foreach (var original in _region.Blocks)
        {
            var block = _graph.NewBlock();
            block.Frequency = _graph.Blocks[original].Frequency * frequency;
            _blocks.Add(original, block.Id);
        }

        // Ids first, then inputs: a node may use one of a block that is copied later.
        foreach (var original in _region.Blocks)
        {
            CopyNodes(_graph.Blocks[original], _graph.Blocks[_blocks[original]], leavesChecksOut);
        }

        foreach (var original in _region.Blocks)
        {
            Connect(_graph.Blocks[original], _graph.Blocks[_blocks[original]]);
        }
    }

    /// <summary>Leads edges that go to the loop's header to the copy.</summary>
    /// <param name="isFromInside">Whether those of the loop itself, and not those by which it is entered.</param>
    private void Enter(bool isFromInside)
    {
        var header = _region.Loop.Header;
        var entered = _graph.Blocks[_blocks[header.Id]];
        var kept = 0;
        for (var place = 0; place < header.Predecessors.Count; place++)
        {
            var source = header.Predecessors[place];
            if (_region.Loop.Contains(source) != isFromInside)
            {
                header.Predecessors[kept++] = source;
                continue;
            }

            var edges = _graph.Blocks[source].Successors;
            for (var i = 0; i < edges.Length; i++)
            {
                if (edges[i].Target == header.Id)
                {
                    edges[i] = edges[i] with { Target = entered.Id };
                    entered.Predecessors.Add(source);
                }
            }
        }

        // What is reachable stays so, and predecessors are kept true copy by copy.
        header.Predecessors.Truncate(kept);
        for (var copy = _firstBlock; IsCopy(copy); copy++)
        {
            foreach (var edge in _graph.Blocks[copy].Successors)
            {
                _graph.Blocks[edge.Target].Predecessors.Add(copy);
            }
        }
    }

    private void CopyNodes(Block from, Block to, bool leavesChecksOut)
    {
        foreach (var id in from.Parameters)
        {
            _values.Add(id, _graph.AppendParameterLike(to, id));
        }

        foreach (var id in from.Nodes)
        {
            _graph.Budget.CountStep();
            var node = _graph[id];
            if (leavesChecksOut ? node.Op is IrOp.LoopStackCheck or IrOp.LoopEpochCheck : node.Op == IrOp.Nop)
            {
                continue;
            }

            var copy = _graph.Append(to, node.Op, node.Type, _graph.Inputs(id), node.Immediate, node.Aux);
            _graph[copy].ReferenceType = node.ReferenceType;
            _graph[copy].BytecodeOffset = node.BytecodeOffset;
            _graph[copy].Inlining = node.Inlining;
            _values.Add(id, copy);
        }
    }

    private void Connect(Block from, Block to)
    {
        foreach (var id in to.Nodes)
        {
            foreach (ref var input in _graph.Inputs(id))
            {
                input = ValueOf(input);
            }

            _graph.SetState(id, CopyState(_graph.StateOf(id)));
        }

        var terminator = from.Terminator;
        terminator.Value = ValueOf(terminator.Value);
        terminator.Values = MapAll(terminator.Values);
        if (terminator.Kind == TerminatorKind.Deoptimize)
        {
            terminator.FrameState = CopyState(terminator.FrameState);
        }

        to.Terminator = terminator;
        var edges = to.NewSuccessors(from.Successors.Length);
        for (var i = 0; i < edges.Length; i++)
        {
            edges[i] = new Edge(TargetOf(from.Successors[i].Target), MapAll(from.Successors[i].Arguments));
        }
    }

    /// <summary>Where an edge of the copy leads that leads to a block in the loop.</summary>
    private int TargetOf(int block) => block != _region.Loop.Header.Id && _blocks.TryGetValue(block, out var copy) ? copy : block;

    private int[] MapAll(int[]? ids)
    {
        if (ids is not { Length: > 0 })
        {
            return [];
        }

        var mapped = new int[ids.Length];
        for (var i = 0; i < ids.Length; i++)
        {
            mapped[i] = ValueOf(ids[i]);
        }

        return mapped;
    }

    private int CopyState(int index)
    {
        if (index < 0)
        {
            return index;
        }

        if (!_states.TryGetValue(index, out var copy))
        {
            copy = FrameStates.Map(_graph, index, _valueOf);
            _states.Add(index, copy);
        }

        return copy;
    }
}
