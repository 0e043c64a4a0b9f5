using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Charts.Panels;
using Harness.Experiments.Growth;

namespace Harness.Experiments.Charts;

/// <summary>How compile time and memory grow with the size of modules, in both tiers: a line for each shape, both axes logarithmic.</summary>
internal static class GrowthChart
{
    public static Figure Create(IReadOnlyList<ShapeGrowth> growth)
    {
        var panels = GrowthStudy.Tiers
            .SelectMany(tier => new[]
            {
                Panel(growth, tier, "compile time", ShapeGrowth.MostOfTime, each => each.OfTime, row => row.CompileMs),
                Panel(growth, tier, "allocated memory", ShapeGrowth.MostOfMemory, each => each.OfMemory, row => row.AllocatedBytes),
            })
            .OfType<FigurePanel>();
        var excessive = growth.Count(each => each.IsExcessive);
        return new Figure
        {
            Title = $"How compile time and memory grow with the size of modules: {(excessive == 0 ? "none" : $"{excessive}")} of {growth.Count} shapes in a tier faster than allowed",
            Subtitle = $"Each line is a shape of modules, from a number N to {GrowthScale.Range} N, in relation to N; both axes are logarithmic. Named are the shapes that grow fastest, with the exponents of the {ShapeGrowth.FittedSizes} largest sizes. Dashed: growth by N, and the most that is allowed (time N^{ShapeGrowth.MostOfTime}, memory N^{ShapeGrowth.MostOfMemory})",
            Panels = [.. panels],
            Source = "harness growth",
        };
    }

    private static FigurePanel? Panel(
        IReadOnlyList<ShapeGrowth> growth, string tier, string quantity, double most, Func<ShapeGrowth, double> exponent, Func<GrowthRow, double> value)
    {
        var lines = growth.Where(each => each.Tier == tier)
            .Select(each => new GrowthLine(each.Shape, exponent(each), [.. each.Rows.Select(row => ((double)row.Size / each.Rows[0].Size, value(row) / value(each.Rows[0])))]))
            .ToList();
        return lines.Count == 0 ? null : new FigurePanel($"{tier} tier: {quantity}", new GrowthPanel($"{quantity}, in relation to N", lines, most));
    }
}
