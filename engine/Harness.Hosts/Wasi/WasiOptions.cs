namespace Harness.Hosts.Wasi;

/// <summary>What a program is given: arguments, environment, folders, streams, time and chance.</summary>
public sealed class WasiOptions
{
    /// <summary>Its arguments; the first is its own name.</summary>
    public IList<string> Arguments { get; } = ["program"];

    /// <summary>Its environment variables.</summary>
    public IList<KeyValuePair<string, string>> Environment { get; } = [];

    /// <summary>The folders that it can see, in the order of their descriptors, which begin at 3.</summary>
    public IList<WasiPreopen> Preopens { get; } = [];

    /// <summary>What it reads; null for nothing.</summary>
    public Stream? StandardInput { get; init; }

    /// <summary>Where its output goes; null for nowhere.</summary>
    public Stream? StandardOutput { get; init; }

    /// <summary>Where its error output goes; null for nowhere.</summary>
    public Stream? StandardError { get; init; }

    /// <summary>Whether it has the standard streams of this process instead, by their descriptors.</summary>
    public bool InheritStandardStreams { get; init; }

    /// <summary>
    /// How many descriptors it can have open at a time, with its standard streams and folders; to open more fails (<c>EMFILE</c>). Each that is open in a folder of the host is one of this process, too,
    /// of which the system allows only so many.
    /// </summary>
    public int MaximumDescriptors { get; init; } = 1024;

    /// <summary>Its clocks.</summary>
    public WasiClock Clock { get; init; } = WasiClock.System;

    /// <summary>From what its random bytes follow, so that they are always the same; null for the system's.</summary>
    public ulong? RandomSeed { get; init; }

    /// <summary>Adds a folder of the host.</summary>
    /// <param name="guestPath">The path by which the program knows it.</param>
    /// <param name="hostPath">Where it is.</param>
    /// <returns>This object.</returns>
    public WasiOptions Preopen(string guestPath, string hostPath)
    {
        Preopens.Add(new WasiPreopen(guestPath, hostPath, null));
        return this;
    }

    /// <summary>Adds a folder in memory.</summary>
    /// <param name="guestPath">The path by which the program knows it.</param>
    /// <param name="folder">The folder.</param>
    /// <returns>This object.</returns>
    public WasiOptions Preopen(string guestPath, MemoryFolder folder)
    {
        Preopens.Add(new WasiPreopen(guestPath, null, folder));
        return this;
    }
}

/// <summary>A folder that a program can see.</summary>
/// <param name="GuestPath">The path by which the program knows it.</param>
/// <param name="HostPath">Where it is on the host; null for a folder in memory.</param>
/// <param name="Memory">The folder in memory; null for one of the host.</param>
public sealed record WasiPreopen(string GuestPath, string? HostPath, MemoryFolder? Memory);
