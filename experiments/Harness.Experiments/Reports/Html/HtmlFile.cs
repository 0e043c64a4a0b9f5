using System.Globalization;

namespace Harness.Experiments.Reports.Html;

/// <summary>Where HTML goes: into a file, as it is made, so that a document is never in memory as a whole.</summary>
internal static class HtmlFile
{
    /// <summary>Writes a file, whole or not at all (<see cref="WholeFile"/>).</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the document.</param>
    /// <exception cref="HarnessException">The file cannot be written.</exception>
    public static void Write(string path, Action<HtmlWriter> write) => WholeFile.Write(path, output => WriteTo(output, write));

    /// <summary>A document as a text.</summary>
    /// <param name="write">Writes the document.</param>
    public static string ToText(Action<HtmlWriter> write)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        WriteTo(text, write);
        return text.ToString();
    }

    private static void WriteTo(TextWriter output, Action<HtmlWriter> write)
    {
        var html = new HtmlWriter(output);
        write(html);
        html.End();
        output.Flush();
    }
}
