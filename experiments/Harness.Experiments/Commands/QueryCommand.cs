using System.CommandLine;
using Harness.Experiments.Results;

namespace Harness.Experiments.Commands;

/// <summary><c>harness query</c>: asks results in SQL.</summary>
internal static class QueryCommand
{
    public static Command Create()
    {
        var sql = new Argument<string>("sql") { Description = "a query of DuckDB over the tables 'results' (columns of results.csv, one per knob, and 'folder') and 'failures'" };
        var results = new Argument<string[]>("results") { Description = "results folders, or names of sweeps; all of results/ if left out", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("query", "ask results in SQL: harness query \"select workload, median(execute_ms) from results group by all\" gc") { sql, results };
        var output = TableOutput.AddTo(command);
        command.SetAction(parsed =>
        {
            using var database = ResultsDatabase.Open(FindFolders(parsed.GetValue(results) ?? []));
            var query = parsed.GetRequiredValue(sql);
            output.Print(parsed, database.Query(query), $"\"{query}\"");
        });
        return command;
    }

    private static List<ResultsFolder> FindFolders(string[] names)
    {
        if (names.Length > 0)
        {
            return [.. names.Select(ResultsFolder.Find)];
        }

        var all = FindReadable(ProjectLayout.Results, mistake => Console.Error.WriteLine($"harness: the answer leaves out what cannot be read: {mistake}"));
        return all.Count > 0 ? all : throw new HarnessException($"there are no results in {ProjectLayout.Results}; name a results folder, or measure with 'harness sweep'");
    }

    /// <summary>The results folders in a folder. Who names none asks what there is: one that is damaged is told and left out.</summary>
    /// <param name="root">The folder, which need not be there.</param>
    /// <param name="tell">Is told why a results folder cannot be read, in one line.</param>
    public static List<ResultsFolder> FindReadable(string root, Action<string> tell)
    {
        return Directory.Exists(root)
            ? [.. Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal).Select(path => new ResultsFolder(path)).Where(folder => File.Exists(folder.Results) && IsReadable(folder))]
            : [];

        bool IsReadable(ResultsFolder folder)
        {
            try
            {
                _ = ResultsView.Open(folder);
                _ = folder.ReadFailures();
                return true;
            }
            catch (HarnessException exception)
            {
                tell(exception.Message);
                return false;
            }
        }
    }
}
