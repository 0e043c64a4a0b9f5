using System.Text;

namespace Harness.Engine.Rules;

/// <summary>C# text with blocks that are open.</summary>
internal sealed class CodeText
{
    private readonly StringBuilder text = new();
    private int depth;

    /// <summary>How many blocks are open.</summary>
    public int Depth => depth;

    /// <summary>Writes a line.</summary>
    public void Line(string line) => text.Append(' ', line.Length == 0 ? 0 : depth * 4).AppendLine(line);

    /// <summary>Opens a block, behind a line if one is given.</summary>
    public void Open(string? line = null)
    {
        if (line is not null)
            Line(line);
        Line("{");
        depth++;
    }

    /// <summary>Closes blocks until so many are open.</summary>
    public void CloseTo(int wanted)
    {
        while (depth > wanted)
        {
            depth--;
            Line("}");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => text.ToString();
}
