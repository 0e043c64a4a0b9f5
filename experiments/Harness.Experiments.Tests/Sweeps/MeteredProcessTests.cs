using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Tests.Sweeps;

/// <summary>What is recorded of the machine is about the process that was timed, and about no other.</summary>
public sealed class MeteredProcessTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>V8's code sizes come from a process after the one that is timed, a recorded profile from one before it.</summary>
    [Theory]
    [InlineData("v8", "{}")]
    [InlineData("ours", "{feedback.profile: recorded}")]
    public void OtherProcessesOfTheCellAreNotMeteredWithTheOneThatIsTimed(string engine, string knobs)
    {
        var sweep = TestSweeps.Read($$"""
            engines: [{{engine}}]
            workloads: [two-targets]
            configurations: [{name: plain, knobs: {{knobs}}}]
            repetitions: 1
            timed-calls: 1
            warm-up: {milliseconds: 1500, limit-milliseconds: 3000}
            """);
        var results = new ResultsFolder(folder.File("results"));
        Assert.Empty(new SweepRunner(sweep, results).Run(new RecordedProgress()));
        var row = Assert.Single(MeasurementFile.Read(results.Results));
        Assert.True(row.OptimizedBytes > 0);
        var iterations = new List<double>();
        Steadiness.Parse(row.IterationsMs, iterations);

        // Two processes would have warmed up twice. What passes between calls is not in them.
        Assert.InRange(iterations.Sum(), 1000, double.MaxValue);
        Assert.InRange(row.ElapsedMs, iterations.Sum(), row.StartMs + (1.6 * iterations.Sum()));
    }
}
