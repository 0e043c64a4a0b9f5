using Harness.Experiments.Engines;
using SkiaSharp;

namespace Harness.Experiments.Charts.Drawing;

/// <summary>
/// The font of all charts, DejaVu Sans from its npm package: the same on every machine, whatever fonts the system has, so that a
/// text takes the same space everywhere.
/// </summary>
internal static class ChartFont
{
    private static readonly Lazy<SKTypeface> RegularFace = new(() => Load("DejaVuSans.ttf"));
    private static readonly Lazy<SKTypeface> BoldFace = new(() => Load("DejaVuSans-Bold.ttf"));

    /// <summary>The font in a size.</summary>
    /// <param name="size">Height in points.</param>
    /// <param name="bold">Whether it is bold.</param>
    /// <exception cref="HarnessException">The font cannot be installed or read.</exception>
    public static SKFont Create(float size, bool bold) => new((bold ? BoldFace : RegularFace).Value, size) { Subpixel = true };

    private static SKTypeface Load(string file)
    {
        var path = NodeInstallation.FontPath(file);
        return SKTypeface.FromFile(path) ?? throw new HarnessException($"cannot read the font {path}; delete {ProjectLayout.Node}/node_modules and try again");
    }
}
