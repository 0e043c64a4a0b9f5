using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Tuning;

namespace Harness.Experiments.Tests.Tuning;

public sealed class TuningShardsTests : IDisposable
{
    private static readonly string Text = TestTuning.Text.Replace("processes: 400", "processes: 80", StringComparison.Ordinal);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ShardsTryDifferentCandidatesAndAreJudgedAsOneSearch()
    {
        var (first, second) = (Search(1, 2), Search(2, 2));
        var output = new TuningFolder(_folder.File("merged"));
        var provenance = TuningShards.Merge(output, [second, first]);
        Assert.Equal(["1/2", "2/2"], provenance.Shards!.Select(shard => shard.Shard));
        Assert.Equal(1, provenance.Seed);
        var rows = DurableCsv<Evaluation>.Read(output.Evaluations);
        var (ofFirst, ofSecond) = (DurableCsv<Evaluation>.Read(first.Evaluations), DurableCsv<Evaluation>.Read(second.Evaluations));
        Assert.Equal(ofFirst.Count + ofSecond.Count, rows.Count);
        Assert.Equal(Enumerable.Range(1, ofFirst.Max(row => row.Round) + ofSecond.Max(row => row.Round)), rows.Select(row => row.Round).Distinct().Order());
        Assert.Equal(File.ReadAllText(first.Specification), File.ReadAllText(output.Specification));

        // What is merged is searched to its end, and a shard judges nothing.
        Assert.Equal(TuningRun.Validation, TuningStatus.Of(TestTuning.Read(Text), rows, provenance).Phase);
        var ofShard = TuningStatus.Of(TestTuning.Read(Text), ofFirst, Provenance.Read(first.Provenance));
        Assert.Equal(TuningRun.Search, ofShard.Phase);
        Assert.Null(ofShard.Judgement);

        // Judged on another machine, and stopped and gone on with meanwhile.
        var specification = TestTuning.Read(Text);
        using (var recorded = new RecordedEvaluator(Machine(3, left: 30), output.Evaluations))
        {
            Assert.Throws<OperationCanceledException>(() => new TuningRun(specification, recorded, decided: TuningShards.RecordOf(output)).Run());
        }

        TuningResult result;
        using (var recorded = new RecordedEvaluator(Machine(3), output.Evaluations))
        {
            result = new TuningRun(specification, recorded, decided: TuningShards.RecordOf(output)).Run();
        }

        Assert.NotNull(result.HeldOut);
        Assert.Equal(Names(ofFirst).Concat(Names(ofSecond)).Order(StringComparer.Ordinal), result.Trials.Select(trial => trial.Name).Distinct().Order(StringComparer.Ordinal));
        Assert.Empty(Names(ofFirst).Intersect(Names(ofSecond)));
        Assert.Null(TuningShards.RecordOf(first));

        static IEnumerable<string> Names(IEnumerable<Evaluation> rows) => rows.Select(row => row.Configuration).Where(name => name != TuningRun.Baseline).Distinct();
    }

    [Fact]
    public void WhatDoesNotBelongTogetherIsNotMerged()
    {
        var (first, second) = (Search(1, 2), Search(2, 2));
        var output = new TuningFolder(_folder.File("merged"));
        Refused("is no shard of a search", Search(1, 1));
        Refused("are of different specifications", first, Search(2, 2, "\nseed: 5"));
        Refused("what is merged are different shards of as many", first, Search(2, 3));
        Refused("what is merged are different shards of as many", first, Search(1, 2));
        Refused("were not measured alike: they differ in engine ours", first, Search(2, 2, build: "2"));
        Refused("is not finished; go on with 'harness tune continue ", first, Search(2, 2, isFinished: false));
        Assert.False(Directory.Exists(output.Path));
        _folder.Write("merged/notes.txt", "mine");
        Refused("is not empty; merge into another folder", first, second);

        void Refused(string part, params TuningFolder[] folders)
        {
            var mistake = Assert.Throws<HarnessException>(() => TuningShards.Merge(output, folders));
            Assert.Contains(part, mistake.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', mistake.Message);
        }
    }

    [Fact]
    public void AFolderHasOneShardAlone()
    {
        var first = Search(1, 2);
        var specification = TestTuning.Read(Text);
        Assert.Contains("has shard 1/2 of a search, not shard 2/2", Assert.Throws<HarnessException>(() => first.Prepare(specification, "1", [], new SweepShard(2, 2))).Message, StringComparison.Ordinal);
        Assert.Contains("has shard 1/2 of a search, not the whole", Assert.Throws<HarnessException>(() => first.Prepare(specification, "1", [])).Message, StringComparison.Ordinal);
        Assert.Contains("tries the same values in every shard", Assert.Throws<HarnessException>(() => TuningShards.ShareOf(specification with { Method = "grid" }, new SweepShard(1, 2))).Message, StringComparison.Ordinal);
        Assert.Equal(specification.Seed, TuningShards.ShareOf(specification, new SweepShard(1, 2)).Seed);
    }

    /// <summary>A machine on which a larger budget is faster.</summary>
    private static FunctionEvaluator Machine(int seed, int left = int.MaxValue) =>
        new(seed, (knobs, _) => knobs.TryGetValue("inlining.budget", out var budget) ? 1.2 - (0.12 * Math.Log(int.Parse(budget, System.Globalization.CultureInfo.InvariantCulture) / 100.0)) : 1) { Left = left };

    /// <summary>A shard that was searched.</summary>
    private TuningFolder Search(int index, int count, string more = "", string build = "1", bool isFinished = true)
    {
        var shard = new SweepShard(index, count);
        var run = new TuningFolder(_folder.File(Guid.NewGuid().ToString("N")));
        var specification = TuningShards.ShareOf(TestTuning.Read(Text + more), shard);
        run.Prepare(specification, "1", new Dictionary<string, string> { ["engine ours"] = build }, shard);
        using (var recorded = new RecordedEvaluator(Machine(index), run.Evaluations))
        {
            new TuningRun(specification, recorded).Explore();
        }

        if (isFinished)
        {
            (Provenance.Read(run.Provenance)! with { FinishedUtc = Provenance.Now() }).Write(run.Provenance);
        }

        return run;
    }
}
