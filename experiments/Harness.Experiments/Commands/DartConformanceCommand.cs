using System.CommandLine;
using Harness.Dart;
using Harness.Experiments.Conformance;
using Harness.Experiments.Engines;

namespace Harness.Experiments.Commands;

/// <summary><c>harness dart conformance</c>: runs the tests of a folder of Dart's conformance suite and counts them by subfolder.</summary>
internal static class DartConformanceCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("dir") { Description = "a folder of tests (*_t*.dart); subfolders are counted one by one" };
        var verbose = new Option<bool>("--failures") { Description = "list what failed, with the first line of the reason, and what was not refused" };
        var filter = new Option<string>("--filter") { Description = "only files whose path has this text", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        var every = new Option<int>("--every") { Description = "only each N-th test of a directory, for a quick look", HelpName = "N", DefaultValueFactory = _ => 1 }.AtLeast(1);
        var from = new Option<int>("--from") { Description = "the test of a directory to begin with, for another look of the same size", HelpName = "N", DefaultValueFactory = _ => 1 }.AtLeast(1);
        var v8 = new Option<bool>("--v8") { Description = "run each test on V8 too: it passes if it does on both" };
        var jobs = new Option<int>("--jobs") { Description = "tests to run at a time", HelpName = "N", DefaultValueFactory = _ => Environment.ProcessorCount }.AtLeast(1);
        var timeout = new Option<int>("--timeout")
        {
            Description = "seconds after which a test is stopped; V8 gets twice that and the compiler six times: more for a machine that is busy", HelpName = "N", DefaultValueFactory = _ => ConformanceSuite.DefaultTimeout,
        }.AtLeast(1).AtMost(OptionRanges.MostSeconds);
        var command = new Command("conformance", "run Dart's conformance tests and count them by directory") { folder, verbose, filter, every, from, v8, jobs, timeout };
        var output = TableOutput.AddTo(command, "dart conformance");
        var knobs = KnobOptions.AddCompilerTo(command);
        command.SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(folder);
            var suite = new ConformanceSuite(name, parsed.GetValue(filter)!, parsed.GetValue(every), parsed.GetValue(from), parsed.GetValue(timeout));
            var table = new ConformanceTable();
            suite.Run(DartOptions.FromKnobs(knobs.Read(parsed)), parsed.GetValue(v8) ? NodeInstallation.NodePath : null, parsed.GetValue(jobs), result =>
            {
                table.Count(result);
                if (parsed.GetValue(verbose) && result.Complaint is { } complaint)
                {
                    Console.Error.WriteLine(complaint);
                }
            });
            output.Print(parsed, table.Create(), Path.GetFileName(Path.TrimEndingDirectorySeparator(name)));
        });
        return command;
    }
}
