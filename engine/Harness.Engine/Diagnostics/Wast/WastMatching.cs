using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Diagnostics.Wast;

/// <summary>Converts a script's constants to values, and compares results with what a script expects.</summary>
internal static class WastMatching
{
    /// <summary>The value that a constant of a script stands for.</summary>
    /// <exception cref="NotSupportedException">The engine has no such values.</exception>
    public static WasmValue ToRuntime(WastValue constant, WastHostObjects hostObjects) => constant.Kind switch
    {
        WastValueKind.NullReference when constant.NullType is { } type => WasmValue.Null(HeapType.Abstract(type)),
        WastValueKind.ExternReference => WasmValue.FromExtern(hostObjects.Get(constant.Bits)),
        WastValueKind.HostReference => WasmValue.FromExtern(hostObjects.Get(constant.Bits)).AnyConvertExtern(),
        WastValueKind.V128 => WasmValue.FromV128(new V128(constant.Bits, constant.HighBits)),
        WastValueKind.NullReference => throw new NotSupportedException($"{constant} is not supported as an argument"),
        _ => WasmValue.FromBits(NumberKind(constant.Kind), constant.Bits),
    };

    /// <summary>Compares the results of an action with what is expected.</summary>
    public static WastOutcome Compare(
        IReadOnlyList<WastPattern> expected, ReadOnlySpan<WasmValue> actual, WastHostObjects hostObjects)
    {
        if (expected.Count != actual.Length)
        {
            return WastOutcome.Failed($"expected {expected.Count} results, got {actual.Length}");
        }

        for (var i = 0; i < expected.Count; i++)
        {
            if (!Matches(expected[i], actual[i], hostObjects))
            {
                return WastOutcome.Failed($"expected {Describe(expected)}, got {Describe(actual)}");
            }
        }

        return WastOutcome.Held;
    }

    /// <summary>Whether a value is as expected.</summary>
    public static bool Matches(WastPattern pattern, WasmValue value, WastHostObjects hostObjects)
    {
        switch (pattern)
        {
            case WastPattern.NotANumber notANumber:
                return value.Kind == NumberKind(notANumber.Kind) && notANumber.Matches(value.Bits);
            case WastPattern.Lanes lanes:
                return value.Kind == ValueKind.V128 && lanes.Matches(value.AsV128().Low, value.AsV128().High);
            case WastPattern.AnyReference reference:
                return MatchesAny(reference.Type, value);
            case WastPattern.Either either:
                foreach (var alternative in either.Alternatives)
                {
                    if (Matches(alternative, value, hostObjects))
                    {
                        return true;
                    }
                }

                return false;
            case WastPattern.Exactly { Value: var constant }:
                return MatchesExactly(constant, value, hostObjects);
            default:
                throw new ArgumentException($"unknown pattern {pattern.GetType().Name}", nameof(pattern));
        }
    }

    /// <summary>Whether a value is a reference of a type that is not null.</summary>
    private static bool MatchesAny(AbstractHeapType type, WasmValue value)
    {
        if (value.IsNull || !value.IsReference(TypeRegistry.TopOf(HeapType.Abstract(type))))
        {
            return false;
        }

        var isStruct = value.Referent is HeapReference { IsStruct: true };
        var isArray = value.Referent is HeapReference { IsArray: true };
        return type switch
        {
            AbstractHeapType.Eq => value.IsI31 || isStruct || isArray,
            AbstractHeapType.I31 => value.IsI31,
            AbstractHeapType.Struct => isStruct,
            AbstractHeapType.Array => isArray,
            _ => true,
        };
    }

    private static bool MatchesExactly(WastValue constant, WasmValue value, WastHostObjects hostObjects)
    {
        switch (constant.Kind)
        {
            case WastValueKind.NullReference:
                return value.Kind == ValueKind.Ref
                    && value.IsNull
                    && (constant.NullType is not { } type || value.IsReference(TypeRegistry.TopOf(HeapType.Abstract(type))));
            case WastValueKind.ExternReference:
                return value.IsReference(AbstractHeapType.Extern)
                    && ReferenceEquals(value.Referent, hostObjects.Get(constant.Bits));
            case WastValueKind.HostReference:
                return value.IsReference(AbstractHeapType.Any)
                    && ReferenceEquals(value.Referent, hostObjects.Get(constant.Bits));
            case WastValueKind.V128:
                return value.Kind == ValueKind.V128 && value.AsV128() == new V128(constant.Bits, constant.HighBits);
            default:
                return value.Kind == NumberKind(constant.Kind) && value.Bits == constant.Bits;
        }
    }

    private static ValueKind NumberKind(WastValueKind kind) => kind switch
    {
        WastValueKind.I32 => ValueKind.I32,
        WastValueKind.I64 => ValueKind.I64,
        WastValueKind.F32 => ValueKind.F32,
        WastValueKind.F64 => ValueKind.F64,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of number"),
    };

    private static string Describe(IReadOnlyList<WastPattern> expected) => string.Join(' ', expected);

    private static string Describe(ReadOnlySpan<WasmValue> values)
    {
        var texts = new string[values.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = Describe(values[i]);
        }

        return texts.Length == 0 ? "nothing" : string.Join(' ', texts);
    }

    private static string Describe(WasmValue value) => value.Kind switch
    {
        ValueKind.I32 => new WastValue(WastValueKind.I32, value.Bits).ToString(),
        ValueKind.I64 => new WastValue(WastValueKind.I64, value.Bits).ToString(),
        ValueKind.F32 => new WastValue(WastValueKind.F32, value.Bits).ToString(),
        ValueKind.F64 => new WastValue(WastValueKind.F64, value.Bits).ToString(),
        ValueKind.V128 => new WastValue(WastValueKind.V128, value.AsV128().Low, value.AsV128().High).ToString(),
        _ => $"({value.Type} {value})",
    };
}
