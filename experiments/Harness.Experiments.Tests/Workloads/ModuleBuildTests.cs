using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tests.Workloads;

/// <summary>Modules that are made of sources by a command.</summary>
public sealed class ModuleBuildTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>As where there is no bash: in a folder that is not there it does not start either.</summary>
    [Fact]
    public void AShellThatDoesNotStartIsToldInOneLine()
    {
        var build = new ModuleBuild($"true {_folder.Path}", []);
        var mistake = Assert.Throws<HarnessException>(() => build.Run("mine/unbuilt", _folder.File("none")));
        Assert.StartsWith("program 'mine/unbuilt' cannot be built, which takes bash: ", mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake.Message);
    }
}
