using Harness.Engine.Configuration;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes;

/// <summary>The passes that the options ask for, in their order.</summary>
internal sealed class PassPipeline
{
    private readonly IPass[] passes;

    /// <summary>Chooses the passes.</summary>
    public PassPipeline(EngineOptions options)
    {
        Redundancies redundancies =
            (options.PassGvn ? Redundancies.Computations : Redundancies.None)
            | (options.PassLoadElimination ? Redundancies.Loads : Redundancies.None)
            | (options.PassBoundsCheckElimination ? Redundancies.Checks : Redundancies.None)
            | (options.PassCastElimination ? Redundancies.Casts : Redundancies.None);
        var constantFields = new ConstantFields();
        var folding = new Folding();
        var numbering = new ValueNumbering(redundancies);
        var branches = new BranchSimplification();
        (bool IsOn, IPass Pass)[] all =
        [
            (options.PassConstantFields, constantFields),
            (options.PassFold, folding),
            (options.PassBranchSimplification, branches),
            (redundancies != Redundancies.None, numbering),
            (options.PassEscapeAnalysis, new EscapeAnalysis()),
            (options.PassEscapeAnalysis && options.PassConstantFields, constantFields),
            (options.PassEscapeAnalysis && options.PassFold, folding),
            (options.PassEscapeAnalysis && options.PassBranchSimplification, branches),
            (options.PassPeel, new LoopPeeling(options.PeelMaxSize)),
            (redundancies != Redundancies.None && options.PassPeel, numbering),
            (options.PassLicm, new LoopInvariantCodeMotion()),
            (options.PassRangeCheckElimination, new RangeCheckElimination()),
            (options.PassRotate, new LoopRotation()),
            (options.PassUnroll, new LoopUnrolling(options.UnrollMaxFactor, options.UnrollMaxSize)),
            (options.PassBranchSimplification, branches),
            (options.PassFold, folding),
            (options.PassBranchSimplification, branches),
            (options.PassDce, new DeadCodeElimination()),
        ];
        passes = [.. all.Where(entry => entry.IsOn).Select(entry => entry.Pass)];
    }

    /// <summary>Runs the passes.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="observe">Told the name of each pass and the graph after it; null if nobody looks.</param>
    /// <param name="cancellation">Asked between passes whether to go on.</param>
    public void Run(Graph graph, Action<string, Graph>? observe, CancellationToken cancellation = default)
    {
        observe?.Invoke("build", graph);
        foreach (IPass pass in passes)
        {
            cancellation.ThrowIfCancellationRequested();
            pass.Run(graph);
            graph.ResolveAll();
            observe?.Invoke(pass.Name, graph);
        }
    }
}
