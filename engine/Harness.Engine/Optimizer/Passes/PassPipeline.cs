using System.Diagnostics;
using Harness.Engine.Configuration;
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
    private readonly IPass[] _passes;

    /// <summary>Chooses the passes.</summary>
    public PassPipeline(EngineOptions options)
        : this(options, isTrial: false)
    {
    }

    private PassPipeline(EngineOptions options, bool isTrial)
    {
        var redundancies =
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
            (options.PassPeel && !isTrial, new LoopPeeling(options.PeelMaxSize)),
            (redundancies != Redundancies.None && options.PassPeel && !isTrial, numbering),
            (options.PassLicm && !isTrial, new LoopInvariantCodeMotion()),
            (options.PassRangeCheckElimination && !isTrial, new RangeCheckElimination()),
            (options.PassRotate && !isTrial, new LoopRotation()),
            (options.PassUnroll && !isTrial, new LoopUnrolling(options.UnrollMaxFactor, options.UnrollMaxSize)),
            (options.PassBranchSimplification && !isTrial, branches),
            (options.PassFold && !isTrial, folding),
            (options.PassJumpThreading && !isTrial, threading),
            (options.PassBranchSimplification && !isTrial, branches),
            (options.PassDce, new DeadCodeElimination()),
        ];
        var chosen = new List<IPass>(all.Length);
        foreach (var (isOn, pass) in all)
        {
            if (isOn)
            {
                chosen.Add(pass);
            }
        }

        _passes = [.. chosen];
    }

    /// <summary>The passes that simplify a function which is built in trial: all but those of loops and the clean-up after these.</summary>
    public static PassPipeline ForTrials(EngineOptions options) => new(options, isTrial: true);

    /// <summary>Runs one pass, and leaves a graph without aliases whose analyses hold.</summary>
    public static void Apply(IPass pass, Graph graph)
    {
        graph.Budget.Begin(graph.NodeCount);
        graph.Analyses.EndPass(pass.Run(graph));
        graph.ResolveAll();
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
        foreach (var pass in _passes)
        {
            cancellation.ThrowIfCancellationRequested();
            var start = Stopwatch.GetTimestamp();
            Apply(pass, graph);
            if (graph.Budget.IsUsedUp)
            {
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
