using System.Globalization;

namespace Harness.Experiments.Workloads;

/// <summary>A number with its Wasm type, written <c>i32:7</c>, <c>i64:-1</c>, <c>f32:0.5</c> or <c>f64:nan</c>.</summary>
/// <param name="Type">One of i32, i64, f32, f64.</param>
/// <param name="Text">The number in decimal, integers signed; floats may also be <c>inf</c>, <c>-inf</c> and <c>nan</c>.</param>
internal sealed record TypedLiteral(string Type, string Text)
{
    /// <summary>
    /// Reads a literal such as <c>i32:7</c>. Integers may also be unsigned or hexadecimal: <c>i32:0xffffffff</c> is <c>i32:-1</c>.
    /// </summary>
    /// <exception cref="FormatException">It is not one; the message says why.</exception>
    public static TypedLiteral Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var literal = colon < 0 ? null : Normalize(text[..colon], text[(colon + 1)..]);
        return literal is not null && literal.IsValid
            ? literal
            : throw new FormatException($"'{text}' is not a typed number such as i32:7, i64:-1, f32:0.5 or f64:inf");
    }

    public override string ToString() => $"{Type}:{Text}";

    private static TypedLiteral Normalize(string type, string text) => type switch
    {
        "i32" when TryParseUnsigned(text, out var number) && number <= uint.MaxValue => new TypedLiteral(type, ((int)(uint)number).ToString(CultureInfo.InvariantCulture)),
        "i64" when TryParseUnsigned(text, out var number) => new TypedLiteral(type, ((long)number).ToString(CultureInfo.InvariantCulture)),
        _ => new TypedLiteral(type, text),
    };

    private static bool TryParseUnsigned(string text, out ulong number) => text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        ? ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
        : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private bool IsValid => Type switch
    {
        "i32" => int.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        "i64" => long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        "f32" or "f64" => Text is "inf" or "-inf" or "nan" || (double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)),
        _ => false,
    };
}
