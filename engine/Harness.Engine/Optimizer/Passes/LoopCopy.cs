using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes;

/// <summary>
/// A copy of a loop's blocks that runs once: where the loop goes back, the copy goes on to the loop itself.
/// </summary>
internal sealed class LoopCopy
{
    private readonly Graph graph;
    private readonly Loop loop;
    private readonly Dictionary<int, int> blocks = [];
    private readonly Dictionary<int, int> values = [];
    private readonly HashSet<int> copies = [];

    /// <summary>Copies a loop. Nothing leads to the copy yet.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="loop">The loop.</param>
    /// <param name="frequency">How often the copy runs for one iteration of the loop.</param>
    public LoopCopy(Graph graph, Loop loop, double frequency)
    {
        this.graph = graph;
        this.loop = loop;
        foreach (int original in loop.Blocks)
        {
            Block block = graph.NewBlock();
            block.Frequency = graph.Blocks[original].Frequency * frequency;
            blocks.Add(original, block.Id);
            copies.Add(block.Id);
        }

        // Ids first, then inputs: a node may use one of a block that is copied later.
        foreach (int original in loop.Blocks)
        {
            CopyNodes(graph.Blocks[original], graph.Blocks[blocks[original]]);
        }

        foreach (int original in loop.Blocks)
        {
            Connect(graph.Blocks[original], graph.Blocks[blocks[original]]);
        }
    }

    /// <summary>The copy of a block of the loop.</summary>
    public int BlockOf(int original) => blocks[original];

    /// <summary>The copy of a value of the loop; other values are their own.</summary>
    public int ValueOf(int id) => values.TryGetValue(id, out int copy) ? copy : id;

    /// <summary>Whether a block is one of the copies.</summary>
    public bool IsCopy(int block) => copies.Contains(block);

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
            edge.Target != loop.Header.Id && blocks.TryGetValue(edge.Target, out int copy) ? copy : edge.Target,
            MapAll(edge.Arguments)));
    }

    private int[] MapAll(int[] ids) => Array.ConvertAll(ids, ValueOf);

    private int CopyState(int index) => FrameStates.Map(graph, index, ValueOf);
}
