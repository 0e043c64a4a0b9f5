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
    private readonly Graph graph;
    private readonly CopyMap blocks;
    private readonly CopyMap values;
    private readonly CopyMap states;
    private readonly Func<int, int> valueOf;
    private CopiedRegion region = null!;
    private int firstBlock;

    private LoopCopy(Graph graph)
    {
        this.graph = graph;
        blocks = new CopyMap(graph.Blocks.Count);
        values = new CopyMap(graph.NodeCount);
        states = new CopyMap(graph.FrameStates.Count);
        valueOf = ValueOf;
    }

    /// <summary>
    /// Copies regions of several loops and lets control enter the copies instead of the loops; every use of a value that now has
    /// two definitions gets the right one. The loops no longer have a frame state for their entry.
    /// </summary>
    public static void InsertBefore(Graph graph, ControlFlow flow, List<CopiedRegion> regions)
    {
        using OutsideUses uses = Prepare(graph, flow, regions);
        using var copy = new LoopCopy(graph);
        foreach (CopiedRegion region in regions)
        {
            Block header = region.Loop.Header;
            double entries = region.Loop.EntrySources().Sum(id => graph.Blocks[id].Frequency);
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
        using OutsideUses uses = Prepare(graph, flow, loops);
        using var copy = new LoopCopy(graph);
        foreach (CopiedRegion loop in loops)
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
    public int ValueOf(int id) => values.TryGetValue(id, out int copy) ? copy : id;

    /// <summary>Whether a block is one of the copies.</summary>
    public bool IsCopy(int block) => (uint)(block - firstBlock) < (uint)region.Blocks.Count;

    /// <inheritdoc/>
    public void Dispose()
    {
        blocks.Dispose();
        values.Dispose();
        states.Dispose();
    }

    /// <summary>Copies a region, and forgets the one before. Nothing leads to the copy yet.</summary>
    /// <param name="copied">What is copied.</param>
    /// <param name="frequency">How often the copy runs, for one execution of the region.</param>
    /// <param name="leavesChecksOut">Whether the copy does without a loop's checks for interrupts; fuel is used up by every copy.</param>
    private void Copy(CopiedRegion copied, double frequency, bool leavesChecksOut)
    {
        region = copied;
        blocks.Clear();
        values.Clear();
        states.Clear();
        firstBlock = graph.Blocks.Count;
        foreach (int original in region.Blocks)
        {
            Block block = graph.NewBlock();
            block.Frequency = graph.Blocks[original].Frequency * frequency;
            blocks.Add(original, block.Id);
        }

        // Ids first, then inputs: a node may use one of a block that is copied later.
        foreach (int original in region.Blocks)
        {
            CopyNodes(graph.Blocks[original], graph.Blocks[blocks[original]], leavesChecksOut);
        }

        foreach (int original in region.Blocks)
        {
            Connect(graph.Blocks[original], graph.Blocks[blocks[original]]);
        }
    }

    /// <summary>Leads edges that go to the loop's header to the copy.</summary>
    /// <param name="isFromInside">Whether those of the loop itself, and not those by which it is entered.</param>
    private void Enter(bool isFromInside)
    {
        Block header = region.Loop.Header;
        Block entered = graph.Blocks[blocks[header.Id]];
        int kept = 0;
        for (int place = 0; place < header.Predecessors.Count; place++)
        {
            int source = header.Predecessors[place];
            if (region.Loop.Contains(source) != isFromInside)
            {
                header.Predecessors[kept++] = source;
                continue;
            }

            Edge[] edges = graph.Blocks[source].Successors;
            for (int i = 0; i < edges.Length; i++)
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
        for (int copy = firstBlock; IsCopy(copy); copy++)
        {
            foreach (Edge edge in graph.Blocks[copy].Successors)
            {
                graph.Blocks[edge.Target].Predecessors.Add(copy);
            }
        }
    }

    private void CopyNodes(Block from, Block to, bool leavesChecksOut)
    {
        foreach (int id in from.Parameters)
        {
            values.Add(id, graph.AppendParameterLike(to, id));
        }

        foreach (int id in from.Nodes)
        {
            graph.Budget.CountStep();
            Node node = graph[id];
            if (leavesChecksOut ? node.Op is IrOp.LoopStackCheck or IrOp.LoopEpochCheck : node.Op == IrOp.Nop)
            {
                continue;
            }

            int copy = graph.Append(to, node.Op, node.Type, graph.Inputs(id), node.Immediate, node.Aux);
            graph[copy].ReferenceType = node.ReferenceType;
            graph[copy].BytecodeOffset = node.BytecodeOffset;
            graph[copy].Inlining = node.Inlining;
            values.Add(id, copy);
        }
    }

    private void Connect(Block from, Block to)
    {
        foreach (int id in to.Nodes)
        {
            foreach (ref int input in graph.Inputs(id))
            {
                input = ValueOf(input);
            }

            graph.SetState(id, CopyState(graph.StateOf(id)));
        }

        Terminator terminator = from.Terminator;
        terminator.Value = ValueOf(terminator.Value);
        terminator.Values = MapAll(terminator.Values);
        if (terminator.Kind == TerminatorKind.Deoptimize)
        {
            terminator.FrameState = CopyState(terminator.FrameState);
        }

        to.Terminator = terminator;
        Edge[] edges = to.NewSuccessors(from.Successors.Length);
        for (int i = 0; i < edges.Length; i++)
        {
            edges[i] = new Edge(TargetOf(from.Successors[i].Target), MapAll(from.Successors[i].Arguments));
        }
    }

    /// <summary>Where an edge of the copy leads that leads to a block in the loop.</summary>
    private int TargetOf(int block) => block != region.Loop.Header.Id && blocks.TryGetValue(block, out int copy) ? copy : block;

    private int[] MapAll(int[]? ids)
    {
        if (ids is not { Length: > 0 })
        {
            return [];
        }

        var mapped = new int[ids.Length];
        for (int i = 0; i < ids.Length; i++)
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

        if (!states.TryGetValue(index, out int copy))
        {
            copy = FrameStates.Map(graph, index, valueOf);
            states.Add(index, copy);
        }

        return copy;
    }
}
