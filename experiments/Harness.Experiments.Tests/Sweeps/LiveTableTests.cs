using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Tests.Sweeps;

public sealed class LiveTableTests
{
    private const string Text = """
        workloads: [recursion, two-targets, three-targets, four-targets]
        configurations: [{name: base, knobs: {deopt: off}}, {name: fast}]
        """;

    [Fact]
    public void ItShowsMediansAndSpeedupsOfWhatIsMeasured()
    {
        var table = new LiveTable(TestSweeps.Read(Text));
        Assert.Empty(table.Lines(80, 20));
        foreach (var (configuration, time) in (IEnumerable<(string, double)>)[("base", 30), ("base", 10), ("base", 20), ("fast", 10)])
        {
            table.Add(Row("two-targets", configuration, time));
        }

        table.Add(Row("recursion", "fast", 7.25));
        table.Add(Row("three-targets", "fast", 0.0012345));
        Assert.Equal(
            [
                "                  base        fast",
                "recursion                   7.3 ms",
                "two-targets    20.0 ms       2.00x",
                "three-targets           0.00123 ms",
            ],
            table.Lines(80, 20));
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(80, 4)]
    [InlineData(80, 3)]
    [InlineData(25, 24)]
    [InlineData(25, 3)]
    [InlineData(12, 24)]
    [InlineData(80, 2)]
    [InlineData(80, -3)]
    public void ItNeverTakesMoreThanThereIs(int width, int height)
    {
        var table = new LiveTable(TestSweeps.Read(Text));
        foreach (var workload in (string[])["four-targets", "three-targets", "recursion", "two-targets"])
        {
            table.Add(Row(workload, "base", 123456.7));
        }

        var lines = table.Lines(width, height);
        Assert.InRange(lines.Count, 0, Math.Max(0, height));
        Assert.All(lines, line => Assert.InRange(line.Length, 0, width));

        // What was measured last is in sight.
        if (lines.Count > 0)
        {
            Assert.Contains(lines, line => line.StartsWith("two-targets", StringComparison.Ordinal));
        }
    }

    private static Measurement Row(string workload, string configuration, double time) =>
        new() { Engine = "ours", Configuration = configuration, Workload = workload, Repetition = 1, ExecuteMs = time };
}
