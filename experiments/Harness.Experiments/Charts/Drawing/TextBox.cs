using SkiaSharp;

namespace Harness.Experiments.Charts.Drawing;

/// <summary>A text of a figure and the space that it takes: a rectangle, turned around its anchor.</summary>
/// <param name="Text">The text.</param>
/// <param name="Anchor">The point that it is aligned to and turned around.</param>
/// <param name="Extent">The rectangle in relation to the anchor, before turning.</param>
/// <param name="Degrees">Turn, clockwise.</param>
internal sealed record TextBox(string Text, SKPoint Anchor, SKRect Extent, float Degrees)
{
    /// <summary>The corners, in order around the box.</summary>
    public IReadOnlyList<SKPoint> Corners
    {
        get
        {
            var turn = SKMatrix.CreateRotationDegrees(Degrees);
            SKPoint At(float x, float y) => Anchor + turn.MapPoint(x, y);
            return [At(Extent.Left, Extent.Top), At(Extent.Right, Extent.Top), At(Extent.Right, Extent.Bottom), At(Extent.Left, Extent.Bottom)];
        }
    }

    /// <summary>Whether two texts cover each other: no line separates the two boxes (separating axis theorem).</summary>
    /// <param name="other">The other text.</param>
    /// <param name="tolerance">How deep they may reach into each other, in points.</param>
    public bool Overlaps(TextBox other, float tolerance = 0.5f)
    {
        // Nearly all are upright, and charts with very many labels ask for very many pairs.
        if (Degrees == 0 && other.Degrees == 0)
        {
            return Anchor.X + Extent.Right - tolerance > other.Anchor.X + other.Extent.Left && other.Anchor.X + other.Extent.Right - tolerance > Anchor.X + Extent.Left
                && Anchor.Y + Extent.Bottom - tolerance > other.Anchor.Y + other.Extent.Top && other.Anchor.Y + other.Extent.Bottom - tolerance > Anchor.Y + Extent.Top;
        }

        foreach (var degrees in (ReadOnlySpan<float>)[Degrees, Degrees + 90, other.Degrees, other.Degrees + 90])
        {
            var axis = SKMatrix.CreateRotationDegrees(degrees).MapPoint(1, 0);
            var (low, high) = Project(axis);
            var (otherLow, otherHigh) = other.Project(axis);
            if (high - tolerance <= otherLow || otherHigh - tolerance <= low)
            {
                return false;
            }
        }

        return true;
    }

    private (float Low, float High) Project(SKPoint axis)
    {
        var positions = Corners.Select(corner => (corner.X * axis.X) + (corner.Y * axis.Y)).ToList();
        return (positions.Min(), positions.Max());
    }
}
