using ScottPlot;

namespace Harness.Experiments.Charts.Drawing;

/// <summary>
/// Colours of series: told apart by the colour-blind, and by their lightness in grey print. Two are Okabe and Ito's blues; more are
/// taken from cividis (Nuñez, Anderton, Renslow 2018), whose lightness rises evenly, from dark to light in the order of the series.
/// </summary>
internal static class SeriesColors
{
    /// <summary>What is compared with: the line at 1.</summary>
    public static Color Reference { get; } = Color.FromHex("#c0392b");

    /// <summary>What is neither better nor worse.</summary>
    public static Color Undecided { get; } = Color.FromHex("#8a8a8a");

    /// <summary>Intervals and other thin strokes over data.</summary>
    public static Color Stroke { get; } = Color.FromHex("#222222");

    /// <summary>Lines of a grid.</summary>
    public static Color Grid { get; } = Color.FromHex("#e8e8e8");

    // Samples of cividis from dark to light, the last a little before its end, which is too light on white.
    private static readonly string[] Ramp = ["#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55"];

    /// <summary>The colour of one of a number of series in order.</summary>
    public static Color Of(int index, int count) => count switch
    {
        1 => Color.FromHex("#0072b2"),
        2 => Color.FromHex(index == 0 ? "#56b4e9" : "#0072b2"),
        _ => At((double)index / (count - 1)),
    };

    /// <summary>The colour of a place between the darkest (0) and the lightest (1).</summary>
    public static Color At(double place)
    {
        var position = Math.Clamp(place, 0, 1) * (Ramp.Length - 1);
        var left = Math.Min((int)position, Ramp.Length - 2);
        return Color.FromHex(Ramp[left]).MixedWith(Color.FromHex(Ramp[left + 1]), position - left);
    }
}
