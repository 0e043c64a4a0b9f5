using Harness.Experiments.Engines;

namespace Harness.Experiments.Tests.Engines;

/// <summary>Packages that are restored on first need: what happens where they cannot be.</summary>
public sealed class NpmPackagesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ARegistryThatCannotBeReachedIsOneLine()
    {
        _folder.Write("package.json", """{"name": "test", "version": "1.0.0", "dependencies": {"no-such-package": "1.0.0"}}""");
        var integrity = "sha512-" + Convert.ToBase64String(new byte[64]);
        _folder.Write("package-lock.json", """
            {
              "name": "test", "version": "1.0.0", "lockfileVersion": 3, "requires": true,
              "packages": {
                "": {"name": "test", "version": "1.0.0", "dependencies": {"no-such-package": "1.0.0"}},
                "node_modules/no-such-package": {"version": "1.0.0", "resolved": "http://127.0.0.1:9/no-such-package-1.0.0.tgz", "integrity": "INTEGRITY"}
              }
            }
            """.Replace("INTEGRITY", integrity, StringComparison.Ordinal));
        var mistake = Assert.Throws<HarnessException>(() => new NpmPackages(_folder.Path, "A program, about 1 MB to download").PathOf("module.wasm"));
        Assert.StartsWith("A program could not be installed from the npm registry (", mistake.Message, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:9", mistake.Message, StringComparison.Ordinal);
        Assert.Contains($"'npm ci' in {_folder.Path} shows all", mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake.Message);
    }
}
