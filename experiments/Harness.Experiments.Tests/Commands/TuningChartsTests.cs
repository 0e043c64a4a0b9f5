using Harness.Experiments.Tests.Tuning;
using Harness.Experiments.Tuning;

namespace Harness.Experiments.Tests.Commands;

/// <summary>The charts of a search can be had in every format and width, as those of sweeps can.</summary>
public sealed class TuningChartsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void OneIsDrawnAgainFromTheRows()
    {
        var file = _folder.File("slices.pdf");
        var (exitCode, output, _) = HarnessProcess.Run("chart", "v8-inlining-flags", "--figure", "slices", "--output", file, "--width", "504");
        Assert.Equal((0, file), (exitCode, output.TrimEnd()));
        Assert.Equal("%PDF"u8, File.ReadAllBytes(file).AsSpan(0, 4));
    }

    [Fact]
    public void AllAreDrawnIntoTheFolder()
    {
        var run = Search(int.MaxValue);
        var (exitCode, output, _) = HarnessProcess.Run("chart", run.Path, "--width", "1500");
        Assert.Equal(0, exitCode);
        Assert.StartsWith($"{run.Path}: progress.png, progress.svg, ", output, StringComparison.Ordinal);
        Assert.Contains(" front.svg", output, StringComparison.Ordinal);
        foreach (var name in output.TrimEnd()[(run.Path.Length + 2)..].Split(", "))
        {
            Assert.True(File.Exists(Path.Combine(run.Path, name)), name);
        }

        Assert.Contains("viewBox=\"0 0 1500 ", File.ReadAllText(run.Chart("progress", "svg")), StringComparison.Ordinal);
        Assert.False(File.Exists(run.Report));
    }

    [Fact]
    public void OfOneThatRunsThereIsNoneYet()
    {
        var run = Search(20);
        var (exitCode, _, error) = HarnessProcess.Run("chart", run.Path);
        Assert.Equal(2, exitCode);
        Assert.StartsWith($"harness: the run in {run.Path} is not finished", error, StringComparison.Ordinal);
        Assert.EndsWith($"go on with 'harness tune continue {run.Path}'", error.TrimEnd(), StringComparison.Ordinal);
    }

    /// <summary>The folder of a search that is stopped after some processes; of one that goes to its end where there are not so many.</summary>
    private TuningFolder Search(int processes)
    {
        var run = new TuningFolder(_folder.File("run"));
        var specification = TestTuning.Read(TestTuning.Text);
        run.Prepare(specification, "1", []);
        using var recorded = new RecordedEvaluator(new FunctionEvaluator(1, (knobs, _) => knobs.Count == 0 ? 1 : 0.9) { Left = processes }, run.Evaluations);
        try
        {
            new TuningRun(specification, recorded).Run();
        }
        catch (OperationCanceledException)
        {
            // So it was meant.
        }

        return run;
    }
}
