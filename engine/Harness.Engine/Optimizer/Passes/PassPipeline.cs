using System.Diagnostics;
using Harness.Engine.Configuration;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Passes.Algebra;
using Harness.Engine.Optimizer.Passes.Escape;
using Harness.Engine.Optimizer.Passes.Loops;
using Harness.Engine.Optimizer.Passes.Numbering;
using Harness.Engine.Optimizer.Passes.Ranges;

namespace Harness.Engine.Optimizer.Passes;

/// <summary>The passes that the options ask for, in their order.</summary>
internal sealed class PassPipeline
{
    private readonly IPass[] passes;

    /// <summary>
    /// The place of the simplification of branches behind jump threading. Where that has led no jump, it would find what the one before has left, which is nothing unless that was stopped. -1 if there is none.
    /// </summary>
    private readonly int followUp;

    /// <summary>Chooses the passes.</summary>
    public PassPipeline(EngineOptions options)
    {
        Redundancies redundancies =
            (options.PassGvn ? Redundancies.Computations : Redundancies.None)
            | (options.PassLoadElimination ? Redundancies.Loads : Redundancies.None)
            | (options.PassBoundsCheckElimination ? Redundancies.Checks : Redundancies.None)
            | (options.PassCastElimination ? Redundancies.Casts : Redundancies.None);
        var constantFields = new ConstantFields();
        IPass folding = options.PassEGraph ? new EGraphRewriting() : new Folding();
        var numbering = new ValueNumbering(redundancies);
        var branches = new BranchSimplification();
        var threading = new JumpThreading();
        (bool IsOn, IPass Pass)[] all =
        [
            (options.PassConstantFields, constantFields),
            (options.PassFold, folding),
            (options.PassBranchSimplification, branches),
            (options.PassJumpThreading, threading),
            (options.PassJumpThreading && options.PassBranchSimplification, branches),
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
            (options.PassJumpThreading, threading),
            (options.PassBranchSimplification, branches),
            (options.PassDce, new DeadCodeElimination()),
        ];
        var chosen = new List<IPass>(all.Length);
        foreach ((bool isOn, IPass pass) in all)
        {
            if (isOn) chosen.Add(pass);
        }

        passes = [.. chosen];
        followUp = options.PassJumpThreading && options.PassBranchSimplification ? chosen.IndexOf(threading) + 1 : -1;
    }

    /// <summary>Runs one pass, and leaves a graph without aliases whose analyses hold.</summary>
    /// <returns>The analyses that the pass has kept.</returns>
    public static Analyses Apply(IPass pass, Graph graph)
    {
        graph.Budget.Begin(graph.NodeCount);
        Analyses kept = pass.Run(graph);
        graph.Analyses.EndPass(kept);
        graph.ResolveAll();
        return kept;
    }

    /// <summary>Runs the passes.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="observe">Told the name of each pass, the graph after it and the time that it took; null if nobody looks.</param>
    /// <param name="stopped">Told the name of each pass that has used up its share of the budget.</param>
    /// <param name="buildTime">How long it took to build the graph.</param>
    /// <param name="cancellation">Asked between passes whether to go on.</param>
    /// <exception cref="NotSupportedException">The graph is larger than any that is compiled.</exception>
    public void Run(
        Graph graph,
        Action<string, Graph, TimeSpan>? observe,
        Action<string>? stopped = null,
        TimeSpan buildTime = default,
        CancellationToken cancellation = default)
    {
        observe?.Invoke("build", graph, buildTime);
        Analyses kept = Analyses.None;
        bool hasStopped = false;
        for (int i = 0; i < passes.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            IPass pass = passes[i];
            if (i == followUp && kept == Analyses.All && !hasStopped)
            {
                observe?.Invoke(pass.Name, graph, TimeSpan.Zero);
                continue;
            }

            long start = Stopwatch.GetTimestamp();
            kept = Apply(pass, graph);
            if (graph.Budget.IsUsedUp)
            {
                hasStopped = true;
                stopped?.Invoke(pass.Name);
            }

            if (graph.NodeCount > graph.Budget.MostNodes)
            {
                throw new NotSupportedException(
                    $"its graph has more than {graph.Budget.MostNodes} nodes (compile.max-nodes) after {pass.Name}");
            }

            observe?.Invoke(pass.Name, graph, Stopwatch.GetElapsedTime(start));
        }
    }
}
