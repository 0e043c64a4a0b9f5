using System.CommandLine;
using System.Text.RegularExpressions;
using Harness.Dart;
using Harness.Dart.Semantics;
using Harness.Engine.Configuration;
using Harness.Engine.Runtime;
using Harness.Experiments.Engines;

namespace Harness.Experiments.Commands;

/// <summary><c>harness dart conformance</c>: runs the tests of a folder of Dart's conformance suite and counts them by subfolder.</summary>
internal static partial class DartCommand
{
    private enum TestOutcome { Passed, Failed, Unsupported, Refused }

    private static Command CreateConformance()
    {
        var folder = new Argument<string>("dir") { Description = "a folder of tests (*_t*.dart); subfolders are counted one by one" };
        var verbose = new Option<bool>("--failures") { Description = "list what failed, with the first line of the reason" };
        var filter = new Option<string>("--filter") { Description = "only files whose path has this text", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        var every = new Option<int>("--every") { Description = "only each N-th test of a directory, for a quick look [1]", HelpName = "N", DefaultValueFactory = _ => 1 };
        var command = new Command("conformance", "run Dart's conformance tests and count them by directory") { folder, verbose, filter, every };
        var knobs = KnobOptions.AddCompilerTo(command);
        command.SetAction(parsed => Conformance(parsed.GetRequiredValue(folder), parsed.GetValue(verbose), parsed.GetValue(filter)!, parsed.GetValue(every), DartOptions.FromKnobs(knobs.Read(parsed))));
        return command;
    }

    [GeneratedRegex(@"\[cfe\]|\[analyzer\]|@compile-error|@static-warning|SYNTAX_ERROR|^// *\[error|//# *\d+: *(syntax|compile-time) error", RegexOptions.Multiline)]
    private static partial Regex ExpectedError();

    [GeneratedRegex(@"^\s*(?:import|export|part)\s+(?:""([^"":]+)""|'([^':]+)')", RegexOptions.Multiline)]
    private static partial Regex RelativeFile();

    /// <summary>Whether a test must be refused: the error may be marked in a file that it imports or consists of.</summary>
    private static bool ExpectsError(string file, string text)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { file };
        var pending = new Stack<(string File, string Text)>([(file, text)]);
        while (pending.TryPop(out var next))
        {
            if (ExpectedError().IsMatch(next.Text))
                return true;
            foreach (Match match in RelativeFile().Matches(next.Text))
            {
                var path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(next.File)!, match.Groups[1].Value + match.Groups[2].Value));
                if (!path.Contains("/Utils/", StringComparison.Ordinal) && seen.Add(path) && File.Exists(path))
                    pending.Push((path, File.ReadAllText(path)));
            }
        }

        return false;
    }

    private static int Conformance(string folder, bool verbose, string filter, int every, DartOptions lowering)
    {
        if (every < 1)
            throw new HarnessException($"--every takes a number from 1 on, not {every}");
        if (!Directory.Exists(folder))
            throw new HarnessException($"there is no folder '{folder}'");
        var files = Directory.EnumerateFiles(folder, "*_t*.dart", SearchOption.AllDirectories).Where(f => f.Contains(filter, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        var rows = new SortedDictionary<string, int[]>(StringComparer.Ordinal);
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var text = File.ReadAllText(file);
            if (!text.Contains("main(", StringComparison.Ordinal))
                continue;
            var relative = Path.GetRelativePath(folder, file);
            var directory = Path.GetDirectoryName(relative)?.Split('/')[0] ?? ".";
            seen[directory] = seen.GetValueOrDefault(directory) + 1;
            if ((seen[directory] - 1) % every != 0)
                continue;
            if (!rows.TryGetValue(directory, out var row))
                rows[directory] = row = new int[5];
            var mustBeRefused = ExpectsError(file, text);
            var (outcome, reason) = RunTest(file, lowering);
            if (mustBeRefused)
            {
                row[outcome is TestOutcome.Refused ? 3 : 4]++;
                continue;
            }

            row[outcome switch { TestOutcome.Passed => 0, TestOutcome.Unsupported => 2, _ => 1 }]++;
            if (verbose && outcome != TestOutcome.Passed)
                Console.WriteLine($"{outcome}: {relative}: {reason}");
        }

        Console.WriteLine("directory | passed | failed | excluded (not supported) | refused as it must be | not refused");
        Console.WriteLine("--- | --- | --- | --- | --- | ---");
        foreach (var (directory, row) in rows)
            Console.WriteLine($"{directory} | {string.Join(" | ", row)}");
        return 0;
    }

    private static (TestOutcome Outcome, string Reason) RunTest(string file, DartOptions lowering)
    {
        byte[] bytes;
        try
        {
            bytes = DartBuild.Compile(file, lowering);
        }
        catch (DartCompilationException exception)
        {
            var reason = exception.Errors[0].ToString().Split('\n')[0];
            return (reason.Contains("not supported", StringComparison.Ordinal) ? TestOutcome.Unsupported : TestOutcome.Refused, reason);
        }
        catch (InvalidOperationException exception)
        {
            return (TestOutcome.Failed, string.Join(' ', exception.Message.Split('\n').Take(2)));
        }

        var options = EngineOptions.Default;
        var output = new StringWriter();
        try
        {
            // A test that does not end by itself is interrupted.
            var code = ExecutionThread.Run(options, () =>
            {
                using var store = new Store(options);
                using var timer = new Timer(_ => store.Interrupt(), null, TimeSpan.FromSeconds(10), Timeout.InfiniteTimeSpan);
                return new DartHost(output).Run(store, Engine.Modules.WasmModule.Decode(bytes));
            });
            var text = output.ToString();
            if (code == 0 && text.Contains("unittest-suite-wait-for-done", StringComparison.Ordinal) && !text.Contains("unittest-suite-success", StringComparison.Ordinal))
                return (TestOutcome.Failed, "the program ended before the asynchronous test did");
            return code == 0 ? (TestOutcome.Passed, "") : (TestOutcome.Failed, output.ToString().Split('\n').SkipWhile(l => l.StartsWith("Unhandled", StringComparison.Ordinal)).FirstOrDefault() ?? "");
        }
        catch (Exception exception) when (exception is WasmTrapException or Engine.Modules.ModuleException or WasmException or LinkException)
        {
            return (TestOutcome.Failed, exception.Message.Split('\n')[0]);
        }
    }
}
