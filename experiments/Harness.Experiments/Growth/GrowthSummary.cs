using System.Globalization;
using System.Text;
using Harness.Engine.Diagnostics.Growth;
using Harness.Experiments.Reports;
using Harness.Experiments.Results;

namespace Harness.Experiments.Growth;

/// <summary>How one shape grows in one tier.</summary>
/// <param name="Shape">The shape.</param>
/// <param name="Tier">The tier.</param>
/// <param name="Rows">What was measured, by size.</param>
internal sealed record ShapeGrowth(string Shape, string Tier, IReadOnlyList<GrowthRow> Rows)
{
    /// <summary>The largest power of the size that compile time may grow by.</summary>
    public const double MostOfTime = 1.3;

    /// <summary>The largest power of the size that memory may grow by.</summary>
    public const double MostOfMemory = 1.1;

    /// <summary>To how many of the largest sizes powers are fitted: at small ones caches and constants show, and not the algorithm.</summary>
    public const int FittedSizes = 3;

    /// <summary>The power of the size that compile time grows by.</summary>
    public double OfTime { get; } = GrowthExponent.Fit([.. Rows.TakeLast(FittedSizes).Select(row => ((double)row.Size, row.CompileMs))]);

    /// <summary>The power of the size that allocated memory grows by.</summary>
    public double OfMemory { get; } = GrowthExponent.Fit([.. Rows.TakeLast(FittedSizes).Select(row => ((double)row.Size, (double)row.AllocatedBytes))]);

    /// <summary>Whether it grows faster than it may, or was not compiled.</summary>
    public bool IsExcessive => Verdict.Length > 0;

    /// <summary>In which way it grows faster than it may, or that it was not compiled; empty if neither is so.</summary>
    public string Verdict => string.Join(
        ", ",
        new[]
        {
            OfTime > MostOfTime ? string.Create(CultureInfo.InvariantCulture, $"time above N^{MostOfTime}") : "",
            OfMemory > MostOfMemory ? string.Create(CultureInfo.InvariantCulture, $"memory above N^{MostOfMemory}") : "",
            Refusal.Length > 0 ? $"not compiled: {Refusal}" : "",
        }.Where(part => part.Length > 0));

    /// <summary>Why a function was not compiled; empty if all were.</summary>
    public string Refusal => Rows.Select(row => row.Refusal).FirstOrDefault(refusal => refusal.Length > 0) ?? "";

    /// <summary>How each shape grows in each tier, in the order of the rows.</summary>
    public static IReadOnlyList<ShapeGrowth> Of(IReadOnlyList<GrowthRow> rows) =>
        [.. rows.GroupBy(row => (row.Shape, row.Tier)).Select(group => new ShapeGrowth(group.Key.Shape, group.Key.Tier, [.. group.OrderBy(row => row.Size)]))];
}

/// <summary>The summary of a study of growth: what grows too fast, and all exponents.</summary>
internal static class GrowthSummary
{
    /// <summary>The document.</summary>
    public static string Create(IReadOnlyList<ShapeGrowth> growth, GrowthScale scale, MachineDescription machine, RunDescription run)
    {
        var text = new StringBuilder("# How compile time and memory grow\n\n");
        var shapes = growth.Select(each => each.Shape).Distinct().Count();
        text.Append(CultureInfo.InvariantCulture, $"{shapes} shapes of modules, compiled by both tiers, each from a number N to {GrowthScale.Range} N: the largest takes {scale.Milliseconds} ms, or is as large as the limits of the ")
            .Append(CultureInfo.InvariantCulture, $"specification and {scale.ModuleBytes / 1048576.0:0.#} MB of module allow. Exponents are those of the powers of N that fit the {ShapeGrowth.FittedSizes} largest of five sizes best (least squares of the logarithms), ")
            .Append(CultureInfo.InvariantCulture, $"since at small ones caches and constants show: time may grow by N^{ShapeGrowth.MostOfTime} at most, memory by N^{ShapeGrowth.MostOfMemory}. Time is the compiling thread's processor time, the least of all ")
            .Append("repetitions; the baseline tier's has decoding and validation in it. Memory is all that was allocated, with compilers that have no buffers yet.\n\n")
            .Append("![Compile time and memory by size](chart.svg)\n\n");
        var excessive = growth.Where(each => each.IsExcessive).ToList();
        text.Append(excessive.Count == 0
            ? "No shape grows faster than that.\n\n"
            : $"Faster than that grow {excessive.Count} of {growth.Count}: {string.Join(", ", excessive.Select(each => $"{each.Shape} ({each.Tier})"))}.\n\n");
        var table = new MarkdownTable(["shape", "tier", "time N^", "memory N^", "N", $"ms at {GrowthScale.Range} N", "module KB", "allocated MB", "code KB", "longest step", ""], textColumns: 2);
        foreach (var each in growth.OrderByDescending(each => each.OfTime))
        {
            var last = each.Rows[^1];
            table.Add(
                each.Shape, each.Tier, MarkdownTable.Number(each.OfTime, "0.00"), MarkdownTable.Number(each.OfMemory, "0.00"), $"{each.Rows[0].Size}",
                MarkdownTable.Number(last.CompileMs, "0.0"), MarkdownTable.Number(last.ModuleBytes / 1024.0, "0.0"), MarkdownTable.Number(last.AllocatedBytes / 1048576.0, "0.0"),
                MarkdownTable.Number(last.CodeBytes / 1024.0, "0.0"), last.LongestStep, each.Verdict);
        }

        table.WriteTo(text);
        text.Append($"{machine.Cpu}, {machine.Cores} cores, {machine.MemoryGiB} GiB; {machine.System}; {machine.Dotnet}. ")
            .Append($"{run.StartedUtc}, commit {run.Commit ?? "unknown"}{(run.Dirty ? " with changes" : "")}: `{run.CommandLine}`.\n");
        return text.ToString();
    }
}
