using System.Diagnostics;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Inlining;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Diagnostics;

/// <summary>
/// Watches an engine from its making on, and explains afterwards what it did. The engine knows nothing of it, and does nothing
/// for it once it is disposed of.
/// </summary>
public sealed class ExecutionRecorder : IDisposable
{
    private readonly WasmEngine _engine;
    private readonly RecorderOptions _options;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Lock _gate = new();
    private readonly List<Compilation> _compilations = [];
    private readonly List<(DeoptEvent Event, double At)> _deopts = [];
    private readonly List<RecordedCall> _calls = [];
    private readonly Dictionary<(WasmModule Module, int FunctionIndex), Compilation> _open = [];
    private bool _isDisposed;

    /// <summary>Begins to record.</summary>
    /// <param name="engine">The engine; what it did before is not recorded.</param>
    /// <param name="options">What to keep; null for no graphs and no code.</param>
    public ExecutionRecorder(WasmEngine engine, RecorderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        _engine = engine;
        _options = options ?? new RecorderOptions();
        engine.Events.Compiled += OnCompiled;
        engine.Events.CompilationFailed += OnCompilationFailed;
        engine.Events.Deoptimized += OnDeoptimized;
        engine.Events.CompilationStepDone += OnStep;
        engine.Events.RequestEstimates();
        if (_options.Code)
        {
            engine.Events.RequestListings();
        }
    }

    /// <summary>Notes that a call from outside begins, so that what happens next can be told from what happened before.</summary>
    /// <param name="call">The function and its arguments.</param>
    /// <param name="times">How often it is made.</param>
    public void NoteCall(string call, int times)
    {
        lock (_gate)
        {
            _calls.Add(new RecordedCall(Now(), call, times));
        }
    }

    /// <summary>Explains what was done with the module of an instance.</summary>
    /// <param name="instance">The instance whose feedback is shown. Its store must not have been disposed of.</param>
    public Explanation Explain(Instance instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        var module = instance.Module;
        var feedback = new FeedbackSnapshot(instance);
        lock (_gate)
        {
            FunctionExplanation[] functions = [.. _compilations
                .Where(compilation => compilation.Module == module)
                .GroupBy(compilation => compilation.FunctionIndex)
                .OrderBy(group => group.Key)
                .Select(group => Explain(module.Functions[group.Key], feedback.FeedbackOf(group.Key), group))];
            DeoptExplanation[] deopts = [.. _deopts
                .Where(deopt => deopt.Event.Module == module)
                .Select(deopt => Explain(deopt.Event, deopt.At))];
            return new Explanation(functions, deopts) { ModuleHash = ModuleProfile.HashOf(module), Calls = [.. _calls], Waits = Explain(_engine.Statistics.Waits) };
        }
    }

