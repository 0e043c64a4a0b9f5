using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Analysis;

/// <summary>
/// The analyses of a graph: each is made when a pass first asks for it, and stays until a pass changes what it describes. Every pass
/// says what it has kept.
/// </summary>
/// <param name="graph">The graph.</param>
/// <param name="memory">Where the results come from.</param>
internal sealed class AnalysisCache(Graph graph, AnalysisMemory memory)
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
                order = memory.Orders.Take();
                graph.ListReversePostorder(order);
                graph.ComputePredecessors(order);
            }

            return order;
        }
    }

    /// <summary>The edges that lead to each block, with the arguments that they have when these are asked for.</summary>
    public IncomingEdges Incoming
    {
        get
        {
            if (incoming is null)
            {
                incoming = memory.Incoming.Take();
                incoming.Run(graph, Order);
            }

            return incoming;
        }
    }

    /// <summary>Dominators and loops.</summary>
    public ControlFlow ControlFlow
    {
        get
        {
            if (flow is null)
            {
                flow = memory.ControlFlow.Take();
                flow.Run(graph, Order);
            }

            return flow;
        }
    }

    /// <summary>Forgets all analyses but some. Whoever looks at them may do so until its pass is over.</summary>
    public void Keep(Analyses kept)
    {
        if ((kept & Analyses.Order) == 0)
        {
            memory.Orders.Retire(order);
            memory.Incoming.Retire(incoming);
            order = null;
            incoming = null;
            graph.IsControlSimple = false;
        }

        if (order is null || (kept & Analyses.ControlFlow) != Analyses.ControlFlow)
        {
            memory.ControlFlow.Retire(flow);
            flow = null;
        }
    }

    /// <summary>
    /// Notes that blocks have become parts of others: each of the one that was its only predecessor, and whose only successor it was. What was asked for as <see cref="Order"/> goes on without
    /// them, as if it were listed anew: such a block comes right behind the other one. All else is forgotten.
    /// </summary>
    /// <param name="isPart">By block, whether it has become a part of another one.</param>
    public void LeaveOut(bool[] isPart)
    {
        List<Block> left = memory.Orders.Take();
        left.EnsureCapacity(Order.Count);
        foreach (Block block in Order)
        {
            if (!isPart[block.Id])
            {
                left.Add(block);
            }
        }

        Keep(Analyses.None);
        order = left;
        graph.ComputePredecessors(order);
    }

    /// <summary>Forgets all analyses but some that a pass has kept, which is over.</summary>
    public void EndPass(Analyses kept)
    {
        Keep(kept);
        memory.TakeBackOutdated();
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
