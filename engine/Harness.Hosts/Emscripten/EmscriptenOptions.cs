using Harness.Engine.Runtime;
using Harness.Hosts.Wasi;

namespace Harness.Hosts.Emscripten;

/// <summary>What a program that Emscripten compiled is given.</summary>
public sealed class EmscriptenOptions
{
    /// <summary>Arguments, environment, streams, clock and random bytes. Folders are not visible to such programs.</summary>
    public WasiOptions System { get; init; } = new();

    /// <summary>The names behind minified ones; null if names are not minified.</summary>
    public GlueNames? Names { get; init; }

    /// <summary>Functions of the program's own library, by name, which are taken before those of the host.</summary>
    public IDictionary<string, HostSlotCallback> Functions { get; } = new Dictionary<string, HostSlotCallback>();

    /// <summary>Pages of a memory that the program imports, at first; null for as few as it wants.</summary>
    public ulong? InitialPages { get; init; }

    /// <summary>Called after the program's memory has grown through the host.</summary>
    public Action<Memory>? MemoryGrown { get; init; }
}
