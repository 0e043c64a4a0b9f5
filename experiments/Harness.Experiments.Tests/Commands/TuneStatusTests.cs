using System.Text.Json;
using Harness.Experiments.Tests.Tuning;
using Harness.Experiments.Tuning;

namespace Harness.Experiments.Tests.Commands;

/// <summary>What <c>harness tune status</c> says of a search, while it runs and when it is done.</summary>
public sealed class TuneStatusTests : IDisposable
{
    /// <summary>Processes of the first batch.</summary>
    private const int Batch = 48;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ItSaysWhereASearchIsWhatItHasAndWhatIsLeft()
    {
        var run = Begin(new FunctionEvaluator(1, (knobs, _) => knobs.Count == 0 ? 1 : 0.8, noise: 0) { Left = Batch, OthersCpuMs = _ => 0 });
        var (exitCode, output, error) = HarnessProcess.Run("tune", "status", run.Path);
        Assert.Equal((0, ""), (exitCode, error));
        var lines = output.TrimEnd().Split('\n');
        Assert.Equal("not finished, in phase search", lines[0]);
        Assert.Matches("^best so far \\(phase search, [248] rounds\\): objective 1\\.25x.* with inlining\\.budget=", lines[1]);
        Assert.Equal("left of the search's budget: 352 of 400 processes; a batch takes up to 48 processes", lines[2]);
        Assert.Equal("left of the judgement: at most 176 of 176 processes", lines[3]);
        Assert.Equal("search: 8 rounds, 4 candidates, 48 measurements, 0 failed, 0.8 minutes", lines[4]);
        Assert.Equal(5, lines.Length);
    }

    [Fact]
    public void ProgramsGetTheSameAsJson()
    {
        var run = Begin(new FunctionEvaluator(1, (knobs, _) => knobs.Count == 0 ? 1 : 0.8, noise: 0) { Left = Batch, OthersCpuMs = _ => 500 });
        var (exitCode, output, error) = HarnessProcess.Run("tune", "status", run.Path, "--json");
        Assert.Equal((0, ""), (exitCode, error));
        using var document = JsonDocument.Parse(output);
        var status = document.RootElement;
        Assert.Equal(("run", "search", JsonValueKind.Null), (status.GetProperty("name").GetString(), status.GetProperty("phase").GetString(), status.GetProperty("finished_utc").ValueKind));
        Assert.Equal(1.25, status.GetProperty("best").GetProperty("objective").GetDouble(), 0.001);
        Assert.StartsWith("inlining.budget=", status.GetProperty("best").GetProperty("configuration").GetString(), StringComparison.Ordinal);
        Assert.Equal(352, status.GetProperty("budget")[0].GetProperty("left").GetDouble());
        Assert.Equal(4, status.GetProperty("phases")[0].GetProperty("candidates").GetInt32());
        Assert.StartsWith("Noisy environment: 48 of 48 processes", status.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
    }

    /// <summary>Whoever looks while it runs learns that it chases noise.</summary>
    [Fact]
    public void ANoisySearchIsOneWhileItRuns()
    {
        var run = Begin(new FunctionEvaluator(1, (_, _) => 1) { Left = 15, OthersCpuMs = _ => 500 });
        var (exitCode, output, _) = HarnessProcess.Run("tune", "status", run.Path);
        Assert.Equal(0, exitCode);
        Assert.StartsWith("not finished", output, StringComparison.Ordinal);
        Assert.Contains("\nNoisy environment: 15 of 15 processes were disturbed", output, StringComparison.Ordinal);
    }

    /// <summary>Such as a search on a suite of which nobody says where it is.</summary>
    [Fact]
    public void WhatCannotBeReadIsNoReasonToCountNothing()
    {
        var run = Begin(new FunctionEvaluator(1, (_, _) => 1) { Left = 15 });
        File.WriteAllText(run.Specification, TestTuning.Text.Replace("two-targets", "nowhere", StringComparison.Ordinal));
        var (exitCode, output, _) = HarnessProcess.Run("tune", "status", run.Path);
        Assert.Equal(0, exitCode);
        Assert.Contains($"\nthe best so far and the budget are not known: tuning specification {run.Specification}: unknown workload 'nowhere'", output, StringComparison.Ordinal);
        Assert.Contains(", 15 measurements, 0 failed", output, StringComparison.Ordinal);
    }

    /// <summary>The folder of a search that is stopped when its evaluator has nothing left.</summary>
    private TuningFolder Begin(FunctionEvaluator evaluator)
    {
        var run = new TuningFolder(_folder.File("run"));
        var specification = TestTuning.Read(TestTuning.Text);
        run.Prepare(specification, "1", []);
        using var recorded = new RecordedEvaluator(evaluator, run.Evaluations);
        Assert.Throws<OperationCanceledException>(() => new TuningRun(specification, recorded).Run());
        return run;
    }
}
