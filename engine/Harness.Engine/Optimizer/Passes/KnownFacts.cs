using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes;

/// <summary>What checks and branches on the way to a point say of values there.</summary>
internal sealed class KnownFacts
{
    private readonly Graph graph;
    private readonly ControlFlow flow;
    private readonly List<(int Position, Fact Fact)>?[] byBlock;

    /// <summary>Collects them.</summary>
    public KnownFacts(Graph graph, ControlFlow flow)
    {
        this.graph = graph;
        this.flow = flow;
        byBlock = new List<(int, Fact)>?[graph.Blocks.Count];
        foreach (Block block in flow.Order)
        {
            var facts = new List<(int, Fact)>();
            if (block.Predecessors is [int only] && EdgeFact(graph.Blocks[only], TargetIndex(graph.Blocks[only], block)) is { } entered)
            {
                facts.Add((-1, entered));
            }

            for (int i = 0; i < block.Nodes.Count; i++)
            {
                int id = block.Nodes[i];
                if (graph[id].Op is IrOp.TrapIf or IrOp.TrapUnless or IrOp.Guard
                    && Fact.Of(graph, graph.Input(id, 0), graph[id].Op != IrOp.TrapIf) is { } passed)
                {
                    facts.Add((i, passed));
                }
            }

            byBlock[block.Id] = facts;
        }
    }

    /// <summary>A point between nodes, or on an edge at the end of a block.</summary>
    /// <param name="Block">The block.</param>
    /// <param name="Position">The next node's place in the block.</param>
    /// <param name="Edge">The edge; -1 for none.</param>
    public readonly record struct Point(int Block, int Position, int Edge = -1);

    /// <summary>All that is known at a point, the nearest first.</summary>
    public IEnumerable<Fact> At(Point point)
    {
        Block block = graph.Blocks[point.Block];
        if (point.Edge >= 0 && EdgeFact(block, point.Edge) is { } taken)
        {
            yield return taken;
        }

        for (int position = point.Position; ; position = int.MaxValue)
        {
            foreach ((int at, Fact fact) in byBlock[block.Id]!)
            {
                if (at < position)
                {
                    yield return fact;
                }
            }

            Block dominator = flow.DominatorOf(block);
            if (dominator == block)
            {
                yield break;
            }

            block = dominator;
        }
    }

    private Fact? EdgeFact(Block block, int edge) =>
        block.Terminator.Kind == TerminatorKind.Branch && block.Successors[0].Target != block.Successors[1].Target
            ? Fact.Of(graph, block.Terminator.Value, edge == 0)
            : null;

    private static int TargetIndex(Block source, Block target) =>
        Array.FindIndex(source.Successors, edge => edge.Target == target.Id);
}
