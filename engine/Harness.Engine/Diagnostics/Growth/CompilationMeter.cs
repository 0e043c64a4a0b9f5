using Harness.Engine.Configuration;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer;
using Harness.Engine.Runtime;

namespace Harness.Engine.Diagnostics.Growth;

/// <summary>
/// Measures what one compiler of a tier costs. It has no buffers when the first module is measured, so that what it allocates is all that it needs; from
/// then on it keeps them, as it does in an engine that compiles one function after the other.
/// </summary>
internal sealed class CompilationMeter : IDisposable
{
    private readonly WasmEngine _engine;
    private readonly IDisposable _compiler;
    private readonly Func<ModuleCode, int, CompiledCode> _compile;
    private readonly bool _countsDecoding;
    private readonly Dictionary<string, long> _steps = [];
    private long _stepStart;

    private CompilationMeter(EngineOptions options, IDisposable compiler, Func<ModuleCode, int, CompiledCode> compile, bool countsDecoding)
    {
        _engine = new WasmEngine(options);
        _compiler = compiler;
        _compile = compile;
        _countsDecoding = countsDecoding;
        _engine.Events.CompilationStepDone += done =>
        {
            _steps[done.Name] = _steps.GetValueOrDefault(done.Name) + ThreadClock.Now - _stepStart;
            _stepStart = ThreadClock.Now;
        };
    }

    /// <summary>The baseline tier, with decoding and validation.</summary>
    public static CompilationMeter OfBaseline(EngineOptions options)
    {
        var compiler = Compilers.CreateBaseline();
        return new CompilationMeter(options, compiler, (code, index) => compiler.Compile(code, index), countsDecoding: true);
    }

    /// <summary>The optimizing tier; what decoding costs does not count.</summary>
    public static CompilationMeter OfOptimizing(EngineOptions options)
    {
        var compiler = new OptimizingCompiler(options);
        var feedback = new NoFeedback();
        return new CompilationMeter(
            options, compiler, (code, index) => compiler.Compile(code, index, feedback, allowDeopt: true), countsDecoding: false);
    }

    /// <summary>Compiles all functions of a module.</summary>
    public CompilationCost Measure(byte[] module)
    {
        var code = _countsDecoding ? null : _engine.CodeOf(WasmModule.Decode(module));
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var faults = ThreadClock.PageFaults;
        var start = ThreadClock.Now;
        code ??= _engine.CodeOf(WasmModule.Decode(module));
        _steps.Clear();
        long codeBytes = 0;
        string? refusal = null;
        for (var i = code.Module.ImportedFunctionCount; i < code.Module.Functions.Length; i++)
        {
            _stepStart = ThreadClock.Now;
            try
            {
                var compiled = _compile(code, i);
                codeBytes += compiled.Block.Size;
                NativeRuntime.CodeSpace.Free(compiled.Block);
            }
            catch (NotSupportedException failure)
            {
                refusal ??= failure.Message;
            }
        }

        var time = ThreadClock.Now - start;
        faults = ThreadClock.PageFaults - faults;
        return new CompilationCost(time, GC.GetAllocatedBytesForCurrentThread() - allocated + codeBytes, codeBytes, refusal)
        {
            PageFaults = faults,
            Steps = new Dictionary<string, long>(_steps),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _compiler.Dispose();
        _engine.Dispose();
    }

    /// <summary>Nothing has run yet.</summary>
    private sealed class NoFeedback : IFeedbackSource
    {
        public FunctionFeedback? FeedbackOf(int functionIndex) => null;

        public long WorkOf(int functionIndex) => 0;

        public int DeoptsAt(int bytecodeOffset) => 0;
    }
}
