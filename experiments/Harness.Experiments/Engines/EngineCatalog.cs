using Harness.Experiments.Engines.Installation;
using Harness.Experiments.Engines.Jsc;
using Harness.Experiments.Engines.SpiderMonkey;
using Harness.Experiments.Engines.V8;
using Harness.Experiments.Engines.Wasmtime;

namespace Harness.Experiments.Engines;

/// <summary>The engines that can be measured.</summary>
internal static class EngineCatalog
{
    /// <summary>The columns of <c>results.csv</c> that only this engine tells: what others do between bytes and modules, and between a request for optimized code and that code, cannot be told apart from outside.</summary>
    private static readonly HashSet<string> InnerPhases = ["decode_ms", "validate_ms", "queue_wait_ms", "longest_queue_wait_ms", "code_wait_ms", "longest_code_wait_ms"];

    private static readonly HashSet<string> InnerPhasesAndTraces = [.. InnerPhases, .. V8Engine.TracedColumns];

    /// <summary>All engines; this one first.</summary>
    public static IReadOnlyList<EngineEntry> All { get; } =
    [
        new(OwnEngine.EngineName, "this engine", [], new BuiltInEngine(() => new OwnEngine().Version), () => new OwnEngine()),
        new(V8Engine.EngineName, "V8", V8Knobs.All, new NodeEngine(), () => new V8Engine()) { ObservedOnce = V8Engine.TracedColumns, Untold = InnerPhases },
        new(JscEngine.EngineName, "JavaScriptCore", JscKnobs.All, JscInstallation.Package, () => new JscEngine()) { Untold = InnerPhasesAndTraces },
        new(SpiderMonkeyEngine.EngineName, "SpiderMonkey", SpiderMonkeyKnobs.All, SpiderMonkeyInstallation.Package, () => new SpiderMonkeyEngine()) { Untold = InnerPhasesAndTraces },
        new(WasmtimeEngine.EngineName, "Wasmtime", WasmtimeKnobs.All, new BuiltInEngine(() => WasmtimeEngine.LibraryVersion), () => new WasmtimeEngine()) { Untold = InnerPhasesAndTraces },
    ];

    /// <summary>The names of all engines.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(engine => engine.Name)];

    /// <summary>The engines that <c>both</c> stands for.</summary>
    public static IReadOnlyList<string> Both { get; } = [OwnEngine.EngineName, V8Engine.EngineName];

    /// <summary>Finds an engine by its name.</summary>
    /// <exception cref="HarnessException">There is none.</exception>
    public static EngineEntry Find(string name) => All.FirstOrDefault(engine => engine.Name == name)
        ?? throw new HarnessException($"unknown engine '{name}'; there are {string.Join(", ", Names)}");

    /// <summary>Makes an engine ready for use; V8 is installed on first need.</summary>
    /// <exception cref="HarnessException">There is none of that name, or it is not installed; the message says how to install it.</exception>
    public static IEngine Open(string name)
    {
        var entry = Find(name);
        return entry.Installation.IsOnFirstNeed || entry.Installation.Inspect() is { IsInstalled: true }
            ? entry.Open()
            : throw new HarnessException($"engine '{name}' ({entry.Title}) is not installed; install it with './harness engines --install {name}'");
    }

    /// <summary>Returns the name if there is such an engine.</summary>
    /// <exception cref="HarnessException">There is none.</exception>
    public static string CheckName(string name) => Find(name).Name;

    /// <summary>The engine's name for charts and tables.</summary>
    public static string TitleOf(string name) => Find(name).Title;

    /// <summary>Whether all rows of a cell have what one process of it has told, so that they are one observation and no sample.</summary>
    /// <param name="engine">Name of the engine.</param>
    /// <param name="column">Name of the column of <c>results.csv</c>.</param>
    public static bool IsObservedOnce(string engine, string column) => All.Any(entry => entry.Name == engine && entry.ObservedOnce.Contains(column));

    /// <summary>Whether an engine does not tell what a column is about, so that its rows have 0 there, which is no figure.</summary>
    /// <param name="engine">Name of the engine.</param>
    /// <param name="column">Name of the column of <c>results.csv</c>.</param>
    public static bool IsUntold(string engine, string column) => All.Any(entry => entry.Name == engine && entry.Untold.Contains(column));

    /// <summary>Reads the value of an <c>--engine</c> or <c>--engines</c> option: names with commas between them, <c>both</c> or <c>all</c>.</summary>
    public static IReadOnlyList<string> ParseOption(string text)
    {
        if (text == "both")
        {
            return Both;
        }

        if (text == "all")
        {
            return Names;
        }

        return [.. text.Split(',', StringSplitOptions.TrimEntries).Select(CheckName).Distinct()];
    }
}

/// <summary>What the harness knows of an engine without opening it.</summary>
/// <param name="Name">Name on the command line, in sweep files and in results; the names of its own knobs begin with it.</param>
/// <param name="Title">Name for charts and tables.</param>
/// <param name="Knobs">The knobs that are its alone.</param>
/// <param name="Installation">Whether it is there, and how it is brought.</param>
/// <param name="Open">Makes it ready for use.</param>
internal sealed record EngineEntry(string Name, string Title, IReadOnlyList<Harness.Engine.Configuration.Knob> Knobs, IEngineInstallation Installation, Func<IEngine> Open)
{
    /// <summary>Names of the columns of <c>results.csv</c> that one process of a cell tells for all of its rows.</summary>
    public IReadOnlySet<string> ObservedOnce { get; init; } = new HashSet<string>();

    /// <summary>Names of the columns of <c>results.csv</c> that it does not tell.</summary>
    public IReadOnlySet<string> Untold { get; init; } = new HashSet<string>();
}
