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
    [InlineData("setTimeout(() => {}, 2 ** 31 - 1);")]
    [InlineData("new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 9, 1, 7, 0, 3, 64, 12, 0, 11, 11))).exports.f();")]
    [InlineData("test(() => { for (;;) try { for (;;) {} } catch {} }, 'never ends');")]
    public void AFileThatNeverEndsIsStopped(string text)
    {
        File.WriteAllText(Path.Combine(_folder, "endless.any.js"), "test(() => {}, 'ends');\n" + text);
        var results = ApiTestRunner.Run(_folder, "endless.any.js", EngineOptions.Default, TimeSpan.FromSeconds(1));
        Assert.Contains(results, result => result is { Name: ApiTestRunner.WholeFile, Failure: "it takes longer than 1 s" });
    }

    [Fact]
    public void AssertionsHaveTheirEarlierNamesToo()
    {
        File.WriteAllText(Path.Combine(_folder, "earlier.any.js"), """
            test(() => assert_throws(new RangeError(), () => { throw new RangeError('wide'); }), 'throws');
            test(() => assert_throws(new TypeError(), () => { throw new RangeError('wide'); }), 'throws another');
            promise_test(t => promise_rejects(t, new WebAssembly.CompileError(), WebAssembly.compile(new Uint8Array(3))), 'rejects');
            promise_test(t => promise_rejects(t, new TypeError(), Promise.resolve(1)), 'is fulfilled');
            """);
        var results = ApiTestRunner.Run(_folder, "earlier.any.js", EngineOptions.Default, TimeSpan.FromSeconds(60));
        ApiTestResult[] expected =
        [
            new("throws", null), new("throws another", "threw RangeError: wide instead of a TypeError"),
            new("rejects", null), new("is fulfilled", "the promise was fulfilled"),
        ];
        Assert.Equal(expected, results);
    }
}
