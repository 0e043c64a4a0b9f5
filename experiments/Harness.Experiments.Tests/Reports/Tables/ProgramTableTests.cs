using Harness.Experiments.Reports;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Tests.Results;

namespace Harness.Experiments.Tests.Reports.Tables;

/// <summary>The table of all programs: both engines side by side, and for what is missing the reason.</summary>
public sealed class ProgramTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryProgramHasARowWithBothEnginesAndTheirRatio()
    {
        var (_, _, programs, _) = Measure();
        Assert.Equal(["alpha", "far/beta", "far/gamma", "far/delta"], programs.Select(program => program.Workload.Name));
        Assert.Equal(["", "far", "far", "far"], programs.Select(program => program.Section));
        Assert.Equal(1.2, programs[0].Ratio!.Value.Value, 0.02);
        Assert.Equal(0.5, programs[1].Ratio!.Value.Value, 0.02);
        Assert.Equal((0, 7), (programs[3].Own.Count, programs[3].Other.Count));

        var table = ProgramTable.Create(programs, "ours", "v8");
        Assert.Equal(4, table.Rows.Count);
        var csv = TableWriter.Write(table, TableFormat.Csv).Split('\n');
        Assert.StartsWith("section,workload,program,ours_rounds,v8_rounds,ratio,ratio_low,ratio_high,cpu_ratio,ours_execute_ms,v8_execute_ms,", csv[0], StringComparison.Ordinal);
        Assert.StartsWith("far,far/delta,far/delta,0,7,,,,,,", csv[4], StringComparison.Ordinal);
        Assert.Contains("ours_collection_ms,v8_collection_ms,ours_longest_pause_ms,v8_longest_pause_ms,", csv[0], StringComparison.Ordinal);
        Assert.Contains("ours_peak_memory_bytes,v8_peak_memory_bytes,remark", csv[0], StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsMissingHasItsReasonWithoutFolders()
    {
        var (_, _, programs, _) = Measure();
        Assert.Equal(["", "", "absent: there is no file gamma.wasm", "this engine: it has no host for 'x'"], programs.Select(program => program.Remark));
    }

    [Fact]
    public void TheDocumentHasMeansOfEachSuiteAndOfAllAndMarksWhatIsSlow()
    {
        var (sweep, summary, programs, provenance) = Measure();
        var text = new ProgramReport(sweep, summary, "default", "v8").Create(programs, provenance);
        Assert.Contains("| far | 1 | 2 | 0.5", text, StringComparison.Ordinal);
        Assert.Contains("| **all** | 2 | 2 | 0.7", text, StringComparison.Ordinal);
        Assert.Contains("| alpha | 12.5 / 10.4 | **1.20", text, StringComparison.Ordinal);
        Assert.Contains("| far/delta | – / 8.00", text, StringComparison.Ordinal);

        // Nobody saw how long these processes took to start.
        Assert.Contains(" | 0 / 0 | – / – | 2.00 / 2.00 | ", text, StringComparison.Ordinal);
        Assert.Contains(" | collecting, ms | longest, ms | memory, MB |", text, StringComparison.Ordinal);
        Assert.Contains("- far/gamma: absent: there is no file gamma.wasm\n", text, StringComparison.Ordinal);
        Assert.Contains("## far\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Noisy environment", text, StringComparison.Ordinal);
        var noisy = new SweepSummary(sweep, [.. summary.Rows.Select(row => row with { ElapsedMs = 1000, OthersCpuMs = 500 })]);
        Assert.Contains("\n\nNoisy environment: 35 of 35 processes", new ProgramReport(sweep, noisy, "default", "v8").Create(programs, provenance), StringComparison.Ordinal);
    }

    private (SweepDefinition Sweep, SweepSummary Summary, IReadOnlyList<ProgramFigures> Programs, Provenance? Provenance) Measure()
    {
        var results = SyntheticResults.Write(
            _folder.File("results"), ["ours", "v8"], new Dictionary<string, Dictionary<string, string>> { ["default"] = [] }, ["alpha", "far/beta", "far/gamma", "far/delta"], 7,
            cell => (cell.Engine, cell.Workload) switch
            {
                ("ours", "alpha") => 12.48,
                ("v8", "alpha") => 10.4,
                ("ours", "far/beta") => 5,
                ("v8", "far/beta") => 10,
                ("v8", "far/delta") => 8,
                _ => null,
            },
            noise: 0.0001);
        var provenance = Provenance.Read(results.Provenance)! with { Gaps = [new EngineGap("ours", null, "far/delta", "has no host for 'x'")] };
        using (var failures = DurableCsv<Failure>.Open(results.Failures, out _))
        {
            failures.Append([new Failure { Engine = "any", Configuration = "any", Workload = "far/gamma", Repetition = 0, Status = "absent", Message = "there is no file /home/somebody/far/gamma.wasm" }]);
        }

        var (sweep, summary) = ReportWriter.Summarize(results);
        return (sweep, summary, ProgramFigures.Of(sweep, summary, "default", "v8", provenance, DurableCsv<Failure>.Read(results.Failures)), provenance);
    }
}
