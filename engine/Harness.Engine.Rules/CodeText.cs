using System.Text;

namespace Harness.Engine.Rules;

/// <summary>C# text with blocks that are open.</summary>
internal sealed class CodeText
{
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>How many blocks are open.</summary>
    public int Depth => _depth;

    /// <summary>Writes a line.</summary>
    public void Line(string line) => _text.Append(' ', line.Length == 0 ? 0 : _depth * 4).AppendLine(line);

    /// <summary>Opens a block, behind a line if one is given.</summary>
    public void Open(string? line = null)
    {
        if (line is not null)
        {
            Line(line);
        }

        Line("{");
        _depth++;
    }

    /// <summary>Closes blocks until so many are open.</summary>
    public void CloseTo(int wanted)
    {
        while (_depth > wanted)
        {
            _depth--;
            Line("}");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
