using Harness.Engine.Configuration;
using Harness.Hosts.JavaScript;

namespace Harness.Hosts.Tests.JavaScript;

/// <summary>Whatever a file of tests does, it has results in time.</summary>
public sealed class ApiTestRunnerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("for (;;) {}")]
    [InlineData("test(() => { for (;;) try { for (;;) {} } catch {} }, 'never ends');")]
    public void AFileThatNeverEndsIsStopped(string text)
    {
        File.WriteAllText(Path.Combine(_folder, "endless.any.js"), "test(() => {}, 'ends');\n" + text);
        IReadOnlyList<ApiTestResult> results = ApiTestRunner.Run(_folder, "endless.any.js", EngineOptions.Default, TimeSpan.FromSeconds(1));
        Assert.Contains(results, result => result is { Name: ApiTestRunner.WholeFile, Failure: "it takes longer than 1 s" });
    }
}
