using System.Diagnostics;

namespace Harness.Experiments.Tests.Sweeps;

/// <summary>A test on a small disk of its own, in a mount namespace that ends with it; skipped where the system allows none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    /// <summary>What runs a command in a mount namespace of its own, in which it may mount.</summary>
    public const string Program = "unshare";

    private static readonly Lazy<bool> IsPossible = new(() =>
    {
        using var folder = new TemporaryFolder();
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Program, [.. Arguments, "mount", "-t", "tmpfs", "-o", "size=1m", "none", folder.Path]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    });

    public SmallDiskFactAttribute()
    {
        if (!IsPossible.Value)
        {
            Skip = "a small disk needs a mount namespace (unshare --mount), which this system does not allow";
        }
    }

    /// <summary>Its arguments, before the command.</summary>
    public static IReadOnlyList<string> Arguments => ["--user", "--map-root-user", "--mount"];
}
