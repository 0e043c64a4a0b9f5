using System.Globalization;
using Harness.Experiments.Reports;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Tests.Results;

/// <summary>Folders are merged if they were measured alike, and refused in one line if not.</summary>
public sealed class ResultsMergeTests : IDisposable
{
    private const int Shards = 3;

    private readonly TemporaryFolder _folder = new();
    private readonly ResultsFolder _whole;

    public ResultsMergeTests() => _whole = SyntheticResults.Pair(_folder.File("whole"), 1.4);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ShardsBecomeTheWholeInWhateverOrder()
    {
        var shards = Split();
        var (provenance, count) = ResultsMerge.Merge(Folder("merged"), shards);
        var rows = MeasurementFile.Read(Folder("merged").Results);
        Assert.Equal(MeasurementFile.Read(_whole.Results).ToHashSet(), rows.ToHashSet());
        Assert.Equal(rows.Count, count);
        Assert.NotNull(provenance.FinishedUtc);
        Assert.Equal(["1/3", "2/3", "3/3"], provenance.Shards!.Select(shard => shard.Shard));
        Assert.Equal(rows.Count, provenance.Shards!.Sum(shard => shard.Rows));

        ResultsMerge.Merge(Folder("again"), [shards[2], shards[0], shards[1], shards[0]]);
        Assert.Equal(File.ReadAllText(Folder("merged").Results), File.ReadAllText(Folder("again").Results));
        Assert.Equal(File.ReadAllText(Folder("merged").Provenance), File.ReadAllText(Folder("again").Provenance));

        var (sweep, summary) = ReportWriter.Summarize(Folder("merged"));
        var (_, expected) = ReportWriter.Summarize(_whole);
        Assert.Equal(expected.MeanSpeedup("ours", "fast"), summary.MeanSpeedup("ours", "fast"));
        Assert.Equal(21, sweep.Repetitions);
    }

