using System.Text;

namespace Harness.Experiments.Reports.Html;

/// <summary>
/// Writes HTML whose elements are closed in order and whose texts and attributes are escaped, whatever they hold. What it writes is well-formed XML, too, but
/// for the document type and the contents of scripts.
/// </summary>
internal sealed class HtmlWriter
{
    private readonly StringBuilder output = new();
    private readonly Stack<string> open = new();

    /// <summary>Begins an element.</summary>
    public HtmlWriter Open(string element, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        WriteTag(element, attributes);
        output.Append('>');
        open.Push(element);
        return this;
    }

    /// <summary>Ends the element begun last.</summary>
    public HtmlWriter Close()
    {
        output.Append("</").Append(open.Pop()).Append(">\n");
        return this;
    }

    /// <summary>Writes text.</summary>
    public HtmlWriter Text(string text)
    {
        Escape(text);
        return this;
    }

    /// <summary>Writes an element with a text.</summary>
    public HtmlWriter Element(string element, string text, params ReadOnlySpan<(string Name, string Value)> attributes) => Open(element, attributes).Text(text).Close();

    /// <summary>Writes an element without content.</summary>
    public HtmlWriter Void(string element, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        WriteTag(element, attributes);
        output.Append(" />\n");
        return this;
    }

    /// <summary>Writes markup as it is: scripts and styles of the harness, and charts that it has drawn. Never anything that was read.</summary>
    public HtmlWriter Markup(string markup)
    {
        output.Append(markup);
        return this;
    }

    /// <summary>The document.</summary>
    public override string ToString() => open.Count == 0 ? output.ToString() : throw new InvalidOperationException($"'{open.Peek()}' is not closed");

    private void WriteTag(string element, ReadOnlySpan<(string Name, string Value)> attributes)
    {
        output.Append('<').Append(element);
        foreach (var (name, value) in attributes)
        {
            output.Append(' ').Append(name).Append("=\"");
            Escape(value);
            output.Append('"');
        }
    }

    private void Escape(string text)
    {
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '&' => output.Append("&amp;"),
                '<' => output.Append("&lt;"),
                '>' => output.Append("&gt;"),
                '"' => output.Append("&quot;"),
                '\'' => output.Append("&#39;"),

                // Control characters have no place in HTML, and none in XML.
                < ' ' and not ('\n' or '\t') => output.Append('\uFFFD'),
                _ => output.Append(letter),
            };
        }
    }
}
