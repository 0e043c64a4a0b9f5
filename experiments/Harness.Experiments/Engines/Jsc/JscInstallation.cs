using System.Globalization;
using Harness.Experiments.Engines.Installation;

namespace Harness.Experiments.Engines.Jsc;

/// <summary>The shell <c>jsc</c> of WebKitGTK's JavaScriptCore.</summary>
internal static class JscInstallation
{
    public static DebianPackage Package { get; } = new(JscEngine.EngineName, "jsc", "libjavascriptcoregtk-6.0-bin", "libjavascriptcoregtk-4.1-bin", "libjavascriptcoregtk-4.0-bin", "libjavascriptcoregtk-bin");

    /// <summary>Whether a version certainly inlines no indirect calls: up to 2.50. Later ones profile and inline <c>call_indirect</c> and <c>call_ref</c>, and their shell has no option against that.</summary>
    /// <param name="version">The version of its package, such as <c>2.50.6-1~deb13u1</c>.</param>
    public static bool InlinesDirectCallsOnly(string version) =>
        version[(version.IndexOf(':', StringComparison.Ordinal) + 1)..].Split('.') is [var first, var second, ..]
        && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var major) && int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
        && (major < 2 || (major == 2 && minor <= 50));
}
