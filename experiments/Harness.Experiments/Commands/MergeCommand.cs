using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Harness.Experiments.Reports;
using Harness.Experiments.Results;

namespace Harness.Experiments.Commands;

/// <summary><c>harness merge</c>: makes one results folder of the shards of a sweep.</summary>
internal static partial class MergeCommand
{
    public static Command Create()
    {
        var output = new Argument<string>("output") { Description = "folder for the merged results" };
        var folders = new Argument<string[]>("results") { Description = "results folders, or names of sweeps", Arity = ArgumentArity.OneOrMore };
        var apart = new Option<bool>("--apart") { Description = "where kinds of machine differ, make a folder of each kind, OUTPUT-KIND, instead of refusing" };
        var command = new Command("merge", "make one results folder of several: the shards of a sweep; refuses what was not measured alike") { output, folders, apart };
        command.SetAction(parsed =>
        {
            var place = Path.TrimEndingDirectorySeparator(Path.GetFullPath(parsed.GetRequiredValue(output)));
            var parts = parsed.GetRequiredValue(folders).Select(ResultsFolder.Find).ToList();
            var groups = parsed.GetValue(apart) ? ResultsMerge.ByMachine(parts) : [("", parts)];
            foreach (var (kind, members) in groups)
            {
                Write(new ResultsFolder(groups.Count > 1 ? $"{place}-{Slug(kind)}" : place), members);
            }

            return 0;
        });
        return command;
    }

    /// <summary>Merges folders, and writes summary and chart.</summary>
    public static void Write(ResultsFolder output, IReadOnlyList<ResultsFolder> folders)
    {
        var (provenance, rows) = ResultsMerge.Merge(output, folders);
        foreach (var shard in provenance.Shards!.Where(shard => shard.FinishedUtc is null))
        {
            Console.Error.WriteLine($"shard {shard.Shard} in {shard.Folder} is not finished: it has {shard.Rows} rows");
        }

        if (rows > 0)
        {
            var (sweep, summary) = ReportWriter.Write(output, provenance);
            Console.Write(SummaryReport.CreateMeans(sweep, summary));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{output.Path}: {rows} rows of {provenance.Shards!.Count} folders, {(provenance.FinishedUtc is null ? "not all of the sweep" : "all of the sweep")}"));
    }

    /// <summary>A kind of machine as part of a folder's name.</summary>
    private static string Slug(string kind) => NoName().Replace(kind.ToLowerInvariant(), "-").Trim('-');

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NoName();
}
