using System.Globalization;

namespace Harness.Experiments.Workloads;

/// <summary>A number with its Wasm type, written <c>i32:7</c>, <c>i64:-1</c>, <c>f32:0.5</c> or <c>f64:nan</c>.</summary>
/// <param name="Type">One of i32, i64, f32, f64.</param>
/// <param name="Text">The number in decimal; floats may also be <c>inf</c>, <c>-inf</c> and <c>nan</c>.</param>
internal sealed record TypedLiteral(string Type, string Text)
{
    /// <summary>Reads a literal such as <c>i32:7</c>.</summary>
    /// <exception cref="FormatException">It is not one; the message says why.</exception>
    public static TypedLiteral Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var literal = colon < 0 ? null : new TypedLiteral(text[..colon], text[(colon + 1)..]);
        return literal is not null && literal.IsValid
            ? literal
            : throw new FormatException($"'{text}' is not a typed number such as i32:7, i64:-1, f32:0.5 or f64:inf");
    }

    public override string ToString() => $"{Type}:{Text}";

    private bool IsValid => Type switch
    {
        "i32" => int.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        "i64" => long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        "f32" or "f64" => Text is "inf" or "-inf" or "nan" || (double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)),
        _ => false,
    };
}
