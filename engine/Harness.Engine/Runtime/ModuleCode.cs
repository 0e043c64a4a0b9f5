using System.Diagnostics;
using Harness.Engine.Configuration;
using Harness.Engine.Deoptimization;
using Harness.Engine.Feedback;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime;

/// <summary>
/// All code of one module under one set of options, shared by the module's instances. Functions are compiled when they are
/// first called; to install code is to write it into the function references of all instances. Safe for use by several
/// threads.
/// </summary>
internal sealed unsafe class ModuleCode
{
    private readonly Lock _gate = new();
    private readonly FunctionCode?[] _functions;
    private readonly List<Instance> _instances = [];

    /// <summary>Discarded code that frames may still be in; it is freed with the engine.</summary>
    private readonly List<CompiledCode> _discarded = [];

    /// <summary>Makes a module's code, which is empty at first.</summary>
    public ModuleCode(WasmEngine engine, WasmModule module)
    {
        Engine = engine;
        Module = module;
        Layout = new InstanceLayout(module);
        _functions = new FunctionCode?[module.Functions.Length];
        foreach (int type in module.CanonicalTypeIds) TypeDisplays.Add(TypeRegistry.Get(type));
    }

    /// <summary>The engine.</summary>
    public WasmEngine Engine { get; }

    /// <summary>The module.</summary>
    public WasmModule Module { get; }

    /// <summary>The options that its code is compiled with.</summary>
    public EngineOptions Options => Engine.Options;

    /// <summary>Offsets in the data of the module's instances.</summary>
    public InstanceLayout Layout { get; }

    /// <summary>
    /// What a function may do in baseline code before it is optimized: wire bytes, or calls under stress. It is optimized
    /// when this falls below zero.
    /// </summary>
    public int InitialBudget => Options.StressTierUpAfter > 0 ? Options.StressTierUpAfter - 1 : Options.TieringBudget;

    /// <summary>The entry of a function before it has code.</summary>
    public nint LazyEntry(int functionIndex) => LazyStubs.EntryOf(functionIndex);

    /// <summary>A function's current optimized code, or null.</summary>
    public CompiledCode? OptimizedCode(int functionIndex) => _functions[functionIndex]?.Optimized;

    /// <summary>A function's baseline code, or null if it was not compiled yet.</summary>
    public CompiledCode? BaselineCode(int functionIndex) => _functions[functionIndex]?.Baseline;

    /// <summary>How often a function's optimized code was left by a failed guard, stress aside.</summary>
    public int DeoptCount(int functionIndex) => _functions[functionIndex]?.DeoptCount ?? 0;

    /// <summary>Whether a function can be compiled with deopt points.</summary>
    public bool AllowsDeopt(int functionIndex) => Options.Deopt && DeoptCount(functionIndex) < Options.DeoptLimit;

    /// <summary>Registers a new instance.</summary>
    public void Add(Instance instance)
    {
        lock (_gate)
        {
            _instances.Add(instance);
        }
    }

    /// <summary>Forgets an instance whose store is disposed of.</summary>
    public void Remove(Instance instance)
    {
        Engine.TierUp.Cancel(instance);
        lock (_gate)
        {
            _instances.Remove(instance);
        }
    }

    /// <summary>Makes code for a function at its first call in an instance.</summary>
    /// <returns>Its entry.</returns>
    public nint Enter(Instance instance, int functionIndex)
    {
        if (Options.TierUp == TierUpMode.Eager && OptimizedCode(functionIndex) is null && DeoptCount(functionIndex) == 0)
        {
            Engine.TierUp.Optimize(instance, functionIndex);
        }

        lock (_gate)
        {
            CompiledCode code = OptimizedCode(functionIndex) ?? BaselineWithFeedback(instance, functionIndex);
            return instance.FunctionReference(functionIndex)->Entry = code.Block.Address;
        }
    }

    /// <summary>A function's baseline code, with a feedback vector for it in the instance.</summary>
    public CompiledCode BaselineWithFeedback(Instance instance, int functionIndex)
    {
        lock (_gate)
        {
            CompiledCode code = Baseline(functionIndex);
            ref nint vector = ref instance.FeedbackVector(functionIndex);
            if (vector == 0 && code.FeedbackCallOffsets.Length != 0)
            {
                vector = (nint)instance.Store.AllocateNative(code.FeedbackCallOffsets.Length * FeedbackSlot.Size);
            }

            return code;
        }
    }

