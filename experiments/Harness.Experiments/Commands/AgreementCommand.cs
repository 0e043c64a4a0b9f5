using System.CommandLine;
using Harness.Experiments.Reports;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;

namespace Harness.Experiments.Commands;

/// <summary><c>harness aa</c>: what the statistics make of configurations that do not differ.</summary>
internal static class AgreementCommand
{
    public static Command Create()
    {
        var results = new Argument<string>("results") { Description = "results folder, or name of a sweep, that has configurations with the same knobs" };
        var command = new Command("aa", "tell what the statistics make of no difference: coverage and false positives where a configuration was measured against itself ('harness sweep NAME --aa')") { results };
        var output = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(results);
            var (sweep, summary) = ReportWriter.Summarize(ResultsFolder.Find(name));
            var agreement = Agreement.Of(sweep, summary)
                ?? throw new HarnessException($"sweep '{sweep.Name}' has no two configurations with the same knobs; measure one against itself with 'harness sweep {sweep.Name} --aa'");
            output.Print(parsed, AgreementTable.Create(agreement), name);
        });
        return command;
    }
}