    [Fact]
    public void AMergeOfSomeIsReplacedByOneOfMoreAndMayBeMergedItself()
    {
        var shards = Split();
        var (some, count) = ResultsMerge.Merge(Folder("merged"), [shards[0], shards[1]]);
        Assert.Null(some.FinishedUtc);
        Assert.Equal(14 * 6, count);
        ResultsMerge.Merge(Folder("merged"), shards);
        Assert.Equal(21 * 6, MeasurementFile.Read(Folder("merged").Results).Count);

        ResultsMerge.Merge(Folder("two"), [shards[0], shards[1]]);
        var (all, rows) = ResultsMerge.Merge(Folder("all"), [Folder("two"), shards[2], shards[1]]);
        Assert.Equal(21 * 6, rows);
        Assert.Equal(["1/3", "2/3", "2/3", "3/3"], all.Shards!.Select(shard => shard.Shard).Order(StringComparer.Ordinal));
        Assert.Equal(["all", "merged", "two", "whole"], Directory.EnumerateDirectories(_folder.Path).Select(path => Path.GetFileName(path)).Where(name => !name.StartsWith("shard", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void WhatAMergeDoesNotMakeStaysWhereItReplacesAnEarlierOne()
    {
        var shards = Split();
        var merged = Folder("merged");
        ResultsMerge.Merge(merged, [shards[0], shards[1]]);
        string[] own = [_folder.Write("merged/disturbed.csv", "first"), _folder.Write("merged/report.html", "page"), _folder.Write("merged/notes/of mine.txt", "mine")];
        using (DurableCsv<Measurement>.Open(merged.Results, out _))
        {
            var mistake = Assert.Throws<HarnessException>(() => ResultsMerge.Merge(merged, shards));
            Assert.Equal($"{merged.Results} is being written by another run of the harness; wait for its end", mistake.Message);
        }

        ResultsMerge.Merge(merged, shards);
        Assert.Equal(21 * 6, MeasurementFile.Read(merged.Results).Count);
        Assert.Equal(["first", "page", "mine"], own.Select(path => File.ReadAllText(path)));

        // As where a merge was killed when it had moved the earlier one away.
        Directory.Move(merged.Path, merged.Path + ".replaced");
        Directory.CreateDirectory(merged.Path + ".merging");
        ResultsMerge.Merge(merged, shards);
        Assert.Equal(["first", "page", "mine"], own.Select(path => File.ReadAllText(path)));
        Assert.False(Directory.Exists(merged.Path + ".replaced"));
    }

    public static TheoryData<string, string> Mismatches => new()
    {
        { "sweep", "other sweeps: synthetic and another" },
        { "repetitions", "other numbers of repetitions: 21 and 30" },
        { "seed", "other seeds: 1 and 2" },
        { "machine", "other kinds of machine (--apart makes a folder of each kind): none, 2 cores and none, 4 cores" },
        { "commit", "other commits of the project: abc and abcd" },
        { "dirty", "other commits of the project: abc and abc with changes" },
        { "engine", "another engine v8" },
        { "fewer engines", "only " },
        { "program", "another workload alpha" },
        { "file", "other sweep files" },
        { "knob", "other knobs: in configuration 'fast' deopt is on and off" },
        { "configuration", "other configurations: only one has 'slow'" },
    };

    [Theory]
    [MemberData(nameof(Mismatches))]
    public void WhatWasNotMeasuredAlikeIsRefused(string change, string reason)
    {
        var shards = Split();
        var provenance = Provenance.Read(shards[1].Provenance)!;
        var run = provenance.Runs[0];
        (change switch
        {
            "sweep" => provenance with { Sweep = "another" },
            "repetitions" => provenance with { Repetitions = 30 },
            "seed" => provenance with { Seed = 2 },
            "machine" => provenance with { Machine = provenance.Machine with { Cores = 4 } },
            "commit" => provenance with { Runs = [run with { Commit = "abcd" }] },
            "dirty" => provenance with { Runs = [run with { Dirty = true }] },
            "engine" => WithPart(provenance, "engine v8", "2"),
            "fewer engines" => WithPart(provenance, "engine v8", null),
            "program" => WithPart(provenance, "workload alpha", "2"),
            "file" => WithPart(provenance, "sweep file", "2"),
            "knob" => provenance with { Knobs = new(provenance.Knobs) { ["fast"] = new Dictionary<string, string> { ["deopt"] = "off", ["inlining.budget"] = "5000" } } },
            _ => provenance with { Knobs = new(provenance.Knobs) { ["slow"] = new Dictionary<string, string>() } },
        }).Write(shards[1].Provenance);

        var mistake = Assert.Throws<HarnessException>(() => ResultsMerge.Merge(Folder("merged"), shards));
        Assert.StartsWith($"{shards[0].Path} and {shards[1].Path} do not belong together; they have ", mistake.Message, StringComparison.Ordinal);
        Assert.Contains(reason, mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake.Message);
        Assert.False(Directory.Exists(_folder.File("merged")));
    }

    [Fact]
    public void BuildsOfTheSameCommitInTwoFoldersBelongTogetherUnlessFilesWereChanged()
    {
        var shards = Split();
        var provenance = Provenance.Read(shards[1].Provenance)!;
        WithPart(provenance, "engine ours", "another").Write(shards[1].Provenance);
        ResultsMerge.Merge(Folder("merged"), shards);

        foreach (var shard in shards)
        {
            WithCommit(Provenance.Read(shard.Provenance)!, dirty: true).Write(shard.Provenance);
        }

        var mistake = Assert.Throws<HarnessException>(() => ResultsMerge.Merge(Folder("other"), shards));
        Assert.EndsWith("they have another engine ours", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ARepetitionThatWasMeasuredTwiceIsRefused()
    {
        var shards = Split();
        var rows = MeasurementFile.Read(shards[1].Results);
        using (var csv = DurableCsv<Measurement>.Open(shards[0].Results, out _))
        {
            csv.Append(rows[0] with { ExecuteMs = 77 });
        }

        var mistake = Assert.Throws<HarnessException>(() => ResultsMerge.Merge(Folder("merged"), shards));
        Assert.Contains($"repetition {rows[0].Repetition} of {rows[0].Workload}, base, ours is in ", mistake.Message, StringComparison.Ordinal);
        Assert.EndsWith("with other times; each counts once: leave one of the folders out", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RowsOfAnOlderFormatStayWhatTheyAre()
    {
        var old = new ResultsFolder(Path.Combine(ProjectLayout.Results, "v8-example"));
        ResultsMerge.Merge(Folder("merged"), [old]);
        ResultsMerge.Merge(Folder("merged"), [old]);
        Assert.Equal(MergePart.ReadRows(old).ToHashSet(), MergePart.ReadRows(Folder("merged")).ToHashSet());
    }

    [Fact]
    public void NothingIsWrittenOver()
    {
        var shards = Split();
        AssertRefused(shards[0].Path, "write to a folder of its own");
        AssertRefused(Path.Combine(shards[0].Path, "inside"), "write to a folder of its own");
        _folder.Write("notes/notes.txt", "mine");
        AssertRefused(_folder.File("notes"), "is no results folder (no results.csv) and not empty");
        SyntheticResults.Pair(_folder.File("other"), 2);
        AssertRefused(_folder.File("other"), "has rows that none of the folders has, such as repetition 1 of ");
        Assert.Equal("mine", File.ReadAllText(_folder.File("notes/notes.txt")));
        File.Delete(shards[2].Provenance);
        AssertRefused(_folder.File("merged"), "has no provenance.json: nobody knows what its rows were measured of");

        void AssertRefused(string output, string reason) =>
            Assert.Contains(reason, Assert.Throws<HarnessException>(() => ResultsMerge.Merge(new ResultsFolder(output), shards)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void KindsOfMachinesAreKeptApart()
    {
        var shards = Split();
        var provenance = Provenance.Read(shards[1].Provenance)!;
        (provenance with { Machine = provenance.Machine with { Cores = 4 } }).Write(shards[1].Provenance);
        var groups = ResultsMerge.ByMachine(shards);
        Assert.Equal(["none, 2 cores", "none, 4 cores"], groups.Select(group => group.Kind));
        Assert.Equal([shards[0].Path, shards[2].Path], groups[0].Folders.Select(part => part.Path));
    }

    [Fact]
    public void CautionsAreThoseOfAllMachines()
    {
        var shards = Split();
        foreach (var (shard, environment) in shards.Zip([new EnvironmentDescription { Turbo = true }, new EnvironmentDescription { Governor = "powersave" }, new EnvironmentDescription { Turbo = true }]))
        {
            (Provenance.Read(shard.Provenance)! with { Environment = environment }).Write(shard.Provenance);
        }

        var (merged, _) = ResultsMerge.Merge(Folder("merged"), shards);
        Assert.Equal(2, Cautions.OfEnvironment(merged).Count());
    }

    [Fact]
    public void ProbesOfDifferentMachinesAreNotCompared()
    {
        var shards = Split();
        foreach (var (index, shard) in shards.Index())
        {
            Measurement[] rows = [.. MeasurementFile.Read(shard.Results).Select(row => row with { Machine = $"machine-{index}", ProbeBeforeMs = (2 * index) + 3, ProbeAfterMs = (2 * index) + 3 })];
            File.Delete(shard.Results);
            using var csv = DurableCsv<Measurement>.Open(shard.Results, out _);
            csv.Append(rows);
        }

        ResultsMerge.Merge(Folder("merged"), shards);
        var (sweep, summary) = ReportWriter.Summarize(Folder("merged"));
        Assert.Equal(Shards, summary.Rows.Select(row => row.Machine).Distinct().Count());
        Assert.Empty(summary.Disturbances);
        Assert.Single(new SweepSummary(sweep, [.. summary.Rows.Select(row => row with { Machine = "" })]).Disturbances);
    }

    /// <summary>The shards of the whole sweep, each with what a run of it would have recorded.</summary>
    private List<ResultsFolder> Split()
    {
        var rows = MeasurementFile.Read(_whole.Results);
        var provenance = WithCommit(Provenance.Read(_whole.Provenance)!, dirty: false);
        foreach (var (part, value) in new Dictionary<string, string> { ["engine ours"] = "1", ["engine v8"] = "1", ["workload alpha"] = "1", ["sweep file"] = "1", ["machine"] = "1" })
        {
            provenance = WithPart(provenance, part, value);
        }

        return [.. Enumerable.Range(1, Shards).Select(index =>
        {
            var shard = new SweepShard(index, Shards);
            var part = Folder(string.Create(CultureInfo.InvariantCulture, $"shard-{index}"));
            part.Create();
            File.Copy(_whole.Sweep, part.Sweep, overwrite: true);
            WithPart(provenance with { Shard = shard.ToString() }, "shard", shard.ToString()).Write(part.Provenance);
            File.Delete(part.Results);
            using var csv = DurableCsv<Measurement>.Open(part.Results, out _);
            csv.Append([.. rows.Where(row => shard.Has(row.Repetition))]);
            return part;
        })];
    }

    private ResultsFolder Folder(string name) => new(_folder.File(name));

    private static Provenance WithCommit(Provenance provenance, bool dirty) => provenance with { Runs = [provenance.Runs[0] with { Commit = "abc", Dirty = dirty }] };

    private static Provenance WithPart(Provenance provenance, string part, string? value)
    {
        var parts = new Dictionary<string, string>(provenance.Fingerprints);
        parts.Remove(part);
        if (value is not null)
        {
            parts[part] = value;
        }

        return provenance with { Fingerprints = parts };
    }
}
