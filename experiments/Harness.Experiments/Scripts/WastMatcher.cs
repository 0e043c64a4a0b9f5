using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Experiments.Scripts;

/// <summary>Relates the constants and patterns of scripts to values of the engine.</summary>
internal static class WastMatcher
{
    /// <summary>A constant as a value. Host references are boxed numbers.</summary>
    /// <param name="constant">The constant.</param>
    /// <param name="type">The type of the parameter that it is for, which says what a null is of.</param>
    public static WasmValue ToValue(WastValue constant, ValueType type) => constant.Kind switch
    {
        WastValueKind.I32 => WasmValue.FromBits(ValueKind.I32, constant.Bits),
        WastValueKind.I64 => WasmValue.FromBits(ValueKind.I64, constant.Bits),
        WastValueKind.F32 => WasmValue.FromBits(ValueKind.F32, constant.Bits),
        WastValueKind.F64 => WasmValue.FromBits(ValueKind.F64, constant.Bits),
        WastValueKind.NullReference => WasmValue.Null(constant.NullType is { } heapType ? HeapType.Abstract(heapType) : type.HeapType),
        WastValueKind.ExternReference => WasmValue.FromExtern(constant.Bits),
        _ => throw new NotSupportedException($"the constant {constant} needs references of the internal hierarchy"),
    };

    /// <summary>Checks results against what a script expects.</summary>
    /// <exception cref="AssertionException">They do not match.</exception>
    public static void Check(WasmValue[] results, IReadOnlyList<WastPattern> expected)
    {
        var matches = results.Length == expected.Count && results.Zip(expected).All(pair => Matches(pair.First, pair.Second));
        if (!matches)
            throw new AssertionException($"gave [{string.Join(' ', results)}] instead of [{string.Join(' ', expected)}]");
    }

    private static bool Matches(WasmValue value, WastPattern pattern) => pattern switch
    {
        WastPattern.Exactly(var constant) => Equals(value, constant),
        WastPattern.NotANumber nan => value.Kind == KindOf(nan.Kind) && nan.Matches(value.Bits),
        WastPattern.AnyReference(var type) => value.Kind == ValueKind.Ref && !value.IsNull && IsOf(value, type),
        WastPattern.Either(var alternatives) => alternatives.Any(alternative => Matches(value, alternative)),
        _ => false,
    };

    private static bool Equals(WasmValue value, WastValue constant) => constant.Kind switch
    {
        WastValueKind.NullReference => value.Kind == ValueKind.Ref && value.IsNull,
        WastValueKind.ExternReference => value.Kind == ValueKind.Ref && !value.IsNull && IsOf(value, AbstractHeapType.Extern) && Equals(value.AsExtern(), constant.Bits),
        WastValueKind.HostReference => false,
        _ => value.Kind == KindOf(constant.Kind) && value.Bits == constant.Bits,
    };

    private static bool IsOf(WasmValue value, AbstractHeapType type) => value.Type.HeapType.IsSubtypeOf(HeapType.Abstract(type));

    private static ValueKind KindOf(WastValueKind kind) => kind switch
    {
        WastValueKind.I32 => ValueKind.I32,
        WastValueKind.I64 => ValueKind.I64,
        WastValueKind.F32 => ValueKind.F32,
        WastValueKind.F64 => ValueKind.F64,
        _ => ValueKind.Ref,
    };
}
