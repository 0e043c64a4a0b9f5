using Harness.Engine.Deoptimization;
using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <summary>A function asked to be optimized.</summary>
/// <param name="Module">The function's module.</param>
/// <param name="FunctionIndex">The function.</param>
public sealed record TierUpRequestedEvent(WasmModule Module, int FunctionIndex);

/// <summary>A function was compiled.</summary>
/// <param name="Module">The function's module.</param>
/// <param name="FunctionIndex">The function.</param>
/// <param name="Tier">The compiler.</param>
/// <param name="WireBytes">Bytes of the function's body.</param>
/// <param name="CodeBytes">Bytes of machine code.</param>
/// <param name="InlinedCalls">How many calls were inlined.</param>
/// <param name="DeoptPoints">How many guards can leave the code.</param>
/// <param name="CompileTime">Time that it took.</param>
public sealed record CompiledEvent(
    WasmModule Module,
    int FunctionIndex,
    CodeTier Tier,
    int WireBytes,
    int CodeBytes,
    int InlinedCalls,
    int DeoptPoints,
    TimeSpan CompileTime)
{
    /// <summary>How long the optimizing compiler was asked for the code before a thread of its own began; zero for baseline code, which is made where it is needed.</summary>
    public TimeSpan Queued { get; init; }

    /// <summary>How long it was asked for the code before that could be called; zero for baseline code.</summary>
    public TimeSpan UntilInstalled { get; init; }

    /// <summary>The code.</summary>
    internal CompiledCode? Code { get; init; }
}

/// <summary>A function could not be optimized; it stays in baseline code.</summary>
/// <param name="Module">The function's module.</param>
/// <param name="FunctionIndex">The function.</param>
/// <param name="Failure">Why.</param>
public sealed record CompilationFailedEvent(WasmModule Module, int FunctionIndex, Exception Failure);

/// <summary>A pass of the optimizing compiler has used up its share of the budget, and stopped before it had done all that it can.</summary>
/// <param name="Module">The function's module.</param>
/// <param name="FunctionIndex">The function.</param>
/// <param name="Pass">The name of the pass.</param>
public sealed record PassStoppedEvent(WasmModule Module, int FunctionIndex, string Pass);

/// <summary>A frame that a deopt rebuilt.</summary>
/// <param name="FunctionIndex">The function.</param>
/// <param name="BytecodeOffset">Offset in the module's bytes of the instruction that it goes on at, or after for outer frames.</param>
/// <param name="Locals">Parameters and locals; the bits of references.</param>
/// <param name="Operands">The operand stack, bottom first.</param>
public sealed record RebuiltFrame(
    int FunctionIndex, int BytecodeOffset, IReadOnlyList<DeoptValue> Locals, IReadOnlyList<DeoptValue> Operands);

/// <summary>A value in a rebuilt frame.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Bits">Its bits, those of 32-bit values zero-extended, of a vector the low half.</param>
/// <param name="HighBits">The high half of a vector.</param>
public readonly record struct DeoptValue(ValueKind Kind, ulong Bits, ulong HighBits = 0)
{
    /// <summary>The value as a number in decimal, references and vectors in hexadecimal.</summary>
    public override string ToString() => Kind switch
    {
        ValueKind.Ref => $"0x{Bits:x}",
        ValueKind.V128 => new V128(Bits, HighBits).ToString(),
        _ => WasmValue.FromBits(Kind, Bits).ToString(),
    };
}

/// <summary>A failed guard left optimized code.</summary>
/// <param name="Module">The function's module.</param>
/// <param name="FunctionIndex">The function whose code was left.</param>
/// <param name="Reason">Why.</param>
/// <param name="Frames">The frames that replaced the optimized one, outermost first.</param>
/// <param name="Duration">Time that it took to find and rebuild them.</param>
public sealed record DeoptEvent(
    WasmModule Module, int FunctionIndex, DeoptReason Reason, IReadOnlyList<RebuiltFrame> Frames, TimeSpan Duration);

/// <summary>Optimized code was taken out of use.</summary>
/// <param name="Module">The function's module.</param>
/// <param name="FunctionIndex">The function.</param>
/// <param name="CodeBytes">Bytes of machine code.</param>
public sealed record CodeDiscardedEvent(WasmModule Module, int FunctionIndex, int CodeBytes);

/// <summary>Garbage was collected.</summary>
/// <param name="IsFull">Whether in the whole heap, or in the nursery alone.</param>
/// <param name="Duration">Time that it took.</param>
/// <param name="AllocatedBytes">Bytes of the objects made in the nursery since the last collection.</param>
/// <param name="PromotedBytes">Bytes of the objects that were young and became old.</param>
/// <param name="MovedBytes">Bytes of the objects that were copied.</param>
/// <param name="UsedBytes">Bytes of all objects afterwards.</param>
public sealed record CollectionEvent(bool IsFull, TimeSpan Duration, long AllocatedBytes, long PromotedBytes, long MovedBytes, long UsedBytes);

