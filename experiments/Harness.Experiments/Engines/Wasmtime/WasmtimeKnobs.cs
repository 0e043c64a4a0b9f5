using Harness.Engine.Configuration;

namespace Harness.Experiments.Engines.Wasmtime;

/// <summary>Wasmtime's options, by the names of its configuration and of Cranelift's flags. What they do is done by <see cref="WasmtimeConfiguration"/>.</summary>
internal static class WasmtimeKnobs
{
    private static readonly ForeignKnobs Make = new(WasmtimeEngine.EngineName);

    public static Knob Strategy { get; } = Make.Choice("strategy", "which compiler is used", ("cranelift", "the optimizing compiler"), ("winch", "the baseline compiler"));

    public static Knob OptimizationLevel { get; } = Make.Choice(
        "cranelift_opt_level", "what Cranelift optimizes for", ("speed", "fast code"), ("speed_and_size", "fast and small code"), ("none", "fast compilation"));

    public static Knob RegisterAllocation { get; } = Make.Choice(
        "cranelift_regalloc_algorithm", "how Cranelift allocates registers", ("backtracking", "good code"), ("single_pass", "fast compilation"));

    public static Knob NanCanonicalization { get; } = Make.Switch("cranelift_nan_canonicalization", false, "let every operation give the same NaN");

    public static Knob ParallelCompilation { get; } = Make.Switch("parallel_compilation", true, "compile functions on several threads");

    public static Knob SignalsBasedTraps { get; } = Make.Switch("signals_based_traps", true, "find out-of-bounds accesses and divisions by zero by signals instead of checks");

    public static Knob MemoryMayMove { get; } = Make.Switch("memory_may_move", true, "let memories that outgrow their reservation move");

    public static Knob MemoryInitCopyOnWrite { get; } = Make.Switch("memory_init_cow", true, "map initial memory copy-on-write instead of copying it");

    public static Knob MemoryReservation { get; } = Make.Number("memory_reservation", 4096, "address space that a memory reserves", "MiB", most: 1_048_576);

    public static Knob MemoryGuardSize { get; } = Make.Number("memory_guard_size", 32, "guard pages behind a memory", "MiB", most: 1_048_576);

    public static Knob EpochInterruption { get; } = Make.Switch("epoch_interruption", false, "check in loops and functions whether to interrupt, by epochs");

    public static Knob ConsumeFuel { get; } = Make.Switch("consume_fuel", false, "count executed instructions");

    public static Knob MaximumStack { get; } = Make.Number("max_wasm_stack", 512, "most stack that WebAssembly code may use; Wasmtime itself ends where it is more than its 2 MiB for asynchronous calls", "KiB", least: 64, most: 2048);

    public static Knob PoolingAllocator { get; } = Make.Switch("pooling_allocator", false, "take instances from a pool");

    /// <summary>Flags of Cranelift itself.</summary>
    public static IReadOnlyList<Knob> CraneliftFlags { get; } =
    [
        Make.Switch("enable_alias_analysis", true, "let Cranelift reuse what was loaded or stored before"),
        Make.Switch("enable_heap_access_spectre_mitigation", true, "guard memory accesses against speculative execution"),
        Make.Switch("enable_table_access_spectre_mitigation", true, "guard table accesses against speculative execution"),
        Make.Number("log2_min_function_alignment", 0, "alignment of functions, as a power of two", most: 12),
    ];

    public static IReadOnlyList<Knob> All { get; } =
    [
        Strategy, OptimizationLevel, RegisterAllocation, NanCanonicalization, ParallelCompilation, SignalsBasedTraps, MemoryMayMove, MemoryInitCopyOnWrite,
        MemoryReservation, MemoryGuardSize, EpochInterruption, ConsumeFuel, MaximumStack, PoolingAllocator, .. CraneliftFlags,
    ];
}
