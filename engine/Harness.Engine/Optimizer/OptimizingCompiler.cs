using System.Collections.Concurrent;
using Harness.Engine.Configuration;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Build;
using Harness.Engine.Optimizer.Emission;
using Harness.Engine.Optimizer.Inlining;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Passes;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer;

/// <summary>
/// The optimizing compiler: feedback decides what to inline, the graph is built accordingly, the passes improve it, and the code
/// generator turns it into machine code.
/// </summary>
internal sealed class OptimizingCompiler(EngineOptions options) : IOptimizingCompiler
{
    private readonly PassPipeline passes = new(options);
    // Not a bag: that keeps what was added in the adding thread as long as the thread lives.
    private readonly ConcurrentStack<CodeGenerator> generators = [];
    private volatile bool isDisposed;

    /// <inheritdoc/>
    public CompiledCode Compile(ModuleCode code, int functionIndex, IFeedbackSource feedback, bool allowDeopt, CancellationToken cancellation)
    {
        WasmModule module = code.Module;
        InliningTree tree = new InliningTreeGrower(module, options, feedback).Grow(functionIndex);
        if (options.TraceInlining)
        {
            InliningTrace.Write(Console.Error, module, tree);
        }

        EngineEvents events = code.Engine.Events;
        events.OnStep(code, functionIndex, "inlining", tree);
        cancellation.ThrowIfCancellationRequested();
        Graph graph = GraphBuilder.Build(module, options, tree, allowDeopt);
        passes.Run(graph, events.WantsSteps ? (pass, after) => events.OnStep(code, functionIndex, pass, after) : null, cancellation);
        cancellation.ThrowIfCancellationRequested();
        if (!generators.TryPop(out CodeGenerator? generator))
        {
            generator = new CodeGenerator();
        }

        // A generator that has failed is not used again.
        CompiledCode compiled = generator.Generate(graph, code, events.WantsListings);
        generator.Forget();
        generators.Push(generator);
        if (isDisposed) Dispose();
        return compiled;
    }

    /// <summary>Frees the code generators; one that is at work, when it has finished.</summary>
    public void Dispose()
    {
        isDisposed = true;
        while (generators.TryPop(out CodeGenerator? generator))
        {
            generator.Dispose();
        }
    }
}
