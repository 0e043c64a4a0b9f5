namespace Harness.Engine.Configuration;

/// <content>
/// What programs run in and how much of it they may use up: memories, tables, instances, code and its cache, interruption, stack, layout, heap.
/// </content>
public sealed partial record EngineOptions
{
    /// <summary>
    /// Whether out-of-bounds accesses of 32-bit memories are found by guard pages. Without it, every access is checked
    /// explicitly.
    /// </summary>
    [Knob("memory.guard-pages", "find out-of-bounds accesses by guard pages instead of explicit checks",
        V8Flag = "--no-wasm-enforce-bounds-checks")]
    public bool MemoryGuardPages { get; init; } = true;

    /// <summary>
    /// Data from which on the initial content of a module's memories is mapped copy-on-write into its second and later instances instead
    /// of being copied, in KiB; 0 to copy always.
    /// </summary>
    [Knob("memory.image-min-size", "data from which on later instances of a module map the initial content of memories copy-on-write; 0 to copy always",
        Maximum = 1_048_576, Unit = "KiB")]
    public int MemoryImageMinSize { get; init; } = 128;

    /// <summary>Most memory that the linear memories and tables of a store may take together, in MiB. Beyond, they do not grow.</summary>
    [Knob("memory.limit", "most memory of all linear memories and tables of a store together; beyond, memory.grow and table.grow give -1", Maximum = 1_048_576, Unit = "MiB")]
    public int MemoryLimit { get; init; } = 65_536;

    /// <summary>Most elements of a table. Beyond, it does not grow.</summary>
    [Knob("table.limit", "most elements of a table; beyond, table.grow gives -1", Maximum = 100_000_000, Unit = "elements")]
    public int TableLimit { get; init; } = 10_000_000;

    /// <summary>Most instances of a store.</summary>
    [Knob("instance.limit", "most instances of a store; beyond, instantiation fails", Minimum = 1, Unit = "instances")]
    public int InstanceLimit { get; init; } = 1_000_000;

    /// <summary>
    /// Most instances, of all modules of an engine together, whose memories, function tables and data are kept, emptied, for later instances of the same module when their stores are disposed
    /// of; 0 to give all back to the system. Where there are more, those that have waited longest go.
    /// </summary>
    [Knob("instance.pool", "most instances, of all modules together, whose memories, tables and data are kept for later instances of the same module; 0 to keep none", Maximum = 1_000_000, Unit = "instances")]
    public int InstancePool { get; init; }

    /// <summary>
    /// Whether the data of instances, function references above all, is mapped copy-on-write from one file for the module, so that an instance costs what it touches of it.
    /// </summary>
    [Knob("instance.lazy-functions", "map the function references of instances copy-on-write instead of writing them")]
    public bool InstanceLazyFunctions { get; init; }

    /// <summary>Whether the elements of a module's function tables are written when something first comes near them, instead of at instantiation.</summary>
    [Knob("instance.lazy-tables", "fill tables of functions when they are first accessed instead of at instantiation")]
    public bool InstanceLazyTables { get; init; }

    /// <summary>Most machine code of an engine, in KiB. Beyond, functions stay in baseline code, and new ones cannot be called.</summary>
    [Knob("code.limit", "most machine code of all modules of an engine; beyond, nothing more is optimized, and what has no code yet cannot be called",
        Minimum = 1, Maximum = 16_777_216, Unit = "KiB")]
    public int CodeLimit { get; init; } = 1_000_000;

    /// <summary>
    /// A folder in which code is kept for later processes, with what is known of its module; empty for none. What is there is run as code: the folder must belong to the user,
    /// and nobody else may be able to write in it.
    /// </summary>
    [Knob("cache.directory", "keep code, feedback and what validation has found out in this folder, and begin with what is there of the same module, knobs, processor and build", IsFolder = true)]
    public string CacheDirectory { get; init; } = "";

    /// <summary>Most that the files in <see cref="CacheDirectory"/> may take, in MiB. Beyond, those go that have not been used for longest.</summary>
    [Knob("cache.limit", "most that the files of cache.directory may take; beyond, those go that have not been used for longest", Minimum = 1, Maximum = 1_048_576, Unit = "MiB")]
    public int CacheLimit { get; init; } = 512;

    /// <summary>Whether optimized code is kept in <see cref="CacheDirectory"/> as well; without it a later process compiles it anew, from the feedback that is there.</summary>
    [Knob("cache.optimized", "keep optimized code in cache.directory as well; without it a later process compiles it anew, from the feedback that is there")]
    public bool CacheOptimized { get; init; } = true;

    /// <summary>Whether compiled code looks at function entries and loop headers whether the store's deadline, counted in epochs of the engine, has come.</summary>
    [Knob("interrupt.epochs", "let compiled code look at entries and loops whether a deadline has come that the host counts in epochs")]
    public bool InterruptEpochs { get; init; }

