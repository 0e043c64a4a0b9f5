using System.Text;

namespace Harness.Experiments.Fuzzing.DartPrograms.Model;

/// <summary>Writes pieces as the text of a program, indented by blocks.</summary>
internal sealed class DartPrinter
{
    private readonly StringBuilder text = new();
    private string lineStart = "\n";

    private DartPrinter()
    {
    }

    /// <summary>The text of a piece.</summary>
    public static string Print(Piece piece)
    {
        var printer = new DartPrinter();
        printer.Write(piece);
        return printer.text.Append('\n').ToString();
    }

    private void Write(Piece piece)
    {
        if (piece is Block block)
            WriteBlock(block);
        foreach (var part in piece.Parts)
        {
            if (part is Piece inner)
                Write(inner);
            else
                text.Append(((string)part).Replace("\n", lineStart, StringComparison.Ordinal));
        }
    }

    private void WriteBlock(Block block)
    {
        if (block.Layout != BlockLayout.Braces)
        {
            for (var i = 0; i < block.Items.Count; i++)
            {
                if (i > 0)
                    text.Append(block.Layout == BlockLayout.Elements ? ", " : "\n\n");
                Write(block.Items[i]);
            }
            return;
        }
        text.Append('{');
        var before = lineStart;
        lineStart += "  ";
        foreach (var item in block.Items)
        {
            text.Append(lineStart);
            Write(item);
        }
        lineStart = before;
        text.Append(block.Items.Count > 0 ? lineStart : "").Append('}');
    }
}
