using Harness.Engine.Modules;

namespace Harness.Hosts.JavaScript;

/// <summary>The names that the JavaScript API has for value types.</summary>
internal static class TypeNames
{
    /// <summary>The type of a name.</summary>
    public static ValueType Parse(string name) => name switch
    {
        "i32" => ValueType.I32,
        "i64" => ValueType.I64,
        "f32" => ValueType.F32,
        "f64" => ValueType.F64,
        "v128" => ValueType.V128,
        "externref" => ValueType.ExternRef,
        "funcref" => ValueType.FuncRef,
        "anyref" => ValueType.AnyRef,
        "eqref" => ValueType.EqRef,
        "i31ref" => ValueType.I31Ref,
        "structref" => ValueType.Reference(AbstractHeapType.Struct, nullable: true),
        "arrayref" => ValueType.Reference(AbstractHeapType.Array, nullable: true),
        "exnref" => ValueType.ExnRef,
        _ => throw new ArgumentException($"there is no value type {name}", nameof(name)),
    };
}
