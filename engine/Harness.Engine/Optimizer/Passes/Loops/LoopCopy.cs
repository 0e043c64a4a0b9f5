using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Loops;

/// <summary>
/// A copy of blocks of a loop: where the loop goes back to its header, the copy goes there too. It is entered instead of the loop,
/// so that it runs once, before it; or by the loop's back edges, so that it does every other iteration.
/// </summary>
internal sealed class LoopCopy
{
    private readonly Graph graph;
    private readonly CopiedRegion region;
    private readonly Dictionary<int, int> blocks = [];
    private readonly Dictionary<int, int> values = [];
    private readonly HashSet<int> copies = [];
    private readonly Dictionary<int, int> states = [];

    /// <summary>Copies a region. Nothing leads to the copy yet.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="region">What is copied.</param>
    /// <param name="frequency">How often the copy runs, for one execution of the region.</param>
    /// <param name="leavesChecksOut">Whether the copy does without a loop's checks for interrupts; fuel is used up by every copy.</param>
    private LoopCopy(Graph graph, CopiedRegion region, double frequency, bool leavesChecksOut)
    {
        this.graph = graph;
        this.region = region;
        foreach (int original in region.Blocks)
        {
            Block block = graph.NewBlock();
            block.Frequency = graph.Blocks[original].Frequency * frequency;
            blocks.Add(original, block.Id);
            copies.Add(block.Id);
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

    /// <summary>
    /// Copies regions of several loops and lets control enter the copies instead of the loops; every use of a value that now has
    /// two definitions gets the right one. The loops no longer have a frame state for their entry.
    /// </summary>
    public static void InsertBefore(Graph graph, ControlFlow flow, List<CopiedRegion> regions)
    {
        OutsideUses uses = Prepare(graph, flow, regions);
        foreach (CopiedRegion region in regions)
        {
            Block header = region.Loop.Header;
            int[] outsiders = [.. header.Predecessors.Where(id => !region.Loop.Contains(id)).Distinct()];
            double entries = outsiders.Sum(id => graph.Blocks[id].Frequency);
            var copy = new LoopCopy(graph, region, Math.Min(1, entries / header.Frequency), leavesChecksOut: false);
            header.LoopEntryState = -1;
            copy.Enter(outsiders);
            uses.Repair(region, copy);
        }
    }

    /// <summary>
    /// Copies whole loops and lets their back edges lead to the copies, which go back to the loops: each does every other
    /// iteration. Only the loops themselves check for interrupts.
    /// </summary>
    public static void InsertBehind(Graph graph, ControlFlow flow, List<CopiedRegion> loops)
    {
        OutsideUses uses = Prepare(graph, flow, loops);
        foreach (CopiedRegion loop in loops)
        {
            var copy = new LoopCopy(graph, loop, 1, leavesChecksOut: true);
            copy.Enter(loop.Loop.BackEdgeSources.Distinct());
            uses.Repair(loop, copy);
        }
    }

    private static OutsideUses Prepare(Graph graph, ControlFlow flow, List<CopiedRegion> regions)
    {
        // A region's values may be used in later ones: those are copied after their uses have been repaired.
        regions.Sort((a, b) => flow.PositionOf(a.Loop.Header.Id).CompareTo(flow.PositionOf(b.Loop.Header.Id)));
        return OutsideUses.Find(graph, flow, regions);
    }

    /// <summary>The copy of a block of the loop.</summary>
    public int BlockOf(int original) => blocks[original];

    /// <summary>The copy of a value of the loop; other values are their own.</summary>
    public int ValueOf(int id) => values.TryGetValue(id, out int copy) ? copy : id;

    /// <summary>Whether a block is one of the copies.</summary>
    public bool IsCopy(int block) => copies.Contains(block);

    /// <summary>Leads the edges of blocks that go to the loop's header to the copy.</summary>
    private void Enter(IEnumerable<int> sources)
    {
        Block header = region.Loop.Header;
        Block entered = graph.Blocks[BlockOf(header.Id)];
        var led = new HashSet<int>();
        foreach (int source in sources)
        {
            led.Add(source);
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
        header.Predecessors.RemoveAll(led.Contains);
        foreach (int copy in blocks.Values)
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

            int copy = graph.Append(to, node.Op, node.Type, graph.Inputs(id).ToArray(), node.Immediate, node.Aux);
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
        terminator.Values = MapAll(terminator.Values ?? []);
        if (terminator.Kind == TerminatorKind.Deoptimize)
        {
            terminator.FrameState = CopyState(terminator.FrameState);
        }

        to.Terminator = terminator;
        to.Successors = Array.ConvertAll(from.Successors, edge => new Edge(
            edge.Target != region.Loop.Header.Id && blocks.TryGetValue(edge.Target, out int copy) ? copy : edge.Target,
            MapAll(edge.Arguments)));
    }

    private int[] MapAll(int[] ids) => Array.ConvertAll(ids, ValueOf);

    private int CopyState(int index)
    {
        if (!states.TryGetValue(index, out int copy))
        {
            copy = FrameStates.Map(graph, index, ValueOf);
            states.Add(index, copy);
        }

        return copy;
    }
}
