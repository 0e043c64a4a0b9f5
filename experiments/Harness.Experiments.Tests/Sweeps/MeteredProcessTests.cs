using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Tests.Sweeps;

/// <summary>What is recorded of the machine is about the process that was timed, and about no other.</summary>
public sealed class MeteredProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>V8's code sizes come from a process after the one that is timed, a recorded profile and a filled cache from one before it.</summary>
    [Theory]
    [InlineData("v8", "{}")]
    [InlineData("ours", "{feedback.profile: recorded}")]
    [InlineData("ours", "{cache.directory: filled, cache.optimized: off}")]
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
        var results = new ResultsFolder(_folder.File("results"));
        Assert.Empty(new SweepRunner(sweep, results).Run(new RecordedProgress()));
        var row = Assert.Single(MeasurementFile.Read(results.Results));
        Assert.True(row.OptimizedBytes > 0);

        // Two processes would have warmed up twice.
        Assert.InRange(row.WarmUpMs, 1500, double.MaxValue);
        Assert.InRange(row.ElapsedMs, row.WarmUpMs, row.StartMs + (1.5 * row.WarmUpMs));
    }
}
