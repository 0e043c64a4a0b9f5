using System.Collections.Immutable;
using System.Diagnostics;
using Harness.Engine.Configuration;
using Harness.Engine.Deoptimization;
using Harness.Engine.Feedback;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime.Instances;
using Harness.Engine.Runtime.Stubs;
using Harness.Engine.Runtime.Tiering;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime;

/// <summary>
/// All code of one module under one set of options, shared by the module's instances. Functions are compiled when they are
/// first called; to install code is to write it into the function references of all instances. It is freed with its engine, or once
/// nothing refers to the module any more. Safe for use by several threads.
/// </summary>
/// <remarks>
/// What happens in a function (its baseline code being made) is guarded by the function, all else by the gate, which is never held while
/// code is compiled; whoever holds a function may take the gate, not the reverse.
/// </remarks>
internal sealed unsafe partial class ModuleCode : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FunctionCode?[] _functions;

    /// <summary>The functions that have an entry above: those about which instances may know anything.</summary>
    private readonly List<int> _known = [];
    private readonly ModuleInstances _instances = new();
    private readonly TieringState _tiering;
    private readonly SiteDeopts _siteDeopts;
    private readonly CodeLedger _ledger;
    private bool _isFreed;

    /// <summary>Makes a module's code, which is empty at first.</summary>
    public ModuleCode(WasmEngine engine, WasmModule module)
    {
        Engine = engine;
        Module = module;
        Layout = new InstanceLayout(module, engine.Options.Osr);
        _ledger = new CodeLedger(this);
        Images = new MemoryImages(this);
        Template = new InstanceTemplate(this);
        Slots = new InstanceSlots(this);
        var hasKnownTables = engine.Options.InstanceLazyTables || engine.Options.InstancePool > 0;
        TableImages = hasKnownTables ? TableImage.Create(module, Layout, engine.Options.TableLimit) : [.. new TableImage?[module.Tables.Length]];
        _functions = new FunctionCode?[module.Functions.Length];
        // With this the entry of a module is read that was decoded without the engine: here, and not at a first call.
        var kept = engine.Cache?.ProfileOf(module, engine.Options.PolymorphismLimit);
        var profile = engine.Profile?.Of(module, engine.Options.PolymorphismLimit);
        if (profile is not null)
        {
            engine.CountProfiledModule();
        }

        profile ??= kept;
        _tiering = new TieringState(this, profile);
        _siteDeopts = new SiteDeopts(_tiering.ProfiledSiteDeopts());
        if (profile is not null)
        {
            foreach (var function in profile.Functions.Keys)
            {
                Function(function);
            }
        }

        foreach (var type in module.CanonicalTypeIds)
        {
            TypeDisplays.Add(TypeRegistry.Get(type));
        }
    }

    /// <summary>Frees the code of a module that nothing refers to any more.</summary>
    ~ModuleCode() => Free();

    /// <summary>The engine.</summary>
    public WasmEngine Engine { get; }

    /// <summary>The module.</summary>
    public WasmModule Module { get; }

    /// <summary>The options that its code is compiled with.</summary>
    public EngineOptions Options => Engine.Options;

    /// <summary>Offsets in the data of the module's instances.</summary>
    public InstanceLayout Layout { get; }

    /// <summary>What the module's memories contain at first.</summary>
    public MemoryImages Images { get; }

    /// <summary>By table of the module, what it contains at first, where that is known and a knob makes use of it; else null.</summary>
    public ImmutableArray<TableImage?> TableImages { get; }

    /// <summary>What the data of instances is at first.</summary>
    public InstanceTemplate Template { get; }

    /// <summary>What instances have left for those to come.</summary>
    public InstanceSlots Slots { get; }

    /// <summary>
    /// What a function may do in baseline code before it is optimized: wire bytes, or calls under stress. It is optimized
    /// when this falls below zero.
    /// </summary>
    public int InitialBudget => Options.StressTierUpAfter > 0 ? Options.StressTierUpAfter - 1 : Options.TieringBudget;

    /// <summary>Whether the code has been freed, so that no more of it is made.</summary>
    public bool IsFreed => Volatile.Read(ref _isFreed);

    /// <summary>The entry of a function before it has code.</summary>
    public nint LazyEntry(int functionIndex) => LazyStubs.EntryOf(functionIndex);

    /// <summary>A function's current optimized code, or null.</summary>
    public CompiledCode? OptimizedCode(int functionIndex) => _functions[functionIndex]?.Optimized;

    /// <summary>A function's baseline code, or null if it was not compiled yet.</summary>
    public CompiledCode? BaselineCode(int functionIndex) => _functions[functionIndex]?.Baseline;

    /// <summary>The optimized code of a function that begins at a loop, or null.</summary>
    /// <param name="functionIndex">The function.</param>
    /// <param name="loop">Offset in the module's bytes of the loop.</param>
    public CompiledCode? LoopCode(int functionIndex, int loop)
    {
        lock (_gate)
        {
            return _functions[functionIndex]?.Loops?.GetValueOrDefault(loop);
        }
    }

    /// <summary>Whether a loop cannot be entered in optimized code.</summary>
    public bool HasLoopFailed(int functionIndex, int loop)
    {
        lock (_gate)
        {
            return _functions[functionIndex]?.Loops is { } loops && loops.TryGetValue(loop, out var code) && code is null;
        }
    }

    /// <summary>Leaves a loop in baseline code for good.</summary>
    public void SetLoopFailed(int functionIndex, int loop)
    {
        lock (_gate)
        {
            Loops(functionIndex)[loop] = null;
        }
    }

    /// <summary>How often a function's optimized code was left by a failed guard, stress aside.</summary>
    public int DeoptCount(int functionIndex) => _functions[functionIndex]?.DeoptCount ?? 0;

    /// <summary>How often a function has used up its budget, before a profile was recorded that it began with, too.</summary>
    public int UsedUpBudgets(int functionIndex) => (_functions[functionIndex]?.UsedUpBudgets ?? 0) + _tiering.ProfiledBudgets(functionIndex);

    /// <summary>Counts a budget that a function has used up.</summary>
    public void CountUsedUpBudget(int functionIndex) => Function(functionIndex).CountUsedUpBudget();

    /// <summary>How often optimized code was left since another target came at the call at an offset in the module's bytes.</summary>
    public int DeoptsAt(int bytecodeOffset) => _siteDeopts.At(bytecodeOffset);

    /// <summary>Counts a deopt since another target came at a call.</summary>
    public void CountDeoptAt(int bytecodeOffset) => _siteDeopts.Count(bytecodeOffset);

    /// <summary>Whether a function can be compiled with deopt points.</summary>
    public bool AllowsDeopt(int functionIndex) =>
        Options.Deopt && DeoptCount(functionIndex) + _tiering.ProfiledDeopts(functionIndex) < Options.DeoptLimit;

    /// <summary>Whether the optimizing compiler has failed on a function.</summary>
    public bool HasFailed(int functionIndex) => _functions[functionIndex]?.HasFailed ?? false;

    /// <summary>Leaves a function in baseline code for good.</summary>
    public void SetFailed(int functionIndex) => Function(functionIndex).HasFailed = true;

    /// <summary>The feedback of a function that instances or the profile have left; null if there is none.</summary>
    public FunctionFeedback? KeptFeedback(int functionIndex)
    {
        lock (_gate)
        {
            return _tiering.Kept(functionIndex);
        }
    }

    /// <summary>The feedback of a function in the engine's profile; null if there is none.</summary>
    public FunctionFeedback? ProfiledFeedback(int functionIndex) => _tiering.Profiled(functionIndex);

    /// <summary>What is known of all functions now.</summary>
    public ModuleProfile TakeProfile()
    {
        var functions = new SortedDictionary<int, FunctionProfile>();
        lock (_gate)
        {
            var last = _instances.Last;
            for (var i = Module.ImportedFunctionCount; i < Module.Functions.Length; i++)
            {
                var feedback = _tiering.Learnt(i, last);
                // A function with calls of which nothing is known is not to be optimized early: there would be nothing to speculate on. With a cache it may have run in kept code alone.
                var isKnown = feedback is not null || (BaselineCode(i) is { } baseline ? baseline.FeedbackCallOffsets.Length == 0 : Engine.Cache is null);
                var function = new FunctionProfile(feedback, IsHot: OptimizedCode(i) is not null && isKnown)
                {
                    UsedUpBudgets = UsedUpBudgets(i),
                    Deopts = DeoptCount(i) + _tiering.ProfiledDeopts(i),
                    SiteDeopts = _siteDeopts.Of(Module.Functions[i]),
                };
                if (!function.IsEmpty)
                {
                    functions.Add(i, function);
                }
            }
        }

        return new ModuleProfile(ModuleProfile.HashOf(Module), functions);
    }

    /// <summary>Registers a new instance.</summary>
    public void Add(Instance instance)
    {
        lock (_gate)
        {
            _tiering.Begin(instance, _instances.Last, _known);
            _instances.Add(instance);
        }
    }

    /// <summary>
    /// Makes the data of an instance that is gone as it was at first, apart from what instantiation writes: only that of functions which have ever had code has changed.
    /// </summary>
    public void Restore(byte* data)
    {
        lock (_gate)
        {
            foreach (var function in _known)
            {
                ((FunctionReference*)(data + Layout.FunctionReferenceOf(function)))->Entry = LazyEntry(function);
                *(int*)(data + Layout.TieringBudget(function)) = InitialBudget;
                *(uint*)(data + Layout.InvocationCount(function)) = 0;
                *(nint*)(data + Layout.FeedbackVector(function)) = 0;
                if (Options.Osr)
                {
                    *(int*)(data + Layout.LoopRequest(function)) = 0;
                }
            }
        }
    }

    /// <summary>Forgets an instance whose store is disposed of.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="keepsTiering">Whether what it has learnt is kept for instances to come.</param>
    public void Remove(Instance instance, bool keepsTiering)
    {
        lock (_gate)
        {
            if (!_instances.Remove(instance))
            {
                return;
            }

            if (keepsTiering)
            {
                _tiering.Keep(instance, _known);
            }

            if (Engine.Cache is not null)
            {
                _tiering.KeepUnshared(instance, _known);
            }

            if (_instances.IsEmpty)
            {
                _ledger.FreeDiscarded();
            }
        }

        var dropped = Engine.TierUp.Cancel(instance);
        bool isLast;
        lock (_gate)
        {
            _tiering.UseUp(dropped);
            isLast = _instances.IsEmpty;
        }

        if (isLast)
        {
            Engine.Cache?.Learn(this);
        }
    }

    /// <summary>Makes code for a function at its first call in an instance.</summary>
    /// <returns>Its entry.</returns>
    /// <exception cref="ModuleException">Its body, which was not validated before, is not valid.</exception>
    public nint Enter(Instance instance, int functionIndex)
    {
        Module.RequireValid(Module.Functions[functionIndex]);
        if (OptimizedCode(functionIndex) is null && !KeptCode.TryInstall(this, functionIndex, loop: -1, new CompilationInterest(default, instance.Store))
            && (Options.TierUp == TierUpMode.Eager || _tiering.IsHotFromTheStart(functionIndex)) && DeoptCount(functionIndex) == 0)
        {
            Engine.TierUp.Optimize(instance, functionIndex);
        }

        if (OptimizedCode(functionIndex) is null)
        {
            BaselineWithFeedback(instance, functionIndex);
        }

        lock (_gate)
        {
            // Baseline code stays once it is made, so that there is some even where optimized code was discarded just now.
            if (OptimizedCode(functionIndex) is { } optimized)
            {
                return instance.EntryOf(functionIndex) = optimized.Block.Address;
            }

            if (instance.FeedbackVector(functionIndex) != 0 || BaselineCode(functionIndex) is { FeedbackCallOffsets.Length: 0 })
            {
                return instance.EntryOf(functionIndex) = BaselineCode(functionIndex)!.Block.Address;
            }
        }

        return Enter(instance, functionIndex);
    }

    /// <summary>A function's baseline code, with a feedback vector for it in the instance, whose guest waits for it.</summary>
    /// <exception cref="OperationCanceledException">The guest was interrupted.</exception>
    public CompiledCode BaselineWithFeedback(Instance instance, int functionIndex)
    {
        var code = Baseline(functionIndex, new CompilationInterest(default, instance.Store));
        if (code.FeedbackCallOffsets.Length == 0)
        {
            return code;
        }

        lock (_gate)
        {
            ref var vector = ref instance.FeedbackVector(functionIndex);
            if (vector == 0)
            {
                vector = (nint)instance.Store.AllocateNative(code.FeedbackCallOffsets.Length * FeedbackSlot.Size);
                _tiering.Seed(instance, functionIndex);
            }

            return code;
        }
    }

    /// <summary>Where a function's baseline code can be entered in the middle.</summary>
    /// <param name="functionIndex">The function.</param>
    /// <param name="interest">Who asks.</param>
    /// <exception cref="OperationCanceledException">Nobody wants it any more.</exception>
    public ResumeMap ResumeMap(int functionIndex, CompilationInterest interest = default)
    {
        var function = Function(functionIndex);
        return function.ResumeMap ??= Engine.BaselineCompiler.DescribeResumePoints(this, functionIndex, interest);
    }

    /// <summary>Frees all code, and what is still being compiled when it is finished. No thread may be in it.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Free();
    }

    private void Free()
    {
        lock (_gate)
        {
            if (_isFreed)
            {
                return;
            }

            Volatile.Write(ref _isFreed, true);
            Images.Dispose();
            Template.Dispose();
            Slots.Dispose();
            _ledger.FreeDiscarded();
            foreach (var function in _functions)
            {
                if (function is null)
                {
                    continue;
                }

                if (function.Optimized is { } optimized)
                {
                    Engine.Events.OnOptimizedCodeFreed(optimized);
                }

                foreach (var code in function.All())
                {
                    _ledger.Free(code);
                }
            }
        }
    }

    private FunctionCode Function(int functionIndex)
    {
        ref var function = ref _functions[functionIndex];
        if (Volatile.Read(ref function) is { } known)
        {
            return known;
        }

        lock (_gate)
        {
            if (function is not null)
            {
                return function;
            }

            _known.Add(functionIndex);
            Volatile.Write(ref function, new FunctionCode());
            return function;
        }
    }

    private Dictionary<int, CompiledCode?> Loops(int functionIndex) => Function(functionIndex).Loops ??= [];

    /// <summary>Makes new code known, or frees it if it comes too late.</summary>
    private bool Register(CompiledCode code)
    {
        _ledger.Charge(code);
        lock (_gate)
        {
            _ledger.Add(code);
            if (_isFreed)
            {
                _ledger.Free(code);
                return false;
            }
        }

        if (PerfMap.IsEnabled)
        {
            PerfMap.Record(code.Block, $"{Module.Functions[code.FunctionIndex]} [{code.Tier}]");
        }

        return true;
    }

    /// <summary>A function's baseline code, which is made if there is none.</summary>
    /// <param name="functionIndex">The function.</param>
    /// <param name="interest">Who asks.</param>
    /// <exception cref="OperationCanceledException">Nobody wants it any more.</exception>
    public CompiledCode Baseline(int functionIndex, CompilationInterest interest)
    {
        var function = Function(functionIndex);
        if (function.Baseline is { } known)
        {
            return known;
        }

        function.Enter(interest);
        try
        {
            if (function.Baseline is { } made)
            {
                return made;
            }

            var start = Stopwatch.GetTimestamp();
            var kept = Engine.Cache?.Find(this, functionIndex);
            var code = kept ?? Engine.BaselineCompiler.Compile(this, functionIndex, interest);
            var time = Stopwatch.GetElapsedTime(start);
            if (kept is null)
            {
                Engine.Cache?.Keep(this, code);
            }

            if (!Register(code))
            {
                throw new OperationCanceledException("the module's code was freed");
            }

            lock (_gate)
            {
                if (_isFreed)
                {
                    _ledger.Free(code);
                    throw new OperationCanceledException("the module's code was freed");
                }

                function.Baseline = code;
            }

            if (kept is null)
            {
                Engine.Events.OnCompiled(this, code, time, interest.Waiter);
            }

            return code;
        }
        finally
        {
            function.Exit();
        }
    }
}
