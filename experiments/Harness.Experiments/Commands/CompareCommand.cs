using System.CommandLine;
using Harness.Experiments.Reports;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Results;

namespace Harness.Experiments.Commands;

/// <summary><c>harness compare</c>: the results of a sweep as a table, or two sides beside each other.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var results = new Argument<string>("results") { Description = "results folder, or name of a sweep; with a second side RESULTS[@COMMIT][,suite=NAME][,engine=NAME][,configuration=NAME]" };
        var other = new Argument<string?>("other") { Description = "the side to compare it with, written likewise", Arity = ArgumentArity.ZeroOrOne };
        var metric = new Option<string>("--metric") { Description = "the column that is compared where there are two sides", HelpName = "COLUMN", DefaultValueFactory = _ => "execute_ms" };
        var seed = new Option<int>("--seed") { Description = "seed of the bootstrap where there are two sides", HelpName = "N", DefaultValueFactory = _ => 1 };
        var command = new Command("compare", "print medians, speedups with intervals, and tests: of one results folder, or of two, of two commits, suites, engines or configurations")
        {
            results, other, metric, seed,
        };
        var output = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(results);
            if (parsed.GetValue(other) is { } second)
            {
                var (a, b) = (ComparisonSide.Parse(name), ComparisonSide.Parse(second));
                output.Print(parsed, ComparisonTables.OfSides(a, b, parsed.GetRequiredValue(metric), parsed.GetValue(seed)), $"{name} {second}");
                return;
            }

            if (((Option[])[metric, seed]).FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } needless)
            {
                throw new HarnessException($"{needless.Name} is for two sides, and {name} is the only one; name another, or see 'harness show' for other columns");
            }

            var (sweep, summary) = ReportWriter.Summarize(ResultsFolder.Find(name));

            // Cell by cell the table is long, and stands in the folder's summary.
            if (output.FormatOf(parsed) == TableFormat.Markdown)
            {
                output.PrintMarkdown(parsed, output.DocumentOf(parsed) is null ? SummaryReport.CreateShort(sweep, summary) : SummaryReport.CreateMeans(sweep, summary), name);
            }
            else
            {
                output.Print(parsed, ComparisonTables.OfSweep(sweep, summary), name);
            }

            if (output.FormatOf(parsed) == TableFormat.Markdown)
            {
                foreach (var disturbance in summary.Disturbances)
                {
                    Console.Error.WriteLine(disturbance);
                }
            }
        });
        return command;
    }
}
