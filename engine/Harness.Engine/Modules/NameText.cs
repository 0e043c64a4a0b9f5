using System.Buffers;
using System.Text;

namespace Harness.Engine.Modules;

/// <summary>
/// Texts that modules and their programs give, as messages for people show them: on one line, without what a terminal would obey, and so that two
/// names which differ are seen to. As the text format writes them, a control is <c>\hh</c> for each byte of its UTF-8, and a backslash is doubled.
/// </summary>
internal static class NameText
{
    /// <summary>UTF-16 code units of a text that are shown; an ellipsis stands for the rest, as a name may be as long as its module.</summary>
    public const int MostShown = 1 << 16;

    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        (ReadOnlySpan<char>)[.. Enumerable.Range(0, 0xA0).Select(code => (char)code).Where(char.IsControl), '\u2028', '\u2029', '\\']);

    /// <summary>A text in which line ends and other controls are escaped.</summary>
    public static string Of(string text)
    {
        var isWhole = text.Length <= MostShown;
        var shown = isWhole ? text : text.AsSpan(0, char.IsHighSurrogate(text[MostShown - 1]) ? MostShown - 1 : MostShown);
        if (isWhole && !shown.ContainsAny(Escaped))
        {
            return text;
        }

        var escaped = new StringBuilder(shown.Length + 16);
        while (shown.IndexOfAny(Escaped) is var at and >= 0)
        {
            escaped.Append(shown[..at]);
            AppendEscape(escaped, shown[at]);
            shown = shown[(at + 1)..];
        }

        return escaped.Append(shown).Append(isWhole ? "" : "…").ToString();
    }

    private static void AppendEscape(StringBuilder text, char symbol)
    {
        if (symbol == '\\')
        {
            text.Append(@"\\");
            return;
        }

        Span<byte> bytes = stackalloc byte[3];
        foreach (var part in bytes[..Encoding.UTF8.GetBytes([symbol], bytes)])
        {
            text.Append('\\').Append(Convert.ToHexStringLower([part]));
        }
    }
}
