using ScottPlot;

namespace Harness.Experiments.Charts.Drawing;

/// <summary>Dashed lines, drawn as many short ones: Skia's SVG files know no dashes, would show one line without end and complain on the terminal.</summary>
internal static class DashedLine
{
    /// <summary>Share of a dash and the gap after it that is drawn.</summary>
    private const double Drawn = 0.6;

    /// <summary>Adds a dashed line.</summary>
    /// <param name="plot">What it is added to.</param>
    /// <param name="from">Where it begins.</param>
    /// <param name="to">Where it ends.</param>
    /// <param name="color">Its colour.</param>
    /// <param name="width">Its width in points.</param>
    /// <param name="dashes">How many dashes it has.</param>
    public static void Add(Plot plot, Coordinates from, Coordinates to, Color color, float width, int dashes)
    {
        for (var i = 0; i < dashes; i++)
        {
            var line = plot.Add.Line(At(i), At(i + (i == dashes - 1 ? 1 : Drawn)));
            line.LineColor = color;
            line.LineWidth = width;
        }

        Coordinates At(double dash) => new(from.X + ((to.X - from.X) * dash / dashes), from.Y + ((to.Y - from.Y) * dash / dashes));
    }

    /// <summary>Adds the line of what is compared with, across the whole width of a data area.</summary>
    /// <param name="plot">What it is added to.</param>
    /// <param name="at">Its height.</param>
    /// <param name="right">The right end of the lower axis, which begins at 0.</param>
    public static void AddReference(Plot plot, double at, double right) => Add(plot, new(0, at), new(right, at), SeriesColors.Reference, 1.2f, 50);
}
