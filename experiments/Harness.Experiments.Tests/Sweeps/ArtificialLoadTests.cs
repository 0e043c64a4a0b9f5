using Harness.Experiments.Engines;
using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Tests.Sweeps;

[Collection(nameof(ArtificialLoadTests))]
[CollectionDefinition(nameof(ArtificialLoadTests), DisableParallelization = true)] // Measures the processor time of everybody else: other tests' processes are this process's own.
public sealed class ArtificialLoadTests : IDisposable
{
    private const string Text = """
        engines: [v8]
        workloads: [recursion]
        configurations: [{name: default}]
        repetitions: 2
        timed-calls: 1
        warm-up: {calls: 2, window: 2, milliseconds: 0, limit-milliseconds: 0}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ItIsTakenForTheWorkOfOthers()
    {
        // Long enough for bursts and pauses, whatever else the machine does.
        var quiet = new InterferenceMeter();
        using (new ArtificialLoad(2, seed: 1))
        {
            Thread.Sleep(4_000);
            Assert.InRange(quiet.Stop(0).OthersMs, 300, double.MaxValue);
        }
    }

    [Fact]
    public void ResultsSayThatTheMachineWasDisturbedOnPurposeAndAreNotMixedWithOthers()
    {
        _ = NodeInstallation.NodePath;
        var results = new ResultsFolder(_folder.File("results"));
        var sweep = TestSweeps.Read(Text);
        Assert.Empty(new SweepRunner(sweep with { Load = 1, Repetitions = 1 }, results).Run(new SilentProgress()));
        var provenance = Provenance.Read(results.Provenance)!;
        Assert.Equal(1, provenance.ArtificialLoad);
        Assert.Contains(Experiments.Reports.Cautions.OfEnvironment(provenance), caution => caution.Contains("--load", StringComparison.Ordinal));
        var mistake = Assert.Throws<HarnessException>(() => new SweepRunner(sweep, results).Run(new SilentProgress()));
        Assert.Contains("artificial load", mistake.Message, StringComparison.Ordinal);
        Assert.Empty(new SweepRunner(sweep with { Load = 1 }, results).Run(new SilentProgress()));
    }

    private sealed class SilentProgress : ISweepProgress
    {
        public void Begin(IReadOnlyList<ProgramRun> pending, int alreadyDone)
        {
        }

        public void Start(ProgramRun key)
        {
        }

        public void Finish(ProgramRun key, Failure? failure) => Assert.Null(failure);

        public void Measured(IReadOnlyList<Measurement> rows)
        {
        }

        public void Absent(Failure failure) => Assert.Fail(failure.Message);

        public void Gap(EngineGap gap)
        {
        }

        public void Skip(ProgramRun key)
        {
        }

        public void Stop()
        {
        }
    }
}
