using System.CommandLine;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;

namespace Harness.Experiments.Commands;

/// <summary><c>harness show</c>: rows of results, filtered, grouped or pivoted, with any columns.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var results = new Argument<string>("results") { Description = "results folder, or name of a sweep" };
        var where = new Option<string[]>("--where") { Description = "only rows that meet a condition such as engine=ours, workload=gc-*, execute_ms>100 (may be repeated); rows that have no such knob meet !=, and no other", HelpName = "CONDITION", DefaultValueFactory = _ => [] };
        var columns = new Option<string?>("--columns") { Description = "columns to show, separated by commas: those of results.csv, and every knob", HelpName = "A,B,…" };
        var by = new Option<string?>("--by") { Description = "a row per group of equal values of these columns", HelpName = "A,B,…" };
        var pivot = new Option<string?>("--pivot") { Description = "a column per value of this column", HelpName = "COLUMN" };
        var statistic = OptionRanges.Names<GroupStatistic>("--statistic", "what is shown of a group; in a sum what rows have of one process counts once");
        var sort = new Option<string?>("--sort") { Description = "sort by a column; with a minus sign before it the largest first", HelpName = "COLUMN" };
        var limit = new Option<int>("--limit") { Description = "show at most N rows", HelpName = "N", DefaultValueFactory = _ => int.MaxValue }.AtLeast(1);
        var command = new Command("show", "print rows of results: filtered, grouped, pivoted, with any columns") { results, where, columns, by, pivot, statistic, sort, limit };
        var output = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(results);
            var selection = new ResultsSelection
            {
                Where = parsed.GetValue(where) ?? [],
                Columns = Names(parsed.GetValue(columns)),
                By = Names(parsed.GetValue(by)),
                Pivot = parsed.GetValue(pivot),
                Statistic = parsed.GetValue(statistic),
                Sort = parsed.GetValue(sort),
                Limit = parsed.GetValue(limit),
            };
            var view = ResultsView.Open(ResultsFolder.Find(name));
            var table = selection.Apply(view);
            foreach (var disturbance in Disturbances.DescribeAll(view.Rows))
            {
                table.AddNote(disturbance);
            }

            output.Print(parsed, table, name);
        });
        return command;
    }

    private static string[] Names(string? list) => list?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
