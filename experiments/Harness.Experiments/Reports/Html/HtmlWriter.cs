using System.Buffers;

namespace Harness.Experiments.Reports.Html;

/// <summary>
/// Writes HTML whose elements are closed in order and whose texts and attributes are escaped, whatever they hold. What it writes is well-formed XML, too, but
/// for the document type and the contents of scripts. Nothing is kept: <see cref="HtmlFile"/> says where it goes.
/// </summary>
/// <param name="output">What is written to.</param>
internal sealed class HtmlWriter(TextWriter output)
{
    /// <summary>What does not stand for itself: markup, and control characters, which have no place in HTML, and none in XML.</summary>
    private static readonly SearchValues<char> Escaped = SearchValues.Create((ReadOnlySpan<char>)[.. "&<>\"'", .. Enumerable.Range(0, ' ').Select(code => (char)code).Except("\n\t")]);

    private readonly Stack<string> _open = new();

    /// <summary>Begins an element.</summary>
    public HtmlWriter Open(string element, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        WriteTag(element, attributes);
        output.Write('>');
        _open.Push(element);
        return this;
    }

    /// <summary>Ends the element begun last.</summary>
    public HtmlWriter Close()
    {
        output.Write("</");
        output.Write(_open.Pop());
        output.Write(">\n");
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
        output.Write(" />\n");
        return this;
    }

    /// <summary>Writes markup as it is: scripts and styles of the harness, and charts that it has drawn. Never anything that was read.</summary>
    public HtmlWriter Markup(string markup)
    {
        output.Write(markup);
        return this;
    }

    /// <summary>Ends the document.</summary>
    /// <exception cref="InvalidOperationException">An element is not closed.</exception>
    public void End()
    {
        if (_open.Count > 0)
        {
            throw new InvalidOperationException($"'{_open.Peek()}' is not closed");
        }
    }

    private void WriteTag(string element, ReadOnlySpan<(string Name, string Value)> attributes)
    {
        output.Write('<');
        output.Write(element);
        foreach (var (name, value) in attributes)
        {
            output.Write(' ');
            output.Write(name);
            output.Write("=\"");
            Escape(value);
            output.Write('"');
        }
    }

    private void Escape(ReadOnlySpan<char> text)
    {
        for (var place = text.IndexOfAny(Escaped); place >= 0; place = text.IndexOfAny(Escaped))
        {
            output.Write(text[..place]);
            output.Write(text[place] switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&#39;",
                _ => "\uFFFD",
            });
            text = text[(place + 1)..];
        }

        output.Write(text);
    }
}
