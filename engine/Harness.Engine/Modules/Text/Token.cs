namespace Harness.Engine.Modules.Text;

/// <summary>The classes of tokens of the text format (specification section 6.3).</summary>
internal enum TokenKind : byte
{
    /// <summary><c>(</c></summary>
    LeftParenthesis,

    /// <summary><c>)</c></summary>
    RightParenthesis,

    /// <summary>A word that begins with a lower-case letter.</summary>
    Keyword,

    /// <summary>An integer without a sign.</summary>
    Natural,

    /// <summary>An integer with a sign.</summary>
    Integer,

    /// <summary>A number that only a floating-point constant can have.</summary>
    Float,

    /// <summary>A string literal.</summary>
    String,

    /// <summary><c>$name</c> or <c>$"name"</c>.</summary>
    Identifier,

    /// <summary>Characters that belong together but form no token of the other classes; never accepted.</summary>
    Reserved,

    /// <summary>The end of the text.</summary>
    End,
}

/// <summary>One token: its class and the characters that form it.</summary>
/// <param name="Kind">The class.</param>
/// <param name="Start">Offset of its first character.</param>
/// <param name="Length">Number of its characters.</param>
internal readonly record struct Token(TokenKind Kind, int Start, int Length);
