using Harness.Experiments.Engines.Installation;

namespace Harness.Experiments.Engines.Jsc;

/// <summary>The shell <c>jsc</c> of WebKitGTK's JavaScriptCore.</summary>
internal static class JscInstallation
{
    public static DebianPackage Package { get; } = new(JscEngine.EngineName, "jsc", "libjavascriptcoregtk-6.0-bin", "libjavascriptcoregtk-4.1-bin", "libjavascriptcoregtk-4.0-bin", "libjavascriptcoregtk-bin");
}
