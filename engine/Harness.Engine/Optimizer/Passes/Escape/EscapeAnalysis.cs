using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Escape;

/// <summary>
/// Removes allocations of objects that nobody else sees, and puts off the others until somebody does, after Stadler, Würthinger and
/// Mössenböck, "Partial Escape Analysis and Scalar Replacement for Java" (2014): control is followed with the values of the fields of each
/// object; loads and stores become values, null tests and type tests constants, and an object gets memory only where it is stored,
/// passed or returned. Frame states describe objects without memory, for a deopt to make them.
/// </summary>
/// <remarks>
/// Where control comes together, fields become block parameters. A parameter that is given a different object by each edge
/// becomes an object of its own, whose fields are parameters, if the objects are of one type and known by no other name from there
/// on (a loop's accumulator that is boxed anew each time, say). What is done where is found first, by repeating the walk until loops agree;
/// then one more walk changes the graph.
/// </remarks>
internal sealed class EscapeAnalysis : IPass
{
    /// <summary>Walks after which a graph is left as it is; a few are enough, one more than loops are nested.</summary>
    private const int MaxWalks = 40;

    /// <inheritdoc/>
    public string Name => "escape-analysis";

    /// <inheritdoc/>
    public Analyses Run(Graph graph)
    {
        if (!graph.Operators.ContainsAny(IrOp.NewStruct, IrOp.NewArrayFixed, IrOp.NewArray))
        {
            return Analyses.All;
        }

        var allocations = AllocationsOf(graph);
        if (allocations.Count == 0)
        {
            return Analyses.All;
        }

        var flow = graph.Analyses.ControlFlow;
        var liveness = new ReferenceLiveness(graph, flow, allocations.Select(static tracked => tracked.Origin), EscapeWalk.LeastVisitsPerObject);
        if (graph.Budget.IsUsedUp)
        {
            return Analyses.All;
        }

        var walk = new EscapeWalk(graph, flow, liveness, allocations);
        for (var i = 0; i < MaxWalks; i++)
        {
            var isChanged = walk.Analyse();
            if (graph.Budget.IsUsedUp)
            {
                return Analyses.All;
            }

            if (!isChanged)
            {
                walk.Rewrite();
                return Analyses.None;
            }
        }

        return Analyses.All;
    }

    private static List<TrackedObject> AllocationsOf(Graph graph)
    {
        var allocations = new List<TrackedObject>();
        foreach (var block in graph.Analyses.Order)
        {
            foreach (var id in block.Nodes)
            {
                if (graph[id].Op is IrOp.NewStruct or IrOp.NewArrayFixed or IrOp.NewArray
                    && TrackedObject.Of(graph, id) is { } tracked)
                {
                    allocations.Add(tracked);
                }
            }
        }

        return allocations;
    }
}
