using Harness.Experiments.Results;
using Harness.Experiments.Tests.Results;

namespace Harness.Experiments.Tests.Commands;

/// <summary>What a noisy environment has touched says so, whichever command prints it.</summary>
public sealed class NoisyResultsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("show")]
    [InlineData("show --by workload")]
    [InlineData("steady")]
    [InlineData("rank")]
    [InlineData("compare")]
    public void ItIsSaidBelowTheTableAndBesideWhatProgramsRead(string command)
    {
        var results = SyntheticResults.Pair(_folder.File("results"), 2, repetitions: 7);
        Measurement[] rows = [.. MeasurementFile.Read(results.Results).Select(row => row with { ElapsedMs = 1000, OthersCpuMs = 500 })];
        File.Delete(results.Results);
        using (var csv = DurableCsv<Measurement>.Open(results.Results, out _))
        {
            csv.Append(rows);
        }

        var words = command.Split(' ');
        var (exitCode, output, _) = HarnessProcess.Run([words[0], results.Path, .. words[1..]]);
        Assert.Equal(0, exitCode);
        Assert.Contains("Noisy environment: 42 of 42 processes", output, StringComparison.Ordinal);
        var (_, json, said) = HarnessProcess.Run([words[0], results.Path, .. words[1..], "--json"]);
        Assert.DoesNotContain("Noisy environment", json, StringComparison.Ordinal);
        Assert.Contains("Noisy environment: 42 of 42 processes", said, StringComparison.Ordinal);
    }
}