    /// <summary>Ends the recording. What was recorded can still be explained.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _engine.Events.Compiled -= OnCompiled;
        _engine.Events.CompilationFailed -= OnCompilationFailed;
        _engine.Events.Deoptimized -= OnDeoptimized;
        _engine.Events.CompilationStepDone -= OnStep;
        _engine.Events.ReleaseEstimates();
        if (_options.Code)
        {
            _engine.Events.ReleaseListings();
        }
    }

    private void OnStep(CompilationStep step)
    {
        lock (_gate)
        {
            var compilation = Open(step.Code.Module, step.FunctionIndex);
            var after = step.Result as Graph;
            compilation.Steps.Add(new CompilationStepExplanation(
                step.Name,
                step.Duration.TotalMicroseconds,
                after?.ReversePostorder().Sum(static block => block.Nodes.Count) ?? 0,
                after?.Budget.IsUsedUp ?? false));
            if (step.Result is InliningTree tree)
            {
                compilation.Inlining = InliningReport.Of(step.Code.Module, tree);
            }
            else if (step.Result is Graph graph && Keeps(_options.Graphs, step.Code.Module, step.FunctionIndex))
            {
                compilation.Graphs.Add(new GraphText(step.Name, IrPrinter.Print(graph)));
            }
        }
    }

    private void OnCompiled(CompiledEvent compiled)
    {
        lock (_gate)
        {
            var compilation = compiled.Tier == CodeTier.Optimized
                ? Close(compiled.Module, compiled.FunctionIndex)
                : new Compilation(compiled.Module, compiled.FunctionIndex);
            compilation.Event = compiled;
            compilation.At = Now();
            if (Keeps(_options.Code, compiled.Module, compiled.FunctionIndex))
            {
                compilation.Code = new CodeListing(compiled.Module, compiled.Code!);
            }

            _compilations.Add(compilation);
        }
    }

    private void OnCompilationFailed(CompilationFailedEvent failed)
    {
        lock (_gate)
        {
            var compilation = Close(failed.Module, failed.FunctionIndex);
            compilation.Failure = failed.Failure.Message;
            compilation.At = Now();
            _compilations.Add(compilation);
        }
    }

    private void OnDeoptimized(DeoptEvent deopt)
    {
        lock (_gate)
        {
            _deopts.Add((deopt, Now()));
        }
    }

    private bool Keeps(bool isWanted, WasmModule module, int functionIndex) =>
        isWanted && _options.Functions(module.Functions[functionIndex]);

    private double Now() => Stopwatch.GetElapsedTime(_start).TotalMilliseconds;

    private Compilation Open(WasmModule module, int functionIndex)
    {
        if (!_open.TryGetValue((module, functionIndex), out var compilation))
        {
            compilation = new Compilation(module, functionIndex);
            _open.Add((module, functionIndex), compilation);
        }

        return compilation;
    }

    private Compilation Close(WasmModule module, int functionIndex)
    {
        var compilation = Open(module, functionIndex);
        _open.Remove((module, functionIndex));
        return compilation;
    }

    private static FunctionExplanation Explain(
        FunctionInfo function, FunctionFeedback? feedback, IEnumerable<Compilation> compilations) =>
        new(
            function.Index,
            function.ToString(),
            function.BodySize,
            feedback is null ? [] : Array.ConvertAll(feedback.Sites, site => Explain(function, site)),
            [.. compilations.Select(Explain)]);

    private static CallSiteExplanation Explain(FunctionInfo function, CallSiteFeedback site)
    {
        var targets = InliningReport.DirectTarget(function, site.BytecodeOffset) is { } direct
            ? [new CallTarget(direct.Index, direct.ToString(), site.Count)]
            : Array.ConvertAll(site.Targets, target =>
                new CallTarget(target.FunctionIndex, InliningReport.NameOf(function.Module, target.FunctionIndex), target.Count));
        return new CallSiteExplanation(
            site.BytecodeOffset,
            InstructionText.At(function, site.BytecodeOffset),
            InliningReport.NameOf(site.State),
            site.Count,
            targets);
    }

    private static CompilationExplanation Explain(Compilation compilation) => new(
        compilation.Event?.Tier == CodeTier.Baseline ? CompilationTier.Baseline : CompilationTier.Optimized,
        compilation.At,
        compilation.Event?.CompileTime.TotalMicroseconds ?? 0,
        compilation.Event?.CodeBytes ?? 0,
        compilation.Event?.InlinedCalls ?? 0,
        compilation.Event?.DeoptPoints ?? 0,
        compilation.Failure,
        compilation.Inlining,
        compilation.Steps,
        compilation.Graphs,
        compilation.Code?.Lines() ?? [])
    {
        QueuedMicroseconds = compilation.Event is { Tier: CodeTier.Optimized } begun ? begun.Queued.TotalMicroseconds : null,
        UntilInstalledMicroseconds = compilation.Event is { Tier: CodeTier.Optimized } installed ? installed.UntilInstalled.TotalMicroseconds : null,
    };

    private static WaitExplanation Explain(CompilationWaits waits) => new(
        waits.Begun,
        waits.Queued.TotalMicroseconds,
        waits.LongestQueued.TotalMicroseconds,
        waits.Installed,
        waits.UntilInstalled.TotalMicroseconds,
        waits.LongestUntilInstalled.TotalMicroseconds);

    private static DeoptExplanation Explain(DeoptEvent deopt, double at) => new(
        at,
        deopt.FunctionIndex,
        deopt.Module.Functions[deopt.FunctionIndex].ToString(),
        InliningReport.Words(deopt.Reason.ToString()),
        deopt.Duration.TotalMicroseconds,
        [.. deopt.Frames.Select(frame => Explain(deopt.Module.Functions[frame.FunctionIndex], frame))]);

    private static FrameExplanation Explain(FunctionInfo function, RebuiltFrame frame) => new(
        function.Index,
        function.ToString(),
        frame.BytecodeOffset,
        InstructionText.At(function, frame.BytecodeOffset),
        [.. frame.Locals.Select(value => value.ToString())],
        [.. frame.Operands.Select(value => value.ToString())]);

    /// <summary>What was recorded of a compilation.</summary>
    private sealed class Compilation(WasmModule module, int functionIndex)
    {
        public WasmModule Module { get; } = module;

        public int FunctionIndex { get; } = functionIndex;

        public double At { get; set; }

        public CompiledEvent? Event { get; set; }

        public string? Failure { get; set; }

        public IReadOnlyList<CallSiteDecision> Inlining { get; set; } = [];

        public List<CompilationStepExplanation> Steps { get; } = [];

        public List<GraphText> Graphs { get; } = [];

        public CodeListing? Code { get; set; }
    }
}
