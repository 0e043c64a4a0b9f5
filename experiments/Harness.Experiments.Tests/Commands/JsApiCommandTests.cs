namespace Harness.Experiments.Tests.Commands;

/// <summary><c>harness js-api</c> on tests of our own: what passes, what fails, what is expected to fail, and files that break.</summary>
public sealed class JsApiCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EachFileIsALineAndEachFailureIsNamed()
    {
        _folder.Write("helper.js", "const seven = 7;");
        _folder.Write("a/first.any.js", """
            // META: global=jsshell
            // META: script=/wasm/jsapi/helper.js
            test(() => assert_equals(seven, 7), "same");
            test(() => assert_equals(seven, 8), "other");
            test(() => assert_throws_js(TypeError, () => new WebAssembly.Module()), "throws");
            test(() => assert_throws_js(RangeError, () => new WebAssembly.Module()), "throws another");
            promise_test(t => promise_rejects_js(t, WebAssembly.CompileError, WebAssembly.compile(new Uint8Array(3))), "rejects");
            promise_test(async () => { await undefined; assert_unreached(); }, "reached");
            test(() => assert_array_equals([1, -0], [1, 0]), "zeros");
            """);
        _folder.Write("broken.any.js", "test(() => {}, 'fine'); throw new Error('broken');");
        _folder.Write("waits.any.js", "promise_test(() => new Promise(() => {}), 'waits');");
        var expected = _folder.Write("expected.txt", "# reasons\na/first.any.js | throws* | not yet\na/first.any.js | same | it is wrong\n");
        var (exitCode, output, error) = HarnessProcess.Run("js-api", _folder.Path, "--expected", expected);
        Assert.Empty(error);
        Assert.Equal(
            """
            a/first.any.js: 3 passed, 4 failed, 1 of them as expected
              FAILED other: expected 8 but got 7
              FAILED zeros: item 1: expected 0 but got -0
              FAILED reached: reached what must not be reached
              PASSED, though a failure is expected: same
              PASSED, though a failure is expected: throws
            """,
            output[..output.IndexOf("\nbroken.any.js", StringComparison.Ordinal)]);
        Assert.Contains("broken.any.js: 1 passed, 1 failed\n  FAILED (the file): Error: broken", output, StringComparison.Ordinal);
        Assert.Contains("waits.any.js: 0 passed, 1 failed\n  FAILED (the file): the script waits for something that never comes", output, StringComparison.Ordinal);
        Assert.EndsWith("3 files: 2 passed, 7 failed, 1 failed as expected\n", output, StringComparison.Ordinal);
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public void MistakesAreOneLine()
    {
        Assert.Equal((2, "harness: there is no folder /nowhere\n"), Failing("js-api", "/nowhere"));
        Assert.Equal((2, $"harness: {_folder.Path} has no tests (*.any.js)\n"), Failing("js-api", _folder.Path));
        var wrong = _folder.Write("wrong.txt", "a | b");
        Assert.Equal((2, $"harness: {wrong}:1: not 'file | test | reason'\n"), Failing("js-api", _folder.Path, "--expected", wrong));
    }

    private static (int ExitCode, string Error) Failing(params string[] arguments)
    {
        var (exitCode, _, error) = HarnessProcess.Run(arguments);
        return (exitCode, error);
    }
}
