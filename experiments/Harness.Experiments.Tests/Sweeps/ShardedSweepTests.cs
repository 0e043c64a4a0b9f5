using Harness.Experiments.Results;

namespace Harness.Experiments.Tests.Sweeps;

/// <summary>A sweep in shards, as several machines would measure it, and put together.</summary>
public sealed class ShardedSweepTests : IDisposable
{
    private const string Text = """
        workloads: [recursion]
        configurations: [{name: base, knobs: {deopt: off}}, {name: deopt}]
        repetitions: 3
        timed-calls: 1
        warm-up: {calls: 2, window: 2, milliseconds: 0, limit-milliseconds: 0}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ShardsMergeIntoASweepThatGoesOnWhereTheyEnd()
    {
        var sweep = _folder.Write("test.yaml", Text);
        Assert.Equal(0, HarnessProcess.Run("sweep", sweep, "--shard", "1/2", "--results", _folder.File("one")).ExitCode);
        Assert.Equal([1, 3], Rounds("one"));
        Assert.Equal(0, HarnessProcess.Run("sweep", sweep, "--shard", "2/2", "--results", _folder.File("two")).ExitCode);
        Assert.Equal([2], Rounds("two"));
        Assert.Equal("2/2", Provenance.Read(_folder.File("two/provenance.json"))!.Shard);

        var (exitCode, output, _) = HarnessProcess.Run("merge", _folder.File("merged"), _folder.File("one"), _folder.File("two"));
        Assert.Equal(0, exitCode);
        Assert.EndsWith("merged: 6 rows of 2 folders, all of the sweep\n", output, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], Rounds("merged"));

        // The whole sweep has nothing to measure there but what is added to it.
        var rows = File.ReadAllText(_folder.File("merged/results.csv"));
        Assert.Equal(0, HarnessProcess.Run("sweep", sweep, "--repetitions", "4", "--results", _folder.File("merged")).ExitCode);
        Assert.StartsWith(rows, File.ReadAllText(_folder.File("merged/results.csv")), StringComparison.Ordinal);
        Assert.Equal([1, 2, 3, 4], Rounds("merged"));
        Assert.Equal(2, Provenance.Read(_folder.File("merged/provenance.json"))!.Shards!.Count);
    }

    [Fact]
    public void AnUnfinishedShardIsNotContinuedAsAnother()
    {
        var sweep = _folder.Write("test.yaml", Text);
        Assert.Equal(0, HarnessProcess.Run("sweep", sweep, "--shard", "2/2", "--results", _folder.File("two")).ExitCode);
        var path = _folder.File("two/provenance.json");
        (Provenance.Read(path)! with { FinishedUtc = null }).Write(path);
        var (exitCode, _, error) = HarnessProcess.Run("sweep", sweep, "--shard", "1/2", "--results", _folder.File("two"));
        Assert.Equal(2, exitCode);
        Assert.Contains("has results from before these changed: shard; use --restart", error, StringComparison.Ordinal);
    }

    private IEnumerable<int> Rounds(string name) => MeasurementFile.Read(_folder.File(name + "/results.csv")).Select(row => row.Repetition).Distinct().Order();
}
