using System.Collections.Frozen;

namespace Harness.Engine.Modules;

/// <summary>The functions of <see cref="BuiltinSets.JsString"/>.</summary>
internal enum StringBuiltin : byte
{
    /// <summary>The operand, which traps unless it is a string.</summary>
    Cast,

    /// <summary>Whether the operand is a string.</summary>
    Test,

    /// <summary>A string of the code units in a part of an array.</summary>
    FromCharCodeArray,

    /// <summary>Copies the code units into an array, and gives their number.</summary>
    IntoCharCodeArray,

    /// <summary>A string of one code unit.</summary>
    FromCharCode,

    /// <summary>A string of one code point.</summary>
    FromCodePoint,

    /// <summary>The code unit at an index.</summary>
    CharCodeAt,

    /// <summary>The code point that begins at an index.</summary>
    CodePointAt,

    /// <summary>The number of code units.</summary>
    Length,

    /// <summary>One string after the other.</summary>
    Concat,

    /// <summary>The code units from one index to another.</summary>
    Substring,

    /// <summary>Whether two strings have the same code units; null equals null only.</summary>
    Equals,

    /// <summary>The order of two strings by code units: -1, 0 or 1.</summary>
    Compare,
}

/// <summary>Names and types of the functions of <see cref="BuiltinSets.JsString"/>.</summary>
internal static class StringBuiltins
{
    /// <summary>The name of the module that they are imported from.</summary>
    public const string ModuleName = "wasm:js-string";

    private static readonly ValueType Text = ValueType.Reference(AbstractHeapType.Extern, nullable: false);
    private static readonly ValueType CodeUnits = ValueType.Reference(HeapType.Defined(CodeUnitArray()), nullable: true);

    private static readonly FrozenDictionary<string, (StringBuiltin Builtin, FunctionType Type)> ByName =
        new Dictionary<string, (StringBuiltin, FunctionType)>
        {
            ["cast"] = (StringBuiltin.Cast, Type([ValueType.ExternRef], Text)),
            ["test"] = (StringBuiltin.Test, Type([ValueType.ExternRef], ValueType.I32)),
            ["fromCharCodeArray"] = (StringBuiltin.FromCharCodeArray, Type([CodeUnits, ValueType.I32, ValueType.I32], Text)),
            ["intoCharCodeArray"] =
                (StringBuiltin.IntoCharCodeArray, Type([ValueType.ExternRef, CodeUnits, ValueType.I32], ValueType.I32)),
            ["fromCharCode"] = (StringBuiltin.FromCharCode, Type([ValueType.I32], Text)),
            ["fromCodePoint"] = (StringBuiltin.FromCodePoint, Type([ValueType.I32], Text)),
            ["charCodeAt"] = (StringBuiltin.CharCodeAt, Type([ValueType.ExternRef, ValueType.I32], ValueType.I32)),
            ["codePointAt"] = (StringBuiltin.CodePointAt, Type([ValueType.ExternRef, ValueType.I32], ValueType.I32)),
            ["length"] = (StringBuiltin.Length, Type([ValueType.ExternRef], ValueType.I32)),
            ["concat"] = (StringBuiltin.Concat, Type([ValueType.ExternRef, ValueType.ExternRef], Text)),
            ["substring"] = (StringBuiltin.Substring, Type([ValueType.ExternRef, ValueType.I32, ValueType.I32], Text)),
            ["equals"] = (StringBuiltin.Equals, Type([ValueType.ExternRef, ValueType.ExternRef], ValueType.I32)),
            ["compare"] = (StringBuiltin.Compare, Type([ValueType.ExternRef, ValueType.ExternRef], ValueType.I32)),
        }.ToFrozenDictionary();

    private static readonly FunctionType[] Types = [.. ByName.Values.OrderBy(item => item.Builtin).Select(item => item.Type)];

    /// <summary>The function with a name.</summary>
    public static bool TryGet(string name, out StringBuiltin builtin)
    {
        var exists = ByName.TryGetValue(name, out var item);
        builtin = item.Builtin;
        return exists;
    }

    /// <summary>A function's type.</summary>
    public static FunctionType TypeOf(StringBuiltin builtin) => Types[(int)builtin];

    /// <summary>Whether compiled code has no call in the place of a call of a function.</summary>
    public static bool NeedsNoCall(StringBuiltin builtin) =>
        builtin is StringBuiltin.Cast or StringBuiltin.Test or StringBuiltin.Length or StringBuiltin.CharCodeAt;

    private static int CodeUnitArray() =>
        TypeRegistry.AddForEver(new SubType(new ArrayType(new FieldType(ValueType.I32, Packing.I16, IsMutable: true)), null, IsFinal: true));

    private static FunctionType Type(ReadOnlySpan<ValueType> parameters, ValueType result) => FunctionType.Of(parameters, [result]);
}
