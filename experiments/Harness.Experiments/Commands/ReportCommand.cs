using System.CommandLine;
using Harness.Experiments.Reports.Html;
using Harness.Experiments.Results;

namespace Harness.Experiments.Commands;

/// <summary><c>harness report</c>: results as one HTML document.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var results = new Argument<string>("results") { Description = "results folder, or name of a sweep" };
        var output = new Option<string?>("--output") { Description = "the document; report.html in the results folder if left out", HelpName = "FILE" };
        var command = new Command("report", "write one HTML document that needs no network: findings, warnings, charts, tables, programs, environment, commands") { results, output };
        command.SetAction(parsed =>
        {
            var folder = ResultsFolder.Find(parsed.GetRequiredValue(results));
            var path = parsed.GetValue(output) ?? folder.Report;
            folder.RequireOther(path);
            HtmlReport.Write(folder, path);
            Console.WriteLine(path);
        });
        return command;
    }
}
