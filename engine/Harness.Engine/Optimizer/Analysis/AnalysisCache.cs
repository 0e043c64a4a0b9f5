using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Analysis;

/// <summary>
/// The analyses of a graph: each is made when a pass first asks for it, and stays until a pass changes what it describes. Every pass
/// says what it has kept.
/// </summary>
internal sealed class AnalysisCache(Graph graph)
{
    private List<Block>? order;
    private ControlFlow? flow;
    private IncomingEdges? incoming;

    /// <summary>The reachable blocks in reverse postorder, with <see cref="Block.Predecessors"/> of all blocks filled.</summary>
    public List<Block> Order
    {
        get
        {
            if (order is null)
            {
                order = graph.ReversePostorder();
                graph.ComputePredecessors(order);
            }

            return order;
        }
    }

    /// <summary>The edges that lead to each block, with the arguments that they have when these are asked for.</summary>
    public IncomingEdges Incoming => incoming ??= new IncomingEdges(graph, Order);

    /// <summary>Dominators and loops.</summary>
    public ControlFlow ControlFlow => flow ??= new ControlFlow(graph, Order);

    /// <summary>Forgets all analyses but some.</summary>
    public void Keep(Analyses kept)
    {
        if ((kept & Analyses.Order) == 0)
        {
            order = null;
            incoming = null;
        }

        if (order is null || (kept & Analyses.ControlFlow) != Analyses.ControlFlow)
        {
            flow = null;
        }
    }

    /// <summary>Whether what is kept is still true.</summary>
    public bool IsTrue()
    {
        if (order is null)
        {
            return true;
        }

        List<Block> present = graph.ReversePostorder();
        if (!present.SequenceEqual(order))
        {
            return false;
        }

        if (flow is null)
        {
            return true;
        }

        var fresh = new ControlFlow(graph);
        return present.TrueForAll(block =>
            fresh.DominatorOf(block) == flow.DominatorOf(block)
            && fresh.LoopOf(block.Id)?.Header == flow.LoopOf(block.Id)?.Header);
    }
}
