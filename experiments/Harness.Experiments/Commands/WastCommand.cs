using System.CommandLine;
using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics.Wast;

namespace Harness.Experiments.Commands;

/// <summary><c>harness wast</c>: runs official test scripts.</summary>
internal static class WastCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("files") { Description = "scripts (.wast), or folders that are searched for them", Arity = ArgumentArity.OneOrMore };
        var exclude = new Option<string[]>("--exclude") { Description = "leave out files whose path contains this text (may be repeated)", HelpName = "TEXT" };
        var command = new Command("wast", "run official test scripts; names each failure, and closes with 'N passed, N failed'") { paths, exclude };
        var knobs = KnobOptions.AddTo(command);
        command.SetAction(parsed =>
        {
            var options = EngineOptions.FromDictionary(knobs.Read(parsed));
            var excluded = parsed.GetValue(exclude) ?? [];
            var given = parsed.GetRequiredValue(paths);
            var files = given.SelectMany(Expand).Where(file => !excluded.Any(text => file.Contains(text, StringComparison.Ordinal))).ToList();
            if (files.Count == 0)
            {
                throw new HarnessException($"there are no scripts (*.wast) in {string.Join(", ", given)}{(excluded.Length > 0 ? " but those that --exclude leaves out" : "")}");
            }

            return Run(files, options);
        });
        return command;
    }

    private static IEnumerable<string> Expand(string path)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        if (!Directory.Exists(path))
        {
            throw new HarnessException($"there is no file or folder {path}");
        }

        return Directory.EnumerateFiles(path, "*.wast", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
    }

    private static int Run(List<string> files, EngineOptions options)
    {
        var (passed, failed) = (0, 0);
        var unsupported = new List<WastIncident>();
        foreach (var file in files)
        {
            WastResult result;
            try
            {
                result = WastRunner.Run(file, options);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new HarnessException($"cannot read script {file}: {exception.Message}", exception);
            }

            foreach (var failure in result.Failures)
            {
                Console.WriteLine(failure);
            }

            passed += result.Passed;
            failed += result.Failures.Count;
            unsupported.AddRange(result.Unsupported);
        }

        if (unsupported.Count > 0)
        {
            Console.WriteLine($"{unsupported.Count} commands need what the engine does not support and were left out:");
            foreach (var reason in unsupported.GroupBy(incident => incident.Message).OrderByDescending(reason => reason.Count()))
            {
                Console.WriteLine($"{reason.Count(),6} {reason.Key}, first at {reason.First().File}:{reason.First().Line}");
            }
        }

        Console.WriteLine($"{passed} passed, {failed} failed");
        return failed == 0 && passed > 0 ? 0 : 1;
    }
}
