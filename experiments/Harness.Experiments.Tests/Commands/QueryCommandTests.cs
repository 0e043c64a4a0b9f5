using Harness.Experiments.Commands;
using Harness.Experiments.Tests.Results;

namespace Harness.Experiments.Tests.Commands;

/// <summary>Which results a query is asked of.</summary>
public sealed class QueryCommandTests
{
    [Fact]
    public void OfAllResultsThoseThatAreDamagedAreToldAndLeftOut()
    {
        using var folder = new TemporaryFolder();
        var root = folder.File("results");
        string[] good = [SyntheticResults.Pair(Path.Combine(root, "a"), 2, repetitions: 3).Path, SyntheticResults.Pair(Path.Combine(root, "z"), 2, repetitions: 3).Path];
        var damaged = SyntheticResults.Pair(Path.Combine(root, "m"), 2, repetitions: 3);
        File.AppendAllText(damaged.Results, "what,is,this,row\n");
        folder.Write("results/notes/notes.txt", "no results");
        var told = new List<string>();
        Assert.Equal(good, QueryCommand.FindReadable(root, told.Add).Select(results => results.Path));
        Assert.StartsWith($"{damaged.Results} is damaged: ", Assert.Single(told), StringComparison.Ordinal);
        Assert.Empty(QueryCommand.FindReadable(folder.File("none"), told.Add));
    }
}
