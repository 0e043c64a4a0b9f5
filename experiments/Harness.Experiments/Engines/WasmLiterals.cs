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
        "i32" => int.Parse(literal.Text, CultureInfo.InvariantCulture),
        "i64" => long.Parse(literal.Text, CultureInfo.InvariantCulture),
        "f32" => literal.Text switch
        {
            "inf" => float.PositiveInfinity,
            "-inf" => float.NegativeInfinity,
            "nan" => float.NaN,
            var text => float.Parse(text, CultureInfo.InvariantCulture),
        },
        _ => literal.Text switch
        {
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            "nan" => double.NaN,
            var text => double.Parse(text, CultureInfo.InvariantCulture),
        },
    };

    /// <summary>Whether a value is the one that a literal says; all NaN are the same.</summary>
    public static bool Matches(WasmValue value, TypedLiteral literal)
    {
        var expected = ToValue(literal);
        return value.Equals(expected) || (value.Kind == expected.Kind && IsNaN(value) && IsNaN(expected));
    }

    private static bool IsNaN(WasmValue value) => value.Kind switch
    {
        ValueKind.F32 => float.IsNaN(value.AsF32()),
        ValueKind.F64 => double.IsNaN(value.AsF64()),
        _ => false,
    };
}
