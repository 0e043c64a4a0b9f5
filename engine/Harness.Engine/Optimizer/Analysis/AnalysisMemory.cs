using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Analysis;

/// <summary>
/// The results of analyses that <see cref="AnalysisCache"/> makes, to be used again. Those of a function with very many blocks are large, and are made anew
/// by most passes.
/// </summary>
internal sealed class AnalysisMemory
{
    /// <summary>Orders of blocks.</summary>
    public Recycled<List<Block>> Orders { get; } = new(static order => order.Clear());

    /// <summary>Edges by their targets.</summary>
    public Recycled<IncomingEdges> Incoming { get; } = new(static incoming => incoming.Forget());

    /// <summary>Dominators and loops.</summary>
    public Recycled<ControlFlow> ControlFlow { get; } = new(static flow => flow.Forget());

    /// <summary>Takes back what no longer holds, when a pass is over.</summary>
    public void TakeBackOutdated()
    {
        Orders.TakeBackOutdated();
        Incoming.TakeBackOutdated();
        ControlFlow.TakeBackOutdated();
    }

    /// <summary>Takes back everything.</summary>
    public void TakeBackAll()
    {
        Orders.TakeBackAll();
        Incoming.TakeBackAll();
        ControlFlow.TakeBackAll();
    }
}