    /// <summary>Where a function's baseline code can be entered in the middle.</summary>
    public ResumeMap ResumeMap(int functionIndex)
    {
        FunctionCode function = Function(functionIndex);
        return function.ResumeMap ??= Engine.BaselineCompiler.DescribeResumePoints(this, functionIndex);
    }

    /// <summary>Installs optimized code for all instances, after making ready all that its deopts need.</summary>
    /// <param name="instance">The instance that asked for the code.</param>
    /// <param name="code">The code.</param>
    public void Install(Instance instance, CompiledCode code)
    {
        Register(code);
        PrepareDeopts(instance, code);
        lock (_gate)
        {
            FunctionCode function = Function(code.FunctionIndex);
            if (function.Optimized is { } previous) _discarded.Add(previous);
            function.Optimized = code;
            foreach (Instance user in _instances)
            {
                Volatile.Write(ref user.FunctionReference(code.FunctionIndex)->Entry, code.Block.Address);
            }
        }
    }

    /// <summary>
    /// Counts a deopt and takes the code out of use: functions that call it from now on run baseline code, until the budget
    /// is used up once more.
    /// </summary>
    /// <returns>Whether the code was in use until now.</returns>
    public bool Discard(CompiledCode code)
    {
        lock (_gate)
        {
            FunctionCode function = Function(code.FunctionIndex);
            function.DeoptCount++;
            if (function.Optimized != code) return false;
            function.Optimized = null;
            _discarded.Add(code);
            foreach (Instance instance in _instances)
            {
                instance.TieringBudget(code.FunctionIndex) = InitialBudget;
                Volatile.Write(ref instance.FunctionReference(code.FunctionIndex)->Entry, LazyEntry(code.FunctionIndex));
            }

            return true;
        }
    }

    /// <summary>Frees all code. No thread may be in it.</summary>
    public void Free()
    {
        NativeRuntime.Registry.Remove(this);
        foreach (FunctionCode? function in _functions)
        {
            if (function?.Baseline is { } baseline) NativeRuntime.CodeSpace.Free(baseline.Block);
            if (function?.Optimized is { } optimized) NativeRuntime.CodeSpace.Free(optimized.Block);
        }

        foreach (CompiledCode code in _discarded) NativeRuntime.CodeSpace.Free(code.Block);
    }

    private FunctionCode Function(int functionIndex)
    {
        ref FunctionCode? function = ref _functions[functionIndex];
        return function ?? Interlocked.CompareExchange(ref function, new FunctionCode(), null) ?? function;
    }

    private void Register(CompiledCode code)
    {
        NativeRuntime.Registry.Add(new RegisteredCode(this, code));
        if (PerfMap.IsEnabled) PerfMap.Record(code.Block, $"{Module.Functions[code.FunctionIndex]} [{code.Tier}]");
    }

    private void PrepareDeopts(Instance instance, CompiledCode code)
    {
        if (code.DeoptData is not { Points.Length: > 0 } data) return;
        foreach (DeoptPoint point in data.Points)
        {
            foreach (DeoptFrame frame in point.Frames)
            {
                Baseline(frame.FunctionIndex);
                ResumeMap(frame.FunctionIndex);
            }
        }

        Deoptimizer.Rehearse(instance, code);
    }

    private CompiledCode Baseline(int functionIndex)
    {
        lock (_gate)
        {
            return Function(functionIndex).Baseline ?? CompileBaseline(functionIndex);
        }
    }

    private CompiledCode CompileBaseline(int functionIndex)
    {
        long start = Stopwatch.GetTimestamp();
        CompiledCode code = Engine.BaselineCompiler.Compile(this, functionIndex);
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        Register(code);
        Function(functionIndex).Baseline = code;
        Engine.Events.OnCompiled(this, code, time);
        return code;
    }

    /// <summary>What there is for one function.</summary>
    private sealed class FunctionCode
    {
        public CompiledCode? Baseline { get; set; }

        public CompiledCode? Optimized { get; set; }

        public ResumeMap? ResumeMap { get; set; }

        public int DeoptCount { get; set; }
    }
}
