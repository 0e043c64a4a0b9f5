using System.CommandLine;
using Harness.Experiments.Engines;
using Harness.Experiments.Engines.V8;
using Harness.Experiments.Reports;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Commands;

/// <summary><c>harness table</c>: every program of a sweep, on this engine beside another one, as Markdown and as CSV.</summary>
internal static class TableCommand
{
    public static Command Create()
    {
        var results = new Argument<string>("results") { Description = "results folder, or name of a sweep" };
        var configuration = new Option<string?>("--configuration") { Description = "the configuration that is shown; if left out, the one with every knob at its default, or the baseline", HelpName = "NAME" };
        var against = new Option<string>("--against") { Description = "the engine beside ours", HelpName = "NAME", DefaultValueFactory = _ => V8Engine.EngineName };
        var output = new Option<string?>("--output") { Description = "the folder that table.md and table.csv are written to; the results folder if left out", HelpName = "FOLDER" };
        var command = new Command("table", "write every program of a sweep into table.md and table.csv: times, ratio, code, compilation, collections, memory, and why what is missing is missing")
        {
            results, configuration, against, output,
        };
        command.SetAction(parsed =>
        {
            var folder = ResultsFolder.Find(parsed.GetRequiredValue(results));
            var target = parsed.GetValue(output) ?? folder.Path;
            if (!Directory.Exists(target))
            {
                throw new HarnessException($"there is no folder {target} to write table.md and table.csv to");
            }

            var (sweep, summary) = ReportWriter.Summarize(folder);
            var other = FindOther(summary, parsed.GetRequiredValue(against));
            var shown = FindConfiguration(sweep, parsed.GetValue(configuration));
            var provenance = Provenance.Read(folder.Provenance);
            var programs = ProgramFigures.Of(sweep, summary, shown, other, provenance, folder.ReadFailures());
            Write(target, "table.md", new ProgramReport(sweep, summary, shown, other).Create(programs, provenance));
            Write(target, "table.csv", TableWriter.Write(ProgramTable.Create(programs, OwnEngine.EngineName, other), TableFormat.Csv));
        });
        return command;
    }

    private static string FindOther(SweepSummary summary, string name)
    {
        var other = EngineCatalog.CheckName(name);
        if (!summary.Engines.Contains(OwnEngine.EngineName))
        {
            throw new HarnessException($"the results have nothing of this engine; they have {string.Join(" and ", summary.Engines)}");
        }

        return other == OwnEngine.EngineName ? throw new HarnessException("ours cannot stand beside itself; name another engine with --against, or compare configurations with 'harness compare'") : other;
    }

    private static string FindConfiguration(SweepDefinition sweep, string? name)
    {
        if (name is null)
        {
            return (sweep.Configurations.FirstOrDefault(candidate => candidate.Knobs.Count == 0) ?? sweep.Configurations.First(candidate => candidate.Name == sweep.Baseline)).Name;
        }

        return sweep.Configurations.Any(candidate => candidate.Name == name)
            ? name
            : throw new HarnessException($"sweep '{sweep.Name}' has no configuration '{name}'; it has {string.Join(", ", sweep.Configurations.Select(candidate => candidate.Name))}");
    }

    private static void Write(string folder, string name, string content)
    {
        var path = Path.Combine(folder, name);
        WholeFile.WriteText(path, content);
        Console.WriteLine(path);
    }
}
