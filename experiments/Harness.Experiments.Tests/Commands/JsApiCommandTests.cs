using System.Diagnostics;

namespace Harness.Experiments.Tests.Commands;

/// <summary><c>harness js-api</c> on tests of our own: what passes, what fails, what is expected to fail, and files that break.</summary>
public sealed class JsApiCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void EachFileIsALineAndEachFailureIsNamed()
    {
        folder.Write("helper.js", "const seven = 7;");
        folder.Write("a/first.any.js", """
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
        folder.Write("broken.any.js", "test(() => {}, 'fine'); throw new Error('broken');");
        folder.Write("waits.any.js", "promise_test(() => new Promise(() => {}), 'waits');");
        var expected = folder.Write("expected.txt", "# reasons\na/first.any.js | throws* | not yet\na/first.any.js | same | it is wrong\n");
        var (exitCode, output, error) = Run("js-api", folder.Path, "--expected", expected);
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

    /// <summary>
    /// Each file has a host of its own, which is gone as soon as the file has run: while threads of V8 still mark and sweep its heap, free its buffers and optimize its functions. They must not
    /// ask for what is gone, which would end the process.
    /// </summary>
    [Fact]
    public void HostsEndWhileThreadsStillWorkForThem()
    {
        const int count = 8;
        for (var i = 0; i < count; i++)
        {
            // More is allocated from file to file, so that the collector is at another place when each ends.
            folder.Write($"busy{i}.any.js", $$"""
                const kept = [];
                test(() => {
                  const functions = Array.from({ length: 15 }, (_, i) => new Function('n', `let sum = ${i}; for (let j = 0; j < n; j++) sum = (sum * 31 + j) | 0; return sum;`));
                  for (let i = 0; i < {{20_000 + (7_000 * i)}}; i++) {
                    kept.push({ number: i, list: [i, i + 1], text: `text ${i}` });
                    if (i % 1000 === 0) kept[i].buffer = new Uint8Array(1 << 18).fill(i);
                    if (i % 3 === 0) kept[i >> 1] = null;
                  }
                  for (const each of functions) each(20000);
                  assert_equals(kept.length, {{20_000 + (7_000 * i)}});
                }, "busy");
                """);
        }

        var (exitCode, output, error) = Run("js-api", folder.Path);
        Assert.True(exitCode == 0, $"the process ended with {exitCode}:\n{error}");
        Assert.EndsWith($"{count} files: {count} passed, 0 failed, 0 failed as expected\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void MistakesAreOneLine()
    {
        Assert.Equal((2, "harness: there is no folder /nowhere\n"), Failing("js-api", "/nowhere"));
        Assert.Equal((2, $"harness: {folder.Path} has no tests (*.any.js)\n"), Failing("js-api", folder.Path));
        var wrong = folder.Write("wrong.txt", "a | b");
        Assert.Equal((2, $"harness: {wrong}:1: not 'file | test | reason'\n"), Failing("js-api", folder.Path, "--expected", wrong));
    }

    private static (int ExitCode, string Error) Failing(params string[] arguments)
    {
        var (exitCode, _, error) = Run(arguments);
        return (exitCode, error);
    }

    private static (int ExitCode, string Output, string Error) Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(HarnessException).Assembly.Location, .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
