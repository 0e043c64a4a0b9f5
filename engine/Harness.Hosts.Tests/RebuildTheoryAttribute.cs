namespace Harness.Hosts.Tests;

/// <summary>A test that needs the packages with which modules were built: other versions give other bytes.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RebuildTheoryAttribute : TheoryAttribute
{
    private static readonly (string Package, string Version)[] Wanted =
        [("clang-19", "1:19.1.7-3~deb12u1"), ("lld-19", "1:19.1.7-3~deb12u1"), ("libclang-rt-19-dev-wasm32", "1:19.1.7-3~deb12u1"), ("wasi-libc", "0.0~git20220510.9886d3d-2")];

    private static readonly Lazy<string?> Reason = new(FindReason);

    public RebuildTheoryAttribute() => Skip = Reason.Value;

    private static string? FindReason()
    {
        const string status = "/var/lib/dpkg/status";
        var installed = File.Exists(status) ? File.ReadAllText(status) : string.Empty;
        string[] missing = [.. Wanted.Where(wanted => !IsInstalled(installed, wanted.Package, wanted.Version)).Select(wanted => $"{wanted.Package}={wanted.Version}")];
        return missing.Length == 0 ? null : $"modules are rebuilt only with the packages that they were built with; missing: {string.Join(' ', missing)}";
    }

    private static bool IsInstalled(string status, string package, string version) => status.Split("\n\n")
        .Any(entry => entry.StartsWith($"Package: {package}\n", StringComparison.Ordinal) && entry.Contains($"\nVersion: {version}\n", StringComparison.Ordinal) && entry.Contains("\nStatus: install ok installed\n", StringComparison.Ordinal));
}
