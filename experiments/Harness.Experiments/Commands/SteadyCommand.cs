using System.CommandLine;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;

namespace Harness.Experiments.Commands;

/// <summary><c>harness steady</c>: which processes reached a steady state.</summary>
internal static class SteadyCommand
{
    public static Command Create()
    {
        var results = new Argument<string>("results") { Description = "results folder, or name of a sweep" };
        var command = new Command("steady", "tell which processes reached a steady state and when: flat, warm-up, slow-down, no steady state") { results };
        var output = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(results);
            var rows = ResultsView.Open(ResultsFolder.Find(name)).Rows;
            var table = SteadinessTable.Create(CellSteadiness.Of(rows));
            foreach (var disturbance in Disturbances.DescribeAll(rows))
            {
                table.AddNote(disturbance);
            }

            output.Print(parsed, table, name);
        });
        return command;
    }
}
