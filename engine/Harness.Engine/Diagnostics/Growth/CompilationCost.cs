using Harness.Engine.Configuration;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer;
using Harness.Engine.Runtime;

namespace Harness.Engine.Diagnostics.Growth;

/// <summary>
/// What it costs to compile all functions of a module, one after the other on this thread and without feedback, with compilers that have no buffers
/// yet.
/// </summary>
/// <param name="Time">Processor time of the thread, in nanoseconds.</param>
/// <param name="AllocatedBytes">Bytes that were allocated in all, the machine code among them.</param>
/// <param name="CodeBytes">Bytes of machine code.</param>
/// <param name="Refusal">Why a function was not compiled; null if all were.</param>
internal sealed record CompilationCost(long Time, long AllocatedBytes, long CodeBytes, string? Refusal)
{
    /// <summary>Processor time of each step of the optimizing compiler, in nanoseconds, by the step's name.</summary>
    public IReadOnlyDictionary<string, long> Steps { get; private init; } = new Dictionary<string, long>();

    /// <summary>Decodes and validates a module and compiles it with the baseline compiler.</summary>
    public static CompilationCost OfBaseline(byte[] module, EngineOptions options)
    {
        using var engine = new WasmEngine(options);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var start = ThreadClock.Now;
        var code = engine.CodeOf(WasmModule.Decode(module));
        using var compiler = Compilers.CreateBaseline();
        return Measure(code, index => compiler.Compile(code, index), before, start);
    }

    /// <summary>Compiles a module with the optimizing compiler; what decoding it costs does not count.</summary>
    public static CompilationCost OfOptimizing(byte[] module, EngineOptions options)
    {
        using var engine = new WasmEngine(options);
        var code = engine.CodeOf(WasmModule.Decode(module));
        var steps = new Dictionary<string, long>();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var start = ThreadClock.Now;
        var stepStart = start;
        engine.Events.CompilationStepDone += done =>
        {
            steps[done.Name] = steps.GetValueOrDefault(done.Name) + ThreadClock.Now - stepStart;
            stepStart = ThreadClock.Now;
        };
        using var compiler = new OptimizingCompiler(options);
        var feedback = new NoFeedback();
        return Measure(code, Compile, before, start) with { Steps = steps };

        CompiledCode Compile(int index)
        {
            stepStart = ThreadClock.Now;
            return compiler.Compile(code, index, feedback, allowDeopt: true);
        }
    }

    private static CompilationCost Measure(ModuleCode code, Func<int, CompiledCode> compile, long allocatedBefore, long start)
    {
        long codeBytes = 0;
        string? refusal = null;
        var functions = code.Module.Functions;
        for (var i = code.Module.ImportedFunctionCount; i < functions.Length; i++)
        {
            try
            {
                var compiled = compile(i);
                codeBytes += compiled.Block.Size;
                NativeRuntime.CodeSpace.Free(compiled.Block);
            }
            catch (NotSupportedException failure)
            {
                refusal ??= failure.Message;
            }
        }

        var time = ThreadClock.Now - start;
        return new CompilationCost(time, GC.GetAllocatedBytesForCurrentThread() - allocatedBefore + codeBytes, codeBytes, refusal);
    }

    /// <summary>Nothing has run yet.</summary>
    private sealed class NoFeedback : IFeedbackSource
    {
        public FunctionFeedback? FeedbackOf(int functionIndex) => null;

        public long WorkOf(int functionIndex) => 0;

        public int DeoptsAt(int bytecodeOffset) => 0;
    }
}
