using System.Buffers;

namespace Harness.Experiments;

/// <summary>Texts of others, such as messages and names, made fit for one line of a terminal or a file.</summary>
internal static class OneLine
{
    private static readonly SearchValues<char> Controls = SearchValues.Create((ReadOnlySpan<char>)[.. Enumerable.Range(0, 0xA0).Select(code => (char)code).Where(char.IsControl)]);

    /// <summary>
    /// A text in one line that does nothing to a terminal: a space stands for each end of a line, and for each other control character, which a results folder of somebody else may have in any name.
    /// Spaces at its ends stay.
    /// </summary>
    /// <param name="text">The text.</param>
    public static string Of(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return !line.AsSpan().ContainsAny(Controls) ? line : string.Create(line.Length, line, static (symbols, source) =>
        {
            for (var i = 0; i < symbols.Length; i++)
            {
                symbols[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        });
    }
}
