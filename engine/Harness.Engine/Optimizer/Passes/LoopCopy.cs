using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes;

/// <summary>
/// A copy of blocks of a loop that runs once, before it: where the loop goes back, the copy goes on to the loop itself.
/// </summary>
internal sealed class LoopCopy
{
    private readonly Graph graph;
    private readonly CopiedRegion region;
    private readonly Dictionary<int, int> blocks = [];
    private readonly Dictionary<int, int> values = [];
    private readonly HashSet<int> copies = [];

    /// <summary>Copies a region. Nothing leads to the copy yet.</summary>
    private LoopCopy(Graph graph, CopiedRegion region)
    {
        this.graph = graph;
        this.region = region;
        Block header = region.Loop.Header;
        double entries = header.Predecessors.Where(id => !region.Loop.Contains(id)).Sum(id => graph.Blocks[id].Frequency);
        double frequency = Math.Min(1, entries / header.Frequency);
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
            CopyNodes(graph.Blocks[original], graph.Blocks[blocks[original]]);
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
    public static void CopyAll(Graph graph, ControlFlow flow, List<CopiedRegion> regions)
    {
        // A region's values may be used in later ones: those are copied after their uses have been repaired.
        regions.Sort((a, b) => flow.PositionOf(a.Loop.Header.Id).CompareTo(flow.PositionOf(b.Loop.Header.Id)));
        OutsideUses uses = OutsideUses.Find(graph, flow, regions);
        foreach (CopiedRegion region in regions)
        {
            var copy = new LoopCopy(graph, region);
            copy.Enter();
            graph.ComputePredecessors(graph.ReversePostorder());
            uses.Repair(region, copy);
        }
    }

    /// <summary>The copy of a block of the loop.</summary>
    public int BlockOf(int original) => blocks[original];

    /// <summary>The copy of a value of the loop; other values are their own.</summary>
    public int ValueOf(int id) => values.TryGetValue(id, out int copy) ? copy : id;

    /// <summary>Whether a block is one of the copies.</summary>
    public bool IsCopy(int block) => copies.Contains(block);

    /// <summary>Leads the edges that enter the loop to the copy.</summary>
    private void Enter()
    {
        Block header = region.Loop.Header;
        header.LoopEntryState = -1;
        foreach (int outsider in header.Predecessors)
        {
            if (region.Loop.Contains(outsider))
            {
                continue;
            }

            Edge[] edges = graph.Blocks[outsider].Successors;
            for (int i = 0; i < edges.Length; i++)
            {
                if (edges[i].Target == header.Id)
                {
                    edges[i] = edges[i] with { Target = BlockOf(header.Id) };
                }
            }
        }
    }

    private void CopyNodes(Block from, Block to)
    {
        foreach (int id in from.Parameters)
        {
            values.Add(id, graph.AppendParameter(to, graph[id].Type));
        }

        foreach (int id in from.Nodes)
        {
            Node node = graph[id];
            int copy = graph.Append(to, node.Op, node.Type, graph.Inputs(id).ToArray(), node.Immediate, node.Aux);
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

            if (graph[id].Op == IrOp.Guard)
            {
                graph[id].Aux = CopyState(graph[id].Aux);
            }
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

    private int CopyState(int index) => FrameStates.Map(graph, index, ValueOf);
}
