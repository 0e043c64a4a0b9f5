using SkiaSharp;

namespace Harness.Experiments.Charts.Drawing;

/// <summary>How a text looks.</summary>
/// <param name="Size">Height in points.</param>
/// <param name="Bold">Whether it is bold.</param>
/// <param name="Color">Colour; near black if left out.</param>
internal readonly record struct TextStyle(float Size, bool Bold = false, SKColor? Color = null)
{
    /// <summary>Distance between the baselines of two lines, in points.</summary>
    public float LineHeight => Size * 1.3f;

    /// <summary>Width of a text in one line, in points.</summary>
    public float WidthOf(string text)
    {
        using var font = ChartFont.Create(Size, Bold);
        return font.MeasureText(text);
    }

    /// <summary>Width of the widest of some texts, in points; 0 for none.</summary>
    public float WidestOf(IEnumerable<string> texts)
    {
        using var font = ChartFont.Create(Size, Bold);
        return texts.Select(text => font.MeasureText(text)).DefaultIfEmpty().Max();
    }

    /// <summary>Breaks a text into lines at spaces; a word wider than a line gets one of its own.</summary>
    public IReadOnlyList<string> Wrap(string text, float width)
    {
        using var font = ChartFont.Create(Size, Bold);
        var lines = new List<string>();
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var longer = line.Length == 0 ? word : line + " " + word;
            if (line.Length > 0 && font.MeasureText(longer) > width)
            {
                lines.Add(line);
                longer = word;
            }

            line = longer;
        }

        if (line.Length > 0)
        {
            lines.Add(line);
        }

        return lines;
    }
}
