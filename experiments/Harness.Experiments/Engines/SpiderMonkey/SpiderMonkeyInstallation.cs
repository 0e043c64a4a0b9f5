using Harness.Experiments.Engines.Installation;

namespace Harness.Experiments.Engines.SpiderMonkey;

/// <summary>SpiderMonkey in Firefox, as Debian ships its version with extended support.</summary>
internal static class SpiderMonkeyInstallation
{
    public static DebianPackage Package { get; } = new(SpiderMonkeyEngine.EngineName, "firefox-esr", "firefox-esr");
}
