using Harness.Experiments.Tests.Tuning;
using Harness.Experiments.Tuning;

namespace Harness.Experiments.Tests.Commands;

/// <summary>What <c>harness tune status</c> says of a search, while it runs and when it is done.</summary>
public sealed class TuneStatusTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Whoever looks while it runs learns that it chases noise.</summary>
    [Fact]
    public void ANoisySearchIsOneWhileItRuns()
    {
        var run = Begin(TestTuning.Text, new FunctionEvaluator(1, (_, _) => 1) { Left = 15, OthersCpuMs = _ => 500 });
        var (exitCode, output, _) = HarnessProcess.Run("tune", "status", run.Path);
        Assert.Equal(0, exitCode);
        Assert.StartsWith("not finished", output, StringComparison.Ordinal);
        Assert.Contains("\nNoisy environment: 15 of 15 processes were disturbed", output, StringComparison.Ordinal);
    }

    /// <summary>The folder of a search that is stopped when its evaluator has nothing left.</summary>
    private TuningFolder Begin(string text, FunctionEvaluator evaluator)
    {
        var run = new TuningFolder(folder.File("run"));
        var specification = TestTuning.Read(text);
        run.Prepare(specification, "1", []);
        using var recorded = new RecordedEvaluator(evaluator, run.Evaluations);
        Assert.Throws<OperationCanceledException>(() => new TuningRun(specification, recorded).Run());
        return run;
    }
}