/// <summary>
/// What an engine does while it runs. Handlers are called on the thread that does it, which may be the compile thread; they
/// must not throw, nor call into the engine. What they throw all the same ends the call that they are told of; on a compile thread nobody but who waits for the compilation hears of it, and
/// its function stays in baseline code. A store whose thread calls them cannot be used until they have returned: its code may stand where nobody knows its values.
/// </summary>
public sealed class EngineEvents
{
    private readonly TierCounters _baseline = new();
    private readonly Lock _collectionGate = new();
    private volatile CollectionTotals _collections = CollectionTotals.None;
    private readonly TierCounters _optimized = new();
    private long _liveOptimizedBytes;
    private int _failures;
    private int _deopts;
    private int _stressDeopts;
    private int _discards;
    private int _listingRequests;
    private int _estimateRequests;

    internal EngineEvents()
    {
    }

    /// <summary>A function asked to be optimized.</summary>
    public event Action<TierUpRequestedEvent>? TierUpRequested;

    /// <summary>A function was compiled.</summary>
    public event Action<CompiledEvent>? Compiled;

    /// <summary>A function could not be optimized.</summary>
    public event Action<CompilationFailedEvent>? CompilationFailed;

    /// <summary>A pass has stopped at its share of the budget.</summary>
    public event Action<PassStoppedEvent>? PassStopped;

    /// <summary>A failed guard left optimized code.</summary>
    public event Action<DeoptEvent>? Deoptimized;

    /// <summary>Optimized code was taken out of use.</summary>
    public event Action<CodeDiscardedEvent>? CodeDiscarded;

    /// <summary>Garbage was collected.</summary>
    public event Action<CollectionEvent>? Collected;

    /// <summary>A compiler has done a step of its work, on the thread that compiles.</summary>
    internal event Action<CompilationStep>? CompilationStepDone;

    /// <summary>Whether somebody wants to know of the steps of compilations.</summary>
    internal bool WantsSteps => CompilationStepDone is not null;

    /// <summary>Whether compilers are to fill <see cref="CompiledCode.SourceMap"/>.</summary>
    internal bool WantsListings => _listingRequests > 0;

    /// <summary>Whether the optimizing compiler is to estimate what each inlining decision saves and costs, though its policy may decide without that.</summary>
    internal bool WantsEstimates => _estimateRequests > 0;

    /// <summary>Whether somebody wants to know of each deopt.</summary>
    internal bool WantsDeopts => Deoptimized is not null;

    internal void OnTierUpRequested(Instance instance, int functionIndex)
    {
        if (TierUpRequested is { } handlers)
        {
            instance.Store.Tell(handlers, new TierUpRequestedEvent(instance.Code.Module, functionIndex));
        }
    }

    /// <summary>Lets compilers fill <see cref="CompiledCode.SourceMap"/> from now on.</summary>
    internal void RequestListings() => Interlocked.Increment(ref _listingRequests);

    /// <summary>Takes back a request.</summary>
    internal void ReleaseListings() => Interlocked.Decrement(ref _listingRequests);

    /// <summary>Lets the optimizing compiler estimate what each inlining decision saves and costs from now on.</summary>
    internal void RequestEstimates() => Interlocked.Increment(ref _estimateRequests);

    /// <summary>Takes back such a request.</summary>
    internal void ReleaseEstimates() => Interlocked.Decrement(ref _estimateRequests);

    internal void OnStep(ModuleCode code, int functionIndex, string name, object result, TimeSpan duration) =>
        CompilationStepDone?.Invoke(new CompilationStep(code, functionIndex, name, result, duration));

    /// <summary>A function was compiled.</summary>
    /// <param name="owner">Whose code it is.</param>
    /// <param name="code">The code.</param>
    /// <param name="time">Time that it took.</param>
    /// <param name="store">The store whose thread has done it; null for a compile thread.</param>
    /// <param name="queued">How long it had been asked for before that began.</param>
    /// <param name="untilInstalled">How long it had been asked for before the code was there.</param>
    internal void OnCompiled(ModuleCode owner, CompiledCode code, TimeSpan time, Store? store, TimeSpan queued = default, TimeSpan untilInstalled = default)
    {
        (code.Tier == CodeTier.Baseline ? _baseline : _optimized).Add(code.Block.Size, time);
        if (code.Tier == CodeTier.Optimized)
        {
            Interlocked.Add(ref _liveOptimizedBytes, code.Block.Size);
        }

        var trace = owner.Options.TraceTierUp && code.Tier == CodeTier.Optimized;
        if (Compiled is null && !trace)
        {
            return;
        }

        FunctionEventOf(owner, code, time, store, trace, queued, untilInstalled);
    }

