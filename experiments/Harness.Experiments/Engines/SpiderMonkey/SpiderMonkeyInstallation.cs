using System.Globalization;
using Harness.Experiments.Engines.Installation;

namespace Harness.Experiments.Engines.SpiderMonkey;

/// <summary>SpiderMonkey in Firefox, as Debian ships its version with extended support.</summary>
internal static class SpiderMonkeyInstallation
{
    /// <summary>The first version that certainly has every preference among the knobs: Firefox takes any other name without a word, and the knob would do nothing.</summary>
    public const int MinimumVersion = 153;

    public static DebianPackage Package { get; } = new(SpiderMonkeyEngine.EngineName, "firefox-esr", "firefox-esr");

    /// <summary>Refuses an older version than <see cref="MinimumVersion"/>. A version that nobody knows is taken.</summary>
    /// <param name="version">The version of its package, such as <c>153.8.0esr-1~deb12u1</c>.</param>
    /// <exception cref="HarnessException">It is older.</exception>
    public static void RequireVersion(string version)
    {
        var number = version[(version.IndexOf(':', StringComparison.Ordinal) + 1)..].Split('.')[0];
        if (int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var major) && major < MinimumVersion)
        {
            throw new HarnessException($"Firefox {version} may lack preferences that knobs of SpiderMonkey stand for, and would take them without a word; at least Firefox {MinimumVersion} is needed: './harness engines --install {SpiderMonkeyEngine.EngineName}' where the system has none");
        }
    }
}
