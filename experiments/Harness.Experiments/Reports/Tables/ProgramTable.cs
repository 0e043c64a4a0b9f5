using Harness.Experiments.Results;
using Harness.Experiments.Statistics;

namespace Harness.Experiments.Reports.Tables;

/// <summary>Every program of a sweep in a row: medians on this engine and on another, with all digits, for other programs to read.</summary>
internal static class ProgramTable
{
    /// <summary>The quantities that stand side by side for both engines: columns of <c>results.csv</c>, where they are described.</summary>
    private static readonly string[] Quantities =
    [
        "execute_ms", "execute_cpu_ms", "first_ms", "steady_after_ms", "start_ms", "compile_ms", "decode_ms", "validate_ms", "instantiate_ms", "cpu_ms",
        "optimized_bytes", "baseline_bytes", "tier_ups", "deopts", "optimized_compile_ms", "baseline_compile_ms",
        "queue_wait_ms", "longest_queue_wait_ms", "code_wait_ms", "longest_code_wait_ms",
        "young_collections", "full_collections", "collection_ms", "longest_pause_ms", "promoted_bytes", "peak_memory_bytes",
    ];

    /// <summary>Makes the table.</summary>
    /// <param name="programs">The programs.</param>
    /// <param name="own">Name of this engine, as its columns begin.</param>
    /// <param name="other">Name of the other engine likewise.</param>
    public static ResultTable Create(IReadOnlyList<ProgramFigures> programs, string own, string other)
    {
        var columns = Quantities.Select(ResultsView.FindMeasured).ToList();
        var table = new ResultTable(
        [
            new("section"), new("workload"), new("program"), new($"{own}_rounds", "0"), new($"{other}_rounds", "0"),
            new("ratio", "0.00"), new("ratio_low", "0.00"), new("ratio_high", "0.00"), new("cpu_ratio", "0.00"),
            .. columns.SelectMany(column => (TableColumn[])[new($"{own}_{column.Name}", "0.###"), new($"{other}_{column.Name}", "0.###")]),
            new("remark"),
        ]);
        foreach (var program in programs)
        {
            table.Add([
                program.Section, program.Workload.Name, program.Workload.Program, program.Own.Count, program.Other.Count,
                program.Ratio?.Value, program.Ratio is { HasInterval: true } low ? low.Low : null, program.Ratio is { HasInterval: true } high ? high.High : null, program.CpuRatio,
                .. columns.SelectMany(column => (object?[])[program.Own.Median(column.ReadNumber), program.Other.Median(column.ReadNumber)]),
                program.Remark,
            ]);
        }

        return table;
    }
}
