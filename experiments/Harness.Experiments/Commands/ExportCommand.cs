using System.CommandLine;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Results;

namespace Harness.Experiments.Commands;

/// <summary><c>harness export</c>: the rows of results with a column per knob, as a file for other programs.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var results = new Argument<string>("results") { Description = "results folder, or name of a sweep" };
        var output = new Argument<string>("file") { Description = "the file; its ending says the format: .parquet, .csv, .json" };
        var command = new Command("export", "write the rows of results, with a column per knob, as a Parquet, CSV or JSON file") { results, output };
        command.SetAction(parsed =>
        {
            var path = Path.GetFullPath(parsed.GetRequiredValue(output));
            var folder = ResultsFolder.Find(parsed.GetRequiredValue(results));
            folder.RequireOther(path);
            var rows = Path.GetExtension(path) switch
            {
                ".parquet" => WriteParquet(folder, path),
                ".csv" => WriteTable(folder, path, TableFormat.Csv),
                ".json" => WriteTable(folder, path, TableFormat.Json),
                var other => throw new HarnessException($"results are exported as .parquet, .csv, .json, not as '{other}'"),
            };
            Console.WriteLine($"{path}: {rows} rows");
        });
        return command;
    }

    private static long WriteParquet(ResultsFolder folder, string path)
    {
        RequireFolder(path);
        using var database = ResultsDatabase.Open([folder]);
        database.WriteParquet(path);
        return Convert.ToInt64(database.Query("select count(*) from results").Rows[0][0], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static long WriteTable(ResultsFolder folder, string path, TableFormat format)
    {
        RequireFolder(path);
        var view = ResultsView.Open(folder);
        var table = new ResultsSelection { Columns = [.. view.Columns.Select(column => column.Name)] }.Apply(view);
        WholeFile.WriteText(path, TableWriter.Write(table, format));
        return table.Rows.Count;
    }

    private static void RequireFolder(string path)
    {
        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            throw new HarnessException($"there is no folder {Path.GetDirectoryName(path)} to write {Path.GetFileName(path)} to");
        }
    }
}
