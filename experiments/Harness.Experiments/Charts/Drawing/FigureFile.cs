using System.Text;
using SkiaSharp;

namespace Harness.Experiments.Charts.Drawing;

/// <summary>Writes figures as PNG, SVG and PDF, each with title and source in its metadata.</summary>
internal static class FigureFile
{
    /// <summary>Pixels per point of PNG files: sharp on dense screens and at 144 dots per inch in print.</summary>
    private const float PngScale = 2;

    /// <summary>The endings of the files that <see cref="Write"/> makes.</summary>
    public static IReadOnlyList<string> Formats { get; } = ["png", "svg", "pdf"];

    /// <summary>The formats that results folders have: PDF files hold whole fonts and are made on demand.</summary>
    public static IReadOnlyList<string> KeptFormats { get; } = ["png", "svg"];

    /// <summary>Writes a figure.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="path">The file; its ending says the format.</param>
    /// <param name="width">Width in points; see <see cref="Figure.StandardWidth"/>.</param>
    /// <exception cref="HarnessException">The ending is none of <see cref="Formats"/>, or the file cannot be written.</exception>
    public static void Write(Figure figure, string path, float width = Figure.StandardWidth)
    {
        // Before anything is measured, which may have to install the font.
        Func<Figure, SKSize, byte[]> draw = Path.GetExtension(path) switch
        {
            ".png" => Png,
            ".svg" => Svg,
            ".pdf" => Pdf,
            var other => throw new HarnessException($"charts are written as {string.Join(", ", Formats)}, not as '{other}'"),
        };
        WholeFile.WriteBytes(path, draw(figure, figure.Measure(width)));
    }

    /// <summary>A figure as the text of an SVG document.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="width">Width in points.</param>
    public static string ToSvg(Figure figure, float width = Figure.StandardWidth) => SvgText(figure, figure.Measure(width));

    /// <summary>A figure as the bytes of a PNG file.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="width">Width in points.</param>
    /// <param name="scale">Pixels per point.</param>
    public static byte[] ToPng(Figure figure, float width, float scale) => Png(figure, figure.Measure(width), scale);

    private static byte[] Png(Figure figure, SKSize size) => Png(figure, size, PngScale);

    private static byte[] Png(Figure figure, SKSize size, float scale)
    {
        using var bitmap = new SKBitmap((int)MathF.Ceiling(size.Width * scale), (int)MathF.Ceiling(size.Height * scale));
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(SKColors.White);
            canvas.Scale(scale);
            figure.Draw(new FigureCanvas(canvas), size.Width);
        }

        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return PngText.Add(data.ToArray(), ("Title", figure.Title), ("Source", figure.Source));
    }

    private static byte[] Svg(Figure figure, SKSize size) => Encoding.UTF8.GetBytes(SvgText(figure, size));

    private static string SvgText(Figure figure, SKSize size)
    {
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(new SKRect(0, 0, size.Width, size.Height), stream))
        {
            canvas.Clear(SKColors.White);
            figure.Draw(new FigureCanvas(canvas), size.Width);
        }

        var text = Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length));
        var root = text.IndexOf("<svg", StringComparison.Ordinal);
        var insert = text.IndexOf('>', root) + 1;
        var metadata = $"\n\t<title>{Escape(figure.Title)}</title>\n\t<desc>{Escape(figure.Source)}</desc>";
        var viewBox = FormattableString.Invariant($" viewBox=\"0 0 {size.Width} {size.Height}\"");
        return string.Concat(text.AsSpan(0, insert - 1), $"{viewBox}>{metadata}", text.AsSpan(insert));
    }

    private static byte[] Pdf(Figure figure, SKSize size)
    {
        using var stream = new MemoryStream();
        var metadata = new SKDocumentPdfMetadata { Title = figure.Title, Subject = figure.Source, Creator = "harness" };
        using (var document = SKDocument.CreatePdf(stream, metadata))
        {
            figure.Draw(new FigureCanvas(document.BeginPage(size.Width, size.Height)), size.Width);
            document.EndPage();
            document.Close();
        }

        return stream.ToArray();
    }

    private static string Escape(string text) => System.Security.SecurityElement.Escape(text);
}
