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

    /// <summary>Whether a value is the one that a literal says; all NaN are the same.</summary>
    public static bool Matches(WasmValue value, TypedLiteral literal)
    {
        var expected = ToValue(literal);
        return value.Equals(expected) || (value.Kind == expected.Kind && IsNaN(value) && IsNaN(expected));
    }

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
