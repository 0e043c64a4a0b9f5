using System.Diagnostics;
using Harness.Experiments.Results;
using Harness.Experiments.Tests.Results;

namespace Harness.Experiments.Tests.Commands;

/// <summary>Folders of 100,000 rows are read, compared and reported in seconds, in bounded memory.</summary>
public sealed class LargeResultsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ResultsFolder _results;

    public LargeResultsTests()
    {
        var budgets = Enumerable.Range(1, 100).ToDictionary(i => $"budget-{i}", i => new Dictionary<string, string> { ["inlining.budget"] = $"{i * 100}" });
        _results = SyntheticResults.Write(
            _folder.File("large"), ["ours"], budgets, [.. Enumerable.Range(1, 48).Select(i => $"program-{i}")], 21, cell => 10 + (cell.Configuration.Length % 3) + (cell.Workload.Length % 5));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheyAreComparedAndReportedInTime()
    {
        // Processor time, since other tests run beside these. It is what users are to wait at most, or less, although nothing is compiled ahead of time here.
        Check(5, 500, "compare", _results.Path, "--csv");
        Check(5, 500, "compare", _results.Path + ",configuration=budget-1", _results.Path + ",configuration=budget-99", "--csv");
        Check(12, 450, "report", _results.Path);
        Assert.InRange(new FileInfo(_results.Report).Length, 100_000, 10_000_000);
    }

    private static void Check(double mostSeconds, int mostMegabytes, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", HarnessProcess.Arguments(arguments)) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _ = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        long peak = 0;
        double seconds = 0;
        while (!process.WaitForExit(20))
        {
            process.Refresh();
            try
            {
                (peak, seconds) = (Math.Max(peak, process.PeakWorkingSet64), process.TotalProcessorTime.TotalSeconds);
            }
            catch (InvalidOperationException)
            {
                // It has just ended.
            }
        }

        var command = string.Join(' ', arguments);
        Assert.True(process.ExitCode == 0, $"{command}: {error.GetAwaiter().GetResult()}");
        Assert.True(seconds <= mostSeconds, FormattableString.Invariant($"{command} took {seconds:0.0} s of processor time, more than {mostSeconds}"));
        Assert.True(peak <= mostMegabytes * 1_000_000L, $"{command} took {peak / 1_000_000} MB, more than {mostMegabytes}");
    }
}
