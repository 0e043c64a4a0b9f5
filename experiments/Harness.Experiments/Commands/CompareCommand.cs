using System.CommandLine;
using System.Globalization;
using Harness.Experiments.Reports;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Spectre.Console;

namespace Harness.Experiments.Commands;

/// <summary><c>harness compare</c>: the results of a sweep as a table on the terminal.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var results = new Argument<string>("results") { Description = "results folder, or name of a sweep" };
        var markdown = new Option<string?>("--markdown")
        {
            Description = "print the short Markdown tables instead, or put them into FILE where it says 'begin: ./harness compare'",
            HelpName = "FILE",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("compare", "print medians, speedups with intervals, and tests of a results folder") { results, markdown };
        command.SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(results);
            var (sweep, summary) = ReportWriter.Summarize(ResultsFolder.Find(name));
            if (parsed.GetResult(markdown) is not null)
                GeneratedSection.Write(parsed.GetValue(markdown), $"./harness compare {name}", SummaryReport.CreateShort(sweep, summary));
            else
                Print(MakeTable(sweep, summary));
            if (summary.Disturbances is { } disturbances)
                Console.Error.WriteLine(disturbances);
        });
        return command;
    }

    /// <summary>Prints a table; into a file or a pipe as wide as it is, since nobody wraps it there.</summary>
    private static void Print(Table table)
    {
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = int.MaxValue / 4;
        AnsiConsole.Write(table);
    }

    private static Table MakeTable(Sweeps.SweepDefinition sweep, SweepSummary summary)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("engine", "workload", "configuration", "n", "ms", "95%", "speedup", "95%", "p, corrected", "effect");
        foreach (var engine in summary.Engines)
        {
            foreach (var workload in summary.Workloads)
            {
                foreach (var configuration in sweep.Configurations)
                {
                    if (summary.Find(engine, configuration.Name, workload.Name) is { } cell)
                        table.AddRow([.. Row(engine, workload.Name, configuration.Name, cell).Select(Markup.Escape)]);
                }
            }

            foreach (var configuration in sweep.Configurations)
            {
                if (summary.MeanSpeedup(engine, configuration.Name) is { } mean)
                    table.AddRow(engine, "geometric mean", Markup.Escape(configuration.Name), "", "", "", Number(mean.Measured.Value), Range(mean.Measured), "", "");
            }
        }

        return table;
    }

    private static string[] Row(string engine, string workload, string configuration, CellSummary cell) =>
    [
        engine, workload, configuration, cell.Count.ToString(CultureInfo.InvariantCulture), Number(cell.Time.Value), Range(cell.Time),
        cell.Speedup is { } speedup ? Number(speedup.Value) : "", cell.Speedup is { } interval ? Range(interval) : "",
        cell.Difference is { } test ? test.AdjustedPValue.ToString("0.####", CultureInfo.InvariantCulture) : "", cell.Difference is { } difference ? Number(difference.EffectSize) : "",
    ];

    private static string Range(Estimate estimate) => estimate.HasInterval ? $"{Number(estimate.Low)}–{Number(estimate.High)}" : "–";

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
