using System.Collections.Concurrent;
using System.Diagnostics;
using Harness.Engine.Configuration;
using Harness.Engine.Feedback;
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
    private readonly PassPipeline _passes = new(options);
    // Not a bag: that keeps what was added in the adding thread as long as the thread lives.
    private readonly ConcurrentStack<CodeGenerator> _generators = [];
    private readonly ConcurrentStack<GraphMemory> _memories = [];
    private volatile bool _isDisposed;

    /// <inheritdoc/>
    public CompiledCode Compile(ModuleCode code, int functionIndex, IFeedbackSource feedback, bool allowDeopt, CancellationToken cancellation = default) =>
        CompileLoop(code, functionIndex, loop: -1, feedback, allowDeopt, cancellation);

    /// <inheritdoc/>
    public CompiledCode CompileLoop(
        ModuleCode code, int functionIndex, int loop, IFeedbackSource feedback, bool allowDeopt, CancellationToken cancellation = default)
    {
        var module = code.Module;
        if (module.Functions[functionIndex].HasVectors && !options.VectorsOptimize)
        {
            throw new NotSupportedException("the function has vectors, which stay in baseline code without vectors.optimize");
        }

        var start = Stopwatch.GetTimestamp();
        var tree = new InliningTreeGrower(module, options, feedback).Grow(functionIndex, cancellation);
        var growthTime = Stopwatch.GetElapsedTime(start);
        if (options.TraceInlining)
        {
            InliningTrace.Write(Console.Error, module, tree);
        }

        var events = code.Engine.Events;
        Action<string, object, TimeSpan>? observe = events.WantsSteps
            ? (name, result, duration) => events.OnStep(code, functionIndex, name, result, duration)
            : null;
        if (events.WantsEstimates)
        {
            InliningEstimates.AddTo(tree, module, options, feedback);
        }

        observe?.Invoke("inlining", tree, growthTime);
        cancellation.ThrowIfCancellationRequested();
        start = Stopwatch.GetTimestamp();
        if (!_memories.TryPop(out var memory))
        {
            memory = new GraphMemory();
        }

        try
        {
            var graph = GraphBuilder.Build(module, options, tree, allowDeopt, loop, memory, cancellation);
            var buildTime = Stopwatch.GetElapsedTime(start);
            _passes.Run(graph, observe, pass => events.OnPassStopped(code, functionIndex, pass), buildTime, cancellation);
            cancellation.ThrowIfCancellationRequested();
            return Generate(graph, code, events.WantsListings, observe);
        }
        finally
        {
            // The graph is not used any more.
            memory.Forget();
            _memories.Push(memory);
        }
    }

    /// <summary>Lets a generator generate code: one that is idle, or a new one.</summary>
    private CompiledCode Generate(Graph graph, ModuleCode code, bool withSourceMap, Action<string, object, TimeSpan>? observe)
    {
        if (!_generators.TryPop(out var generator))
        {
            generator = new CodeGenerator();
        }

        CompiledCode compiled;
        try
        {
            compiled = generator.Generate(graph, code, withSourceMap, observe);
        }
        catch (NotSupportedException)
        {
            // The next function needs the buffers as much as if this one had been compiled.
            GiveBack(generator);
            throw;
        }
        catch
        {
            // What was broken off anywhere is not used again.
            generator.Dispose();
            throw;
        }

        GiveBack(generator);
        return compiled;
    }

    private void GiveBack(CodeGenerator generator)
    {
        generator.Forget();
        _generators.Push(generator);
        if (_isDisposed)
        {
            Dispose();
        }
    }

    /// <summary>Frees the code generators; one that is at work, when it has finished.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        while (_generators.TryPop(out var generator))
        {
            generator.Dispose();
        }
    }
}
