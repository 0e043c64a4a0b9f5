using System.CommandLine;
using Harness.Experiments.Reports;
using Harness.Experiments.Results;

namespace Harness.Experiments.Commands;

/// <summary><c>harness chart</c>: makes summary and chart again from the results.</summary>
internal static class ChartCommand
{
    public static Command Create()
    {
        var results = new Argument<string>("results") { Description = "results folder, or name of a sweep" };
        var command = new Command("chart", "make summary.md, chart.svg and chart.png again from a results folder") { results };
        command.SetAction(parsed =>
        {
            var folder = ResultsFolder.Find(parsed.GetRequiredValue(results));
            ReportWriter.Write(folder);
            Console.WriteLine($"{folder.Path}: summary.md, chart.svg, chart.png");
        });
        return command;
    }
}
