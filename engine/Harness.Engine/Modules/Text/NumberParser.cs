namespace Harness.Engine.Modules.Text;

/// <summary>Takes the numbers of constants from the text, and reports those that do not fit.</summary>
internal static class NumberParser
{
    /// <summary>Takes an integer of this many bits, signed or unsigned.</summary>
    public static ulong Integer(TokenCursor cursor, int bits)
    {
        var token = cursor.Current;
        if (token.Kind is not (TokenKind.Natural or TokenKind.Integer))
        {
            throw cursor.Unexpected();
        }

        cursor.Advance();
        return IntegerLiteral.TryParse(cursor.TextOf(token), bits, out var value) ? value : throw OutOfRange(cursor, token);
    }

    /// <summary>Takes a number and gives its bits as an f32.</summary>
    public static uint F32(TokenCursor cursor)
    {
        var token = Float(cursor);
        return FloatLiteral.TryParseF32(cursor.TextOf(token), out var bits) ? bits : throw OutOfRange(cursor, token);
    }

    /// <summary>Takes a number and gives its bits as an f64.</summary>
    public static ulong F64(TokenCursor cursor)
    {
        var token = Float(cursor);
        return FloatLiteral.TryParseF64(cursor.TextOf(token), out var bits) ? bits : throw OutOfRange(cursor, token);
    }

    private static Token Float(TokenCursor cursor) =>
        cursor.Kind is TokenKind.Natural or TokenKind.Integer or TokenKind.Float ? cursor.Advance() : throw cursor.Unexpected();

    private static WatException OutOfRange(TokenCursor cursor, Token token) =>
        cursor.Error($"constant out of range: {cursor.TextOf(token)}", token);
}
