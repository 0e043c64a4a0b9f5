using System.Text;

namespace Harness.Engine.Modules.Text;

/// <summary>A text and where its lines begin.</summary>
internal sealed class SourceText
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, true);

    private int[]? _lineStarts;

    public SourceText(string text) => Text = text;

    /// <summary>The characters.</summary>
    public string Text { get; }

    /// <summary>The text that <paramref name="utf8"/> encodes.</summary>
    /// <exception cref="WatException">The bytes are not UTF-8.</exception>
    public static SourceText FromUtf8(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return new SourceText(StrictUtf8.GetString(utf8));
        }
        catch (DecoderFallbackException e)
        {
            var before = new SourceText(Encoding.UTF8.GetString(utf8[..e.Index]));
            throw before.Error("malformed UTF-8 encoding", before.Text.Length);
        }
    }

    /// <summary>The position of the character at an offset.</summary>
    public TextPosition PositionOf(int offset)
    {
        var starts = _lineStarts ??= FindLineStarts(Text);
        var found = Array.BinarySearch(starts, offset);
        var line = found >= 0 ? found : ~found - 1;
        return new TextPosition(line + 1, offset - starts[line] + 1);
    }

    /// <summary>An error at an offset.</summary>
    public WatException Error(string reason, int offset) => new(reason, PositionOf(offset));

    private static int[] FindLineStarts(string text)
    {
        var starts = new List<int> { 0 };
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')))
            {
                starts.Add(i + 1);
            }
        }

        return starts.ToArray();
    }
}
