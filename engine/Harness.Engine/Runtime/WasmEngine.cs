using System.Diagnostics;
using System.Runtime.CompilerServices;
using Harness.Engine.Configuration;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Runtime.Instances;
using Harness.Engine.Runtime.Tiering;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime;

/// <summary>
/// Compiles modules under one set of options. Stores can share an engine, and with it the compiled code of the modules that
/// they instantiate. The code of a module is freed once nothing refers to the module any more. Safe for use by several threads.
/// </summary>
public sealed class WasmEngine : IDisposable
{
    private readonly Lock _gate = new();
    /// <summary>The code of a module lives as long as the module does.</summary>
    private readonly ConditionalWeakTable<WasmModule, ModuleCode> _codes = [];
    private readonly HashSet<Store> _stores = [];
    private long _codeBytes;
    private int _profiledModules;
    private long _decodeTicks;
    private long _validationTicks;
    private bool _isDisposed;

    /// <summary>Makes an engine.</summary>
    /// <param name="options">The values of all knobs; null for the defaults.</param>
    /// <exception cref="PlatformNotSupportedException">Code cannot be generated on this machine.</exception>
    /// <exception cref="KnobException">
    /// The profile of knob <c>feedback.profile</c> cannot be read, or the folder of knob <c>cache.directory</c> not be used.
    /// </exception>
    public WasmEngine(EngineOptions? options = null)
        : this(
            options ?? EngineOptions.Default,
            Compilers.CreateBaseline(options),
            Compilers.CreateOptimizing(options ?? EngineOptions.Default))
    {
    }

    internal WasmEngine(EngineOptions options, IBaselineCompiler baselineCompiler, IOptimizingCompiler optimizingCompiler)
    {
        Options = options;
        BaselineCompiler = baselineCompiler;
        OptimizingCompiler = optimizingCompiler;
        Profile = ReadProfile(options.FeedbackProfile);
        Cache = Compilers.CreateCache(options);
        Pool = new InstancePool(options.InstancePool);
        Events = new EngineEvents();
        TierUp = new TierUpDriver(this);
        if (options.PerfMap && PerfMap.Enable())
        {
            NativeRuntime.RecordStubs();
        }
    }

    /// <summary>The values of all knobs.</summary>
    public EngineOptions Options { get; }

    /// <summary>What the engine does while it runs.</summary>
    public EngineEvents Events { get; }

    /// <summary>What the engine has done so far.</summary>
    public EngineStatistics Statistics => Events.Snapshot(TierUp.PendingCount) with
    {
        DecodeTime = new TimeSpan(Interlocked.Read(ref _decodeTicks)),
        ValidationTime = new TimeSpan(Interlocked.Read(ref _validationTicks)),
        Waits = TierUp.Waits,
        CacheHits = Cache?.Hits ?? 0,
        CacheMisses = Cache?.Misses ?? 0,
        CacheOptimizedHits = Cache?.OptimizedHits ?? 0,
        CacheUnnamed = Cache?.Unnamed ?? 0,
    };

    /// <summary>Whether no function waits to be optimized.</summary>
    public bool IsSettled => TierUp.PendingCount == 0;

    /// <summary>How many modules have begun with something that the profile of knob <c>feedback.profile</c> knows of them.</summary>
    public int ProfiledModuleCount => Volatile.Read(ref _profiledModules);

    /// <summary>What its modules begin with; null if with nothing.</summary>
    internal FeedbackProfile? Profile { get; }

    /// <summary>What it keeps of modules for later processes; null if nothing.</summary>
    internal ICodeCache? Cache { get; }

    /// <summary>How many slots of instances are kept.</summary>
    internal InstancePool Pool { get; }

    /// <summary>Bytes of the machine code that there is now, of all modules.</summary>
    internal long CodeBytes => Interlocked.Read(ref _codeBytes);

    internal IBaselineCompiler BaselineCompiler { get; }

    internal IOptimizingCompiler OptimizingCompiler { get; }

    internal TierUpDriver TierUp { get; }

    /// <summary>
    /// Decodes and validates a module, on as many threads as the knob <c>compile.validation-threads</c> says. Function bodies that the cache (knob <c>cache.directory</c>) knows to be
    /// valid are not validated again, and with the knob <c>compile.lazy-validation</c> others only when they are first needed.
    /// </summary>
    /// <param name="bytes">The module, in the binary format. The bytes are copied.</param>
    /// <param name="builtinSets">The functions that the engine provides; the module is not valid if it imports one with another type.</param>
    /// <exception cref="MalformedModuleException">The bytes are not a module.</exception>
    /// <exception cref="InvalidModuleException">The module is not valid, or beyond <see cref="ImplementationLimits"/>.</exception>
    public WasmModule Decode(ReadOnlySpan<byte> bytes, BuiltinSets builtinSets = BuiltinSets.None)
    {
        var start = Stopwatch.GetTimestamp();
        var module = Cache is null
            ? WasmModule.Decode(bytes, builtinSets, Options.CompileValidationThreads, Options.CompileLazyValidation)
            : Cache.Decode(bytes, builtinSets, Options.CompileValidationThreads, Options.CompileLazyValidation);
        Interlocked.Add(ref _decodeTicks, (Stopwatch.GetElapsedTime(start) - module.ValidationTime).Ticks);
        Interlocked.Add(ref _validationTicks, module.ValidationTime.Ticks);
        return module;
    }

