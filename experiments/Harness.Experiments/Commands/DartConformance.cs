using System.CommandLine;
using Harness.Dart;
using Harness.Experiments.Conformance;
using Harness.Experiments.Engines;

namespace Harness.Experiments.Commands;

/// <summary><c>harness dart conformance</c>: runs the tests of a folder of Dart's conformance suite and counts them by subfolder.</summary>
internal static partial class DartCommand
{
    private static Command CreateConformance()
    {
        var folder = new Argument<string>("dir") { Description = "a folder of tests (*_t*.dart); subfolders are counted one by one" };
        var verbose = new Option<bool>("--failures") { Description = "list what failed, with the first line of the reason, and what was not refused" };
        var filter = new Option<string>("--filter") { Description = "only files whose path has this text", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        var every = new Option<int>("--every") { Description = "only each N-th test of a directory, for a quick look [1]", HelpName = "N", DefaultValueFactory = _ => 1 };
        var from = new Option<int>("--from") { Description = "the test of a directory to begin with, for another look of the same size [1]", HelpName = "N", DefaultValueFactory = _ => 1 };
        var v8 = new Option<bool>("--v8") { Description = "run each test on V8 too: it passes if it does on both" };
        var command = new Command("conformance", "run Dart's conformance tests and count them by directory") { folder, verbose, filter, every, from, v8 };
        var knobs = KnobOptions.AddCompilerTo(command);
        command.SetAction(parsed => Conformance(
            parsed.GetRequiredValue(folder), parsed.GetValue(verbose), parsed.GetValue(filter)!, parsed.GetValue(every), parsed.GetValue(from), parsed.GetValue(v8) ? NodeInstallation.NodePath : null, DartOptions.FromKnobs(knobs.Read(parsed))));
        return command;
    }

    private sealed class ConformanceRow
    {
        public int Passed, Failed, Unsupported, Refused, NotRefused, Crashed;

        public void Count(DartOutcome outcome, bool mustBeRefused)
        {
            if (outcome == DartOutcome.Crashed) Crashed++;
            if (mustBeRefused && outcome == DartOutcome.Refused) Refused++;
            else if (mustBeRefused) NotRefused++;
            else if (outcome == DartOutcome.Passed) Passed++;
            else if (outcome == DartOutcome.Unsupported) Unsupported++;
            else Failed++;
        }

        public void Add(ConformanceRow other)
        {
            Passed += other.Passed;
            Failed += other.Failed;
            Unsupported += other.Unsupported;
            Refused += other.Refused;
            NotRefused += other.NotRefused;
            Crashed += other.Crashed;
        }

        public override string ToString() => $"{Passed} | {Failed} | {Unsupported} | {Refused} | {NotRefused} | {Crashed}";
    }

    private static int Conformance(string folder, bool verbose, string filter, int every, int from, string? node, DartOptions lowering)
    {
        if (every < 1)
            throw new HarnessException($"--every takes a number from 1 on, not {every}");
        if (from < 1)
            throw new HarnessException($"--from takes a number from 1 on, not {from}");
        if (!Directory.Exists(folder))
            throw new HarnessException($"there is no folder '{folder}'");
        var files = Directory.EnumerateFiles(folder, "*_t*.dart", SearchOption.AllDirectories).Where(f => f.Contains(filter, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        var rows = new SortedDictionary<string, ConformanceRow>(StringComparer.Ordinal);
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var text = File.ReadAllText(file);
            if (!text.Contains("main(", StringComparison.Ordinal))
                continue;
            var relative = Path.GetRelativePath(folder, file);
            var directory = Path.GetDirectoryName(relative)?.Split('/')[0] ?? ".";
            seen[directory] = seen.GetValueOrDefault(directory) + 1;
            if (seen[directory] < from || (seen[directory] - from) % every != 0)
                continue;
            if (!rows.TryGetValue(directory, out var row))
                rows[directory] = row = new ConformanceRow();
            var test = new DartTest(file);
            var mustBeRefused = test.MustBeRefused(text);
            var (outcome, reason) = test.Run(lowering, mustBeRefused ? null : node);
            row.Count(outcome, mustBeRefused);
            if (!verbose)
                continue;
            if (mustBeRefused && outcome is not (DartOutcome.Refused or DartOutcome.Crashed))
                Console.WriteLine($"Not refused: {relative}");
            else if (outcome != (mustBeRefused ? DartOutcome.Refused : DartOutcome.Passed))
                Console.WriteLine($"{outcome}: {relative}: {reason}");
        }

        Console.WriteLine("directory | passed | failed | excluded (not supported) | refused as it must be | not refused | the compiler failed");
        Console.WriteLine("--- | --- | --- | --- | --- | --- | ---");
        var all = new ConformanceRow();
        foreach (var (directory, row) in rows)
        {
            all.Add(row);
            Console.WriteLine($"{directory} | {row}");
        }

        if (rows.Count > 1)
            Console.WriteLine($"all | {all}");
        return 0;
    }
}
