using System.Globalization;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Engines;

/// <summary>Turns typed literals into values of the engine and back.</summary>
internal static class WasmLiterals
{
    public static WasmValue ToValue(TypedLiteral literal) => literal.Type switch
    {
        "i32" => WasmValue.FromI32(int.Parse(literal.Text, CultureInfo.InvariantCulture)),
        "i64" => WasmValue.FromI64(long.Parse(literal.Text, CultureInfo.InvariantCulture)),
        "f32" => WasmValue.FromF32(SpecialNumber(literal.Text) is { } special ? (float)special : float.Parse(literal.Text, CultureInfo.InvariantCulture)),
        _ => WasmValue.FromF64(SpecialNumber(literal.Text) ?? double.Parse(literal.Text, CultureInfo.InvariantCulture)),
    };

    /// <summary>Writes a number as a typed literal; the inverse of <see cref="ToValue"/>.</summary>
    /// <exception cref="NotSupportedException">It is a reference, for which there is no literal.</exception>
    public static TypedLiteral ToLiteral(WasmValue value) => value.Kind switch
    {
        ValueKind.I32 => new TypedLiteral("i32", value.AsI32().ToString(CultureInfo.InvariantCulture)),
        ValueKind.I64 => new TypedLiteral("i64", value.AsI64().ToString(CultureInfo.InvariantCulture)),
        ValueKind.F32 => new TypedLiteral("f32", ToText(value.AsF32(), value.AsF32().ToString("R", CultureInfo.InvariantCulture))),
        ValueKind.F64 => new TypedLiteral("f64", ToText(value.AsF64(), value.AsF64().ToString("R", CultureInfo.InvariantCulture))),
        _ => throw new NotSupportedException($"a value of type {value.Kind} cannot be written down"),
    };

    /// <summary>Whether a value is the one that a literal says; all NaN are the same.</summary>
    public static bool Matches(WasmValue value, TypedLiteral literal)
    {
        var expected = ToValue(literal);
        return value.Equals(expected) || (value.Kind == expected.Kind && IsNaN(value) && IsNaN(expected));
    }

    private static string ToText(double number, string text) => double.IsNaN(number) ? "nan" : double.IsInfinity(number) ? (number > 0 ? "inf" : "-inf") : text;

    private static double? SpecialNumber(string text) => text switch
    {
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        "nan" => double.NaN,
        _ => null,
    };

    private static bool IsNaN(WasmValue value) => value.Kind switch
    {
        ValueKind.F32 => float.IsNaN(value.AsF32()),
        ValueKind.F64 => double.IsNaN(value.AsF64()),
        _ => false,
    };
}
