using System.Globalization;
using System.Text;
using Harness.Experiments.Reports;
using Harness.Experiments.Results;

namespace Harness.Experiments.Growth;

/// <summary>The summary of a study of growth: what grows too fast, and all exponents.</summary>
internal static class GrowthSummary
{
    /// <summary>The document.</summary>
    public static string Create(IReadOnlyList<ShapeGrowth> growth, GrowthScale scale, MachineDescription machine, RunDescription run)
    {
        var text = new StringBuilder("# How compile time and memory grow\n\n");
        var shapes = growth.Select(each => each.Shape).Distinct().Count();
        text.Append(CultureInfo.InvariantCulture, $"{shapes} shapes of modules, compiled by both tiers, each from a number N to {GrowthScale.Range} N: the largest takes {scale.Milliseconds} ms, or is as large as the limits of the ")
            .Append(CultureInfo.InvariantCulture, $"specification and {scale.ModuleBytes / 1048576.0:0.#} MiB of module allow. Exponents are those of the powers of N that fit the {ShapeGrowth.FittedSizes} largest of five sizes best (least squares of the logarithms), ")
            .Append(CultureInfo.InvariantCulture, $"since at small ones caches and constants show: time may grow by N^{ShapeGrowth.MostOfTime} at most, memory by N^{ShapeGrowth.MostOfMemory}. Time is the compiling thread's processor time, the least of all ")
            .Append("repetitions by a compiler that has compiled the module before, so that its memory is there; the baseline tier's has decoding and validation in it. Memory is all that the first compilation allocated, with a compiler that had no buffers yet; ")
            .Append(CultureInfo.InvariantCulture, $"how long that took, with the page faults of new memory, is *first ms*. *Page faults* is the largest share that they may have in any of the fitted times; above {ShapeGrowth.MostPageFaults:0%} a power says little.\n\n")
            .Append("![Compile time and memory by size](chart.svg)\n\n");
        var excessive = growth.Where(each => each.IsExcessive).ToList();
        text.Append(excessive.Count == 0
            ? "No shape grows faster than that.\n\n"
            : $"Faster than that grow {excessive.Count} of {growth.Count}: {string.Join(", ", excessive.Select(each => $"{each.Shape} ({each.Tier})"))}.\n\n");
        var table = new MarkdownTable(["shape", "tier", "time N^", "memory N^", "N", $"ms at {GrowthScale.Range} N", "page faults", "first ms", "module KiB", "allocated MiB", "code KiB", "longest step", ""], textColumns: 2);
        foreach (var each in growth.OrderByDescending(each => each.OfTime))
        {
            var last = each.Rows[^1];
            table.Add(
                each.Shape, each.Tier, MarkdownTable.Number(each.OfTime, "0.00"), MarkdownTable.Number(each.OfMemory, "0.00"), $"{each.Rows[0].Size}",
                MarkdownTable.Number(last.CompileMs, "0.0"), MarkdownTable.Number(each.PageFaultShare, "0%"), MarkdownTable.Number(last.FirstCompileMs, "0.0"), MarkdownTable.Number(last.ModuleBytes / 1024.0, "0.0"), MarkdownTable.Number(last.AllocatedBytes / 1048576.0, "0.0"),
                MarkdownTable.Number(last.CodeBytes / 1024.0, "0.0"), last.LongestStep, each.Remarks);
        }

        table.WriteTo(text);
        text.Append($"{machine.Cpu}, {machine.Cores} cores, {machine.MemoryGiB} GiB; {machine.System}; {machine.Dotnet}. ")
            .Append($"{run.StartedUtc}, commit {run.Commit ?? "unknown"}{(run.Dirty ? " with changes" : "")}: `{run.CommandLine}`.\n");
        return text.ToString();
    }
}
