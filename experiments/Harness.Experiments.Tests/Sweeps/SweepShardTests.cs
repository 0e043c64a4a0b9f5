using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Tests.Sweeps;

public sealed class SweepShardTests
{
    private const string Text = """
        engines: [ours, v8]
        workloads: [targets]
        configurations: [{name: base, knobs: {deopt: off}}, {name: deopt}]
        repetitions: 10
        """;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    public void ShardsAreTheSweepWithWholeRoundsInTheSameOrder(int count)
    {
        var sweep = TestSweeps.Read(Text);
        var whole = SweepPlan.Order(sweep).ToList();
        var shards = Enumerable.Range(1, count).Select(index => SweepPlan.Order(sweep with { Shard = new SweepShard(index, count) }).ToList()).ToList();
        Assert.Equal(whole.Count, shards.Sum(shard => shard.Count));
        foreach (var round in whole.GroupBy(run => run.Repetition))
        {
            Assert.Equal(round, Assert.Single(shards, shard => shard.Exists(run => run.Repetition == round.Key)).Where(run => run.Repetition == round.Key));
        }

        Assert.InRange(shards.Max(shard => shard.Count) - shards.Min(shard => shard.Count), 0, whole.Count / 10);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2")]
    [InlineData("0/3")]
    [InlineData("4/3")]
    [InlineData("1/0")]
    [InlineData("-1/3")]
    [InlineData("1/99999")]
    [InlineData("1/3x")]
    public void WhatIsNoShardIsRefused(string text) =>
        Assert.Equal($"--shard takes I/N with I in 1..N and N in 1..10000, as in 2/3, not '{text}'", Assert.Throws<HarnessException>(() => SweepShard.Parse(text)).Message);
}
