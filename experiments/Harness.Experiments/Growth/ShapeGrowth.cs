using System.Globalization;
using Harness.Engine.Diagnostics.Growth;

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

    /// <summary>The largest share of page faults in the times of the fitted sizes that says nothing against the power.</summary>
    public const double MostPageFaults = 0.1;

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

    /// <summary>How much of any of the fitted times went to page faults at most.</summary>
    public double PageFaultShare => Rows.TakeLast(FittedSizes).Max(row => row.PageFaultShare);

    /// <summary>That page faults may have made the power what it is; empty if they have not.</summary>
    public string Caveat => PageFaultShare > MostPageFaults
        ? string.Create(CultureInfo.InvariantCulture, $"up to {PageFaultShare:0%} of the time may be page faults")
        : "";

    /// <summary>All that is to be said of it; mostly nothing.</summary>
    public string Remarks => string.Join("; ", new[] { Verdict, Caveat }.Where(part => part.Length > 0));

    /// <summary>Why a function was not compiled; empty if all were.</summary>
    public string Refusal => Rows.Select(row => row.Refusal).FirstOrDefault(refusal => refusal.Length > 0) ?? "";

    /// <summary>How each shape grows in each tier, in the order of the rows.</summary>
    public static IReadOnlyList<ShapeGrowth> Of(IReadOnlyList<GrowthRow> rows) =>
        [.. rows.GroupBy(row => (row.Shape, row.Tier)).Select(group => new ShapeGrowth(group.Key.Shape, group.Key.Tier, [.. group.OrderBy(row => row.Size)]))];
}
