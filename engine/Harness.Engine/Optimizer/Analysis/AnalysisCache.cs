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
    private List<Block>? _order;
    private ControlFlow? _flow;
    private IncomingEdges? _incoming;

    /// <summary>The reachable blocks in reverse postorder, with <see cref="Block.Predecessors"/> of all blocks filled.</summary>
    public List<Block> Order
    {
        get
        {
            if (_order is null)
            {
                _order = memory.Orders.Take();
                graph.ListReversePostorder(_order);
                graph.ComputePredecessors(_order);
            }

            return _order;
        }
    }

    /// <summary>The edges that lead to each block, with the arguments that they have when these are asked for.</summary>
    public IncomingEdges Incoming
    {
        get
        {
            if (_incoming is null)
            {
                _incoming = memory.Incoming.Take();
                _incoming.Run(graph, Order);
            }

            return _incoming;
        }
    }

    /// <summary>Dominators and loops.</summary>
    public ControlFlow ControlFlow
    {
        get
        {
            if (_flow is null)
            {
                _flow = memory.ControlFlow.Take();
                _flow.Run(graph, Order);
            }

            return _flow;
        }
    }

    /// <summary>Forgets all analyses but some. Whoever looks at them may do so until its pass is over.</summary>
    public void Keep(Analyses kept)
    {
        if ((kept & Analyses.Order) == 0)
        {
            memory.Orders.Retire(_order);
            memory.Incoming.Retire(_incoming);
            _order = null;
            _incoming = null;
            graph.IsControlSimple = false;
        }

        if (_order is null || (kept & Analyses.ControlFlow) != Analyses.ControlFlow)
        {
            memory.ControlFlow.Retire(_flow);
            _flow = null;
        }
    }

    /// <summary>
    /// Notes that blocks have become parts of others: each of the one that was its only predecessor, and whose only successor it was. What was asked for as <see cref="Order"/> goes on without
    /// them, as if it were listed anew: such a block comes right behind the other one. All else is forgotten.
    /// </summary>
    /// <param name="isPart">By block, whether it has become a part of another one.</param>
    public void LeaveOut(bool[] isPart)
    {
        var left = memory.Orders.Take();
        left.EnsureCapacity(Order.Count);
        foreach (var block in Order)
        {
            if (!isPart[block.Id])
            {
                left.Add(block);
            }
        }

        Keep(Analyses.None);
        _order = left;
        graph.ComputePredecessors(_order);
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
        if (_order is null)
        {
            return true;
        }

        var present = graph.ReversePostorder();
        if (!present.SequenceEqual(_order))
        {
            return false;
        }

        if (_flow is null)
        {
            return true;
        }

        var fresh = new ControlFlow(graph);
        return present.TrueForAll(block =>
            fresh.DominatorOf(block) == _flow.DominatorOf(block)
            && fresh.LoopOf(block.Id)?.Header == _flow.LoopOf(block.Id)?.Header);
    }
}
