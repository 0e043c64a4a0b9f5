namespace Harness.Engine.Configuration;

/// <content>
/// What shows what the engine does, and what strains it to find its mistakes: <c>trace</c>, <c>perf</c>, <c>stress</c>.
/// </content>
public sealed partial record EngineOptions
{
    /// <summary>Print each deopt: reason, place, frames and time.</summary>
    [Knob("trace.deopt", "print each deopt: reason, place, values of the frames, time", V8Flag = "--trace-deopt-verbose")]
    public bool TraceDeopt { get; init; }

    /// <summary>Print each inlining decision with its reason.</summary>
    [Knob("trace.inlining", "print each inlining decision with its reason", V8Flag = "--trace-wasm-inlining")]
    public bool TraceInlining { get; init; }

    /// <summary>Print each function that is optimized, with size and compile time.</summary>
    [Knob("trace.tier-up", "print each function that is optimized, with size and time",
        V8Flag = "--trace-wasm-compilation-times")]
    public bool TraceTierUp { get; init; }

    /// <summary>Print each garbage collection.</summary>
    [Knob("trace.gc", "print each garbage collection: kind, time, bytes allocated, moved and in use", V8Flag = "--trace-gc")]
    public bool TraceGc { get; init; }

    /// <summary>Whether the profiler <c>perf</c> is told the names of generated functions.</summary>
    [Knob("perf.map", "write the names of functions and their tiers to /tmp/perf-PID.map, for perf", V8Flag = "--perf-basic-prof")]
    public bool PerfMap { get; init; }

    /// <summary>Collect garbage at every Nth allocation; 0 for none. Results must not change.</summary>
    [Knob("stress.gc-interval", "collect garbage at every Nth allocation; 0 for none", Unit = "allocations", V8Flag = "--gc-interval", IsZeroAutomatic = true)]
    public int StressGcInterval { get; init; }

    /// <summary>
    /// Threads for full collections of heaps of any size, which take the smallest pieces of work from each other; 0 to go by <see cref="HeapCollectionThreads"/>. Results must not change.
    /// </summary>
    [Knob("stress.gc-threads", "share the work of full collections of any size among this many threads, in the smallest pieces; 0 to go by heap.collection-threads", Maximum = 64, Unit = "threads")]
    public int StressGcThreads { get; init; }

    /// <summary>
    /// Regions of the code space that functions' code is dealt out to, whatever room the first one has; 0 to fill one after the other. A caller and what it calls then mostly lie in
    /// different regions. Results must not change.
    /// </summary>
    [Knob("stress.code-regions", "deal functions' code out to this many regions of the code space; 0 to fill one after the other", Maximum = 16, Unit = "regions")]
    public int StressCodeRegions { get; init; }

    /// <summary>Make every Nth guard fail though its speculation holds; 0 for none. Results must not change.</summary>
    [Knob("stress.guard-fail-interval", "make every Nth guard fail; 0 for none", Unit = "guards")]
    public int StressGuardFailInterval { get; init; }

    /// <summary>Optimize a function after this many calls, whatever its budget; 0 to go by the budget.</summary>
    [Knob("stress.tier-up-after", "optimize a function at its Nth call; 0 to go by tiering.budget", Unit = "calls")]
    public int StressTierUpAfter { get; init; }

    /// <summary>
    /// Overwrite what an instance leaves in the pool before it is emptied, and check that everything is as in a new instance before it is used again; an
    /// <see cref="InvalidOperationException"/> says where it is not. What is done late is done late in small instances, too.
    /// </summary>
    [Knob("stress.instance-pool", "overwrite what instances leave in the pool, and check that it is as new before it is used again")]
    public bool StressInstancePool { get; init; }

    /// <summary>
    /// Write the code of each function down as the cache does, and use what is read back. It is compiled for a copy of the module whose types have other ids, so that whatever code mentions of
    /// the process without a name would be found wrong. Results must not change.
    /// </summary>
    [Knob("stress.cache-round-trip", "use code only after it was written down and read back as in the cache, with types under other ids")]
    public bool StressCacheRoundTrip { get; init; }
}