    /// <summary>Optimized code was taken out of the cache, so that it was not compiled.</summary>
    internal void OnOptimizedCodeTaken(CompiledCode code) => Interlocked.Add(ref _liveOptimizedBytes, code.Block.Size);

    internal void OnCompilationFailed(ModuleCode code, int functionIndex, Exception failure)
    {
        Interlocked.Increment(ref _failures);
        CompilationFailed?.Invoke(new CompilationFailedEvent(code.Module, functionIndex, failure));
    }

    internal void OnPassStopped(ModuleCode code, int functionIndex, string pass) =>
        PassStopped?.Invoke(new PassStoppedEvent(code.Module, functionIndex, pass));

    internal void CountDeopt(DeoptReason reason) =>
        Interlocked.Increment(ref reason == DeoptReason.Stress ? ref _stressDeopts : ref _deopts);

    internal void OnDeoptimized(Store store, DeoptEvent deopt)
    {
        if (Deoptimized is { } handlers)
        {
            store.Tell(handlers, deopt);
        }
    }

    internal void OnCodeDiscarded(Store store, ModuleCode owner, CompiledCode code)
    {
        Interlocked.Increment(ref _discards);
        Interlocked.Add(ref _liveOptimizedBytes, -code.Block.Size);
        if (CodeDiscarded is { } handlers)
        {
            store.Tell(handlers, new CodeDiscardedEvent(owner.Module, code.FunctionIndex, code.Block.Size));
        }
    }

    internal void OnOptimizedCodeFreed(CompiledCode code) => Interlocked.Add(ref _liveOptimizedBytes, -code.Block.Size);

    internal void OnCollected(Store store, CollectionEvent collection, bool trace)
    {
        lock (_collectionGate)
        {
            _collections = _collections.With(collection);
        }

        if (Collected is { } handlers)
        {
            store.Tell(handlers, collection);
        }

        if (trace)
        {
            Console.Error.WriteLine(
                $"[gc] {(collection.IsFull ? "full" : "young")}: {collection.Duration.TotalMilliseconds:F3} ms, "
                + $"{collection.AllocatedBytes >> 10} KiB allocated, {collection.MovedBytes >> 10} KiB moved, "
                + $"{collection.UsedBytes >> 10} KiB in use");
        }
    }

    internal EngineStatistics Snapshot(int pendingCompilations) => new(
        _baseline.Functions,
        _baseline.Bytes,
        _baseline.Time,
        _optimized.Functions,
        _optimized.Bytes,
        _optimized.Time,
        Interlocked.Read(ref _liveOptimizedBytes),
        pendingCompilations,
        _failures,
        _deopts,
        _stressDeopts,
        _discards,
        _collections);

    private void FunctionEventOf(ModuleCode owner, CompiledCode code, TimeSpan time, Store? store, bool trace, TimeSpan queued, TimeSpan untilInstalled)
    {
        var function = owner.Module.Functions[code.FunctionIndex];
        var compiled = new CompiledEvent(
            owner.Module,
            code.FunctionIndex,
            code.Tier,
            function.BodySize,
            code.Block.Size,
            code.InliningPositions.Length,
            code.DeoptData?.Points.Length ?? 0,
            time)
        {
            Queued = queued,
            UntilInstalled = untilInstalled,
            Code = code,
        };
        if (Compiled is { } handlers)
        {
            if (store is null)
            {
                handlers(compiled);
            }
            else
            {
                store.Tell(handlers, compiled);
            }
        }

        if (trace)
        {
            Console.Error.WriteLine(
                $"[tier-up] {function}: {compiled.WireBytes} wire bytes, {compiled.InlinedCalls} calls inlined, "
                + $"{compiled.CodeBytes} bytes of code, {time.TotalMicroseconds:F0} us");
        }
    }

    /// <summary>The sums for one tier.</summary>
    private sealed class TierCounters
    {
        private int _functions;
        private long _bytes;
        private long _ticks;

        public int Functions => _functions;

        public long Bytes => Interlocked.Read(ref _bytes);

        public TimeSpan Time => new(Interlocked.Read(ref _ticks));

        public void Add(int bytes, TimeSpan time)
        {
            Interlocked.Increment(ref _functions);
            Interlocked.Add(ref _bytes, bytes);
            Interlocked.Add(ref _ticks, time.Ticks);
        }
    }
}
