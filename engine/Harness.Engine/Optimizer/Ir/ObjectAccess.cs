using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Ir;

/// <summary>
/// A place in objects, by which accesses alias or not: a field by the highest supertype that has it, or the elements of the arrays
/// below a root type. Accesses to different places never meet, since an object has one type, whose supertypes form a chain.
/// </summary>
/// <param name="TypeId">Canonical id of the type that declares the place.</param>
/// <param name="Field">The field; -1 for the elements of an array.</param>
internal readonly record struct ObjectPlace(int TypeId, int Field);

/// <summary>What the accesses to structures and arrays have in common.</summary>
internal static class ObjectAccess
{
    /// <summary>Whether an operator reads a field or an element.</summary>
    public static bool IsRead(Opcode op) =>
        op is Opcode.StructGet or Opcode.StructGetS or Opcode.StructGetU
            or Opcode.ArrayGet or Opcode.ArrayGetS or Opcode.ArrayGetU;

    /// <summary>Whether an operator writes a field or an element.</summary>
    public static bool IsWrite(Opcode op) => op is Opcode.StructSet or Opcode.ArraySet;

    /// <summary>The type of the field or element that a node reads or writes.</summary>
    public static FieldType FieldOf(in Node node) => FieldOf(TypeRegistry.Get(node.Aux), (int)node.Immediate);

    /// <summary>The place that a node reads or writes.</summary>
    public static ObjectPlace PlaceOf(in Node node)
    {
        DefinedType type = TypeRegistry.Get(node.Aux);
        return PlaceOf(type, type.Array is null ? (int)node.Immediate : -1);
    }

    /// <summary>The place of a structure's field, or of an array's elements (-1).</summary>
    public static ObjectPlace PlaceOf(DefinedType type, int field)
    {
        while (type.Supertype is { } super && field < (super.Struct?.Fields.Length ?? 0))
        {
            type = super;
        }

        return new ObjectPlace(type.CanonicalId, field);
    }

    private static FieldType FieldOf(DefinedType type, int field) => type.Array?.Element ?? type.Struct!.Fields[field];
}