    /// <summary>
    /// Writes into the cache (knob <c>cache.directory</c>) what is new: the code of the functions that were compiled, and what the modules that are in use have learnt. Nothing
    /// without a cache. <see cref="Dispose"/> does it as well. What cannot be written is not kept.
    /// </summary>
    public void SaveCache() => Cache?.Save(TakeModuleProfiles());

    /// <summary>Waits until no function waits to be optimized.</summary>
    /// <param name="timeout">How long at most.</param>
    /// <returns>Whether that is so now.</returns>
    public bool WaitUntilSettled(TimeSpan timeout) => TierUp.WaitUntilSettled(timeout);

    /// <summary>
    /// What the modules that are still in use have learnt up to now: best taken once nothing waits to be optimized, and before the stores
    /// are disposed of.
    /// </summary>
    public FeedbackProfile TakeProfile()
    {
        // The same bytes may have been decoded more than once: what was optimized somewhere comes first.
        return new FeedbackProfile(TakeModuleProfiles()
            .Select(known => known.Profile)
            .GroupBy(module => module.ModuleHash)
            .Select(same => same.MaxBy(module => module.Functions.Values.Count(function => function.IsHot))!));
    }

    /// <summary>What each module that is still in use has learnt up to now.</summary>
    internal List<(WasmModule Module, ModuleProfile Profile)> TakeModuleProfiles()
    {
        var codes = new List<ModuleCode>();
        lock (_gate)
        {
            foreach (var (_, code) in _codes)
            {
                codes.Add(code);
            }
        }

        return codes.ConvertAll(code => (code.Module, code.TakeProfile()));
    }

    /// <summary>
    /// Ends the executions that run in the engine's stores, or the next ones, as <see cref="Store.Interrupt"/> does. Any thread may call this.
    /// </summary>
    public void Interrupt()
    {
        Store[] stores;
        lock (_stores)
        {
            stores = [.. _stores];
        }

        foreach (var store in stores)
        {
            store.Interrupt();
        }
    }

    /// <summary>
    /// Counts an epoch: the deadlines of all stores of the engine come nearer (<see cref="Store.SetEpochDeadline"/>). What an epoch is decides who calls this, such as a timer; any thread may.
    /// </summary>
    public void IncrementEpoch()
    {
        lock (_stores)
        {
            foreach (var store in _stores)
            {
                store.CountEpoch();
            }
        }
    }

    /// <summary>Frees all code, after what is new was written into the cache. The stores that use the engine must be disposed of before.</summary>
    /// <exception cref="InvalidOperationException">WebAssembly code of one of the stores is running.</exception>
    public void Dispose()
    {
        lock (_stores)
        {
            if (_stores.Any(store => store.IsInUse))
            {
                throw new InvalidOperationException("a store of the engine is in use");
            }
        }

        TierUp.Dispose();
        try
        {
            if (!Volatile.Read(ref _isDisposed))
            {
                SaveCache();
            }
        }
        finally
        {
            FreeCode();
        }
    }

    private void FreeCode()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            foreach (var (_, code) in _codes)
            {
                code.Dispose();
            }

            _codes.Clear();
            BaselineCompiler.Dispose();
            OptimizingCompiler.Dispose();
            Cache?.Dispose();
        }
    }

    /// <summary>The code of a module begins with a profile.</summary>
    internal void CountProfiledModule() => Interlocked.Increment(ref _profiledModules);

    /// <summary>A store was made.</summary>
    internal void Add(Store store)
    {
        lock (_stores)
        {
            _stores.Add(store);
        }
    }

    /// <summary>A store is about to be freed.</summary>
    internal void Remove(Store store)
    {
        lock (_stores)
        {
            _stores.Remove(store);
        }
    }

    /// <summary>Counts bytes of code; false if they are beyond the limit.</summary>
    internal bool TryTakeCode(int bytes)
    {
        if (Interlocked.Add(ref _codeBytes, bytes) <= (long)Options.CodeLimit << 10)
        {
            return true;
        }

        GiveBackCode(bytes);
        return false;
    }

    /// <summary>Takes back what was counted.</summary>
    internal void GiveBackCode(int bytes) => Interlocked.Add(ref _codeBytes, -bytes);

    private static FeedbackProfile? ReadProfile(string path)
    {
        if (path.Length == 0)
        {
            return null;
        }

        try
        {
            return FeedbackProfile.Load(path);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            var problem = e is InvalidDataException ? $"'{path}' {e.Message}" : $"'{path}' cannot be read: {e.Message}";
            throw new KnobException($"knob 'feedback.profile': {problem}", e);
        }
    }

    /// <summary>The code of a module.</summary>
    internal ModuleCode CodeOf(WasmModule module)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _codes.GetValue(module, key => new ModuleCode(this, key));
        }
    }
}
