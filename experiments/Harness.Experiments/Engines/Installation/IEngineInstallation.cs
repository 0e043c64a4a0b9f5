namespace Harness.Experiments.Engines.Installation;

/// <summary>Whether an engine is there, and how it is brought.</summary>
internal interface IEngineInstallation
{
    /// <summary>Whether the engine installs itself when it is first needed, without being asked.</summary>
    bool IsOnFirstNeed { get; }

    /// <summary>Looks whether it is there. Installs nothing.</summary>
    EngineStatus Inspect();

    /// <summary>Installs it, without the rights of root where that can be.</summary>
    /// <param name="log">Is told what happens.</param>
    /// <exception cref="HarnessException">It could not be installed; the message says why and what would help.</exception>
    void Install(TextWriter log);
}

/// <summary>What is known of an engine's installation.</summary>
/// <param name="IsInstalled">Whether it can be used.</param>
/// <param name="Version">Its version; empty if not installed.</param>
/// <param name="Place">Where it is; empty if not installed.</param>
/// <param name="Missing">What is missing; empty if nothing is.</param>
internal sealed record EngineStatus(bool IsInstalled, string Version, string Place, string Missing)
{
    /// <summary>An engine that is there.</summary>
    public static EngineStatus Present(string version, string place) => new(true, version, place, "");

    /// <summary>An engine that is not there.</summary>
    public static EngineStatus Absent(string missing) => new(false, "", "", missing);
}
