using Harness.Experiments.Engines;

namespace Harness.Experiments.Tuning;

/// <summary>
/// A quantity of measured processes that a search makes small: objectives weigh it, constraints limit it and reports show it, always in relation to the baseline's. Which there are is said here alone; whatever concerns
/// all of them goes over <see cref="All"/>.
/// </summary>
internal sealed class TuningQuantity
{
    private TuningQuantity()
    {
    }

    /// <summary>The time of the timed calls.</summary>
    public static TuningQuantity Time { get; } = new()
    {
        Name = "time",
        Column = "execute_ms",
        Title = "time",
        Told = "how long programs take",
        Unknown = "time not known",
        Excess = "more time",
        Read = row => row.ExecuteMs,
        IsAlwaysThere = true,
    };

    /// <summary>The size of the optimized code that is in use at the end.</summary>
    public static TuningQuantity Code { get; } = new()
    {
        Name = "code",
        Column = "optimized_bytes",
        Title = "optimized code",
        Told = "how much code it makes",
        Unknown = "size of code not known",
        Excess = "more code",
        Read = row => row.OptimizedBytes,
    };

    /// <summary>The time from bytes to module.</summary>
    public static TuningQuantity Compile { get; } = new()
    {
        Name = "compile",
        Column = "compile_ms",
        Title = "time from bytes to module",
        Told = "how long it makes modules",
        Unknown = "time from bytes to module not known",
        Excess = "more time from bytes to module",
        Read = row => row.CompileMs,
    };

    /// <summary>The most memory that the measured process had resident, its engine's own and that of the engine's host included.</summary>
    public static TuningQuantity Memory { get; } = new()
    {
        Name = "memory",
        Column = "peak_memory_bytes",
        Title = "peak memory",
        Told = "how much memory its processes take",
        Unknown = "peak memory not known",
        Excess = "more memory",
        Read = row => row.PeakMemoryBytes,
        IsAlwaysThere = true,
    };

    /// <summary>The longest garbage collection of the process, warm-up included. Where there was none on one side alone, there is no ratio.</summary>
    public static TuningQuantity Pause { get; } = new()
    {
        Name = "pause",
        Column = "longest_pause_ms",
        Title = "longest collection",
        Told = "how long its collections take",
        Unknown = "no longest collection to compare",
        Excess = "a longer collection",
        Read = row => row.LongestPauseMs ?? 0,
    };

    /// <summary>All quantities; time, which is a workload's, first, then those of whole processes.</summary>
    public static IReadOnlyList<TuningQuantity> All { get; } = [Time, Code, Compile, Memory, Pause];

    /// <summary>Those that are a process's, whatever it times: what speed costs.</summary>
    public static IReadOnlyList<TuningQuantity> Costs { get; } = [.. All.Where(quantity => quantity != Time)];

    /// <summary>What specifications and tables call it.</summary>
    public required string Name { get; init; }

    /// <summary>The column of <c>results.csv</c> that it is, by which engines say what they do not tell (<see cref="EngineEntry.Untold"/>).</summary>
    public required string Column { get; init; }

    /// <summary>What charts call it.</summary>
    public required string Title { get; init; }

    /// <summary>What an engine tells by it, in words that follow <c>tells</c>.</summary>
    public required string Told { get; init; }

    /// <summary>In words, that there is no ratio of it.</summary>
    public required string Unknown { get; init; }

    /// <summary>In words, what a configuration beyond a limit has; <c>than allowed</c> follows.</summary>
    public required string Excess { get; init; }

    /// <summary>It in a row: 0 where it is not known, or where there was none.</summary>
    public required Func<Evaluation, double> Read { get; init; }

    /// <summary>Whether every process has some, so that 0 can only mean that nobody has told it.</summary>
    public bool IsAlwaysThere { get; init; }

    /// <summary>
    /// Whether some engine tells it in a process that nobody times, one on each occasion (<see cref="EngineEntry.ObservedOnce"/>): what decides by it has to ask for it, and anew in every round.
    /// </summary>
    public bool IsObservedOnce => EngineCatalog.All.Any(engine => engine.ObservedOnce.Contains(Column));

    /// <summary>Finds a quantity by its name; null if there is none.</summary>
    public static TuningQuantity? Find(string name) => All.FirstOrDefault(quantity => quantity.Name == name);

    /// <summary>Refuses a search for it on an engine that does not tell it.</summary>
    /// <param name="engine">The engine.</param>
    /// <exception cref="HarnessException">It does not.</exception>
    public void RequireToldBy(EngineEntry engine)
    {
        if (engine.Untold.Contains(Column))
        {
            throw new HarnessException($"{engine.Title} does not tell {Told}; leave {Name} out of objective and constraints");
        }
    }
}

/// <summary>What a configuration has of each quantity in relation to the baseline, as means over programs.</summary>
/// <param name="ratios">The ratios that are known.</param>
internal sealed class TuningRatios(IReadOnlyDictionary<TuningQuantity, double> ratios)
{
    /// <summary>Of what was not measured.</summary>
    public static TuningRatios None { get; } = new(new Dictionary<TuningQuantity, double>());

    /// <summary>The ratio of a quantity; not a number where it is not known.</summary>
    public double this[TuningQuantity quantity] => ratios.TryGetValue(quantity, out var ratio) ? ratio : double.NaN;
}
