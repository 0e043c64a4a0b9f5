using System.Globalization;
using System.Runtime.CompilerServices;

namespace Harness.Experiments.Fuzzing.DartPrograms.Model;

/// <summary>A piece of a program: texts, and other pieces between them.</summary>
/// <param name="parts">The parts in order, each a <see cref="string"/> or a <see cref="Piece"/>.</param>
internal class Piece(List<object> parts)
{
    /// <summary>The parts in order, each a <see cref="string"/> or a <see cref="Piece"/>.</summary>
    public List<object> Parts { get; } = parts;

    public static Piece Of(PieceText text) => new(text.Parts);
}

/// <summary>An expression, which stands in parentheses wherever it is more than a name, literal or call.</summary>
/// <param name="type">Its static type, or a supertype of that.</param>
/// <param name="parts">Its parts.</param>
internal sealed class Expression(DartType type, List<object> parts) : Piece(parts)
{
    /// <summary>Its static type, or a supertype of that.</summary>
    public DartType Type { get; } = type;

    public static Expression Of(DartType type, string text) => new(type, [text]);

    public static Expression Of(DartType type, PieceText text) => new(type, text.Parts);
}

/// <summary>What may be left out of a block: a statement, a member, a declaration, an element of a literal.</summary>
/// <param name="parts">Its parts.</param>
internal sealed class Item(List<object> parts) : Piece(parts)
{
    /// <summary>Whether it has to stay, since the program would not end without it, or would be none.</summary>
    public bool IsFixed { get; init; }

    public static Item Of(string text) => new([text]);

    public static new Item Of(PieceText text) => new(text.Parts);

    /// <summary>One that has to stay.</summary>
    public static Item Fixed(string text) => new([text]) { IsFixed = true };

    /// <summary>One that has to stay.</summary>
    public static Item Fixed(PieceText text) => new(text.Parts) { IsFixed = true };
}

/// <summary>How the items of a block are written.</summary>
internal enum BlockLayout
{
    /// <summary>Within braces, each on a line of its own.</summary>
    Braces,

    /// <summary>One behind the other, with commas between them.</summary>
    Elements,

    /// <summary>With empty lines between them.</summary>
    Declarations,
}

/// <summary>A list of items.</summary>
/// <param name="items">The items.</param>
/// <param name="layout">How they are written.</param>
internal sealed class Block(List<Item> items, BlockLayout layout = BlockLayout.Braces) : Piece([])
{
    /// <summary>The items.</summary>
    public List<Item> Items { get; } = items;

    /// <summary>How they are written.</summary>
    public BlockLayout Layout { get; } = layout;
}

/// <summary>Lets a piece be written as an interpolated string that has other pieces in it: <c>Expression.Of(type, $"({a} + {b})")</c>.</summary>
[InterpolatedStringHandler]
internal readonly struct PieceText
{
    /// <param name="literalLength">Length of the text between the holes, which nothing depends on.</param>
    /// <param name="formattedCount">Number of the holes.</param>
    public PieceText(int literalLength, int formattedCount)
    {
        _ = literalLength;
        Parts = new List<object>((2 * formattedCount) + 1);
    }

    /// <summary>The parts so far.</summary>
    public List<object> Parts { get; }

    public void AppendLiteral(string text) => Parts.Add(text);

    public void AppendFormatted(string text) => Parts.Add(text);

    public void AppendFormatted(DartType type) => Parts.Add(type.Text);

    public void AppendFormatted(int number) => Parts.Add(number.ToString(CultureInfo.InvariantCulture));

    public void AppendFormatted(Piece piece) => Parts.Add(piece);

    /// <summary>Several pieces with commas between them.</summary>
    public void AppendFormatted(IReadOnlyList<Piece> pieces)
    {
        for (var i = 0; i < pieces.Count; i++)
        {
            if (i > 0)
            {
                Parts.Add(", ");
            }

            Parts.Add(pieces[i]);
        }
    }
}
