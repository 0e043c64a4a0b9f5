using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Tests.Sweeps;

public sealed class SweepPlanTests
{
    private const int CellCount = 2 * 2 * 3;

    private static SweepDefinition Sweep(int seed) => TestSweeps.Read(
        "engines: [ours, v8]\nworkloads: [two-targets, recursion, sort-one-order]\ngrid: {deopt: [on, off]}\nrepetitions: 4\nseed: " + seed);

    [Fact]
    public void EveryRoundHasEveryCellOnce()
    {
        var order = SweepPlan.Order(Sweep(1)).ToList();
        Assert.Equal(4 * CellCount, order.Count);
        foreach (var (round, index) in order.Chunk(CellCount).Select((round, index) => (round, index)))
        {
            Assert.All(round, key => Assert.Equal(index + 1, key.Repetition));
            Assert.Equal(CellCount, round.Select(key => key.Cell).Distinct().Count());
        }
    }

    [Fact]
    public void RoundsAndSeedsHaveOrdersOfTheirOwn()
    {
        var rounds = SweepPlan.Order(Sweep(1)).Chunk(CellCount).Select(round => round.Select(key => key.Cell).ToList()).ToList();
        Assert.NotEqual(rounds[0], rounds[1]);
        Assert.NotEqual(SweepPlan.Order(Sweep(1)), SweepPlan.Order(Sweep(2)));
        Assert.Equal(SweepPlan.Order(Sweep(1)), SweepPlan.Order(Sweep(1)));
    }
}