    /// <summary>Whether compiled code counts what it executes, and stops where a store's fuel is used up.</summary>
    [Knob("interrupt.fuel", "let compiled code use up a store's fuel by the instructions that it executes, and stop where none is left")]
    public bool InterruptFuel { get; init; }

    /// <summary>What a store begins with where <see cref="InterruptFuel"/> is on: about one unit for each instruction; 0 for no end.</summary>
    [Knob("interrupt.fuel-units", "fuel that a store begins with where interrupt.fuel is on, about a unit for each instruction; 0 for no end",
        Maximum = 1_000_000_000_000_000, Unit = "units")]
    public double InterruptFuelUnits { get; init; }

    /// <summary>Size of the stack of a thread made to run Wasm code, in KiB.</summary>
    [Knob("stack.size", "size of the stack that Wasm code runs on", Minimum = 512, Maximum = 1_048_576, Unit = "KiB")]
    public int StackSize { get; init; } = 8192;

    /// <summary>
    /// Seed of a layout that differs from the usual one in what no program may depend on and what changes with every build: distances between pieces of code, where within a
    /// page the stack begins, how large the environment of a worker process is. 0 for the usual layout.
    /// </summary>
    [Knob("layout.seed", "place code, stack and environment elsewhere, by chance with this seed, to measure what layout does to times; 0 for the usual layout", Maximum = 1_000_000)]
    public int LayoutSeed { get; init; }

    /// <summary>Size of the nursery at first, in KiB, and at least.</summary>
    [Knob("heap.nursery-size", "size of the part of the heap where objects are allocated, at first and at least", Minimum = 256, Maximum = 1_048_576, Unit = "KiB",
        V8Flag = "--min-semi-space-size", V8Unit = 1024)]
    public int HeapNurserySize { get; init; } = 4096;

    /// <summary>Largest size of the nursery, in KiB; 0 for half the processor's last cache, but 8 to 32 MiB.</summary>
    [Knob("heap.nursery-max-size", "largest size of the nursery; 0 for half the last cache, but 8 to 32 MiB", Maximum = 1_048_576, Unit = "KiB",
        V8Flag = "--max-semi-space-size", V8Unit = 1024, IsZeroAutomatic = true)]
    public int HeapNurseryMaxSize { get; init; }

    /// <summary>Whether the nursery grows and shrinks, and aging pauses, by how much survives.</summary>
    [Knob("heap.adaptive-nursery", "size the nursery, and pause aging, by how much survives")]
    public bool HeapAdaptiveNursery { get; init; } = true;

    /// <summary>Young collections that an object survives before the next one makes it old.</summary>
    [Knob("heap.promotion-age", "collections that objects survive before the next one makes them old; 0 to make them old at once", Maximum = 15,
        Unit = "collections")]
    public int HeapPromotionAge { get; init; } = 1;

    /// <summary>Most memory of heaps of disposed stores that the process keeps for the next ones, in MiB.</summary>
    [Knob("heap.kept-memory", "most memory that heaps leave to later ones of the process; the rest goes back to the system", Maximum = 1_048_576,
        Unit = "MiB")]
    public int HeapKeptMemory { get; init; } = 256;

    /// <summary>Limit of the live heap, in MiB.</summary>
    [Knob("heap.limit", "most memory that live objects may take; beyond, allocations trap", Minimum = 1, Maximum = 1_048_576, Unit = "MiB",
        V8Flag = "--max-old-space-size")]
    public int HeapLimit { get; init; } = 4096;

    /// <summary>How much larger than what lived after the last full collection the old generation may become before the next.</summary>
    [Knob("heap.growth-factor", "size of the old generation that starts a full collection, as a multiple of what lived after the last",
        Minimum = 1.1, Maximum = 16)]
    public double HeapGrowthFactor { get; init; } = 2;

    /// <summary>Size of the old generation, in MiB, below which it is not collected.</summary>
    [Knob("heap.minimum-threshold", "size of the old generation below which it is not collected", Maximum = 1_048_576, Unit = "MiB")]
    public int HeapMinimumThreshold { get; init; } = 64;

    /// <summary>Most threads that work on a full collection, the one that uses the store included; 0 for as many as there are processors, at most 4.</summary>
    [Knob("heap.collection-threads", "most threads that work on a full collection; 0 for as many as there are processors, at most 4", Maximum = 64,
        Unit = "threads")]
    public int HeapCollectionThreads { get; init; } = 1;

    /// <summary>What a full collection copies, in KiB, before other threads than the one that uses the store help with the rest.</summary>
    [Knob("heap.parallel-threshold", "memory that a full collection copies on one thread before others help with the rest", Maximum = 1_048_576, Unit = "KiB")]
    public int HeapParallelThreshold { get; init; } = 1024;

    /// <summary>
    /// Whether the system is asked for large pages (transparent ones of 2 MiB) for heaps from their first collection on: fewer faults and
    /// translations, more memory for a small heap.
    /// </summary>
    [Knob("heap.huge-pages", "ask the system for large pages for the heap, from its first collection on")]
    public bool HeapHugePages { get; init; } = true;
}
