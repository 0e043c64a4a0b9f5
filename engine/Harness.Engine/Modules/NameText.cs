using System.Buffers;

namespace Harness.Engine.Modules;

/// <summary>Texts that modules and their programs give, as messages for people show them: on one line, and without what a terminal would obey.</summary>
internal static class NameText
{
    private const char Replacement = '\uFFFD';

    private static readonly SearchValues<char> Unprintable = SearchValues.Create(
        (ReadOnlySpan<char>)[.. Enumerable.Range(0, 0xA0).Select(code => (char)code).Where(char.IsControl), '\u2028', '\u2029']);

    /// <summary>A text in which line ends and other controls are replaced.</summary>
    public static string Of(string text) => text.AsSpan().ContainsAny(Unprintable)
        ? string.Concat(text.Select(symbol => Unprintable.Contains(symbol) ? Replacement : symbol))
        : text;
}
