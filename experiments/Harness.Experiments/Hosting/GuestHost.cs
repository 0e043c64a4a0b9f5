using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Experiments.Hosting;

/// <summary>
/// Runs a program of somebody else's benchmark suite from its folder, with the imports that the suite gives it. What it needs
/// of its host is little and written here; <c>experiments/node/host.mjs</c> is the counterpart for V8.
/// </summary>
internal abstract class GuestHost
{
    private static readonly Dictionary<string, Func<string, GuestHost>> Hosts = new()
    {
        ["sightglass"] = folder => new SightglassHost(folder),
        ["j2cl"] = folder => new J2clHost(folder),
    };

    /// <summary>Finds the module in a folder.</summary>
    /// <exception cref="HarnessException">There is none, or more than one.</exception>
    protected GuestHost(string folder)
    {
        if (!Directory.Exists(folder))
            throw new HarnessException($"there is no folder {folder}");
        var modules = Directory.GetFiles(folder, "*.wasm");
        ModulePath = modules is [var only] ? only : throw new HarnessException($"the folder {folder} has {modules.Length} modules (*.wasm) instead of one");
    }

    /// <summary>The names of the suites.</summary>
    public static IReadOnlyCollection<string> Names => Hosts.Keys;

    public string ModulePath { get; }

    /// <summary>Whether the host takes what a <see cref="TracedModule"/> hands to it into its result.</summary>
    public virtual bool CanTrace => false;

    /// <summary>Makes the host of a suite for the program in a folder.</summary>
    /// <exception cref="HarnessException">There is no such suite, or no program in the folder.</exception>
    public static GuestHost Open(string name, string folder) => Hosts.TryGetValue(name, out var host)
        ? host(folder)
        : throw new HarnessException($"there is no host '{name}'; there are {string.Join(" and ", Names)}");

    /// <summary>Runs the program some times.</summary>
    /// <param name="store">Where to instantiate it.</param>
    /// <param name="module">The program, or a copy that is traced.</param>
    /// <param name="repetitions">How often.</param>
    /// <returns>The time of each run in milliseconds, and the result.</returns>
    /// <exception cref="HarnessException">A result is wrong.</exception>
    public abstract GuestReport Run(Store store, WasmModule module, int repetitions);
}

/// <summary>What came of running a program.</summary>
/// <param name="Milliseconds">The time of each run.</param>
/// <param name="Result">What the last run gave, or all of them, as text.</param>
internal sealed record GuestReport(IReadOnlyList<double> Milliseconds, string Result);
