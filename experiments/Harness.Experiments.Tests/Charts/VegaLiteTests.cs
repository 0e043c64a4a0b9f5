using Harness.Experiments.Charts;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Tests.Sweeps;

namespace Harness.Experiments.Tests.Charts;

public sealed class VegaLiteTests
{
    [Fact]
    public void AChartHasABarPerCellAndOnePerMean()
    {
        var sweep = TestSweeps.Read("engines: [v8]\nworkloads: [recursion, two-targets]\nconfigurations: [{name: base, knobs: {deopt: off}}, {name: deopt}]");
        var rows =
            from configuration in sweep.Configurations
            from workload in sweep.Workloads
            from repetition in Enumerable.Range(1, 5)
            select new Measurement
            {
                Engine = "v8", Configuration = configuration.Name, Workload = workload.Name, Repetition = repetition,
                ExecuteMs = configuration.Name == "base" ? 12 : workload.Name == "recursion" ? 3 : 12,
            };
        var chart = SpeedupChart.Create(sweep, new SweepSummary(sweep, [.. rows]));

        Assert.Equal(6, chart.Bars.Count);
        Assert.Equal(4, Assert.Single(chart.Bars, bar => bar is { Group: "Recursion", Series: "deopt" }).Speedup.Value, 9);
        Assert.Equal(2, Assert.Single(chart.Bars, bar => bar is { Group: "geometric mean", Series: "deopt" }).Speedup.Value, 9);

        using var folder = new TemporaryFolder();
        ChartRenderer.Render(VegaLite.Specify(chart), new ResultsFolder(folder.Path));
        Assert.Contains("Recursion", File.ReadAllText(folder.File("chart.svg")), StringComparison.Ordinal);
        Assert.Equal(0x89504e47u, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(File.ReadAllBytes(folder.File("chart.png"))));
    }
}
