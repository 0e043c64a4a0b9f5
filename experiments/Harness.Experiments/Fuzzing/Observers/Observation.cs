using System.Globalization;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Experiments.Fuzzing.Observers;

/// <summary>Values in words that both observers use, as far as JavaScript tells them apart.</summary>
internal static class Observation
{
    /// <summary>How the only observation begins where there is no instance to call.</summary>
    public const string NotInstantiated = "error:";

    public static string Of(IReadOnlyList<WasmValue> values) => string.Join(',', values.Select(Of));

    public static string Of(WasmValue value) => value.Kind switch
    {
        ValueKind.I64 => value.AsI64().ToString(CultureInfo.InvariantCulture),
        ValueKind.I32 => Number(value.AsI32()),
        ValueKind.F32 => Number(value.AsF32()),
        ValueKind.F64 => Number(value.AsF64()),
        _ => value.IsNull ? "null" : value.IsI31 ? Number(value.AsI31()) : value.Type == Engine.Modules.ValueType.FuncRef ? "function" : "object",
    };

    private static string Number(double number) => double.IsNaN(number)
        ? "nan"
        : "#" + BitConverter.DoubleToInt64Bits(number).ToString("x", CultureInfo.InvariantCulture);
}
