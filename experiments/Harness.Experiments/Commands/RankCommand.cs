using System.CommandLine;
using Harness.Experiments.Reports;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Results;

namespace Harness.Experiments.Commands;

/// <summary><c>harness rank</c>: engines and configurations from the fastest to the slowest.</summary>
internal static class RankCommand
{
    public static Command Create()
    {
        var results = new Argument<string>("results") { Description = "results folder, or name of a sweep" };
        var engine = new Option<string?>("--engine") { Description = "rank the configurations of this engine only", HelpName = "NAME" };
        var command = new Command("rank", "rank engines and configurations by the geometric mean of their times; equals share a rank") { results, engine };
        var output = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(results);
            var (sweep, summary) = ReportWriter.Summarize(ResultsFolder.Find(name));
            var engines = parsed.GetValue(engine) is { } only
                ? summary.Engines.Contains(only) ? [only] : throw new HarnessException($"the results have no engine '{only}'; they have {string.Join(" and ", summary.Engines)}")
                : summary.Engines;
            output.Print(parsed, RankTable.Create(sweep, summary, engines), name);
        });
        return command;
    }
}
