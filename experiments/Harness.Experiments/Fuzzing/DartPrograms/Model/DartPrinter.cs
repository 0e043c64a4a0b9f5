using System.Text;

namespace Harness.Experiments.Fuzzing.DartPrograms.Model;

/// <summary>Writes pieces as the text of a program, indented by blocks.</summary>
internal sealed class DartPrinter
{
    private readonly StringBuilder _text = new();
    private string _lineStart = "\n";

    private DartPrinter()
    {
    }

    /// <summary>The text of a piece.</summary>
    public static string Print(Piece piece)
    {
        var printer = new DartPrinter();
        printer.Write(piece);
        return printer._text.Append('\n').ToString();
    }

    private void Write(Piece piece)
    {
        if (piece is Block block)
        {
            WriteBlock(block);
        }

        foreach (var part in piece.Parts)
        {
            if (part is Piece inner)
            {
                Write(inner);
            }
            else
            {
                _text.Append(((string)part).Replace("\n", _lineStart, StringComparison.Ordinal));
            }
        }
    }

    private void WriteBlock(Block block)
    {
        if (block.Layout != BlockLayout.Braces)
        {
            for (var i = 0; i < block.Items.Count; i++)
            {
                if (i > 0)
                {
                    _text.Append(block.Layout == BlockLayout.Elements ? ", " : "\n\n");
                }

                Write(block.Items[i]);
            }

            return;
        }

        _text.Append('{');
        var before = _lineStart;
        _lineStart += "  ";
        foreach (var item in block.Items)
        {
            _text.Append(_lineStart);
            Write(item);
        }

        _lineStart = before;
        _text.Append(block.Items.Count > 0 ? _lineStart : "").Append('}');
    }
}
