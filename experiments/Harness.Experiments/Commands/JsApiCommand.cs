using System.CommandLine;
using Harness.Engine.Configuration;
using Harness.Experiments.Conformance;
using Harness.Hosts;
using Harness.Hosts.JavaScript;

namespace Harness.Experiments.Commands;

/// <summary><c>harness js-api</c>: runs the specification's tests of the JavaScript API.</summary>
internal static class JsApiCommand
{
    private const string Pattern = "*.any.js";

    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "test/js-api of a clone of github.com/WebAssembly/spec" };
        var only = new Option<string[]>("--only") { Description = "run only files whose path contains this text (may be repeated)", HelpName = "TEXT" };
        var expected = new Option<string>("--expected") { Description = "file of the failures that are expected", HelpName = "FILE", DefaultValueFactory = _ => ExpectedFailures.DefaultPath };
        var timeout = new Option<int>("--timeout") { Description = "seconds after which a file is stopped, which is a failure", HelpName = "N", DefaultValueFactory = _ => 60 }.AtLeast(1).AtMost(OptionRanges.MostSeconds);
        var command = new Command("js-api", "run the specification's tests of the JavaScript API; names each failure that is not expected, and closes with 'N passed, N failed'") { folder, only, expected, timeout };
        var knobs = KnobOptions.AddTo(command);
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(folder),
            parsed.GetValue(only) ?? [],
            ExpectedFailures.Read(parsed.GetRequiredValue(expected)),
            EngineOptions.FromDictionary(knobs.Read(parsed)),
            TimeSpan.FromSeconds(parsed.GetValue(timeout))));
        return command;
    }

    private static int Run(string folder, string[] only, ExpectedFailures expected, EngineOptions options, TimeSpan limit)
    {
        if (!Directory.Exists(folder))
        {
            throw new HarnessException($"there is no folder {folder}");
        }

        var root = Path.GetFullPath(folder);
        var files = Directory.EnumerateFiles(root, Pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(root, path))
            .Where(file => only.Length == 0 || only.Any(text => file.Contains(text, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal)
            .ToList();
        if (files.Count == 0)
        {
            throw new HarnessException($"{folder} has no tests ({Pattern}){(only.Length > 0 ? " whose path contains what --only says" : "")}");
        }

        var (passed, failed, expectedFailures) = (0, 0, 0);
        foreach (var file in files)
        {
            var results = RunFile(root, file, options, limit);
            var failures = results.Where(result => result.Failure is not null).ToList();
            var unexpected = failures.Where(result => expected.ReasonFor(file, result.Name) is null).ToList();
            var mended = results.Where(result => result.Failure is null && expected.ReasonFor(file, result.Name) is not null).ToList();
            Console.WriteLine($"{file}: {results.Count - failures.Count} passed, {failures.Count} failed{(failures.Count > unexpected.Count ? $", {failures.Count - unexpected.Count} of them as expected" : "")}");
            foreach (var result in unexpected)
            {
                Console.WriteLine($"  FAILED {result.Name}: {OneLine.Of(result.Failure!)}");
            }

            foreach (var result in mended)
            {
                Console.WriteLine($"  PASSED, though a failure is expected: {result.Name}");
            }

            passed += results.Count - failures.Count - mended.Count;
            failed += unexpected.Count + mended.Count;
            expectedFailures += failures.Count - unexpected.Count;
        }

        Console.WriteLine($"{files.Count} files: {passed} passed, {failed} failed, {expectedFailures} failed as expected");
        return failed == 0 && passed > 0 ? 0 : 1;
    }

    private static IReadOnlyList<ApiTestResult> RunFile(string root, string file, EngineOptions options, TimeSpan limit)
    {
        try
        {
            return ApiTestRunner.Run(root, file, options, limit);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [new ApiTestResult(ApiTestRunner.WholeFile, exception.Message)];
        }
        catch (ProgramException exception)
        {
            throw new HarnessException(exception.Message, exception);
        }
    }
}
